"""Weights, charges, dopants: the numbers that others rely on."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from nasicon_loop.chemistry import (
    ATOMIC_WEIGHTS_NAME,
    Composition,
    FormulaError,
    atomic_weight,
    dopants,
    element,
    elements,
)


def mass_g(target: str, compound: str, per_formula: float, batch_g: float = 10.0) -> float:
    """Mass of a precursor for a batch of target compound."""
    return (
        batch_g
        / Composition.parse(target).molar_mass_g_mol
        * per_formula
        * Composition.parse(compound).molar_mass_g_mol
    )


def test_the_pinned_weights_give_the_bench_masses_to_the_last_digit() -> None:
    assert "2021" in ATOMIC_WEIGHTS_NAME
    nzsp, doped = "Na3Zr2Si2PO12", "Na3.4Zr1.6Sc0.4Si2PO12"
    phosphate = mass_g(nzsp, "Na3PO4", 1)
    assert f"{phosphate:.4f}" == "3.0900"
    assert f"{phosphate * 1.15:.4f}" == "3.5535"
    assert f"{phosphate + 1.5:.4f}" == "4.5900"
    assert f"{mass_g(nzsp, 'Na3PO4·12H2O', 1) * 1.15:.4f}" == "8.2393"
    assert f"{mass_g(doped, 'Na3PO4', 1):.4f}" == "3.1452"
    assert f"{mass_g(doped, 'Na2CO3', 0.2):.4f}" == "0.4067"
    assert f"{mass_g(doped, 'ZrO2', 1.6):.4f}" == "3.7824"
    assert f"{mass_g(doped, 'SiO2', 2):.4f}" == "2.3054"
    assert f"{mass_g(doped, 'Sc2O3', 0.2):.4f}" == "0.5292"
    assert f"{mass_g(doped, 'CO2', 0.2):.4f}" == "0.1689"


def test_zirconium_is_the_weight_of_the_named_table() -> None:
    assert atomic_weight("Zr") == 91.224
    with pytest.raises(FormulaError, match="unknown element"):
        atomic_weight("Xx")


@pytest.mark.parametrize(
    ("formula", "charge"),
    [
        ("Na3.4Zr1.8Co0.2Si2PO12", "0"),
        ("Na3.36Zr1.92Cu0.08Si2.2P0.8O12", "0"),
        ("Na3.4Zr1.8Ca0.2Si2PO12", "0"),
        ("Na3.1Zr1.95Mg0.05Si2PO12", "0"),
        ("Na3.46Zr1.9Mg0.1Si2.23P0.77O12", "0.03"),
        ("Na3.1Zr1.9Nd0.1Si2PO12", "0"),
        ("Na3.2Zr1.8Fe0.2Si2PO12", "0"),
        ("Na3.4Zr1.8Ni0.2Si2PO12", "0"),
        ("Na3.2Zr1.8Al0.2Si2PO12", "0"),
        ("Na3.4Zr1.85Zn0.15Si2PO12", "0.1"),
        ("Na3.1Zr1.9La0.1Si2PO12", "0"),
        ("Na3.4Sc2Si0.4P2.6O12", "0"),
        ("Na3.1Zr1.9Y0.1Si2PO12", "0"),
        ("Na3Zr1.88Y0.12Si2PO12", "-0.12"),
        ("Na3Zr1.9Ce0.1Si2PO12", "0"),
        ("Na3Zr2Ge0.15Si1.85PO12", "0"),
        ("Na3.4Zr2Si2.4P0.6O12", "0"),
        ("Na3Zr1.88Y0.12Si2PO11.94", "0"),
        ("Na2CO3", "0"),
        ("NH4H2PO4", "0"),
    ],
)
def test_charges(formula: str, charge: str) -> None:
    composition = Composition.parse(formula)
    assert composition.charge() == Fraction(charge)
    assert composition.is_balanced == (charge == "0")


@pytest.mark.parametrize(
    ("formula", "ion"),
    [("Na3Zr2Si2PO12", "Na"), ("Li1.3Al0.3Ti1.7P3O12", "Li"), ("Na2.9Li0.1Zr2Si2PO12", "Na"), ("MgZr4P6O24", "Mg")],
)
def test_mobile_ion(formula: str, ion: str) -> None:
    assert Composition.parse(formula).mobile_ion == ion


def test_no_mobile_ion_is_said() -> None:
    with pytest.raises(FormulaError, match="no mobile ion"):
        _ = Composition.parse("ZrO2").mobile_ion


def test_there_are_49_dopants_and_they_make_sense() -> None:
    table = dopants()
    assert len(table) == 49
    assert {symbol for symbol, dopant in table.items() if dopant.toxic} == {"As", "Cd", "Cr"}
    assert table["Mg"].radius_mismatch == 0
    assert table["Mg"].plausibility == "high"
    assert table["La"].plausibility == "low"
    assert table["K"].host == "Na"
    assert (table["Ge"].host, table["Si"].host) == ("Si", "P")
    for dopant in table.values():
        assert element(dopant.element).oxidation_state == dopant.oxidation_state > 0
        assert dopant.site in ("Na", "Zr", "T")


def test_dopants_agree_with_the_reference_table(shared: Path) -> None:
    with (shared / "data" / "dopants49.csv").open(encoding="utf-8", newline="") as file:
        reference = {row["element"]: row for row in csv.DictReader(file)}
    assert set(reference) == set(dopants())
    for symbol, row in reference.items():
        dopant = dopants()[symbol]
        assert element(symbol).atomic_number == int(row["Z"])
        assert (dopant.oxidation_state, dopant.site) == (int(row["oxidation_state"]), row["site"])
        assert dopant.radius_angstrom == float(row["shannon_radius_A"])
        assert dopant.host_radius_angstrom == float(row["host_radius_A"])
        assert dopant.electronegativity == pytest.approx(float(row["pauling_EN"]), abs=0.001)
        assert 100 * dopant.radius_mismatch == pytest.approx(float(row["mismatch_pct"]), abs=0.06)
        if row["plausibility"] != "low-medium":
            assert dopant.plausibility == row["plausibility"]


def test_radii_and_weights_agree_with_pymatgen() -> None:
    from pymatgen.core import Element as Reference

    for symbol, facts in elements().items():
        reference = Reference(symbol)
        assert facts.atomic_number == reference.Z
        assert facts.atomic_weight == pytest.approx(float(reference.atomic_mass), rel=5e-4)
        radii = reference.data["Shannon radii"].get(str(facts.oxidation_state), {}).get("VI")
        if radii:
            spins = {spin: values["ionic_radius"] for spin, values in radii.items()}
            assert facts.radius_vi_angstrom == spins.get("High Spin", spins.get(""))
