"""The loop's mind on a real lab with a real model: lives, consequences, backtests bit for bit."""

import json
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import recipes
from nasicon_loop import campaign
from nasicon_loop import lab as ways
from nasicon_loop.cli.app import app
from nasicon_loop.core import Refusal
from nasicon_loop.lab import asking
from nasicon_loop.lab.knowledge import knowledge

AMOUNTS, SILICON = (Fraction(4, 100), Fraction(1, 10)), (Fraction(2), Fraction(22, 10))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search over a hundred compositions instead of ten thousand."""
    monkeypatch.setattr(
        asking, "rules_of", lambda rules: campaign.Settings(amounts=AMOUNTS, silicon=SILICON, n_dopants=1)
    )


@pytest.fixture
def measured(literate: Any) -> Callable[..., str]:
    """A function that makes a sample of a suggestion, measures it, and returns its label."""
    lab = literate.lab

    def made(number: int, r_ohm: float = 30.31, density: float | None = None) -> str:
        label: str = ways.new_sample(lab, from_suggestion=number).label
        ways.sample_sheet(lab, label)
        ways.record_weighing(lab, label, {}, as_planned=True)
        ways.record_firing(lab, label, "calcination")
        ways.record_firing(lab, label, "sintering")
        size = ways.Dimensions(thickness_cm=0.127, electrode_diameter_cm=1.6)
        pellet = ways.new_pellet(lab, label, size)
        if density is not None:
            with lab.database.write(who="bench") as writer:
                writer.add_geometry(pellet.pellet, relative_density=density)
        (result,) = ways.import_files(lab, [literate.drop(f"{label}_run.csv", literate.csv(r_ohm, seed=number))])
        assert result.verdict == "accepted"
        return label

    return made


def _numbers(batch: ways.Batch) -> list[int]:
    return [one.suggestion.number for one in batch.suggestions]


@pytest.mark.usefixtures("small")
def test_a_round_from_suggestion_to_consequence_and_back(literate: Any, measured: Callable[..., str]) -> None:
    lab = literate.lab
    first = ways.suggest_compositions(lab, 3)
    number = _numbers(first)[0]
    label = measured(number)
    states = {row.name: row.state for row in ways.life_cycle(lab)}
    assert states == {label: "analysed", "suggestion 2": "suggested", "suggestion 3": "suggested"}
    (life,) = ways.life_cycle(lab, name=label)
    assert [step.state for step in life.steps][:4] == ["suggested", "accepted", "planned", "weighed"]
    with pytest.raises(Refusal, match="no suggestion 99"):
        ways.life_cycle(lab, name="99")

    assert ways.impact_of(lab, label).words[1] == "it taught no model run, so no suggestion came from it"
    ways.train_model(lab)
    second = ways.suggest_compositions(lab, 3, by="thompson")
    third = ways.suggest_compositions(lab, 2)
    made = measured(_numbers(second)[1], 60.0)
    ways.decide_suggestions(lab, {"rejected": [_numbers(second)[0]]})
    analysis = ways.inbox(lab)[0].analysis_id
    assert analysis is not None
    ways.retract_analysis(lab, analysis, reason="the pellet was cracked", by="Ada")
    assert {row.label: row.state for row in ways.life_cycle(lab)}[label] == "retracted"
    row = next(row for row in ways.board(lab) if row.label == label)
    assert (row.stage, row.waits_for.partition(":")[0]) == ("retracted", "measure again, its result was taken back")
    impact = ways.impact_of(lab, str(analysis))
    assert [one.number for one in impact.suggestions] == _numbers(second) + _numbers(third)
    became = {one.number: one.became for one in impact.suggestions}
    assert became[_numbers(second)[0]] == "rejected"
    assert became[_numbers(second)[1]] == "made and measured"
    assert became[_numbers(third)[0]] == "nobody decided on it"
    assert next(one.label for one in impact.suggestions if one.number == _numbers(second)[1]) == made
    assert "Ada" in impact.words[0]
    assert impact.words[1] == "it taught run 2 (one of 1 results)"
    assert impact.words[-1].endswith("run `nasicon train`")
    ways.train_model(lab)
    assert ways.impact_of(lab, label).words[-1] == "the newest model does without it"

    told = CliRunner().invoke(app, ["campaign", "impact", label, "--lab", str(lab.folder.path), "--json"])
    assert len(json.loads(told.stdout)["suggestions"]) == 5
    again = ways.backtest(lab, run=2)
    assert again.is_equal is True, "the retraction came later"
    assert again.batch == 3
    assert again.n_results_then == 1
    other = ways.backtest(lab, run=2, by="novelty")
    assert other.is_equal is None
    assert {one.formula for one in other.suggestions} != {one.formula for one in again.suggestions}


@pytest.mark.parametrize("by", campaign.ACQUISITIONS)
@pytest.mark.usefixtures("small")
def test_a_backtest_gives_the_stored_batch_bit_for_bit(literate: Any, by: str) -> None:
    lab = literate.lab
    stored = ways.suggest_compositions(lab, 4, by=by)
    assert {one.acquired_by for one in stored.suggestions} == {by}
    assert len({asking.program_key(lab, one.suggestion.formula) for one in stored.suggestions}) == 1, "one load"
    ways.decide_suggestions(lab, {"rejected": _numbers(stored)[:2], "held": _numbers(stored)[2:]})
    found = ways.backtest(lab, run=1)
    assert found.is_equal is True
    assert [one.number for one in found.suggestions] == _numbers(stored)
    today = ways.backtest(lab, on=lab.clock.now().date().isoformat(), by=by)
    assert not {one.formula for one in today.suggestions} & {one.formula for one in found.suggestions}


@pytest.mark.usefixtures("small")
def test_a_backtest_shows_what_is_known_now(literate: Any, measured: Callable[..., str]) -> None:
    lab = literate.lab
    numbers = _numbers(ways.suggest_compositions(lab, 2))
    measured(numbers[0])
    found = ways.backtest(lab, run=1)
    assert found.is_equal is True
    assert [one.n_results_now for one in found.suggestions] == [1, 0]
    assert found.mean_log10_now == found.suggestions[0].sigma_log10_now
    told = CliRunner().invoke(app, ["campaign", "backtest", "--run", "1", "--lab", str(lab.folder.path)])
    assert "bit for bit what was stored" in told.output


def test_what_cannot_be_asked_again_is_refused(literate: Any, bench: Any) -> None:
    lab = literate.lab
    for given, reason in (
        ({}, "--on DATE or --run"),
        ({"on": "yesterday"}, "write a day"),
        ({"on": "2001-01-01"}, "begins later"),
        ({"run": 1}, "made no batch"),
        ({"run": 9}, "no model run 9"),
    ):
        with pytest.raises(Refusal, match=reason):
            ways.backtest(lab, **given)
    ways.new_sample(bench.lab, "Na3Zr2Si2PO12")
    with pytest.raises(Refusal, match="nothing was trained"):
        ways.backtest(bench.lab, on=(bench.lab.clock.now() + timedelta(days=1)).date().isoformat())


@pytest.mark.usefixtures("small")
def test_a_porous_pellet_lowers_its_dopants_chance(literate: Any, measured: Callable[..., str]) -> None:
    lab = literate.lab
    first = ways.suggest_compositions(lab, 1).suggestions[0].suggestion
    label = measured(first.number, density=0.71)
    dopant = first.dopant
    with lab.database.read() as reader:
        (outcome,) = knowledge(reader).outcomes
    assert (outcome.label, outcome.is_good, outcome.why) == (label, False, "reached 71 % of its density")
    told = [one.suggestion.reason for one in ways.suggest_compositions(lab, 50).suggestions]
    own = [reason for reason in told if f"{label} reached 71 % of its density" in reason]
    assert own, dopant


def test_failures_that_say_nothing_of_the_composition_teach_nothing(literate: Any) -> None:
    lab = literate.lab
    dropped, cracked = (ways.new_sample(lab, "Na3.4Zr1.8Mg0.2Si2PO12").label for _ in range(2))
    ways.close_sample(lab, dropped, "failed", "the crucible fell")
    ways.close_sample(lab, cracked, "abandoned", "the pellets cracked twice")
    with lab.database.read() as reader:
        assert [one.label for one in knowledge(reader).outcomes] == [cracked]


def test_what_did_not_move_for_long_is_stale(literate: Any) -> None:
    lab = literate.with_settings(campaign__stale_after_days=0.0)
    label = ways.new_sample(lab, "Na3.4Zr1.8Mg0.2Si2PO12").label
    assert not ways.life_cycle(lab, only_stale=True)
    soon = literate.with_settings(campaign__stale_after_days=1e-9)
    assert [row.label for row in ways.life_cycle(soon, only_stale=True)] == [label]


@pytest.mark.usefixtures("small")
def test_a_suggestion_explains_itself_in_numbers(literate: Any) -> None:
    lab = literate.lab
    stored = ways.suggest_compositions(lab, 2).suggestions[0]
    why = ways.explain_suggestion(lab, 1)
    assert (why.formula, why.gain_dex, why.acquired_by) == (stored.suggestion.formula, stored.gain_dex, "ei")
    assert why.epistemic_sd**2 + why.noise_sd**2 == pytest.approx(why.log10_sigma_sd**2)
    assert why.lesson.words in stored.suggestion.reason
    assert len(why.nearest) == 5
    assert why.nearest[0].words in stored.suggestion.reason
    assert why.cost is not None
    assert 20 < why.cost.furnace_hours < 200
    assert 0.1 < why.cost.grams < 5
    assert why.cost.price is None, "nobody gave prices"
    shipped = (Path(recipes.__file__).parent / "data" / "precursors.toml").read_text(encoding="utf-8")
    priced = shipped.replace("[[precursor]]", '[[precursor]]\nprice_per_g = 2.0\nprice_source = "a test"')
    (lab.folder.protocols / "precursors.toml").write_text(priced, encoding="utf-8")
    cost = ways.explain_suggestion(lab, 1).cost
    assert cost is not None
    assert cost.price == pytest.approx(2 * cost.grams)
    told = CliRunner().invoke(app, ["campaign", "why", "1", "--lab", str(lab.folder.path)])
    assert "h of furnace" in told.output
    assert "that results would remove" in told.output
    with pytest.raises(Refusal, match="no suggestion 9"):
        ways.explain_suggestion(lab, 9)


@pytest.mark.usefixtures("small")
def test_health_answers_on_the_command_line(literate: Any) -> None:
    lab = literate.lab
    ways.suggest_compositions(lab, 2)
    told = CliRunner().invoke(app, ["campaign", "health", "--lab", str(lab.folder.path), "--json"])
    document = json.loads(told.stdout)
    assert {check["name"] for check in document["checks"]} == {
        "held-out intervals", "own intervals", "next batch", "search", "reference", "replicates", "model", "stale"
    }  # fmt: skip
    assert document["gate"]["is_open"] is True
    assert document["automatic"] == ["accept fit"]
    gain = next(check for check in document["checks"] if check["name"] == "next batch")
    assert "h of furnace" in gain["words"]
    assert CliRunner().invoke(app, ["campaign", "health", "--lab", str(lab.folder.path)]).exit_code == 0


@pytest.mark.usefixtures("small")
def test_the_acquisition_and_the_number_are_the_labs_habit(literate: Any) -> None:
    lab = literate.with_settings(campaign__acquisition="ucb", campaign__batch_size=3)
    batch = ways.suggest_compositions(lab)
    assert [one.acquired_by for one in batch.suggestions] == ["ucb"] * 3
    told = CliRunner().invoke(app, ["suggest", "-n", "1", "--by", "luck", "--lab", str(lab.folder.path)])
    assert told.exit_code == 1
    assert "ei, nei, ucb, thompson, novelty" in told.stderr
    listed = CliRunner().invoke(app, ["suggest", "--list", "--lab", str(lab.folder.path), "--json"])
    assert {one["acquired_by"] for one in json.loads(listed.stdout)} == {"ucb"}


@pytest.mark.usefixtures("small")
def test_a_reference_that_was_asked_for_begins_a_reference_sample(
    literate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nasicon_loop.campaign import choices

    lab = literate.lab
    ways.new_sample(lab, "Na3.4Zr1.8Mg0.2Si2PO12")
    monkeypatch.setattr(choices, "wants_reference", lambda _pellets: "the results lie low")
    monkeypatch.setattr(asking, "knowledge", lambda reader: _with_a_pellet(knowledge(reader)))
    batch = ways.suggest_compositions(lab, 3)
    assert [one.kind for one in batch.suggestions] == ["new", "new", "reference"]
    sample = ways.new_sample(lab, from_suggestion=_numbers(batch)[-1])
    assert sample.is_reference
    assert not ways.new_sample(lab, from_suggestion=_numbers(batch)[0]).is_reference


def _with_a_pellet(past: Any) -> Any:
    from dataclasses import replace

    return replace(past, pellets=(campaign.OwnPellet("NL-0001-P1", "Na3.4Zr1.8Mg0.2Si2PO12", -3.2, 0.05),))
