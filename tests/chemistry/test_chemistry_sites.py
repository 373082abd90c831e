"""Who sits where, and doping that stays neutral."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasicon_loop.chemistry import Composition, FormulaError, Substitution, dopants, dope, substitute

SMALL = st.integers(min_value=0, max_value=60).map(lambda n: Fraction(n, 200))
SILICON = st.integers(min_value=100, max_value=240).map(lambda n: Fraction(n, 100))


def text(formula: str) -> tuple[str, str, str]:
    """Sites as three short texts."""
    sites = Composition.parse(formula).sites()
    a, m, x = (" ".join(f"{s}{float(n):g}" for s, n in site) for site in (sites.a, sites.m, sites.x))
    return a, m, x


@pytest.mark.parametrize(
    ("formula", "a", "m", "x"),
    [
        ("Na3Zr2Si2PO12", "Na3", "Zr2", "Si2 P1"),
        ("Na3.4Zr1.8Ca0.2Si2PO12", "Na3.4", "Zr1.8 Ca0.2", "Si2 P1"),
        ("Ca0.5Zr2(PO4)3", "Ca0.5", "Zr2", "P3"),
        ("MgZr4(PO4)6", "Mg0.5", "Zr2", "P3"),
        ("Na2.8Sr0.1Zr2Si2PO12", "Na2.8 Sr0.1", "Zr2", "Si2 P1"),
        ("Li0.2Nd0.8/3Zr2(PO4)3", "Li0.2 Nd0.266667", "Zr2", "P3"),
        ("Na3Zr2Ge0.15Si1.85PO12", "Na3", "Zr2", "Si1.85 Ge0.15 P1"),
        ("NaGe2(PO4)3", "Na1", "Ge2", "P3"),
        ("Na3.2Zr1.8Al0.2Si2PO12", "Na3.2", "Zr1.8 Al0.2", "Si2 P1"),
        ("Na3.1Zr2Si1.9Al0.1PO12", "Na3.1", "Zr2", "Al0.1 Si1.9 P1"),
        ("Na3.25Zr1.95Al0.15Si1.9PO12", "Na3.25", "Zr1.95 Al0.05", "Al0.1 Si1.9 P1"),
        ("Na3.002Zr1.996Si2.007P1.001O12.02", "Na3.002", "Zr1.996", "Si2.007 P1.001"),
        ("Na3.2Zr1.8Al0.2015Si1.998PO12", "Na3.2", "Zr1.8 Al0.2015", "Si1.998 P1"),
    ],
)
def test_sites(formula: str, a: str, m: str, x: str) -> None:
    assert text(formula) == (a, m, x)


def test_oxygen_deficiency_and_shared_elements_are_noted() -> None:
    assert Composition.parse("Na3Zr1.88Y0.12Si2PO11.94").sites().notes == ("11.94 O instead of 12",)
    assert Composition.parse("Na3.25Zr1.95Al0.15Si1.9PO12").sites().notes == ("Al sits on two sites",)
    assert Composition.parse("Na3Zr2Si2PO12").sites().a_vacancies == 1


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("Na3.45Zr2Si2P1.15O12.6", "12.6 O"),
        ("ZrO2", "2 O"),
        ("NaCl", "Cl has no place"),
        ("Na3Zr3Si2PO12", "octahedral cations add up to 3"),
        ("Na3Zr2Si2P2O12", "tetrahedral cations add up to 4"),
        ("NbTi(PO4)3", "its cavities are empty"),
        ("Na6Zr2Si2PO12", "6 cavity ions"),
    ],
)
def test_what_is_not_a_nasicon(formula: str, reason: str) -> None:
    with pytest.raises(FormulaError, match=reason):
        Composition.parse(formula).sites()


@given(st.sampled_from(list(dopants())), SMALL, SILICON)
def test_doping_balances_exactly_and_finds_its_sites(symbol: str, amount: Fraction, silicon: Fraction) -> None:
    composition = dope(symbol, amount, silicon)
    assert composition.charge() == 0
    sites = composition.sites()
    on: Mapping[str, tuple[tuple[str, Fraction], ...]] = {"Na": sites.a, "Zr": sites.m, "T": sites.x}
    if amount and symbol != "Si":
        assert dict(on[dopants()[symbol].site])[symbol] == amount


@given(st.lists(st.tuples(st.sampled_from(list(dopants())), SMALL), min_size=1, max_size=3), SILICON)
def test_several_dopants_balance_or_are_refused(pairs: list[tuple[str, Fraction]], silicon: Fraction) -> None:
    try:
        composition = substitute([Substitution(symbol, amount) for symbol, amount in pairs], silicon)
    except FormulaError:
        return
    assert composition.charge() == 0
    assert composition.get("O") == 12


def test_the_papers_compositions_come_out_of_doping() -> None:
    assert dope("Cu", Fraction("0.08"), Fraction("2.2")).formula == "Na3.36Zr1.92Cu0.08Si2.2P0.8O12"
    assert dope("Ge", Fraction("0.15")).formula == "Na3Zr2Si1.85Ge0.15PO12"
    assert dope("Si", Fraction("0.4")).formula == "Na3.4Zr2Si2.4P0.6O12"
    assert dope("Al", Fraction("0.1"), host="Si").formula == "Na3.1Zr2Al0.1Si1.9PO12"
    assert dope("Mg", Fraction("0.1"), host="Na").formula == "Na2.8Zr2Mg0.1Si2PO12"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("Xx", Fraction(1, 10)), "not one of the 49"),
        (("Mg", Fraction(-1, 10)), "negative"),
        (("Mg", Fraction(3)), "more than the 2 Zr"),
        (("Mg", Fraction(1)), "cavities hold 4"),
        (("K", Fraction(1, 10), Fraction(2), "Zr"), "K does not go on Zr; it goes on Na"),
        (("Mg", Fraction(1, 10), Fraction(2), "O"), "the host is one of"),
        (("Mg", Fraction(1, 10), Fraction(4)), "between 0 and 3"),
        (("W", Fraction(19, 10)), "asks for"),
    ],
)
def test_impossible_doping_is_refused(arguments: tuple[str, Fraction], reason: str) -> None:
    with pytest.raises(FormulaError, match=reason):
        dope(*arguments)


def test_reference_stabilities_find_their_sites(shared: Path) -> None:
    lines = (shared / "data" / "dft_stability.csv").read_text(encoding="utf-8").splitlines()[1::10]
    for line in lines:
        composition = Composition.parse(line.split(",")[0])
        assert composition.is_balanced
        if composition.get("Na"):
            composition.sites()
