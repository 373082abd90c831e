"""Which precursors, and the refusals."""

import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import recipes
from nasicon_loop.chemistry import Composition, FormulaError, dopants, dope
from nasicon_loop.core import Refusal


def formulas(recipe: recipes.Recipe) -> set[str]:
    return {line.formula for line in recipe.precursors}


def random_targets(n: int, seed: int) -> list[Composition]:
    source = random.Random(seed)  # noqa: S311
    found: list[Composition] = []
    while len(found) < n:
        try:
            found.append(
                dope(
                    source.choice(list(dopants())),
                    Fraction(source.randrange(1, 60), 100),
                    Fraction(source.randrange(0, 61), 20),
                )
            )
        except Refusal:
            continue
    return found


def test_nearly_every_random_doped_target_gets_a_recipe() -> None:
    targets = random_targets(400, seed=3)
    for target in targets:
        if set(target.elements) & {"As", "Cd", "Cr"}:
            with pytest.raises(Refusal, match="blocked by policy"):
                recipes.plan(target, n_pellets=4)
        else:
            assert recipes.plan(target, n_pellets=4).weighed == target.formula


@pytest.mark.parametrize("symbol", sorted(dopants()))
def test_every_dopant_has_a_precursor_as_it_is_weighed(symbol: str) -> None:
    target = dope(symbol, Fraction(1, 10))
    recipe = recipes.plan(target, mass_g=10, allow_toxic=True)
    assert any(symbol in line.purpose.split(" and ") for line in recipe.precursors)
    weighed = recipes.weighed_composition(recipe, {line.formula: line.mass_g for line in recipe.precursors})
    assert weighed.weighed_formula == recipe.target


@settings(max_examples=60, deadline=None)
@given(
    symbol=st.sampled_from(sorted(dopants())),
    amount=st.fractions(Fraction(1, 100), Fraction(1, 2), max_denominator=100),
    silicon=st.fractions(0, 3, max_denominator=20),
    percent=st.sampled_from([0.0, 5.0, 15.0, 33.3]),
    basis=st.sampled_from(["precursor", "element", "batch"]),
)
def test_the_masses_contain_exactly_the_batched_elements(
    symbol: str, amount: Fraction, silicon: Fraction, percent: float, basis: str
) -> None:
    try:
        target = dope(symbol, amount, silicon)
    except FormulaError:
        reject()
    recipe = recipes.plan(
        target,
        mass_g=7.3,
        excess_percent=percent,
        excess_basis=basis,
        excess_elements=[e for e in ("Na", "P") if e in target.elements],
        allow_toxic=True,
        assays={"ZrO2": 0.985},
    )
    masses = {line.formula: line.mass_g for line in recipe.precursors}
    weighed = recipes.weighed_composition(recipe, masses)
    assert weighed.batched_amounts == pytest.approx(dict(recipe.batched_amounts), rel=1e-9)
    assert weighed.excess_fraction == pytest.approx(recipe.excess_fraction, rel=1e-9, abs=1e-12)
    assert weighed.mass_g == pytest.approx(7.3, rel=1e-9)
    assert all(abs(deviation) < 1e-9 for deviation in weighed.deviation_percent.values())
    # what is weighed in, less impurities and gases, is what stays
    pure = sum(line.mass_g * line.assay for line in recipe.precursors)
    batched = Composition.of({s: Fraction(n) for s, n in recipe.batched_amounts.items()}).molar_mass_g_mol
    assert pure - recipe.gas_loss_g == pytest.approx(7.3 / recipe.molar_mass_g_mol * batched, rel=1e-9)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("Na3Zr2Si2PO12", {"Na3PO4"}),
        ("Na3.4Zr2Si2.4P0.6O12", {"Na3PO4", "Na2CO3"}),
        ("Na2.5Zr2Si1.5P1.5O12", {"Na3PO4", "NH4H2PO4"}),
        ("Na4Zr2Si3O12", {"Na2CO3"}),
    ],
)
def test_sodium_and_phosphorus_sources_follow_the_ratio(target: str, expected: set[str]) -> None:
    assert formulas(recipes.plan(target)) - {"ZrO2", "SiO2"} == expected


def test_rejected_sets_come_with_reasons() -> None:
    rejected = {r.precursors: r.reason for r in recipes.plan("Na3.4Zr1.6Sc0.4Si2PO12").rejected}
    assert "ratio Na : P = 3.4 : 1" in rejected[("Na3PO4",)]
    assert "-0.1333 mol NH4H2PO4" in rejected[("Na3PO4", "NH4H2PO4")]
    assert "less preferred" in rejected[("Na2CO3", "NH4H2PO4")]


