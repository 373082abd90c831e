"""Inline, processes, a Dask cluster: the same bits, and a worker that is killed costs only what it was doing."""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from instruments import Spectrum
from nasicon_loop.core import Cluster, Executor, Inline, Processes, Refusal, executor_of
from nasicon_loop.core.cluster import versions
from nasicon_loop.core.executor import one_thread
from nasicon_loop.eis import analyse_many, paper_spectrum

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A scheduler on this machine with two worker processes of one thread, reachable from here only."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def cluster(scheduler: str) -> Iterator[Cluster]:
    with Cluster(scheduler) as joined:
        yield joined


class Counting:
    def __init__(self) -> None:
        self.n_done = 0

    def start(self, what: str, total: int) -> None: ...

    def advance(self, n_steps: int = 1, detail: str = "") -> None:
        self.n_done += n_steps

    def finish(self) -> None: ...


def _square_and_seed(item: int, seed: int) -> tuple[int, int]:
    return item * item, seed


def _refuse(item: int, _seed: int) -> int:
    if item == 2:
        raise Refusal("cannot be squared", item)
    return item


def _die_once(item: tuple[int, str], _seed: int) -> int:
    """Item 3 kills its worker the first time it is done, as the system does when memory runs out."""
    number, mark = item
    if number == 3 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * 10


def _kill_once_and_count(item: tuple[int, str], _seed: int) -> int:
    """Each start of an item leaves a mark; item 3 kills its worker at the first one."""
    number, folder = item
    n_before = len(list(Path(folder).glob(f"{number}-*")))
    (Path(folder) / f"{number}-{n_before}").touch()
    if number == 3 and n_before == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 2:  # is being done while its neighbour dies
        while not list(Path(folder).glob("3-*")):
            time.sleep(0.01)
        time.sleep(0.3)
    return number


def _always_die(item: int, _seed: int) -> int:
    os._exit(item)


def spectra(n: int) -> list[Spectrum]:
    return [paper_spectrum(30.0 + k, 35.0, seed=k).spectrum for k in range(n)]


def test_everywhere_the_same_in_the_same_order_with_progress(cluster: Cluster) -> None:
    items = list(range(7))
    for executor in (Processes(2), cluster):
        bar = Counting()
        assert executor.map(_square_and_seed, items, seed=3, progress=bar) == Inline().map(
            _square_and_seed, items, seed=3
        )
        assert bar.n_done == 7
        assert executor.map(_square_and_seed, [], seed=3) == []


def test_every_result_is_told_as_it_comes(cluster: Cluster) -> None:
    for executor in (Inline(), Processes(2), cluster):
        told: dict[int, object] = {}
        results = executor.map(_square_and_seed, list(range(5)), seed=3, done=told.__setitem__)
        assert [told[place] for place in range(5)] == results


def test_analyses_are_the_same_bit_by_bit(cluster: Cluster) -> None:
    here, there, far = (
        [analysis.to_dict() for analysis in analyse_many(spectra(4), executor=executor)]
        for executor in (Inline(), Processes(2), cluster)
    )
    assert here == there == far
    assert [one["verdict"] for one in here] == ["accepted"] * 4


def _process(_item: int, _seed: int) -> int:
    return os.getpid()


def test_in_a_block_processes_stay_for_the_next_work_and_end_with_it() -> None:
    with Processes(1) as kept:
        (first,), (second,) = kept.map(_process, [1], seed=0), kept.map(_process, [1], seed=0)
        assert first == second
        with pytest.raises(Refusal):
            kept.map(_refuse, [2], seed=0)
        assert kept.map(_process, [1], seed=0) == [first], "a refusal costs no process"
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="kills with a POSIX signal")
def test_a_killed_worker_costs_only_what_it_was_doing(cluster: Cluster, tmp_path: Path) -> None:
    for name, executor in (("processes", Processes(2)), ("cluster", cluster)):
        mark = tmp_path / name
        items = [(number, str(mark)) for number in range(8)]
        assert executor.map(_die_once, items, seed=0) == [number * 10 for number in range(8)]
        assert mark.exists(), "the worker was killed"


@pytest.mark.skipif(sys.platform == "win32", reason="kills with a POSIX signal")
def test_a_dead_worker_costs_its_neighbours_nothing(tmp_path: Path) -> None:
    items = [(number, str(tmp_path)) for number in range(2, 9)]
    assert Processes(2).map(_kill_once_and_count, items, seed=0) == list(range(2, 9))
    starts = Counter(path.name.partition("-")[0] for path in tmp_path.iterdir())
    assert starts == {"3": 2} | {str(number): 1 for number in (2, 4, 5, 6, 7, 8)}


def test_a_worker_with_other_versions_is_refused(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {**versions(), "numpy": "1.0"}
    monkeypatch.setattr("nasicon_loop.core.cluster.versions", lambda: ours)
    with pytest.raises(Refusal, match=r"a worker: has numpy .*, and 1\.0 is wanted"):
        cluster.map(_square_and_seed, [1], seed=0)


def test_what_kills_every_worker_is_refused_at_last() -> None:
    with pytest.raises(Refusal, match="died 3 times on the same work"):
        Processes(1).map(_always_die, [1], seed=0)


@pytest.mark.parametrize("where", ["inline", "processes", "cluster"])
def test_a_refusal_of_one_item_comes_through_whole(where: str, cluster: Cluster) -> None:
    executor: Executor = {"inline": Inline(), "processes": Processes(1), "cluster": cluster}[where]
    with pytest.raises(Refusal, match="2: cannot be squared"):
        executor.map(_refuse, [1, 2, 3], seed=0)


def test_an_executor_is_chosen_by_a_word(scheduler: str) -> None:
    assert isinstance(executor_of(None), Inline)
    assert isinstance(executor_of("inline"), Inline)
    chosen = executor_of("processes:3")
    assert isinstance(chosen, Processes)
    assert chosen.n_workers == 3
    joined = executor_of(scheduler)
    assert isinstance(joined, Cluster)
    joined.close()
    for wrong in ("threads", "processes:0", "http://x:1", "tcp://", "tcp://a b:1"):
        with pytest.raises(Refusal):
            executor_of(wrong)


def test_a_scheduler_that_does_not_answer_is_one_line() -> None:
    with pytest.raises(Refusal, match="no Dask scheduler answers there"):
        Cluster("tcp://127.0.0.1:9", timeout_s=0.2)


def test_one_thread_holds_and_gives_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from threadpoolctl import threadpool_info

    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with one_thread():
            np.eye(2) @ np.eye(2)
            assert torch.get_num_threads() == 1
            assert {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"} <= {1}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
