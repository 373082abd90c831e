"""Facts on elements: weight, usual oxidation state, radii. One pinned table, `data/elements.csv`."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from nasicon_loop.chemistry.errors import FormulaError
from nasicon_loop.core import plain

ATOMIC_WEIGHTS_NAME = "IUPAC standard atomic weights 2021, abridged to five figures"
"""The table behind every mass (Prohaska et al., Pure Appl. Chem. 94 (2022) 573). Printed on bench sheets: the 2024
revision moved zirconium from 91.224 to 91.222, which moves the fourth decimal of a 10 g batch."""

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Element:
    """Facts on one element.

    `oxidation_state` is the usual one in an oxide fired in air. Radii are Shannon's ionic radii (1976) of that state in
    six- and fourfold coordination, high spin, in Å; None where he gives none. `electronegativity` is Pauling's.
    `site` is the default place in a NASICON: "A", "M", "X", "anion" or "other". `group` of a lanthanide is 3.
    """

    symbol: str
    atomic_number: int
    atomic_weight: float
    group: int
    row: int
    oxidation_state: int
    site: str
    radius_vi_angstrom: float | None
    radius_iv_angstrom: float | None
    electronegativity: float


def data_lines(name: str) -> list[str]:
    """Return the lines of one of this room's data files, comments left out."""
    text = (DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@lru_cache(maxsize=1)
def elements() -> Mapping[str, Element]:
    """Return all elements that a formula may contain, by symbol, in order of atomic number."""
    return MappingProxyType({row["symbol"]: _element(row) for row in csv.DictReader(data_lines("elements.csv"))})


def _element(row: dict[str, str]) -> Element:
    return Element(
        symbol=row["symbol"],
        atomic_number=int(row["atomic_number"]),
        atomic_weight=float(row["atomic_weight"]),
        group=int(row["group"]),
        row=int(row["row"]),
        oxidation_state=int(row["oxidation_state"]),
        site=row["site"],
        radius_vi_angstrom=float(row["radius_vi"]) if row["radius_vi"] else None,
        radius_iv_angstrom=float(row["radius_iv"]) if row["radius_iv"] else None,
        electronegativity=float(row["electronegativity"]),
    )


def element(symbol: str) -> Element:
    """Return the facts on one element; FormulaError when the table does not have it."""
    try:
        return elements()[symbol]
    except KeyError:
        raise FormulaError(f"unknown element {plain(symbol, limit=20)!r}") from None


def atomic_weight(symbol: str) -> float:
    """Return an element's atomic weight in g/mol, from the table named by `ATOMIC_WEIGHTS_NAME`."""
    return element(symbol).atomic_weight
