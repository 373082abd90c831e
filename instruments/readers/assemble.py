"""Checked numbers to spectra: what every reader does once it has its points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from instruments.readers import sweeps
from instruments.spectrum import Spectrum


@dataclass(slots=True)
class Points:
    """All points of a file in order: n frequencies (Hz), real and imaginary parts (ohm), and their line numbers."""

    frequency_hz: list[float] = field(default_factory=list)
    real_ohm: list[float] = field(default_factory=list)
    imaginary_ohm: list[float] = field(default_factory=list)
    line: list[int] = field(default_factory=list)

    def add(self, line: int, frequency_hz: float, real_ohm: float, imaginary_ohm: float) -> None:
        """Append one point."""
        self.line.append(line)
        self.frequency_hz.append(frequency_hz)
        self.real_ohm.append(real_ohm)
        self.imaginary_ohm.append(imaginary_ohm)

    def impedance_ohm(self, sweep: range) -> list[complex]:
        """Return the complex impedances of one sweep."""
        return [complex(self.real_ohm[i], self.imaginary_ohm[i]) for i in sweep]


def spectra_of(
    points: Points,
    ranges: Sequence[range],
    metadata: Mapping[str, Any],
    warnings: Sequence[str],
    extra: Sequence[Mapping[str, Any]] | None = None,
) -> list[Spectrum]:
    """Return one spectrum per range, with `metadata`, the entries `extra` has for that sweep, and all warnings.

    A sweep is marked as aborted when `metadata["is_aborted"]` says so or, without that entry, when it looks so.
    `extra[k]` may hold `warnings` of its own and `temperature_c`, `temperature_c_sd` (source "file").
    """
    longest = max(len(sweep) for sweep in ranges)
    spectra = []
    for number, sweep in enumerate(ranges):
        own = dict(extra[number]) if extra is not None else {}
        temperature_c = own.pop("temperature_c", None)
        temperature_c_sd = own.pop("temperature_c_sd", None)
        notes = [*warnings, *own.pop("warnings", []), *split_note(number, len(ranges))]
        notes += sweeps.common_warnings(points.frequency_hz, points.real_ohm, sweep)
        if "is_aborted" in metadata:  # the file says so itself: no need to judge by the frequencies
            is_aborted = bool(metadata["is_aborted"]) or len(sweep) < longest
        else:
            is_aborted = sweeps.looks_aborted(points.frequency_hz, sweep, longest)
        if is_aborted:
            last = points.frequency_hz[sweep[-1]]
            notes.append(f"the sweep looks aborted: {len(sweep)} points, it ends at {last:g} Hz")
        spectra.append(
            Spectrum(
                np.array([points.frequency_hz[i] for i in sweep], dtype=np.float64),
                np.array(points.impedance_ohm(sweep), dtype=np.complex128),
                {**metadata, **own, "is_aborted": is_aborted, "warnings": notes},
                temperature_c,
                temperature_c_sd,
                None if temperature_c is None else "file",
            )
        )
    return spectra


def split_note(number: int, n_sweeps: int) -> list[str]:
    """Return the note that a file held several sweeps and was split."""
    if n_sweeps == 1:
        return []
    return [f"sweep {number + 1} of {n_sweeps} in the file: split where the frequency turns around or jumps back"]
