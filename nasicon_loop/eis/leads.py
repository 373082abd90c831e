"""Cables and holder taken out of a spectrum, from a measured short and a measured open.

    Z = (Zm - Zs) / (1 - (Zm - Zs) Yo),  Yo = 1 / (Zo - Zs)

the open/short compensation of impedance analysers (Agilent Impedance Measurement Handbook, 4th ed., section 4.3).
Without an open Yo is 0, without a short Zs is 0. Between measured frequencies resistance and inductance of the short,
conductance and capacitance of the open are interpolated over the logarithm of the frequency: those change slowly.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nasicon_loop.core import Refusal, plain
from nasicon_loop.eis.elements import Complex, Real

if TYPE_CHECKING:
    from instruments.spectrum import Spectrum

CORRECTION = "lead_correction"
"""Key in the metadata of a corrected spectrum: which correction was used."""
_AT_THE_EDGE = 0.01  # a frequency that misses the range by less is rounding
_MOST_SHORT_OHM = 50.0
_LEAST_RATIO = 10.0


@dataclass(frozen=True, eq=False)
class Leads:
    """A short, an open, or both, measured with the cables and the holder of the pellets.

    `record` is the number under which a lab keeps it, `short_name` and `open_name` the files. Raises Refusal when there
    is neither, when the short is above 50 ohm, or the open not well above the short (the two were swapped).
    """

    short: "Spectrum | None" = None
    open: "Spectrum | None" = None
    short_name: str = ""
    open_name: str = ""
    record: int | None = None

    def __post_init__(self) -> None:
        """Look whether the short is short and the open open."""
        if self.short is None and self.open is None:
            raise Refusal("a correction needs a short, an open, or both", "leads")
        short_ohm = None if self.short is None else float(np.median(np.abs(self.short.impedance_ohm.real)))
        if short_ohm is not None and short_ohm > _MOST_SHORT_OHM:
            raise Refusal(f"has {short_ohm:.3g} ohm: that is no short of cables and holder", plain(self.short_name))
        if self.open is not None:
            open_ohm = float(np.median(np.abs(self.open.impedance_ohm)))
            if open_ohm < _LEAST_RATIO * max(short_ohm or 0.0, _MOST_SHORT_OHM / _LEAST_RATIO):
                raise Refusal(f"has {open_ohm:.3g} ohm: that is no open holder", plain(self.open_name))

    def corrected(self, spectrum: "Spectrum") -> "Spectrum":
        """Return the spectrum without leads, its metadata saying so; the given one stays as it is.

        Raises Refusal where short or open do not cover its frequencies, and for a spectrum that was corrected before.
        """
        if CORRECTION in spectrum.metadata:
            raise Refusal("was corrected for its leads already", plain(spectrum.metadata.get("name", "")))
        from instruments.spectrum import Spectrum

        f = np.asarray(spectrum.frequency_hz)
        z = np.asarray(spectrum.impedance_ohm)
        short = np.zeros(len(f), complex) if self.short is None else _short_at(self.short, f, self.short_name)
        z = z - short
        if self.open is not None:
            admittance = _open_at(self.open, f, self.open_name)
            admittance = admittance / (1.0 - admittance * short)
            z = z / (1.0 - z * admittance)
        return Spectrum(
            f,
            z,
            {**spectrum.metadata, CORRECTION: self.document()},
            spectrum.temperature_c,
            spectrum.temperature_c_sd,
            spectrum.temperature_source,
        )

    def document(self) -> dict[str, str | int | None]:
        """Return what an analysis remembers of the correction: the record's number and the files."""
        return {"record": self.record, "short": self.short_name or None, "open": self.open_name or None}


def _short_at(short: "Spectrum", f: Real, name: str) -> Complex:
    """Return the short's impedance (n,) at `f`, its resistance and inductance interpolated."""
    z = np.asarray(short.impedance_ohm)
    return _between(np.asarray(short.frequency_hz), z, f, name)


def _open_at(opened: "Spectrum", f: Real, name: str) -> Complex:
    """Return the open's admittance (n,) at `f`, its conductance and capacitance interpolated."""
    return _between(np.asarray(opened.frequency_hz), 1.0 / np.asarray(opened.impedance_ohm), f, name)


def _between(measured_hz: Real, values: Complex, f: Real, name: str) -> Complex:
    low, high = float(measured_hz.min()), float(measured_hz.max())
    if f.min() < low * (1.0 - _AT_THE_EDGE) or f.max() > high * (1.0 + _AT_THE_EDGE):
        raise Refusal(
            f"covers {low:.3g} to {high:.3g} Hz, the spectrum {f.min():.3g} to {f.max():.3g} Hz: "
            "measure short and open over the whole range",
            plain(name) or "leads",
        )
    known, place = np.unique(measured_hz, return_inverse=True)
    n_each = np.bincount(place)
    real = np.bincount(place, values.real) / n_each
    slope = np.bincount(place, values.imag / measured_hz) / n_each
    at = np.log(f)
    return np.asarray(np.interp(at, np.log(known), real) + 1j * f * np.interp(at, np.log(known), slope))
