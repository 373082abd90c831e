"""What goes wrong while a spectrum is measured, done to its impedance: some of it a good engine sees through, some not.

Spoiled *files* (a wrong export, an edited column) are in `spoiled`; here the file is right, the measurement is not.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instruments import Spectrum

Complexes = NDArray[np.complex128]
Change = Callable[[NDArray[np.float64], Complexes, np.random.Generator], Complexes]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a measurement. `is_usable` says that the right resistance can still be read from it."""

    name: str
    what: str
    is_usable: bool
    change: Change

    def applied(self, spectrum: Spectrum, seed: int) -> Spectrum:
        """Return the spectrum with this fault; the same seed gives the same."""
        source = np.random.default_rng([seed, 12])
        changed = self.change(spectrum.frequency_hz, spectrum.impedance_ohm, source)
        return Spectrum(spectrum.frequency_hz, changed, dict(spectrum.metadata))


def _cable(frequency: NDArray[np.float64], z: Complexes, source: np.random.Generator) -> Complexes:
    return np.asarray(z + 2j * np.pi * frequency * source.uniform(0.6e-6, 1.5e-6), dtype=np.complex128)


def _outliers(_frequency: NDArray[np.float64], z: Complexes, source: np.random.Generator) -> Complexes:
    places = source.choice(np.arange(3, len(z) - 3), size=2, replace=False)
    factor = np.ones(len(z))
    factor[places] = source.uniform(1.3, 1.8, size=len(places))
    return np.asarray(z * factor, dtype=np.complex128)


def _slow_drift(_frequency: NDArray[np.float64], z: Complexes, source: np.random.Generator) -> Complexes:
    """The room warms by less than a kelvin during the sweep."""
    return np.asarray(z * (1.0 - source.uniform(0.005, 0.02) * np.linspace(0.0, 1.0, len(z))), dtype=np.complex128)


def _fast_drift(_frequency: NDArray[np.float64], z: Complexes, source: np.random.Generator) -> Complexes:
    """The paint dries, the pellet was still hot: within the sweep the cell becomes another."""
    steps = np.cumsum(source.normal(0.0, 0.12, len(z)))
    return np.asarray(z * np.exp(0.9 * np.linspace(0.0, 1.0, len(z)) + steps), dtype=np.complex128)


def _bad_contact(_frequency: NDArray[np.float64], z: Complexes, source: np.random.Generator) -> Complexes:
    """The spring lets go and comes back: stretches of the sweep have another resistance in series."""
    is_off = np.zeros(len(z), dtype=bool)
    for start in source.choice(len(z) - 4, size=6, replace=False):
        is_off[start : start + int(source.integers(2, 6))] = True
    extra = np.median(np.abs(z)) * source.lognormal(0.0, 0.8, len(z))
    return np.asarray(z + np.where(is_off, extra, 0.0), dtype=np.complex128)


FAULTS = (
    Fault("cable", "a metre of unshielded cable", True, _cable),
    Fault("outliers", "two points taken while somebody touched the cell", True, _outliers),
    Fault("slow drift", "the room warmed a little during the sweep", True, _slow_drift),
    Fault("fast drift", "the electrode paint was still drying", False, _fast_drift),
    Fault("bad contact", "the spring contact let go now and then", False, _bad_contact),
)
USABLE = tuple(fault for fault in FAULTS if fault.is_usable)
UNUSABLE = tuple(fault for fault in FAULTS if not fault.is_usable)
