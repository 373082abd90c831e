"""The bench's facts: stock that goes down and comes back, frozen recipes, loads, phases; and the way from 0001."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import db
from db import revisions
from nasicon_loop.core import Refusal

Tell = Callable[..., Any]
RELEASE_0001 = Path(__file__).with_name("data") / "release_0001.sql"


def test_an_older_lab_is_upgraded_with_its_data(tmp_path: Path) -> None:
    """The lab that version 0001 wrote: nothing in it changes, and it can be worked on."""
    path = tmp_path / "lab.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(RELEASE_0001.read_text(encoding="utf-8"))
    with pytest.raises(Refusal, match="nasicon db upgrade"):
        db.open(path)
    done = db.upgrade(path)
    assert (done.before, done.after) == ("0001", revisions.REVISIONS[-1])
    with db.open(path) as database:
        _is_whole_and_goes_on(database)


def _is_whole_and_goes_on(database: db.Database) -> None:
    assert db.check(database) == []
    with database.read() as reader:
        (row,) = reader.teaching_analyses()
        assert (row.sintering_c, row.phase, row.second_phases) == (1220.0, "unknown", {})
        (first, _) = reader.firings(1)
        assert (first.temperature_c, first.set_temperature_c, first.furnace_load_id) == (1100.0, None, None)
    with database.write(who="Ada") as writer:
        writer.add_lot("ZrO2", lot_number="Z", amount_g=1.0)
        writer.add_phase(writer.pellet("NL-0001-P1"), "C2/c", who="Ada")
        writer.add_geometry(writer.pellet("NL-0001-P1"), mass_g=0.6, readings={"mass_g": [0.6]})
    assert db.check(database) == []


def test_stock_goes_down_and_a_corrected_mass_gives_back(database: db.Database) -> None:
    def left() -> dict[int, float]:
        with database.read() as reader:
            return {lot.number: reader.lot_standings()[lot.id].left_g for lot in reader.lots()}

    with database.write(who="Ada") as writer:
        sample = writer.add_sample("Na3Zr2Si2PO12")
        one = writer.add_lot("ZrO2", lot_number="a", amount_g=1.0, assay=0.98, loss_on_ignition=0.01)
        two = writer.add_lot("ZrO2", lot_number="b", amount_g=0.1)
        writer.add_weighing_entry(sample, "ZrO2", 0.3, lot=one, operator="Ada")
    assert left() == {1: 0.7, 2: 0.1}
    with database.write(who="Ada") as writer:
        writer.add_weighing_entry(sample, "ZrO2", 0.4, lot=two, operator="Bob", balance="B1", raw_line="S S 0.4 g")
    assert left() == {1: 1.0, 2: -0.3}, "more than was there is written down, not forbidden"
    with database.write(who="Ada") as writer:
        writer.add_lot_event(two, "counted", on_date="2026-11-22", left_g=0.05)
        writer.add_lot_event(one, "closed", on_date="2026-11-22", note="spilled")
        with pytest.raises(Refusal, match="is ZrO2, not SiO2"):
            writer.add_weighing_entry(sample, "SiO2", 0.1, lot=one, operator="Ada")
        with pytest.raises(Refusal, match="only a count"):
            writer.add_lot_event(one, "opened", on_date="2026-11-22", left_g=1.0)
    assert left() == {1: 1.0, 2: 0.05}
    with database.read() as reader:
        assert [lot.number for lot in reader.lots("open")] == [2]
        assert reader.newest_entries(sample)["ZrO2"].raw_line == "S S 0.4 g"
        assert [entry.operator for entry in reader.weighing_entries(sample)] == ["Ada", "Bob"]
    assert db.check(database) == []


def test_a_signed_version_is_frozen_and_deviations_stand_beside(database: db.Database) -> None:
    with database.write(who="Ada") as writer:
        sample = writer.add_sample("Na3Zr2Si2PO12")
        first = writer.add_recipe(sample, {"a": 1})
        writer.sign_recipe(first, who="Ada")
        with pytest.raises(Refusal, match="signed off by Ada already"):
            writer.sign_recipe(first, who="Ada")
        with pytest.raises(Refusal, match="frozen"):
            writer.add_recipe(sample, {"a": 2})
        second = writer.add_recipe(sample, {"a": 3}, despite_sign_off="rescue")
        writer.add_deviation(sample, "milled 2 h", who="Bob", recipe=second)
    with database.read() as reader:
        assert [version.document for version in reader.recipes(sample)] == [{"a": 1}, {"a": 3}]
        assert [signature.who for signature in reader.recipe_signatures(first)] == ["Ada"]
        assert reader.recipe_signatures(second) == []
        story = reader.genealogy(sample.label)
        assert [deviation.text for deviation in story.deviations] == ["milled 2 h"]
        assert [signature.recipe_id for signature in story.recipe_signatures] == [first.id]
        assert reader.journal("sample", sample.id, event="recipe.signed")[0].data == {"version": 1, "by": "Ada"}


def test_a_load_carries_a_reference_or_a_reason(database: db.Database) -> None:
    with database.write(who="Ada") as writer:
        doped, plain = writer.add_sample("A"), writer.add_sample("Na3Zr2Si2PO12", is_reference=True)
        other = writer.add_sample("B")
        program: dict[str, Any] = {"program": {}, "set_temperature_c": 1200.0, "hours": 12.0}
        for places, words in (
            ([], "at least one"),
            ([db.Place(doped.id, "1", ""), db.Place(doped.id, "2", "")], "named twice"),
            ([db.Place(doped.id, "1", ""), db.Place(plain.id, "1", "", True)], "same slot"),
            ([db.Place(doped.id, "1", "")], "reference"),
        ):
            with pytest.raises(Refusal, match=words):
                writer.add_load("sintering", places, **program)
        load = writer.add_load(
            "sintering", [db.Place(doped.id, "front", "own lid"), db.Place(plain.id, "back", "own lid", True)],
            offset_c=-5.0, calibrated_on="2026-10-01", **program,
        )  # fmt: skip
        with pytest.raises(Refusal, match="does not lie in load 1"):
            writer.add_firing(other, "sintering", temperature_c=1195, hours=12, furnace_load=load)
        writer.add_firing(
            doped, "sintering", temperature_c=1195, hours=12, furnace_load=load, set_temperature_c=1200, mass_before_g=1
        )
    with database.read() as reader:
        assert reader.fired_samples(load) == {doped.id}
        assert [place.slot for place in reader.places(load)] == ["front", "back"]
        (fired,) = reader.firings(doped)
        assert (fired.temperature_c, fired.set_temperature_c, fired.mass_before_g) == (1195.0, 1200.0, 1.0)
        assert reader.loads_of_sample(plain) == [load]
    assert db.check(database) == []


def test_the_newest_phase_teaches_and_its_pattern_is_kept(database: db.Database, tell: Tell, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    story = tell(database, vault)
    with database.read() as reader:
        (row,) = reader.teaching_analyses()
        assert (row.phase, row.second_phases) == ("R-3c", {"ZrO2": 0.035})
    with database.write(who="Ada") as writer:
        for wrong in ({"ZrO2": 1.2}, {"ZrO2": 0.6, "glass": 0.5}, {"ZrO2": 0.0}):
            with pytest.raises(Refusal, match="mass fractions"):
                writer.add_phase(story.pellet, "mixed", second_phases=wrong, who="Ada")
        with pytest.raises(Refusal, match="one of R-3c"):
            writer.add_phase(story.pellet, "cubic", who="Ada")  # type: ignore[arg-type]
        writer.add_phase(story.pellet, "mixed", pattern_sha256="ab" * 32, pattern_name="p.xy", who="Ada")
    with database.read() as reader:
        assert reader.teaching_analyses()[0].phase == "mixed"
        assert reader.genealogy("NL-0001" if reader.find_sample("NL-0001") else story.sample.label).pellets[0].phase
    assert [finding.kind for finding in db.check(database, vault)] == ["vault missing"]


def test_readings_belong_to_their_length(lite: db.Database) -> None:
    with lite.write(who="Ada") as writer:
        pellet = writer.add_pellet(writer.add_sample("A"))
        writer.add_geometry(
            pellet, thickness_cm=0.112, thickness_cm_sd=0.001, fired_diameter_cm=1.4, fired_diameter_cm_sd=0.01,
            readings={"thickness_cm": [0.111, 0.112, 0.113], "fired_diameter_cm": [1.4, 1.4]}, electrode_method="paint",
        )  # fmt: skip
        later = writer.add_geometry(pellet, thickness_cm=0.115)
    assert (later.thickness_cm_sd, later.fired_diameter_cm_sd, later.electrode_method) == (None, 0.01, "paint")
    assert later.readings == {"fired_diameter_cm": [1.4, 1.4]}


@pytest.mark.parametrize(
    ("statement", "kind", "words"),
    [
        ("UPDATE lot_state SET left_g = 5", "projection", "lot_state 1: left_g is 5.0, by the journal 96.219"),
        ("UPDATE firing SET set_temperature_c = 1 WHERE id = 3", "fact changed", "firing 3"),
        ("UPDATE firing SET set_temperature_c = NULL WHERE id = 3", "fact changed", "firing 3"),
        ("UPDATE firing SET mass_after_g = 1 WHERE id = 1", "fact changed", "firing 1"),
        ("DELETE FROM deviation", "fact lost", "deviation 1"),
        ("DELETE FROM load_place", "contradiction", "firing 3 names a load in which its sample does not lie"),
        ("UPDATE lot SET precursor = 'SiO2'", "contradiction", "weighing entry 1 took its mass from a lot of another"),
        ("DELETE FROM recipe", "foreign key", "recipe_signature 1: recipe_id 1 is not in recipe"),
    ],
)
def test_corruptions_of_the_bench_are_found(
    lite: db.Database, tell: Tell, statement: str, kind: str, words: str
) -> None:
    tell(lite)
    with closing(sqlite3.connect(lite.path or "")) as connection:
        assert connection.execute(statement).rowcount > 0
        connection.commit()
    found = [finding.what for finding in db.check(lite) if finding.kind == kind]
    assert any(what.startswith(words) for what in found), found
