"""How long an inbox with thousands of files takes: the first scan without analyses, and one with nothing new."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.yardstick import yardstick_seconds

N_FILES, N_QUICK = 10_000, 1_000
N_POINTS = 61


def run(n_files: int | None = None) -> str:
    """Return the section on the inbox as Markdown; NASICON_BENCH_QUICK=1 takes a tenth of the files."""
    n_wanted = n_files or (N_QUICK if os.environ.get("NASICON_BENCH_QUICK") else N_FILES)
    yardstick = yardstick_seconds()
    with tempfile.TemporaryDirectory(prefix="nasicon_inbox_") as folder:
        lab = Path(folder) / "lab"
        _prepare(lab, n_wanted)
        first, again = _scan(lab), _scan(lab)
    assert (first["n_results"], again["n_results"]) == (n_wanted, 0)
    lines = [
        "## Inbox",
        "",
        f"{n_wanted} XM-studio files of {N_POINTS} points, `[watch] analyse = false`, one process each, database and "
        f"vault flushed to the disk. Yardstick: `python -c 'import numpy'` {yardstick:.3f} s.",
        "",
        "| scan | s | ms per file | processor s | peak memory, MB |",
        "|---|---|---|---|---|",
    ]
    for name, told in (("first", first), ("nothing new", again)):
        ms = 1000 * told["seconds"] / n_wanted
        lines.append(
            f"| {name} | {told['seconds']:.2f} | {ms:.2f} | {told['cpu_seconds']:.2f} | {told['peak_mb']:.0f} |"
        )
    return "\n".join(lines)


def _prepare(folder: Path, n_files: int) -> None:
    from datetime import UTC, datetime

    import numpy as np

    from instruments.sim import xm_studio_csv
    from nasicon_loop.lab import create_lab, new_pellet, new_sample, opened
    from nasicon_loop.lab.geometry import Dimensions

    create_lab(folder)
    with opened(folder, who="benchmark") as lab:
        labels = [new_sample(lab, "Na3Zr2Si2PO12").label for _ in range(20)]
        for label in labels:
            new_pellet(lab, label, Dimensions(thickness_cm=0.127, electrode_diameter_cm=1.6))
    frequency_hz = np.logspace(6, 0, N_POINTS)
    impedance = 30.31 + 35.35 / (1 + 1j * 2 * np.pi * frequency_hz * 35.35 * 2e-8)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    for number in range(n_files):
        data = xm_studio_csv(frequency_hz, impedance * (1 + number * 1e-6), started_at=at)
        (folder / "inbox" / f"{labels[number % len(labels)]} run {number}.csv").write_bytes(data)


def _scan(folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.inbox", "--scan", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _scan_here(folder: Path) -> None:
    from nasicon_loop.lab import opened
    from nasicon_loop.lab.scan import scan_once

    flags = {
        "watch.analyse": False,
        "watch.settle_seconds": 0.0,
        "watch.patience_seconds": 0.0,
        "measurement.temperature_c": 25.0,
    }
    with opened(folder, flags=flags, who="benchmark") as lab:
        begin, cpu = time.perf_counter(), time.process_time()
        report = scan_once(lab)
        told = {
            "n_results": len(report.results),
            "seconds": time.perf_counter() - begin,
            "cpu_seconds": time.process_time() - cpu,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    print(json.dumps(told))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--scan"]:
        _scan_here(Path(sys.argv[2]))
    else:
        print(run())
