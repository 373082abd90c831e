"""The report: one file, no network, nothing that runs, all text escaped."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.report import (
    CampaignReport,
    ElementTile,
    JournalLine,
    ParityPoint,
    RoundPoint,
    SampleRow,
    SpectrumView,
    write,
)

EVIL = "<script>alert(1)</script>\"'><img src=http://evil.example/x>\x1b[2J"
NOW = datetime(2025, 5, 6, 7, 8, 9, tzinfo=UTC)
VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links, self.open, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"src", "href", "action", "srcset"}]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def parsed(path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


def view(label):
    frequency = np.geomspace(1e5, 1.0, 20)
    z = 100.0 + 1.0 / (2j * np.pi * frequency * 1e-5)
    return SpectrumView(label, frequency, z, z, (), 100.0, 0.003, "accepted", ("a line",))


def full_report(text):
    return CampaignReport(
        text,
        NOW,
        samples=(
            SampleRow(text, text, text, -3.2, 0.3, 5.6e-4, 2e-5, 0.91, "accepted", (text,)),
            SampleRow("NL-0002", "Na3Zr2Si2PO12", "planned"),
        ),
        rounds=(RoundPoint(text, text, 1, -3.2, 0.05),),
        spectra=(view(text), view(text)),
        elements=(ElementTile("Mg", -3.0, 3), ElementTile("Tm", -3.2, 0)),
        parity=(ParityPoint(text, -3.2, 0.3, -2.0, 0.05),),
        refused_files=((text, text),),
        summary=(text,),
        provenance=((text, text),),
        journal=(JournalLine(NOW, text, text, text, text),),
        reference_log10_sigma=-3.25,
    )


def test_foreign_text_cannot_become_markup_and_nothing_calls_home(tmp_path):
    written = write(full_report(EVIL), tmp_path)
    page = parsed(written.html)
    assert not {"script", "link", "iframe", "object", "form", "a"} & set(page.tags)
    assert page.links
    assert all(link.startswith("data:image/") for link in page.links)
    assert not page.open
    assert "<script>alert" in "".join(page.text)  # it is still there, as text
    assert "\x1b" not in written.html.read_text(encoding="utf-8")
    assert "default-src 'none'" in written.html.read_text(encoding="utf-8")


def test_pictures_lie_beside_the_report_under_safe_names(tmp_path):
    written = write(full_report("../../evil\\name"), tmp_path / "out")
    names = [picture.path.name for picture in written.pictures]
    assert names[:3] == ["best_so_far.png", "periodic_table.png", "parity.png"]
    assert len(set(names)) == len(names) == 5
    assert all(picture.path.parent == tmp_path / "out" and picture.path.is_file() for picture in written.pictures)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*names, "report.html"])


def test_an_empty_campaign_has_a_report_too(tmp_path):
    written = write(CampaignReport("new lab", NOW), tmp_path)
    assert written.pictures == ()
    text = "".join(parsed(written.html).text)
    assert "Nothing measured yet" in text
    assert "2025-05-06T07:08:09+00:00" in text


def test_numbers_and_verdicts_are_shown(tmp_path):
    row = SampleRow("NL-0001", "F", "s", None, None, 9.62e-4, 3e-5, None, "review")
    report = CampaignReport("lab", NOW, samples=(row,))
    text = "".join(parsed(write(report, tmp_path).html).text)
    assert "9.62e-04 ± 3.0e-05" in text
    assert "review" in text


def test_a_long_campaign_shows_the_newest_spectra_and_says_so(tmp_path):
    report = CampaignReport(
        "lab", NOW, spectra=tuple(view(f"NL-{k:04d}") for k in range(4)), max_spectra=2, n_spectra_left_out=7
    )
    written = write(report, tmp_path)
    assert [picture.path.name for picture in written.pictures] == ["nyquist_NL-0002.png", "nyquist_NL-0003.png"]
    page = parsed(written.html)
    assert "7 older spectra are not shown" in "".join(page.text)
    assert page.tags.count("svg") == 2, "the others are drawn small"
    assert "NL-0000; accepted" in "".join(page.text)


def test_a_report_replaces_the_older_one_as_a_whole(tmp_path, monkeypatch):
    write(CampaignReport("first", NOW), tmp_path)

    def half(path, data):
        with path.open("wb") as stream:
            stream.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", half)
        with pytest.raises(Refusal, match=r"report\.html: cannot be written \(No space left on device\)"):
            write(CampaignReport("second", NOW), tmp_path)
    assert "first" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_report_of_another_name_leaves_the_one_beside_it(tmp_path):
    write(CampaignReport("first", NOW), tmp_path)
    written = write(CampaignReport("second", NOW), tmp_path, name="november.html")
    assert written.html == tmp_path / "november.html"
    assert "first" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "second" in written.html.read_text(encoding="utf-8")
