"""Many writers at once, writers that are killed, and any order of events at all."""

import signal
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

import db
from db import states
from nasicon_loop.core import Refusal

_N_PROCESSES, _N_WRITES = 6, 150

_ALLOT = f"""
import sys, db
with db.open(sys.argv[1], lab=sys.argv[2]) as database:
    for _ in range({_N_WRITES}):
        with database.write(who=sys.argv[3]) as writer:
            writer.add_sample("Na3Zr2Si2PO12")
"""


def _allot(spawn: Callable[..., Any], url: str, lab: str) -> None:
    processes = [spawn(_ALLOT, url, lab, f"process {number}") for number in range(_N_PROCESSES)]
    for process in processes:
        with process:
            assert process.wait() == 0


def test_six_processes_lose_nothing(database: db.Database, spawn: Callable[..., Any]) -> None:
    _allot(spawn, database.url.render_as_string(hide_password=False), database.lab.name)
    with database.read() as reader:
        numbers = [sample.number for sample in reader.samples()]
        writers = {line.who for line in reader.journal(limit=None)}
    assert numbers == list(range(1, _N_PROCESSES * _N_WRITES + 1))
    assert len(writers) == _N_PROCESSES


_KILLED = """
import os, signal, sys, db
database = db.open(sys.argv[1])
for n in range(1000):
    with database.write(who="x") as writer:
        raw, _ = writer.add_file(f"{n:064x}", size_bytes=1, name="a", numbers_sha256=str(n), reader="r")
        print(n, flush=True)
        spectrum = writer.add_spectrum(raw, 1, frequency_hz=[1.0], impedance_ohm=[1j], metadata={})
        if n == 3 and sys.argv[2] == "inside":
            os.kill(os.getpid(), signal.SIGKILL)
        writer.add_analysis(spectrum, engine_version="1", verdict="review", reasons=[], document={})
"""


@pytest.mark.parametrize("where", ["inside", "anywhere"])
def test_a_writer_killed_in_the_middle_leaves_no_half_state(
    where: str, lite: db.Database, spawn: Callable[..., Any]
) -> None:
    with spawn(_KILLED, lite.path, where) as process:
        while process.stdout.readline().strip() != "3":
            pass
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert db.check(lite) == []
    with lite.read() as reader:
        counts = reader.counts().rows
    assert counts["raw_file"] == counts["reading"] == counts["spectrum"] == counts["analysis"] >= 3
    with lite.write(who="next") as writer:  # no lock is left behind
        writer.add_sample("Na3Zr2Si2PO12")


def test_an_upgrade_of_states_is_one_function(lite: db.Database, tell: Callable[..., Any]) -> None:
    """Emptying all states and replaying gives them back: nothing is kept that the journal does not say."""
    tell(lite)
    with closing(sqlite3.connect(lite.path or "")) as connection:
        for table, _ in states.KINDS.values():
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        connection.commit()
    assert len(db.repair(lite)) == len(states.KINDS)
    assert db.check(lite) == []


