"""One way to do many independent things: here, or in processes, with the same results."""

import os
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Protocol, TypeVar

from nasicon_loop.core.progress import Progress, Silent

Item = TypeVar("Item")
Result = TypeVar("Result")
Task = Callable[[Item, int], Result]


class Executor(Protocol):
    """`map` gives results in item order; every item gets its own seed, drawn from `seed` and its place alone."""

    def map(
        self, fn: "Task[Item, Result]", items: Sequence[Item], *, seed: int, progress: Progress | None = None
    ) -> list[Result]:
        """Return `[fn(item, item_seed) ...]`. `fn` must be a top-level function."""
        ...


def item_seeds(seed: int, n_items: int) -> list[int]:
    """Return one 32-bit seed per item; item k's seed does not depend on how many follow it."""
    source = random.Random(seed)  # noqa: S311 - reproducibility, not secrecy
    return [source.getrandbits(32) for _ in range(n_items)]


class Inline:
    """In this process, one after the other."""

    def map(
        self, fn: "Task[Item, Result]", items: Sequence[Item], *, seed: int, progress: Progress | None = None
    ) -> list[Result]:
        """Return `[fn(item, item_seed) ...]`."""
        bar = progress or Silent()
        results = []
        for item, item_seed in zip(items, item_seeds(seed, len(items)), strict=True):
            results.append(fn(item, item_seed))
            bar.advance()
        return results


class Processes:
    """In spawned worker processes with one numerical thread each."""

    def __init__(self, n_workers: int | None = None) -> None:
        self.n_workers = n_workers or os.cpu_count() or 1

    def map(
        self, fn: "Task[Item, Result]", items: Sequence[Item], *, seed: int, progress: Progress | None = None
    ) -> list[Result]:
        """Return `[fn(item, item_seed) ...]`."""
        bar = progress or Silent()
        n_workers = max(1, min(self.n_workers, len(items)))
        with ProcessPoolExecutor(n_workers, get_context("spawn"), initializer=_one_thread) as pool:
            futures = [
                pool.submit(fn, item, item_seed)
                for item, item_seed in zip(items, item_seeds(seed, len(items)), strict=True)
            ]
            results = []
            for future in futures:
                results.append(future.result())
                bar.advance()
        return results


def _one_thread() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
