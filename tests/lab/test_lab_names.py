"""What is, and what is not, read from a file's name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasicon_loop.lab.names import is_label, read_name, split_label

WORD = st.text(alphabet="abcxyzSWEEPpC0123456789", min_size=0, max_size=6)


@pytest.mark.parametrize(
    "name",
    [
        "NL-0001.csv",
        "NL-0001_whatever.csv",
        "Zr set (NL-0001).csv",
        "run 3 nl-0001 second.z",
        "2024-06-20.NL-0001.csv",
        "1; Potentiostatic Impedance (5) Nl-0001.csv",
    ],
)
def test_a_label_is_a_whole_word_anywhere_in_any_case(name: str) -> None:
    parts = read_name(name, "NL")
    assert (parts.label, parts.pellet_number, parts.problem) == ("NL-0001", None, None)


@pytest.mark.parametrize(
    "name", ["NL-00012x.csv", "XNL-0001.csv", "NL-001.csv", "NL0001.csv", "NL_0001.csv", "0001.csv", "NL-0001é.csv", ""]
)
def test_what_only_looks_like_a_label_is_none(name: str) -> None:
    assert read_name(name, "NL").label is None


def test_a_longer_number_is_another_label() -> None:
    assert read_name("NL-00012.csv", "NL").label == "NL-00012"


@pytest.mark.parametrize(
    ("name", "pellet"),
    [
        ("NL-0001-P2.csv", 2),
        ("nl-0001_p2 sweep 3.csv", 2),
        ("NL-0001 P12.csv", 12),
        ("NL-0001_25C_P2.csv", 2),
        ("NL-0001-P2_NL-0001-P2.csv", 2),
        ("NL-0001-Paper.csv", None),
        ("NL-0001-XP2.csv", None),
        ("P2.csv", None),
    ],
)
def test_a_pellet_is_its_own_word(name: str, pellet: int | None) -> None:
    assert read_name(name, "NL").pellet_number == pellet


def test_two_labels_or_two_pellets_are_ambiguous() -> None:
    both = read_name("NL-0001 against NL-0002.csv", "NL")
    assert both.label is None
    assert both.problem is not None
    assert "NL-0001" in both.problem
    assert "NL-0002" in both.problem
    pellets = read_name("NL-0001-P1 NL-0001-P2.csv", "NL")
    assert pellets.label is None
    assert pellets.problem == "the name holds two pellets, P1 and P2"
    assert read_name("NL-0001 nl-0001.csv", "NL").label == "NL-0001"


@pytest.mark.parametrize(
    ("name", "sweep"),
    [
        ("NL-0001-s3.csv", 3),
        ("NL-0001 sweep 3.csv", 3),
        ("NL-0001_Sweep12.csv", 12),
        ("NL-0001#3.csv", 3),
        ("NL-0001 s3 s4.csv", None),
        ("NL-0001 samples3.csv", None),
        ("NL-0001.csv", None),
    ],
)
def test_sweep_suffixes(name: str, sweep: int | None) -> None:
    assert read_name(name, "NL").sweep == sweep


@pytest.mark.parametrize(
    ("name", "temperature_c"),
    [
        ("NL-0001_25C.csv", 25.0),
        ("NL-0001-25C.csv", 25.0),
        ("NL-0001.25C.csv", 25.0),
        ("NL-0001 30.5degC.csv", 30.5),
        ("NL-0001_T=40C.csv", 40.0),
        ("NL-0001_T=8C.csv", 8.0),
        ("NL-0001_40,5 °C.csv", 40.5),
        ("s04147-140deg.txt", 140.0),
        ("NL-0001_298.15K.csv", 25.0),
        ("NL-0001 sintered 1200C measured 25C.csv", 25.0),
        ("NL-0001 25C 25C.csv", 25.0),
        ("NL-0001_1200C.csv", None),
        ("NL-0001_1C.csv", None),
        ("NL-0001_0.5C.csv", None),
        ("NL-0001_2024.06.25C.csv", None),
        ("NL-0001 25C 40C.csv", None),
        ("NL-0001_T=-10C.csv", None),
        ("NL-0001_-10C.csv", None),
        ("NL-0001_25Cu.csv", None),
        ("NL-0001_10K.csv", None),
        ("NL-0001_25.csv", None),
    ],
)
def test_a_temperature_is_taken_only_where_it_is_the_one_of_a_measurement(
    name: str, temperature_c: float | None
) -> None:
    assert read_name(name, "NL").temperature_c == temperature_c


def test_what_was_left_out_is_told() -> None:
    assert "1200 °C" in read_name("NL-0001 1200C.csv", "NL").notes[0]
    assert "25.0, 40.0" in read_name("NL-0001 25C 40C.csv", "NL").notes[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NL-0001", ("NL-0001", None)),
        (" nl-0001-p2 ", ("NL-0001", 2)),
        ("NL-0001_P2", ("NL-0001", 2)),
        ("NL-0001-Q2", None),
        ("-NL-0001", None),
        ("", None),
    ],
)
def test_a_label_given_by_hand(text: str, expected: tuple[str, int | None] | None) -> None:
    assert split_label(text, "NL") == expected


@given(before=WORD, after=WORD, number=st.integers(1, 9999), separator=st.sampled_from("_- .()"))
def test_only_separators_make_a_label(before: str, after: str, number: int, separator: str) -> None:
    label = f"NL-{number:04d}"
    apart = read_name(f"{before}{separator}{label}{separator}{after}.csv", "NL")
    assert apart.label == label
    glued = read_name(f"{before}x{label}.csv", "NL")
    assert glued.label is None


@given(st.text(max_size=60))
def test_any_name_can_be_read(name: str) -> None:
    parts = read_name(name, "NL")
    assert parts.label is None or re.fullmatch(r"NL-\d{4,9}", parts.label)
    assert parts.temperature_c is None or 0 <= parts.temperature_c <= 200


def test_a_label_is_told_from_a_formula() -> None:
    assert is_label("NL-0001")
    assert is_label("ab2-00012-p3")
    assert not is_label("Na3Zr2Si2PO12")
    assert not is_label("NL-0001.cif")
