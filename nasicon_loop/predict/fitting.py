"""Training an ensemble: trunks, then members and trees on folds of chemical systems, then the balance between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasicon_loop.core import Executor, Inline, Progress, Refusal, Silent
from nasicon_loop.predict import bins
from nasicon_loop.predict.balancing import HeldOut, balance_of, said
from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import SITES
from nasicon_loop.predict.encoder import Encoder
from nasicon_loop.predict.ensemble import Balance, Ensemble, members_of, vectors_of
from nasicon_loop.predict.groups import Folds, grouped_folds
from nasicon_loop.predict.image import IMAGE_SHAPE
from nasicon_loop.predict.network import Heads, mean_and_sd
from nasicon_loop.predict.pieces import Network, fit_networks
from nasicon_loop.predict.pretraining import Pretrained, from_compositions
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.table import Table
from nasicon_loop.predict.table_features import table_features
from nasicon_loop.predict.training import (
    Examples,
    Schedule,
    cross_entropy,
    fit_side_by_side,
    ranked_probability_score,
    seeded,
)
from nasicon_loop.predict.trees import Trees, fit_trees

Array = NDArray[np.float64]

MIN_ROWS = 10


def systems(batch: Crystals) -> Folds:
    """Return (n,) numbers of chemical systems: crystals of the same elements share one."""
    present = np.concatenate([batch.amounts[site] > 0 for site in SITES], axis=1)
    n_elements = present.shape[1] // len(SITES)
    elements = present.reshape(len(batch), len(SITES), n_elements).any(axis=1)
    return np.unique(elements, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def fit_ensemble(
    table: Table,
    settings: Settings,
    seed: int,
    *,
    progress: Progress | None = None,
    pretrained: Pretrained | None = None,
    executor: Executor | None = None,
) -> tuple[Ensemble, HeldOut]:
    """Train the members; Refusal when there are fewer rows than a network can start from.

    Without `pretrained` trunks, they learn from mixtures of the rows' own compositions. Trunks, the members of a trunk
    and the trees of a fold are items of the `executor`; the result does not depend on which.
    """
    if len(table.rows) < MIN_ROWS:
        raise Refusal(f"{len(table.rows)} usable rows: a model needs at least {MIN_ROWS}; import literature data first")
    if not settings.is_parametric:
        return _fit_whole(table, settings, seed, executor, progress)
    pretrained = pretrained or from_compositions(table, settings, seed, executor=executor, progress=progress)
    encoder = Encoder.fit(
        table.batch,
        table.temperature_c,
        table.kinds,
        table.target,
        uses_features=settings.uses_features,
        images_of=pretrained.encoder,
    )
    image, features = encoder.encode(table.batch, table.temperature_c, table.kinds)
    vectors = vectors_of(pretrained.trunks, image, settings)
    centre, scale = float(table.target.mean()), max(float(table.target.std()), 1e-3)
    folds = _folds(table, settings, seed)
    target = torch.from_numpy(((table.target - centre) / scale).astype(np.float32))
    held = _held(folds, settings)
    forests = _forests(table, folds, settings, seed)
    items: list[_Members | _Forest] = [
        _Members(torch.cat([vector, features], dim=1), target, _weights(table, settings), part, settings, seed, k)
        for k, (vector, part) in enumerate(zip(vectors, _by_trunk(held, settings), strict=True))
    ]
    items += forests
    bar = progress or Silent()
    bar.start("training", len(items))
    fitted = (executor or Inline()).map(_fit_item, items, seed=seed, progress=bar)
    bar.finish()
    heads = tuple(cast(list[Heads], fitted[: settings.n_trunks]))
    grown = cast(list[Trees], fitted[settings.n_trunks :])
    members = members_of(vectors, features, heads, scale, centre)
    unseen = _unseen_trees(table, forests, grown)
    balance = balance_of(table.target, members, held, unseen, is_calibrated=settings.is_calibrated)
    trees = grown[-1] if grown else None
    ensemble = Ensemble(
        encoder,
        pretrained.trunks,
        heads,
        trees,
        settings,
        centre,
        scale,
        balance,
    )
    return ensemble, said(members, held, unseen, balance)


@dataclass(frozen=True)
class _Members:
    """The work of one trunk's members; `held` (n, its members) says which rows a member does not see."""

    inputs: Tensor
    target: Tensor
    weight: Tensor
    held: NDArray[np.bool_]
    settings: Settings
    seed: int
    number: int


@dataclass(frozen=True)
class _Forest:
    """Trees to be fitted to features (m, f) and log10 sigma (m,), and asked about the rows `out` of the table."""

    features: Array
    target: Array
    out: NDArray[np.int64]
    n_trees: int
    seed: int


def _fit_item(work: _Members | _Forest, _seed: int) -> Heads | Trees:
    if isinstance(work, _Forest):
        return fit_trees(work.features, work.target, work.n_trees, work.seed)
    return _fit_members(work)


