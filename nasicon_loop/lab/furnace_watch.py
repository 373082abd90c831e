"""What is wrong at a furnace, in words, and what to do about it: a judgement of readings, without any device."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db import NewFurnaceReading
    from nasicon_loop.lab.settings_devices import FurnaceSection, Reaction

SENSOR_BREAK = "sensor break"
_UNDER_WAY = ("run", "hold", "holdback")
_MOVED_C = 0.05


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong. `kind` is told once until it is over; `reaction` is the policy of lab.toml."""

    kind: str
    words: str
    reaction: "Reaction"


class Watch:
    """Looks at readings one after the other; an alarm is given once, and again only after it was over.

    While the setpoint falls nothing is said of a furnace that is hotter: it cools as slowly as it does.
    """

    def __init__(self, section: "FurnaceSection", top_c: float) -> None:
        self._section = section
        self._top_c = top_c
        self._standing: set[str] = set()
        self._n_off = 0
        self._setpoint_c: float | None = None
        self._is_cooling = False

    def look(self, reading: "NewFurnaceReading") -> list[Alarm]:
        """Return the alarms that are new with this reading."""
        found = {alarm.kind: alarm for alarm in self._found(reading)}
        new = [alarm for kind, alarm in found.items() if kind not in self._standing]
        self._standing = set(found)
        return new

    def _found(self, reading: "NewFurnaceReading") -> Iterator[Alarm]:
        section = self._section
        told = [words for words in reading.alarms.split("; ") if words]
        if SENSOR_BREAK in told or reading.pv_c is None:
            yield Alarm("sensor break", "the thermocouple is broken or not connected", section.on_sensor_break)
        for words in told:
            if words != SENSOR_BREAK:
                yield Alarm(f"controller: {words}", f"the controller reports {words}", "tell")
        if reading.pv_c is None:
            return
        limit_c = self._top_c + section.over_temperature_c
        if reading.pv_c > limit_c:
            words = f"{reading.pv_c:.0f} °C is above the program's top of {self._top_c:g} °C"
            yield Alarm("over-temperature", words, section.on_over_temperature)
        yield from self._deviation(reading, reading.pv_c)

    def _deviation(self, reading: "NewFurnaceReading", pv_c: float) -> Iterator[Alarm]:
        setpoint_c, before_c = reading.setpoint_c, self._setpoint_c
        self._setpoint_c = setpoint_c
        if setpoint_c is None or reading.status not in _UNDER_WAY:
            self._n_off = 0
            return
        if before_c is not None and abs(setpoint_c - before_c) > _MOVED_C:
            self._is_cooling = setpoint_c < before_c
        off_c = pv_c - setpoint_c
        is_off = abs(off_c) > self._section.deviation_c and not (off_c > 0 and self._is_cooling)
        self._n_off = self._n_off + 1 if is_off else 0
        if self._n_off >= self._section.deviation_readings:
            words = f"{pv_c:.0f} °C is {abs(off_c):.0f} °C {'above' if off_c > 0 else 'below'} the setpoint"
            yield Alarm("deviation", words, self._section.on_deviation)
