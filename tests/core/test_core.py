"""The values and helpers that every room stands on."""

import json
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasicon_loop.core import Inline, Processes, Refusal, plain, to_json, utc_iso
from nasicon_loop.core.executor import item_seeds
from nasicon_loop.core.units import kelvin


def test_a_refusal_reads_as_place_and_reason() -> None:
    assert str(Refusal("holds no AC rows", "NL-0001.csv")) == "NL-0001.csv: holds no AC rows"
    assert str(Refusal("nothing to do")) == "nothing to do"


@given(st.text())
def test_plain_text_can_neither_move_the_cursor_nor_start_a_line(text: str) -> None:
    clean = plain(text)
    assert len(clean) <= 200
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in clean)
    assert "\u202e" not in clean


def test_json_of_our_values_is_strict_json() -> None:
    document = {
        "when": datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))),
        "amount": Fraction(1, 8),
        "z": 1 - 2j,
        "array": np.array([1.0, np.nan]),
        "none": float("inf"),
    }
    assert json.loads(to_json(document)) == {
        "when": "2026-01-02T01:04:05+00:00",
        "amount": 0.125,
        "z": [1.0, -2.0],
        "array": [1.0, None],
        "none": None,
    }


def test_a_time_without_offset_is_not_written() -> None:
    with pytest.raises(ValueError, match="offset"):
        utc_iso(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake under test
    assert utc_iso(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00+00:00"


def _square_and_seed(item: int, seed: int) -> tuple[int, int]:
    return item * item, seed


def test_processes_give_the_same_as_here_in_the_same_order() -> None:
    items = list(range(6))
    here = Inline().map(_square_and_seed, items, seed=3)
    assert Processes(2).map(_square_and_seed, items, seed=3) == here
    assert [value for value, _ in here] == [0, 1, 4, 9, 16, 25]


@given(st.integers(0, 2**31), st.integers(1, 20), st.integers(0, 20))
def test_an_items_seed_does_not_depend_on_what_follows(seed: int, n_items: int, more: int) -> None:
    assert item_seeds(seed, n_items + more)[:n_items] == item_seeds(seed, n_items)


def test_below_absolute_zero_there_is_no_temperature() -> None:
    assert kelvin(25.0) == pytest.approx(298.15)
    with pytest.raises(ValueError, match="absolute zero"):
        kelvin(-300.0)
