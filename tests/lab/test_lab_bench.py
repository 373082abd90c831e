"""From the shelf to the phase: what a chemist does between the sheet and the measurement."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import db
import recipes
from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Refusal
from nasicon_loop.lab import (
    Archimedes,
    Decision,
    Details,
    Dimensions,
    Dwell,
    Lab,
    Reference,
    WeighStep,
    Wish,
    add_deviation,
    add_lot,
    fire,
    fire_load,
    load_list,
    lot_event,
    new_load,
    new_pellet,
    new_sample,
    record_firing,
    record_weighing,
    rescue_weighing,
    sample_sheet,
    set_geometry,
    set_phase,
    sign_off_recipe,
    stock_list,
    weigh,
    weigh_live,
    weighing_progress,
)
from nasicon_loop.lab.learning import teaching_row
from nasicon_loop.lab.phases import UNKNOWN_PHASE_SD_DEX, phase_sd_dex
from nasicon_loop.lab.settings import load

NEODYMIUM = "Na3.1Zr1.9Nd0.1Si2PO12"
TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


class At:
    """A clock that stands still."""

    def __init__(self, moment: datetime = TODAY) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def lab(bench: Any) -> Lab:
    """The bench's lab on the 22nd of November 2026."""
    return replace(bench.lab, clock=At())


@pytest.fixture
def planned(lab: Lab) -> str:
    """A sample with a recipe."""
    label = new_sample(lab, NEODYMIUM).label
    sample_sheet(lab, label)
    return label


def _masses(lab: Lab, label: str) -> dict[str, float]:
    return {line.formula: line.target_g for line in weighing_progress(lab, label).lines}


def _zirconium(weighing: db.Weighing) -> float:
    return float(Composition.parse(weighing.weighed_formula).get("Zr"))


# the balance


@dataclass
class Scripted:
    """A person who does one thing after the other and then leaves; `seen` are the readings that lay before them."""

    deeds: list[Decision | float]
    seen: list[float | None] = field(default_factory=list)

    def ask(self, step: WeighStep) -> Decision | float:
        self.seen.append(step.reading_g)
        return self.deeds.pop(0) if self.deeds else "leave"

    def tell(self, words: str) -> None:
        """Nobody listens."""


def test_what_was_read_before_a_tare_is_not_kept_after_it(lab: Lab, planned: str) -> None:
    weigh_live(lab, planned, kept := Scripted([0.001, "keep"]), is_typed=True)
    first = weighing_progress(lab, planned)
    assert [line.actual_g for line in first.lines].count(0.001) == 1, "too little, and a person keeps it"
    weigh_live(lab, planned, tared := Scripted([0.002, "tare", "keep"]), is_typed=True)
    assert (kept.seen[:2], tared.seen[:3]) == ([None, 0.001], [None, 0.002, None])
    assert [line.actual_g for line in weighing_progress(lab, planned).lines] == [line.actual_g for line in first.lines]


# the shelf


def test_a_recipe_takes_the_newest_open_lot_and_the_sheet_names_it(lab: Lab) -> None:
    pure = sample_sheet(lab, new_sample(lab, NEODYMIUM).label).recipe
    add_lot(lab, "ZrO2", lot_number="old", amount_g=100, assay_percent=50)
    add_lot(lab, "ZrO2", lot_number="Z-12", amount_g=100, assay_percent=98, loi_percent=1, supplier="X")
    add_lot(lab, "ZrO2", lot_number="gone", amount_g=100, assay_percent=10)
    lot_event(lab, 3, "closed", note="spilled")
    sheet = sample_sheet(lab, new_sample(lab, NEODYMIUM).label)
    assert pure is not None
    assert sheet.recipe is not None
    before, after = ({line.formula: line for line in recipe.precursors}["ZrO2"] for recipe in (pure, sheet.recipe))
    assert after.mass_g == pytest.approx(before.mass_g / (0.98 * 0.99))
    assert "Z-12" in sheet.text
    assert [row.number for row in stock_list(lab)] == [1, 2]
    assert len(stock_list(lab, with_closed=True)) == 3


