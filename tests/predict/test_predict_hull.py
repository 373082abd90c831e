"""Stabilities: learned first, asked with support, and absent without a table."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from nasicon_loop.chemistry import dope
from nasicon_loop.core import Refusal
from nasicon_loop.predict import Model, Row, Settings, StabilityRow, crystals_of, load, train, validate_stability

ELEMENTS = ("Mg", "Sc", "Y", "Zn", "Al", "Hf")


def invented_stabilities() -> list[StabilityRow]:
    """Return 216 energies above hull that rise with the amount of the dopant and with its number in ELEMENTS."""
    rows = []
    for k, element in enumerate(ELEMENTS):
        for amount in range(1, 7):
            for silicon in range(6):
                formula = dope(element, Fraction(amount, 20), Fraction(15 + silicon, 10)).formula
                energy = 0.01 * k * amount / 3 + 0.002 * silicon
                rows.append(StabilityRow(f"s{len(rows)}", formula, energy, "invented"))
    return rows


@pytest.fixture(scope="module")
def settings(tiny: Settings) -> Settings:
    return replace(tiny, n_trunks=1, n_pretraining_epochs=12, hull_hidden=16, n_epochs=3)


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory, literature: list[Row], settings: Settings) -> Model:
    folder = tmp_path_factory.mktemp("hull") / "m"
    return train(literature, folder, settings=settings, seed=1, stability=invented_stabilities())


def test_what_was_learned_and_what_is_not_known(taught: Model) -> None:
    asked = crystals_of(["Na3.1Zr1.95Mg0.05Si2PO12", "Na3.15Zr1.85Al0.15Si2PO12", "Na3.2Zr1.8Fe0.2Si2PO12"])
    found = taught.hull(asked)
    assert found is not None
    assert found.is_supported.tolist() == [True, True, False]  # no row has iron
    assert ((found.p_stable >= 0) & (found.p_stable <= 1)).all()
    assert (found.sd_ev > 0).all()
    assert taught.manifest["n_stability_rows"] == 216


def test_without_a_table_there_is_no_answer(model: Model) -> None:
    assert model.hull(crystals_of(["Na3Zr2Si2PO12"])) is None
    assert model.manifest["n_stability_rows"] == 0


def test_read_back_it_says_the_same_and_trunks_are_taken_over(
    tmp_path: Path, literature: list[Row], settings: Settings, taught: Model
) -> None:
    first = tmp_path / "first"
    train(literature, first, settings=settings, seed=1, stability=invented_stabilities())
    asked = crystals_of(["Na3.1Zr1.95Mg0.05Si2PO12"])
    one, two = taught.hull(asked), load(first).hull(asked)
    assert one is not None
    assert two is not None
    assert (one.p_stable == two.p_stable).all()
    fewer = literature[:-3]
    warm = train(fewer, tmp_path / "a", settings=settings, seed=1, stability=invented_stabilities(), previous=first)
    cold = train(fewer, tmp_path / "b", settings=settings, seed=1, stability=invented_stabilities())
    assert warm.manifest["networks"] == "trained"
    assert warm.manifest["weights_sha256"] == cold.manifest["weights_sha256"]


def test_other_stabilities_are_learned_anew(tmp_path: Path, literature: list[Row], settings: Settings) -> None:
    first = tmp_path / "first"
    train(literature, first, settings=settings, seed=1, stability=invented_stabilities())
    other = train(literature, tmp_path / "b", settings=settings, seed=1, stability=[], previous=first)
    assert other.manifest["networks"] == "trained"
    assert other.hull_nets is None


def test_cross_validation_stands_beside_trees(settings: Settings) -> None:
    short = replace(settings, n_pretraining_epochs=1, n_folds=2)
    found = validate_stability(invented_stabilities(), settings=short, splits=("random", "chemical system"))
    assert [(s.model[:3], s.split, s.n) for s in found] == [
        (model, split, 216) for split in ("random", "chemical system") for model in ("CNN", "Ext")
    ]
    assert all(0 <= s.accuracy <= 1 for s in found)
    with pytest.raises(Refusal, match="at least"):
        validate_stability(invented_stabilities()[:50], settings=short)


def test_an_energy_that_is_no_number_is_refused() -> None:
    with pytest.raises(Refusal):
        StabilityRow("s", "Na3Zr2Si2PO12", float(np.nan), "x")
