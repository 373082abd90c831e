"""What the writers take: one sweep as two arrays, or several as spectra or pairs."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from instruments.spectrum import Spectrum

Pair = tuple[NDArray[np.float64], NDArray[np.complex128]]
Sweeps = ArrayLike | Spectrum | Sequence[Spectrum | tuple[ArrayLike, ArrayLike]]


def as_pairs(first: Sweeps, impedance_ohm: ArrayLike | None) -> list[Pair]:
    """Return `[(frequency_hz (n,), impedance_ohm (n,)), ...]` for every way a writer may be called.

    With `impedance_ohm` (n,) `first` is the frequencies (n,); without, it is a spectrum, or a sequence of spectra or
    of pairs. Raises ValueError when lengths differ or nothing is given.
    """
    if impedance_ohm is not None:
        return [_pair(cast(ArrayLike, first), impedance_ohm)]
    items = [first] if isinstance(first, Spectrum) else cast(Sequence[Spectrum | tuple[ArrayLike, ArrayLike]], first)
    pairs = [
        _pair(item.frequency_hz, item.impedance_ohm) if isinstance(item, Spectrum) else _pair(item[0], item[1])
        for item in items
    ]
    if not pairs:
        raise ValueError("no sweep to write")
    return pairs


def _pair(frequency_hz: ArrayLike, impedance_ohm: ArrayLike) -> Pair:
    frequencies = np.asarray(frequency_hz, dtype=np.float64)
    impedances = np.asarray(impedance_ohm, dtype=np.complex128)
    if frequencies.ndim != 1 or frequencies.shape != impedances.shape:
        raise ValueError("a sweep has as many frequencies as impedances")
    return frequencies, impedances


def seven(value: float) -> str:
    """Return a number as the instruments print it: up to seven significant digits, lower-case exponent."""
    return f"{value + 0.0:.7g}"
