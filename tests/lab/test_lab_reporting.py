"""`nasicon report` from the database: what counts, what was taken back, and where all of it came from."""

import json

import pytest
from typer.testing import CliRunner

from nasicon_loop import lab as ways
from nasicon_loop.cli.app import app
from nasicon_loop.core import Refusal
from nasicon_loop.lab import report_parts
from nasicon_loop.lab.scan import scan_once


def measured(bench, n=1):
    """Samples with a file each, the later the worse."""
    labels = [bench.sample() for _ in range(n)]
    for k, label in enumerate(labels):
        bench.drop(f"{label}.csv", bench.csv(30.0 + 10.0 * k, 35.0, seed=k))
    scan_once(bench.lab)
    return labels


def page_of(bench, **how):
    return ways.write_report(bench.lab, **how).html.read_text(encoding="utf-8")


def section(page, title):
    """The text of one section of the page."""
    _, _, rest = page.partition(f"<h2>{title}</h2>")
    return rest.partition("<h2>")[0]


def test_a_retracted_result_is_no_best_pellet_and_is_told(bench):
    first, second = measured(bench, 2)
    assert f"{first}-P1" in section(page_of(bench), "Best pellets")
    ways.retract_analysis(bench.lab, 1, reason="the <b>wrong</b> electrode")
    page = page_of(bench)
    assert f"{first}-P1" not in section(page, "Best pellets")
    assert f"{second}-P1" in section(page, "Best pellets")
    taken = section(page, "Results taken back")
    assert f"{first}-P1" in taken
    assert "the &lt;b&gt;wrong&lt;/b&gt; electrode" in taken
    (row,) = [line for line in section(page, "Samples").splitlines() if f"<code>{first}</code>" in line]
    assert "retracted" in row
    assert "e-04" not in row, "no number stands there as if it counted"
    assert "retracted by bench" in section(page, "Spectra and fits")


def test_what_a_person_turned_down_is_no_best_pellet(bench):
    (label,) = measured(bench)
    ways.sign_analysis(bench.lab, 1, "rejected", reason="bad contact")
    page = page_of(bench)
    assert "Nothing measured yet that teaches" in section(page, "Best pellets")
    assert "by bench: bad contact" in section(page, "Samples")
    assert label in section(page, "Samples")


def test_provenance_names_files_readers_programs_and_the_state(bench):
    measured(bench)
    page = page_of(bench)
    with bench.lab.database.read() as reader:
        (file,) = reader.files()
        line = reader.max_journal_id()
    files, provenance = section(page, "Files"), section(page, "Provenance")
    assert file.sha256 in files
    assert f"{file.reader} {file.reader_version}" in files
    assert f"journal line {line}" in provenance
    assert "numpy " in provenance
    assert "impedance engine" in provenance


def test_a_long_campaign_says_what_it_left_out_until_all_is_asked_for(bench, monkeypatch):
    labels = measured(bench, 3)
    monkeypatch.setattr(report_parts, "MAX_SPECTRA", 1)
    monkeypatch.setattr(report_parts, "MAX_FILES", 2)
    page = page_of(bench)
    assert "2 older spectra are not shown; `nasicon report --all-spectra` shows every one" in page
    assert "1 older files are not listed" in page
    shown = section(page, "Spectra and fits")
    assert [label for label in labels if label in shown] == labels[-1:]
    page = page_of(bench, all_spectra=True)
    assert "older" not in section(page, "Spectra and fits")
    assert all(label in section(page, "Spectra and fits") for label in labels)


def test_health_and_calibration_stand_in_it(literate):
    written = ways.write_report(literate.lab)
    page = written.html.read_text(encoding="utf-8")
    health = section(page, "Health of the campaign")
    found = ways.campaign_health(literate.lab)
    for check in found.checks:
        assert check.name in health
    assert "automatic acceptance" in health
    (calibration,) = [picture for picture in written.pictures if picture.path.name == "calibration.png"]
    assert ways.stored_quality(literate.lab).view.words in calibration.caption
    with literate.lab.database.read() as reader:
        assert reader.model_run(1).data_hash in section(page, "Provenance"), "whole"


def test_the_command_writes_both(bench, tmp_path):
    measured(bench)
    place = str(bench.lab.folder.path)
    target = tmp_path / "r.pdf"
    result = CliRunner().invoke(app, ["report", "--pdf", str(target), "--json", "--lab", place])
    assert json.loads(result.stdout)["pdf"] == str(target)
    assert target.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("name", "said"), [("r.txt", "this document is one .pdf file"), ("", "one .pdf file")])
def test_what_is_no_pdf_is_refused_before_the_work(bench, tmp_path, name, said):
    with pytest.raises(Refusal, match=said):
        ways.write_report(bench.lab, pdf=tmp_path / name)
    assert list(bench.lab.folder.reports.iterdir()) == []
