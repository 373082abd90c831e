"""From compositions and conditions to the network's tensors; what it learned from the training rows travels with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import DESCRIPTORS, N_COMPONENTS, SITES, SiteBasis, fit_bases, site_descriptors
from nasicon_loop.predict.features import (
    COMPOSITION_FEATURES,
    CONDITION_FEATURES,
    composition_features,
    condition_features,
)
from nasicon_loop.predict.image import crystal_images

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Encoder:
    """Descriptor rotations per site and the scales of pixels and features."""

    bases: Mapping[str, SiteBasis]
    image_mean: Array
    """(channels, site classes, distance bins)"""
    image_scale: Array
    feature_mean: Array
    """(features,), empty when the image goes in alone."""
    feature_scale: Array
    feature_low: Array
    """(features,) least and greatest value in the training rows: nothing is extrapolated beyond them."""
    feature_high: Array

    @property
    def uses_features(self) -> bool:
        """Whether composition features and conditions go in beside the image."""
        return len(self.feature_mean) > 0

    @classmethod
    def fit(
        cls,
        batch: Crystals,
        temperature_c: Array,
        kinds: Sequence[str],
        target: Array,
        *,
        uses_features: bool,
        images_of: "Encoder | None" = None,
    ) -> "Encoder":
        """Learn rotations and scales from training rows; `target` (n,) is log10 sigma.

        With `images_of`, rotations and the scales of pixels are that encoder's, which trunks were trained with.
        """
        if images_of is None:
            bases: Mapping[str, SiteBasis] = fit_bases(batch.amounts, target)
            mean, scale = _scales(crystal_images(batch, bases))
        else:
            bases, mean, scale = images_of.bases, images_of.image_mean, images_of.image_scale
        features = _features(batch, temperature_c, kinds, bases) if uses_features else np.zeros((len(batch), 0))
        feature_mean, feature_scale = _scales(features)
        return cls(bases, mean, scale, feature_mean, feature_scale, features.min(axis=0), features.max(axis=0))

    def encode(self, batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return image (n, channels, classes, distances) and features (n, features), standardised, float32.

        Features are limited to their range in the training rows, and standardised pixels to ±6: a dopant whose radius
        or charge no row has must not be given a conductivity by running a trend on beyond the data.
        """
        images = self.images(batch)
        if self.uses_features:
            raw = np.clip(_features(batch, temperature_c, kinds, self.bases), self.feature_low, self.feature_high)
            features = (raw - self.feature_mean) / self.feature_scale
        else:
            features = np.zeros((len(batch), 0))
        return images, torch.from_numpy(features.astype(np.float32))

    def images(self, batch: Crystals) -> Tensor:
        """Return the standardised images alone, limited to ±6, float32."""
        images = crystal_images(batch, self.bases, np.float32)
        images -= self.image_mean.astype(np.float32)
        images /= self.image_scale.astype(np.float32)
        return torch.from_numpy(np.clip(images, -6.0, 6.0, out=images))

    def to_arrays(self) -> dict[str, Array]:
        """Return everything as named arrays, for storing."""
        arrays = {
            "image_mean": self.image_mean,
            "image_scale": self.image_scale,
            "feature_mean": self.feature_mean,
            "feature_scale": self.feature_scale,
            "feature_low": self.feature_low,
            "feature_high": self.feature_high,
        }
        for site, basis in self.bases.items():
            for name in ("weights", "centre", "scale", "loadings", "explained"):
                arrays[f"basis.{site}.{name}"] = getattr(basis, name)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "Encoder":
        """Return the encoder written by `to_arrays`; KeyError when an array is missing."""
        bases = {
            site: SiteBasis(
                site=site,
                names=DESCRIPTORS,
                **{
                    name: arrays[f"basis.{site}.{name}"]
                    for name in ("weights", "centre", "scale", "loadings", "explained")
                },
            )
            for site in SITES
        }
        return cls(
            bases,
            arrays["image_mean"],
            arrays["image_scale"],
            arrays["feature_mean"],
            arrays["feature_scale"],
            arrays["feature_low"],
            arrays["feature_high"],
        )


def feature_names() -> tuple[str, ...]:
    """Return the names of all features in their order."""
    on_sites = tuple(
        f"{what} of component {k + 1} on {site}"
        for site in SITES
        for what in ("mean", "spread")
        for k in range(N_COMPONENTS)
    )
    return COMPOSITION_FEATURES + CONDITION_FEATURES + on_sites


def _features(batch: Crystals, temperature_c: Array, kinds: Sequence[str], bases: Mapping[str, SiteBasis]) -> Array:
    on_sites = [site_descriptors(batch.amounts[site], bases[site]) for site in SITES]
    parts = [composition_features(batch), condition_features(batch, temperature_c, kinds)]
    return np.concatenate([*parts, *(np.concatenate(pair, axis=1) for pair in on_sites)], axis=1)


def _scales(values: Array) -> tuple[Array, Array]:
    scale = values.std(axis=0)
    return values.mean(axis=0), np.where(scale > 1e-6, scale, 1.0)
