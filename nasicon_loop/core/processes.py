"""The executor that works in processes of this machine, each of which may die without taking the others along."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from queue import Empty, SimpleQueue
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

from nasicon_loop.core.executor import THREADS, Done, Item, Result, Task, item_seeds, run_single
from nasicon_loop.core.progress import Progress, Silent
from nasicon_loop.core.refusal import Refusal

MOST_DEATHS = 3
"""So many workers may die of one item; then the item is to blame."""


class Processes:
    """In spawned worker processes with one numerical thread each. A worker that dies costs only what it was doing.

    Workers end with a `map`; in a `with` block they stay for the next one, since starting one takes seconds.
    """

    def __init__(self, n_workers: int | None = None) -> None:
        self.n_workers = n_workers or os.cpu_count() or 1
        self._kept: list[_Worker] | None = None

    def __enter__(self) -> Self:
        """Keep the workers from now on."""
        self._kept = []
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End them."""
        for worker in self._kept or ():
            worker.end()
        self._kept = None

    def map(
        self,
        fn: "Task[Item, Result]",
        items: Sequence[Item],
        *,
        seed: int,
        progress: Progress | None = None,
        done: "Done[Result] | None" = None,
    ) -> list[Result]:
        """Return `[fn(item, item_seed) ...]`. Raises Refusal when one item kills worker after worker."""
        bar = progress or Silent()
        pairs = list(zip(items, item_seeds(seed, len(items)), strict=True))
        crew = _Crew(fn, pairs, max(1, min(self.n_workers, len(pairs))), self._kept)
        found: dict[int, Result] = {}
        with _quiet_environment(), crew:
            while len(found) < len(pairs):
                place, result = crew.next()
                found[place] = result
                bar.advance()
                if done is not None:
                    done(place, result)
        return [found[place] for place in range(len(pairs))]


class _Crew:
    """Threads that each have a worker process, take the next item when theirs is done, and tell what came of it."""

    def __init__(
        self, fn: "Task[Any, Any]", pairs: Sequence[tuple[Any, int]], n_workers: int, kept: "list[_Worker] | None"
    ) -> None:
        self._fn, self._pairs, self._kept = fn, pairs, kept
        self._left: SimpleQueue[int] = SimpleQueue()
        for place in range(len(pairs)):
            self._left.put(place)
        self._told: SimpleQueue[tuple[int, Any, BaseException | None]] = SimpleQueue()
        self._is_over = Event()
        self._threads = [Thread(target=self._work, name="worker") for _ in range(n_workers if pairs else 0)]

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let the workers finish what they are doing, and go."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def next(self) -> tuple[int, Any]:
        """Wait for the next item that is done; raise what it raised."""
        place, result, error = self._told.get()
        if error is not None:
            raise error
        return place, result

    def _work(self) -> None:
        place = -1
        try:
            with self._worker() as worker:
                while not self._is_over.is_set():
                    try:
                        place = self._left.get_nowait()
                    except Empty:
                        return
                    self._told.put((place, worker.do(self._fn, *self._pairs[place]), None))
        except BaseException as error:
            self._told.put((place, None, error))

    @contextmanager
    def _worker(self) -> "Iterator[_Worker]":
        """Give one that was kept, else a new one; keep it, or end it."""
        worker = self._kept.pop() if self._kept else _Worker()
        try:
            yield worker
        finally:
            if self._kept is None:
                worker.end()
            else:
                self._kept.append(worker)


class _Worker:
    """One process that does one thing after the other; when it dies another takes its place."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def do(self, fn: "Task[Item, Result]", item: Item, item_seed: int) -> Result:
        """Return `fn(item, item_seed)`, by another process when the first ones die of it."""
        for _ in range(MOST_DEATHS - 1):
            try:
                return self._once(fn, item, item_seed)
            except BrokenProcessPool:
                self.end()
        try:
            return self._once(fn, item, item_seed)
        except BrokenProcessPool as death:
            self.end()
            raise Refusal(
                f"worker processes died {MOST_DEATHS} times on the same work (out of memory?); use fewer workers",
                "processes",
            ) from death

    def _once(self, fn: "Task[Item, Result]", item: Item, item_seed: int) -> Result:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"))
        return self._pool.submit(run_single, fn, item, item_seed).result()

    def end(self) -> None:
        """End the process; another is started when there is something to do."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


@contextmanager
def _quiet_environment() -> Iterator[None]:
    """Let processes that start meanwhile find one thread in their environment: it counts when numpy is loaded."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
