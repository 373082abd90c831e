"""Screening in blocks: the best of all, spread over dopants, whoever does the blocks and in whatever order."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from nasicon_loop.campaign import (
    Question,
    Scale,
    Settings,
    blocks,
    composition_key,
    evaluate,
    expected_improvement,
    limits,
    literature,
    merged,
    screen_blocks,
    spread_places,
)
from nasicon_loop.core import Refusal

SPACE = Settings(
    amounts=tuple(Fraction(k, 25) for k in range(1, 6)), silicon=tuple(Fraction(k, 10) for k in (19, 20, 21, 22))
)
FLAT = Scale((-5.0, 0.0, 0.0, -10.0), (-2.0, 2.3, 1.0, -7.0))


def question(n_dopants: int = 1, **changes: object) -> Question:
    space = replace(SPACE, n_dopants=n_dopants)
    return replace(Question(space, -3.3, limits(literature([]), space)), **changes)


def test_the_best_by_gain_are_the_best_of_everything(smooth) -> None:
    model, asked = smooth({"Mg": 1.0, "Sc": 0.3}), question()
    found = merged([screen_blocks(model, blocks(asked.settings), asked)], 10)
    everything = list(evaluate(model, blocks(asked.settings), asked))
    best = max(float(one.gain.max()) for one in everything)
    assert found.hits[0].value == best
    assert found.hits[0].dopants == ("Mg",)
    assert found.n_candidates == sum(len(one.doped) for one in everything)
    top = found.hits[0]
    again = expected_improvement(np.array([top.mean]), np.array([top.epistemic_sd]), -3.3)[0] * top.chance
    assert top.gain == pytest.approx(again)


def test_the_order_and_the_grouping_of_blocks_do_not_matter(smooth) -> None:
    model, asked = smooth({"Mg": 0.4, "Ge": 0.2, "Y": 0.1}), question(2)
    every = [block for block in blocks(asked.settings) if set(block.dopants) <= {"Mg", "Ge", "Y", "Sc", "Zn", "Li"}]
    whole = merged([screen_blocks(model, every, asked)], 20)
    parts = [screen_blocks(model, [block], asked) for block in every]
    shuffled = merged([parts[k] for k in np.random.default_rng(5).permutation(len(parts))], 20)
    assert [hit.formula for hit in shuffled.hits] == [hit.formula for hit in whole.hits]
    assert [hit.value for hit in shuffled.hits] == pytest.approx([hit.value for hit in whole.hits], rel=1e-12)
    assert len(whole.by_set) == len(every)


def test_no_set_of_dopants_fills_the_table_and_neighbours_are_left_out(smooth) -> None:
    model, asked = smooth({"Mg": 2.0}), question(2, n_per_set=2)
    every = [block for block in blocks(asked.settings) if set(block.dopants) <= {"Mg", "Sc", "Zn", "Y", "Al"}]
    hits = merged([screen_blocks(model, every, asked)], 50, 2).hits
    for one in hits:
        alike = [other for other in hits if other.dopants == one.dopants]
        assert len(alike) <= 2
        for other in alike:
            gap = sum(abs(a - b) for a, b in zip(one.amounts, other.amounts, strict=True))
            assert other is one or gap + 0.24 * abs(one.silicon - other.silicon) >= 0.06 - 1e-9


def test_memory_grows_with_the_sets_of_dopants_not_with_the_blocks(smooth) -> None:
    asked = question()
    part = screen_blocks(smooth({"Mg": 0.4}), blocks(asked.settings), asked)
    many = merged([part] * 50, 30)
    assert many.n_candidates == 50 * part.n_candidates
    assert len(many.by_set) == len({hit.dopants for hit in part.hits})


def test_spread_places_takes_the_best_then_the_best_far_enough() -> None:
    value = np.array([3.0, 2.9, 1.0, -np.inf, 2.0])
    amounts = np.array([[0.10], [0.12], [0.30], [0.50], [0.10]])
    silicon = np.array([2.0, 2.0, 2.0, 2.0, 2.5])
    assert spread_places(value, amounts, silicon, 5) == [0, 4, 2]
    assert spread_places(value, amounts, silicon, 1) == [0]
    assert spread_places(value[:0], amounts[:0], silicon[:0], 3) == []


def test_only_likely_compositions_are_ranked_by_score(smooth) -> None:
    asked = question(by="score", scale=FLAT)
    hits = merged([screen_blocks(smooth({"Cs": 9.0, "Mg": 0.1}), blocks(asked.settings), asked)], 500, 9).hits
    assert all(hit.chance >= 0.5 and hit.value == hit.score for hit in hits)
    assert max(hit.amounts[0] for hit in hits if hit.dopants == ("Cs",)) <= 0.05


def test_a_score_without_a_scale_is_refused(smooth) -> None:
    with pytest.raises(Refusal, match="needs its scale"):
        screen_blocks(smooth(), blocks(SPACE), question(by="score"))


def test_the_labs_own_value_stands_in_for_the_models(smooth) -> None:
    formula = "Na3.4Zr1.8Mg0.2Si2PO12"
    key = composition_key(formula)
    asked = question(by="sigma", measured={key: -1.5}, windows_v={key: 4.5})
    block = [one for one in blocks(SPACE) if one.dopants == ("Mg",)]
    (found,) = evaluate(smooth(), block, asked)
    place = int(found.mean.argmax())
    assert found.doped.composition(place).formula == formula
    assert found.mean[place] == -1.5
    assert found.parts[place, 0] == -1.5
    assert found.parts[place, 1] == 4.5
    assert (found.parts[:, 1] == 4.5).sum() == 1


def test_stability_has_a_value_only_where_the_model_has_data(smooth) -> None:
    every = [one for one in blocks(SPACE) if one.dopants in ((), ("Mg",), ("Cu",))]
    found = {one.doped.dopants: one for one in evaluate(smooth(stable=("Mg",)), every, question())}
    at = 2  # the third part
    assert np.isfinite(found["Mg",].parts[:, at]).all()
    assert np.isfinite(found[()].parts[:, at]).all()
    assert np.isnan(found["Cu",].parts[:, at]).all()
    nothing = next(iter(evaluate(smooth(), every, question())))
    assert np.isnan(nothing.parts[:, at]).all()


def test_a_model_that_answers_nonsense_is_refused(smooth) -> None:
    class Broken(smooth):
        def summary(self, batch, temperature_c=25.0):
            answer = super().summary(batch)
            answer.mean = answer.mean * np.nan
            return answer

    with pytest.raises(Refusal, match="train again"):
        screen_blocks(Broken(), blocks(SPACE)[:2], question())
