"""What a million double-doped candidates take: seconds on two cores, memory, and where the time goes.

By the default model, with energies above the hull when NASICON_STABILITY_TABLE names a table (see learned_rows).
Beside it the way without arrays: a Composition per candidate, and `model.predict`.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.learned_rows import learned_rows
from benchmarks.yardstick import yardstick_seconds
from nasicon_loop import campaign
from nasicon_loop.campaign import Block, Question
from nasicon_loop.core import Processes
from nasicon_loop.lab.screening import screen_with
from nasicon_loop.predict import Model, doped_crystals, load, train
from nasicon_loop.predict.descriptors import fit_bases
from nasicon_loop.predict.image import crystal_images

N_WORKERS = 2
EVERY_NTH_BLOCK = 25
N_NAIVE = 600
MILLION = 1_000_000


class Memory:
    """The largest sum of this process's and its children's memory (PSS: shared pages count once), in MiB."""

    def __init__(self) -> None:
        self.peak_mib = 0.0
        self._is_over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Memory":
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._is_over.wait(0.5):
            self.peak_mib = max(self.peak_mib, sum(_pss_mib(pid) for pid in _family()))


def _family() -> list[str]:
    found = ["self"]
    for thread in Path("/proc/self/task").glob("*/children"):
        found += thread.read_text().split()
    return found


def _pss_mib(pid: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it ended meanwhile
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of one call."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def question() -> Question:
    """Return the question to the space of a million."""
    space = campaign.double_doped()
    return Question(space, -3.0, campaign.limits(campaign.literature([]), space))


def split(model: Model, blocks: Sequence[Block], asked: Question) -> list[str]:
    """Return lines: where the processor time of one candidate goes."""
    import torch

    torch.set_num_threads(1)
    list(campaign.evaluate(model, blocks[:2], asked))  # what is made once
    doped = [campaign.in_block(block, asked.settings) for block in blocks]
    n = sum(map(len, doped))
    batches = [doped_crystals(one) for one in doped]
    bases = fit_bases(batches[0].amounts, np.linspace(-5.0, -3.0, len(batches[0])))
    times = {
        "compositions as whole numbers": seconds(lambda: [campaign.in_block(b, asked.settings) for b in blocks]),
        "sites and cells": seconds(lambda: [doped_crystals(one) for one in doped]),
        "images": seconds(lambda: [crystal_images(batch, bases, np.float32) for batch in batches]),
    }
    summary = seconds(lambda: [model.summary(batch) for batch in batches])
    whole = seconds(lambda: campaign.screen_blocks(model, blocks, asked))
    times["networks, features, lab correction"] = summary - times["images"]
    times["scores and choice"] = max(
        whole - summary - times["compositions as whole numbers"] - times["sites and cells"], 0.0
    )
    times["all of it"] = whole
    return [f"| {name} | {1e6 * value / n:.1f} us |" for name, value in times.items()]


def naive(model: Model, blocks: Sequence[Block], asked: Question) -> float:
    """Return the processor time per candidate of one object per composition and `model.predict`."""
    doped = [campaign.in_block(block, asked.settings) for block in blocks[:: max(1, len(blocks) // 10)]]
    formulas = [one.composition(k).formula for one in doped for k in range(0, len(one), max(1, len(one) // 60))]
    return seconds(lambda: model.predict(formulas[:N_NAIVE])) / len(formulas[:N_NAIVE])


def run() -> str:
    """Measure and return the section."""
    asked = question()
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "0001"
        train(learned_rows()[0], directory, stability=learned_rows()[1])
        model = load(directory)
        every = campaign.blocks(asked.settings)
        pairs = [block for block in every if len(block.dopants) == 2]
        lines = split(model, pairs[::EVERY_NTH_BLOCK], asked)
        slow = naive(model, pairs, asked)
        with Memory() as memory:
            begin = time.perf_counter()
            found = screen_with(directory, replace(asked, n_best=100), executor=Processes(N_WORKERS))
            wall = time.perf_counter() - begin
    each = wall / found.n_candidates
    return "\n".join(
        [
            "# Screening",
            "",
            f"Yardstick `import numpy` {1e3 * yardstick_seconds():.0f} ms.",
            "",
            "| one candidate | processor time |",
            "|---|---|",
            *lines,
            f"| without arrays: an object each, `model.predict` | {1e6 * slow:.0f} us |",
            "",
            f"{found.n_candidates} candidates with one or two dopants, {N_WORKERS} processes: {wall:.0f} s,"
            f" {1 / each:.0f} a second, {each * MILLION:.0f} s per million, {memory.peak_mib:.0f} MiB at most;"
            f" without arrays it would be {slow * MILLION / N_WORKERS / (each * MILLION):.1f} times as long.",
        ]
    )


if __name__ == "__main__":
    print(run())
