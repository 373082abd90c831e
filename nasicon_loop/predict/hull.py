"""Energy above the convex hull: networks trained on computed stabilities, whose trunks also see conductivities.

A 0 K hull is not stability at 1200 °C, and where a cation does not occur in the table nothing is known: `is_supported`
says so per composition.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtr

from nasicon_loop.core import Executor, Progress, Refusal
from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import SITES
from nasicon_loop.predict.encoder import Encoder
from nasicon_loop.predict.features import composition_features
from nasicon_loop.predict.network import CrystalNet
from nasicon_loop.predict.pieces import Network, fit_alike
from nasicon_loop.predict.rows import StabilityRow
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.structures import crystals_of_rows
from nasicon_loop.predict.training import Examples, Schedule, cross_entropy

Array = NDArray[np.float64]

STABLE_BELOW_EV = 0.025
"""Ouyang et al., Nat. Commun. 12 (2021) 5752: what lies at most 25 meV/atom above the hull can be expected to exist."""
LOW_EV, HIGH_EV, N_BINS = -0.150, 0.400, 64
LABEL_SD_EV = 0.015
MIN_STABILITY_ROWS = 200
_CHUNK = 4096
_FEATURE_LIMIT = 8.0


@dataclass(frozen=True)
class Hull:
    """What is known of n compositions' stability: energy above hull (eV/atom) with sd, P(<= 25 meV/atom), support."""

    energy_ev: Array
    sd_ev: Array
    p_stable: Array
    is_supported: NDArray[np.bool_]
    """(n,) whether every cation of the composition occurs on its site in the table."""


@dataclass(frozen=True)
class HullNets:
    """Trained networks, the encoder of their images, and the scales of their features."""

    encoder: Encoder
    networks: tuple[CrystalNet, ...]
    feature_mean: Array
    feature_scale: Array
    """(f,), infinite where a feature was the same in all rows: it is not looked at."""
    is_known: NDArray[np.bool_]
    """(sites, elements) which elements stood on A, M, X."""

    def ask(self, batch: Crystals) -> Hull:
        """Return what the networks say about n crystals."""
        edges = energy_edges()
        shares = np.zeros((len(batch), N_BINS))
        for start in range(0, len(batch), _CHUNK):
            at = np.arange(start, min(start + _CHUNK, len(batch)), dtype=np.int64)
            part = batch.take(at)
            image = self.encoder.images(part)
            features = _standard(hull_features(part), self.feature_mean, self.feature_scale)
            with torch.inference_mode():
                for network in self.networks:
                    shares[at] += torch.softmax(network(image, features).double(), dim=1).numpy()
        shares /= max(len(self.networks), 1)
        centres = (edges[1:] + edges[:-1]) / 2
        mean = shares @ centres
        variance = shares @ centres**2 - mean**2
        stands = np.stack([batch.amounts[site] > 0 for site in SITES], axis=1)
        return Hull(
            energy_ev=mean,
            sd_ev=np.sqrt(np.maximum(variance, 0.0)),
            p_stable=_share_below(shares, edges, STABLE_BELOW_EV),
            is_supported=np.asarray(~(stands & ~self.is_known[None]).any(axis=(1, 2)), dtype=bool),
        )


def energy_edges() -> Array:
    """Return the (65,) bin edges in eV/atom; what lies outside counts to the outermost bins."""
    return np.linspace(LOW_EV, HIGH_EV, N_BINS + 1)


def hull_features(batch: Crystals) -> Array:
    """Return (n, f): composition features and the amounts of all elements on A, M, X."""
    return np.concatenate([composition_features(batch), *(batch.amounts[site] for site in SITES)], axis=1)


def usable(rows: Sequence[StabilityRow]) -> tuple[Crystals, Array, tuple[tuple[str, str], ...]]:
    """Return the rows as crystals and energies (n,) in eV/atom; rows that are no NASICON are listed with the reason."""
    kept, energies, skipped = [], [], []
    for row in sorted(rows, key=lambda row: row.row_id):
        try:
            crystals_of_rows([(row.formula, row.structure)], needs_ion=False)
        except Refusal as refusal:
            skipped.append((row.row_id, str(refusal)))
        else:
            kept.append((row.formula, row.structure))
            energies.append(row.energy_above_hull_ev)
    return crystals_of_rows(kept, needs_ion=False), np.array(energies), tuple(skipped)


def hull_encoder(batch: Crystals, energy_ev: Array) -> Encoder:
    """Return the encoder of images, its descriptors weighted by correlation with the energy."""
    n = len(batch)
    limited = np.clip(energy_ev, LOW_EV, HIGH_EV)
    return Encoder.fit(batch, np.full(n, 25.0), ["total"] * n, limited, uses_features=False)


def hull_settings(settings: Settings) -> Settings:
    """Return the settings of the whole networks: wide layers behind the trunk."""
    return replace(settings, hidden=(settings.hidden[0], *(settings.hull_hidden,) * 5))


def fit_hull(
    batch: Crystals,
    energy_ev: Array,
    settings: Settings,
    seed: int,
    *,
    encoder: Encoder | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> HullNets:
    """Return `settings.n_trunks` networks trained on n crystals and their energies above hull (eV/atom).

    Networks are items of the `executor`; the result does not depend on which.
    """
    encoder = encoder or hull_encoder(batch, energy_ev)
    raw = hull_features(batch)
    mean, scale = raw.mean(axis=0), raw.std(axis=0)
    scale = np.where(scale > 1e-6, scale, np.inf)
    examples = Examples(
        (encoder.images(batch), _standard(raw, mean, scale)),
        torch.from_numpy(_labels(energy_ev).astype(np.float32)),
        torch.ones(len(batch)),
    )
    schedule = Schedule(
        settings.n_pretraining_epochs, settings.batch_size, settings.pretraining_rate, settings.weight_decay
    )
    channels, classes, distances = examples.inputs[0].shape[1:]
    shape, start = (channels, classes, distances), seed * 1000 + 500
    first = Network(shape, raw.shape[1], N_BINS, hull_settings(settings), examples, cross_entropy, schedule, start)
    networks = fit_alike(first, settings.n_trunks, "learning stabilities", executor=executor, progress=progress)
    is_known = np.stack([(batch.amounts[site] > 0).any(axis=0) for site in SITES])
    return HullNets(encoder, networks, mean, scale, is_known)


def empty_network(n_features: int, settings: Settings, image_shape: Sequence[int]) -> CrystalNet:
    """Return an untrained network for energies."""
    channels, classes, distances = image_shape
    return CrystalNet((channels, classes, distances), n_features, N_BINS, hull_settings(settings))


def _standard(raw: Array, mean: Array, scale: Array) -> torch.Tensor:
    return torch.from_numpy(np.clip((raw - mean) / scale, -_FEATURE_LIMIT, _FEATURE_LIMIT).astype(np.float32))


def _labels(energy_ev: Array) -> Array:
    edges = energy_edges()
    inside = np.clip(energy_ev, LOW_EV, HIGH_EV)
    cumulative = ndtr((edges[None, :] - inside[:, None]) / LABEL_SD_EV)
    cumulative[:, 0], cumulative[:, -1] = 0.0, 1.0
    return np.asarray(np.diff(cumulative, axis=1), dtype=np.float64)


def _share_below(shares: Array, edges: Array, value: float) -> Array:
    from nasicon_loop.predict.bins import cumulative_at

    return cumulative_at(shares, edges, np.full((len(shares), 1), value))[:, 0]
