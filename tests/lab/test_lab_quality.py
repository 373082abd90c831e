"""Leads, dummy cell, DC polarisation, fits by hand, series and pooling, in a lab."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import db
from instruments.sim import xm_studio_csv
from nasicon_loop.cli.app import app
from nasicon_loop.core import Refusal
from nasicon_loop.lab import (
    HandFit,
    add_dummy,
    analysis_view,
    clear_leads,
    complete,
    dummy_history,
    import_files,
    leads_history,
    polarisations,
    polarise_pellet,
    refit_analysis,
    sample_arrhenius,
    sample_pooled,
    set_leads,
    sign_analysis,
)
from nasicon_loop.lab.learning import training_rows

BEGAN = datetime(2024, 6, 20, 6, 58, 13, tzinfo=UTC)
F = np.logspace(6, 0, 61)
OMEGA = 2 * np.pi * F


def impedance(r_total_ohm: float, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    half = r_total_ohm / 2
    z = half + half / (1 + 1j * OMEGA * half * 5e-9) + 1 / (2e-5 * (1j * OMEGA) ** 0.9)
    return np.asarray(z + 0.002 * np.abs(z) * (random.normal(size=61) + 1j * random.normal(size=61)))


def csv(z: np.ndarray, minutes: float = 0.0) -> bytes:
    return xm_studio_csv(F, z, started_at=BEGAN + timedelta(minutes=minutes), dc_rows=False)


class Tool:
    """Files beside the lab, and the command line in it."""

    def __init__(self, bench: Any, folder: Path) -> None:
        self.bench, self.folder = bench, folder

    def file(self, name: str, z: np.ndarray, minutes: float = 0.0) -> Path:
        path = self.folder / name
        path.write_bytes(csv(z, minutes))
        return path

    def import_(self, name: str, r_ohm: float, *, seed: int = 0, minutes: float = 0.0, **more: Any) -> Any:
        return import_files(self.bench.lab, [self.file(name, impedance(r_ohm, seed), minutes)], **more)[0]

    def run(self, *words: str) -> Any:
        result = CliRunner().invoke(app, [*words, "--lab", str(self.bench.lab.folder.path), "--json"])
        assert result.exit_code == 0, result.output
        human = CliRunner().invoke(app, [*words, "--lab", str(self.bench.lab.folder.path)])
        assert "Traceback" not in human.output
        return json.loads(result.stdout)


@pytest.fixture
def tool(bench: Any, tmp_path: Path) -> Tool:
    folder = tmp_path / "files"
    folder.mkdir()
    return Tool(bench, folder)


def test_leads_are_taken_off_from_then_on_and_the_raw_sweep_stays(tool: Tool) -> None:
    lab = tool.bench.lab
    tool.bench.sample()
    cables = 1.5 + 1j * OMEGA * 7e-7
    before = tool.import_("NL-0001-P1_a.csv", 40.0, seed=1)
    short = tool.file("short.csv", cables)
    row = set_leads(lab, short=short, by="Ada")
    assert (row.short, row.is_current, row.who) == ("short.csv", True, "Ada")
    assert row.r_ohm == pytest.approx(1.5)
    assert row.l_h == pytest.approx(7e-7)
    raw = impedance(40.0, 2) + cables
    after = import_files(lab, [tool.file("NL-0001-P1_b.csv", raw, minutes=20)])[0]
    assert after.sweeps[0].r_total_ohm == pytest.approx(40.0, rel=0.01)
    view = analysis_view(lab, after.sweeps[0].analysis_id)
    assert view.document()["leads"] == {"record": row.number, "short": "short.csv", "open": None}
    assert view.spectrum.impedance_ohm == pytest.approx(impedance(40.0, 2), rel=1e-5), "seen without the leads"
    assert analysis_view(lab, before.sweeps[0].analysis_id).document()["leads"] is None
    with lab.database.read() as reader:
        stored = reader.spectrum(after.sweeps[0].spectrum_id)
        assert stored.impedance_ohm == pytest.approx(raw, rel=1e-5), "kept as it was measured"
        assert reader.journal(event="leads.set", limit=1)[0].data["files"] == ["short.csv"]
    assert db.check(lab.database, lab.folder.vault) == []
    clear_leads(lab, reason="new cables")
    assert [one.is_current for one in leads_history(lab)] == [False, True]
    last = tool.import_("NL-0001-P1_c.csv", 40.0, seed=3, minutes=40)
    assert analysis_view(lab, last.sweeps[0].analysis_id).document()["leads"] is None
    with pytest.raises(Refusal, match="no lead correction"):
        clear_leads(lab, reason="again")


def test_a_sweep_beyond_the_short_is_not_corrected_and_that_is_said(tool: Tool) -> None:
    tool.bench.sample()
    path = tool.folder / "short.csv"
    path.write_bytes(xm_studio_csv(F[:30], 1.5 + 0 * F[:30], started_at=BEGAN))
    set_leads(tool.bench.lab, short=path)
    result = tool.import_("NL-0001-P1.csv", 40.0)
    assert any("leads not corrected" in note and "covers" in note for note in result.notes)
    assert analysis_view(tool.bench.lab, result.sweeps[0].analysis_id).document()["leads"] is None


def test_a_pellet_that_changes_within_a_session_is_put_up_for_review(tool: Tool) -> None:
    tool.bench.sample()
    first = tool.import_("NL-0001-P1_1.csv", 200.0, seed=1)
    again = tool.import_("NL-0001-P1_2.csv", 200.0, seed=2, minutes=30)
    other = tool.import_("NL-0001-P1_3.csv", 220.0, seed=3, minutes=60)
    days_later = tool.import_("NL-0001-P1_4.csv", 260.0, seed=4, minutes=60 * 72)
    assert [one.verdict for one in (first, again, other, days_later)] == ["accepted", "accepted", "review", "accepted"]
    assert "from the sweep before or after" in other.reasons[0]


def test_files_of_one_batch_are_held_against_each_other_too(tool: Tool) -> None:
    from nasicon_loop.lab.importing import keep_files
    from nasicon_loop.lab.reading import read_spectra, take

    lab = tool.bench.lab
    tool.bench.sample()
    paths = [tool.file(f"NL-0001-P1_{k}.csv", impedance(r, k), 30.0 * k) for k, r in enumerate((200.0, 230.0))]
    taken = [take(path, path.name) for path in paths]
    results = keep_files(lab, [(one, read_spectra(one, "NL", lab.settings)) for one in taken])
    assert [one.verdict for one in results] == ["accepted", "review"]


def test_a_fit_by_hand_is_a_new_analysis_that_waits_for_a_signature(tool: Tool) -> None:
    lab = tool.bench.lab
    label = tool.bench.sample()
    number = tool.import_("NL-0001-P1.csv", 200.0).sweeps[0].analysis_id
    wish = HandFit.parse("R0-p(R1,CPE1)-CPE2", "R0,R1", fix=["CPE1_1=1.0"], bound=["R0=90:110"], mask="0,1")
    view = refit_analysis(lab, number, wish, by="Ada", reason="the exponent is one")
    assert view.standing == "waits"
    assert view.analysis.made_by == "Ada"
    assert view.analysis.sigma_25_s_cm is not None
    assert any("the exponent is one" in note for note in view.analysis.notes)
    assert analysis_view(lab, number).analysis.made_by == "nasicon", "nothing is overwritten"
    assert complete(lab) == []
    sign_analysis(lab, view.number, "accepted", reason="agreed", by="Ben")
    assert analysis_view(lab, view.number).standing == "teaches"
    said = tool.run(
        "analysis", "refit", str(number), "--circuit", "R0-CPE1", "--electrolyte", "R0", "--by", "Eve", "--reason", "no"
    )
    assert said["made_by"] == "Eve"
    assert said["standing"] == "waits"
    for by, reason in (("", "x"), ("Ada", " ")):
        with pytest.raises(Refusal):
            refit_analysis(lab, number, wish, by=by, reason=reason)
    assert db.check(lab.database) == []
    assert label


def test_the_dummy_cell_is_watched(tool: Tool) -> None:
    lab = tool.bench.lab
    tool.bench.sample()
    assert not any("dummy" in note for note in tool.import_("NL-0001-P1_0.csv", 200.0).notes), "not asked for"
    watched = tool.bench.with_settings(dummy__r_ohm=1000.0)
    first = import_files(watched, [tool.file("NL-0001-P1_1.csv", impedance(200.0, 1), 60 * 24)])[0]
    assert any("no reading of the dummy cell" in note for note in first.notes)
    good = add_dummy(watched, tool.file("dummy.csv", np.full(61, 1002.0 + 0j)))
    assert good.deviation == pytest.approx(0.002, abs=2e-4)
    assert not good.is_off
    quiet = import_files(watched, [tool.file("NL-0001-P1_2.csv", impedance(200.0, 2), 60 * 48)])[0]
    assert not any("dummy" in note for note in quiet.notes)
    cell = 500.0 + 540.0 / (1 + 1j * OMEGA * 540.0 * 1e-9)
    assert "+4.0%" in add_dummy(watched, tool.file("dummy2.csv", cell)).warning
    warned = import_files(watched, [tool.file("NL-0001-P1_3.csv", impedance(200.0, 3), 60 * 72)])[0]
    assert any("+4.0% from its 1000 ohm" in note for note in warned.notes)
    assert [one.is_off for one in dummy_history(watched)] == [False, True]

    class Tomorrow:
        def now(self) -> datetime:
            return lab.clock.now() + timedelta(hours=30)

    late = import_files(
        replace(watched, clock=Tomorrow()), [tool.file("NL-0001-P1_4.csv", impedance(200.0, 4), 60 * 96)]
    )[0]
    assert any("30 hours old" in note for note in late.notes)
    assert len(tool.run("dummy", "list")) == 2
    assert db.check(lab.database, lab.folder.vault) == []


def test_an_activation_energy_from_files_at_several_temperatures(tool: Tool) -> None:
    tool.bench.sample()
    for k, t in enumerate((25, 45, 65, 85)):
        kelvin = t + 273.15
        r_ohm = 300.0 * (kelvin / 298.15) * np.exp(0.35 / 8.617333e-5 * (1 / kelvin - 1 / 298.15))
        assert tool.import_(f"NL-0001-P1_{t}C.csv", r_ohm, seed=k, minutes=60 * k).verdict == "accepted"
    series = sample_arrhenius(tool.bench.lab, "NL-0001")
    line = series.arrhenius
    assert line.activation_energy_ev == pytest.approx(0.35, abs=2.5 * line.activation_energy_ev_sd)
    assert line.activation_energy_ev_sd < 0.01
    assert [point.temperature_c for point in series.points] == [25, 45, 65, 85]
    assert tool.run("sample", "arrhenius", "NL-0001-P1")["arrhenius"]["n_points"] == 4
    tool.bench.sample()
    with pytest.raises(Refusal, match="there are 0"):
        sample_arrhenius(tool.bench.lab, "NL-0002")


def test_sweeps_of_a_pellet_teach_once_and_are_pooled(tool: Tool) -> None:
    lab = tool.bench.lab
    tool.bench.sample(n_pellets=2)
    for k in range(3):
        tool.import_(f"NL-0001-P1_{k}.csv", 200.0, seed=k, minutes=30 * k)
    tool.import_("NL-0001-P2.csv", 210.0, seed=9)
    rows, results = training_rows(lab)
    own = {row.source: row for row in rows if row.origin == "lab"}
    assert len(results) == 4
    assert sorted(own) == ["NL-0001-P1", "NL-0001-P2"]
    single, pooled = own["NL-0001-P2"], own["NL-0001-P1"]
    assert pooled.log10_sigma - single.log10_sigma == pytest.approx(np.log10(210.0 / 200.0), abs=0.003)
    assert pooled.log10_sigma_sd >= 0.02
    found = sample_pooled(lab, "NL-0001").pooled
    assert (found.n_sweeps, found.n_pellets) == (4, 2)
    assert found.within_pellets < 0.01
    assert tool.run("sample", "pooled", "NL-0001-P1")["pooled"]["n_sweeps"] == 3


def dc_file(tool: Tool, steady_a: float = 3e-7) -> Path:
    t = np.arange(0.0, 3600.0, 10.0)
    i = steady_a + 5e-5 * np.exp(-t / 250.0) + 2e-9 * np.random.default_rng(0).normal(size=len(t))
    path = tool.folder / "dc.csv"
    path.write_text("Time (s),Current (A),Voltage (V)\n" + "".join(f"{a},{b},0.5\n" for a, b in zip(t, i, strict=True)))
    return path


def test_a_polarisation_of_a_pellet_is_kept(tool: Tool) -> None:
    lab = tool.bench.lab
    tool.bench.sample()
    path = dc_file(tool)
    alone = polarise_pellet(lab, path, "NL-0001-P1")
    assert alone.result.transference_number is None
    assert "no accepted conductivity" in alone.note
    sigma = tool.import_("NL-0001-P1.csv", 200.0).sweeps[0].sigma_total_s_cm
    found = polarise_pellet(lab, path, "NL-0001", by="Ada")
    expected = 3e-7 * 0.127 / (0.5 * np.pi * 0.8**2)
    assert found.result.sigma_e_s_cm == pytest.approx(expected, rel=0.03)
    assert found.result.transference_number == pytest.approx(1 - expected / sigma, abs=1e-5)
    kept = polarisations(lab, "NL-0001-P1")
    assert [one.who for one in kept] == ["bench", "Ada"]
    assert tool.run("polarisation", str(path), "--sample", "NL-0001-P1")["number"] == 3
    assert db.check(lab.database, lab.folder.vault) == []


def test_a_polarisation_in_the_inbox_says_what_it_is(tool: Tool) -> None:
    result = import_files(tool.bench.lab, [dc_file(tool)])[0]
    assert result.state == "refused"
    assert "nasicon polarisation" in (result.refusal or "")


def test_a_leaky_tail_of_a_copper_sample_is_a_finding(tool: Tool) -> None:
    tool.bench.sample()
    z = 100.0 + 100.0 / (1 + 1j * OMEGA * 100.0 * 5e-9) + 4000.0 / (1 + 4000.0 * 2e-5 * (1j * OMEGA) ** 0.9)
    random = np.random.default_rng(0)
    z = z * (1 + 0.001 * (random.normal(size=61) + 1j * random.normal(size=61)))
    result = import_files(tool.bench.lab, [tool.file("NL-0001-P1.csv", z)])[0]
    assert result.sweeps[0].r_total_ohm == pytest.approx(200.0, rel=0.02)
    assert any("Cu can pass electrons" in note and "--sample NL-0001-P1" in note for note in result.notes)


def test_the_commands_of_leads_and_dummy(tool: Tool) -> None:
    short = tool.file("short.csv", 0.8 + 1j * OMEGA * 5e-7)
    assert tool.run("leads", "set", "--short", str(short), "--by", "Ada")["short"] == "short.csv"
    assert len(tool.run("leads", "list")) == 2, "set twice: once as JSON, once for people"
    assert tool.run("dummy", "add", str(tool.file("d.csv", np.full(61, 100.0 + 0j))))["deviation"] is None
    folder = str(tool.bench.lab.folder.path)
    assert CliRunner().invoke(app, ["leads", "clear", "--reason", "moved", "--lab", folder]).exit_code == 0
    refused = CliRunner().invoke(app, ["leads", "set", "--lab", folder])
    assert refused.exit_code == 1
    assert "a short, an open, or both" in refused.stderr
