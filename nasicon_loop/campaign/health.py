"""Is it worth going on like this? Checks over values, each with a number, a verdict and the next step as a command.

"look" asks a person to look, "stop" says that going on as before is not worth it or not sound. Each test says its
limit.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nasicon_loop.campaign.repeating import PELLET_SCATTER_DEX, groups
from nasicon_loop.campaign.values import OwnPellet

CheckVerdict = Literal["ok", "look", "stop"]

COVERAGE = 0.90
"""What a 90 % interval promises."""
TOLERATED = 0.85
"""What is still taken for it: intervals are distrusted when results say that even this is not reached."""
MIN_RESULTS = 8
SIGNIFICANT, CLEAR = 0.05, 0.01
NOTHING_DEX, LITTLE_DEX = 0.02, 0.05
"""Gains below what a caliper's error makes of a conductivity, and below half of what pellets scatter."""
STALLED_AFTER, STOPPED_AFTER = 3, 6
"""Trainings without any rise of the best posterior mean by LITTLE_DEX."""
MIN_REFERENCES = 4
DRIFT_DEX = 0.1
FOREST_MARGIN = 1.05


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `value` is its number in `unit`, None where there is none yet."""

    name: str
    verdict: CheckVerdict
    value: float | None
    unit: str
    words: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the model's intervals may be trusted with acceptance by itself, and why not."""

    is_open: bool
    why: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What the next batch takes: furnace hours in one load, grams of precursors, price where every jar has one."""

    furnace_hours: float
    grams: float
    price: float | None = None

    @property
    def words(self) -> str:
        """The cost in words."""
        price = "" if self.price is None else f", {self.price:.2f} of precursors by the price list"
        return f"{self.furnace_hours:.0f} h of furnace and {self.grams:.1f} g of precursors{price}"


def coverage(name: str, n_inside: int, n: int) -> Check:
    """Check by a binomial test whether so many of n results inside 90 % intervals are too few.

    One-sided, against 85 %, from 8 results on: P(at most n_inside of n) < 0.05 means the intervals do not cover.
    """
    if n < MIN_RESULTS:
        return Check(name, "ok", None, "share", f"{n} results; a test begins at {MIN_RESULTS}")
    from scipy.stats import binom

    share, p = n_inside / n, float(binom.cdf(n_inside, n, TOLERATED))
    words = f"{n_inside} of {n} results lie inside their 90 % intervals"
    if p < SIGNIFICANT:
        told = f"{words}: too few (p = {p:.3f} against {TOLERATED:.0%})"
        return Check(name, "stop", share, "share", told, "nasicon validate")
    return Check(name, "ok", share, "share", words)


def gate(checks: Sequence[Check]) -> Gate:
    """Return whether anything may be accepted without a person: only while no coverage check says stop."""
    bad = [check for check in checks if check.verdict == "stop"]
    if not bad:
        return Gate(True, "the intervals hold what they promise, as far as results can tell")
    return Gate(False, "; ".join(f"{check.name}: {check.words}" for check in bad))


def inside(pellets: Sequence[OwnPellet], intervals: Mapping[str, tuple[float, float]]) -> tuple[int, int]:
    """Return how many results lie inside the 90 % interval stored with their suggestion, and of how many.

    `intervals` are by pellet label. A result that is just outside counts as outside.
    """
    told = [(one.log10_sigma, *intervals[one.label]) for one in pellets if one.label in intervals]
    return sum(low <= value <= high for value, low, high in told), len(told)


def expected_gain(gains_dex: Sequence[float], cost: Cost | None) -> Check:
    """Check what the next batch promises against what it takes.

    The expected gain of a batch lies between that of its best and the sum over all of it.
    """
    if not gains_dex:
        return Check("next batch", "ok", None, "dex", "no suggestions are open", "nasicon suggest")
    most, total = max(gains_dex), sum(gains_dex)
    takes = "" if cost is None else f" for {cost.words}"
    words = f"expected gain {most:.3f} to {total:.3f} dex{takes}"
    if total < NOTHING_DEX:
        told = f"{words}: less than can be measured ({NOTHING_DEX:g} dex)"
        return Check("next batch", "stop", total, "dex", told, "nasicon report")
    if total < LITTLE_DEX:
        return Check("next batch", "look", total, "dex", f"{words}: little", "nasicon suggest --by novelty")
    return Check("next batch", "ok", total, "dex", words, "nasicon suggest --list")


def stalled(bests: Sequence[float]) -> Check:
    """Check whether the best posterior mean still rises; `bests` has one number per model run that suggested."""
    n = len(bests)
    if n <= STALLED_AFTER:
        return Check("search", "ok", None, "dex", f"{n} trainings suggested so far; judged from {STALLED_AFTER + 1} on")

    def risen(k: int) -> float:
        return max(bests[-k:]) - max(bests[:-k])

    rise = risen(STALLED_AFTER)
    words = f"the best posterior mean rose by {max(rise, 0.0):.3f} dex over the last {STALLED_AFTER} trainings"
    if rise >= LITTLE_DEX:
        return Check("search", "ok", rise, "dex", words)
    if n > STOPPED_AFTER and risen(STOPPED_AFTER) < LITTLE_DEX:
        told = f"no rise by {LITTLE_DEX:g} dex over {STOPPED_AFTER} trainings"
        return Check("search", "stop", rise, "dex", told, "nasicon report")
    return Check("search", "look", rise, "dex", words, "nasicon suggest --by thompson")


def drift(pellets: Sequence[OwnPellet]) -> Check:
    """Check by linear regression whether undoped reference pellets rise or fall with time (their order).

    From 4 on: p < 0.05 asks to look, and with a change of more than 0.1 dex over all of them to stop.
    """
    references = [one.log10_sigma for one in pellets if one.is_reference]
    n = len(references)
    if n < MIN_REFERENCES:
        is_missing = n == 0 and len(pellets) >= MIN_RESULTS
        words = f"{n} reference pellets; a trend needs {MIN_REFERENCES}"
        step = "nasicon sample new --reference" if is_missing else ""
        return Check("reference", "look" if is_missing else "ok", None, "dex", words, step)
    from scipy.stats import linregress

    found = linregress(range(n), references)
    change, p = float(found.slope) * (n - 1), float(found.pvalue)
    words = f"{n} reference pellets changed by {change:+.2f} dex (p = {p:.3f})"
    if p >= SIGNIFICANT:
        return Check("reference", "ok", change, "dex", words)
    verdict: CheckVerdict = "stop" if abs(change) > DRIFT_DEX else "look"
    return Check("reference", verdict, change, "dex", f"{words}: the lab drifts", "nasicon dummy list")


def replicates(pellets: Sequence[OwnPellet]) -> Check:
    """Check by chi-square whether pellets of one composition differ by more than their sd and 0.20 dex of scatter.

    The smallest p counts, times the number of compositions with several pellets: below 0.05 look, below 0.01 stop.
    """
    parts = [group for group in groups(pellets) if len(group.pellets) > 1]
    if not parts:
        return Check("replicates", "ok", None, "p", "no composition has two pellets yet")
    from scipy.stats import chi2

    def p_of(values: Sequence[OwnPellet]) -> float:
        weights = [1.0 / (one.log10_sigma_sd**2 + PELLET_SCATTER_DEX**2) for one in values]
        mean = sum(w * one.log10_sigma for w, one in zip(weights, values, strict=True)) / sum(weights)
        square = sum(w * (one.log10_sigma - mean) ** 2 for w, one in zip(weights, values, strict=True))
        return float(chi2.sf(square, len(values) - 1))

    worst = min(parts, key=lambda group: p_of(group.pellets))
    p = min(1.0, p_of(worst.pellets) * len(parts))
    values = [one.log10_sigma for one in worst.pellets]
    names = ", ".join(one.label for one in worst.pellets)
    words = f"{names} differ by {max(values) - min(values):.2f} dex (p = {p:.3f} over {len(parts)} compositions)"
    if p >= SIGNIFICANT:
        return Check("replicates", "ok", p, "p", words)
    label = worst.pellets[0].label.partition("-P")[0]
    verdict: CheckVerdict = "stop" if p < CLEAR else "look"
    told = f"{words}: more than their errors and {PELLET_SCATTER_DEX:g} dex allow"
    return Check("replicates", verdict, p, "p", told, f"nasicon sample show {label}")


def against_forest(metrics: Mapping[str, Any]) -> Check:
    """Check whether the model is worse on held-out rows than the randomised trees alone, by more than 5 %."""
    held = metrics.get("held_out", {})
    found = held.get("na_room_temperature") or held.get("all") or {}
    mae, forest = found.get("mae"), found.get("mae_forest")
    if mae is None or forest is None or not math.isfinite(forest) or forest <= 0:
        return Check("model", "ok", None, "dex", "this run does not say how a forest does; `nasicon validate` does")
    words = f"mean error {mae:.2f} dex on unseen systems, a forest of trees alone {forest:.2f}"
    if mae > FOREST_MARGIN * forest:
        return Check("model", "look", mae - forest, "dex", f"{words}: the forest is better", "nasicon validate")
    return Check("model", "ok", mae - forest, "dex", words)
