"""Whether two files hold the same measurement, however they were exported."""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from instruments.spectrum import Spectrum

_DIGITS = 6
"""Significant digits that count: one less than the seven an instrument's export carries, so that a file saved again
with the last digit rounded is still the same measurement."""


def _text(values: NDArray[np.float64]) -> str:
    # Adding 0.0 turns -0.0 into 0.0: the sign of nothing is not a difference.
    return ",".join(f"{value + 0.0:.{_DIGITS - 1}e}" for value in values.tolist())


def numbers_sha256(spectra: Iterable[Spectrum]) -> str:
    """Return the SHA-256 (hex) of frequencies and impedances of all sweeps, in order, at six significant digits.

    Line ends, delimiters, number formats, metadata and temperatures do not enter.
    """
    digest = hashlib.sha256()
    for spectrum in spectra:
        for values in (spectrum.frequency_hz, spectrum.impedance_ohm.real, spectrum.impedance_ohm.imag):
            digest.update(_text(values).encode("ascii"))
            digest.update(b"\n")
        digest.update(b"\n")
    return digest.hexdigest()
