"""Only what the paper names: Na3PO4, ZrO2, SiO2 and the dopants' oxides, with the shortfall said aloud."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from nasicon_loop.core import Refusal
from recipes.excess import phosphate_equivalent
from recipes.precursors import Precursor


def strict_candidates(table: Sequence[Precursor], cations: Mapping[str, Fraction]) -> list[Precursor]:
    """Return the paper's precursors and, for each other element, the preferred one without sodium or phosphorus."""
    paper = [jar for jar in table if jar.is_paper]
    brought = {symbol for jar in paper for symbol in jar.cations}
    others = []
    for symbol in cations:
        jars = [jar for jar in table if set(jar.cations) == {symbol}]
        if symbol not in brought and jars:
            others.append(min(jars, key=lambda jar: jar.preference))
    return paper + others


def strict_cations(cations: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return what the paper's precursors can make: Na and P come in 3 : 1, so one of them stays short.

    Refusal for a target without sodium or without phosphorus.
    """
    equivalent = phosphate_equivalent(cations)
    if not equivalent:
        raise Refusal("the paper's only sodium and phosphorus source is Na3PO4: the target needs both", "strict_paper")
    return {**cations, "Na": 3 * equivalent, "P": equivalent}


def shortfall(cations: Mapping[str, Fraction], made: Mapping[str, Fraction]) -> dict[str, float]:
    """Return mol per formula unit that are missing, by element; empty when nothing is."""
    return {s: float(n - made.get(s, Fraction(0))) for s, n in cations.items() if n > made.get(s, Fraction(0))}
