"""Cross-validation of the default preset on the literature rows that a lab learns from, and what training costs.

`NASICON_LITERATURE_TABLE` and `NASICON_STABILITY_TABLE` name tables to import beside what is shipped (learned_rows.py);
with the second the network learns energies above the hull first, and is cross-validated on them too.
`NASICON_BENCH_SEEDS=0,1,2` averages over seeds. With all of them it takes about an hour on two idle cores.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from benchmarks.learned_rows import learned_rows
from nasicon_loop.predict import (
    Row,
    Settings,
    StabilityScore,
    Validation,
    leave_dopants_out,
    train,
    validate,
    validate_stability,
)

N_CANDIDATES = 10_000
KEY_SPLITS = ("source and formula", "chemical system")
COUNTED = (("source and formula", "Na, 15 to 35 °C"), ("chemical system", "all"))
"""Split and rows of the two tables that the model is judged by."""


def seeds_asked() -> tuple[int, ...]:
    """Return the seeds that the environment names; 0 alone when it names none."""
    return tuple(int(word) for word in os.environ.get("NASICON_BENCH_SEEDS", "0").split(","))


def stability(seeds: Sequence[int]) -> list[str]:
    """Return how well energies above hull are predicted, as lines of markdown; none without a table."""
    rows = learned_rows()[1]
    if not rows:
        return []
    found = [validate_stability(rows, seed=seed) for seed in seeds]
    lines = ["| nothing shared | model | n | accuracy | average precision |", "|---|---|---|---|---|"]
    for scores in zip(*found, strict=True):
        lines.append(_stability_line(scores))
    return ["", f"At most 25 meV/atom above the hull, seeds {_words(seeds)}:", "", *lines]


def _stability_line(scores: Sequence[StabilityScore]) -> str:
    first = scores[0]
    accuracy, precision = _spread([s.accuracy for s in scores]), _spread([s.average_precision for s in scores])
    return f"| {first.split} | {first.model} | {first.n} | {accuracy} | {precision} |"


def averaged(found: Sequence[Validation]) -> list[str]:
    """Return the scores of several seeds on the two tables that count, as lines of markdown."""
    lines = []
    for split, subset in COUNTED:
        scores = [[s for s in one.scores if (s.split, s.subset) == (split, subset)] for one in found]
        lines += [
            "",
            f"{subset}; nothing shared: {split}; n = {scores[0][0].n}:",
            "",
            "| model | MAE, dex | R2 | 4 classes | in 90 % | width, dex | rank |",
            "|---|---|---|---|---|---|---|",
        ]
        for same in zip(*scores, strict=True):
            lines.append(
                f"| {same[0].model} | {_spread([s.mae for s in same])} | {_mean([s.r2 for s in same])}"
                f" | {_mean([s.accuracy4 for s in same])} | {_mean([s.coverage90 for s in same])}"
                f" | {_mean([s.width90 for s in same])} | {_mean([s.spearman for s in same])} |"
            )
    return lines


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{fmean(known):.2f}" if known else "-"


def _spread(values: Sequence[float]) -> str:
    several = f" ({min(values):.3f} to {max(values):.3f})" if len(values) > 1 else ""
    return f"{fmean(values):.3f}{several}"


def _words(seeds: Sequence[int]) -> str:
    return ", ".join(map(str, seeds))


def run() -> str:
    """Return the tables as markdown."""
    (rows, energies), seeds = learned_rows(), seeds_asked()
    start = time.perf_counter()
    found = [validate(rows, settings=Settings.default(), seed=s, stability=energies, splits=KEY_SPLITS) for s in seeds]
    seconds = time.perf_counter() - start
    parts = [
        "## Predicting conductivity",
        "",
        f"{len(rows)} rows of the literature, {len(energies)} energies above hull, 5 folds, default preset,"
        f" seeds {_words(seeds)} (mean, and from least to most), {seconds:.0f} s.",
        *averaged(found),
        "",
    ]
    for seed, one in zip(seeds, found, strict=True):
        parts += [f"- seed {seed}, {c.subset}, nothing shared: {c.split}: {c.sentence}" for c in one.comparisons]
    return "\n".join([*parts, "", *_costs(list(rows)), *stability(seeds)])


def dopants(seeds: tuple[int, ...] = (0,), *, settings: Settings | None = None) -> str:
    """Return how every dopant fares that is left out, beside random-forest quantiles, as markdown (takes minutes)."""
    parts = [
        "## Every dopant left out in turn",
        "",
        "Log score: mean of -ln(density per dex), nats; lower is better.",
        "",
    ]
    for seed in seeds:
        start = time.perf_counter()
        found = leave_dopants_out(
            learned_rows()[0], settings=settings or Settings.default(), seed=seed, stability=learned_rows()[1]
        )
        seconds = time.perf_counter() - start
        parts += [f"Preset {found.settings.preset}, seed {seed}, {found.n_rows} rows, {seconds:.0f} s:", ""]
        parts += [found.markdown(), ""]
    return "\n".join(parts)


def paper(seed: int = 0) -> str:
    """Return what Table 1's settings give here (takes minutes)."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        model = train(learned_rows()[0], Path(folder) / "paper", settings=Settings.paper(), seed=seed)
        seconds = time.perf_counter() - start
    found = model.manifest["metrics"]["paper"]
    return (
        f"Table 1's settings, {found['n']} rows, {seconds:.0f} s: accuracy of four classes "
        f"{found['train_accuracy4']:.2f} train, {found['test_accuracy4']:.2f} test "
        f"(the paper, classes and data unpublished: {found['paper_train_accuracy']}, {found['paper_test_accuracy']})."
    )


def _costs(rows: list[Row]) -> list[str]:
    lab = Row("lab-1", "Na3.4Zr1.8Mg0.2Si2PO12", -2.8, 0.05, 25.0, "total", "this lab", "lab")
    candidates = [f"Na{3 + k / 1e4:.4f}Zr{2 - k / 1e4:.4f}Sc{k / 1e4:.4f}Si2PO12" for k in range(1, N_CANDIDATES + 1)]
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "1", Path(folder) / "2"
        t0 = time.perf_counter()
        train(rows, first)
        t1 = time.perf_counter()
        model = train([*rows, lab], second, previous=first)
        t2 = time.perf_counter()
        model.predict(candidates)
        t3 = time.perf_counter()
    return [
        "| what | seconds |",
        "|---|---|",
        f"| training from the start | {t1 - t0:.1f} |",
        f"| again with one lab result | {t2 - t1:.2f} |",
        f"| {N_CANDIDATES} different candidates | {t3 - t2:.1f} |",
    ]


if __name__ == "__main__":
    print(run())
    print(dopants())
    print(paper())