def test_named_precursors_replace_the_usual_ones() -> None:
    recipe = recipes.plan("Na3Zr2Si2PO12", precursors=["Na2CO3", "NH4H2PO4"])
    assert formulas(recipe) == {"Na2CO3", "NH4H2PO4", "ZrO2", "SiO2"}
    assert recipe.batched == "Na3.45Zr2Si2P1.15O12.6"
    assert "an equivalent because this set has no Na3PO4" in recipe.excess_words
    assert formulas(recipes.plan("Na3Zr2Si2PO12", precursors=["Na2CO3"])) == formulas(recipe)
    with pytest.raises(Refusal, match=r"no set of precursors gives Na : P = 3\.4 : 1"):
        recipes.plan("Na3.4Zr1.6Sc0.4Si2PO12", precursors=["Na3PO4"])
    with pytest.raises(Refusal, match="brings Ca, which the target does not contain"):
        recipes.plan("Na3Zr2Si2PO12", precursors=["CaCO3"])
    with pytest.raises(Refusal, match="is not in the precursor table"):
        recipes.plan("Na3Zr2Si2PO12", precursors=["NaOH"])


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("Na3.4Zr1.85Zn0.15Si2PO12", r"not charge-neutral: \+0\.1 .*Na3\.3 would balance"),
        ("Na3Zr1.88Y0.12Si2PO12", r"-0\.12 .*Na3\.12 would balance it, or O11\.94"),
        ("Na3.2Zr1.9Cd0.1Si2PO12", "blocked by policy"),
        ("Na3.2Zr1.9Be0.1Si2PO12", "no precursor in the table brings Be"),
        ("NaCl", "has no oxygen"),
        ("O2", "nothing but oxygen"),
        ("Xy3", "unknown element"),
        ("", "empty"),
    ],
)
def test_impossible_targets_are_refused_in_one_line(target: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason) as refusal:
        recipes.plan(target)
    assert "\n" not in str(refusal.value)


def test_printed_oxygen_deficiency_is_believed() -> None:
    assert recipes.plan("Na3Zr1.88Y0.12Si2PO11.94").weighed == "Na3Zr1.88Y0.12Si2PO11.94"


def test_toxic_elements_only_when_allowed() -> None:
    target = dope("Cr", Fraction(1, 10))
    with pytest.raises(Refusal, match="Cr is blocked"):
        recipes.plan(target, allow_toxic=["As"])
    assert "Cr2O3" in formulas(recipes.plan(target, allow_toxic=["Cr"]))


def test_oxygen_exchange_is_part_of_the_mass_change() -> None:
    cobalt = recipes.plan("Na3.4Zr1.8Co0.2Si2PO12", mass_g=10, excess_percent=0)
    co3o4 = next(line.mass_g for line in cobalt.precursors if line.formula == "Co3O4")
    assert cobalt.gases_g["O2"] == pytest.approx(co3o4 * 15.999 / 240.795, rel=1e-4)
    antimony = recipes.plan(dope("Sb", Fraction(1, 10)), mass_g=10)
    assert antimony.gases_g["O2"] < 0


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"n_pellets": 0}, "must be from 1"),
        ({"mass_g": -1.0}, "must be from 0.001"),
        ({"mass_g": float("nan")}, "must be from 0.001"),
        ({"pellet_mass_g": 0.0}, "pellet_mass_g"),
        ({"excess_percent": -1.0}, "must be from 0"),
        ({"excess_percent": float("nan")}, "must be from 0"),
        ({"excess_basis": "weight"}, "one of precursor, element, batch"),
        ({"excess_basis": "element", "excess_elements": ["Li"]}, "contains no Li"),
        ({"protocol": "mine"}, "no such protocol; there are paper"),
        ({"assays": {"ZrO2": 1.2}}, "mass fraction"),
        ({"balance_resolution_g": 0.0}, "must be from"),
        ({"furnace_max_c": 1150.0}, "sintering at 1200 °C is above the furnace's 1150 °C"),
        ({"crucible": "quartz"}, "above the quartz crucible's"),
        ({"crucible": "paper"}, "unknown crucible material"),
        ({"die_max_mpa": 500.0}, "above the die's 500 MPa"),
    ],
)
def test_impossible_orders_are_refused(options: dict[str, object], reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        recipes.plan("Na3Zr2Si2PO12", **options)  # type: ignore[arg-type]


def test_prices_decide_when_all_are_known(tmp_path: Path) -> None:
    entries = [
        ("Na3PO4", "7601-54-9", 9.0, ""),
        ("Na2CO3", "497-19-8", 0.1, "gases = { CO2 = 1 }\n"),
        ("NH4H2PO4", "7722-76-1", 0.1, 'gases = { NH3 = 1, H2O = "3/2" }\n'),
    ]
    text = 'schema = 1\nkind = "precursors"\n' + "".join(
        f'[[precursor]]\nformula = "{f}"\nname = "{f}"\ncas = "{cas}"\n{gases}price_per_g = {price}\n'
        'price_source = "invoice of the test"\n'
        for f, cas, price, gases in entries
    )
    (tmp_path / "precursors.toml").write_text(text, encoding="utf-8")
    names = ["Na3PO4", "Na2CO3", "NH4H2PO4"]
    recipe = recipes.plan("Na3Zr2Si2PO12", precursors=names, extra_folder=tmp_path)
    assert formulas(recipe) == {"Na2CO3", "NH4H2PO4", "ZrO2", "SiO2"}
    assert "costs" in {r.precursors: r.reason for r in recipe.rejected}[("Na3PO4",)]
    assert "Na3PO4" in formulas(recipes.plan("Na3Zr2Si2PO12", extra_folder=tmp_path))  # the hydrate has no price
