"""The sheet and the stored document."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from fractions import Fraction

import pytest

import recipes
from nasicon_loop.chemistry import ATOMIC_WEIGHTS_NAME, dopants, dope
from nasicon_loop.core import Refusal, to_json

SC = "Na3.4Zr1.6Sc0.4Si2PO12"


def test_text_sheet_has_what_the_bench_needs() -> None:
    recipe = recipes.plan(SC, mass_g=10)
    text = recipes.sheet(recipe, label="NL-0007")
    lines = text.splitlines()
    assert lines[0].startswith("NL-0007")
    assert all(len(line) <= 80 for line in lines)
    assert len(lines) <= 80
    for expected in (
        SC,
        recipe.batched,
        "0.5292",
        "CO2 0.1689 g",
        "[ ]  1  Sc2O3",
        "160.8 kN = 16.4 tf",
        "basis precursor: +15 %",
        "DEVIATIONS",
        "nasicon_loop",
    ):
        assert expected in text
    assert ATOMIC_WEIGHTS_NAME in " ".join(text.split())


def test_weighing_order_dopant_first_and_hygroscopic_last() -> None:
    assert [line.formula for line in recipes.plan(SC, mass_g=10).precursors] == [
        "Sc2O3", "ZrO2", "SiO2", "Na3PO4", "Na2CO3",
    ]  # fmt: skip


def test_moisture_is_said_for_lanthanum_and_neodymium() -> None:
    for symbol in ("La", "Nd"):
        text = " ".join(recipes.sheet(recipes.plan(f"Na3.1Zr1.9{symbol}0.1Si2PO12"), label="x").split())
        assert f"* {symbol}2O3: takes up water" in text


def test_finish_time_is_printed_when_the_start_is_known() -> None:
    start = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    text = recipes.sheet(recipes.plan("Na3Zr2Si2PO12"), label="x", start=start)
    assert "23 h 57 min; Mon 05 Jan 09:00 to Tue 06 Jan 08:57 or later" in text


def test_markdown_escapes_what_could_be_markup() -> None:
    text = recipes.sheet(recipes.plan(SC), label="<b>[x](y)*", format="markdown")
    assert text.startswith("# \\<b\\>\\[x](y)\\*: bench sheet")
    assert "| [ ] | 1 | Sc2O3 |" in text
    with pytest.raises(Refusal, match="text or markdown"):
        recipes.sheet(recipes.plan(SC), label="x", format="pdf")


@pytest.mark.parametrize("symbol", sorted(dopants()))
def test_every_dopants_sheet_fits_the_page(symbol: str) -> None:
    recipe = recipes.plan(dope(symbol, Fraction(1, 5)), n_pellets=1, allow_toxic=True)
    lines = recipes.sheet(recipe, label="NL-0001").splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 92  # a small batch carries a master mix and its warnings


def test_json_document_and_back() -> None:
    recipe = recipes.plan(SC, n_pellets=1, die_diameter_mm=18, ram_area_cm2=40)
    document = json.loads(to_json(recipe))
    assert {"schema", "target", "batched", "precursors", "excess_basis", "gas_loss_g", "programs"} <= set(document)
    assert {"name", "formula", "mass_g"} <= set(document["precursors"][0])
    assert document == recipes.to_dict(recipe)
    assert recipes.from_dict(document) == recipe
    assert recipes.sheet(recipes.from_dict(document), label="x") == recipes.sheet(recipe, label="x")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"schema": 9}, "schema 9 is not 1"),
        ({"colour": 1}, "unknown key `colour`"),
        ({"precursors": "all"}, "recipe.precursors: has the wrong type"),
        ({"precursors": [{}]}, r"recipe.precursors\[0\]"),
        ({"mass_g": "ten"}, "recipe.mass_g: has the wrong type"),
    ],
)
def test_broken_documents_are_refused(change: dict[str, object], reason: str) -> None:
    document = recipes.to_dict(recipes.plan(SC)) | change
    with pytest.raises(Refusal) as refusal:
        recipes.from_dict(document)
    assert re.search(reason, str(refusal.value))


def test_import_is_light() -> None:
    code = "import recipes, sys; print([m for m in ('numpy', 'torch', 'pymatgen', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
