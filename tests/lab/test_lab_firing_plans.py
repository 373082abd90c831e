"""What is fired next, and with whom; whether anybody watches."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.lab import (
    Lab,
    attach_live,
    close_sample,
    furnace_news,
    furnace_now,
    give_up_run,
    new_load,
    new_sample,
    next_plan,
    record_firing,
    record_weighing,
    sample_sheet,
)
from nasicon_loop.lab.arming import arming, asked
from nasicon_loop.lab.firing_plans import Plan
from nasicon_loop.lab.loads import Reference
from nasicon_loop.lab.locking import exclusive


@pytest.fixture
def lab(bench: Any) -> Lab:
    """The bench's lab."""
    opened: Lab = bench.lab
    return opened


def _ready(lab: Lab) -> str:
    label = new_sample(lab, "Na3.1Zr1.9Nd0.1Si2PO12").label
    sample_sheet(lab, label)
    record_weighing(lab, label, {}, as_planned=True)
    return label


def test_calcination_comes_first_then_sintering_then_nothing(lab: Lab) -> None:
    label = _ready(lab)
    plan = next_plan(lab, label)
    assert (plan.step, plan.labels, plan.load) == ("calcination", (label,), None)
    assert plan.words().startswith(f"calcination of {label}\n3 °C/min to 350 °C, 120 min there\n")
    record_firing(lab, label, "calcination")
    assert next_plan(lab, label).step == "sintering"
    record_firing(lab, label, "sintering")
    with pytest.raises(Refusal, match="was sintered already"):
        next_plan(lab, label)


def test_a_load_is_taken_for_its_own_step_and_only_while_the_sample_lies_there_unfired(lab: Lab) -> None:
    one, two = _ready(lab), _ready(lab)
    alone = Reference(without_because="a test")
    new_load(lab, [one, two], "sintering", reference=alone)
    assert next_plan(lab, one).load is None, "that load is for later"
    new_load(lab, [one, two], "calcination", reference=alone)
    plan = next_plan(lab, one)
    assert plan.load is not None
    assert (plan.load.number, plan.labels) == (2, (one, two))
    assert "all that is left of load 2" in plan.words()


def test_what_is_closed_or_has_no_recipe_is_not_fired(lab: Lab) -> None:
    label = _ready(lab)
    close_sample(lab, label, "failed", "cracked")
    with pytest.raises(Refusal, match="is failed"):
        next_plan(lab, label)
    with pytest.raises(Refusal, match="no recipe"):
        next_plan(lab, new_sample(lab, "Na3Zr2Si2PO12").label)


def test_many_segments_stand_in_pairs() -> None:
    plan = Plan(("NL-0001",), "sintering", ((5.0, 100.0, 0.0),) * 6, 100.0, 0.0)
    assert plan.words().splitlines()[1:] == ["5 °C/min to 100 °C; 5 °C/min to 100 °C"] * 3


def _open_run(lab: Lab, furnace: str = "tube") -> None:
    with lab.database.write(who="bench") as writer:
        label = writer.add_sample("Na3Zr2Si2PO12").label
        writer.add_furnace_run(
            furnace, (label,), driver="eurotherm_2400", step="sintering", segments=[(5.0, 1100.0, 600.0)],
            program_hash="0" * 64, program_number=1, top_c=1100.0, hours=10.0,
        )  # fmt: skip


def test_a_run_is_lost_when_nobody_logged_it_for_a_while_and_no_process_has_the_furnace(bench: Any) -> None:
    lab: Lab = bench.with_settings(
        furnace__driver="eurotherm_2400", furnace__name="tube", furnace__port="/dev/pts/none", furnace__log_every_s=10
    )
    assert furnace_now(lab).is_free
    _open_run(lab)
    now = furnace_now(lab)
    assert (now.is_free, now.is_watched, now.is_lost) == (False, True, False)

    class Later:
        def now(self) -> Any:
            return lab.clock.now() + timedelta(seconds=60)

    later = replace(lab, clock=Later())
    assert furnace_now(later).is_lost
    with exclusive(lab.folder.furnace_lock("tube"), "held"):
        assert furnace_now(later).is_watched
        with pytest.raises(Refusal, match="another process has tube in hand, it loads, asks or watches"):
            attach_live(lab, print)


def test_what_happened_is_told_once_and_a_number_names_the_run_that_is_given_up(lab: Lab) -> None:
    told_to, words = furnace_news(lab, None)
    assert words == ()
    _open_run(lab)
    _open_run(lab, "box")
    give_up_run(lab, "broken", number=2)
    with pytest.raises(Refusal, match="run 2 is not open any more"):
        give_up_run(lab, "broken", number=2)
    assert furnace_now(lab).run is not None
    told_to, words = furnace_news(lab, told_to)
    assert [word.text for word in words] == [
        "run 1: tube started, NL-0001; `nasicon bench runs` shows it",
        "run 2: box started, NL-0002; `nasicon bench runs` shows it",
        "run 2, box: given up: broken; look at the furnace",
    ]
    assert not any(word.is_bad for word in words)
    assert furnace_news(lab, told_to) == (told_to, ())


def test_a_wrong_confirmation_is_told_and_asked_again() -> None:
    from instruments.devices import DeviceProgram, DeviceSettings, LoadedProgram

    loaded = LoadedProgram("tube", 1, DeviceProgram.of([(5, 1100, 60), (5, 25, 0)]))
    settings = DeviceSettings("x", name="tube")
    answers = [("tube", 900.0, 491.0), ("tube", 1100.0, 491.0)]
    wrong: list[Refusal] = []
    given = asked(loaded, settings, lambda _: answers.pop(0), wrong.append)
    assert (given.top_c, len(wrong)) == (1100.0, 1)
    assert arming(loaded) == "tube,1100,490"
    with pytest.raises(Refusal, match="Confirm with --arm 'tube,1100,490'"):
        asked(loaded, settings, lambda _: None, wrong.append)