def test_stock_goes_down_when_weighed_and_what_is_impossible_only_warns(lab: Lab, planned: str) -> None:
    add_lot(lab, "SiO2", lot_number="S-1", amount_g=0.1)
    add_lot(lab, "SiO2", lot_number="S-2", amount_g=50)
    target_g = _masses(lab, planned)["SiO2"]
    progress = weigh(lab, planned, {"SiO2": target_g}, lots={"SiO2": "S-1"}, operator="Ada")
    assert progress.lots["SiO2"] == "S-1"
    assert any("more were weighed than it held" in warning for warning in progress.warnings)
    assert [row.left_g for row in stock_list(lab)] == [pytest.approx(0.1 - target_g), 50.0]
    weigh(lab, planned, lots={"sio2": "2"})
    assert [row.left_g for row in stock_list(lab)] == [0.1, pytest.approx(50 - target_g)]
    with pytest.raises(Refusal, match="is no lot of SiO2; there are: S-1, S-2"):
        weigh(lab, planned, {"SiO2": 1.0}, lots={"SiO2": "S-9"})
    assert lot_event(lab, 2, "counted", left_g=30.0).left_g == 30.0
    assert db.check(lab.database) == []


def test_the_lot_that_was_taken_decides_what_was_weighed(lab: Lab, planned: str) -> None:
    masses = _masses(lab, planned)
    pure = weigh(lab, planned, masses).weighing
    add_lot(lab, "ZrO2", lot_number="half", amount_g=10, assay_percent=50)
    poor = weigh(lab, planned, lots={"ZrO2": "half"}).weighing
    assert pure is not None
    assert poor is not None
    assert _zirconium(pure) == pytest.approx(1.9, rel=1e-3)
    assert _zirconium(poor) == pytest.approx(0.95 * 12 / (12 - 2 * 0.95), rel=0.01)


def test_oxides_that_take_up_water_are_to_be_fired_within_a_week(lab: Lab, planned: str) -> None:
    def notes() -> str:
        return " | ".join(sample_sheet(lab, planned).document["notes"])

    assert "Nd2O3: takes up water" in notes()
    add_lot(lab, "Nd2O3", lot_number="N-1", amount_g=10, fired_on="2026-11-14")
    assert "Nd2O3 lot N-1: fired 8 days ago (limit 7)" in notes()
    assert "! Nd2O3 lot N-1: fired 8 days ago" in " ".join(sample_sheet(lab, planned).text.split())
    lot_event(lab, 1, "fired", on="2026-11-15")
    assert notes() == ""
    assert stock_list(replace(lab, clock=At(TODAY + timedelta(days=1))))[0].notes


