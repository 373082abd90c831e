"""One measurement is one row, however often it was reported; different values stay apart."""

import math

from nasicon_loop.predict import Row, merged_rows
from nasicon_loop.predict.merging import parts_of


def row(row_id: str, value: float, source: str, formula: str = "Na3Zr2Si2PO12", **changes: object) -> Row:
    given = {"temperature_c": 25.0, "kind": "total", "origin": "literature"} | changes
    return Row(row_id, formula, value, 0.44, source=source, **given)  # type: ignore[arg-type]


def test_a_value_that_two_lists_copied_counts_once_and_keeps_the_doi() -> None:
    (one,) = merged_rows(
        [row("b", -3.121, "a collection", kind="unknown"), row("a", -3.12, "10.1016/x", "Na3Zr2(SiO4)2PO4")]
    )
    assert (one.source, one.kind, one.log10_sigma_sd) == ("10.1016/x", "total", 0.44)
    assert parts_of(one.row_id) == ("a", "b")


def test_repeats_of_one_source_become_one_row_with_their_scatter() -> None:
    (one,) = merged_rows([row("a", -3.0, "A"), row("b", -3.4, "A"), row("c", -3.8, "A")])
    assert math.isclose(one.log10_sigma, -3.4)
    assert math.isclose(one.log10_sigma_sd, math.hypot(0.44, 0.4))


def test_repeats_that_differ_tenfold_are_a_mistake_and_not_averaged() -> None:
    rows = [row("a", -2.47, "A"), row("b", 0.53, "A")]
    assert merged_rows(rows) == tuple(rows)


def test_half_a_degree_apart_is_one_temperature() -> None:
    (one,) = merged_rows([row("a", -3.0, "A"), row("b", -3.2, "A", temperature_c=25.5)])
    assert one.temperature_c == 25.0


def test_what_sources_disagree_on_stays_apart() -> None:
    rows = [row("a", -3.0, "A"), row("b", -3.4, "B")]
    assert merged_rows(rows) == tuple(rows)


def test_bulk_and_total_and_other_temperatures_stay_apart() -> None:
    rows = [row("a", -3.0, "A"), row("b", -3.0, "B", kind="bulk"), row("c", -3.0, "A", temperature_c=50.0)]
    assert merged_rows(rows) == tuple(rows)


def test_a_source_that_says_the_same_twice_has_measured_twice() -> None:
    (one,) = merged_rows([row("a", -3.0, "A"), row("b", -3.0, "A")])
    assert one.log10_sigma_sd == 0.44


def test_the_labs_own_rows_and_what_is_no_nasicon_pass() -> None:
    rows = [row("a", -3.0, "A", "NaCl"), row("z", -3.0, "A"), row("b", -3.0, "NL-1", origin="lab"),
            row("c", -3.0, "NL-1", origin="lab")]  # fmt: skip
    assert merged_rows(rows) == tuple(rows)


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = [row(f"{k}", -3.0 - 0.1 * (k // 2), f"source {k % 3}") for k in range(8)]
    assert merged_rows(rows[::-1]) == merged_rows(rows)
