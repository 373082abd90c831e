"""Writes the CSV that Solartron's SMaRT exports, with names and rows separated differently (docs/files.md)."""

import cmath
import math

from numpy.typing import ArrayLike

from instruments.sim.sweeps import Sweeps, as_pairs, seven

_NAMES = (
    "Result Number", "Sweep Number", "Point Number", "Time", "Frequency (Hz)", "AC Level (V)", "DC Level (V)",
    "Set Point ('C)", "Temperature ('C)", "Control ('C)", "Impedance Magnitude (Ohms)", "Impedance Phase Degrees (')",
    "Impedance Real (Ohms)", "Impedance Imaginary (Ohms)",
)  # fmt: skip


def smart_csv(
    frequency_hz: Sweeps,
    impedance_ohm: ArrayLike | None = None,
    *,
    name_delimiter: str = ",",
    row_delimiter: str = ";",
    decimal: str = ".",
    temperature_c: float | None = None,
) -> bytes:
    """Return a SMaRT export. Takes sweeps as `xm_studio_csv` does; `temperature_c` None writes `-` as without a
    controller. Every row ends with its delimiter.
    """
    lines = [
        "Exported SMaRT Impedance Data",
        "Experiment start time : 16/6/2023 16:54:46",
        "",
        name_delimiter.join(_NAMES),
    ]
    result = 0
    temperature = "-" if temperature_c is None else seven(temperature_c)
    for sweep, (frequencies, impedances) in enumerate(as_pairs(frequency_hz, impedance_ohm), start=1):
        for point, (frequency, z) in enumerate(zip(frequencies.tolist(), impedances.tolist(), strict=True), start=1):
            result += 1
            polar = (seven(abs(z)), seven(math.degrees(cmath.phase(z))))
            numbers = [seven(frequency), "1", "0", temperature, temperature, "-", *polar, seven(z.real), seven(z.imag)]
            fields = [str(result), str(sweep), str(point), "00:00:04", *(n.replace(".", decimal) for n in numbers)]
            lines.append(row_delimiter.join([*fields, ""]))
    return "\r\n".join([*lines, ""]).encode("ascii")