@pytest.mark.parametrize(
    ("precursor", "options", "words"),
    [
        ("Unobtainium", {}, "not in the precursor table"),
        ("ZrO2", {"assay_percent": 120.0}, "assay"),
        ("ZrO2", {"lot_number": " "}, "needs its number"),
        ("ZrO2", {"opened_on": "22.11.2026"}, "2026-11-22"),
        ("ZrO2", {"opened_on": "2030-01-01"}, "still to come"),
        ("ZrO2", {"amount_g": -1.0}, "positive"),
    ],
)
def test_impossible_lots_are_refused(lab: Lab, precursor: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        add_lot(lab, precursor, **{"lot_number": "1", "amount_g": 1.0, **options})
    assert stock_list(lab, with_closed=True) == []


def test_a_hydrate_is_a_jar_of_its_own(lab: Lab) -> None:
    assert add_lot(lab, "Na3PO4.12H2O", lot_number="P", amount_g=10).precursor == "Na3PO4·12H2O"
    with pytest.raises(Refusal, match="say why"):
        lot_event(lab, 1, "closed")


# the balance


def test_weighing_is_kept_mass_by_mass_and_goes_on_after_an_interruption(lab: Lab, planned: str) -> None:
    masses = _masses(lab, planned)
    names = list(masses)
    first = weigh(lab, planned, {names[0]: masses[names[0]]}, operator="Ada")
    assert first.weighing is None
    assert set(first.missing) == set(names[1:])
    with lab.database.read() as reader:
        assert reader.sample_state(reader.sample(planned)) == "planned"
        (entry,) = reader.weighing_entries(reader.sample(planned))
        assert (entry.operator, entry.mass_g) == ("Ada", masses[names[0]])
        assert reader.journal(event="weighing.entered")[0].data["operator"] == "Ada"
    for name in names[1:-1]:
        weigh(lab, planned, {name: masses[name]}, operator="Bob")
    done = weigh(lab, planned, {names[-1]: masses[names[-1]]}, operator="Bob")
    assert done.weighing is not None
    assert done.missing == done.warnings == done.options == ()
    assert done.document()["weighed_formula"] == done.weighing.weighed_formula
    with lab.database.read() as reader:
        assert reader.sample_state(reader.sample(planned)) == "weighed"
        assert len(reader.weighings(reader.sample(planned))) == 1
    with pytest.raises(Refusal, match="everything is weighed"):
        weigh(lab, planned, as_planned=True)
    assert db.check(lab.database) == []


def test_a_corrected_mass_makes_a_new_weighing(lab: Lab, planned: str) -> None:
    record_weighing(lab, planned, {}, as_planned=True)
    corrected = weigh(lab, planned, {"zirconium dioxide": _masses(lab, planned)["ZrO2"] * 1.02}).weighing
    with lab.database.read() as reader:
        sample = reader.sample(planned)
        assert [one.id for one in reader.weighings(sample)] == [1, 2]
        assert reader.weighing(sample) == corrected
        (deviation,) = reader.deviations(sample)
    assert "too much" in deviation.text


def test_as_planned_takes_only_what_is_not_weighed_yet(lab: Lab, planned: str) -> None:
    weigh(lab, planned, {"ZrO2": 0.2800})
    done = weigh(lab, planned, as_planned=True)
    assert done.weighing is not None
    assert done.weighing.masses_g["ZrO2"] == 0.28
    with pytest.raises(Refusal, match="not both"):
        weigh(lab, planned, {"ZrO2": 1.0}, as_planned=True)
    with pytest.raises(Refusal, match="no mass for"):
        record_weighing(lab, planned, {"ZrO2": 1.0})


def test_too_much_is_rescued_by_weighing_more_of_the_rest(lab: Lab, planned: str) -> None:
    masses = _masses(lab, planned)
    over = weigh(lab, planned, {"ZrO2": masses["ZrO2"] * 1.05, "SiO2": masses["SiO2"]})
    assert len(over.options) == 2
    assert "5.0" in over.options[0]
    done = rescue_weighing(lab, planned, operator="Ada")
    status = {line.formula: line.status for line in done.progress.lines}
    assert (status["ZrO2"], status["SiO2"]) == ("good", "short")
    assert {line.formula: line.target_g for line in done.progress.lines}["Nd2O3"] == pytest.approx(
        masses["Nd2O3"] * 1.05, abs=1e-4
    )
    made = weigh(lab, planned, {n: g for n, g in _masses(lab, planned).items() if n != "ZrO2"}).weighing
    assert made is not None
    assert _zirconium(made) == pytest.approx(1.9, rel=1e-3)
    with lab.database.read() as reader:
        assert [recipe.version for recipe in reader.recipes(reader.sample(planned))] == [1, 2]
        assert any("rescaled by 1.0" in one.text for one in reader.deviations(reader.sample(planned)))
    with pytest.raises(Refusal, match="nothing is over"):
        rescue_weighing(lab, planned)


def test_too_much_may_be_left_and_is_what_the_model_sees(lab: Lab, planned: str) -> None:
    masses = _masses(lab, planned)
    weigh(lab, planned, {"ZrO2": masses["ZrO2"] * 1.05})
    done = rescue_weighing(lab, planned, accept=True)
    assert done.progress.options == ()
    made = weigh(lab, planned, {name: grams for name, grams in masses.items() if name != "ZrO2"}).weighing
    assert made is not None
    assert _zirconium(made) == pytest.approx(1.9 * 1.05 * 12 / (12 + 0.05 * 2 * 1.9), rel=1e-3)
    with lab.database.read() as reader:
        assert len(reader.deviations(reader.sample(planned))) == 1
        assert len(reader.recipes(reader.sample(planned))) == 1


# signatures


def test_a_signed_recipe_is_frozen(lab: Lab, planned: str) -> None:
    sign_off_recipe(lab, planned, by="Ada")
    add_deviation(lab, planned, "milled 2 h", by="Bob")
    with pytest.raises(Refusal, match="signed off by Ada and is frozen"):
        sample_sheet(lab, planned, Wish(n_pellets=3))
    sheet = sample_sheet(lab, planned)
    assert sheet.document["signed_off_by"] == [f"Ada, {datetime.now(UTC):%Y-%m-%d}"]
    assert "milled 2 h (Bob" in sheet.text
    assert sheet.pdf().startswith(b"%PDF")
    with pytest.raises(Refusal, match="no recipe yet"):
        sign_off_recipe(lab, new_sample(lab, NEODYMIUM).label)
    weigh(lab, planned, {"ZrO2": _masses(lab, planned)["ZrO2"] * 1.1})
    rescue_weighing(lab, planned)
    assert sample_sheet(lab, planned).document["signed_off_by"] == [], "the rescue's version is another one"


def test_a_plan_stands_once_the_weighing_has_begun(lab: Lab, planned: str) -> None:
    weigh(lab, planned, {"ZrO2": 0.28})
    with pytest.raises(Refusal, match="weighing has begun"):
        sample_sheet(lab, planned, Wish(n_pellets=3))


# the furnace


@pytest.fixture
def calibrated(bench: Any) -> Lab:
    """A furnace that is 6 °C colder than it says."""
    return replace(bench.with_settings(furnace__offset_c=-6.0, furnace__calibrated_on="2026-10-01"), clock=At())


def _ready(lab: Lab, *, is_reference: bool = False, formula: str = NEODYMIUM) -> str:
    label = new_sample(lab, None if is_reference else formula, is_reference=is_reference).label
    sample_sheet(lab, label)
    record_weighing(lab, label, {}, as_planned=True)
    return label


def test_a_load_carries_a_reference_and_fires_at_the_actual_temperature(calibrated: Lab) -> None:
    lab = calibrated
    one, two, reference = _ready(lab), _ready(lab, formula="Na3.2Zr1.8Fe0.2Si2PO12"), _ready(lab, is_reference=True)
    view = new_load(lab, [one, two], "calcination", slots={two: "back"}, beds={one: "no lid"})
    assert [(row.label, row.slot, row.is_reference) for row in view.rows] == [
        (one, "1", False), (two, "back", False), (reference, "3", True)
    ]  # fmt: skip
    assert (view.rows[0].bed, view.load.set_temperature_c, view.actual_c) == ("no lid", 1100.0, 1094.0)
    assert [segment["target_c"] for segment in view.load.program["segments"]] == [350.0, 900.0, 1100.0, 25.0]
    fired = fire_load(lab, 1, label=one, mass_before_g=0.69, mass_after_g=0.6873)
    assert fired[0].mass_change is not None
    assert fired[0].mass_change.alarm == ""
    rest = fire_load(lab, 1)
    assert [done.label for done in rest] == [two, reference]
    assert (rest[0].firing.temperature_c, rest[0].firing.set_temperature_c) == (1094.0, 1100.0)
    with pytest.raises(Refusal, match="fired already"):
        fire_load(lab, 1)
    with pytest.raises(Refusal, match="does not lie in load 1"):
        fire_load(lab, 1, label=new_sample(lab, NEODYMIUM).label)
    with pytest.raises(Refusal, match="masses belong to one sample"):
        fire_load(lab, 1, mass_before_g=1.0, mass_after_g=1.0)
    assert new_load(lab, [one], "sintering").rows[-1].label == reference, "the reference is ready for the next step"
    assert db.check(lab.database) == []


def test_without_a_reference_a_load_needs_a_reason_or_begins_one(calibrated: Lab) -> None:
    lab = calibrated
    one = _ready(lab)
    with pytest.raises(Refusal, match="no undoped reference is weighed and ready"):
        new_load(lab, [one], "calcination")
    view = new_load(lab, [one], "calcination", reference=Reference(without_because="furnace too small"))
    assert (len(view.rows), view.load.without_reference) == (1, "furnace too small")
    view = new_load(lab, [one], "calcination", reference=Reference(is_new=True))
    assert view.rows[-1].formula == "Na3Zr2Si2PO12"
    assert any("is planned, not weighed" in warning for warning in view.warnings)
    with pytest.raises(Refusal, match="is not a reference"):
        new_load(lab, [one], "calcination", reference=Reference(label=one))
    with pytest.raises(Refusal, match="take one of"):
        Reference(label=one, is_new=True)
    assert len(load_list(lab)) == 2


def test_programs_that_differ_are_refused_and_nothing_is_begun(calibrated: Lab) -> None:
    lab = calibrated
    one = _ready(lab)
    shipped = (Path(recipes.__file__).with_name("protocols") / "paper.toml").read_text(encoding="utf-8")
    (lab.folder.protocols / "hot.toml").write_text(
        shipped.replace('name = "paper"', 'name = "hot"').replace("1100.0", "1150.0"), encoding="utf-8"
    )
    hot = replace(lab, settings=load(lab.folder.toml, {"recipe.protocol": "hot"}))
    two = _ready(hot)
    with pytest.raises(Refusal, match="cannot share a firing"):
        new_load(lab, [one, two], "calcination", reference=Reference(without_because="x"))
    with pytest.raises(Refusal, match="cannot share a firing"):
        new_load(hot, [one], "calcination", reference=Reference(is_new=True))
    with lab.database.read() as reader:
        assert [sample.label for sample in reader.samples()] == [one, two]


def test_an_odd_mass_loss_is_an_alarm_and_a_deviation(lab: Lab, planned: str) -> None:
    record_weighing(lab, planned, {}, as_planned=True)
    done = fire(lab, planned, "calcination", mass_before_g=0.69, mass_after_g=0.6)
    assert done.warnings[0].startswith("ALARM: ")
    with lab.database.read() as reader:
        assert "more has left" in reader.deviations(reader.sample(planned))[0].text
    with pytest.raises(Refusal, match="both masses"):
        fire(lab, planned, "calcination", mass_before_g=0.69)
    with pytest.raises(Refusal, match="outside the furnace's range"):
        fire(lab, planned, "calcination", dwell=Dwell(1700.0, 1.0))


def test_an_old_calibration_is_warned_about_and_a_plain_firing_uses_it(bench: Any, planned: str) -> None:
    lab = bench.with_settings(furnace__offset_c=-6.0, furnace__calibrated_on="2020-01-01")
    done = fire(lab, planned, "sintering")
    assert (done.firing.temperature_c, done.firing.set_temperature_c) == (1194.0, 1200.0)
    assert any("calibrated" in warning for warning in done.warnings)
    assert record_firing(bench.lab, planned, "sintering").temperature_c == 1200.0, "no offset in lab.toml: as set"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("[furnace]\noffset_c = -5.0\n", "calibrated_on"),
        ("[furnace]\noffset_c = 500.0\n", "less than or equal to 200"),
        ("[balance]\nresolution_g = 0\n", "greater than"),
        ("[balance]\nsteps = 3\n", "unknown key"),
    ],
)
def test_wrong_settings_of_the_bench_are_refused(tmp_path: Path, lines: str, words: str) -> None:
    (tmp_path / "lab.toml").write_text(lines, encoding="utf-8")
    with pytest.raises(Refusal, match=words):
        load(tmp_path / "lab.toml")


