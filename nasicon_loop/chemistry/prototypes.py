"""The two forms of the NASICON structure as data: symmetry, reference cell, sites."""

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from nasicon_loop.chemistry.errors import FormulaError
from nasicon_loop.chemistry.periodic_table import DATA
from nasicon_loop.core import plain


@dataclass(frozen=True, slots=True)
class Site:
    """One crystallographic site. `kind`: "A1", "A2", "M", "X" or "O"; `multiplicity` positions per cell."""

    label: str
    kind: str
    wyckoff: str
    multiplicity: int
    xyz: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Prototype:
    """One form of A4 M2 (XO4)3 with all cavities full.

    `reference_cell` is (a, b, c in Å, alpha, beta, gamma in degrees), measured for `reference_formula`. `operations`
    are all symmetry operations as `x, y, z` text, centring included.
    """

    phase: str
    space_group_number: int
    setting: str
    formula_units: int
    reference_formula: str
    reference_temperature_c: float
    reference_cell: tuple[float, float, float, float, float, float]
    operations: tuple[str, ...]
    sites: tuple[Site, ...]
    source: str
    remark: str


@lru_cache(maxsize=4)
def prototype(phase: str) -> Prototype:
    """Return the prototype of a phase, "R-3c" or "C2/c"; FormulaError for any other."""
    data = tomllib.loads((DATA / "prototypes.toml").read_text(encoding="utf-8"))
    if phase not in data:
        raise FormulaError(f"there is no prototype {plain(phase, limit=20)!r}; there are {', '.join(data)}")
    return _prototype(phase, data[phase])


def _prototype(phase: str, data: dict[str, Any]) -> Prototype:
    cell = data["cell"]
    return Prototype(
        phase=phase,
        space_group_number=data["number"],
        setting=data["setting"],
        formula_units=data["formula_units"],
        reference_formula=data["reference_formula"],
        reference_temperature_c=data["reference_temperature_c"],
        reference_cell=(cell["a"], cell["b"], cell["c"], cell["alpha"], cell["beta"], cell["gamma"]),
        operations=tuple(_moved(op, centre) for centre in data["centring"] for op in data["operations"]),
        sites=tuple(
            Site(site["label"], site["kind"], site["wyckoff"], site["multiplicity"], tuple(site["xyz"]))
            for site in data["sites"]
        ),
        source=data["source"],
        remark=data["remark"].replace("\n", " "),
    )


def _moved(operation: str, centre: str) -> str:
    """Return an operation with a centring vector added: `-z+1/2` and `2/3` give `-z+1/6`."""
    return ", ".join(
        _shifted(part, Fraction(shift)) for part, shift in zip(operation.split(", "), centre.split(", "), strict=True)
    )


def _shifted(part: str, shift: Fraction) -> str:
    """Add to one coordinate; the sum is one fraction in [0, 1) because not every program reads two in a row."""
    letters, _, own = part.partition("+") if part[-1].isdigit() else (part, "", "0")
    translation = (Fraction(own) + shift) % 1
    return f"{letters}+{translation}" if translation else letters
