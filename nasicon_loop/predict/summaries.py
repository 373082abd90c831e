"""A model asked about arrays of crystals: mean and spreads alone, without quantiles, classes or names."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict import bins
from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.model import Model, _learnable
from nasicon_loop.predict.training import probabilities

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Summary:
    """Mean, sd of the next result and its epistemic part, (n,) each, in log10 of S/cm."""

    mean: Array
    sd: Array
    epistemic_sd: Array


@dataclass(frozen=True)
class Screener:
    """A model as a screening asks it."""

    model: Any

    def summary(self, batch: Crystals, temperature_c: float = 25.0) -> Summary:
        """Return the moments that `predict` gives for total conductivity, within a thousandth of a decade."""
        if hasattr(self.model, "summary"):
            said = self.model.summary(batch, temperature_c)
            return Summary(said.mean, said.sd, said.epistemic_sd)
        return _summary(self.model, batch, temperature_c)

    def hull(self, batch: Crystals) -> Any:
        """Return what the model knows of stability, None when it learned none."""
        return self.model.hull(batch) if hasattr(self.model, "hull") else None


def _summary(model: Model, batch: Crystals, temperature_c: float) -> Summary:
    ensemble, settings = model.ensemble, model.ensemble.settings
    temperatures, kinds = np.full(len(batch), temperature_c), ["total"] * len(batch)
    image, features = ensemble.encoder.encode(batch, temperatures, kinds)
    means, mixture = [], np.zeros((len(batch), settings.n_bins))
    for member in ensemble.members:
        said = probabilities(member, image, features)
        means.append(bins.moments(said, ensemble.edges)[0])
        mixture += said / len(ensemble.members)
    mean, variance = bins.moments(mixture, ensemble.edges)
    total = variance * ensemble.spread**2
    learnable = _learnable(total, np.var(means, axis=0), settings)
    shift, reduction = model.correction.apply(batch, temperatures, kinds, np.sqrt(learnable))
    left = total - reduction
    epistemic = np.clip(learnable - reduction, 0.0, left)
    return Summary(mean + shift, np.sqrt(left), np.sqrt(epistemic))
