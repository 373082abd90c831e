"""Health: each check says ok, look or stop where it should, with a number and a next step."""

import pytest

from nasicon_loop import campaign
from nasicon_loop.campaign import Cost, OwnPellet


def pellets(*values: float, formula: str = "Na3Zr2Si2PO12", is_reference: bool = False) -> list[OwnPellet]:
    return [OwnPellet(f"NL-{k:04d}-P1", formula, v, 0.02, is_reference) for k, v in enumerate(values, 1)]


@pytest.mark.parametrize(
    ("n_inside", "n", "verdict"),
    [(90, 100, "ok"), (80, 100, "ok"), (77, 100, "stop"), (4, 8, "stop"), (5, 8, "ok"), (0, 7, "ok"), (0, 0, "ok")],
)
def test_intervals_are_distrusted_when_results_say_so(n_inside: int, n: int, verdict: str) -> None:
    assert campaign.coverage("own intervals", n_inside, n).verdict == verdict


def test_the_gate_shuts_with_a_reason() -> None:
    good, bad = campaign.coverage("held-out", 95, 100), campaign.coverage("own", 4, 8)
    assert campaign.gate([good]).is_open
    shut = campaign.gate([good, bad])
    assert not shut.is_open
    assert shut.why.startswith("own: 4 of 8 results lie inside their 90 % intervals: too few (p = 0.0")


def test_results_are_counted_inside_the_intervals_stored_with_their_suggestions() -> None:
    made = pellets(-3.0, -3.5, -2.0)
    intervals = {"NL-0001-P1": (-3.2, -2.8), "NL-0002-P1": (-3.4, -2.8)}
    assert campaign.inside(made, intervals) == (1, 2)


def test_a_batch_is_judged_by_what_it_promises_and_says_what_it_takes() -> None:
    cost = Cost(55.2, 2.9, 1.5)
    good = campaign.expected_gain([0.2, 0.1], cost)
    assert good.verdict == "ok"
    assert "0.200 to 0.300 dex for 55 h of furnace and 2.9 g of precursors, 1.50 of precursors" in good.words
    assert campaign.expected_gain([0.02, 0.02], None).verdict == "look"
    worthless = campaign.expected_gain([0.005, 0.01], cost)
    assert (worthless.verdict, worthless.next_step) == ("stop", "nasicon report")
    assert campaign.expected_gain([], None).next_step == "nasicon suggest"


def test_a_search_without_any_rise_is_stalled_and_then_over() -> None:
    assert campaign.stalled([-3.0, -3.0, -3.0]).verdict == "ok"
    assert campaign.stalled([-3.4, -3.2, -3.1, -3.0]).verdict == "ok"
    stuck = campaign.stalled([-3.0, -3.0, -2.99, -3.0])
    assert (stuck.verdict, stuck.next_step) == ("look", "nasicon suggest --by thompson")
    assert campaign.stalled([-3.0] * 7).verdict == "stop"


def test_reference_pellets_that_fall_say_that_the_lab_drifts() -> None:
    falling = campaign.drift(pellets(-3.2, -3.27, -3.36, -3.41, -3.5, is_reference=True))
    assert falling.verdict == "stop"
    assert falling.value == pytest.approx(-0.3, abs=0.03)
    assert campaign.drift(pellets(-3.2, -3.3, -3.1, -3.25, -3.2, is_reference=True)).verdict == "ok"
    assert campaign.drift(pellets(-3.2, -3.3)).verdict == "ok"
    missing = campaign.drift(pellets(*[-3.2] * 8))
    assert (missing.verdict, missing.next_step) == ("look", "nasicon sample new --reference")


def test_replicates_that_disagree_beyond_their_errors_are_named() -> None:
    assert campaign.replicates(pellets(-3.2, -3.5)).verdict == "ok"
    far = campaign.replicates(pellets(-3.0, -4.1))
    assert far.verdict == "stop"
    assert "NL-0001-P1, NL-0002-P1 differ by 1.10 dex" in far.words
    assert far.next_step == "nasicon sample show NL-0001"
    assert campaign.replicates(pellets(-3.0)).value is None


def test_a_model_that_a_forest_beats_is_said_to_be() -> None:
    def of(mae: float, forest: float | None) -> str:
        told = {"mae": mae} if forest is None else {"mae": mae, "mae_forest": forest}
        return campaign.against_forest({"held_out": {"na_room_temperature": told}}).verdict

    assert of(0.8, 0.9) == "ok"
    assert of(0.92, 0.9) == "ok"
    assert of(1.0, 0.9) == "look"
    assert of(1.0, None) == "ok"
    assert campaign.against_forest({}).value is None
