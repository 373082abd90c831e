"""One impedance sweep as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasicon_loop.core import Refusal

TemperatureSource = Literal["file", "name pattern", "command", "lab.toml", "assumed"]


def _frozen(values: ArrayLike, dtype: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype=dtype)  # always a copy: nobody else may hold a writable view
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False)
class Spectrum:
    """One sweep: n frequencies, n impedances, and what is known about where they come from.

    `frequency_hz` (n,) float64, > 0, in the order of measurement; `impedance_ohm` (n,) complex128, true sign (a
    capacitor has a negative imaginary part). Both are read-only. `temperature_c` with its standard deviation and the
    place it was taken from, or None. `metadata` is read-only and JSON-able; readers fill (where the file tells)
    `name`, `reader`, `reader_version`, `format`, `sweep` (from 1), `n_sweeps`, `started_at` (ISO 8601 with offset, or
    the file's own text where that cannot be had without guessing), `experiment`, `n_dc_rows`, `mean_dc_voltage_v`,
    `is_aborted`, `warnings` (list of sentences).

    Two spectra are equal when their numbers and temperatures are; metadata does not count.
    Raises `Refusal` when lengths differ, nothing is left, a number is not finite or a frequency is not positive.
    """

    frequency_hz: NDArray[np.float64]
    impedance_ohm: NDArray[np.complex128]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    temperature_c: float | None = None
    temperature_c_sd: float | None = None
    temperature_source: TemperatureSource | None = None

    def __post_init__(self) -> None:
        """Copy, freeze and check."""
        frequency_hz = _frozen(self.frequency_hz, np.float64)
        impedance_ohm = _frozen(self.impedance_ohm, np.complex128)
        if frequency_hz.ndim != 1 or frequency_hz.shape != impedance_ohm.shape:
            raise Refusal(
                f"{frequency_hz.size} frequencies and {impedance_ohm.size} impedances: a spectrum has as many of each"
            )
        if frequency_hz.size == 0:
            raise Refusal("a spectrum has at least one point")
        if not (np.isfinite(frequency_hz).all() and np.isfinite(impedance_ohm).all()):
            raise Refusal("a spectrum holds finite numbers only")
        if not (frequency_hz > 0).all():
            raise Refusal("frequencies are greater than 0 Hz")
        object.__setattr__(self, "frequency_hz", frequency_hz)
        object.__setattr__(self, "impedance_ohm", impedance_ohm)
        object.__setattr__(self, "metadata", MappingProxyType(dict(self.metadata)))

    @property
    def n_points(self) -> int:
        """How many points the sweep has."""
        return int(self.frequency_hz.size)

    def with_temperature(
        self, temperature_c: float, temperature_c_sd: float | None, source: TemperatureSource
    ) -> "Spectrum":
        """Return the same sweep at a (newly) known temperature."""
        return replace(self, temperature_c=temperature_c, temperature_c_sd=temperature_c_sd, temperature_source=source)

    def with_metadata(self, **more: Any) -> "Spectrum":
        """Return the same sweep with entries of the metadata added or replaced."""
        return replace(self, metadata={**self.metadata, **more})

    def __eq__(self, other: object) -> bool:
        """Compare numbers and temperatures."""
        if not isinstance(other, Spectrum):
            return NotImplemented
        return self._temperature() == other._temperature() and (
            np.array_equal(self.frequency_hz, other.frequency_hz)
            and np.array_equal(self.impedance_ohm, other.impedance_ohm)
        )

    def __hash__(self) -> int:
        """Hash what equality compares."""
        return hash((self.frequency_hz.tobytes(), self.impedance_ohm.tobytes(), self._temperature()))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the arguments, so that what comes back is checked and read-only again."""
        return Spectrum, (self.frequency_hz, self.impedance_ohm, dict(self.metadata), *self._temperature())

    def _temperature(self) -> tuple[float | None, float | None, TemperatureSource | None]:
        return self.temperature_c, self.temperature_c_sd, self.temperature_source