class AnyCampaign(RuleBasedStateMachine):
    """Everything a lab can do, in any order; after each step the journal must prove the states."""

    samples, pellets, files, spectra, analyses, lots = (Bundle(name) for name in ("s", "p", "f", "z", "a", "l"))

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = db.create(Path(self.folder.name) / "lab.db", "Lab")
        self.n_files = 0

    def teardown(self) -> None:
        assert db.check(self.database) == []
        self.database.close()
        self.folder.cleanup()

    def do(self, what: str, *arguments: Any, **options: Any) -> Any:
        with self.database.write(who="x") as writer:
            return getattr(writer, what)(*arguments, **options)

    @rule(target=samples)
    def sample(self) -> int:
        return int(self.do("add_sample", "Na3Zr2Si2PO12").id)

    @rule(sample=samples, state=st.sampled_from(db.SAMPLE_STATES))
    def sample_state(self, sample: int, state: db.SampleStateName) -> None:
        with suppress(Refusal):
            self.do("set_sample_state", sample, state)

    @rule(sample=samples, step=st.sampled_from(["calcination", "sintering"]))
    def firing(self, sample: int, step: str) -> None:
        with suppress(Refusal):
            self.do("add_firing", sample, step, temperature_c=1000, hours=1)

    @rule(state=st.sampled_from(db.SUGGESTION_STATES), is_made=st.booleans())
    def suggestion(self, state: db.SuggestionStateName, is_made: bool) -> None:
        made = self.do(
            "add_suggestion", model_run=None, formula="A", dopant="Mg", log10_sigma_mean=-3, log10_sigma_sd=1,
            quantiles={}, acquisition=0, reason="", batch=1,
        )  # fmt: skip
        self.do("set_suggestion_state", made.number, state)
        if is_made:
            self.do("add_sample", "A", suggestion=made)

    @rule(target=pellets, sample=samples)
    def pellet(self, sample: int) -> int:
        try:
            return int(self.do("add_pellet", sample).id)
        except Refusal:  # the sample was abandoned
            return int(self.do("add_pellet", self.do("add_sample", "B")).id)

    @rule(target=lots, precursor=st.sampled_from(["ZrO2", "SiO2"]), amount_g=st.floats(0.001, 100))
    def lot(self, precursor: str, amount_g: float) -> int:
        return int(self.do("add_lot", precursor, lot_number="1", amount_g=amount_g).id)

    @rule(lot=lots, kind=st.sampled_from(["opened", "fired", "counted", "closed"]))
    def lot_event(self, lot: int, kind: Any) -> None:
        self.do("add_lot_event", lot, kind, on_date="2026-11-22", left_g=1.5 if kind == "counted" else None)

    @rule(sample=samples, lot=st.none() | lots, mass_g=st.floats(0, 10), precursor=st.sampled_from(["ZrO2", "SiO2"]))
    def weighing_entry(self, sample: int, lot: int | None, mass_g: float, precursor: str) -> None:
        with suppress(Refusal):
            self.do("add_weighing_entry", sample, precursor, mass_g, lot=lot, operator="x")

    @rule(pellet=pellets, name=st.sampled_from(["thickness_cm", "electrode_diameter_cm", "mass_g"]))
    def geometry(self, pellet: int, name: str) -> None:
        self.do("add_geometry", pellet, **{name: 1})

    @rule(target=files, refusal=st.sampled_from([None, None, "no"]))
    def file(self, refusal: str | None) -> int:
        self.n_files += 1
        with self.database.write(who="x") as writer:
            raw, _ = writer.add_file(f"{self.n_files:064x}", size_bytes=1, name="a", refusal=refusal)
            if refusal is None:
                writer.add_spectrum(raw, 1, frequency_hz=[1.0], impedance_ohm=[1j], metadata={})
        return raw.id

    @rule(file=files, numbers=st.sampled_from(["m", "n"]))
    def read_again(self, file: int, numbers: str) -> None:
        with self.database.write(who="x") as writer:
            raw = writer.add_reading(file, numbers_sha256=numbers, reader="r")
            if raw.duplicate_of is None:
                writer.add_spectrum(raw, 1, frequency_hz=[1.0, 2.0], impedance_ohm=[1j, 2j], metadata={})

    @rule(file=files, pellet=st.none() | pellets)
    def assign(self, file: int, pellet: int | None) -> None:
        self.do("assign", file, pellet=pellet, how="user")

    @rule(target=analyses, file=files, pellet=pellets, verdict=st.sampled_from(db.VERDICTS), has_sigma=st.booleans())
    def analysis(self, file: int, pellet: int, verdict: Any, has_sigma: bool) -> int:
        with self.database.write(who="x") as writer:
            found = writer.spectra(file)
            spectrum = found[0] if found else self._some_spectrum(writer)
            shape = writer.geometry(pellet)
            sigma = 1e-3 if has_sigma and shape is not None and verdict != "rejected" else None
            made = writer.add_analysis(
                spectrum, engine_version="1", verdict=verdict, reasons=[], document={}, geometry=shape,
                sigma_total_s_cm=sigma,
            )  # fmt: skip
        return made.id

    def _some_spectrum(self, writer: db.Writer) -> db.StoredSpectrum:
        self.n_files += 1
        raw, _ = writer.add_file(f"{self.n_files:064x}", size_bytes=1, name="b")
        return writer.add_spectrum(raw, 1, frequency_hz=[1.0], impedance_ohm=[1j], metadata={})

    @rule(analysis=analyses, decision=st.sampled_from(db.DECISIONS))
    def sign(self, analysis: int, decision: Any) -> None:
        with suppress(Refusal):
            self.do("sign", analysis, decision, reason="r")

    @rule(analysis=analyses)
    def retract(self, analysis: int) -> None:
        with suppress(Refusal):
            self.do("retract", analysis, reason="r")

    @invariant()
    def nothing_retracted_or_unsigned_teaches(self) -> None:
        with self.database.read() as reader:
            for row in reader.teaching_analyses():
                signatures = reader.signatures(row.analysis_id)
                assert not reader.retractions(row.analysis_id)
                assert not signatures or signatures[-1].decision == "accepted"
                assert row.verdict == "accepted" or signatures


def test_replaying_any_journal_gives_the_states() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        AnyCampaign,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
