"""The space that is searched: Na(1+x+...)Zr2-yMySixP3-xO12 and its Na-site and tetrahedral cousins, exactly neutral."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from nasicon_loop.campaign.values import Candidate
from nasicon_loop.chemistry import Composition, Dopant, FormulaError, dopants, dope
from nasicon_loop.core import Refusal

BLOCKED_ELEMENTS = ("As", "Cd", "Cr")
"""Toxic, or toxic at firing temperature (Cr makes sodium chromate, Cr(VI)): left out unless the lab allows them."""

_KEY_DIGITS = 2

Key = tuple[tuple[str, float], ...]


def _steps(first: str, last: str, step: str) -> tuple[Fraction, ...]:
    low, high, width = Fraction(first), Fraction(last), Fraction(step)
    return tuple(low + width * k for k in range(int((high - low) / width) + 1))


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of the search and rules of the choice. Amounts are per formula of 12 O.

    `solubility` is about how much of a dopant the lattice takes, by the dopant table's word on its radius; a measured
    row that conducts extends it (see feasibility.py). `comparable_fraction`: a dopant already in the batch (or
    pending) is taken again only when no other dopant reaches this fraction of its acquisition. `n_dopants` is how many
    a *screened* composition may carry (1 or 2); suggestions carry one.
    """

    amounts: tuple[Fraction, ...] = _steps("0.02", "0.40", "0.02")
    silicon: tuple[Fraction, ...] = _steps("1.6", "2.6", "0.1")
    min_sodium: Fraction = Fraction(1)
    max_sodium: Fraction = Fraction(4)
    allowed_toxic: tuple[str, ...] = ()
    max_candidates: int = 30_000
    comparable_fraction: float = 0.25
    n_dopants: int = 1
    solubility: tuple[tuple[str, Fraction], ...] = (
        ("high", Fraction(3, 10)),
        ("medium", Fraction(12, 100)),
        ("low", Fraction(5, 100)),
    )

    def __post_init__(self) -> None:
        if not self.amounts or not self.silicon:
            raise Refusal("needs at least one amount and one silicon content", "campaign settings")
        if not 0 <= self.comparable_fraction <= 1:
            raise Refusal("comparable_fraction must lie between 0 and 1", "campaign settings")
        if self.n_dopants not in (1, 2):
            raise Refusal("n_dopants is 1 or 2", "campaign settings")
        if self.max_candidates < 1:
            raise Refusal("max_candidates must be at least 1", "campaign settings")

    def is_blocked(self, dopant: Dopant) -> bool:
        """Say whether policy forbids this dopant."""
        return (dopant.toxic or dopant.element in BLOCKED_ELEMENTS) and dopant.element not in self.allowed_toxic


def composition_key(composition: Composition | str) -> Key:
    """Return what makes two compositions the same one: amounts on 12 O, rounded to 0.01; FormulaError if unreadable."""
    return _key(Composition.parse(composition) if isinstance(composition, str) else composition)


@lru_cache(maxsize=16384)
def _key(composition: Composition) -> Key:
    return tuple(
        (element, round(float(amount), _KEY_DIGITS))
        for element, amount in sorted(composition.normalised().amounts)
        if round(float(amount), _KEY_DIGITS) > 0
    )


def readable_keys(formulas: Collection[str]) -> frozenset[Key]:
    """Return the keys of those formulas that are compositions on an oxygen basis; others cannot equal a candidate."""
    keys = set()
    for formula in formulas:
        try:
            keys.add(composition_key(formula))
        except (FormulaError, ZeroDivisionError):
            continue
    return frozenset(keys)


@lru_cache(maxsize=16384)
def _doped(symbol: str, amount: Fraction, silicon: Fraction) -> Composition:
    return dope(symbol, amount, silicon)


def candidate_of(dopant: Dopant, amount: Fraction, silicon: Fraction, settings: Settings) -> Candidate | None:
    """Return the neutral composition at one point of the space; None where there is none inside the limits."""
    is_series = dopant.element == "Si"  # silicon as the "dopant" means the undoped Si/P series itself
    try:
        composition = _doped(dopant.element, Fraction(0) if is_series else amount, silicon)
    except FormulaError:  # more dopant than host, or more ions than cavities: no such composition
        return None
    if not settings.min_sodium <= composition.get("Na") <= settings.max_sodium:
        return None
    shown = silicon if is_series else amount
    return Candidate(composition.formula, dopant.element, dopant.site, shown, silicon, composition)


def stream_candidates(settings: Settings | None = None, *, excluded: Collection[Key] = ()) -> Iterator[Candidate]:
    """Stream candidates in a fixed order (dopant table, silicon, amount), each exactly neutral with Na inside limits.

    `excluded` are `composition_key`s not to be given again. Blocked dopants are left out, duplicates come once, and
    the stream ends after `settings.max_candidates`.
    """
    rules = settings or Settings()
    seen = set(excluded)
    n_given = 0
    for dopant in dopants().values():
        if rules.is_blocked(dopant):
            continue
        amounts = rules.amounts[:1] if dopant.element == "Si" else rules.amounts
        for silicon in rules.silicon:
            for amount in amounts:
                candidate = candidate_of(dopant, amount, silicon, rules)
                if candidate is None:
                    continue
                key = composition_key(candidate.composition)
                if key in seen:
                    continue
                seen.add(key)
                yield candidate
                n_given += 1
                if n_given >= rules.max_candidates:
                    return
