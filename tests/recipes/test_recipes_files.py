"""Data files: what is shipped, what a lab adds, what is refused."""

from pathlib import Path

import pytest

import recipes
from nasicon_loop.chemistry import dopants
from nasicon_loop.core import Refusal

HEAD = 'schema = 1\nkind = "protocol"\nname = "ours"\ntitle = "our route"\n'
FIRE = '[[step]]\nname = "s"\nkind = "fire"\ntext = "t"\ntemperature_c = 1000\ndwell_h = 2\nramp_c_min = 5\n'
JARS = 'schema = 1\nkind = "precursors"\n[[precursor]]\n'


def test_every_cation_of_the_family_has_a_precursor() -> None:
    brought = {symbol for jar in recipes.precursor_table() for symbol in jar.cations}
    assert brought >= set(dopants()) | {"Na", "Zr", "Si", "P"}


def test_no_price_is_invented() -> None:
    assert all(jar.price_per_g is None for jar in recipes.precursor_table())


def test_the_papers_protocol() -> None:
    paper = recipes.protocols()["paper"]
    assert [step.name for step in paper.steps] == [
        "milling", "calcination", "regrinding", "pressing", "sintering", "electrodes",
    ]  # fmt: skip
    calcination = paper.steps[1]
    assert (calcination.temperature_c, calcination.dwell_h, calcination.ramp_c_min) == (1100, 12, 3)
    assert {c.status for step in paper.steps for c in step.conditions} == {"required", "recommended", "unresolved"}


def test_carbonate_and_phosphate_add_holds_and_extraction() -> None:
    plain = recipes.plan("Na3Zr2Si2PO12")
    assert [s.target_c for s in plain.programs[0].segments] == [1100, 25]
    ammonium = recipes.plan("Na2.5Zr2Si1.5P1.5O12")
    assert [s.target_c for s in ammonium.programs[0].segments] == [350, 900, 1100, 25]
    assert ammonium.programs[0].hours == pytest.approx(plain.programs[0].hours + 6)
    assert any("NH3: furnace under extraction" in hazard for hazard in ammonium.hazards)
    hydrate = recipes.plan("Na3Zr2Si2PO12", precursors=["Na3PO4.12H2O"])
    assert [s.target_c for s in hydrate.programs[0].segments] == [350, 1100, 25]


def test_a_lab_adds_and_replaces_protocols(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(HEAD + FIRE, encoding="utf-8")
    assert set(recipes.protocols(tmp_path)) == {"paper", "ours"}
    recipe = recipes.plan("Na3Zr2Si2PO12", protocol="ours", extra_folder=tmp_path)
    assert [item.top_c for item in recipe.programs] == [1000]
    assert recipe.pressing is None
    assert any("outside the literature" in warning for warning in recipe.warnings)
    (tmp_path / "ours.toml").write_text(HEAD.replace("ours", "paper") + FIRE, encoding="utf-8")
    assert recipes.protocols(tmp_path)["paper"].title == "our route"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("schema = 2", "schema = 1"),
        ("not toml", "cannot be read as TOML"),
        ('schema = 1\nkind = "recipe"', "kind"),
        (HEAD, r"has no \[\[step\]\]"),
        (HEAD + "colour = 1\n" + FIRE, "unknown key `colour`"),
        (HEAD + FIRE + "speed = 3\n", r"step 1 \(s\): unknown key `speed`"),
        (HEAD + FIRE.replace("1000", "9000"), "`temperature_c` must be a number from 50 to 2000"),
        (HEAD + FIRE.replace("1000", "'hot'"), "`temperature_c` must be a number"),
        (HEAD + FIRE.replace('"fire"', '"fly"'), "must be one of mill, fire, press, note"),
        (HEAD + FIRE.replace("dwell_h = 2\n", ""), "`dwell_h` is missing"),
        (HEAD + FIRE + FIRE, "listed twice"),
        (HEAD + FIRE + '[[step.condition]]\nstatus = "maybe"\ntext = "x"\n', "must be one of required"),
    ],
)
def test_wrong_protocols_are_refused_with_their_path(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=reason) as refusal:
        recipes.protocols(tmp_path)
    assert str(refusal.value).startswith(str(path))


def test_a_lab_adds_a_precursor(tmp_path: Path) -> None:
    text = JARS + 'formula = "Na2ZrO3"\nname = "sodium zirconate"\ncas = "12201-48-8"\nassay = 0.98\n'
    (tmp_path / "precursors.toml").write_text(text, encoding="utf-8")
    recipe = recipes.plan("Na3.4Zr2Si2.4P0.6O12", precursors=["Na2ZrO3", "Na3PO4", "ZrO2"], extra_folder=tmp_path)
    jars = {line.formula: line for line in recipe.precursors}
    assert set(jars) == {"Na2ZrO3", "Na3PO4", "ZrO2", "SiO2"}
    assert jars["Na2ZrO3"].assay == 0.98
    assert recipe.gas_loss_g == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ('formula = "Na2CO3"\nname = "x"\ncas = "497-19-8"\n', "must take away all H, C and N"),
        ('formula = "ZrO2"\nname = "x"\ncas = "1314-23-5"\n', "check digit"),
        ('formula = "Qq2"\nname = "x"\ncas = "1314-23-4"\n', "unknown element"),
        ('formula = "ZrO2"\nname = "x"\ncas = "1314-23-4"\nprice_per_g = 1\n', "price_source"),
        ('formula = "ZrO2"\nname = "x"\ncas = "1314-23-4"\ngases = { Cl2 = 1 }\n', "CO2, H2O and NH3 are known"),
        ('formula = "H2O"\nname = "x"\ncas = "7732-18-5"\n', "brings no cation"),
        ('formula = "ZrO2"\nname = "x"\ncas = "1314-23-4"\nassay = 99\n', "from 0.01 to 1"),
    ],
)
def test_wrong_precursors_are_refused(tmp_path: Path, entry: str, reason: str) -> None:
    (tmp_path / "precursors.toml").write_text(JARS + entry, encoding="utf-8")
    with pytest.raises(Refusal, match=reason):
        recipes.precursor_table(tmp_path)


def test_facts_and_ceilings_are_read() -> None:
    assert "copper" in recipes.dopant_facts()["Cu"].note
    assert set(recipes.dopant_facts()) <= set(dopants())
    assert recipes.crucible_ceilings_c()["alumina"] > 1250
