"""Formulas as text: exact both ways, and nonsense refused at once."""

import doctest
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasicon_loop.chemistry import Composition, FormulaError, elements

AMOUNTS = st.one_of(
    st.decimals(min_value="0.0001", max_value=72, places=4).map(Fraction),
    st.fractions(min_value=Fraction(1, 60), max_value=20, max_denominator=60),
)
COMPOSITIONS = st.dictionaries(st.sampled_from(list(elements())), AMOUNTS, min_size=1, max_size=9).map(Composition.of)


@given(COMPOSITIONS)
def test_parse_of_format_is_the_same(composition: Composition) -> None:
    assert Composition.parse(composition.formula) == composition


@given(st.text(max_size=300))
def test_any_text_is_a_composition_or_a_refusal(text: str) -> None:
    try:
        composition = Composition.parse(text)
    except FormulaError:
        return
    assert all(amount > 0 for _, amount in composition.amounts)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("Na3.4Zr1.8Mg0.2Si2PO12", "Na3.4Zr1.8Mg0.2Si2PO12"),
        ("Na3Zr2(SiO4)2(PO4)", "Na3Zr2Si2PO12"),
        ("Na3Zr2[SiO4]2[PO4]", "Na3Zr2Si2PO12"),
        ("O12 P Si2 Zr2 Na3", "Na3Zr2Si2PO12"),
        ("Na₃Zr₂Si₂PO₁₂", "Na3Zr2Si2PO12"),
        ("Na3Zr2Mg0Si2PO12", "Na3Zr2Si2PO12"),
        ("Na3PO4·12H2O", "Na3PH24O16"),
        ("NH4H2PO4", "PNH6O4"),
        ("Li0.2Nd0.8/3Zr2(PO4)3", "Li0.2Zr2Nd4/15P3O12"),
        ("Co3O4", "Co3O4"),
        ("CoO", "CoO"),
        ("CO2", "CO2"),
    ],
)
def test_spellings(text: str, formula: str) -> None:
    assert Composition.parse(text).formula == formula


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "()",
        "Na0",
        "Xx2O3",
        "na3",
        "Na-3",
        "Na3+xZr2",
        "O12-δ",
        "Na3..4",
        "Na3.",
        "Na3.4000000000000004",
        "Na1e400",
        "Na1/0",
        "Na9999999O",
        "Na999999O",
        "(" * 100,
        "(" * 99 + "Na" + ")" * 99,
        "Na)",
        "(Na",
        "Na" * 101,
        "Na" + "9" * 10_000_000,
        "__import__('os')",
        "\x1b[31mNa",
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        Composition.parse(text)
    assert len(str(caught.value)) < 400
    assert "\x1b" not in str(caught.value)


def test_nested_exponents_do_not_grow() -> None:
    with pytest.raises(FormulaError, match="above"):
        Composition.parse("((((Na999)999)999)999)999")


def test_negative_and_empty_amounts_are_refused() -> None:
    with pytest.raises(FormulaError, match="negative"):
        Composition.of({"Na": Fraction(-1)})
    with pytest.raises(FormulaError, match="empty"):
        Composition.of({"Na": 0})
    with pytest.raises(FormulaError, match="canonical order"):
        Composition((("O", Fraction(1)), ("Na", Fraction(1))))


def test_normalised_is_exact() -> None:
    batched = Composition.parse("Na3.45Zr2Si2P1.15O12.6")
    assert batched.normalised().get("O") == 12
    assert batched.normalised().get("Na") == Fraction("3.45") * 12 / Fraction("12.6")
    assert Composition.parse(batched.normalised().formula) == batched.normalised()
    with pytest.raises(FormulaError, match="no oxygen"):
        Composition.parse("NaCl").normalised()


def test_rounded_is_readable() -> None:
    weighed = Composition.of({"Na": Fraction(1 / 3), "O": 1})
    assert weighed.rounded(4).formula == "Na0.3333O"


def test_the_examples_in_the_documentation_are_true() -> None:
    page = Path(__file__).parents[2] / "docs" / "chemistry.md"
    results = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert results.attempted > 0
    assert results.failed == 0
