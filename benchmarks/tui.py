"""How long a person waits for the screens: a lab with 10 000 samples and 30 000 spectra, 120 columns.

Every first opening is taken in a process of its own, several times. What was painted, and when, is taken from what a
terminal would get. Beside wall time stands the processor time of the process, which a busy machine does not stretch as
much. NASICON_BENCH_QUICK=1 takes a tenth of the lab; NASICON_BENCH_LAB names a folder with a lab that is kept.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.large_lab import N_SAMPLES, N_SPECTRA, make
from benchmarks.tui_round import N_TIMES, SCREENS, SIZE, Time
from benchmarks.yardstick import yardstick_seconds

N_ROUNDS = 5
"""Processes per first opening."""
_TITLES = {"suggestions": "Suggest"}


def run() -> str:
    """Return the section on the screens as Markdown."""
    part = 10 if os.environ.get("NASICON_BENCH_QUICK") else 1
    n_samples, n_spectra = N_SAMPLES // part, N_SPECTRA // part
    with tempfile.TemporaryDirectory(prefix="nasicon_tui_") as folder:
        place = Path(os.environ.get("NASICON_BENCH_LAB") or Path(folder) / "lab")
        if not place.exists():
            make(place, n_samples, n_spectra)
        before, load = yardstick_seconds(), os.getloadavg()[0]
        once = {name: [_round(place, "once", name) for _ in range(N_ROUNDS)] for _, name in SCREENS[1:]}
        idle = [_round(place, "idle") for _ in range(N_ROUNDS)]
        seen = _round(place, "seen")
        after = yardstick_seconds()
    starts = [one["first"][0] for rounds in (*once.values(), idle) for one in rounds]
    lines = [
        "## Screens of a large lab",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}. {n_samples} samples, {n_spectra} spectra, {SIZE[0]}x{SIZE[1]}. "
        f"Yardstick, `python -c 'import numpy'`: "
        f"{1000 * before:.0f} ms before, {1000 * after:.0f} ms after; load of the machine before: {load:.1f}. "
        f"First paint with the samples, {len(starts)} starts: {starts[0]:.2f} s the first, "
        f"median {statistics.median(starts):.2f} s, worst {max(starts):.2f} s (goal 1.5 s).",
        "",
        "From a key to the paint: median (worst), median processor time, ms; goal 100. Frame: tabs and headline of the "
        "screen. Content: what it shows in the end, after it has read. Of a screen that shows its content at once both "
        f"are the same paint. First openings are of {N_ROUNDS} processes, the others of {N_TIMES} times in one.",
        "",
        "| screen | first, after idle moments: frame | content | first, at once after the start: frame | content "
        "| again | a change by others: old content | new content |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(name, once, idle, seen) for _, name in SCREENS),
        f"| down (Board) | - | - | - | - | {_told(seen['down'])} | - | - |",
        "",
        "The change is a suggestion's state. After a change of results, old and new content: "
        f"{'; '.join(_after_result(name, times) for name, times in seen['result'].items())}.",
    ]
    return "\n".join(lines)


def _round(place: Path, *words: str) -> dict[str, Any]:
    """One process at the screens."""
    command = [sys.executable, "-m", "benchmarks.tui_round", str(place), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _row(name: str, once: dict[str, Any], idle: list[dict[str, Any]], seen: dict[str, Any]) -> str:
    firsts = [[one[name] for one in rounds if name in one] for rounds in (idle, once.get(name, []))]
    cells = [_of(times, part) for times in firsts for part in ("frame", "content")]
    again, changed = seen[name]["again"], seen[name]["changed"]
    cells += [_of(again, "content"), _of(changed, "frame"), _of(changed, "content")]
    return f"| {_title(name)} | {' | '.join(cells)} |"


def _after_result(name: str, times: list[dict[str, Time]]) -> str:
    return f"{_title(name)} {_of(times, 'frame')} and {_of(times, 'content')}"


def _title(name: str) -> str:
    return _TITLES.get(name, name.capitalize())


def _of(times: list[dict[str, Time]], part: str) -> str:
    return _told(one[part] for one in times)


def _told(times: Iterable[Time]) -> str:
    known = list(times)
    if not known:
        return "-"
    walls, processor = [wall for wall, _ in known], statistics.median(one for _, one in known)
    return f"{1000 * statistics.median(walls):.0f} ({1000 * max(walls):.0f}), {1000 * processor:.0f}"


if __name__ == "__main__":
    print(run())
