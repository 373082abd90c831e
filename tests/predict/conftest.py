"""A small literature that is computed, not measured, and a small model that learned it."""

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from nasicon_loop.chemistry import dope
from nasicon_loop.predict import Model, Row, Settings, pretraining, train

DOPANTS = ("Mg", "Sc", "Y", "Zn", "Al")
TINY = replace(
    Settings.default(),
    preset="tiny",
    n_members=4,
    n_trunks=2,
    n_epochs=12,
    n_pretraining_epochs=2,
    n_trees=10,
    channels=(4, 4, 4),
    hidden=(16, 16, 16, 16, 16, 16),
    n_folds=4,
)

N_MIXTURES = 150


def surface(sodium: float, amount: float, charge_effect: float) -> float:
    """Return log10 sigma (S/cm) at 25 °C of an invented but smooth family."""
    return -3.3 - 0.5 * (sodium - 3.3) ** 2 - 1.5 * (amount - 0.12) ** 2 + charge_effect


def invented_rows() -> list[Row]:
    """Return 60 rows: five dopants, three amounts, three Si contents, some phosphates at two temperatures."""
    rows = []
    for k, dopant in enumerate(DOPANTS):
        for amount in (Fraction(1, 20), Fraction(1, 10), Fraction(1, 5)):
            for silicon in (Fraction(9, 5), Fraction(2), Fraction(11, 5)):
                composition = dope(dopant, amount, silicon)
                value = surface(float(composition.get("Na")), float(amount), 0.1 * math.sin(k))
                rows.append(row(len(rows), composition.formula, value, source=f"paper {k} {amount}"))
    for k, metal in enumerate(("Zr", "Hf", "Ti", "Sn", "Ge")):
        for temperature_c in (25.0, 100.0, 300.0):
            value = -7.0 - 0.3 * k + 0.01 * (temperature_c - 25.0)
            rows.append(row(len(rows), f"Na{metal}2P3O12", value, temperature_c, source=f"phosphates {metal}"))
    return rows


def row(number: int, formula: str, value: float, temperature_c: float = 25.0, *, source: str = "") -> Row:
    """Return a literature row."""
    return Row(f"lit-{number}", formula, value, 0.1, temperature_c, "total", source, "literature")


@pytest.fixture(scope="session")
def literature() -> list[Row]:
    """60 invented rows."""
    return invented_rows()


@pytest.fixture(scope="session")
def tiny() -> Settings:
    """Settings under which training takes a second."""
    return TINY


@pytest.fixture(autouse=True)
def few_mixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trunks that learn from few mixtures: most of what a small training takes goes into them."""
    monkeypatch.setattr(pretraining, "N_MIXTURES", N_MIXTURES)


@pytest.fixture(scope="session")
def model_directory(tmp_path_factory: pytest.TempPathFactory, literature: list[Row]) -> Path:
    """Where the small model lies."""
    directory = tmp_path_factory.mktemp("models") / "0001"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pretraining, "N_MIXTURES", N_MIXTURES)
        train(literature, directory, settings=TINY, seed=1)
    return directory


@pytest.fixture(scope="session")
def model(model_directory: Path) -> Model:
    """The small model."""
    from nasicon_loop.predict import load

    return load(model_directory)
