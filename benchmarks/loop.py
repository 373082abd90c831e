"""How many experiments the loop needs: regret curves against hidden truths, beside random, a forest, BoTorch and BayBE.

    python -m benchmarks.loop --seeds 0:50                          # what is done is kept and not done again
    python -m benchmarks.loop --seeds 1000:1050 --methods 'ours;random'
    python -m benchmarks.loop --seeds 0:50 --report-only --plot curves.svg

Seeds from 1000 are for tuning, those below for reporting, never the other way round (docs/twin.md). BoTorch and BayBE
come with `pip install nasicon_loop[bench]`; without them their lines are missing and that is said.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.loop_parts import summary
from benchmarks.loop_parts.methods import METHODS, NEEDS
from benchmarks.loop_parts.running import Budget, run_one
from benchmarks.loop_parts.space import candidates, rows_for
from nasicon_loop.twin import FROZEN

FOLDER = Path(".bench") / "loop"
SHORT = "1000:1006"
"""Tuning seeds: whoever tries something out does not look at what is kept for reporting."""

Key = tuple[int, int, str, int, int, int]


def installed(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the methods that can run here, and a line for each that cannot."""
    missing = [name for name in names if name.partition(",")[0] in NEEDS]
    missing = [name for name in missing if find_spec(NEEDS[name.partition(",")[0]]) is None]
    lines = [f"{name}: not installed (`pip install nasicon_loop[bench]`)" for name in missing]
    return [name for name in names if name not in missing], lines


def _key(record: Any) -> Key:
    names = ("edition", "seed", "method", "batch", "n_experiments", "n_candidates")
    return tuple(record[name] for name in names)  # type: ignore[return-value]


def kept(path: Path) -> dict[Key, Any]:
    """Return the runs in a file of results, a JSON object a line; a line that a kill cut off is done again."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            record = json.loads(line)
            found[_key(record)] = record
        except (json.JSONDecodeError, KeyError, TypeError):
            continue
    return found


def run_all(seeds: Sequence[int], names: Sequence[str], budget: Budget, folder: Path) -> list[Any]:
    """Run what is not kept yet, seed by seed, and return the records of all of it."""
    results = folder / "results.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    done = kept(results)
    wanted = [(seed, name) for seed in seeds for name in names]
    chosen = []
    for number, (seed, name) in enumerate(wanted, start=1):
        key = (FROZEN, seed, name, budget.batch, budget.n_experiments, len(candidates()))
        if key not in done:
            record = run_one(METHODS[name](rows_for(seed), folder), name, seed, budget)
            with results.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(record) + "\n")
            done[key] = record
            said = summary.needed(record["regrets"])
            print(f"{number}/{len(wanted)} seed {seed} {name}: {said:g}, {record['seconds']} s", file=sys.stderr)
        chosen.append(done[key])
    return chosen


def section(records: Sequence[Any], notes: Sequence[str] = ()) -> str:
    """Return the section for RESULTS.md."""
    if not records:
        return "\n".join(["## The loop", "", *notes])
    first = records[0]
    seeds = sorted({record["seed"] for record in records})
    purpose = " and ".join(sorted({record["purpose"] for record in records}))
    seconds = {
        name: sum(record["seconds"] for record in records if record["method"] == name) / len(seeds)
        for name in dict.fromkeys(record["method"] for record in records)
    }
    return "\n".join(
        [
            "## The loop",
            "",
            f"Twin edition {first['edition']}, {len(seeds)} seeds for {purpose} ({seeds[0]} to {seeds[-1]}),"
            f" {first['n_candidates']} candidates, loads of {first['batch']} and an undoped reference,"
            f" {first['n_experiments']} pellets.",
            "",
            summary.table(records),
            "",
            summary.comparison(records),
            "",
            summary.families(records),
            "Processor seconds a run: " + ", ".join(f"{name} {value:.1f}" for name, value in seconds.items()) + ".",
            *notes,
        ]
    )


def run() -> str:
    """Return the section for the seeds in NASICON_LOOP_SEEDS: 0:50 is what counts; a few for tuning without it."""
    seeds = _seeds(os.environ.get("NASICON_LOOP_SEEDS", SHORT))
    names, notes = installed(list(METHODS))
    return section(run_all(seeds, names, Budget(), FOLDER), notes)


def _seeds(text: str) -> range:
    first, _, last = text.partition(":")
    return range(int(first), int(last or int(first) + 1))


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loop", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=_seeds, default=_seeds(SHORT), help="A:B, B left out")
    parser.add_argument("--methods", default=";".join(METHODS), help=f"separated by semicolons: {'; '.join(METHODS)}")
    parser.add_argument("--batch", type=int, default=Budget.batch, help="pellets in a furnace load")
    parser.add_argument("--budget", type=int, default=Budget.n_experiments, help="pellets in all")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where results and priors are kept")
    parser.add_argument("--plot", type=Path, help="write regret curves there, PNG or SVG")
    parser.add_argument("--report-only", action="store_true", help="run nothing: what is kept of these seeds")
    arguments = parser.parse_args(given)
    arguments.methods = [name.strip() for name in arguments.methods.split(";") if name.strip()]
    if unknown := [name for name in arguments.methods if name not in METHODS]:
        parser.error(f"no method {unknown[0]!r}: one of {'; '.join(METHODS)}")
    if arguments.batch < 1 or arguments.budget < 1 or not arguments.seeds or arguments.seeds[0] < 0:
        parser.error("at least one pellet a load, one in all, one seed, and seeds from 0")
    return arguments


def main(given: Sequence[str] | None = None) -> None:
    """Run and print the section."""
    arguments = _arguments(given)
    names, notes = installed(arguments.methods)
    budget = Budget(arguments.batch, arguments.budget)
    if arguments.report_only:
        records = [
            record
            for record in kept(arguments.folder / "results.jsonl").values()
            if record["seed"] in arguments.seeds
            and record["method"] in arguments.methods
            and (record["edition"], record["batch"], record["n_experiments"])
            == (FROZEN, budget.batch, budget.n_experiments)
        ]
        records.sort(key=lambda record: (record["seed"], arguments.methods.index(record["method"])))
        notes = []
    else:
        records = run_all(arguments.seeds, names, budget, arguments.folder)
    if arguments.plot and records:
        summary.curves(records, arguments.plot)
    print(section(records, notes))


if __name__ == "__main__":
    main()
