"""Training an ensemble: trunks, then members and trees on folds of chemical systems, then the balance between them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasicon_loop.core import Executor, Inline, Progress, Refusal, Silent
from nasicon_loop.predict import bins
from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import SITES
from nasicon_loop.predict.encoder import Encoder
from nasicon_loop.predict.ensemble import NORMAL_90, Balance, Ensemble, Normals, members_of, vectors_of
from nasicon_loop.predict.groups import Folds, grouped_folds
from nasicon_loop.predict.image import IMAGE_SHAPE
from nasicon_loop.predict.network import CrystalNet, Heads, mean_and_sd
from nasicon_loop.predict.pretraining import Pretrained, from_compositions
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.table import Table
from nasicon_loop.predict.table_features import table_features
from nasicon_loop.predict.training import (
    Examples,
    Schedule,
    cross_entropy,
    fit_network,
    fit_side_by_side,
    ranked_probability_score,
    seeded,
)
from nasicon_loop.predict.trees import fit_trees

Array = NDArray[np.float64]

MIN_ROWS = 10
SPREAD_LIMITS = (0.5, 3.0)
SHARES = (0.25, 0.5, 0.75, 1.0)
"""Parts of the mean that the networks may have; never none, or it would be another model."""
RATIOS = (1.0, 1.5, 2.0, 3.0, 4.0)
"""How much more the members' disagreement may be widened than their own spreads."""


@dataclass(frozen=True)
class HeldOut:
    """What was said about rows by members and trees that had not seen them: mean and sd (n,), NaN where nobody did.

    `trees` is what the trees alone said of the same rows, None without trees.
    """

    mean: Array
    sd: Array
    trees: Array | None = None


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

    Without `pretrained` trunks, they learn from mixtures of the rows' own compositions. Members are items of the
    `executor`; the result does not depend on which.
    """
    if len(table.rows) < MIN_ROWS:
        raise Refusal(f"{len(table.rows)} usable rows: a model needs at least {MIN_ROWS}; import literature data first")
    if not settings.is_parametric:
        return _fit_whole(table, settings, seed, progress)
    pretrained = pretrained or from_compositions(table, settings, seed)
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
    items = [
        _Members(torch.cat([vector, features], dim=1), target, _weights(table, settings), part, settings, seed, k)
        for k, (vector, part) in enumerate(zip(vectors, _by_trunk(held, settings), strict=True))
    ]
    bar = progress or Silent()
    bar.start("training", len(items))
    heads = tuple((executor or Inline()).map(_fit_members, items, seed=seed, progress=bar))
    bar.finish()
    members = members_of(vectors, features, heads, scale, centre)
    unseen = _unseen_trees(table, folds, settings, seed)
    balance = _balance(table, members, held, unseen, settings)
    asked = table_features(table.batch, table.temperature_c, table.kinds)
    trees = fit_trees(asked, table.target, settings.n_trees, seed) if settings.n_trees else None
    ensemble = Ensemble(
        encoder,
        pretrained.trunks,
        heads,
        trees,
        settings,
        centre,
        scale,
        balance.share,
        balance.spread,
        balance.disagreement,
    )
    return ensemble, _held_out(members, held, unseen, balance)


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


def _fit_members(work: _Members, _seed: int) -> Heads:
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


def _unseen_trees(table: Table, folds: Folds, settings: Settings, seed: int) -> Array | None:
    if not settings.n_trees:
        return None
    asked = table_features(table.batch, table.temperature_c, table.kinds)
    result = np.full(len(folds), np.nan)
    for fold in np.unique(folds):
        out = folds == fold
        if (~out).sum() >= MIN_ROWS // 2:
            result[out] = fit_trees(asked[~out], table.target[~out], settings.n_trees, seed).mean(asked[out])
    return result


def _balance(
    table: Table, members: Normals, held: NDArray[np.bool_], trees: Array | None, settings: Settings
) -> Balance:
    """Return the share with the least absolute error on unseen systems, and the spreads that then fit best.

    The ratio of the two spreads is the likeliest one; their size is the split conformal quantile.
    """
    share = 1.0
    if not (held.any(axis=1) & (trees is None or np.isfinite(trees))).any():
        return Balance(1.0, 1.0, 1.0)  # one chemical system, or too few rows: nobody said anything about an unseen row
    if trees is not None:
        means = {s: _held_out(members, held, trees, Balance(s, 1.0, 1.0)).mean for s in SHARES}
        share = min(SHARES, key=lambda s: float(np.nanmean(np.abs(means[s] - table.target))))
    if not settings.is_calibrated:
        return Balance(share, 1.0, 1.0)
    found = {ratio: _held_out(members, held, trees, Balance(share, 1.0, ratio)) for ratio in RATIOS}
    factors = {ratio: _conformal_factor(part, table.target) for ratio, part in found.items()}
    ratio = min(RATIOS, key=lambda r: _log_score(found[r], table.target, factors[r]))
    return Balance(share, factors[ratio], factors[ratio] * ratio)


def rebalanced(table: Table, ensemble: Ensemble, seed: int) -> Balance:
    """Return the balance of the same members without trees; `table` holds the rows they were trained on."""
    settings = ensemble.settings
    image, features = ensemble.encoder.encode(table.batch, table.temperature_c, table.kinds)
    vectors = vectors_of(ensemble.trunks, image, settings)
    members = members_of(vectors, features, ensemble.heads, ensemble.target_sd, ensemble.target_mean)
    folds = _folds(table, settings, seed)
    return _balance(table, members, _held(folds, settings), None, settings)


def _folds(table: Table, settings: Settings, seed: int) -> Folds:
    return grouped_folds(systems(table.batch), settings.n_folds, seed)


def _held(folds: Folds, settings: Settings) -> NDArray[np.bool_]:
    """Return (n, members) which rows a member does not see, in the order in which `members_of` lists them."""
    order = [k for trunk in range(settings.n_trunks) for k in range(trunk, settings.n_members, settings.n_trunks)]
    return np.stack([folds == k % settings.n_folds for k in order], axis=1)


def _by_trunk(held: NDArray[np.bool_], settings: Settings) -> list[NDArray[np.bool_]]:
    sizes = [len(range(trunk, settings.n_members, settings.n_trunks)) for trunk in range(settings.n_trunks)]
    return np.split(held, np.cumsum(sizes)[:-1], axis=1)


def _conformal_factor(found: HeldOut, target: Array) -> float:
    deviation = np.abs(found.mean - target) / found.sd
    deviation = np.sort(deviation[np.isfinite(deviation)])
    if len(deviation) < MIN_ROWS:
        return 1.0
    place = min(int(np.ceil(0.9 * (len(deviation) + 1))) - 1, len(deviation) - 1)
    return float(np.clip(deviation[place] / NORMAL_90, *SPREAD_LIMITS))


def _log_score(found: HeldOut, target: Array, factor: float) -> float:
    """Return the mean of -ln density (nats), the worst ones limited so that one outlier does not choose."""
    sd = found.sd * factor
    score = np.log(sd) + np.minimum(((found.mean - target) / sd) ** 2, 16.0) / 2
    return float(np.nanmean(score))


def _held_out(members: Normals, held: NDArray[np.bool_], trees: Array | None, balance: Balance) -> HeldOut:
    """Return what each row's own unseeing members say with the trees; their sd has the disagreement between them."""
    n_held = held.sum(axis=1)
    mean = np.where(n_held > 0, (members.mean * held).sum(axis=1) / np.maximum(n_held, 1), np.nan)
    noise = (members.sd**2 * held).sum(axis=1) / np.maximum(n_held, 1)
    between = (((members.mean - mean[:, None]) * held) ** 2).sum(axis=1) / np.maximum(n_held - 1, 1)
    variance = balance.spread**2 * noise + balance.disagreement**2 * between
    wanted = mean if trees is None else balance.share * mean + (1.0 - balance.share) * trees
    return HeldOut(wanted, np.sqrt(variance), trees)


