"""The executor that joins a Dask scheduler (extra `cluster`), and choosing an executor by a word."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Any, Self

from nasicon_loop.core.executor import Done, Executor, Inline, Item, Result, Task, item_seeds, run_single
from nasicon_loop.core.processes import Processes
from nasicon_loop.core.progress import Progress, Silent
from nasicon_loop.core.refusal import Refusal

_ADDRESS = re.compile(r"(?:tcp|tls|ucx)://[A-Za-z0-9.:\[\]_-]+:[0-9]{1,5}")
_PROCESSES = re.compile(r"processes(?::([1-9][0-9]{0,3}))?")
_DECISIVE = ("nasicon_loop", "numpy", "scipy", "torch", "impedance", "scikit-learn", "pandas")
_HINT = "is one of: inline, processes, processes:4, tcp://scheduler:8786"


class Cluster:
    """On the workers of a Dask scheduler; they need this program in the same version, and one thread each.

    Whoever can reach a scheduler can run code on its workers: only join one in a network you trust, or over `tls://`.
    Start workers with `dask worker ADDRESS --nthreads 1`. A worker that dies costs only what it was doing.
    """

    def __init__(self, address: str, *, timeout_s: float = 10.0) -> None:
        if not _ADDRESS.fullmatch(address):
            raise Refusal("is not the address of a Dask scheduler, e.g. tcp://scheduler:8786", address)
        self.address = address
        self._client = _connected(address, timeout_s)

    def map(
        self,
        fn: "Task[Item, Result]",
        items: Sequence[Item],
        *,
        seed: int,
        progress: Progress | None = None,
        done: "Done[Result] | None" = None,
    ) -> list[Result]:
        """Return `[fn(item, item_seed) ...]`.

        Raises Refusal when one item kills worker after worker, when they are gone, and when one has other versions of
        this program or of what it computes with: its last bits would differ.
        """
        dask = _dask(self.address)
        bar = progress or Silent()
        futures = [
            self._client.submit(run_alike, fn, item, item_seed, versions(), pure=False)
            for item, item_seed in zip(items, item_seeds(seed, len(items)), strict=True)
        ]
        places = {future.key: place for place, future in enumerate(futures)}
        results: dict[int, Result] = {}
        try:
            for future, result in dask.as_completed(futures, loop=self._client.loop, with_results=True):
                results[places[future.key]] = result
                bar.advance()
                if done is not None:
                    done(places[future.key], result)
        except dask.scheduler.KilledWorker as death:
            raise Refusal("one piece of work killed worker after worker (out of memory?)", self.address) from death
        except (OSError, TimeoutError) as problem:
            raise Refusal(f"the scheduler is gone ({problem})", self.address) from problem
        finally:
            self._client.cancel([future for future in futures if not future.done()])
        return [results[place] for place in range(len(items))]

    def close(self) -> None:
        """Leave the scheduler; it and its workers go on."""
        self._client.close()

    def __enter__(self) -> Self:
        """Return the joined cluster."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave."""
        self.close()


@cache
def versions() -> dict[str, str]:
    """Return the versions of what results depend on, as they are in this process."""
    found = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in _DECISIVE:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found


def run_alike(fn: "Task[Item, Result]", item: Item, item_seed: int, wanted: dict[str, str]) -> Result:
    """Do one item in a worker whose versions are those wanted; Refusal names the first that is not."""
    for name, here in versions().items():
        if here != wanted.get(name):
            raise Refusal(f"has {name} {here}, and {wanted.get(name)} is wanted: install the same there", "a worker")
    return run_single(fn, item, item_seed)


def _dask(address: str) -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        raise Refusal("needs Dask: pip install 'nasicon_loop[cluster]'", address) from error


def _connected(address: str, timeout_s: float) -> Any:
    try:
        return _dask(address).Client(address, timeout=timeout_s, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as problem:
        raise Refusal(f"no Dask scheduler answers there ({type(problem).__name__})", address) from problem


def executor_of(word: str | None) -> Executor:
    """Return the executor that `--executor WORD` names; without a word the one in this process.

    Raises Refusal for another word, for a scheduler that does not answer, and where Dask is not installed.
    """
    if word is None or word == "inline":
        return Inline()
    processes = _PROCESSES.fullmatch(word)
    if processes is not None:
        return Processes(int(processes.group(1)) if processes.group(1) else None)
    if "://" in word:
        return Cluster(word)
    raise Refusal(_HINT, "--executor")


@contextmanager
def joined(word: str | None) -> Iterator[Executor]:
    """Give the executor that `--executor WORD` names; afterwards leave its cluster, or end its processes."""
    executor = executor_of(word)
    if isinstance(executor, Cluster | Processes):
        with executor:
            yield executor
    else:
        yield executor
