"""A reader that changed reads the vault again: once, beside what was there, and without undoing what people decided."""

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import db
from fuzz.samples import FILES
from instruments import Spectrum, UnreadableFile, read_bytes, registry
from nasicon_loop.lab import assign, import_files, reanalyse, retract_analysis, sign_analysis
from nasicon_loop.lab.context import Lab
from nasicon_loop.lab.rereading import n_read_by_older, read_again
from nasicon_loop.lab.watching import watch


def _lines() -> bytes:
    frequency_hz = np.logspace(6, 0, 61)
    omega = 2 * np.pi * frequency_hz
    z = 30.31 + 1 / (1j * omega * 2e-8 + 1 / (35.35 + 50.0 * (1 - 1j) / np.sqrt(omega)))
    noise = np.random.default_rng(1).normal(size=(2, 61))
    z = z + 0.003 * np.abs(z) * (noise[0] + 1j * noise[1]) / np.sqrt(2)
    rows = zip(frequency_hz, z.real, z.imag, strict=True)
    return b"hertz re im\n" + b"".join(b"%.9g %.9g %.9g\n" % row for row in rows)


TEXT = _lines()


@dataclass
class Changing:
    """A reader of a format of our own, whose versions differ."""

    version: str = "1"
    factor: float = 1.0
    temperature_c: float | None = None
    is_absent: bool = False
    refusal: str = ""
    name: str = "changing"

    def claims(self, head: bytes) -> bool:
        return not self.is_absent and head.startswith(b"hertz re im")

    def read(self, data: bytes) -> list[Spectrum]:
        if self.refusal:
            raise UnreadableFile(self.refusal)
        rows = [[float(word) for word in line.split()] for line in data.decode().splitlines()[1:]]
        frequency_hz, real, imag = zip(*rows, strict=True)
        z = [self.factor * complex(a, b) for a, b in zip(real, imag, strict=True)]
        read = Spectrum(np.array(frequency_hz), np.array(z), metadata={"warnings": []})
        return [read if self.temperature_c is None else read.with_temperature(self.temperature_c, 0.5, "file")]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Changing:
    """The reader, among the built-in ones."""
    found, broken = registry.resolve(())
    changing = Changing()
    monkeypatch.setattr(registry, "_resolved", lambda: ((*found, changing), broken))
    return changing


@pytest.fixture
def lab(bench: Any, reader: Changing, tmp_path: Path) -> Lab:
    """A lab with one file that version 1 read."""
    bench.sample()
    (tmp_path / "NL-0001.txt").write_bytes(TEXT)
    (result,) = import_files(bench.lab, [tmp_path / "NL-0001.txt"], temperature_c=31.0)
    assert result.refusal is None
    lab: Lab = bench.lab
    return lab


def current(lab: Lab) -> list[db.StoredAnalysis]:
    with lab.database.read() as found:
        return found.current_analyses(with_document=False)


def first_z(lab: Lab) -> complex:
    with lab.database.read() as found:
        return complex(found.spectra(found.files()[0])[0].impedance_ohm[0])


def test_the_same_numbers_are_noted_once_and_nothing_changes(lab: Lab, reader: Changing) -> None:
    assert n_read_by_older(lab) == 0
    before = current(lab)
    reader.version = "2"
    assert n_read_by_older(lab) == 1
    assert read_again(lab) == []
    assert n_read_by_older(lab) == 0
    assert current(lab) == before
    with lab.database.read() as found:
        (line,) = found.journal(event="file.confirmed")
    assert line.data == {"by": "changing 2"}
    assert db.check(lab.database, lab.folder.vault) == []


