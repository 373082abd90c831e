"""A composition as a few numbers of order one, in which two truths are smooth or cut into boxes."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.chemistry import Composition, dopants, element
from nasicon_loop.twin.truth import amounts_of

Array = NDArray[np.float64]

NAMES = (
    "sodium", "silicon", "dopant", "mismatch", "charge difference", "electronegativity difference",
    "on the Na site", "on tetrahedra",
)  # fmt: skip
_SODIUM, _SILICON = (3.0, 0.5), (2.0, 0.4)
_SATURATION_AMOUNT = 0.10
_MISMATCH, _CHARGE, _ELECTRONEGATIVITY = 0.12, 1.0, 0.4
_HOSTS = frozenset({"Na", "Zr", "Si", "P", "O"})


def descriptors(compositions: Sequence[Composition | str]) -> Array:
    """Return (n, len(NAMES)). What belongs to dopants grows with their amount from zero, and saturates near 0.2.

    Raises FormulaError for text that is no oxide's formula.
    """
    return np.array([_row(amounts_of(one)) for one in compositions]).reshape(len(compositions), len(NAMES))


def _row(amounts: Mapping[str, float]) -> list[float]:
    foreign = {symbol: amount for symbol, amount in amounts.items() if symbol not in _HOSTS}
    total = sum(foreign.values())
    saturation = 1.0 - math.exp(-total / _SATURATION_AMOUNT)
    facts = np.zeros(5)
    for symbol, amount in foreign.items():
        facts += amount / total * np.array(_facts(symbol))
    sodium = (amounts.get("Na", 0.0) - _SODIUM[0]) / _SODIUM[1]
    silicon = (amounts.get("Si", 0.0) - _SILICON[0]) / _SILICON[1]
    return [sodium, silicon, saturation, *(saturation * facts).tolist()]


def _facts(symbol: str) -> tuple[float, float, float, float, float]:
    dopant = dopants().get(symbol)
    if dopant is None:
        return (0.0, 0.0, 0.0, 0.0, 0.0)
    host = element(dopant.host)
    return (
        dopant.radius_mismatch / _MISMATCH,
        (dopant.oxidation_state - host.oxidation_state) / _CHARGE,
        (dopant.electronegativity - host.electronegativity) / _ELECTRONEGATIVITY,
        float(dopant.site == "Na"),
        float(dopant.site == "T"),
    )
