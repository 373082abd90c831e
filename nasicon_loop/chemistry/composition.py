"""Compositions: exact amounts of elements, in canonical order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from nasicon_loop.chemistry.errors import FormulaError
from nasicon_loop.chemistry.formula import read_formula, write_formula
from nasicon_loop.chemistry.periodic_table import element, elements

if TYPE_CHECKING:
    from nasicon_loop.chemistry.sites import Sites

OXYGEN_PER_FORMULA = 12
CHARGE_TOLERANCE = Fraction(15, 1000)
"""Formulas are printed with two decimals; a charge below this is rounding."""

_ORDER = "Na Li K Rb Cs Ag Tl Sr Ba Pb|Zr Hf Ti Sn Sc|*|Si Ge B C P As S Se|N H|F Cl Br I|O"  # * is every other cation


@lru_cache(maxsize=1)
def _ranks() -> Mapping[str, int]:
    named = set(_ORDER.replace("|", " ").split())
    others = " ".join(sorted(symbol for symbol in elements() if symbol not in named))
    return {symbol: rank for rank, symbol in enumerate(_ORDER.replace("*", others).replace("|", " ").split())}


@dataclass(frozen=True, slots=True)
class Composition:
    """Exact amounts per formula as given, in canonical order: cavity ions, octahedral, tetrahedral cations, anions.

    Build it with `parse` or `of`; two compositions are equal when their amounts are.
    """

    amounts: tuple[tuple[str, Fraction], ...]

    def __post_init__(self) -> None:
        ranks = [_ranks().get(symbol, -1) for symbol, _ in self.amounts]
        if not ranks or -1 in ranks or ranks != sorted(set(ranks)) or any(amount <= 0 for _, amount in self.amounts):
            raise FormulaError("amounts must be positive, of known elements, in canonical order: use Composition.of")

    @classmethod
    def parse(cls, text: str) -> Composition:
        """Return the composition that a formula names; FormulaError when it names none."""
        return _parsed(text)

    @classmethod
    def of(cls, amounts: Mapping[str, Fraction | int | str] | Iterable[tuple[str, Fraction | int]]) -> Composition:
        """Return a composition from amounts by element (exact numbers; text such as "1.8" is exact, a float is not).

        Zero amounts are left out. Raises FormulaError for unknown elements, negative amounts, and when nothing is left.
        """
        pairs = {symbol: Fraction(amount) for symbol, amount in dict(amounts).items()}
        for symbol, amount in pairs.items():
            element(symbol)
            if amount < 0:
                raise FormulaError(f"the amount of {symbol} is negative: {float(amount):g}")
        kept = sorted(((s, a) for s, a in pairs.items() if a), key=lambda pair: _ranks()[pair[0]])
        if not kept:
            raise FormulaError("the composition is empty")
        return cls(tuple(kept))

    @property
    def formula(self) -> str:
        """The canonical text; `Composition.parse` gives the same composition back."""
        return write_formula(self.amounts)

    @property
    def elements(self) -> tuple[str, ...]:
        """The elements' symbols in canonical order."""
        return tuple(symbol for symbol, _ in self.amounts)

    def get(self, symbol: str) -> Fraction:
        """Return the amount of an element, zero when it does not occur."""
        return next((amount for present, amount in self.amounts if present == symbol), Fraction(0))

    def scaled(self, factor: Fraction | int) -> Composition:
        """Return all amounts times a positive factor."""
        return Composition.of({symbol: amount * factor for symbol, amount in self.amounts})

    def rounded(self, n_decimals: int = 6) -> Composition:
        """Return amounts rounded to decimals (half to even): a measured or weighed composition as readable text."""
        return Composition.of({symbol: Fraction(round(amount, n_decimals)) for symbol, amount in self.amounts})

    def normalised(self) -> Composition:
        """Return the composition on 12 O; FormulaError without oxygen."""
        oxygen = self.get("O")
        if not oxygen:
            raise FormulaError("has no oxygen, so it cannot be put on 12 O", self.formula)
        return self.scaled(OXYGEN_PER_FORMULA / oxygen)

    @property
    def molar_mass_g_mol(self) -> float:
        """Mass of one mole of the formula as given, g/mol, from the table named by `ATOMIC_WEIGHTS_NAME`."""
        return sum(float(amount) * element(symbol).atomic_weight for symbol, amount in self.amounts)

    @property
    def mobile_ion(self) -> str:
        """The ion that carries the current: the most abundant alkali ion or silver, else the cavity divalent.

        Equal amounts: sodium, then the order of the canonical formula. FormulaError when there is none.
        """
        for candidates in (("Na", "Li", "K", "Rb", "Cs", "Ag", "Tl"), ("Mg", "Ca", "Sr", "Ba", "Zn", "Cd", "Pb", "Cu")):
            present = [symbol for symbol in candidates if self.get(symbol)]
            if present:
                return max(present, key=self.get)
        raise FormulaError("has no mobile ion", self.formula)

    def charge(self) -> Fraction:
        """Return the sum of amounts times oxidation states, anions negative; zero for a neutral oxide."""
        return sum((amount * element(symbol).oxidation_state for symbol, amount in self.amounts), Fraction(0))

    @property
    def is_balanced(self) -> bool:
        """Whether the charge is zero within what two printed decimals leave open (0.015 per 12 O)."""
        oxygen = self.get("O")
        charge = self.charge() * OXYGEN_PER_FORMULA / oxygen if oxygen else self.charge()
        return abs(charge) < CHARGE_TOLERANCE

    def sites(self, *, needs_ion: bool = True) -> Sites:
        """Return who sits where in the NASICON; FormulaError with the reason when it is not one.

        A framework with empty cavities is none either, unless `needs_ion` is False.
        """
        from nasicon_loop.chemistry.sites import assign

        return assign(self, needs_ion=needs_ion)

    def __str__(self) -> str:
        return self.formula


@lru_cache(maxsize=8192)
def _parsed(text: str) -> Composition:
    """A campaign asks for the same few hundred formulas again and again, and a composition never changes."""
    return Composition.of(read_formula(text))
