"""Screening a space in blocks: the same best compositions wherever the blocks are done."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from nasicon_loop import campaign
from nasicon_loop.campaign import Question
from nasicon_loop.chemistry import dope
from nasicon_loop.core import Cluster, Inline, Processes, Progress, Refusal
from nasicon_loop.lab import screening
from nasicon_loop.lab.scoring import measured_windows
from nasicon_loop.lab.screen_state import ScreenState, screening_key
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
    amounts=(Fraction(1, 25), Fraction(1, 10)), silicon=(Fraction(2), Fraction(11, 5)), n_dopants=2
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


def test_the_same_hundred_here_in_processes_and_on_a_cluster(
    model_directory: Path, question: Question, processes: Processes, cluster: Cluster
) -> None:
    here = screen_with(model_directory, question, executor=Inline())
    assert len(here.hits) == 100
    assert len({hit.dopants for hit in here.hits}) > 30
    assert here.n_candidates == sum(len(campaign.in_block(one, SPACE)) for one in campaign.blocks(SPACE))
    assert screen_with(model_directory, question, executor=processes) == here
    assert screen_with(model_directory, question, executor=cluster) == here


def test_the_hits_are_what_the_model_says_of_their_formulas(model_directory: Path, question: Question) -> None:
    found = screen_with(model_directory, replace(question, settings=replace(SPACE, n_dopants=1)))
    prediction = load(model_directory).predict([hit.formula for hit in found.hits])
    assert [hit.mean for hit in found.hits] == pytest.approx(prediction.mean.tolist(), abs=2e-3)
    assert [hit.sd for hit in found.hits] == pytest.approx(prediction.sd.tolist(), abs=5e-3)
    assert [hit.epistemic_sd for hit in found.hits] == pytest.approx(prediction.epistemic_sd.tolist(), abs=5e-3)
    values = [hit.gain for hit in found.hits]
    assert values == sorted(values, reverse=True)


class Stopped(Exception):
    """The power fails."""


class UntilThePowerFails:
    """An executor that does some pieces and then stops."""

    def __init__(self, n_pieces: int) -> None:
        self.n_pieces = n_pieces

    def map(
        self,
        fn: Callable[[Any, int], Any],
        items: Sequence[Any],
        *,
        seed: int,
        progress: Progress | None = None,
        done: Callable[[int, Any], None] | None = None,
    ) -> list[Any]:
        Inline().map(fn, items[: self.n_pieces], seed=seed, progress=progress, done=done)
        raise Stopped


class Counting:
    """Progress that counts."""

    def __init__(self) -> None:
        self.total = self.n_done = self.n_before = 0

    def start(self, what: str, total: int) -> None:
        self.total = total

    def advance(self, n_steps: int = 1, detail: str = "") -> None:
        self.n_done += n_steps
        self.n_before += n_steps if detail == "done before" else 0

    def finish(self) -> None: ...


def test_an_interrupted_screening_goes_on_where_it_was(
    model_directory: Path, question: Question, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "POINTS_PER_PIECE", 500)
    whole = screen_with(model_directory, question)
    state = ScreenState(tmp_path, screening_key("weights", question, 1))
    with pytest.raises(Stopped):
        screen_with(model_directory, question, executor=UntilThePowerFails(3), state=state)
    assert sorted(state.read()) == [0, 1, 2]
    with state.path.open("a") as file:
        file.write('{"key": "cut sho')
    bar = Counting()
    assert screen_with(model_directory, question, state=state, progress=bar) == whole
    assert (bar.n_before, bar.n_done) == (3, bar.total)
    again = Counting()
    assert screen_with(model_directory, question, state=state, progress=again) == whole
    assert again.n_before == again.total


def test_another_question_or_model_begins_anew(question: Question, tmp_path: Path) -> None:
    known = frozenset({campaign.composition_key("Na3Zr2Si2PO12")})
    keys = {
        screening_key("weights", question, 9),
        screening_key("other weights", question, 9),
        screening_key("weights", question, 8),
        screening_key("weights", replace(question, best=-3.0), 9),
        screening_key("weights", replace(question, excluded=known), 9),
        screening_key("weights", replace(question, settings=replace(SPACE, n_dopants=1)), 9),
    }
    assert len(keys) == 6
    state = ScreenState(tmp_path, "a" * 64)
    state.add(0, campaign.Screened(5, ()))
    assert ScreenState(tmp_path, "a" * 63 + "b").read() == {}
    assert state.read() == {0: campaign.Screened(5, ())}
    state.path.write_bytes(b"\xff\xfe not ours")
    assert state.read() == {}


def test_old_screenings_are_tidied_away(tmp_path: Path) -> None:
    for number in range(6):
        ScreenState(tmp_path, f"{number:064d}"[::-1]).add(0, campaign.Screened(number, ()))
    ScreenState(tmp_path, "x" * 64).tidy()
    assert len(list(tmp_path.glob("screen-*.jsonl"))) == 3


def test_measured_windows_are_read_and_nonsense_is_named(tmp_path: Path) -> None:
    path = tmp_path / "windows.csv"
    assert measured_windows(path) == {}
    path.write_text("# by cyclic voltammetry\nformula,low_v,high_v,source\nNa3Zr2Si2PO12,0.5,4.0,us\n")
    assert measured_windows(path) == {campaign.composition_key("Na3Zr2Si2PO12"): pytest.approx(3.5)}
    for line in ("Na3Zr2Si2PO12,4.0,0.5,us", "Na3Zr2Si2PO12,a,b,us", "Xx3,0,4,us", "Na3Zr2Si2PO12"):
        path.write_text(f"formula,low_v,high_v,source\n{line}\n")
        with pytest.raises(Refusal, match="volt"):
            measured_windows(path)
