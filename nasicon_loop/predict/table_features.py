"""What trees and linear models are given: the network's own features, every descriptor's mean and spread per site."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import DESCRIPTORS, SITES, element_table
from nasicon_loop.predict.features import (
    COMPOSITION_FEATURES,
    CONDITION_FEATURES,
    composition_features,
    condition_features,
)

Array = NDArray[np.float64]

N_TABLE_FEATURES = len(COMPOSITION_FEATURES) + len(CONDITION_FEATURES) + 2 * len(SITES) * len(DESCRIPTORS)


def table_features(batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> Array:
    """Return (n, N_TABLE_FEATURES) of n crystals at temperatures (n,) in °C."""
    parts = [composition_features(batch), condition_features(batch, temperature_c, kinds)]
    for site in SITES:
        amounts, facts = batch.amounts[site], element_table(site)
        share = amounts / np.maximum(amounts.sum(axis=1, keepdims=True), 1e-9)
        mean = share @ facts
        parts += [mean, np.sqrt(np.maximum(share @ facts**2 - mean**2, 0.0))]
    return np.concatenate(parts, axis=1)
