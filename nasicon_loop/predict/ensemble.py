"""The networks together: what the literature says about a composition, before the lab's own results speak."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nasicon_loop.core import Progress, Refusal, Silent
from nasicon_loop.predict import bins
from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.encoder import Encoder
from nasicon_loop.predict.groups import grouped_folds, sources
from nasicon_loop.predict.network import ConductivityNet
from nasicon_loop.predict.prior import N_FOLDS, Prior, fit_prior
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.table import Table
from nasicon_loop.predict.training import Examples, fit_network, probabilities

Array = NDArray[np.float64]

CHUNK = 2048
MIN_ROWS = 10
SPREAD_LIMITS = (0.5, 2.0)
NORMAL_90 = 1.645


@dataclass(frozen=True)
class Distributions:
    """n distributions over b bins, and the variance (dex^2) of the members' means."""

    probabilities: Array
    member_variance: Array


@dataclass(frozen=True)
class Ensemble:
    """Trained members with their encoder; `spread` widens their distributions to fit held-out residuals."""

    encoder: Encoder
    members: tuple[ConductivityNet, ...]
    settings: Settings
    spread: float

    @property
    def edges(self) -> Array:
        """Bin edges in log10 of S/cm."""
        return bins.bin_edges(self.settings)

    def distributions(self, batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> Distributions:
        """Return the mixture of the members for n crystals at temperatures (n,) in °C."""
        parts = []
        for start in range(0, len(batch), CHUNK):
            places = np.arange(start, min(start + CHUNK, len(batch)), dtype=np.int64)
            part_kinds = kinds[start : start + CHUNK]
            parts.append(self._chunk(batch.take(places), temperature_c[places], part_kinds))
        if not parts:
            return Distributions(np.zeros((0, self.settings.n_bins)), np.zeros(0))
        return Distributions(
            np.concatenate([part.probabilities for part in parts]),
            np.concatenate([part.member_variance for part in parts]),
        )

    def _chunk(self, batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> Distributions:
        image, features = self.encoder.encode(batch, temperature_c, kinds)
        by_member = np.stack([probabilities(member, image, features) for member in self.members])
        means = np.stack([bins.moments(member, self.edges)[0] for member in by_member])
        mixture = by_member.mean(axis=0)
        zero = np.zeros(len(batch))
        return Distributions(bins.moved(mixture, self.edges, zero, zero + self.spread), means.var(axis=0))


@dataclass(frozen=True)
class HeldOut:
    """What members said about rows they had not seen: rows' places, distributions; empty without folds."""

    places: NDArray[np.int64]
    probabilities: Array


def fit_ensemble(
    table: Table, settings: Settings, seed: int, progress: Progress | None = None
) -> tuple[Ensemble, HeldOut]:
    """Train the members; Refusal when there are fewer rows than a network can start from.

    Member k leaves fold k of the sources out and stops where its loss there is lowest, so every fold has predictions
    by a member that did not train on it: they calibrate the spread and give the manifest's held-out errors.
    """
    if len(table.rows) < MIN_ROWS:
        raise Refusal(f"{len(table.rows)} usable rows: a model needs at least {MIN_ROWS}; import literature data first")
    examples, encoder = examples_of(table, settings)
    folds = grouped_folds(sources(table.rows), settings.n_folds, seed)
    bar = progress or Silent()
    bar.start("training", settings.n_members * settings.n_epochs)
    members, places, held = [], [], []
    for k in range(settings.n_members):
        is_out = folds == k % settings.n_folds if settings.patience > 0 else np.zeros(len(folds), dtype=bool)
        is_held = bool(is_out.any() and (~is_out).sum() >= MIN_ROWS // 2)
        seen = examples.take(np.flatnonzero(~is_out)) if is_held else examples
        out = examples.take(np.flatnonzero(is_out)) if is_held else None
        prior = _prior(seen, table, np.flatnonzero(~is_out) if is_held else None, settings, seed)
        on_epoch, on_end = _bar_of(bar, k, settings)
        member = fit_network(seen, out, settings, seed=seed * 1000 + k, on_epoch=on_epoch, prior=prior)
        on_end()
        members.append(member)
        if out is not None and k < settings.n_folds:
            places.append(np.flatnonzero(is_out))
            held.append(probabilities(member, out.image, out.features))
    bar.finish()
    held_out = HeldOut(
        np.concatenate(places) if places else np.zeros(0, dtype=np.int64),
        np.concatenate(held) if held else np.zeros((0, settings.n_bins)),
    )
    spread = _spread(table, examples, members, held_out, settings) if settings.is_calibrated else 1.0
    return Ensemble(encoder, tuple(members), settings, spread), held_out


def examples_of(table: Table, settings: Settings, encoder: Encoder | None = None) -> tuple[Examples, Encoder]:
    """Return the rows as tensors, and the encoder (learned from them when none is given)."""
    temperature_c, kinds, target = table.temperature_c, table.kinds, table.target
    if encoder is None:
        encoder = Encoder.fit(table.batch, temperature_c, kinds, target, uses_features=settings.uses_features)
    image, features = encoder.encode(table.batch, temperature_c, kinds)
    edges = bins.bin_edges(settings)
    if settings.is_soft:
        own_sd = np.array([row.log10_sigma_sd for row in table.rows])
        labels = bins.soft_labels(target, np.hypot(own_sd, settings.label_sd), edges)
    else:
        labels = bins.hard_labels(target, edges)
    weight = np.array([settings.lab_weight if row.origin == "lab" else 1.0 for row in table.rows])
    return (
        Examples(
            image,
            features,
            torch.from_numpy(labels.astype(np.float32)),
            torch.from_numpy(weight.astype(np.float32)),
        ),
        encoder,
    )


def _prior(
    seen: Examples, table: Table, places: NDArray[np.int64] | None, settings: Settings, seed: int
) -> Prior | None:
    if not settings.has_prior:
        return None
    rows = table.rows if places is None else [table.rows[i] for i in places]
    folds = grouped_folds(sources(rows), N_FOLDS, seed)
    target = np.array([row.log10_sigma for row in rows])
    return fit_prior(np.asarray(seen.features.numpy(), dtype=np.float64), target, folds)


def _bar_of(bar: Progress, number: int, settings: Settings) -> tuple[Callable[[float], None], Callable[[], None]]:
    """Return what to call after each epoch of one network, and at its end: early stops count as done."""
    n_done = 0

    def on_epoch(loss: float) -> None:
        nonlocal n_done
        n_done += 1
        bar.advance(1, f"network {number + 1}, loss {loss:.3f}")

    return on_epoch, lambda: bar.advance(settings.n_epochs - n_done, f"network {number + 1} done")


def _spread(
    table: Table, examples: Examples, members: Sequence[ConductivityNet], held_out: HeldOut, settings: Settings
) -> float:
    """Return the factor on the mixture's sd that makes 90 % intervals hold 90 % of the held-out rows.

    The mixture is wider than the one member that had not seen a row, by the variance of the members' means.
    """
    if len(held_out.places) < MIN_ROWS:
        return 1.0
    edges, out = bins.bin_edges(settings), examples.take(held_out.places)
    mean, variance = bins.moments(held_out.probabilities, edges)
    means = [bins.moments(probabilities(member, out.image, out.features), edges)[0] for member in members]
    deviation = np.abs(table.target[held_out.places] - mean) / np.sqrt(variance + np.var(means, axis=0))
    return float(np.clip(np.quantile(deviation, 0.9) / NORMAL_90, *SPREAD_LIMITS))
