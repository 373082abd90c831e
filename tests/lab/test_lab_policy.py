"""What happens without a person: only what lab.toml allows, and never against the campaign's health."""

from pathlib import Path
from typing import Any

import pytest

from nasicon_loop import campaign
from nasicon_loop import lab as ways
from nasicon_loop.core import Refusal
from nasicon_loop.lab import asking
from nasicon_loop.lab import health as health_module
from nasicon_loop.lab.automatic import after_training
from nasicon_loop.lab.settings import load

FURNACE = '[furnace]\nname = "tube"\nceiling_c = 1300.0\n'


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search over a hundred compositions instead of ten thousand."""
    from fractions import Fraction

    rules = campaign.Settings(amounts=(Fraction(1, 10),), silicon=(Fraction(2),))
    monkeypatch.setattr(asking, "rules_of", lambda _rules: rules)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("propose = 'always'", "lab.toml: [policy] propose: input should be 'ask' or 'automatic', not 'always'"),
        ("weigh = 'automatic'", "lab.toml: [policy] weigh: unknown key"),
        ("arm_furnace = 'automatic'", "starts heating with nobody there; confirm that by writing arm_furnace_con"),
        ("arm_furnace = 'automatic'\narm_furnace_confirmed = 'box'", 'arm_furnace_confirmed = "tube" beside it'),
    ],
)  # fmt: skip
def test_refused_values_are_named_before_anything_happens(tmp_path: Path, text: str, line: str) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(f"{FURNACE}[policy]\n{text}\n", encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        load(path, environment={})
    assert line in str(refused.value)


def test_a_furnace_may_arm_itself_only_when_it_was_named_and_has_a_ceiling(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    policy = "[policy]\narm_furnace = 'automatic'\narm_furnace_confirmed = 'tube'\n"
    path.write_text(FURNACE + policy, encoding="utf-8")
    assert load(path, environment={}).policy.arm_furnace == "automatic"
    path.write_text(FURNACE.replace("ceiling_c = 1300.0\n", "") + policy, encoding="utf-8")
    with pytest.raises(Refusal, match="needs a ceiling_c"):
        load(path, environment={})


def test_with_ask_an_analysis_that_passed_every_gate_waits_for_a_signature(bench: Any) -> None:
    lab = bench.with_settings(policy__accept_fit="ask")
    label = bench.sample()
    (result,) = ways.import_files(lab, [bench.drop(f"{label}.csv", bench.csv())])
    assert (result.state, result.verdict) == ("held", "review")
    assert "accept_fit" in result.reasons[-1]
    assert ways.campaign_state(lab).n_results == 0
    number = ways.inbox(lab)[0].analysis_id
    assert number is not None
    ways.sign_analysis(lab, number, "accepted", reason="looked at it")
    assert ways.campaign_state(lab).n_results == 1


@pytest.mark.usefixtures("small")
def test_nothing_happens_by_itself_where_a_person_is_to_be_asked(literate: Any) -> None:
    assert after_training(literate.lab) == ()
    assert ways.all_suggestions(literate.lab) == ()


@pytest.mark.usefixtures("small")
def test_a_healthy_campaign_goes_on_by_itself_as_far_as_allowed(literate: Any) -> None:
    lab = literate.with_settings(policy__propose="automatic", policy__recipe="automatic", campaign__batch_size=2)
    told = after_training(lab)
    assert [one.state for one in ways.all_suggestions(lab)] == ["accepted", "accepted"]
    assert told[-1] == "NL-0002 begun from suggestion 2 and planned"
    assert [row.state for row in ways.life_cycle(lab)] == ["planned", "planned"]
    accepted = [line for line in ways.journal(lab) if line.event == "suggestion.accepted"]
    assert {line.data["reason"] for line in accepted} == {'[policy] propose = "automatic"'}


@pytest.mark.usefixtures("small")
def test_intervals_that_do_not_cover_switch_acceptance_off(literate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_module, "coverage_checks", lambda *_given: [campaign.coverage("own intervals", 4, 8)])
    lab = literate.with_settings(policy__propose="automatic", campaign__batch_size=2)
    told = after_training(lab)
    assert "switched itself off: own intervals: 4 of 8 results" in told[-1]
    assert {one.state for one in ways.all_suggestions(lab)} == {"open"}
    assert not ways.calibration_gate(lab).is_open
    assert "wait already (1, 2)" in after_training(lab)[0], "they are not piled up"


@pytest.mark.usefixtures("small")
def test_accepting_begins_the_sample_where_the_policy_says_so(literate: Any) -> None:
    lab = literate.with_settings(policy__recipe="automatic")
    ways.suggest_compositions(lab, 2)
    ways.decide_suggestions(lab, {"accepted": [1], "rejected": [2]})
    assert [row.suggestion_id for row in _samples(lab)] == [1]
    assert ways.kept_sheet(lab, "NL-0001") is not None


def _samples(lab: ways.Lab) -> Any:
    with lab.database.read() as reader:
        return reader.samples()


def test_an_automatic_training_obeys_the_policy(literate: Any, small: None) -> None:
    lab = literate.with_settings(
        policy__propose="automatic", training__retrain_after_n_results=1, campaign__batch_size=1
    )
    label = literate.sample()
    ways.import_files(lab, [literate.drop(f"{label}.csv", literate.csv())])
    trained = ways.train_model(lab, automatic=True)
    assert trained.run is not None
    assert "mae_forest" in trained.metrics["held_out"]["all"]
    assert trained.done == ("suggestions 1 made", 'accepted by [policy] propose = "automatic"')
    assert ways.campaign_health(lab).checks


def test_the_furnace_arms_itself_only_with_what_was_planned() -> None:
    from types import SimpleNamespace

    from nasicon_loop.lab.arming import arms_itself

    def asked(policy: str = "automatic", named: str = "tube", top_c: float = 1200.0, ceiling_c: float = 1300.0) -> bool:
        settings = SimpleNamespace(
            policy=SimpleNamespace(arm_furnace=policy, arm_furnace_confirmed=named),
            furnace=SimpleNamespace(name="tube", ceiling_c=ceiling_c),
        )
        loaded, plan = SimpleNamespace(furnace="tube", top_c=top_c), SimpleNamespace(top_c=1200.0)
        return arms_itself(SimpleNamespace(settings=settings), plan, loaded)  # type: ignore[arg-type]

    assert asked()
    assert not asked(policy="ask")
    assert not asked(named="box")
    assert not asked(top_c=1250.0)
    assert not asked(ceiling_c=1100.0)
