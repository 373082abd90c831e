"""Distributions over bins of log10 sigma: labels, moments, quantiles, and moving a whole distribution.

Within a bin the density is flat, so the cumulative distribution is linear between edges. All functions take
`probabilities` (n, b) with rows that sum to one and evenly spaced `edges` (b + 1,).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nasicon_loop.predict.settings import Settings

Array = NDArray[np.float64]

LEAST_DENSITY = 1e-6
"""Per dex: what was held to be impossible counts as this, so that one value does not make a mean infinite."""


def bin_edges(settings: Settings) -> Array:
    """Return the (b + 1,) edges in log10 of S/cm."""
    return np.linspace(settings.log10_sigma_low, settings.log10_sigma_high, settings.n_bins + 1)


def hard_labels(log10_sigma: Array, edges: Array) -> Array:
    """Return (n, b) labels with all mass on the bin that holds the value; values outside go to the outermost bin."""
    n_bins = len(edges) - 1
    place = np.clip(np.searchsorted(edges, log10_sigma, side="right") - 1, 0, n_bins - 1)
    return np.asarray(np.eye(n_bins)[place], dtype=np.float64)


def soft_labels(log10_sigma: Array, sd: Array, edges: Array) -> Array:
    """Return (n, b) labels: the mass of a normal distribution (mean, sd in dex) in each bin, tails in the last ones."""
    cumulative = ndtr((edges[None, :] - log10_sigma[:, None]) / sd[:, None])
    cumulative[:, 0], cumulative[:, -1] = 0.0, 1.0
    return np.asarray(np.diff(cumulative, axis=1), dtype=np.float64)


def moments(probabilities: Array, edges: Array) -> tuple[Array, Array]:
    """Return mean (n,) and variance (n,), the flat bins' own width included."""
    centres = (edges[1:] + edges[:-1]) / 2
    mean = probabilities @ centres
    variance = probabilities @ centres**2 - mean**2 + np.diff(edges).mean() ** 2 / 12
    return mean, np.maximum(variance, 0.0)


def cumulative_at(probabilities: Array, edges: Array, values: Array) -> Array:
    """Return the probability below `values` (n, k), shape (n, k)."""
    n_bins = len(edges) - 1
    cumulative = _cumulative(probabilities)
    place = np.clip((values - edges[0]) / (edges[-1] - edges[0]) * n_bins, 0.0, n_bins)
    left = np.minimum(place.astype(np.int64), n_bins - 1)
    below = np.take_along_axis(cumulative, left, axis=1)
    inside = np.take_along_axis(probabilities, left, axis=1)
    return np.asarray(below + (place - left) * inside, dtype=np.float64)


def log_density_at(probabilities: Array, edges: Array, values: Array) -> Array:
    """Return the natural logarithm of the density (per dex) at `values` (n,), shape (n,); never below LEAST_DENSITY."""
    n_bins, width = len(edges) - 1, float(np.diff(edges).mean())
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, n_bins - 1)
    density = probabilities[np.arange(len(values)), place] / width
    return np.asarray(np.log(np.maximum(density, LEAST_DENSITY)), dtype=np.float64)


def quantiles(probabilities: Array, edges: Array, levels: Sequence[float]) -> Array:
    """Return (n, k) values below which lie the shares `levels`."""
    cumulative = _cumulative(probabilities)
    width = np.diff(edges).mean()
    columns = []
    for level in levels:
        left = np.minimum((cumulative[:, 1:] < level).sum(axis=1), len(edges) - 2)[:, None]
        below = np.take_along_axis(cumulative, left, axis=1)[:, 0]
        inside = np.maximum(np.take_along_axis(probabilities, left, axis=1)[:, 0], 1e-300)
        columns.append(edges[left[:, 0]] + np.clip((level - below) / inside, 0.0, 1.0) * width)
    return np.stack(columns, axis=1)


def class_probabilities(probabilities: Array, edges: Array, class_edges: Sequence[float]) -> Array:
    """Return (n, k + 1) shares below, between and above `class_edges`."""
    values = np.broadcast_to(np.asarray(class_edges), (len(probabilities), len(class_edges)))
    inner = cumulative_at(probabilities, edges, values)
    ends = np.zeros((len(probabilities), 1)), np.ones((len(probabilities), 1))
    return np.diff(np.concatenate([ends[0], inner, ends[1]], axis=1), axis=1)


def moved(probabilities: Array, edges: Array, shift: Array, stretch: Array) -> Array:
    """Return the distributions moved by `shift` (n,) and stretched about their means by `stretch` (n,) > 0.

    The map is affine, so skewness and multimodality stay. The mean moves by exactly `shift`, except for what is cut at
    the outermost edges, where it gathers. Flat bins widen a distribution a little; a second pass takes that out.
    """
    mean, variance = moments(probabilities, edges)
    found = moments(_moved(probabilities, edges, shift, stretch), edges)[1]
    again = stretch * np.sqrt(np.clip(variance * stretch**2 / np.maximum(found, 1e-12), 0.25, 1.0))
    narrowed = _moved(probabilities, edges, shift, again)
    # stretching moves the mean by a small part of a bin; a mere shift back is exact
    return _moved(narrowed, edges, mean + shift - moments(narrowed, edges)[0], np.ones(len(mean)))


def _moved(probabilities: Array, edges: Array, shift: Array, stretch: Array) -> Array:
    mean = moments(probabilities, edges)[0][:, None]
    sources = mean + (edges[None, :] - mean - shift[:, None]) / stretch[:, None]
    cumulative = cumulative_at(probabilities, edges, sources)
    cumulative[:, 0], cumulative[:, -1] = 0.0, 1.0
    return np.diff(cumulative, axis=1)


def _cumulative(probabilities: Array) -> Array:
    start = np.zeros((len(probabilities), 1))
    return np.concatenate([start, np.cumsum(probabilities, axis=1)], axis=1)
