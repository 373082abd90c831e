"""Everything anew after an engine change: beside the old, resumable, hands off what people did."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import db
from nasicon_loop import eis
from nasicon_loop.cli.app import app
from nasicon_loop.lab import HandFit, import_files, reanalyse, refit_analysis, retract_analysis, sign_analysis

STARTED_AT = datetime(2024, 6, 20, 6, 58, 13, tzinfo=UTC)


@pytest.fixture
def aged(bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A lab whose six analyses were made by an engine of long ago."""
    bench.sample()
    folder = tmp_path / "files"
    folder.mkdir()
    for k in range(6):
        (folder / f"NL-0001-P1_{k}.csv").write_bytes(bench.csv(30.31, 35.35, seed=k))
    analyse_many = eis.analyse_many
    from nasicon_loop.eis import repeats

    def old(*args: Any, **more: Any) -> Any:
        from dataclasses import replace

        return [replace(one, engine_version="0.9.0") for one in analyse_many(*args, **more)]

    with monkeypatch.context() as patch:
        patch.setattr(repeats, "analyse_many", old)
        import_files(bench.lab, [folder])
    return bench


def _current(lab: Any) -> Any:
    with lab.database.read() as reader:
        return sorted(reader.current_analyses(with_document=False), key=lambda one: one.spectrum_id)


def _versions(lab: Any) -> list[tuple[str, str]]:
    return [(one.engine_version, one.made_by) for one in _current(lab)]


def test_old_ones_are_made_anew_and_people_are_left_alone(aged: Any) -> None:
    lab = aged.lab
    refit_analysis(lab, 1, HandFit.parse("R0-p(C1,R1-W1)", "R0,R1"), by="Ada", reason="mine")
    retract_analysis(lab, 2, reason="wrong pellet")
    sign_analysis(lab, 3, "rejected", reason="cracked", by="Ben")
    done = reanalyse(lab)
    assert (done.n_done, done.n_by_hand, done.n_taken_back, done.n_current) == (4, 1, 1, 0)
    assert done.changes == ()
    assert sorted(_versions(lab)) == sorted(
        [("0.9.0", "nasicon"), *[(eis.ENGINE_VERSION, "nasicon")] * 4, (eis.ENGINE_VERSION, "Ada")]
    )
    with lab.database.read() as reader:
        assert reader.analysis(4).engine_version == "0.9.0", "the old one stays"
        anew = reader.current_analysis(3)
        assert anew is not None
        assert reader.signatures(anew)[-1].decision == "rejected"
        assert reader.signatures(anew)[-1].who == "Ben"
        assert reader.standing(anew) == "out"
    again = reanalyse(lab)
    assert (again.n_done, again.n_current) == (0, 4)
    assert db.check(lab.database) == []


def test_what_changed_is_told(aged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from nasicon_loop.eis import engine

    monkeypatch.setattr(engine.Gates, "at_most", lambda self, name, value: self.record(name, value, is_passed=False))
    done = reanalyse(aged.lab)
    assert len(done.changes) == 6
    assert {(one.old_verdict, one.new_verdict) for one in done.changes} <= {
        ("accepted", "review"),
        ("accepted", "rejected"),
    }


def test_an_interrupted_run_goes_on(aged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from nasicon_loop.lab import reanalysing

    monkeypatch.setattr(reanalysing, "_AT_ONCE", 2)
    redo, calls = reanalysing._redo, []

    def interrupted(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return redo(*args)

    monkeypatch.setattr(reanalysing, "_redo", interrupted)
    with pytest.raises(KeyboardInterrupt):
        reanalyse(aged.lab)
    monkeypatch.setattr(reanalysing, "_redo", redo)
    done = reanalyse(aged.lab)
    assert (done.n_current, done.n_done) == (4, 2)


def test_a_change_within_the_session_is_still_seen(bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from instruments.sim import xm_studio_csv
    from nasicon_loop.eis import analysis, paper_spectrum

    bench.sample()
    for k, r_ohm in enumerate((30.0, 36.0)):
        one = paper_spectrum(r_ohm, 35.0, seed=k).spectrum
        began = STARTED_AT + timedelta(minutes=30 * k)
        path = tmp_path / f"NL-0001-P1_{k}.csv"
        path.write_bytes(xm_studio_csv(one.frequency_hz, one.impedance_ohm, started_at=began))
        import_files(bench.lab, [path])
    assert [one.verdict for one in _current(bench.lab)] == ["accepted", "review"]
    monkeypatch.setattr(analysis, "ENGINE_VERSION", "9.9.9")
    done = reanalyse(bench.lab)
    assert done.n_done == 2
    assert [one.verdict for one in _current(bench.lab)] == ["accepted", "review"]


def test_the_command(aged: Any) -> None:
    folder = str(aged.lab.folder.path)
    result = CliRunner().invoke(app, ["fit", "--all", "--reanalyse", "--lab", folder, "--json"])
    assert json.loads(result.stdout)["n_done"] == 6
    human = CliRunner().invoke(app, ["fit", "--all", "--reanalyse", "--lab", folder])
    assert "0 analyses made anew" in human.stdout
    assert "6 current" in human.stdout
