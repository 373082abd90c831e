"""The screened space: every composition once, neutral, inside the limits, in blocks that only the settings decide."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from nasicon_loop.campaign import (
    Settings,
    blocks,
    chances,
    coarse_pairs,
    composition_key,
    double_doped,
    fine,
    grouped,
    in_block,
    limits,
    literature,
    stream_candidates,
)
from nasicon_loop.chemistry import dopants
from nasicon_loop.core import Refusal

SPACE = Settings(
    amounts=(Fraction(1, 20), Fraction(1, 10), Fraction(1, 5)),
    silicon=tuple(Fraction(k, 10) for k in range(16, 27, 2)),
    n_dopants=2,
)


def formulas(settings: Settings, size: int = 2400) -> list[str]:
    found = []
    for block in blocks(settings, size):
        doped = in_block(block, settings)
        found += [doped.composition(k).formula for k in range(len(doped))]
    return found


def test_with_one_dopant_it_is_the_space_that_suggestions_come_from() -> None:
    single = replace(SPACE, n_dopants=1)
    assert set(formulas(single)) == {candidate.formula for candidate in stream_candidates(single)}
    assert len(formulas(single)) == len(set(formulas(single)))


def test_pairs_come_once_neutral_and_inside_the_limits() -> None:
    chosen = [block for block in blocks(SPACE) if len(block.dopants) == 2][::37]
    keys = set()
    n_found = 0
    for block in chosen:
        doped = in_block(block, SPACE)
        for k in range(len(doped)):
            composition = doped.composition(k)
            assert composition.charge() == 0
            assert 1 <= composition.get("Na") <= 4
            assert set(block.dopants) <= set(composition.elements)
            keys.add(composition_key(composition))
        n_found += len(doped)
    assert len(keys) == n_found > 500


def test_every_pair_of_allowed_dopants_is_there_and_no_toxic_one() -> None:
    allowed = [symbol for symbol in dopants() if symbol not in ("Si", "As", "Cd", "Cr")]
    sets = {block.dopants for block in blocks(SPACE)}
    assert sets == {(), *((symbol,) for symbol in allowed), *combinations(allowed, 2)}


def test_two_dopants_on_one_host_are_limited_together() -> None:
    by_set = {block.dopants: in_block(block, SPACE) for block in blocks(SPACE)}
    assert (by_set["Mg", "Sc"].amounts.sum(axis=1) / by_set["Mg", "Sc"].unit).max() <= 0.2
    assert (by_set["Mg", "Ge"].amounts.sum(axis=1) / by_set["Mg", "Ge"].unit).max() == pytest.approx(0.4)


def test_the_blocks_size_changes_the_cut_and_not_the_compositions() -> None:
    few = replace(SPACE, n_dopants=1)
    assert formulas(few, 1) == formulas(few, 10) == formulas(few)


def test_groups_keep_the_order_and_the_size() -> None:
    every = blocks(SPACE)
    groups = grouped(every, SPACE, 200)
    assert [block for group in groups for block in group] == list(every)
    assert all(sum(block.n_points(SPACE) for block in group) <= 200 for group in groups)
    assert len(grouped(every[:3], SPACE, 1)) == 3


def test_what_is_excluded_does_not_come_however_it_is_written() -> None:
    block = next(block for block in blocks(SPACE) if block.dopants == ("Mg", "Zn"))
    whole = in_block(block, SPACE)
    target = whole.composition(7)
    left = in_block(block, SPACE, [composition_key(target.scaled(2)), composition_key("Na3Zr2Si2PO12")])
    assert len(left) == len(whole) - 1
    assert target not in [left.composition(k) for k in range(len(left))]


def test_the_large_spaces_have_a_million_and_finer_is_refused() -> None:
    assert sum(block.n_points(double_doped()) for block in blocks(double_doped())) > 1_300_000
    assert sum(block.n_points(fine()) for block in blocks(fine())) > 1_000_000
    assert sum(block.n_points(coarse_pairs()) for block in blocks(coarse_pairs())) < 100_000
    with pytest.raises(Refusal, match="finer than"):
        blocks(Settings(amounts=(Fraction(1, 100), Fraction(3, 200))))
    with pytest.raises(Refusal, match="1 or 2"):
        Settings(n_dopants=3)


def test_chances_add_on_one_host_and_multiply_on_two() -> None:
    limit = limits(literature([]), SPACE)
    by_set = {block.dopants: in_block(block, SPACE) for block in blocks(SPACE)}

    def chance(*symbols: str) -> float:
        doped = by_set[symbols]
        at = (doped.amounts == doped.unit // 20).all(axis=1)
        return float(chances(doped.take(at), limit)[0])

    def filled(symbol: str) -> float:
        return 0.05 / limit[symbol]

    assert chance() == 1.0
    assert chance("Mg") == pytest.approx(1 / (1 + filled("Mg") ** 3))
    assert chance("Mg", "Zn") == pytest.approx(1 / (1 + (filled("Mg") + filled("Zn")) ** 3))
    assert chance("Mg", "Ge") == pytest.approx(chance("Mg") * chance("Ge"))
    assert chance("Mg", "Ge") < min(chance("Mg"), chance("Ge"))
    assert np.isfinite([chance(*block.dopants) for block in blocks(SPACE)]).all()
