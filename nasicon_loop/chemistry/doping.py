"""The 49 dopants of the Na3Zr2Si2PO12 family, and what a formula becomes when one goes in."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from nasicon_loop.chemistry.composition import Composition
from nasicon_loop.chemistry.errors import FormulaError
from nasicon_loop.chemistry.periodic_table import data_lines, element
from nasicon_loop.chemistry.sites import CAVITY_TOO, TETRAHEDRAL_TOO
from nasicon_loop.core import plain

HOSTS = ("Na", "Zr", "Si", "P")
_HIGH, _MEDIUM = 0.15, 0.30
"""Radius mismatch up to which a substitution counts as plausible (Goldschmidt's 15 per cent rule, and twice that)."""


@dataclass(frozen=True, slots=True)
class Dopant:
    """Facts on one dopant in Na3Zr2Si2PO12.

    `site` is "Na", "Zr" or "T" (tetrahedra); `host` the element it replaces by default ("Na", "Zr", "Si", "P"). Radii
    are Shannon's, sixfold for Na and Zr sites, fourfold for T. `plausibility` ("high", "medium", "low") follows
    from the radius mismatch alone. `toxic` dopants need the lab's permission. `other_states` are states known beside
    the one used.
    """

    element: str
    oxidation_state: int
    site: str
    host: str
    radius_angstrom: float
    host_radius_angstrom: float
    electronegativity: float
    plausibility: str
    toxic: bool
    other_states: tuple[int, ...]
    note: str
    source: str

    @property
    def radius_mismatch(self) -> float:
        """Relative difference of radius from the host's, positive when the dopant is larger."""
        return self.radius_angstrom / self.host_radius_angstrom - 1


@lru_cache(maxsize=1)
def dopants() -> Mapping[str, Dopant]:
    """Return the 49 dopants by symbol."""
    return MappingProxyType({row["element"]: _dopant(row) for row in csv.DictReader(data_lines("dopants.csv"))})


def _dopant(row: dict[str, str]) -> Dopant:
    facts, host = element(row["element"]), element(row["host"])
    on_t = row["site"] == "T"
    radius = facts.radius_iv_angstrom if on_t else facts.radius_vi_angstrom
    host_radius = host.radius_iv_angstrom if on_t else host.radius_vi_angstrom
    if radius is None or host_radius is None:
        raise ValueError(f"dopants.csv: no radius for {facts.symbol} on {host.symbol}")
    return Dopant(
        element=facts.symbol,
        oxidation_state=facts.oxidation_state,
        site=row["site"],
        host=host.symbol,
        radius_angstrom=radius,
        host_radius_angstrom=host_radius,
        electronegativity=facts.electronegativity,
        plausibility="high" if facts.symbol == "Si" else _plausibility(abs(radius / host_radius - 1)),
        toxic=row["toxic"] == "yes",
        other_states=tuple(int(state) for state in row["other_states"].split()),
        note=row["note"],
        source="radii: Shannon 1976; electronegativity: Pauling",
    )


def _plausibility(mismatch: float) -> str:
    return "high" if mismatch <= _HIGH else "medium" if mismatch <= _MEDIUM else "low"


@dataclass(frozen=True, slots=True)
class Substitution:
    """`amount` of `dopant` per formula unit in place of `host` ("Na", "Zr", "Si", "P"; None: the dopant's own)."""

    dopant: str
    amount: Fraction
    host: str | None = None


def dope(dopant: str, amount: Fraction, silicon: Fraction | int = 2, host: str | None = None) -> Composition:
    """Return Na(1+x) Zr2 Si(x) P(3-x) O12 with `amount` of a dopant, neutral to the last digit by its sodium.

    `silicon` is x. `host` None means the element that the dopants' table names: Zr for most, Na for Li, K, Rb, Cs, Ag,
    Sr, Ba, Si for Ge and B, P for Si and As. Raises FormulaError for an unknown dopant or host, a negative amount, more
    dopant than host, and when the charge asks for sodium below 0 or above what the four cavities hold.
    """
    return substitute([Substitution(dopant, amount, host)], silicon)


def substitute(substitutions: Iterable[Substitution], silicon: Fraction | int = 2) -> Composition:
    """Return Na3Zr2Si2PO12 (or silicon content x) with any number of substitutions; raises as `dope` does."""
    x = Fraction(silicon)
    if not 0 <= x <= 3:
        raise FormulaError(f"x(Si) is between 0 and 3, not {float(x):g}")
    amounts = {"Zr": Fraction(2), "Si": x, "P": 3 - x, "O": Fraction(12)}
    cavity = Fraction(0)
    for substitution in substitutions:
        dopant, host, amount = _checked(substitution)
        if host == "Na":
            cavity += amount
        elif amounts[host] < amount:
            raise FormulaError(f"{float(amount):g} {dopant.element} is more than the {float(amounts[host]):g} {host}")
        else:
            amounts[host] -= amount
        amounts[dopant.element] = amounts.get(dopant.element, Fraction(0)) + amount
    sodium = -sum(amount * element(symbol).oxidation_state for symbol, amount in amounts.items())
    if sodium <= 0 or sodium + cavity > 4:
        raise FormulaError(f"the charge asks for {float(sodium):g} Na; the cavities hold {float(4 - cavity):g}")
    return Composition.of({**amounts, "Na": sodium})


def _checked(substitution: Substitution) -> tuple[Dopant, str, Fraction]:
    dopant = dopants().get(substitution.dopant)
    if dopant is None:
        raise FormulaError(f"{plain(substitution.dopant, limit=20)!r} is not one of the {len(dopants())} dopants")
    host = substitution.host or dopant.host
    if host not in HOSTS:
        raise FormulaError(f"the host is one of {', '.join(HOSTS)}, not {plain(host, limit=20)!r}")
    if host not in _possible_hosts(dopant):
        raise FormulaError(f"{dopant.element} does not go on {host}; it goes on {', '.join(_possible_hosts(dopant))}")
    if substitution.amount < 0:
        raise FormulaError(f"the amount of {dopant.element} is negative")
    return dopant, host, Fraction(substitution.amount)


def _possible_hosts(dopant: Dopant) -> tuple[str, ...]:
    """Return the elements that a dopant can replace, its default first."""
    symbol, kind = dopant.element, element(dopant.element).site
    able = {
        "Na": kind == "A" or symbol in CAVITY_TOO,
        "Zr": kind == "M" or symbol in CAVITY_TOO,
        "Si": (kind == "X" and symbol != "Si") or symbol in TETRAHEDRAL_TOO,
        "P": kind == "X" or symbol in TETRAHEDRAL_TOO,
    }
    return dopant.host, *(host for host in HOSTS if able[host] and host != dopant.host)
