"""Lots, expected composition, shared firings, mass loss, readings, Archimedes, tolerance in words, and the page."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import recipes
from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Refusal

SCANDIUM = "Na3.4Zr1.6Sc0.4Si2PO12"


@settings(max_examples=25, deadline=None)
@given(assay=st.floats(0.5, 1.0), loss=st.floats(0.0, 0.5))
def test_a_lot_is_corrected_for_and_its_loss_leaves(assay: float, loss: float) -> None:
    """What is in the mill contains what the target needs, whatever the jar holds besides; to 1e-9."""
    pure = recipes.plan(SCANDIUM, mass_g=10)
    lot = recipes.LotContent("Z-12", assay, loss)
    recipe = recipes.plan(SCANDIUM, mass_g=10, lots={"ZrO2": lot})
    mass_g = {line.formula: line.mass_g for line in recipe.precursors}
    planned_g = {line.formula: line.mass_g for line in pure.precursors}
    assert mass_g["ZrO2"] == pytest.approx(planned_g["ZrO2"] / (assay * (1 - loss)), rel=1e-9)
    assert recipes.weighed_composition(recipe, mass_g).weighed_formula == SCANDIUM
    assert recipe.gases_g.get("on ignition", 0.0) == pytest.approx(mass_g["ZrO2"] * loss, rel=1e-9, abs=1e-12)
    assert recipe.gas_loss_g == pytest.approx(pure.gas_loss_g + mass_g["ZrO2"] * loss, rel=1e-9)
    assert recipes.from_dict(recipes.to_dict(recipe)) == recipe


def test_another_lot_than_the_planned_one_changes_what_was_weighed() -> None:
    recipe = recipes.plan(SCANDIUM, mass_g=10)
    masses = {line.formula: line.mass_g for line in recipe.precursors}
    poor = recipes.weighed_composition(recipe, masses, {"ZrO2": recipes.LotContent("old", 0.9)})
    assert poor.deviation_percent["Zr"] < poor.deviation_percent["Sc"]
    assert Composition.parse(poor.weighed_formula).get("Zr") < Composition.parse(SCANDIUM).get("Zr")
    with pytest.raises(Refusal, match="assay"):
        recipes.LotContent("x", 1.2)
    with pytest.raises(Refusal, match="loss on ignition"):
        recipes.LotContent("x", 1.0, 0.95)


def test_the_sheet_names_lots_and_what_is_expected() -> None:
    recipe = recipes.plan(SCANDIUM, mass_g=10, lots={"ZrO2": recipes.LotContent("Z-12", 0.985, 0.003)})
    text = recipes.sheet(recipe, label="NL-0001")
    assert "Z-12" in text
    assert "assay of ZrO2 98.5 %" in text
    assert "loss on ignition of ZrO2 0.3 %" in text
    assert recipe.expected == SCANDIUM, "the whole excess is assumed to evaporate"
    assert "assumed: all of the excess Na and P evaporates" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    none = recipes.plan(SCANDIUM, mass_g=10, excess_percent=0)
    assert (none.expected, none.expected_words) == (SCANDIUM, "assumed: nothing evaporates")


def test_a_protocol_may_expect_that_half_of_the_excess_stays(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    shipped = Path(recipes.__file__).with_name("protocols") / "paper.toml"
    text = shipped.read_text(encoding="utf-8").replace("excess_loss_fraction = 1.0", "excess_loss_fraction = 0.5")
    (folder / "paper.toml").write_text(text, encoding="utf-8")
    recipe = recipes.plan("Na3Zr2Si2PO12", mass_g=10, extra_folder=folder)
    assert (recipe.batched, recipe.expected) == ("Na3.45Zr2Si2P1.15O12.6", "Na3.225Zr2Si2P1.075O12.3")
    assert "50 %" in recipe.expected_words


def test_what_people_wrote_stands_on_the_sheet() -> None:
    recipe = recipes.plan("Na3Zr2Si2PO12")
    marks = recipes.Marks(2, ("Ada, 2026-11-22",), ("milled 2 h\x1b[2J",), ("fire La2O3 again",))
    text = recipes.sheet(recipe, label="NL-0001", marks=marks)
    assert "version 2, signed off by Ada, 2026-11-22: frozen" in text
    assert "! fire La2O3 again" in text
    assert "- milled 2 h" in text
    assert "\x1b" not in text
    assert "not signed off" in recipes.sheet(recipe, label="NL-0001", marks=recipes.Marks(1))


def test_what_was_weighed_stands_on_the_sheet() -> None:
    recipe = recipes.plan("Na3Zr2Si2PO12")
    masses_g = {line.formula: line.rounded_g + 0.0001 for line in recipe.precursors}
    first = recipe.precursors[0].formula
    begun = recipes.sheet(recipe, label="NL-0001", marks=recipes.Marks(1, weighed_g={first: masses_g[first]}))
    rows = [line.split() for line in begun.splitlines() if line.strip().startswith(("[x]", "[ ]  "))]
    assert rows[0][0] == "[x]"
    assert f"{masses_g[first]:.4f}" in rows[0]
    assert begun.count("[x]") == 1
    assert "total" in begun
    short = recipes.sheet(recipe, label="NL-0001", marks=recipes.Marks(1, weighed_g={first: masses_g[first] / 2}))
    assert f"{masses_g[first] / 2:.4f}" in short
    assert "[x]" not in short, "more of it is to be added"
    done = recipes.sheet(recipe, label="NL-0001", marks=recipes.Marks(1, weighed_g=masses_g))
    assert done.count("[x]") == len(masses_g)
    (total,) = [line.split() for line in done.splitlines() if line.split()[:1] == ["total"]]
    assert float(total[2]) == pytest.approx(sum(masses_g.values()), abs=6e-5)


def test_firings_are_shared_when_top_dwell_and_rate_agree() -> None:
    bare = recipes.plan("Na3Zr2Si2PO12").programs[0]
    with_gas = recipes.plan(SCANDIUM).programs[0]
    joint = recipes.joint_program({"NL-0001": bare, "NL-0002": with_gas})
    assert [(s.target_c, s.dwell_min) for s in joint.segments] == [(350, 120), (900, 240), (1100, 720), (25, 0)]
    assert joint.hours == pytest.approx(with_gas.hours)
    assert recipes.joint_program({"NL-0001": bare}) == bare
    hotter = replace(bare, top_c=1150.0)
    with pytest.raises(Refusal, match=r"NL-0003: needs calcination at 1150 °C .* but NL-0001 needs"):
        recipes.joint_program({"NL-0001": bare, "NL-0003": hotter})


@pytest.mark.parametrize(
    ("step", "before_g", "after_g", "alarm"),
    [
        ("calcination", 10.0, 9.84, ""),
        ("calcination", 10.0, 9.99, "less has left"),
        ("calcination", 10.0, 9.5, "more has left"),
        ("calcination", 10.0, 10.2, "heavier"),
        ("sintering", 10.0, 10.0, ""),
        ("sintering", 10.0, 9.6, ""),
        ("sintering", 10.0, 9.3, "more sodium and phosphate"),
    ],
)
def test_mass_loss_is_held_against_the_gases(step: str, before_g: float, after_g: float, alarm: str) -> None:
    change = recipes.mass_change(recipes.plan(SCANDIUM, mass_g=10), step, before_g, after_g)
    assert alarm in change.alarm
    assert bool(alarm) == bool(change.alarm)
    assert change.loss_g == pytest.approx(before_g - after_g)
    with pytest.raises(Refusal):
        recipes.mass_change(recipes.plan(SCANDIUM), step, 0.0, 1.0)


def test_expected_loss_is_that_of_the_recipe() -> None:
    recipe = recipes.plan(SCANDIUM, mass_g=10, excess_percent=0)
    change = recipes.mass_change(recipe, "calcination", recipe.total_g, recipe.expected_calcined_g)
    assert change.expected_loss_g == pytest.approx(0.1689, abs=5e-5)
    assert recipes.mass_change(recipe, "sintering", 1.0, 1.0).expected_loss_g == pytest.approx(0.0, abs=1e-9)


def test_three_readings_give_mean_and_uncertainty() -> None:
    found = recipes.reading("thickness_cm", [0.112, 0.113, 0.112], 0.001)
    assert found.value == pytest.approx(0.112333, abs=1e-6)
    scatter = math.sqrt(((0.112 - found.value) ** 2 * 2 + (0.113 - found.value) ** 2) / 2 / 3)
    assert found.sd == pytest.approx(math.hypot(scatter, 0.001 / math.sqrt(12)))
    assert found.notes == ()
    equal = recipes.reading("thickness_cm", [0.112] * 9, 0.001)
    assert equal.sd == pytest.approx(0.001 / math.sqrt(12)), "the last digit stays, however often one reads"
    assert recipes.reading("thickness_cm", [0.112], 0.001).sd is None
    assert "take 3" in recipes.reading("t", [1.0, 1.0], 0.001).notes[0]
    assert "differ by" in recipes.reading("t", [0.112, 1.12, 0.112], 0.001).notes[0]
    with pytest.raises(Refusal):
        recipes.reading("t", [0.1, -0.1], 0.001)


def test_archimedes_in_a_liquid_that_leaves_nasicon_alone() -> None:
    """A pellet of 3.0 g/cm3 bulk: 0.6 g, 0.2 cm3; a tenth of it open pores."""
    immersed_g = 0.6 - 0.18 * 0.785
    soaked_g = 0.6 + 0.02 * 0.785
    assert recipes.archimedes_g_cm3(0.6, immersed_g, soaked_g, liquid="Ethanol") == pytest.approx(3.0)
    assert recipes.archimedes_g_cm3(0.6, immersed_g, liquid="ethanol") == pytest.approx(0.6 / 0.18)
    given = recipes.archimedes_g_cm3(0.6, 0.6 - 0.2 * 0.9, liquid="kerosene", liquid_density_g_cm3=0.9)
    assert given == pytest.approx(3.0)
    for liquid, words in (("Water", "trades its sodium"), ("H2O", "sodium"), ("kerosene", "density is not known")):
        with pytest.raises(Refusal, match=words):
            recipes.archimedes_g_cm3(0.6, 0.4, liquid=liquid)
    with pytest.raises(Refusal, match="immersed < dry"):
        recipes.archimedes_g_cm3(0.4, 0.6, liquid="ethanol")


def test_what_lies_in_the_vessel_is_told_in_words() -> None:
    recipe = recipes.plan("Na3Zr2Si2PO12", mass_g=10)
    lines = {line.formula: line for line in recipe.precursors}
    masses = {"ZrO2": lines["ZrO2"].rounded_g + 0.012, "SiO2": lines["SiO2"].rounded_g - lines["SiO2"].tolerance_g}
    found = {one.formula: one for one in recipes.in_vessel(recipe, masses)}
    assert [found[name].status for name in ("ZrO2", "SiO2", "Na3PO4")] == ["over", "good", "missing"]
    assert "12 mg too much" in found["ZrO2"].words
    assert found["ZrO2"].deviation.startswith("ZrO2: weighed ")
    assert found["SiO2"].deviation == ""
    short = recipes.in_vessel(recipe, {"SiO2": lines["SiO2"].rounded_g - 0.1})
    assert next(one.words for one in short if one.formula == "SiO2") == "add 0.1000 g"


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_the_pdf_is_one_page_and_the_same_every_time() -> None:
    recipe = recipes.plan(SCANDIUM, n_pellets=4)
    pdf = recipes.pdf_sheet(recipe, label="NL-0001")
    assert pdf.startswith(b"%PDF")
    assert _pages(pdf) == 1
    assert pdf == recipes.pdf_sheet(recipe, label="NL-0001")
    assert _pages(recipes.pdf_sheet(recipe, label="")) == 1


def test_the_longest_sheet_is_still_one_page() -> None:
    """A target with many jars, and more deviations than a page holds, in letters that few typefaces have."""
    target = "Na3Zr1.5Sc0.1Nd0.1Mg0.1Hf0.1Ti0.1Si2.5P0.5O12"
    balanced = f"Na{3 + float(-Composition.parse(target).charge()):.4g}" + target.removeprefix("Na3")
    recipe = recipes.plan(balanced)
    marks = recipes.Marks(3, ("Ada", "王芳"), tuple(f"偏差 {n} " + "ground again " * 20 for n in range(40)), ("note",))
    assert _pages(recipes.pdf_sheet(recipe, label="NL-0001", marks=marks)) == 1
