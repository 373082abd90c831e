"""Amounts of elements as compositions: oxygen from charge, formulas short enough to print."""

from collections.abc import Mapping
from fractions import Fraction

from nasicon_loop.chemistry import Composition, element

PRINTED_DECIMALS = 4


def oxygen(cations: Mapping[str, Fraction]) -> Fraction:
    """Return mol of O that balances the cations' usual oxidation states."""
    return sum((n * element(symbol).oxidation_state / 2 for symbol, n in cations.items()), Fraction(0))


def fired(cations: Mapping[str, Fraction], oxygen_offset: Fraction = Fraction(0)) -> dict[str, Fraction]:
    """Return the cations with the oxygen of the fired product; an offset keeps the oxygen that a target was given."""
    return {**cations, "O": oxygen(cations) + oxygen_offset}


def add(first: Mapping[str, Fraction], second: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return the sum of two amounts, element by element."""
    return {s: first.get(s, Fraction(0)) + second.get(s, Fraction(0)) for s in dict.fromkeys((*first, *second))}


def total(parts: Mapping[str, Mapping[str, Fraction]], moles: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return what `moles` of things contain, `parts` giving each thing's amounts per mole."""
    sums: dict[str, Fraction] = {}
    for name, n in moles.items():
        sums = add(sums, {symbol: n * per_mole for symbol, per_mole in parts[name].items()})
    return sums


def formula(amounts: Mapping[str, Fraction]) -> str:
    """Return amounts as canonical formula text with at most four decimals."""
    return Composition.of(amounts).rounded(PRINTED_DECIMALS).formula


def floats(amounts: Mapping[str, Fraction]) -> dict[str, float]:
    """Return amounts as floats in canonical order, zeros left out."""
    return {symbol: float(n) for symbol, n in Composition.of(amounts).amounts}
