"""Writes the CSV of XM-studio ECS's "Export all" as documented in docs/files.md (not after our reader).

Sixteen columns with `, ` between them, seven significant digits, CRLF. Time runs in DC sampling periods of one second:
AC points that finish within the same second share its DC sample, seconds without an AC point are DC rows with blank AC
fields. V, A, |Z| and phase are computed from the printed Z, so they agree with it to the last digit, as in real files.
"""

import cmath
import math
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from instruments.sim.sweeps import Sweeps, as_pairs, seven

COLUMNS = (
    "Time (s)", "Voltage (V)", "Current (A)", "Reverse I (A)", "Charge (C)", "Frequency (Hz)", "V' (V)", "V'' (V)",
    "A' (A)", "A'' (A)", "Z' (Ohm)", "Z'' (Ohm)", "| Z | (Ohm)", "Phase (Deg)", "V Range ()", "I Range ()",
)  # fmt: skip
_N_AC_FIELDS = 9
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_LEAD_IN_ROWS = 2
_POINT_S = 0.3
"""The shortest time for one AC point: settling and integration (three points share a second at high frequency)."""
_MAX_WAIT_ROWS = 30
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_LARGEST_RANGE_A = 0.3


def xm_studio_csv(
    frequency_hz: Sweeps,
    impedance_ohm: ArrayLike | None = None,
    *,
    experiment: str = "Experiment 1",
    started_at: datetime,
    locale: Literal["us", "uk"] = "us",
    dc_rows: bool = True,
    ac_amplitude_v: float = 0.005,
    dc_voltage_v: float = 0.0,
    newline: str = "\r\n",
) -> bytes:
    """Return the bytes of an export.

    One sweep: `frequency_hz` (n,) in Hz and `impedance_ohm` (n,) complex. Several: a sequence of `Spectrum` or of such
    pairs as first argument alone; time goes on over them and nothing marks where one ends, as in the instrument's own
    exports. `started_at` must be aware; `locale` chooses the Windows long date (`Thursday, June 20, 2024` and 12 h, or
    `20 June 2024` and 24 h). Without `dc_rows` only AC rows are written. Raises ValueError for a naive time.
    """
    lines = [f"Experiment:, {experiment}", *_start_lines(started_at, locale), ", ".join(COLUMNS)]
    clock_s, charge_c = 0.0, 0.0
    for frequencies, impedances in as_pairs(frequency_hz, impedance_ohm):
        rows = _sweep_rows(frequencies.tolist(), impedances.tolist(), clock_s, ac_amplitude_v, with_dc_rows=dc_rows)
        written = 0.0
        for clock_s, ac_fields, i_range in rows:
            current_a = dc_voltage_v / float(np.abs(impedances[-1]) or 1.0)
            if clock_s != written:
                charge_c += current_a
                written = clock_s
            dc_fields = [seven(clock_s), seven(dc_voltage_v), seven(current_a), "", seven(charge_c)]
            lines.append(", ".join([*dc_fields, *(ac_fields or [""] * _N_AC_FIELDS), "1", str(i_range)]))
    return newline.join([*lines, ""]).encode("ascii", errors="replace")


def _start_lines(started_at: datetime, locale: str) -> list[str]:
    if started_at.tzinfo is None:
        raise ValueError("started_at needs an offset: XM-studio writes one")
    offset = started_at.strftime("%z")
    zone = f"{offset[:3]}:{offset[3:5]}"
    day, month, year = started_at.day, _MONTHS[started_at.month - 1], started_at.year
    if locale == "uk":
        return [f"Start date:, {day} {month} {year}", f"Start time:, {started_at:%H:%M:%S} {zone}"]
    half = "AM" if started_at.hour < 12 else "PM"
    hour = (started_at.hour - 1) % 12 + 1
    return [
        f"Start date:, {_DAYS[started_at.weekday()]}, {month} {day}, {year}",
        f"Start time:, {hour}:{started_at:%M:%S} {half} {zone}",
    ]


def _sweep_rows(
    frequency_hz: list[float], impedance_ohm: list[complex], start_s: float, amplitude_v: float, *, with_dc_rows: bool
) -> Iterator[tuple[float, list[str] | None, int]]:
    """Yield (time in s, nine AC fields or None for a DC row, current range) in the order of the file."""
    tick = start_s
    if with_dc_rows:
        for _ in range(_LEAD_IN_ROWS):
            tick += 1
            yield tick, None, 1
    done = tick
    for place, (frequency, impedance) in enumerate(zip(frequency_hz, impedance_ohm, strict=True)):
        done += max(_POINT_S, min(1 / frequency, _MAX_WAIT_ROWS))
        fields, current_a = _ac_fields(frequency, impedance, amplitude_v, place * _GOLDEN_ANGLE)
        i_range = _current_range(current_a)
        while tick < math.ceil(done) - 1:
            tick += 1
            if with_dc_rows:
                yield tick, None, i_range
        tick = max(tick, math.ceil(done))
        yield tick, fields, i_range


def _ac_fields(
    frequency_hz: float, impedance_ohm: complex, amplitude_v: float, angle: float
) -> tuple[list[str], float]:
    """Return the nine AC fields of a point and its current amplitude (A)."""
    z_real, z_imaginary = seven(impedance_ohm.real), seven(impedance_ohm.imag)
    printed = complex(float(z_real), float(z_imaginary))
    voltage = cmath.rect(amplitude_v, angle)
    v_real, v_imaginary = seven(voltage.real), seven(voltage.imag)
    current = complex(float(v_real), float(v_imaginary)) / printed if printed else 0j
    modulus, phase = seven(abs(printed)), seven(math.degrees(cmath.phase(printed)))
    fields = [v_real, v_imaginary, seven(current.real), seven(current.imag), z_real, z_imaginary, modulus, phase]
    return [seven(frequency_hz), *fields], abs(current)


def _current_range(current_a: float) -> int:
    """Return XM's range number: 1 is 300 mA, each next one ten times smaller, 8 is 30 nA."""
    if current_a <= 0:
        return 8
    return min(max(math.floor(math.log10(_LARGEST_RANGE_A / current_a)) + 1, 1), 8)
