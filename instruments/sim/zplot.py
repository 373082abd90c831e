"""Writes ZPlot/ZView `.z` text in its three layouts (docs/files.md)."""

from typing import Literal

from numpy.typing import ArrayLike

from instruments.sim.sweeps import Sweeps, as_pairs

_SETTINGS = """ZPLOT2 ASCII
  Measured Data, ZPlot:       3.2c
  Experiment Type:            Sweep Frequency, Control Voltage
  Date:                       10-12-2018
  Time:                       12:32:21
  Begin User Comments:        0
  End User Comments:          0
  Data Points:                {n}
  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange
End Comments
"""
_SHORT = """"ZPlotW Data File: Version 3.2c"
"Raw Data"
"Sweep Frequency: Control Voltage"
Date: 12-17-2019    Time: 16:24:35
"Frequency"
0,3,0,1,300000,0.005
{n}
"  Freq(Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range"
"""


def zplot_text(
    frequency_hz: Sweeps,
    impedance_ohm: ArrayLike | None = None,
    *,
    layout: Literal["settings", "short", "bare"] = "settings",
) -> bytes:
    """Return a `.z` file: `settings` (tabs, `End Comments`), `short` (commas), or `bare` (the nine columns, tabs).

    Takes sweeps as `xm_studio_csv` does. Five significant digits for Z, seven for the frequency, as ZPlot writes them.
    """
    pairs = as_pairs(frequency_hz, impedance_ohm)
    delimiter = ", " if layout == "short" else "\t"
    points = [point for pair in pairs for point in zip(pair[0].tolist(), pair[1].tolist(), strict=True)]
    rows = []
    for place, (frequency, impedance) in enumerate(points):
        numbers = (f"{frequency:.6E}", "1.0000E-02", "0.0000E+00", f"{2.0 + place:.6E}")
        parts = (f"{impedance.real:.4E}", f"{impedance.imag:.4E}", "0.0000E+00", "0", "3")
        rows.append(delimiter.join((*numbers, *parts)) + "\n")
    heading = {"settings": _SETTINGS, "short": _SHORT, "bare": ""}[layout].format(n=len(points))
    return (heading + "".join(rows)).encode("ascii")
