"""Reasons of a prediction."""

import json

import pytest

from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Refusal
from nasicon_loop.predict import Model, Row, why

DOPED = "Na3.4Zr1.8Mg0.2Si2PO12"


def test_parts_are_differences_of_the_models_own_answers(model: Model, literature: list[Row]) -> None:
    found = why(model, literature, DOPED)
    assert found.mean == pytest.approx(float(model.predict([DOPED]).mean[0]))
    assert found.nearest[0].formula == "Na3.4Zr1.8Mg0.2Si2PO12"
    assert [part.name for part in found.sites] == ["M"]  # only the octahedra hold something foreign
    by_formula = {change.formula: change for change in found.changes}
    assert len(by_formula) == len(found.changes)
    for formula, change in by_formula.items():
        assert change.dex == pytest.approx(float(model.predict([formula]).mean[0]) - found.mean, abs=2e-3)
        assert abs(change.dex) >= 0.05
        assert round(change.sd, 2) <= round(found.sd, 2)  # the model is not less sure there than here
        assert Composition.parse(formula).is_balanced
    sizes = [abs(part.dex) for part in found.descriptors]
    assert sizes == sorted(sizes, reverse=True)
    assert any(part.name == "ionic radius on M" for part in found.descriptors)
    json.dumps(found.to_dict())


def test_the_undoped_host_has_no_foreign_site(model: Model, literature: list[Row]) -> None:
    assert why(model, literature, "Na3Zr2Si2PO12").sites == ()


def test_the_networks_share_and_what_was_left_out_are_said(model: Model, literature: list[Row]) -> None:
    found = why(model, literature, DOPED)
    assert found.networks_share == model.ensemble.balance.share
    assert f"{100 * found.networks_share:.0f} % of the mean are the networks'" in found.hints[0]
    none = why(model, literature, DOPED, is_makeable=lambda composition: False)
    assert none.changes == ()
    assert "without a recipe" in none.hints[-1]
    only = why(model, literature, DOPED, is_makeable=lambda composition: composition.get("Zn") > 0)
    assert {change.what for change in only.changes} <= {"Zn for Mg"}


def test_where_one_thing_has_no_meaning_no_step_is_offered(model: Model, literature: list[Row]) -> None:
    found = why(model, literature, "Na3.4Sc2Si0.4P2.6O12")
    assert found.changes == ()
    assert "no step is offered" in found.hints[-1]


def test_what_is_no_nasicon_is_refused(model: Model, literature: list[Row]) -> None:
    with pytest.raises(Refusal):
        why(model, literature, "NaCl")
