"""Sweeps with far more points than an analysis needs are thinned, in one place for all readers."""

import numpy as np
from numpy.typing import NDArray

from instruments.spectrum import Spectrum

MAX_POINTS = 20_000
"""Up to here a sweep stays as it is: no instrument measures so many frequencies, but a simulation may write them."""
N_BINS = 2000
N_BY_ORDER = 200


def thinned(spectrum: Spectrum) -> Spectrum:
    """Return a sweep of more than `MAX_POINTS` points with at most `N_BINS` + `N_BY_ORDER` of them, others unchanged.

    Kept are measured points, not means: the one nearest the middle of each of `N_BINS` equal steps of log frequency,
    and `N_BY_ORDER` at equal distances in the order of the file, so that crowded frequencies do not vanish altogether.
    The metadata say so (`n_points_in_file`, a warning).
    """
    if spectrum.n_points <= MAX_POINTS:
        return spectrum
    by_order = np.linspace(0, spectrum.n_points - 1, N_BY_ORDER).astype(np.intp)
    kept = np.union1d(_one_per_bin(spectrum.frequency_hz), by_order)
    note = f"{spectrum.n_points} points thinned to {kept.size}, evenly in log frequency"
    metadata = {
        **spectrum.metadata,
        "n_points_in_file": spectrum.n_points,
        "warnings": [*spectrum.metadata.get("warnings", []), note],
    }
    return Spectrum(
        spectrum.frequency_hz[kept],
        spectrum.impedance_ohm[kept],
        metadata,
        spectrum.temperature_c,
        spectrum.temperature_c_sd,
        spectrum.temperature_source,
    )


def _one_per_bin(frequency_hz: NDArray[np.float64]) -> NDArray[np.intp]:
    position = np.log(frequency_hz)
    low, high = position.min(), position.max()
    if high == low:
        return np.zeros(1, dtype=np.intp)
    scaled = (position - low) / (high - low) * N_BINS
    bins = np.minimum(scaled.astype(np.intp), N_BINS - 1)
    order = np.lexsort((np.abs(scaled - bins - 0.5), bins))  # by bin, the nearest to its middle first
    _, first = np.unique(bins[order], return_index=True)
    return order[first]
