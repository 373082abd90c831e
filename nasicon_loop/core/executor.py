"""One way to do many independent things: here, in processes, or on a cluster, with the same results.

The caller fixes the items' boundaries (a batch of one differs from a batch of many in the last bit), each item has its
own seed, and every item runs with one numerical thread: so all three give the same bits on one kind of processor.
"""

import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from nasicon_loop.core.progress import Progress, Silent

Item = TypeVar("Item")
Result = TypeVar("Result")
Task = Callable[[Item, int], Result]
Done = Callable[[int, Result], None]
"""Is called here with an item's place and its result as soon as it is there, in no certain order."""


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
            bar.advance()
            if done is not None:
                done(len(results) - 1, results[-1])
        return results


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


THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def _blas_limits() -> "_Limits | None":
    if "numpy" not in sys.modules or all(os.environ.get(name) == "1" for name in THREADS[:2]):
        return None
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # it comes with scikit-learn
        return None
    limits: _Limits = threadpool_limits(1)
    return limits


class _Limits(Protocol):
    def restore_original_limits(self) -> None: ...
