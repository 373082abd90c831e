"""Cross-validation of the default preset on the shipped literature rows, and what training and predicting cost.

`NASICON_STABILITY_TABLE=dft_stability.csv` names a table of energies above hull (columns formula, e_hull_meV_atom): the
network then learns it first, and is cross-validated on it too. That takes about an hour on two idle cores.
"""

import csv
import math
import os
import tempfile
import time
from importlib.resources import files
from pathlib import Path

from nasicon_loop.predict import Row, Settings, StabilityRow, leave_dopants_out, train, validate, validate_stability

N_CANDIDATES = 10_000
LITERATURE_SD = 0.2


def literature_rows() -> list[Row]:
    """Return the shipped rows that are fit for learning (total, bulk or unstated kind)."""
    text = files("nasicon_loop.lab").joinpath("data/literature.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [
        Row(
            row_id=f"lit-{i}",
            formula=line["formula"],
            log10_sigma=math.log10(float(line["sigma_s_cm"])),
            log10_sigma_sd=LITERATURE_SD,
            temperature_c=float(line["temperature_c"]),
            kind=line["kind"],  # type: ignore[arg-type]
            source=line["source"],
            origin="literature",
        )
        for i, line in enumerate(csv.DictReader(lines))
        if line["usable"] == "yes" and line["kind"] in ("total", "bulk", "unknown")
    ]


def stability_rows() -> list[StabilityRow]:
    """Return the energies of the table that the environment names; none when it names none."""
    place = os.environ.get("NASICON_STABILITY_TABLE")
    if place is None:
        return []
    with Path(place).open(encoding="utf-8", newline="") as lines:
        return [
            StabilityRow(f"s{i}", line["formula"], float(line["e_hull_meV_atom"]) / 1000, place)
            for i, line in enumerate(csv.DictReader(lines))
        ]


def stability(seed: int = 0) -> str:
    """Return how well energies above hull are predicted, as markdown; empty without a table."""
    rows = stability_rows()
    if not rows:
        return ""
    lines = ["| nothing shared | model | n | accuracy | average precision |", "|---|---|---|---|---|"]
    lines += [
        f"| {s.split} | {s.model} | {s.n} | {s.accuracy:.3f} | {s.average_precision:.3f} |"
        for s in validate_stability(rows, seed=seed)
    ]
    return "\n".join(["", "At most 25 meV/atom above the hull:", "", *lines])


def run(seeds: tuple[int, ...] = (0,), *, is_quick: bool = False) -> str:
    """Return the tables as markdown."""
    rows = literature_rows()
    parts = ["## Predicting conductivity", "", f"{len(rows)} shipped literature rows, 5 folds.", ""]
    for settings in [Settings.quick()] if is_quick else [Settings.quick(), Settings.default()]:
        for seed in seeds:
            start = time.perf_counter()
            found = validate(rows, settings=settings, seed=seed, stability=stability_rows())
            seconds = time.perf_counter() - start
            parts += [f"Preset {settings.preset}, seed {seed}, {found.n_groups} groups, {seconds:.0f} s:", ""]
            parts += [found.markdown(), ""]
            parts += [f"- {one.subset}, nothing shared: {one.split}: {one.sentence}" for one in found.comparisons]
            parts += [""]
    return "\n".join([*parts, *_costs(rows), stability(seeds[0])])


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
            literature_rows(), settings=settings or Settings.default(), seed=seed, stability=stability_rows()
        )
        seconds = time.perf_counter() - start
        parts += [f"Preset {found.settings.preset}, seed {seed}, {found.n_rows} rows, {seconds:.0f} s:", ""]
        parts += [found.markdown(), ""]
    return "\n".join(parts)


def paper(seed: int = 0) -> str:
    """Return what Table 1's settings give here (takes minutes)."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        model = train(literature_rows(), Path(folder) / "paper", settings=Settings.paper(), seed=seed)
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
