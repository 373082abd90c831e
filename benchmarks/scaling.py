"""What one more candidate, spectrum and training row cost, and what that makes of a billion, a million and a hundred.

`python -m benchmarks scaling` measures on some thousand of each; with NASICON_SCALING_FULL=1 it also screens the space
of one and two dopants (1.3 million candidates) with the default model inline, in two processes and on a Dask
LocalCluster of two, and compares the best hundred. With NASICON_STABILITY_TABLE (see learned_rows) that model
knows energies above the hull too.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.learned_rows import learned_rows
from nasicon_loop import campaign
from nasicon_loop.campaign import Question
from nasicon_loop.core import Cluster, Executor, Inline, Processes
from nasicon_loop.eis import analyse_many, paper_spectrum
from nasicon_loop.lab.screening import screen_with
from nasicon_loop.predict import Row, Settings, train

N_SPECTRA = 40
SECONDS_PER_DAY = 86_400.0


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of one call."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def question(space: campaign.Settings) -> Question:
    """Return a question over a space."""
    return Question(space, -3.0, campaign.limits(campaign.literature([]), space))


def screening(directory: Path, asked: Question, executors: dict[str, Executor]) -> tuple[list[str], float]:
    """Return a line per executor, after checking that all agree, and the seconds per candidate of the first."""
    lines, answers, cost = [], [], []
    for name, executor in executors.items():
        begin = time.perf_counter()
        found = screen_with(directory, asked, executor=executor)
        seconds = time.perf_counter() - begin
        answers.append(found)
        cost.append(seconds / found.n_candidates)
        assert found == answers[0], f"{name} gives another answer"
        lines.append(
            f"| screening, {name} | {found.n_candidates} candidates | {seconds:.1f} s | {1e6 * cost[-1]:.0f} us |"
        )
    return lines, cost[0]


def run() -> str:
    """Measure, extrapolate, and return the section."""
    literature = list(learned_rows()[0])
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "0001"
        quick = Settings.quick()
        half = timed(lambda: train(literature[::2], Path(folder) / "half", settings=quick))
        whole = timed(lambda: train(literature, directory, settings=quick))
        per_row = (whole - half) / (len(literature) - len(literature[::2]))
        lines, per_candidate = screening(
            directory, question(campaign.coarse_pairs()), {"inline": Inline(), "two processes": Processes(2)}
        )
        if os.environ.get("NASICON_SCALING_FULL") == "1":
            lines += _full(Path(folder) / "default", literature)
    spectra = [paper_spectrum(20.0 + k, 35.0, seed=k).spectrum for k in range(N_SPECTRA)]
    analyse_many(spectra[:2])
    per_spectrum = timed(lambda: analyse_many(spectra)) / N_SPECTRA
    table = [
        "# Scaling",
        "",
        "| what | how many | took | each |",
        "|---|---|---|---|",
        *lines,
        f"| analysis, inline | {N_SPECTRA} spectra | {per_spectrum * N_SPECTRA:.1f} s | {1e3 * per_spectrum:.0f} ms |",
        f"| training (quick) | {len(literature)} rows | {whole:.1f} s | {1e3 * per_row:.0f} ms per further row |",
        "",
        f"1e9 candidates: {1e9 * per_candidate / SECONDS_PER_DAY:.1f} processor days;"
        f" 1e6 spectra: {1e6 * per_spectrum / SECONDS_PER_DAY:.1f} processor days.",
    ]
    return "\n".join(table)


def _full(directory: Path, literature: list[Row]) -> list[str]:
    from distributed import LocalCluster

    train(literature, directory, stability=learned_rows()[1])
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1") as local,
        Cluster(local.scheduler_address) as cluster,
    ):
        executors = {"inline": Inline(), "two processes": Processes(2), "Dask, two workers": cluster}
        return screening(directory, question(campaign.double_doped()), executors)[0]


if __name__ == "__main__":
    print(run())
