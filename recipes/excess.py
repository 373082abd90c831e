"""The declared excess: "15 wt% Na3PO4" means three different things, so its basis is an explicit choice."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

from nasicon_loop.core import Refusal
from recipes.precursors import exact, molar_mass

PHOSPHATE = "Na3PO4"
MAX_PERCENT = 100.0


class ExcessBasis(StrEnum):
    """What the per cent are per cent of."""

    PRECURSOR = "precursor"
    """of the mass of Na3PO4 that the target needs (the default reading)"""
    ELEMENT = "element"
    """of the amount of each named element in the target, in mol"""
    BATCH = "batch"
    """of the mass of target compound, added as Na3PO4 (counted anhydrous)"""


def read_basis(basis: str) -> ExcessBasis:
    """Return the basis that a word names; Refusal for any other word."""
    try:
        return ExcessBasis(basis)
    except ValueError:
        raise Refusal("the excess basis is one of precursor, element, batch", "excess_basis") from None


def phosphate_equivalent(cations: Mapping[str, Fraction]) -> Fraction:
    """Return mol of Na3PO4 per formula unit that the target's Na and P make up at most; zero without Na or P."""
    return min(cations.get("Na", Fraction(0)) / 3, cations.get("P", Fraction(0)))


def extra_amounts(
    basis: ExcessBasis, percent: float, target: str, cations: Mapping[str, Fraction], elements: Sequence[str]
) -> dict[str, Fraction]:
    """Return mol of each cation per formula unit that the excess adds; empty when there is none.

    Without phosphorus in the target, Na3PO4 would change the compound: the excess is then sodium alone.
    Raises Refusal for per cent outside 0 to 100 and for elements that the target does not contain.
    """
    if not 0 <= percent <= MAX_PERCENT:
        raise Refusal(f"must be from 0 to {MAX_PERCENT:g}, is {percent:g}", "excess_percent")
    share = exact(percent) / 100
    if not share:
        return {}
    if basis is ExcessBasis.ELEMENT:
        return _of_elements(share, cations, elements)
    equivalent = phosphate_equivalent(cations)
    if not equivalent:
        return _sodium_only(share, cations)
    in_batch = share * molar_mass(target) / molar_mass(PHOSPHATE)
    added = share * equivalent if basis is ExcessBasis.PRECURSOR else in_batch
    return {"Na": 3 * added, "P": added}


def _of_elements(share: Fraction, cations: Mapping[str, Fraction], elements: Sequence[str]) -> dict[str, Fraction]:
    for symbol in elements:
        if symbol not in cations:
            raise Refusal(f"the target contains no {symbol}", "excess_elements")
    return {symbol: share * cations[symbol] for symbol in elements}


def _sodium_only(share: Fraction, cations: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {"Na": share * cations["Na"]} if cations.get("Na") else {}


def excess_fraction(extra: Mapping[str, float], stoichiometric: Mapping[str, float]) -> float:
    """Return the excess as one number, a fraction: Na3PO4-equivalent added over Na3PO4-equivalent needed.

    With unequal extra Na and P the larger counts. Without P in the target it is extra Na over Na.
    """
    sodium, phosphorus = stoichiometric.get("Na", 0.0), stoichiometric.get("P", 0.0)
    equivalent = min(sodium / 3, phosphorus)
    if equivalent > 0:
        return max(extra.get("Na", 0.0) / 3, extra.get("P", 0.0)) / equivalent
    return max((extra.get(s, 0.0) / n for s, n in stoichiometric.items() if n > 0), default=0.0)


def loss_words(fraction: float, elements: Sequence[str]) -> str:
    """Return the assumption behind the composition that is expected after firing."""
    if not elements:
        return "assumed: nothing evaporates"
    share = "all" if fraction == 1 else f"{100 * fraction:g} %"
    return f"assumed: {share} of the excess {' and '.join(elements)} evaporates, and nothing else; not measured"


def words(basis: str, percent: float, extra: Mapping[str, float], added: Sequence[tuple[str, float, float]]) -> str:
    """Return the excess as a sentence for the sheet.

    `added` is (precursor's formula, stoichiometric mass in g, excess mass in g) of each jar that carries excess.
    """
    if not extra:
        return "no excess"
    carriers = " and ".join(f"{mass:.4f} g {formula}" for formula, _, mass in added)
    if basis == ExcessBasis.ELEMENT:
        return f"+{percent:g} mol% of {' and of '.join(extra)}, each of its own amount in the target: {carriers}"
    if "P" not in extra:
        return f"+{percent:g} % of the sodium (the target has no phosphorus, so no Na3PO4 is added): {carriers}"
    if basis == ExcessBasis.BATCH:
        what = f"{percent:g} % of the mass of target compound, as Na3PO4 counted anhydrous"
    else:
        what = f"+{percent:g} % of the mass of Na3PO4 that the target needs"
    formula, stoichiometric, mass = added[0]
    if len(added) == 1 and formula.startswith(PHOSPHATE) and stoichiometric > 0:
        return f"{what}: {carriers} on top of {stoichiometric:.4f} g (+{100 * mass / stoichiometric:.1f} %)"
    return f"{what}, an equivalent because this set has no Na3PO4: {carriers}"
