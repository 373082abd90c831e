"""The steps at the balance, with a balance and a person that do exactly what is written here."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

import db
from instruments.devices import NotStable, OutOfRange, StableWeight, Weight
from nasicon_loop.core import Refusal
from nasicon_loop.lab import Decision, Lab, WeighStep, Wish, new_sample, sample_sheet, weighing_progress
from nasicon_loop.lab.weigh_steps import Pan, Weighing

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Still:
    """A balance at rest that shows what lies on it less the tare."""

    load_g: float = 0.0
    tare_g: float = 0.0
    n_tares: int = 0
    is_shaken: bool = False
    is_overloaded: bool = False
    display: str = ""

    def weight(self) -> Weight:
        if self.is_overloaded:
            raise OutOfRange("is overloaded: take something off")
        net_g = self.load_g - self.tare_g
        return Weight(net_g, 0.0001, "g", not self.is_shaken, f"S {'D' if self.is_shaken else 'S'} {net_g:10.4f} g")

    def stable_weight(self, timeout_s: float = 30.0) -> StableWeight:
        if self.is_shaken:
            raise NotStable("found no stable value")
        shown = self.weight()
        return StableWeight(shown.mass_g, 0.0001, "g", shown.raw, "B1", NOW)

    def tare(self) -> None:
        self.tare_g, self.n_tares = self.load_g, self.n_tares + 1

    def show(self, text: str) -> None:
        self.display = text


@dataclass
class Hands:
    """A person: each deed is a decision, or a load that is put on first and looked at."""

    balance: Still
    deeds: list[Any]
    steps: list[WeighStep] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def ask(self, step: WeighStep) -> Decision | float:
        self.steps.append(step)
        deed = self.deeds.pop(0) if self.deeds else "leave"
        if isinstance(deed, dict):
            for name, value in deed.items():
                setattr(self.balance, name, value)
            return "look"
        return deed  # type: ignore[no-any-return]

    def tell(self, words: str) -> None:
        self.told.append(words)


@pytest.fixture
def label(bench: Any) -> str:
    """A sample with a sheet."""
    made: str = new_sample(bench.lab, "Na3.1Zr1.9Nd0.1Si2PO12").label
    sample_sheet(bench.lab, made)
    return made


@pytest.fixture
def lab(bench: Any) -> Lab:
    """The bench's lab."""
    found: Lab = bench.lab
    return found


def _through(lab: Lab, label: str, balance: Still, *deeds: Any, left: set[str] | None = None) -> Hands:
    hands = Hands(balance, list(deeds))
    Weighing(lab, label, hands, Pan(balance, label), left=left).through()  # type: ignore[arg-type]
    return hands


def _entries(lab: Lab, label: str) -> list[db.WeighingEntry]:
    with lab.database.read() as reader:
        return list(reader.weighing_entries(reader.sample(label)))


def test_a_look_keeps_nothing_however_good_it_is(lab: Lab, label: str) -> None:
    first = weighing_progress(lab, label).lines[0]
    hands = _through(lab, label, Still(), {"load_g": first.target_g}, "look", "look")
    assert [step.status for step in hands.steps] == ["missing", "good", "good", "good"]
    assert all(step.is_live and step.is_stable for step in hands.steps[1:])
    assert _entries(lab, label) == []


def test_what_was_looked_at_is_read_anew_before_it_is_kept(lab: Lab, label: str) -> None:
    first = weighing_progress(lab, label).lines[0]
    shaken = {"load_g": first.target_g / 2, "is_shaken": True}
    hands = _through(lab, label, Still(), shaken, "keep", {"is_shaken": False}, "keep")
    (entry,) = _entries(lab, label)
    assert "found no stable value" in hands.told, "nothing unstable is kept, and the person is told why"
    assert (entry.precursor, entry.balance, entry.raw_line) == (
        first.formula,
        "B1",
        f"S S {first.target_g / 2:10.4f} g",
    )


@pytest.mark.parametrize("decision", ["rescue", "accept"])
def test_a_way_out_keeps_nothing_that_is_not_too_much(lab: Lab, label: str, decision: Decision) -> None:
    first = weighing_progress(lab, label).lines[0]
    _through(lab, label, Still(), {"load_g": first.target_g / 2}, decision)
    assert _entries(lab, label) == []


def test_keep_with_nothing_on_the_pan_leaves_the_line_for_the_next_time(lab: Lab, label: str) -> None:
    first, second = weighing_progress(lab, label).lines[:2]
    left: set[str] = set()
    hands = _through(lab, label, Still(), {"load_g": 0.0001}, "keep", left=left)
    assert left == {first.formula}
    assert hands.steps[-1].formula == second.formula
    assert _entries(lab, label) == []
    assert _through(lab, label, Still(), left=left).steps[0].formula == second.formula
    assert _through(lab, label, Still()).steps[0].formula == first.formula


def test_what_lay_there_before_is_not_tared_and_said(lab: Lab, label: str) -> None:
    balance = Still(load_g=0.01)
    hands = _through(lab, label, balance, "look", "tare", "look")
    assert "unless it is" in hands.steps[1].caution
    assert hands.steps[1].reading_g == 0.01
    assert hands.steps[-1].caution == ""
    assert (hands.steps[-1].reading_g, balance.n_tares, balance.display) == (0.0, 1, "")
    assert _through(lab, label, Still()).steps[0].caution == ""


def test_an_overload_is_told_on_the_step_and_the_next_look_may_be_better(lab: Lab, label: str) -> None:
    hands = _through(lab, label, Still(), {"is_overloaded": True}, {"is_overloaded": False}, "look")
    assert [step.trouble for step in hands.steps] == ["", "is overloaded: take something off", "", ""]
    assert [step.reading_g for step in hands.steps] == [None, None, 0.0, 0.0]


def test_too_much_that_is_kept_already_is_fixed_and_a_top_up_is_not(lab: Lab, label: str) -> None:
    first, second = weighing_progress(lab, label).lines[:2]
    good = {"load_g": first.target_g}
    hands = _through(lab, label, Still(), good, "read", {"load_g": first.target_g + 1.05 * second.target_g}, "rescue")
    topped_up = hands.steps[-1]
    assert (topped_up.formula, topped_up.is_kept, topped_up.is_fixed) == (first.formula, True, False)
    over = _through(lab, label, Still(), {"load_g": 1.0}, "keep").steps[-1]
    assert (over.formula, over.is_fixed) == (first.formula, True)


def test_a_sheet_that_was_planned_anew_meanwhile_ends_the_round(lab: Lab, label: str) -> None:
    class Planner(Hands):
        def ask(self, step: WeighStep) -> Decision | float:
            sample_sheet(lab, label, Wish(n_pellets=3))
            return super().ask(step)

    balance = Still()
    planner = Planner(balance, ["look", "look"])
    Weighing(lab, label, planner, Pan(balance, label)).through()  # type: ignore[arg-type]
    assert planner.steps[1].target_g == pytest.approx(3 * planner.steps[0].target_g, abs=2e-4), (
        "the newest sheet counts"
    )
    step = planner.steps[0]
    weighing = Weighing(lab, label, planner, Pan(balance, label))  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="planned anew meanwhile, without Unobtainium"):
        weighing._judged(replace(step, formula="Unobtainium"), 0.1)
