"""What the model says about compositions: a distribution each, with its moments."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CLASS_EDGES = (-5.0, -4.0, -3.0)
"""Edges (log10 of S/cm) between the four classes: below 1e-5, to 1e-4, to 1e-3, above."""

QUANTILE_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Summary:
    """Mean, sd and epistemic sd (n,) of log10 sigma (S/cm): what a screening of many compositions needs."""

    mean: Array
    sd: Array
    epistemic_sd: Array


@dataclass(frozen=True)
class Prediction:
    """Distributions of log10 sigma (S/cm) for n compositions over b bins; all arrays are read-only.

    `sd` is of the next lab result; `epistemic_sd` is the part that more data would remove, `noise_sd` the rest:
    sd^2 = epistemic_sd^2 + noise_sd^2. Everything else follows from `bin_probabilities`.
    """

    formulas: tuple[str, ...]
    """(n,) canonical text."""
    temperature_c: float
    mean: Array
    """(n,) log10 of S/cm."""
    sd: Array
    """(n,) dex."""
    epistemic_sd: Array
    """(n,) dex."""
    noise_sd: Array
    """(n,) dex."""
    quantiles: Array
    """(n, k) log10 of S/cm, at `quantile_levels`."""
    quantile_levels: tuple[float, ...]
    class_probabilities: Array
    """(n, 4) below, between and above CLASS_EDGES."""
    bin_probabilities: Array
    """(n, b), rows sum to one; within a bin the density is flat."""
    bin_edges: Array
    """(b + 1,) log10 of S/cm."""
    correction: Array
    """(n,) dex that the lab's own results added to the networks' mean."""

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def __len__(self) -> int:
        return len(self.formulas)

    def records(self) -> list[Mapping[str, Any]]:
        """Return one JSON-able mapping per composition with the names the commands print."""
        return [
            {
                "formula": formula,
                "temperature_c": self.temperature_c,
                "log10_sigma_mean": float(self.mean[i]),
                "log10_sigma_sd": float(self.sd[i]),
                "log10_sigma_epistemic_sd": float(self.epistemic_sd[i]),
                "log10_sigma_noise_sd": float(self.noise_sd[i]),
                "log10_sigma_quantiles": {
                    f"{level:g}": float(value)
                    for level, value in zip(self.quantile_levels, self.quantiles[i], strict=True)
                },
                "class_probabilities": [float(value) for value in self.class_probabilities[i]],
                "lab_correction": float(self.correction[i]),
            }
            for i, formula in enumerate(self.formulas)
        ]
