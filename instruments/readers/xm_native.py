"""Solartron XM-studio's own binary result file of a run, `_0.data`: experimental.

Layout in `xm_blocks`, worked out from one laboratory's files (XM-studio ECS 3.5 and 3.6), not documented by the maker:
5062 points of 83 exports agree in frequency and, within 5e-7, in impedance. What the CSV lacks is here: where each
sweep begins and ends, and what its step and loop are called. Nothing in it is temperature. The electrode area and
thickness in it are XM-studio's defaults in every file seen: they are not read.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instruments.errors import UnreadableFile
from instruments.readers import sweeps
from instruments.readers.assemble import Points, spectra_of
from instruments.readers.xm_blocks import EXPORT, Step, is_native, steps_of
from instruments.spectrum import Spectrum

FORMAT = "XM-studio native"
EXPERIMENTAL = (
    "experimental: XM-studio's own binary file, its layout is known from one laboratory only; compare one run with the"
    " CSV of 'Export all' before trusting it"
)
_SECONDS = 1e-7
_LARGEST_OHM = 1e18
_MAX_NOTES = 5


class XmNative:
    """Reader of `_0.data` files."""

    name = "xm_native"
    version = "1"

    def claims(self, head: bytes) -> bool:
        """Say whether the beginning is that of a result file."""
        return is_native(head)

    def read(self, data: bytes) -> list[Spectrum]:
        """Return the sweeps of all impedance steps; `UnreadableFile` says why not and names the export."""
        steps = steps_of(data)
        with np.errstate(invalid="ignore"):  # a signalling NaN among unused channels is no event
            spectra, left_out = _all_spectra(steps)
        if not spectra:
            why = left_out[0] if left_out else f"{len(steps)} steps, none with an impedance point"
            raise UnreadableFile(f"XM-studio's native binary result file holds no sweep ({why}); {EXPORT}")
        notes = [f"left out: {note}" for note in left_out[:_MAX_NOTES]]
        if len(left_out) > _MAX_NOTES:
            notes.append(f"left out: {len(left_out) - _MAX_NOTES} more steps")
        return [s.with_metadata(warnings=[*s.metadata["warnings"], *notes]) for s in spectra]


def _all_spectra(steps: Sequence[Step]) -> tuple[list[Spectrum], list[str]]:
    spectra: list[Spectrum] = []
    left_out: list[str] = []
    for step in steps:
        for records in _sweeps(step.records):
            if len(spectra) > sweeps.MAX_SWEEPS:
                raise UnreadableFile(f"{sweeps.too_many(len(spectra))} {EXPORT}")
            try:
                spectra += _spectra(step, records)
            except UnreadableFile as refusal:  # one bad step does not take the others with it
                left_out.append(f"step {step.place} ({step.names[-1] if step.names else 'no name'}): {refusal.reason}")
    return spectra, left_out


def _sweeps(records: NDArray[np.void]) -> Iterator[NDArray[np.void]]:
    """Yield the records of each sweep; an infinite frequency begins one, DC samples before the first are its own."""
    marks = np.flatnonzero(np.isinf(records["frequency_hz"]))
    bounds = [0, *marks[1:].tolist(), records.size]
    for begin, end in pairwise(bounds):
        piece = records[begin:end]
        piece = piece[~np.isinf(piece["frequency_hz"])]
        if np.isfinite(piece["frequency_hz"]).any():
            yield piece


def _spectra(step: Step, records: NDArray[np.void]) -> list[Spectrum]:
    measured = records[np.isfinite(records["frequency_hz"])]
    frequency_hz, impedance_ohm = _numbers(measured)
    points = Points(
        frequency_hz.tolist(), impedance_ohm.real.tolist(), impedance_ohm.imag.tolist(), list(range(measured.size))
    )
    ranges, warnings = sweeps.usable(points.frequency_hz)
    metadata: dict[str, Any] = {
        "format": FORMAT,
        "step": step.names[-1] if step.names else "",
        "step_path": list(step.names),
        "step_number": step.place,
        "n_dc_rows": int(records.size - measured.size),
        **_means(records),
        "v_ranges": _distinct(measured["v_range"]),
        "i_ranges": _distinct(measured["i_range"]),
    }
    extra = [{"started_after_s": float(measured["ticks"][sweep[0]]) * _SECONDS} for sweep in ranges]
    return spectra_of(points, ranges, metadata, [EXPERIMENTAL, *warnings], extra)


def _numbers(measured: NDArray[np.void]) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """Return frequencies (n,) in Hz and V/A (n,) in ohm, computed in double precision from the stored singles."""
    frequency_hz = measured["frequency_hz"].astype(np.float64)
    if not (frequency_hz > 0).all():
        raise UnreadableFile(f"a frequency of {frequency_hz.min():g} Hz is not positive")
    signals = [measured[name].astype(np.float64) for name in ("v_re", "v_im", "a_re", "a_im")]
    current = signals[2] + 1j * signals[3]
    if not all(np.isfinite(values).all() for values in signals) or not (current != 0).all():
        raise UnreadableFile("a point has no finite voltage and current: overload, or the cell is not connected")
    impedance_ohm = (signals[0] + 1j * signals[1]) / current
    if not (np.abs(impedance_ohm) < _LARGEST_OHM).all():
        raise UnreadableFile("a point has no current to speak of: the cell is not connected")
    return frequency_hz, impedance_ohm.astype(np.complex128)


def _means(records: NDArray[np.void]) -> dict[str, float]:
    found = {}
    for key, name in (("mean_dc_voltage_v", "voltage_v"), ("mean_dc_current_a", "current_a")):
        values = records[name].astype(np.float64)
        values = values[np.isfinite(values)]
        if values.size:
            found[key] = float(values.mean())
    return found


def _distinct(values: NDArray[np.uint8]) -> Sequence[str]:
    return [str(value) for value in np.unique(values).tolist()]


READER = XmNative()
