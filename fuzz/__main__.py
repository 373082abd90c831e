"""`make fuzz`: every target in turn for its share of a time budget, and a table of what came out.

    python -m fuzz --seconds 2400 --jobs 2 [--only NAME ...] [--plain]

Exit code 1 when there was a finding, or a target died (a crash of the interpreter, no memory).
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

GRACE_S = 240.0
"""Importing and training the smallest model come before the first input."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one target gave."""

    target: str
    executions: int
    findings: dict[str, str]
    died: str = ""


def run_target(name: str, seconds: float, folder: Path, *, is_plain: bool) -> Outcome:
    """Run one target in its own process."""
    (folder / f"{name}.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "fuzz.harness", name, "--seconds", f"{seconds:.0f}", "--folder", str(folder)]
    log = folder / f"{name}.log"
    with log.open("wb") as stream:
        try:
            done = subprocess.run(
                [*command, *(["--plain"] if is_plain else [])],
                check=False, stdout=stream, stderr=subprocess.STDOUT, timeout=seconds + GRACE_S,
                env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )  # fmt: skip
            died = "" if done.returncode == 0 else f"exit code {done.returncode}, see {log}"
        except subprocess.TimeoutExpired:
            died = f"did not end in time, see {log}"
    record = folder / f"{name}.json"
    if not record.exists():
        return Outcome(name, 0, {}, died or f"ran nothing, see {log}")
    document = json.loads(record.read_text(encoding="utf-8"))
    return Outcome(name, document["executions"], document["findings"], died)


def main() -> int:
    """Share out the time, run, print the table."""
    from fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m fuzz")
    parser.add_argument("--seconds", type=float, default=600.0, help="of wall clock, for all targets together")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=sorted(TARGETS), choices=sorted(TARGETS))
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"))
    parser.add_argument("--plain", action="store_true", help="without coverage, also where atheris is installed")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    total = sum(TARGETS[name].share for name in options.only)
    each = {name: max(5.0, options.seconds * options.jobs * TARGETS[name].share / total) for name in options.only}
    with ThreadPoolExecutor(options.jobs) as pool:
        outcomes = list(
            pool.map(lambda name: run_target(name, each[name], options.folder, is_plain=options.plain), options.only)
        )
    for outcome in outcomes:
        words = "; ".join([*outcome.findings, *([outcome.died] if outcome.died else [])]) or "nothing found"
        print(f"{outcome.target:22} {outcome.executions:>10}  {words}", flush=True)
    print(f"{'total':22} {sum(outcome.executions for outcome in outcomes):>10}")
    (options.folder / "summary.json").write_text(
        json.dumps({one.target: one.executions for one in outcomes}, indent=2), encoding="utf-8"
    )
    return 1 if any(outcome.findings or outcome.died for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
