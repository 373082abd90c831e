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

    @property
    def uses_features(self) -> bool:
        """Whether composition features and conditions go in beside the image."""
        return len(self.feature_mean) > 0

    @classmethod
    def fit(
        cls, batch: Crystals, temperature_c: Array, kinds: Sequence[str], target: Array, *, uses_features: bool
    ) -> "Encoder":
        """Learn rotations and scales from training rows; `target` (n,) is log10 sigma."""
        bases = fit_bases(batch.amounts, target)
        images = crystal_images(batch, bases)
        mean, scale = _scales(images)
        if uses_features:
            feature_mean, feature_scale = _scales(_features(batch, temperature_c, kinds, bases))
        else:
            feature_mean, feature_scale = np.zeros(0), np.ones(0)
        return cls(bases, mean, scale, feature_mean, feature_scale)

    def encode(self, batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return image (n, channels, classes, distances) and features (n, features), standardised, float32.

        Standardised values are limited to ±6 so that a composition far outside the data cannot blow up a layer.
        """
        images = np.clip((crystal_images(batch, self.bases) - self.image_mean) / self.image_scale, -6.0, 6.0)
        if self.uses_features:
            raw = (_features(batch, temperature_c, kinds, self.bases) - self.feature_mean) / self.feature_scale
            features = np.clip(raw, -6.0, 6.0)
        else:
            features = np.zeros((len(batch), 0))
        return torch.from_numpy(images.astype(np.float32)), torch.from_numpy(features.astype(np.float32))

    def to_arrays(self) -> dict[str, Array]:
        """Return everything as named arrays, for storing."""
        arrays = {
            "image_mean": self.image_mean,
            "image_scale": self.image_scale,
            "feature_mean": self.feature_mean,
            "feature_scale": self.feature_scale,
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
