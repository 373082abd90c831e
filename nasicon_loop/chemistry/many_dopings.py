"""Many dopings at once, exactly: what `substitute` does one by one, in whole numbers of one small unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.chemistry.composition import OXYGEN_PER_FORMULA, Composition
from nasicon_loop.chemistry.doping import dopants
from nasicon_loop.chemistry.errors import FormulaError
from nasicon_loop.chemistry.periodic_table import element, elements
from nasicon_loop.chemistry.sites import A_LIMIT, M_PER_FORMULA, X_PER_FORMULA

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

_SITE_OF_HOST = {"Na": "A", "Zr": "M", "Si": "X", "P": "X"}


@dataclass(frozen=True)
class DopedArrays:
    """n neutral compositions with the same dopants, each on the host that the dopants' table names.

    Amounts are whole numbers of 1/`unit` per formula unit with 12 O: nothing is rounded. `silicon` is x of
    Na(1+x)Zr2Si(x)P(3-x)O12 before anything replaces Si.
    """

    dopants: tuple[str, ...]
    amounts: Whole
    """(n, dopants)"""
    silicon: Whole
    """(n,)"""
    sodium: Whole
    """(n,)"""
    unit: int

    def __len__(self) -> int:
        return len(self.silicon)

    def take(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> "DopedArrays":
        """Return the compositions at the given places (or where a mask is true), in that order."""
        return DopedArrays(self.dopants, self.amounts[places], self.silicon[places], self.sodium[places], self.unit)

    def hosts(self) -> dict[str, Whole]:
        """Return what is left of Zr, Si and P (n,), and what replaces Na."""
        left = _hosts(self.silicon, self.unit)
        for k, symbol in enumerate(self.dopants):
            left[dopants()[symbol].host] += _sign(symbol) * self.amounts[:, k]
        return left

    def composition(self, place: int) -> Composition:
        """Return one of them as an object."""
        left = self.hosts()
        numerators = {symbol: int(left[symbol][place]) for symbol in ("Zr", "Si", "P")}
        numerators |= {symbol: int(self.amounts[place, k]) for k, symbol in enumerate(self.dopants)}
        numerators["Na"] = int(self.sodium[place])
        exact = {symbol: Fraction(number, self.unit) for symbol, number in numerators.items()}
        return Composition.of({**exact, "O": Fraction(OXYGEN_PER_FORMULA)})

    def site_amounts(self) -> Mapping[str, Array]:
        """Return amounts per formula unit by site kind "A", "M", "X": (n, elements) in the order of `elements()`."""
        column = {symbol: k for k, symbol in enumerate(elements())}
        tables = {site: np.zeros((len(self), len(column))) for site in ("A", "M", "X")}
        left = self.hosts()
        tables["A"][:, column["Na"]] = self.sodium / self.unit
        for symbol in ("Zr", "Si", "P"):
            tables[_SITE_OF_HOST[symbol]][:, column[symbol]] = left[symbol] / self.unit
        for k, symbol in enumerate(self.dopants):
            tables[_SITE_OF_HOST[dopants()[symbol].host]][:, column[symbol]] = self.amounts[:, k] / self.unit
        return tables


def doped_arrays(
    symbols: tuple[str, ...], amounts: Whole, silicon: Whole, unit: int
) -> tuple[DopedArrays, NDArray[np.bool_]]:
    """Return the compositions that exist, and which (n,) of those asked for they are.

    `amounts` (n, dopants) and `silicon` (n,) are whole numbers of 1/`unit`. Sodium balances the charge exactly; left
    out is what `substitute` refuses: more dopant than host, sodium at or below zero, more ions than cavities. Raises
    FormulaError for an unknown or repeated dopant.
    """
    known = dopants()
    if len(set(symbols)) < len(symbols) or any(symbol not in known or symbol == "Si" for symbol in symbols):
        raise FormulaError("dopants are different ones of the table, without Si", ", ".join(symbols))
    asked = DopedArrays(symbols, amounts, silicon, np.zeros_like(silicon), unit)
    left = asked.hosts()
    charge = np.full_like(silicon, element("O").oxidation_state * OXYGEN_PER_FORMULA * unit)
    for host in ("Zr", "Si", "P"):
        charge += left[host] * element(host).oxidation_state
    for k, symbol in enumerate(symbols):
        charge += amounts[:, k] * known[symbol].oxidation_state
    sodium = -charge
    exists = (sodium > 0) & (sodium + left["Na"] <= A_LIMIT * unit) & (silicon >= 0) & (silicon <= X_PER_FORMULA * unit)
    exists &= (left["Zr"] >= 0) & (left["Si"] >= 0) & (left["P"] >= 0) & (amounts >= 0).all(axis=1)
    whole = DopedArrays(symbols, amounts, silicon, sodium, unit)
    return whole.take(exists), exists


def _hosts(silicon: Whole, unit: int) -> dict[str, Whole]:
    return {
        "Na": np.zeros_like(silicon),
        "Zr": np.full_like(silicon, M_PER_FORMULA * unit),
        "Si": silicon.copy(),
        "P": X_PER_FORMULA * unit - silicon,
    }


def _sign(symbol: str) -> int:
    return 1 if dopants()[symbol].host == "Na" else -1
