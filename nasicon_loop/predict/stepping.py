"""Neutral compositions one step away from another: one thing is changed, and sodium balances the charge."""

from collections.abc import Iterator
from fractions import Fraction

from nasicon_loop.chemistry import Composition, FormulaError, Substitution, dopants, substitute

STEP = Fraction(1, 20)
"""Of the dopant per formula with 12 O; of silicon twice that."""
_SERIES = ("Na", "Zr", "Si", "P")

Step = tuple[str, Composition]
"""What is changed, and what comes out."""


def steps_from(composition: Composition) -> tuple[Step, ...]:
    """Return neutral compositions that differ in one thing; every composition once, the starting one never.

    More or less of the dopant, more or less silicon, another dopant of the same charge in the same amount and on the
    same site, none. Nothing for what is not Na-Zr-Si-P with at most one dopant on its usual site: there "one thing"
    has no meaning.
    """
    start = composition.normalised()
    foreign = [(symbol, amount) for symbol, amount in start.amounts if symbol not in (*_SERIES, "O") and amount > 0]
    if len(foreign) > 1 or not start.get("Zr") or (foreign and foreign[0][0] not in dopants()):
        return ()
    symbol, amount = foreign[0] if foreign else ("", Fraction(0))
    silicon = _silicon(start, symbol, amount)
    if _made(symbol, amount, silicon) != start:
        return ()
    found: dict[Composition, str] = {}
    for what, element, share, x in _wanted(symbol, amount, silicon):
        other = _made(element, share, x)
        if other is not None and other != start:
            found.setdefault(other, what)
    return tuple((what, other) for other, what in found.items())


def _silicon(start: Composition, symbol: str, amount: Fraction) -> Fraction:
    """Return x of the host: what stands on the tetrahedra in silicon's place counts as silicon."""
    is_for_silicon = symbol and dopants()[symbol].host == "Si"
    return start.get("Si") + (amount if is_for_silicon else 0)


def _wanted(symbol: str, amount: Fraction, silicon: Fraction) -> Iterator[tuple[str, str, Fraction, Fraction]]:
    for word, sign in (("less", -1), ("more", 1)):
        yield f"{word} silicon", symbol, amount, silicon + sign * 2 * STEP
    if not symbol:
        return
    step = min(STEP, amount / 2)  # less of a trace is still some
    for word, sign in (("less", -1), ("more", 1)):
        yield f"{word} {symbol}", symbol, amount + sign * step, silicon
    yield f"no {symbol}", "", Fraction(0), silicon
    own = dopants()[symbol]
    for other in dopants().values():
        if (other.oxidation_state, other.host) == (own.oxidation_state, own.host) and other.element not in (
            symbol,
            "Si",
        ):
            yield f"{other.element} for {symbol}", other.element, amount, silicon


def _made(element: str, amount: Fraction, silicon: Fraction) -> Composition | None:
    try:
        return substitute([Substitution(element, amount)] if element else [], silicon).normalised()
    except FormulaError:  # nothing neutral lies there
        return None