def test_the_balances_last_digit_is_on_the_sheet(bench: Any) -> None:
    lab = bench.with_settings(balance__resolution_g=0.001)
    assert "balance step 1 mg" in sample_sheet(lab, new_sample(lab, NEODYMIUM).label).text


# the pellet


def test_readings_give_a_pellet_its_uncertainty(bench: Any) -> None:
    lab, label = bench.lab, bench.sample(0)
    made = new_pellet(
        lab,
        label,
        Dimensions(electrode_diameter_cm=1.2, mass_g=0.598, die_diameter_cm=1.6),
        Details({"thickness_cm": (0.112, 0.113, 0.112), "fired_diameter_cm": (1.402, 1.398, 1.4)}, "silver paint"),
    )
    shape = made.geometry
    assert shape is not None
    assert (shape.thickness_cm, shape.thickness_cm_sd) == (
        pytest.approx(0.112333, abs=1e-6),
        pytest.approx(4.4e-4, rel=0.05),
    )
    assert (shape.electrode_method, shape.density_method) == ("silver paint", "mass and size")
    assert (shape.electrode_diameter_cm, shape.electrode_diameter_cm_sd) == (1.2, None)
    assert (shape.die_diameter_cm, shape.fired_diameter_cm) == (1.6, pytest.approx(1.4))
    assert shape.relative_density == pytest.approx(0.598 / (3.14159 / 4 * 1.4**2 * 0.112333) / 3.27, rel=0.02)
    wide = set_geometry(lab, made.label, Dimensions(), Details({"thickness_cm": (0.1, 0.12)}))
    assert any("wedge" in note for note in wide.notes)
    with pytest.raises(Refusal, match="no length"):
        Details({"mass_g": (1.0,)})
    with pytest.raises(Refusal, match="lengths are in cm"):
        set_geometry(lab, made.label, Dimensions(green_thickness_cm=12.0))


