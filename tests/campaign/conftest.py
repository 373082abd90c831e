"""A smooth stand-in for a trained model, asked about arrays of crystals."""

from types import SimpleNamespace

import numpy as np
import pytest

from nasicon_loop.chemistry import elements
from nasicon_loop.predict import Crystals

COLUMN = {symbol: k for k, symbol in enumerate(elements())}


class Smooth:
    """A bonus per dopant that levels off, a gentle optimum in sodium; `stable` elements are in the hull's data."""

    def __init__(self, bonus: dict[str, float] | None = None, stable: tuple[str, ...] | None = None) -> None:
        self.bonus = bonus or {}
        self.stable = stable
        self.n_asked = 0

    def summary(self, batch: Crystals, temperature_c: float = 25.0) -> SimpleNamespace:
        self.n_asked += len(batch)
        together = sum(batch.amounts[site] for site in ("A", "M", "X"))
        mean = -3.5 - 0.3 * (together[:, COLUMN["Na"]] - 3.3) ** 2
        for symbol, bonus in self.bonus.items():
            mean = mean + bonus * np.minimum(together[:, COLUMN[symbol]] / 0.2, 1.0)
        flat = np.full(len(batch), 0.25)
        return SimpleNamespace(mean=mean, sd=np.hypot(flat, 0.2), epistemic_sd=flat)

    def hull(self, batch: Crystals) -> SimpleNamespace | None:
        if self.stable is None:
            return None
        known = [COLUMN[symbol] for symbol in ("Na", "Zr", "Si", "P", *self.stable)]
        together = sum(batch.amounts[site] for site in ("A", "M", "X"))
        foreign = np.delete(together, known, axis=1).sum(axis=1)
        return SimpleNamespace(p_stable=0.2 + 0.1 * together[:, COLUMN["Si"]], is_supported=foreign == 0)


@pytest.fixture
def smooth() -> type[Smooth]:
    """The class of the stand-in."""
    return Smooth