def test_other_numbers_make_a_new_reading_and_the_old_one_stays(lab: Lab, reader: Changing) -> None:
    (old,) = current(lab)
    z = first_z(lab)
    reader.version, reader.factor = "2", 2.0
    (result,) = read_again(lab)
    assert "read anew by changing 2: other numbers than by 1" in result.notes
    assert first_z(lab) == 2.0 * z
    (new,) = current(lab)
    assert (old.verdict, new.verdict) == ("accepted", "accepted")
    assert new.sigma_total_s_cm == pytest.approx((old.sigma_total_s_cm or 0.0) / 2, rel=1e-6)
    with lab.database.read() as found:
        assert found.analysis(old.id).sigma_total_s_cm == old.sigma_total_s_cm
        (stored,) = found.spectra(found.files()[0])
        assert (stored.temperature_c, stored.temperature_source) == (31.0, "command"), "what was typed still holds"
        assert found.files()[0].reader_version == "2"
    assert read_again(lab) == []
    assert db.check(lab.database, lab.folder.vault) == []


def test_a_temperature_that_the_reader_finds_now_is_another_reading(lab: Lab, reader: Changing) -> None:
    reader.version, reader.temperature_c = "2", 60.0
    assert len(read_again(lab)) == 1
    with lab.database.read() as found:
        (stored,) = found.spectra(found.files()[0])
    assert (stored.temperature_c, stored.temperature_source) == (60.0, "file")


@pytest.mark.parametrize("decision", ["retracted", "rejected"])
def test_what_a_person_closed_stays_closed(lab: Lab, reader: Changing, decision: str) -> None:
    (old,) = current(lab)
    if decision == "retracted":
        retract_analysis(lab, old.id, reason="wrong pellet", by="Ada")
    else:
        sign_analysis(lab, old.id, "rejected", reason="cracked", by="Ada")
    reader.version, reader.factor = "2", 2.0
    read_again(lab)
    (new,) = current(lab)
    with lab.database.read() as found:
        assert (new.verdict, found.standing(new)) == ("accepted", "out")
        said = found.retractions(new) if decision == "retracted" else found.signatures(new)
        assert said[-1].who == "Ada"
        assert said[-1].reason.startswith(f"as analysis {old.id}, read anew: ")
        assert found.teaching_analyses() == []


def test_a_file_that_none_took_is_read_when_one_does(bench: Any, reader: Changing, tmp_path: Path) -> None:
    bench.sample()
    reader.is_absent = True
    (tmp_path / "NL-0001.txt").write_bytes(b"hertz re im\n" + TEXT.partition(b"\n")[2].replace(b" ", b";;"))
    (refused,) = import_files(bench.lab, [tmp_path / "NL-0001.txt"])
    assert refused.state == "refused"
    assert read_again(bench.lab) == []
    assert n_read_by_older(bench.lab) == 0, "asked once, not at every start"
    reader.is_absent, reader.version, real = False, "2", reader.read
    reader.read = lambda data: real(data.replace(b";;", b" "))  # type: ignore[method-assign]
    (result,) = read_again(bench.lab)
    assert (result.refusal, result.label) == (None, "NL-0001-P1")
    assert "read anew by changing 2: refused before" in result.notes
    assert len(result.sweeps) == 1


def test_a_reader_that_refuses_now_takes_nothing_away(lab: Lab, reader: Changing) -> None:
    before = current(lab)
    reader.version, reader.refusal = "2", "is too odd"
    (result,) = read_again(lab)
    assert "today's reader refuses it (is too odd); what changing 1 read stays" in result.notes
    assert current(lab) == before
    assert read_again(lab) == []


def test_a_reader_that_fails_stops_no_other_file(lab: Lab, reader: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_data: bytes) -> list[Spectrum]:
        raise ZeroDivisionError

    faults: list[Exception] = []
    reader.version = "2"
    monkeypatch.setattr(reader, "read", broken)
    assert read_again(lab, on_fault=faults.append) == []
    assert [type(fault) for fault in faults] == [ZeroDivisionError]
    assert n_read_by_older(lab) == 1


def test_an_owner_given_by_hand_stays(lab: Lab, bench: Any, reader: Changing) -> None:
    other = bench.sample()
    with lab.database.read() as found:
        (file,) = found.files()
    assign(lab, file.id, f"{other}-P1")
    reader.version, reader.factor = "2", 2.0
    (result,) = read_again(lab)
    assert result.label == f"{other}-P1"