def test_archimedes_goes_before_mass_and_size_and_never_in_water(bench: Any) -> None:
    lab, label = bench.lab, bench.sample(1, measured=False)
    geometric = set_geometry(lab, label, Dimensions(thickness_cm=0.15, mass_g=0.6, fired_diameter_cm=1.4)).geometry
    weighings = Archimedes(0.6, 0.6 - 0.18 * 0.785, "ethanol", 0.6 + 0.02 * 0.785)
    wet = set_geometry(lab, label, Dimensions(), Details(archimedes=weighings)).geometry
    later = set_geometry(lab, label, Dimensions(mass_g=0.61)).geometry
    assert geometric is not None
    assert wet is not None
    assert later is not None
    assert (geometric.density_method, wet.density_method) == ("mass and size", "Archimedes in ethanol")
    assert wet.relative_density == pytest.approx(3.0 / 3.27, rel=0.02)
    assert later.relative_density == wet.relative_density
    with pytest.raises(Refusal, match="trades its sodium"):
        set_geometry(lab, label, Dimensions(), Details(archimedes=replace(weighings, liquid="water")))
    with pytest.raises(Refusal, match="check the units"):
        set_geometry(lab, label, Dimensions(), Details(archimedes=replace(weighings, immersed_g=0.55, soaked_g=None)))