def _fit_members(work: _Members) -> Heads:
    settings = work.settings
    rows = [np.flatnonzero(~column) for column in work.held.T]
    everything = np.arange(len(work.target))  # a fold that holds nearly everything leaves nothing to learn from
    rows = [seen if len(seen) >= MIN_ROWS // 2 else everything for seen in rows]
    start = work.seed * 1000 + work.number
    heads = cast(Heads, seeded(start, lambda: Heads(len(rows), work.inputs.shape[1], 2, settings)))

    def loss(outputs: Tensor, target: Tensor) -> Tensor:
        return ranked_probability_score(*mean_and_sd(outputs), target)

    examples = Examples((work.inputs,), work.target, work.weight)
    fit_side_by_side(heads, examples, rows, loss, _schedule(settings), seed=start)
    return heads


def _schedule(settings: Settings) -> Schedule:
    return Schedule(
        settings.n_epochs,
        settings.batch_size,
        settings.learning_rate,
        settings.weight_decay,
        is_falling=settings.is_normalised,
    )


def _weights(table: Table, settings: Settings) -> Tensor:
    own = np.array([row.log10_sigma_sd for row in table.rows])
    weight = 1.0 / (own**2 + settings.label_sd**2)
    weight *= np.array([settings.lab_weight if row.origin == "lab" else 1.0 for row in table.rows])
    return torch.from_numpy((weight / weight.mean()).astype(np.float32))


def _forests(table: Table, folds: Folds, settings: Settings, seed: int) -> list[_Forest]:
    """Return the trees to be fitted: for every fold those that do not see it, then those that see all."""
    if not settings.n_trees:
        return []
    asked = table_features(table.batch, table.temperature_c, table.kinds)
    held = [folds == fold for fold in np.unique(folds)]
    held = [out for out in held if (~out).sum() >= MIN_ROWS // 2]
    return [
        _Forest(asked[~out], table.target[~out], np.flatnonzero(out), settings.n_trees, seed)
        for out in (*held, np.zeros(len(folds), dtype=bool))
    ]


def _unseen_trees(table: Table, forests: Sequence[_Forest], grown: Sequence[Trees]) -> Array | None:
    """Return (n,) what trees say of rows that they have not seen; NaN where there are none."""
    if not forests:
        return None
    asked = table_features(table.batch, table.temperature_c, table.kinds)
    result = np.full(len(table.rows), np.nan)
    for work, trees in zip(forests[:-1], grown[:-1], strict=True):
        result[work.out] = trees.mean(asked[work.out])
    return result


def rebalanced(table: Table, ensemble: Ensemble, seed: int) -> Balance:
    """Return the balance of the same members without trees; `table` holds the rows they were trained on."""
    settings = ensemble.settings
    image, features = ensemble.encoder.encode(table.batch, table.temperature_c, table.kinds)
    vectors = vectors_of(ensemble.trunks, image, settings)
    members = members_of(vectors, features, ensemble.heads, ensemble.target_sd, ensemble.target_mean)
    folds = _folds(table, settings, seed)
    return balance_of(table.target, members, _held(folds, settings), None, is_calibrated=settings.is_calibrated)


def _folds(table: Table, settings: Settings, seed: int) -> Folds:
    return grouped_folds(systems(table.batch), settings.n_folds, seed)


def _held(folds: Folds, settings: Settings) -> NDArray[np.bool_]:
    """Return (n, members) which rows a member does not see, in the order in which `members_of` lists them."""
    order = [k for trunk in range(settings.n_trunks) for k in range(trunk, settings.n_members, settings.n_trunks)]
    return np.stack([folds == k % settings.n_folds for k in order], axis=1)


def _by_trunk(held: NDArray[np.bool_], settings: Settings) -> list[NDArray[np.bool_]]:
    sizes = [len(range(trunk, settings.n_members, settings.n_trunks)) for trunk in range(settings.n_trunks)]
    return np.split(held, np.cumsum(sizes)[:-1], axis=1)


def _fit_whole(
    table: Table, settings: Settings, seed: int, executor: Executor | None, progress: Progress | None
) -> tuple[Ensemble, HeldOut]:
    """Train whole networks on the bins, as the paper does: nothing is frozen, held out or widened."""
    encoder = Encoder.fit(
        table.batch, table.temperature_c, table.kinds, table.target, uses_features=settings.uses_features
    )
    pieces = [whole_network(table, encoder, settings, seed * 1000 + k) for k in range(settings.n_members)]
    networks = fit_networks(pieces, "training", executor=executor, progress=progress)
    ensemble = Ensemble(
        encoder,
        tuple(network.trunk for network in networks),
        tuple(network.head for network in networks),
        None,
        settings,
        0.0,
        1.0,
        Balance(),
    )
    unknown = np.full(len(table.rows), np.nan)
    return ensemble, HeldOut(unknown, unknown)


def whole_network(table: Table, encoder: Encoder, settings: Settings, seed: int) -> Network:
    """Return a network to be trained from images to bins by plain cross-entropy."""
    image, features = encoder.encode(table.batch, table.temperature_c, table.kinds)
    labels = torch.from_numpy(bins.hard_labels(table.target, bins.bin_edges(settings)).astype(np.float32))
    examples = Examples((image, features), labels, torch.ones(len(labels)))
    schedule = _schedule(settings)
    return Network(IMAGE_SHAPE, features.shape[1], settings.n_bins, settings, examples, cross_entropy, schedule, seed)
