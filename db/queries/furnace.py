"""Furnace runs, what happened during them, readings."""

import sqlalchemy as sa

from db.queries.access import Access, id_of
from db.tables import TABLES
from db.values_furnace import FurnaceEvent, FurnaceReading, FurnaceRun


class Furnaces(Access):
    """What was started, and what the log says of it."""

    def furnace_runs(self, *, is_open: bool | None = None) -> list[FurnaceRun]:
        """Return the runs, oldest first: all of them, or those that have (not) ended."""
        runs, events = TABLES["furnace_run"].c, TABLES["furnace_event"]
        query = self._select("furnace_run").order_by(runs.id)
        if is_open is not None:
            ended = sa.select(events.c.furnace_run_id).where(events.c.kind == "ended")
            query = query.where(runs.id.not_in(ended) if is_open else runs.id.in_(ended))
        return self._values(FurnaceRun, query)

    def furnace_run(self, number: int) -> FurnaceRun:
        """Return a run by its number; Refusal when there is none."""
        return self._known(FurnaceRun, "furnace_run", "furnace run", number=number)

    def newest_run_of(self, furnace: str) -> FurnaceRun | None:
        """Return the newest run of a furnace, or None."""
        return self._fact(FurnaceRun, "furnace_run", furnace=furnace)

    def furnace_events(self, run: FurnaceRun | int) -> list[FurnaceEvent]:
        """Return what happened during a run, oldest first."""
        return self._facts(FurnaceEvent, "furnace_event", furnace_run_id=id_of(run))

    def furnace_readings(self, run: FurnaceRun | int) -> list[FurnaceReading]:
        """Return the log of a run, oldest first."""
        return self._facts(FurnaceReading, "furnace_reading", furnace_run_id=id_of(run))

    def newest_reading(self, run: FurnaceRun | int) -> FurnaceReading | None:
        """Return the newest reading of a run, or None."""
        return self._fact(FurnaceReading, "furnace_reading", furnace_run_id=id_of(run))