def test_the_green_pellet_is_told_apart(bench: Any) -> None:
    size = Dimensions(green_mass_g=0.6, green_thickness_cm=0.15, green_diameter_cm=1.6)
    made = new_pellet(bench.lab, bench.sample(0), size)
    assert made.geometry is not None
    assert made.geometry.relative_density is None
    assert any("green: 6" in note for note in made.notes)


def test_a_pattern_is_kept_and_the_vault_is_whole(bench: Any, tmp_path: Path) -> None:
    lab, label = bench.lab, bench.sample()
    pattern = tmp_path / "scan.xy"
    pattern.write_text("10.0 120\n10.1 130\n")
    known = set_phase(lab, label, "R-3c", second_percent={"ZrO2": 3.5, "Glass": 1.0}, pattern=pattern, by="Ada")
    assert (known.second_phases, known.who) == ({"ZrO2": 0.035, "glass": 0.01}, "Ada")
    assert known.pattern_sha256 is not None
    assert (lab.folder.vault / known.pattern_sha256[:2] / known.pattern_sha256).read_bytes() == pattern.read_bytes()
    assert db.check(lab.database, lab.folder.vault) == []
    other = tmp_path / "other.xy"
    other.write_text("10.0 121\n")
    for wrong, words in (({"Xx2": 1.0}, "no second phase"), ({"ZrO2": 101.0}, "mass fractions")):
        with pytest.raises(Refusal, match=words):
            set_phase(lab, label, "R-3c", second_percent=wrong, pattern=other)
    with pytest.raises(Refusal, match="one of R-3c"):
        set_phase(lab, label, "cubic", pattern=other)
    assert db.check(lab.database, lab.folder.vault) == [], "what was refused is not kept"


def test_an_unknown_phase_is_a_weaker_lesson(bench: Any, tmp_path: Path) -> None:
    from nasicon_loop.lab import import_files

    label = bench.sample()
    path = tmp_path / f"{label}_a.csv"
    path.write_bytes(bench.csv())
    import_files(bench.lab, [path])
    sd: Callable[[], float] = lambda: teaching_row(_only(bench.lab)).log10_sigma_sd  # noqa: E731
    unknown = sd()
    set_phase(bench.lab, label, "R-3c")
    pure = sd()
    set_phase(bench.lab, label, "R-3c", second_percent={"ZrO2": 10.0})
    impure = sd()
    assert pure < unknown < impure
    assert UNKNOWN_PHASE_SD_DEX < unknown < UNKNOWN_PHASE_SD_DEX + pure
    assert phase_sd_dex("C2/c", {}) == 0.0
    assert phase_sd_dex("mixed", {"ZrO2": 0.1}) > phase_sd_dex("R-3c", {"ZrO2": 0.1})


def _only(lab: Lab) -> db.TeachingRow:
    with lab.database.read() as reader:
        (row,) = reader.teaching_analyses()
    return row
