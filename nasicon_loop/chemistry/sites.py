"""Who sits where: cavity ions A, octahedral cations M, tetrahedral cations X of a NASICON A1+x M2 (XO4)3."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from nasicon_loop.chemistry.composition import OXYGEN_PER_FORMULA, Composition
from nasicon_loop.chemistry.errors import FormulaError
from nasicon_loop.chemistry.periodic_table import element

M_PER_FORMULA, X_PER_FORMULA, A_LIMIT = 2, 3, 4
SITE_TOLERANCE = Fraction(1, 10)
"""How far M may be from 2, X from 3 per formula unit: rounding, weighing errors, small non-stoichiometry."""
OXYGEN_RANGE = (Fraction(23, 2), Fraction(121, 10))
_ROUNDING = Fraction(2, 1000)
"""A site that is over- or underfilled by less stays so: weighing errors are smaller, dopant amounts larger."""
TETRAHEDRAL_TOO = ("Ge", "Al", "Ga", "Fe")
"""Octahedral cations that fill what Si, P, S leave of the tetrahedra, in this order: Na3Zr2Ge0.15Si1.85PO12 but
NaGe2(PO4)3."""
CAVITY_TOO = tuple(  # by radius, large first
    symbol
    for line in ("Ba Pb Sr La Pr Nd Ca Sm Cd Eu Gd Tb Dy Ho Y", "Er Tm Yb Lu Ce Mn In Co Zn Cu Mg Ni")
    for symbol in line.split()
)
"""Cations that fill the octahedra first and then the cavities: Na3.4Zr1.8Ca0.2Si2PO12 but Ca0.5Zr2(PO4)3."""

Amounts = tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Sites:
    """Amounts per formula unit (M near 2, X near 3), canonical order within a site; `notes` say what is unusual.

    An element may sit on two sites (Al, Ge on M and X; Ca, Mg on M and A).
    """

    a: Amounts
    m: Amounts
    x: Amounts
    oxygen: Fraction
    notes: tuple[str, ...] = ()

    @property
    def a_vacancies(self) -> Fraction:
        """Empty cavities per formula unit, of four."""
        return max(A_LIMIT - total(self.a), Fraction(0))


def total(site: Amounts) -> Fraction:
    """Return the sum of a site's amounts."""
    return sum((amount for _, amount in site), Fraction(0))


@lru_cache(maxsize=64)  # whoever asks for a cell asks for the sites next, of one candidate after the other
def assign(composition: Composition, *, needs_ion: bool = True) -> Sites:
    """Return the site assignment of a composition; FormulaError with the reason when it is not a NASICON.

    The formula may be any whole multiple of A1+x M2 (XO4)3 (MgZr4(PO4)6 is two). Rules, in this order: P, Si, S, As, B,
    Se are tetrahedral; Ge, Al, Ga, Fe fill what these leave of X where M holds too many; Sr, Ba and the other cations
    fill M up to 2, and what is left of those that can (large ones first) sits in the cavities with the alkali ions.
    Empty cavities are refused unless `needs_ion` is False.
    """
    n_formulas = max(1, round(composition.get("O") / OXYGEN_PER_FORMULA))
    amounts = {symbol: amount / n_formulas for symbol, amount in composition.amounts}
    foreign = [s for s in amounts if element(s).site not in ("A", "M", "X") and s != "O"]
    if foreign:
        raise _not_nasicon(f"{', '.join(foreign)} has no place in it", composition)
    oxygen = amounts.pop("O", Fraction(0))
    if not OXYGEN_RANGE[0] <= oxygen <= OXYGEN_RANGE[1]:
        raise _not_nasicon(f"it holds {float(oxygen):g} O per formula unit, not about 12", composition)
    by_site: dict[str, dict[str, Fraction]] = {"A": {}, "M": {}, "X": {}}
    for symbol, amount in amounts.items():
        by_site["M" if symbol in CAVITY_TOO else element(symbol).site][symbol] = amount
    _fill_tetrahedra(by_site)
    _spill_into_cavities(by_site)
    _check(by_site, composition, needs_ion)
    notes = [f"{float(oxygen):g} O instead of 12"] if abs(oxygen - OXYGEN_PER_FORMULA) > _ROUNDING else []
    notes += [f"{s} sits on two sites" for s in amounts if sum(s in site for site in by_site.values()) > 1]
    return Sites(_ordered(by_site["A"]), _ordered(by_site["M"]), _ordered(by_site["X"]), oxygen, tuple(notes))


def _fill_tetrahedra(by_site: dict[str, dict[str, Fraction]]) -> None:
    for symbol in _present(TETRAHEDRAL_TOO, by_site["M"]):
        missing = X_PER_FORMULA - _sum(by_site["X"])
        too_many = _sum(by_site["M"]) - M_PER_FORMULA
        if missing > _ROUNDING and too_many > _ROUNDING:
            _move(by_site, symbol, min(missing, too_many), "M", "X")


def _spill_into_cavities(by_site: dict[str, dict[str, Fraction]]) -> None:
    for symbol in _present(CAVITY_TOO, by_site["M"]):
        too_many = _sum(by_site["M"]) - M_PER_FORMULA
        if too_many > _ROUNDING:
            _move(by_site, symbol, too_many, "M", "A")


def _present(symbols: tuple[str, ...], site: dict[str, Fraction]) -> list[str]:
    """Return those that are there, in their order: exact sums for the forty that are not take most of the time."""
    return [symbol for symbol in symbols if symbol in site]


def _sum(site: dict[str, Fraction]) -> Fraction:
    return sum(site.values(), Fraction(0))


def _move(by_site: dict[str, dict[str, Fraction]], symbol: str, wanted: Fraction, source: str, target: str) -> None:
    """Move at most `wanted`; an element of which only rounding would stay behind moves as a whole."""
    present = by_site[source][symbol]
    moved = present if present - wanted <= _ROUNDING else wanted
    by_site[target][symbol] = by_site[target].get(symbol, Fraction(0)) + moved
    if moved == present:
        del by_site[source][symbol]
    else:
        by_site[source][symbol] = present - moved


def _check(by_site: dict[str, dict[str, Fraction]], composition: Composition, needs_ion: bool) -> None:
    for name, ideal in (("M", M_PER_FORMULA), ("X", X_PER_FORMULA)):
        found = _sum(by_site[name])
        if abs(found - ideal) > SITE_TOLERANCE:
            where = "octahedral" if name == "M" else "tetrahedral"
            raise _not_nasicon(f"{where} cations add up to {float(found):g} per formula unit, not {ideal}", composition)
    found = _sum(by_site["A"])
    if needs_ion and not found:
        raise _not_nasicon("its cavities are empty", composition)
    if found > A_LIMIT + SITE_TOLERANCE:
        raise _not_nasicon(f"{float(found):g} cavity ions per formula unit, {A_LIMIT} fit", composition)


def _ordered(site: dict[str, Fraction]) -> Amounts:
    return Composition.of(site).amounts if site else ()


def _not_nasicon(reason: str, composition: Composition) -> FormulaError:
    return FormulaError(f"is not a NASICON: {reason}", composition.formula)
