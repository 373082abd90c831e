"""Excel workbooks: found by headings, nothing computed, nothing unpacked that is too large."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import openpyxl
import pytest

from instruments import UnreadableFile, read_bytes
from instruments.readers import xlsx

F = np.logspace(5, 0, 11)
Z = 30 + 50 / (1 + 2j * np.pi * F * 50e-6)
ROWS = [(f, z.real, z.imag) for f, z in zip(F.tolist(), Z.tolist(), strict=True)]
HEADINGS = ("Frequency (Hz)", "Z' (Ohm)", "Z'' (Ohm)")


def workbook(sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def reason(data):
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(data)
    assert "\n" not in caught.value.reason
    return caught.value.reason


def repacked(data, change=None, extra=()):
    """Return the workbook with `change(name, content)` applied to its parts and others added."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, change(part.filename, content) if change else content)
        for name, content in extra:
            new.writestr(name, content)
    return stream.getvalue()


PLAIN = workbook({"EIS": [HEADINGS, *ROWS]})


def test_a_sheet_with_headings_is_read_exactly():
    (spectrum,) = read_bytes(PLAIN, "book.xlsx")
    np.testing.assert_allclose(spectrum.frequency_hz, F, rtol=1e-15)
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-15)
    assert spectrum.metadata["reader"] == "xlsx"
    assert spectrum.metadata["sheet"] == "EIS"
    assert spectrum.metadata["warnings"] == []


def test_shared_strings_as_excel_writes_them():
    def share(name, xml):
        if name == "xl/worksheets/sheet1.xml":
            for number, heading in enumerate(HEADINGS):
                inline = f't="inlineStr"><is><t>{heading}</t></is>'
                xml = xml.replace(inline.encode(), f't="s"><v>{number}</v>'.encode())
        if name == "[Content_Types].xml":
            part = (
                b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument'
            )
            xml = xml.replace(b"</Types>", part + b'.spreadsheetml.sharedStrings+xml"/></Types>')
        return xml

    texts = "".join(f"<si><t>{heading}</t></si>" for heading in HEADINGS)
    table = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{texts}</sst>'
    data = repacked(PLAIN, share, extra=[("xl/sharedStrings.xml", table.encode())])
    assert b"inlineStr" not in zipfile.ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml")
    np.testing.assert_allclose(read_bytes(data)[0].impedance_ohm, Z, rtol=1e-15)


def test_notes_before_and_beside_units_and_other_sheets_are_understood():
    rows = [("Pellet 2", None, datetime(2024, 6, 20, tzinfo=UTC).replace(tzinfo=None)), ()]
    rows += [("f", "note", "Z'", "-Z''", None), ("kHz", None, "kOhm", "kOhm", None)]
    rows += [(f / 1e3, "ok", re / 1e3, -im / 1e3, None, "a remark") for f, re, im in ROWS]
    data = workbook({"Cover": [("Results of June",)], "one": rows, "two": [HEADINGS, *ROWS], "empty": []})
    first, second = read_bytes(data)
    np.testing.assert_allclose(first.impedance_ohm, Z, rtol=1e-12)
    np.testing.assert_allclose(first.frequency_hz, F, rtol=1e-12)
    assert (first.metadata["sheet"], second.metadata["sheet"]) == ("one", "two")
    assert (second.metadata["sweep"], second.metadata["n_sweeps"]) == (2, 2)


def test_text_pasted_into_one_column_and_decimal_commas_are_read():
    pasted = workbook({"A": [(";".join(HEADINGS),), *[(f"{f};{re};{im}",) for f, re, im in ROWS]]})
    np.testing.assert_allclose(read_bytes(pasted)[0].impedance_ohm, Z)
    commas = [tuple(f"{value:.6f}".replace(".", ",") for value in row) for row in ROWS]
    np.testing.assert_allclose(read_bytes(workbook({"A": [HEADINGS, *commas]}))[0].impedance_ohm, Z, rtol=1e-5)


def test_a_formula_is_not_computed():
    rows = [HEADINGS, *ROWS[:-1], (1.0, "=1+1", -2.0)]
    assert "the field is empty" in reason(workbook({"A": rows}))
    cached = repacked(workbook({"A": rows}), lambda _, xml: xml.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>77</v>"))
    assert read_bytes(cached)[0].impedance_ohm[-1] == 77 - 2j


def test_sheets_without_a_table_or_with_a_damaged_one_are_refused():
    assert "no sheet (A) has a row that names frequency" in reason(workbook({"A": [("hello",)]}))
    assert "sheet 'B': line 4" in reason(workbook({"B": [HEADINGS, *ROWS[:2], (1, "x", 2), *ROWS]}))
    assert "normalised to area" in reason(workbook({"A": [("f (Hz)", "Z' (Ohm.cm2)", "Z'' (Ohm.cm2)"), *ROWS]}))


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_parsing(monkeypatch):
    bomb = repacked(PLAIN, extra=[("xl/media/picture.bin", b"\0" * (xlsx.MAX_UNPACKED_BYTES + 1))])
    assert len(bomb) < 1_000_000
    assert "unpacks to" in reason(bomb)
    monkeypatch.setattr(xlsx, "MAX_PARTS", 5)
    assert "unpacks to" in reason(PLAIN)


def test_a_sheet_of_many_rows_or_far_away_cells_is_refused(monkeypatch):
    far = repacked(PLAIN, lambda name, xml: xml.replace(b'<row r="2">', b'<row r="99999999">'))
    assert "more than 100000 rows" in reason(far)
    monkeypatch.setattr(xlsx, "MAX_CELLS", 20)
    assert "20 cells" in reason(PLAIN)


@pytest.mark.parametrize("word", [b"<!DOCTYPE x>", b'<!DOCTYPE x [<!ENTITY a "b">]>'])
def test_xml_with_a_document_type_is_refused(word):
    data = repacked(PLAIN, lambda name, xml: word + xml if name.startswith("xl/worksheets/") else xml)
    assert "document type or entities" in reason(data)
    wide = repacked(PLAIN, lambda name, xml: xml.decode().encode("utf-16") if "sheet1" in name else xml)
    assert "document type or entities" in reason(wide)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"xl/workbook.xml", b"xl/xorkbook.xml"),
        lambda data: repacked(data, lambda name, xml: xml[:-30] if "sheet1" in name else xml),
        lambda data: repacked(data, lambda name, xml: b"" if name == "xl/workbook.xml" else xml),
        lambda data: repacked(data, lambda name, xml: xml.replace(b't="inlineStr"', b't="q"')),
        lambda data: repacked(data, lambda name, xml: xml.replace(b'r="A1"', b'r="ZZZZZ1"')),
        lambda data: repacked(data, lambda name, xml: xml.replace(b't="n"', b't="s"')),
    ],
)
def test_damaged_workbooks_are_refused(change):
    assert reason(change(PLAIN))
