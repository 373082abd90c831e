"""Screening a space in blocks: the same best compositions wherever the blocks are done."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from nasicon_loop import campaign
from nasicon_loop.campaign import Question
from nasicon_loop.chemistry import dope
from nasicon_loop.core import Cluster, Inline, Processes, Refusal
from nasicon_loop.lab.screening import screen_with
from nasicon_loop.predict import Row, Settings, load, train

TINY = Settings(
    preset="tiny",
    n_members=2,
    n_trunks=1,
    n_epochs=3,
    n_pretraining_epochs=1,
    n_trees=5,
    channels=(2, 2, 2),
    hidden=(8, 8, 8, 8, 8, 8),
    n_folds=2,
)
SPACE = campaign.Settings(
    amounts=tuple(Fraction(k, 20) for k in range(1, 6)), silicon=tuple(Fraction(k, 10) for k in range(17, 24))
)


@pytest.fixture(scope="module")
def model_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        Row(
            f"lit-{k}",
            dope(dopant, Fraction(amount, 20)).formula,
            -3.2 - 0.1 * k,
            0.1,
            25.0,
            "total",
            f"{k}",
            "literature",
        )
        for k, (dopant, amount) in enumerate((d, a) for d in ("Mg", "Sc", "Zn", "Y") for a in (1, 2, 4))
    ]
    directory = tmp_path_factory.mktemp("models") / "0001"
    train(rows, directory, settings=TINY)
    return directory


@pytest.fixture(scope="module")
def question() -> Question:
    known = campaign.Known("Na3Zr2Si2PO12", -3.2, "paper")
    return Question(SPACE, -3.3, campaign.limits(campaign.literature([known]), SPACE), n_best=100)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as local,
        Cluster(local.scheduler_address) as joined,
    ):
        yield joined


def test_the_same_hundred_here_in_processes_and_on_a_cluster(
    model_directory: Path, question: Question, cluster: Cluster
) -> None:
    here = screen_with(model_directory, question, executor=Inline())
    assert len(here.hits) == 100
    assert here.n_candidates == len(list(campaign.stream_candidates(SPACE)))
    assert screen_with(model_directory, question, executor=Processes(1)) == here
    assert screen_with(model_directory, question, executor=cluster) == here


def test_blocks_find_what_one_batch_finds(model_directory: Path, question: Question) -> None:
    model = load(model_directory)
    candidates = list(campaign.stream_candidates(SPACE))
    prediction = model.predict([candidate.composition for candidate in candidates])
    by_formula = dict(zip((c.formula for c in candidates), prediction.mean.tolist(), strict=True))
    found = screen_with(model_directory, question)
    assert [hit.mean for hit in found.hits] == pytest.approx([by_formula[hit.formula] for hit in found.hits], rel=1e-5)
    values = [hit.acquisition for hit in found.hits]
    assert values == sorted(values, reverse=True)
    assert np.isfinite(values).all()


def test_blocks_cover_the_space_once_and_do_not_depend_on_what_is_left_out(question: Question) -> None:
    from nasicon_loop.campaign.screening import in_block

    whole = [candidate.formula for candidate in campaign.stream_candidates(SPACE)]
    for size in (1, 10, 10_000):
        blocks = campaign.blocks(SPACE, size)
        assert [c.formula for block in blocks for c in in_block(block, SPACE)] == whole
    gone = campaign.composition_key(whole[7])
    left = [c.formula for block in campaign.blocks(SPACE, 10) for c in in_block(block, SPACE, {gone})]
    assert left == whole[:7] + whole[8:]


def test_the_finest_space_has_a_million_and_finer_is_refused() -> None:
    space = campaign.fine()
    n_dopants = len({block.dopant for block in campaign.blocks(space)})
    assert len(space.amounts) * len(space.silicon) * (n_dopants - 1) > 1_000_000
    with pytest.raises(Refusal, match="finer than"):
        campaign.blocks(campaign.Settings(amounts=(Fraction(1, 100), Fraction(3, 200))))
