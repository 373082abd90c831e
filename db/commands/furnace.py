"""Writing what happens at a furnace on a cable."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from db.commands.recording import Recording
from db.queries.access import id_of, to_value
from db.values_bench import FurnaceLoad
from db.values_furnace import (
    FURNACE_EVENTS,
    FurnaceEvent,
    FurnaceEventKind,
    FurnaceReading,
    FurnaceRun,
    NewFurnaceReading,
)
from nasicon_loop.core import Refusal


class FurnaceWriter(Recording):
    """Runs, their events, their log."""

    def add_furnace_run(
        self,
        furnace: str,
        labels: Sequence[str],
        *,
        driver: str,
        step: str,
        segments: Sequence[tuple[float, float, float]],
        program_hash: str,
        program_number: int,
        top_c: float,
        hours: float,
        furnace_load: FurnaceLoad | int | None = None,
        speed: float = 1.0,
        writes: Mapping[int, int] | None = None,
    ) -> FurnaceRun:
        """Add a run with the next number; it is open. Refusal while another run of this furnace is open."""
        for known in self.furnace_runs(is_open=True):
            if known.furnace == furnace:
                raise Refusal(f"run {known.number} of this furnace is still open", furnace)
        samples = [self.sample(label) for label in labels]
        if not samples:
            raise Refusal("a run needs at least one sample", furnace)
        values = {
            "number": self._next_number("furnace_run"),
            "furnace": furnace,
            "driver": driver,
            "step": step,
            "labels": [sample.label for sample in samples],
            "furnace_load_id": None if furnace_load is None else self.load_by_id(id_of(furnace_load)).id,
            "segments": [list(segment) for segment in segments],
            "program_hash": program_hash,
            "program_number": program_number,
            "top_c": top_c,
            "hours": hours,
            "speed": speed,
            "writes": {str(register): n for register, n in (writes or {}).items()},
            "who": self.who,
        }
        data = {name: values[name] for name in ("number", "furnace", "step", "labels", "top_c", "program_hash")}
        return self._record(FurnaceRun, "furnace_run", "furnace.started", values, data=data)

    def add_furnace_event(
        self, run: FurnaceRun | int, kind: FurnaceEventKind, text: str, data: Mapping[str, Any] | None = None
    ) -> FurnaceEvent:
        """Add what happened during a run; "ended" closes it. Refusal for an unknown kind and after the end."""
        if kind not in FURNACE_EVENTS:
            raise Refusal(f"a furnace event is {', '.join(FURNACE_EVENTS)}, not {kind!r}")
        if any(event.kind == "ended" for event in self.furnace_events(run)):
            raise Refusal("this run has ended", f"furnace run {id_of(run)}")
        values = {"furnace_run_id": id_of(run), "kind": kind, "text": text, "data": dict(data or {})}
        subject = ("furnace_run", id_of(run))
        return self._record(
            FurnaceEvent, "furnace_event", f"furnace.{kind}", values, subject=subject, data={"text": text}
        )

    def add_furnace_reading(self, run: FurnaceRun | int, reading: NewFurnaceReading) -> FurnaceReading:
        """Log a look at the furnace (telemetry: no journal line)."""
        values = {**asdict(reading), "furnace_run_id": id_of(run)}
        return to_value(FurnaceReading, self._insert("furnace_reading", values))