def _fit_whole(table: Table, settings: Settings, seed: int, progress: Progress | None) -> tuple[Ensemble, HeldOut]:
    """Train whole networks on the bins, as the paper does: nothing is frozen, held out or widened."""
    encoder = Encoder.fit(
        table.batch, table.temperature_c, table.kinds, table.target, uses_features=settings.uses_features
    )
    bar = progress or Silent()
    bar.start("training", settings.n_members * settings.n_epochs)
    networks = [
        fit_whole(table, encoder, settings, seed * 1000 + k, lambda loss: bar.advance(1, f"loss {loss:.3f}"))
        for k in range(settings.n_members)
    ]
    bar.finish()
    ensemble = Ensemble(
        encoder,
        tuple(network.trunk for network in networks),
        tuple(network.head for network in networks),
        None,
        settings,
        0.0,
        1.0,
        1.0,
        1.0,
        1.0,
    )
    unknown = np.full(len(table.rows), np.nan)
    return ensemble, HeldOut(unknown, unknown)


def fit_whole(
    table: Table,
    encoder: Encoder,
    settings: Settings,
    seed: int,
    on_epoch: Callable[[float], None] = lambda loss: None,
) -> CrystalNet:
    """Return one network trained from images to bins by plain cross-entropy."""
    image, features = encoder.encode(table.batch, table.temperature_c, table.kinds)
    labels = torch.from_numpy(bins.hard_labels(table.target, bins.bin_edges(settings)).astype(np.float32))
    network = seeded(seed, lambda: CrystalNet(IMAGE_SHAPE, features.shape[1], settings.n_bins, settings))
    examples = Examples((image, features), labels, torch.ones(len(labels)))
    fit_network(network, examples, cross_entropy, _schedule(settings), seed=seed, on_epoch=on_epoch)
    return cast(CrystalNet, network)
