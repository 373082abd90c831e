"""Tables of conductivities and stabilities: the shipped one, and whatever a user brings."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from nasicon_loop.chemistry import Composition, cif
from nasicon_loop.core import Refusal
from nasicon_loop.lab.tables import (
    KINDS,
    SHIPPED,
    LiteratureValue,
    StabilityValue,
    read_literature,
    read_table,
)

FLAGS_IN_SOURCES = (SHIPPED.parent / "SOURCES.md").read_text(encoding="utf-8")


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_every_shipped_row_is_a_fact_with_a_source() -> None:
    rows = read_literature()
    assert len(rows) > 350
    for row in rows:
        assert row.sigma_s_cm > 0
        assert row.source
        assert row.kind in KINDS
        assert Composition.parse(row.formula).formula == row.formula
        assert row.mobile_ion in ("Na", "Li")
        assert row.doi is None or re.fullmatch(r"10\.\d{4,9}/\S+", row.doi)
        assert not (row.doi and "citation_unverified" in row.flags)
        assert all(f"`{flag}`" in FLAGS_IN_SOURCES for flag in row.flags)
    assert "liverpool" not in SHIPPED.read_text(encoding="utf-8").lower()


def test_shipped_rows_are_not_doubled_and_their_usable_is_ours() -> None:
    rows = read_literature()
    keys = Counter((r.formula, r.temperature_c, r.sigma_s_cm, r.kind, r.source) for r in rows)
    assert max(keys.values()) == 1
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        for row, raw in zip(rows, csv.DictReader(file), strict=True):
            assert row.is_usable == (raw["usable"] == "yes")
            assert not row.is_usable or 15 <= row.temperature_c <= 35


def test_the_counts_in_sources_are_those_of_the_table() -> None:
    said = {name: int(n) for name, n in re.findall(r"^\| ([^|]+) \| (\d+) \|", FLAGS_IN_SOURCES, re.MULTILINE)}
    assert said == Counter(row.dataset for row in read_literature())


def test_shipped_sodium_rows_span_what_the_model_needs() -> None:
    usable = [row for row in read_literature() if row.is_usable and row.mobile_ion == "Na"]
    assert len(usable) >= 90
    assert sum(row.formula == "Na3Zr2Si2PO12" for row in usable) >= 15
    assert any(row.temperature_c > 300 for row in read_literature())


def test_shipped_values_are_those_of_the_reference_table(shared: Path) -> None:
    reference = (
        read_table(shared / "data" / "measurements.csv").rows
        + read_table(shared / "data" / "literature_known.csv").rows
    )
    known = {
        (Composition.parse(r.formula).normalised(), r.temperature_c, r.sigma_s_cm)
        for r in reference
        if isinstance(r, LiteratureValue)
    }
    for row in read_literature():
        assert (Composition.parse(row.formula).normalised(), row.temperature_c, row.sigma_s_cm) in known


def test_reference_stabilities_are_read_whole(shared: Path) -> None:
    read = read_table(shared / "data" / "dft_stability.csv")
    assert len(read.rows) == 3104
    assert not read.refusals


def test_good_rows_count_when_others_are_refused(tmp_path: Path) -> None:
    path = write(
        tmp_path / "mine.csv",
        "formula,sigma_s_cm,temperature_c,source",
        "Na3Zr2Si2PO12,6e-4,25,me",
        "Na3Zr2Si2PO12,6e-4,,me",
        "",
        "Na3Zr2Si2PO12,zero,25,me",
        "Na3Zr2Si2PO12,-1,25,me",
        "Na3Zr2Si2PO12,nan,25,me",
        "Na3+xZr2,1e-4,25,me",
        "Na3Zr2Si2PO12,1e-4,25",
        "Na3Zr2Si2PO12,1e-4,-300,me",
        "ZrO2,1e-4,25,me",
        "Na3.4Zr1.8Mg0.2Si2PO12,1e-3,25,",
    )
    read = read_table(path)
    assert [row.formula for row in read.rows] == ["Na3Zr2Si2PO12", "Na3.4Zr1.8Mg0.2Si2PO12"]
    last = read.rows[-1]
    assert isinstance(last, LiteratureValue)
    assert last.source == "mine.csv"
    assert last.kind == "unknown"
    assert last.is_usable
    assert [str(r.where).removeprefix(f"{path}:") for r in read.refusals] == ["3", "5", "6", "7", "8", "9", "10", "11"]
    assert str(read.refusals[0]) == f"{path}:3: has no temperature"


@pytest.mark.parametrize(
    ("header", "cell", "sigma"),
    [
        ("sigma_s_cm", "1e-3", 1e-3),
        ("Conductivity (mS/cm)", "1", 1e-3),
        ("σ (S cm-1)", "1e-3", 1e-3),
        ("conductivity [S/m]", "0.1", 1e-3),
        ("log10_sigma_s_cm", "-3", 1e-3),
        ("log10 sigma (S/cm)", "-3", 1e-3),
    ],
)
def test_units_come_from_the_header(tmp_path: Path, header: str, cell: str, sigma: float) -> None:
    path = write(tmp_path / "t.csv", f"Formula;{header};T (K)", f"Na3Zr2Si2PO12;{cell};298.15")
    row = read_table(path).rows[0]
    assert isinstance(row, LiteratureValue)
    assert row.sigma_s_cm == pytest.approx(sigma)
    assert row.temperature_c == pytest.approx(25)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("formula,sigma,temperature_c", "'sigma' names no unit; write sigma_s_cm"),
        ("formula,log10_sigma,temperature_c", "names no unit"),
        ("formula,sigma_s_cm,temperature", "'temperature' names no unit"),
        ("formula,sigma_s_cm", "no column temperature_c"),
        ("formula,note", "neither sigma_s_cm"),
        ("sigma_s_cm,temperature_c", "no column 'formula'"),
        ("formula,sigma_s_cm,sigma (mS/cm),temperature_c", "two columns give sigma_s_cm"),
        ("", "no column 'formula'"),
    ],
)
def test_unclear_headers_refuse_the_table(tmp_path: Path, header: str, reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        read_table(write(tmp_path / "t.csv", header, "Na3Zr2Si2PO12,1e-3,25"))


def test_stabilities_are_recognised(tmp_path: Path) -> None:
    path = write(tmp_path / "dft.csv", "formula,e_hull_meV_atom", "Na3Zr2Si2PO12,12.5", "Na3Zr2,x")
    read = read_table(path)
    assert read.rows == (StabilityValue("Na3Zr2Si2PO12", 12.5, None, "dft.csv"),)
    assert "'x' is not a number" in str(read.refusals[0])


def test_flags_and_kinds_decide_what_is_usable(tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv",
        "formula,sigma_s_cm,temperature_c,kind,flags,usable",
        "Na3Zr2Si2PO12,1e-3,25,total,,",
        "Na3Zr2Si2PO12,1e-3,25,total,,no",
        "Na3Zr2Si2PO12,1e-3,25,gb,,yes",
        "Na3Zr2Si2PO12,1e-3,25,total,cold_sintered,yes",
        "Na3Zr2Si2PO12,1e-3,300,total,,yes",
        "Na3Zr1.5Si2PO12,1e-3,25,total,,yes",
        "Na3Zr2Si2PO12,1e-3,25,sideways,,yes",
    )
    read = read_table(path)
    rows = [row for row in read.rows if isinstance(row, LiteratureValue)]
    assert [row.is_usable for row in rows] == [True, False, False, False, False, False]
    assert rows[5].flags == ("not_on_sites",)
    assert "'sideways' is none of" in str(read.refusals[0])


def test_a_folder_of_cifs_with_its_properties(tmp_path: Path) -> None:
    for name, formula in (("one", "Na3Zr2Si2PO12"), ("two", "Na3.4Zr1.8Mg0.2Si2PO12"), ("orphan", "Na3Zr2Si2PO12")):
        (tmp_path / f"{name}.cif").write_text(cif(Composition.parse(formula)), encoding="utf-8")
    write(tmp_path / "broken.cif", "not a cif")
    write(
        tmp_path / "properties.csv",
        "file,sigma_s_cm,temperature_c",
        "one.cif,1e-3,25",
        "two,2e-3,25",
        "broken.cif,1e-3,25",
        "missing.cif,1e-3,25",
        "../one.cif,1e-3,25",
    )
    read = read_table(tmp_path)
    assert [row.formula for row in read.rows] == ["Na3Zr2Si2PO12", "Na3.4Zr1.8Mg0.2Si2PO12"]
    reasons = " / ".join(str(refusal) for refusal in read.refusals)
    assert len(read.refusals) == 4
    for part in ("not a readable CIF", "no such file", "not the plain name", "orphan.cif: no row of properties.csv"):
        assert part in reasons


def test_a_folder_needs_exactly_one_table(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="exactly one CSV"):
        read_table(tmp_path)


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no such file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"formula,\xe9\n")
    with pytest.raises(Refusal, match="not UTF-8"):
        read_table(tmp_path / "latin.csv")
    huge_cell = write(tmp_path / "huge.csv", "formula,sigma_s_cm,temperature_c", "N" * 200_000 + ",1,25")
    with pytest.raises(Refusal, match="is not a table"):
        read_table(huge_cell)


def test_hostile_text_is_made_plain(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "formula,sigma_s_cm,temperature_c,source", "Na3Zr2Si2PO12,1e-3,25,\x1b[31mred")
    row = read_table(path).rows[0]
    assert "\x1b" not in row.source


def test_read_literature_does_not_pass_over_bad_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "formula,sigma_s_cm,temperature_c", "Na3Zr2Si2PO12,1e-3,")
    with pytest.raises(Refusal, match="has no temperature"):
        read_literature(path)


def test_what_no_nasicon_conducts_is_kept_named_and_does_not_teach(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    lines = ["Na3.3Zr1.7La0.3Si2PO12,3.4,25,total,Doe", "Na3.3Zr1.7La0.3Si2PO12,3.4e-3,25,total,Doe"]
    lines += ["Na3Zr2Si2PO12,0.2,300,total,Roe"]
    path.write_text("\n".join(["formula,sigma_s_cm,temperature_c,kind,source", *lines]), encoding="utf-8")
    read = read_table(path)
    assert [row.flags for row in read.rows if isinstance(row, LiteratureValue)] == [("suspect_value",), (), ()]
    (remark,) = read.remarks
    assert "more than any NASICON conducts" in str(remark)
    assert str(remark).startswith(f"{path}:2")
