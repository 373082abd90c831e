"""Many runs in a table and a picture. Unfinished runs count as longer than the budget; nothing is left out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.loop_parts.space import Array

WITHIN_DEX = 0.1
N_RESAMPLES = 4000
_BAND = (0.025, 0.975)

Record = Mapping[str, Any]


def needed(regrets: Sequence[float], within_dex: float = WITHIN_DEX) -> float:
    """Return after how many experiments the recommendation first lies within `within_dex` of the best; inf if never."""
    reached = np.flatnonzero(np.asarray(regrets) <= within_dex)
    return float(reached[0] + 1) if len(reached) else float("inf")


def settled(regrets: Sequence[float], within_dex: float = WITHIN_DEX) -> float:
    """Return after how many experiments it lies there and stays there to the end; inf if it does not at the end."""
    outside = np.flatnonzero(np.asarray(regrets) > within_dex)
    first = int(outside[-1]) + 2 if len(outside) else 1
    return float(first) if first <= len(regrets) else float("inf")


def by_method(records: Sequence[Record]) -> dict[str, dict[int, Record]]:
    """Return records by method and seed, of those seeds that every method has run: all meet the same truths."""
    found: dict[str, dict[int, Record]] = defaultdict(dict)
    for record in records:
        found[record["method"]][record["seed"]] = record
    shared = set.intersection(*(set(runs) for runs in found.values())) if found else set()
    return {name: {seed: runs[seed] for seed in sorted(shared)} for name, runs in found.items()}


def resampled(n: int) -> Array:
    """Return (N_RESAMPLES, n) places: the same seeds are drawn for every method."""
    return np.random.default_rng(0).integers(n, size=(N_RESAMPLES, n))


def median_with_band(values: Array) -> tuple[float, float, float]:
    """Return the median over seeds and its 95 % bootstrap band; infinite values are runs that did not get there."""
    medians = np.sort(_median(values[resampled(len(values))]))
    low, high = (medians[round(level * (len(medians) - 1))] for level in _BAND)
    return float(_median(values[None, :])[0]), float(low), float(high)


def ratio_band(one: Array, other: Array) -> tuple[float, float, float]:
    """Return the ratio of two medians over the same seeds, with its 95 % bootstrap band; all values finite."""
    places = resampled(len(one))
    ratios = np.sort(_median(one[places]) / _median(other[places]))
    low, high = (float(ratios[round(level * (len(ratios) - 1))]) for level in _BAND)
    return float(_median(one[None, :])[0] / _median(other[None, :])[0]), low, high


def _median(values: Array) -> Array:
    """Return medians (n,) of (n, k); the upper of the two middle ones, since a mean with infinity says nothing."""
    return np.asarray(np.sort(values, axis=1)[:, values.shape[1] // 2], dtype=np.float64)


def _shown(value: float, budget: int) -> str:
    return f"> {budget}" if np.isinf(value) else f"{value:.0f}"


def table(records: Sequence[Record]) -> str:
    """Return the table as Markdown: one line per method, over all seeds that every method has run."""
    runs = by_method(records)
    seeds = sorted(next(iter(runs.values()), {}))
    if not seeds:
        return "no seed was run by every method yet"
    budget = int(next(iter(runs.values()))[seeds[0]]["n_experiments"])
    lines = [
        f"| method | experiments to within {WITHIN_DEX} dex, median [95 %] | to stay there | got there | failed pellets"
        f" | regret at half the budget, at the end (dex, median) |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in runs.items():
        ordered = [found[seed] for seed in seeds]
        middle, low, high = median_with_band(np.array([needed(one["regrets"]) for one in ordered]))
        stays = median_with_band(np.array([settled(one["regrets"]) for one in ordered]))
        there = np.mean([np.isfinite(needed(one["regrets"])) for one in ordered])
        half, end = (
            float(np.median([one["regrets"][min(k, len(one["regrets"])) - 1] for one in ordered]))
            for k in (budget // 2, budget)
        )
        lines.append(
            f"| {name} | {_shown(middle, budget)} [{_shown(low, budget)}, {_shown(high, budget)}]"
            f" | {_shown(stays[0], budget)} | {there:.0%} | {np.mean([one['n_failed'] for one in ordered]):.1f}"
            f" | {half:.2f}, {end:.2f} |"
        )
    return "\n".join(lines)


def comparison(records: Sequence[Record], first: str = "ours") -> str:
    """Return how many experiments `first` needs of what each other method needs, as lines of Markdown.

    Who did not get there counts with the whole budget, so the ratio is then a bound, and is said to be one.
    """
    runs = by_method(records)
    if first not in runs or not runs[first]:
        return ""
    counted = {name: [(needed(one["regrets"]), one["n_experiments"]) for one in runs[name].values()] for name in runs}
    capped = {name: np.array([min(pair) for pair in pairs]) for name, pairs in counted.items()}
    is_open = {
        name: bool(np.isinf(_median(np.array([[reached for reached, _ in pairs]]))[0]))
        for name, pairs in counted.items()
    }
    lines = []
    for name in runs:
        if name != first:
            ratio, low, high = ratio_band(capped[first], capped[name])
            bound = {(False, True): "at most ", (True, False): "at least "}.get((is_open[first], is_open[name]), "")
            lines.append(f"- {first} needs {bound}{ratio:.2f} [{low:.2f}, {high:.2f}] times the experiments of {name}")
    return "\n".join(lines)


def families(records: Sequence[Record]) -> str:
    """Return the tables family by family."""
    parts = []
    for family in dict.fromkeys(record["family"] for record in records):
        chosen = [record for record in records if record["family"] == family]
        n_seeds = len(next(iter(by_method(chosen).values()), {}))
        parts += [f"{family} ({chosen[0]['purpose']}, {n_seeds} seeds):", "", table(chosen), ""]
    return "\n".join(parts)


def curves(records: Sequence[Record], path: Path) -> Path:
    """Draw median regrets over experiments with their bootstrap bands, as PNG or SVG by suffix."""
    from nasicon_loop.report.style import BLACK, BLUE, GREEN, GREY, ORANGE, RED, figure

    runs = by_method(records)
    colours = [BLUE, ORANGE, GREY, GREEN, RED, BLACK]
    styles = ["-", "--", ":", "-.", (0, (3, 1, 1, 1)), (0, (5, 1))]
    with figure(path, 7.2, 4.4) as drawing:
        axes = drawing.add_subplot()
        for k, (name, found) in enumerate(runs.items()):
            if not found:
                continue
            longest = max(len(one["regrets"]) for one in found.values())
            regrets = np.array(
                [[*one["regrets"], *[one["regrets"][-1]] * (longest - len(one["regrets"]))] for one in found.values()]
            )
            medians = np.median(regrets[resampled(len(regrets))], axis=1)
            low, high = np.quantile(medians, _BAND, axis=0)
            x = np.arange(1, longest + 1)
            colour = colours[k % len(colours)]
            axes.plot(x, np.median(regrets, axis=0), color=colour, ls=styles[k % len(styles)], lw=1.8, label=name)
            axes.fill_between(x, low, high, color=colour, alpha=0.14, lw=0)
        axes.axhline(WITHIN_DEX, color=BLACK, lw=0.8, ls=":")
        n_seeds = len(next(iter(runs.values()), {}))
        axes.set_xlabel("experiments made")
        axes.set_ylabel("true regret of what is recommended (dex)")
        axes.set_title(f"median over {n_seeds} hidden truths, 95 % bootstrap bands")
        axes.set_ylim(bottom=0.0)
        axes.legend()
    return path
