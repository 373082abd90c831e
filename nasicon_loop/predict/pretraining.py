"""Trunks that know something before they see a conductivity.

With a table of computed stabilities they learn energies above the hull; its few thousand compositions teach what a few
hundred conductivities cannot. Without one they learn what a composition's own features are, on neutral mixtures of the
training rows' compositions: little, but the same network works in both cases. Afterwards a trunk is frozen.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nasicon_loop.core import Executor, Progress
from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import SITES
from nasicon_loop.predict.encoder import Encoder
from nasicon_loop.predict.features import composition_features
from nasicon_loop.predict.hull import HullNets
from nasicon_loop.predict.network import Trunk
from nasicon_loop.predict.pieces import Network, fit_alike
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.table import Table
from nasicon_loop.predict.training import Examples, Schedule, squared_error

Array = NDArray[np.float64]

N_MIXTURES = 1000
N_EPOCHS_WITHOUT_TABLE = 8


@dataclass(frozen=True)
class Pretrained:
    """Frozen trunks with the encoder of their images; `hull` when they learned energies above the hull."""

    encoder: Encoder
    trunks: tuple[Trunk, ...]
    hull: HullNets | None


def from_hull(hull: HullNets) -> Pretrained:
    """Return the trunks of networks that learned energies above the hull."""
    return Pretrained(hull.encoder, tuple(network.trunk for network in hull.networks), hull)


def from_compositions(
    table: Table,
    settings: Settings,
    seed: int,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Pretrained:
    """Return trunks that learned to read the composition features out of images of neutral mixtures.

    Trunks are items of the `executor`; the result does not depend on which.
    """
    encoder = Encoder.fit(table.batch, table.temperature_c, table.kinds, table.target, uses_features=False)
    mixed = mixtures(table.batch, N_MIXTURES, seed)
    wanted = composition_features(mixed)
    scale = wanted.std(axis=0)
    wanted = (wanted - wanted.mean(axis=0)) / np.where(scale > 1e-6, scale, np.inf)
    image = encoder.images(mixed)
    examples = Examples(
        (image, torch.zeros(len(mixed), 0)), torch.from_numpy(wanted.astype(np.float32)), torch.ones(len(mixed))
    )
    n_epochs = min(N_EPOCHS_WITHOUT_TABLE, settings.n_pretraining_epochs)
    schedule = Schedule(n_epochs, settings.batch_size, settings.pretraining_rate, settings.weight_decay)
    shape = (image.shape[1], image.shape[2], image.shape[3])
    first = Network(shape, 0, wanted.shape[1], settings, examples, squared_error, schedule, seed * 1000 + 500)
    networks = fit_alike(first, settings.n_trunks, "learning compositions", executor=executor, progress=progress)
    return Pretrained(encoder, tuple(network.trunk for network in networks), None)


def mixtures(batch: Crystals, n: int, seed: int) -> Crystals:
    """Return n mixtures of two crystals each in random shares: amounts, charge, axes and phase between theirs.

    A mixture of two neutral compositions is neutral, and by Vegard's rule its axes lie between.
    """
    generator = np.random.default_rng(seed)
    one, other = generator.integers(0, len(batch), n), generator.integers(0, len(batch), n)
    share = generator.uniform(0.0, 1.0, n)

    def between(values: Array) -> Array:
        weight = share.reshape(-1, *(1,) * (values.ndim - 1))
        return np.asarray(weight * values[one] + (1.0 - weight) * values[other], dtype=np.float64)

    amounts: Mapping[str, Array] = {site: between(batch.amounts[site]) for site in SITES}
    return Crystals(
        tuple(f"mixture {k}" for k in range(n)),
        amounts,
        between(batch.charge),
        between(batch.a_angstrom),
        between(batch.c_angstrom),
        between(batch.p_r3c),
    )
