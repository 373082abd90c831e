"""Steps from a composition: neutral, one thing changed, none twice."""

from fractions import Fraction

import pytest

from nasicon_loop.chemistry import Composition, dopants
from nasicon_loop.predict.stepping import steps_from


def made(formula: str) -> dict[str, Composition]:
    """Return the steps from a formula by what they change."""
    return dict(steps_from(Composition.parse(formula)))


@pytest.mark.parametrize(
    "formula",
    [
        "Na3.4Zr1.8Mg0.2Si2PO12",
        "Na3.1Zr1.95Mg0.05Si2PO12",
        "Na3Zr2Si2PO12",
        "Na3.1Zr2Si1.9Al0.1PO12",
        "Na3Zr2Ge0.15Si1.85PO12",
    ],
)
def test_steps_are_neutral_and_none_comes_twice(formula: str) -> None:
    start = Composition.parse(formula).normalised()
    found = steps_from(start)
    others = [other.normalised() for _, other in found]
    assert len(set(others)) == len(others)
    assert start not in others
    assert all(other.is_balanced for other in others)


def test_each_step_changes_one_thing_and_sodium_follows() -> None:
    found = made("Na3.4Zr1.8Mg0.2Si2PO12")
    assert found["more Mg"].get("Mg") == Fraction(1, 4)
    assert found["more Mg"].get("Si") == 2
    assert found["less silicon"].get("Mg") == Fraction(1, 5)
    assert found["less silicon"].get("Si") == Fraction(19, 10)
    assert found["no Mg"] == Composition.parse("Na3Zr2Si2PO12")
    others = {what.split()[0] for what in found if what.endswith(" for Mg")}
    assert {"Zn", "Ca", "Ni"} <= others
    assert all(dopants()[other].oxidation_state == 2 and dopants()[other].host == "Zr" for other in others)


def test_less_of_a_trace_is_still_some() -> None:
    found = made("Na3.1Zr1.95Mg0.05Si2PO12")
    assert found["less Mg"].get("Mg") == Fraction(1, 40)
    assert "no Mg" in found


@pytest.mark.parametrize("formula", ["Na3.4Sc2Si0.4P2.6O12", "Na3.5Zr1.6Mg0.1Sc0.3Si2PO12", "LiZr2P3O12"])
def test_where_one_thing_has_no_meaning_there_are_no_steps(formula: str) -> None:
    assert steps_from(Composition.parse(formula)) == ()