def test_the_watch_reads_again_when_it_starts(lab: Lab, reader: Changing) -> None:
    reader.version, reader.factor = "2", 3.0
    z, stop, said = first_z(lab), threading.Event(), list[Any]()
    watch(lab, stop, said.append, on_scan=lambda _report: stop.set())
    assert [note for result in said for note in result.notes] == ["read anew by changing 2: other numbers than by 1"]
    assert first_z(lab) == 3.0 * z


def test_an_analysis_anew_reads_again_before(lab: Lab, reader: Changing) -> None:
    reader.version, reader.factor = "2", 3.0
    done = reanalyse(lab)
    assert [result.state for result in done.read_anew] == ["analysed"]
    assert reanalyse(lab).read_anew == ()


def built_in(bench: Any, monkeypatch: pytest.MonkeyPatch, name: str, *, is_absent: bool) -> None:
    """Let the lab be one of last year: the reader of that name was older and halved each impedance, or was missing."""
    found, broken = registry.resolve(())
    todays = next(one for one in found if one.name == name)

    class Older:
        version, is_generic = "0", getattr(todays, "is_generic", False)

        def __init__(self) -> None:
            self.name, self.claims = todays.name, todays.claims

        def read(self, data: bytes) -> list[Spectrum]:
            return [replace(one, impedance_ohm=0.5 * one.impedance_ohm) for one in todays.read(data)]

    others = [one for one in found if one is not todays]
    monkeypatch.setattr(registry, "_resolved", lambda: ((*others, *([] if is_absent else [Older()])), broken))


@pytest.mark.parametrize("name", FILES)
def test_files_of_every_built_in_reader_are_read_again(
    bench: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.sample()
    path = tmp_path / f"NL-0001 {name}"
    path.write_bytes(FILES[name]()[0])
    with monkeypatch.context() as patch:
        built_in(bench, patch, name, is_absent=False)
        (old,) = import_files(bench.lab, [path])
        assert (old.refusal, old.label) == (None, "NL-0001-P1")
    assert n_read_by_older(bench.lab) == 1
    path.unlink()  # the vault has it
    (result,) = read_again(bench.lab)
    version = next(one.version for one in registry.available_readers() if one.name == name)
    assert f"read anew by {name} {version}: other numbers than by 0" in result.notes
    assert result.label == "NL-0001-P1"
    with bench.lab.database.read() as found:
        (file,) = found.files()
        stored = [one.impedance_ohm for one in found.spectra(file)]
        assert (file.reader, file.reader_version) == (name, version)
    wanted = [one.impedance_ohm for one in read_bytes(FILES[name]()[0])]
    assert all(np.array_equal(one, other) for one, other in zip(stored, wanted, strict=True))
    assert (read_again(bench.lab), n_read_by_older(bench.lab)) == ([], 0)
    assert db.check(bench.lab.database, bench.lab.folder.vault) == []


def test_a_workbook_that_came_before_its_reader_is_read_when_there_is_one(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.sample()
    (tmp_path / "NL-0001.xlsx").write_bytes(FILES["xlsx"]()[0])
    with monkeypatch.context() as patch:
        built_in(bench, patch, "xlsx", is_absent=True)
        (refused,) = import_files(bench.lab, [tmp_path / "NL-0001.xlsx"])
        assert refused.state == "refused"
    (result,) = read_again(bench.lab)
    assert (result.refusal, result.label, len(result.sweeps)) == (None, "NL-0001-P1", 1)


def test_a_signature_under_the_earlier_numbers_has_to_be_given_again(lab: Lab, reader: Changing) -> None:
    (old,) = current(lab)
    sign_analysis(lab, old.id, "accepted", reason="looks good", by="Ada")
    reader.version, reader.factor = "2", 2.0
    read_again(lab)
    (new,) = current(lab)
    with lab.database.read() as found:
        assert [one.who for one in found.signatures(old)] == ["Ada"]
        assert found.signatures(new) == []
