"""The space of candidates: neutral, inside limits, without what is excluded, always the same."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasicon_loop.campaign import Settings, composition_key, stream_candidates
from nasicon_loop.chemistry import Composition, dopants
from nasicon_loop.core import Refusal


@pytest.fixture(scope="module")
def everything():
    return tuple(stream_candidates())


def test_candidates_are_exactly_neutral_with_sodium_inside_limits(everything):
    for candidate in everything:
        assert candidate.composition.charge() == 0
        assert 1 <= candidate.composition.get("Na") <= 4
        assert candidate.composition.get("O") == 12


def test_the_space_is_large_but_bounded_and_has_no_twins(everything):
    assert 5_000 < len(everything) <= 30_000
    assert len({composition_key(candidate.composition) for candidate in everything}) == len(everything)


def test_every_allowed_dopant_occurs_and_no_toxic_one(everything):
    found = {candidate.dopant for candidate in everything}
    assert found == set(dopants()) - {"As", "Cd", "Cr"}


def test_a_lab_may_allow_a_toxic_dopant():
    found = {candidate.dopant for candidate in stream_candidates(Settings(allowed_toxic=("Cr",)))}
    assert "Cr" in found
    assert not found & {"As", "Cd"}


def test_excluded_compositions_do_not_come_again_however_they_are_written(everything):
    target = next(candidate for candidate in everything if candidate.dopant == "Mg")
    scaled = Composition.of({symbol: amount * 2 for symbol, amount in target.composition.amounts})
    again = tuple(stream_candidates(excluded=[composition_key(scaled)]))
    assert len(again) == len(everything) - 1
    assert target not in again


def test_formulas_read_back_to_the_same_composition(everything):
    for candidate in everything[::97]:
        assert Composition.parse(candidate.formula) == candidate.composition


def test_the_stream_ends_at_its_limit():
    assert len(tuple(stream_candidates(Settings(max_candidates=7)))) == 7


def test_settings_without_any_amount_are_refused():
    with pytest.raises(Refusal, match="at least one amount"):
        Settings(amounts=())


@settings(max_examples=25, deadline=None)
@given(
    amount=st.fractions(Fraction(1, 100), Fraction(2, 5), max_denominator=100),
    silicon=st.fractions(Fraction(1), Fraction(3), max_denominator=20),
)
def test_any_grid_gives_neutral_compositions(amount, silicon):
    for candidate in stream_candidates(Settings(amounts=(amount,), silicon=(silicon,))):
        assert candidate.composition.charge() == 0
        assert 1 <= candidate.composition.get("Na") <= 4
