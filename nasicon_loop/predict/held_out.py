"""What a stored model said, while it was trained, about rows that a member and its trees had not seen.

The spreads were fitted to these very rows (so 90 % of all of them lie inside their 90 % intervals), and the networks'
share was chosen on them: parity is a little too good here, calibration much. `validate` asks with everything nested.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nasicon_loop.core import Refusal

Array = NDArray[np.float64]

FAMILIES = ("silico-phosphate", "phosphate", "lithium", "other")
_PREFIX = "held_out."


@dataclass(frozen=True)
class HeldOutRows:
    """n rows: measured value, mean and sd of what was said (log10 of S/cm), and the number of their family."""

    measured: Array
    mean: Array
    sd: Array
    family: NDArray[np.int64]
    """(n,) places in FAMILIES."""

    def __len__(self) -> int:
        return len(self.measured)

    @property
    def families(self) -> tuple[str, ...]:
        """(n,) names of the families."""
        return tuple(FAMILIES[k] for k in self.family)

    @property
    def pit(self) -> Array:
        """(n,) probability that was put below the measured values."""
        return np.asarray(ndtr((self.measured - self.mean) / self.sd), dtype=np.float64)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as named arrays, for storing."""
        return {f"{_PREFIX}{name}": getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "HeldOutRows | None":
        """Return the rows written by `to_arrays`; None where a model has none. ValueError when they do not fit."""
        names = cls.__dataclass_fields__
        if any(f"{_PREFIX}{name}" not in arrays for name in names):
            return None
        found = cls(**{name: np.asarray(arrays[f"{_PREFIX}{name}"]) for name in names})
        fits = all(getattr(found, name).shape == found.measured.shape for name in names) and found.measured.ndim == 1
        if not fits or not (found.sd > 0).all() or not ((found.family >= 0) & (found.family < len(FAMILIES))).all():
            raise ValueError("held-out rows that do not fit together")
        return found


def held_out_rows(measured: Array, mean: Array, sd: Array, families: tuple[str, ...]) -> HeldOutRows | None:
    """Return those of n rows about which something was said; None when nothing was."""
    said = np.isfinite(mean) & np.isfinite(sd) & (sd > 0)
    if not said.any():
        return None
    numbers = np.array([FAMILIES.index(name) for name in families], dtype=np.int64)
    return HeldOutRows(measured[said], mean[said], sd[said], numbers[said])


def read_held_out(directory: str | Path) -> HeldOutRows:
    """Return the held-out rows of the model in a directory without loading its networks.

    Raises Refusal when there is no model, it is damaged, or it was stored without them.
    """
    from nasicon_loop.predict import store

    arrays, _ = store.read(Path(directory))
    try:
        found = HeldOutRows.from_arrays(arrays)
    except ValueError as error:
        raise Refusal("holds held-out rows that do not fit together; train again", directory) from error
    if found is None or not len(found):
        raise Refusal("was stored without held-out rows: train again", directory)
    return found
