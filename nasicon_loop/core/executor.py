"""One way to do many independent things: here, in processes, or on a cluster, with the same results.

The caller fixes the items' boundaries (a batch of one differs from a batch of many in the last bit), each item has its
own seed, and every item runs with one numerical thread: so all three give the same bits on one kind of processor.
"""

import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Protocol, TypeVar

from nasicon_loop.core.progress import Progress, Silent
from nasicon_loop.core.refusal import Refusal

Item = TypeVar("Item")
Result = TypeVar("Result")
Task = Callable[[Item, int], Result]
Done = Callable[[int, Result], None]
"""Is called here with an item's place and its result as soon as it is there, in no certain order."""

MOST_DEATHS = 3
"""So often workers may die without a single item getting done in between; then the items are to blame."""


class Executor(Protocol):
    """`map` gives results in item order; every item gets its own seed, drawn from `seed` and its place alone."""

    def map(
        self,
        fn: "Task[Item, Result]",
        items: Sequence[Item],
        *,
        seed: int,
        progress: Progress | None = None,
        done: "Done[Result] | None" = None,
    ) -> list[Result]:
        """Return `[fn(item, item_seed) ...]`. `fn` must be a top-level function; `progress` advances by one per item.

        What `fn` raises is raised here; an item whose worker died is done again by another. `done` is told every
        result as it comes, so that long work can be kept before its end.
        """
        ...


def item_seeds(seed: int, n_items: int) -> list[int]:
    """Return one 32-bit seed per item; item k's seed does not depend on how many follow it."""
    source = random.Random(seed)  # noqa: S311 - reproducibility, not secrecy
    return [source.getrandbits(32) for _ in range(n_items)]


class Inline:
    """In this process, one after the other."""

    def map(
        self,
        fn: "Task[Item, Result]",
        items: Sequence[Item],
        *,
        seed: int,
        progress: Progress | None = None,
        done: "Done[Result] | None" = None,
    ) -> list[Result]:
        """Return `[fn(item, item_seed) ...]`."""
        bar = progress or Silent()
        results: list[Result] = []
        for item, item_seed in zip(items, item_seeds(seed, len(items)), strict=True):
            with one_thread():
                results.append(fn(item, item_seed))
            if done is not None:
                done(len(results) - 1, results[-1])
            bar.advance()
        return results


class Processes:
    """In spawned worker processes with one numerical thread each."""

    def __init__(self, n_workers: int | None = None) -> None:
        self.n_workers = n_workers or os.cpu_count() or 1

    def map(
        self,
        fn: "Task[Item, Result]",
        items: Sequence[Item],
        *,
        seed: int,
        progress: Progress | None = None,
        done: "Done[Result] | None" = None,
    ) -> list[Result]:
        """Return `[fn(item, item_seed) ...]`. Raises Refusal when the same items kill worker after worker."""
        bar = progress or Silent()
        pairs = list(zip(items, item_seeds(seed, len(items)), strict=True))
        found: dict[int, Result] = {}
        n_deaths = 0
        while len(found) < len(pairs):
            n_before = len(found)
            try:
                self._round(fn, pairs, found, bar, done)
            except BrokenProcessPool as death:
                n_deaths = 1 if len(found) > n_before else n_deaths + 1
                if n_deaths == MOST_DEATHS:
                    raise Refusal(
                        f"worker processes died {n_deaths} times on the same work (out of memory?); use fewer workers",
                        "processes",
                    ) from death
        return [found[place] for place in range(len(pairs))]

    def _round(
        self,
        fn: "Task[Item, Result]",
        pairs: Sequence[tuple[Item, int]],
        found: dict[int, Result],
        bar: Progress,
        done: "Done[Result] | None",
    ) -> None:
        """Add what is missing to `found`. A worker that dies takes its pool with it: what is done by then is kept."""
        left = [place for place in range(len(pairs)) if place not in found]
        n_workers = max(1, min(self.n_workers, len(left)))
        with _quiet_environment(), ProcessPoolExecutor(n_workers, get_context("spawn")) as pool:
            places: dict[Future[Result], int] = {
                pool.submit(run_single, fn, pairs[place][0], pairs[place][1]): place for place in left
            }
            try:
                death = None
                for future in as_completed(places):
                    try:
                        found[places[future]] = future.result()
                    except BrokenProcessPool as problem:
                        death = problem
                        continue
                    if done is not None:
                        done(places[future], found[places[future]])
                    bar.advance()
                if death is not None:
                    raise death
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


def run_single(fn: "Task[Item, Result]", item: Item, item_seed: int) -> Result:
    """Do one item in a worker, with one numerical thread from now on."""
    with one_thread():
        return fn(item, item_seed)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let BLAS, OpenMP and torch use one thread: sums over several threads differ in their last bits.

    Only what is loaded already is held back and given free again after; in workers the environment holds the rest.
    """
    torch = sys.modules.get("torch")
    n_torch = torch.get_num_threads() if torch is not None and hasattr(torch, "get_num_threads") else 0
    limits = _blas_limits()
    try:
        if torch is not None and n_torch > 1:
            torch.set_num_threads(1)
        yield
    finally:
        if torch is not None and n_torch > 1:
            torch.set_num_threads(n_torch)
        if limits is not None:
            limits.restore_original_limits()


_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def _blas_limits() -> "_Limits | None":
    if "numpy" not in sys.modules or all(os.environ.get(name) == "1" for name in _THREADS[:2]):
        return None
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # it comes with scikit-learn
        return None
    limits: _Limits = threadpool_limits(1)
    return limits


class _Limits(Protocol):
    def restore_original_limits(self) -> None: ...


@contextmanager
def _quiet_environment() -> Iterator[None]:
    """Let processes that start meanwhile find one thread in their environment: it counts when numpy is loaded."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
