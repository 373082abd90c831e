"""The report as a PDF: the same sections as the page, nothing that runs, and a long campaign in bounds."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.report import (
    CampaignReport,
    ElementTile,
    FileRow,
    HeldOutView,
    JournalLine,
    PelletRow,
    RetractedRow,
    RoundPoint,
    SampleRow,
    SpectrumView,
    write,
)
from nasicon_loop.report.content import Grid, sections
from nasicon_loop.report.thumbnails import HEIGHT, WIDTH, sketch, svg

NOW = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
EVIL = "<script>alert(1)</script> (\\) /JavaScript <a href='http://evil.example'> \u202e\x1b[2J"


def view(label, n=30):
    frequency = np.geomspace(1e6, 1.0, n)
    z = 40.0 + 60.0 / (1 + 2j * np.pi * frequency * 60.0 * 1e-8) + 1.0 / (2j * np.pi * frequency * 1e-4)
    return SpectrumView(label, frequency, z, z, (3,), 100.0, 0.003, "accepted", ("accepted: well", "a line"))


def report(text="NL-0001-P1", n_spectra=5):
    rng = np.random.default_rng(0)
    measured = rng.normal(-4, 1, 30)
    held = HeldOutView(
        "model run 1",
        measured,
        measured + 0.2,
        measured - 1,
        measured + 1,
        ("phosphate",) * 30,
        (0.5, 0.9),
        (0.4, 0.95),
    )
    return CampaignReport(
        text,
        NOW,
        samples=(SampleRow(text, text, "planned", -3.2, 0.3, None, None, 0.91, "retracted", (text, text)),),
        rounds=(RoundPoint("a", "b", 1, -3.2, 0.05),),
        spectra=tuple(view(f"{text} {k}") for k in range(n_spectra)),
        elements=(ElementTile("Mg", -3.0, 3),),
        refused_files=((text, text),),
        summary=(text,),
        provenance=(("program", text),),
        journal=tuple(JournalLine(NOW, f"{text} \u4e2d\u6587", text, text, text) for _ in range(3)),
        max_spectra=2,
        pellets=(
            PelletRow("NL-0001-P1", "A", 2e-4, 1e-5, 0.93, "review", "Anna"),
            PelletRow("NL-0002-P1", "B", 9e-4),
        ),
        retracted=(RetractedRow(text, "7", NOW, "Anna", text),),
        health=(("look", "reference", text, "nasicon sample new --reference"),),
        held_out=held,
        held_out_caveat="fitted to these rows",
        files=(FileRow(text, "ab" * 32, "xm_studio 1", "analysed", text),),
        n_files_left_out=9,
    )


def words(given):
    """All text of the sections."""
    found = []
    for section in sections(given):
        found.append(section.title)
        for block in section.blocks:
            if isinstance(block, Grid):
                found += [cell for row in block.rows for cell in row]
            found += list(getattr(block, "lines", ()))
    return "\n".join(found)


def test_the_pdf_is_made_beside_the_page_and_is_the_same_every_time(tmp_path):
    written = [write(report(EVIL), tmp_path / name, pdf_path=tmp_path / name / "r.pdf") for name in ("a", "b")]
    first, second = (one.pdf.read_bytes() for one in written)
    assert first == second
    assert first.startswith(b"%PDF")
    assert first.rstrip().endswith(b"%%EOF")
    for forbidden in (b"/JavaScript", b"/JS", b"/URI", b"/OpenAction", b"/Launch", b"/EmbeddedFile"):
        assert forbidden not in first.replace(b"(\\\\) /JavaScript", b"")
    assert [one.path.name for one in written[0].pictures][:3] == [
        "best_so_far.png",
        "periodic_table.png",
        "calibration.png",
    ]
    assert "fitted to these rows" in written[0].pictures[2].caption


def test_long_tables_and_words_go_on_on_further_sheets(tmp_path):
    long = report("x" * 150)
    many = replace(long, journal=long.journal * 40, max_spectra=0, spectra=tuple(view(str(k)) for k in range(30)))
    data = write(many, tmp_path, pdf_path=tmp_path / "r.pdf").pdf.read_bytes()
    assert len(re.findall(rb"/Type /Page\b", data)) > 10


def test_an_empty_campaign_has_a_pdf(tmp_path):
    assert write(CampaignReport("new lab", NOW), tmp_path, pdf_path=tmp_path / "r.pdf").pdf.stat().st_size > 1000


def test_the_best_are_what_teaches_and_the_retracted_are_told(tmp_path):
    told = {section.title: section for section in sections(report())}
    best = told["Best pellets"].blocks[0]
    assert [row[0] for row in best.rows] == ["NL-0002-P1", "NL-0001-P1"]
    assert best.rows[1][3:] == ("93 %", "review", "Anna")
    samples = told["Samples"].blocks[0]
    assert samples.rows[0][4] == "–", "a retracted result has no number"
    assert samples.rows[0][6] == "retracted"
    assert told["Results taken back"].blocks[1].rows[0][1:4] == ("7", "2026-05-06T07:08:09+00:00", "Anna")
    assert "ab" * 32 in words(report()), "hashes are whole"
    assert "9 older files are not listed" in words(report())


def test_a_small_drawing_is_small_and_stays_in_its_sheet():
    drawn = sketch(view("a", 200))
    text = svg(drawn)
    assert len(text) < 8000
    points = np.vstack([drawn.measured, drawn.fit, drawn.masked])
    assert points.min() >= 0
    assert (points <= (WIDTH, HEIGHT)).all()
    assert len(drawn.masked) == 1
    assert 0 < drawn.r_total_x < WIDTH
    ohm = np.diff(drawn.measured[:2], axis=0)
    z = view("a", 200).impedance_ohm
    apart = np.diff(np.column_stack([z.real, z.imag])[:2], axis=0)
    assert ohm[0, 0] / ohm[0, 1] == pytest.approx(apart[0, 0] / apart[0, 1], rel=1e-6), "equal axes"


def test_a_pdf_that_cannot_be_a_file_is_refused_first(tmp_path):
    (tmp_path / "r.pdf").mkdir()
    with pytest.raises(Refusal, match="is a folder"):
        write(report(), tmp_path / "out", pdf_path=tmp_path / "r.pdf")
    assert not (tmp_path / "out").exists()
