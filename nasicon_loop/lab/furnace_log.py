"""Watching a program run: readings into the database, alarms in words, the policy of lab.toml, and the end."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.furnace_watch import Alarm, Watch

if TYPE_CHECKING:
    from db import FurnaceEventKind, FurnaceRun, NewFurnaceReading
    from instruments.devices import Furnace, FurnaceState
    from nasicon_loop.lab.context import Lab

Tell = Callable[[str], None]
_LONGEST_RETRY_S = 1.0
GAP_READINGS = 5
"""After as many times `log_every_s` without a reading nobody looked."""


class FurnaceLog:
    """One run on one furnace while this process lives. A furnace goes on when the process ends."""

    def __init__(self, lab: "Lab", furnace: "Furnace", run: "FurnaceRun", tell: Tell) -> None:
        self._lab, self._furnace, self._run, self._tell = lab, furnace, run, tell
        self._section = lab.settings.furnace
        self._watch = Watch(self._section, run.top_c)
        self._place = ""
        self._has_run = False

    def follow(self, *, has_run: bool) -> "FurnaceState":
        """Log until the program is over and return the last state. `has_run` when it was seen to run before.

        Raises Refusal when nothing could be read for `stale_after_s`; the run stays open for `nasicon bench attach`.
        Refusal too when somebody gave the run up meanwhile.
        """
        self._has_run = has_run
        while True:
            began = time.monotonic()
            state = self._look()
            self._log(state)
            if state.status.is_active:
                self._has_run = True
            if is_over(state, has_run=self._has_run):
                return state
            time.sleep(max(0.0, self._section.log_every_s - (time.monotonic() - began)))

    def _look(self) -> "FurnaceState":
        """One reading, tried again until it is stale."""
        from instruments.devices import DeviceError, PortGone

        until = time.monotonic() + self._section.stale_after_s
        while True:
            try:
                return self._furnace.state()
            except DeviceError as problem:
                if isinstance(problem, PortGone) or time.monotonic() > until:
                    words = f"nothing was read for {self._section.stale_after_s:g} s ({problem.reason})"
                    if isinstance(problem, PortGone):
                        words = problem.reason
                    self._note("alarm", f"ALARM: {words}", {"kind": "stale reading"})
                    raise Refusal(
                        f"{words}. The furnace goes on by itself; mend the cable and run `nasicon bench attach` "
                        "(--port, if its name has changed)",
                        self._run.furnace,
                    ) from problem
                time.sleep(min(_LONGEST_RETRY_S, self._section.log_every_s))

    def _log(self, state: "FurnaceState") -> None:
        reading = as_reading(state)
        with self._lab.database.write(who=self._lab.who) as writer:
            if any(event.kind == "ended" for event in writer.furnace_events(self._run)):
                words = (
                    f"run {self._run.number} was given up: it is no longer watched, and the furnace goes on by itself"
                )
                raise Refusal(words, self._run.furnace)
            writer.add_furnace_reading(self._run, reading)
        place = f"{state.status.value}, segment {state.segment}"
        if place != self._place:
            self._place = place
            self._tell(f"{_degrees(state.pv_c)} (setpoint {_degrees(state.working_setpoint_c)}), {place}")
        for alarm in self._watch.look(reading):
            self._react(alarm, state)

    def _react(self, alarm: Alarm, state: "FurnaceState") -> None:
        from instruments.devices import DeviceError

        self._note("alarm", f"ALARM: {alarm.words}", {"kind": alarm.kind, "pv_c": state.pv_c})
        if alarm.reaction == "tell" or not state.status.is_active:
            return
        try:
            done = self._furnace.hold() if alarm.reaction == "hold" else self._furnace.reset()
        except DeviceError as problem:
            self._note("alarm", f"ALARM: {alarm.reaction} failed: {problem.reason}; go to the furnace", {})
            return
        words = {
            "hold": "held: the program's clock stands; look, then go on or reset at the panel",
            "reset": "reset: the program is over and the heater is off",
        }[alarm.reaction]
        self._note("acted", words, {"because": alarm.kind, "status": done.status.value})

    def _note(self, kind: "FurnaceEventKind", text: str, data: dict[str, object]) -> None:
        with self._lab.database.write(who=self._lab.who) as writer:
            writer.add_furnace_event(self._run, kind, plain(text, limit=500), data)
        self._tell(text)


def is_over(state: "FurnaceState", *, has_run: bool) -> bool:
    """Whether the program has ended: complete, or reset after it ran."""
    from instruments.devices import RunStatus

    return state.status is RunStatus.COMPLETE or (has_run and state.status is RunStatus.RESET)


def as_reading(state: "FurnaceState") -> "NewFurnaceReading":
    """Return a state as it is logged."""
    import db

    return db.NewFurnaceReading(
        taken_at=state.at,
        pv_c=state.pv_c,
        setpoint_c=state.working_setpoint_c,
        output_percent=state.output_percent,
        segment=state.segment,
        status=state.status.value,
        alarms="; ".join(state.alarms),
    )


def _degrees(value: float | None) -> str:
    return "no temperature" if value is None else f"{value:.0f} °C"
