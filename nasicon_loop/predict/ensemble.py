"""The networks together, and the trees beside them: what the literature says, before the lab's own results speak.

A member is a head on a frozen trunk; it leaves one fold of chemical systems out. What members and trees say about
systems that they have not seen decides the balance: the networks' share of the mean (the rest is the trees'), how much
the members' own spreads and their disagreement are widened so that 90 % intervals hold 90 %, and how far the spreads of
different compositions are evened out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtr

from nasicon_loop.predict import bins
from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.encoder import Encoder
from nasicon_loop.predict.network import Head, Heads, Trunk, mean_and_sd
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.trees import Trees

Array = NDArray[np.float64]
Tensor = torch.Tensor

CHUNK = 2048
NORMAL_90 = 1.645


@dataclass(frozen=True)
class Normals:
    """n mixtures of k normal distributions: means and sds (n, k) in log10 of S/cm, all of equal weight."""

    mean: Array
    sd: Array

    @property
    def moments(self) -> tuple[Array, Array]:
        """Mean and variance (n,) of the mixtures."""
        mean = self.mean.mean(axis=1)
        return mean, (self.sd**2).mean(axis=1) + self.mean.var(axis=1)

    def shares(self, edges: Array) -> Array:
        """Return the mass per bin (n, b); what lies outside counts to the outermost bins."""
        cumulative = np.zeros((len(self.mean), len(edges)))
        for mean, sd in zip(self.mean.T, self.sd.T, strict=True):
            cumulative += ndtr((edges[None, :] - mean[:, None]) / sd[:, None])
        cumulative /= self.mean.shape[1]
        cumulative[:, 0], cumulative[:, -1] = 0.0, 1.0
        return np.asarray(np.diff(cumulative, axis=1), dtype=np.float64)


@dataclass(frozen=True)
class Distributions:
    """n distributions over b bins, and the variance (dex^2) of the members' means."""

    probabilities: Array
    member_variance: Array


@dataclass(frozen=True)
class Ensemble:
    """Trained members with their encoder; `target_mean` and `target_sd` are what their outputs are in units of."""

    encoder: Encoder
    trunks: tuple[Trunk, ...]
    heads: tuple[Head | Heads, ...]
    """One per trunk: several members side by side, or the rest of a whole network (settings.is_parametric is False)."""
    trees: Trees | None
    settings: Settings
    target_mean: float
    target_sd: float
    balance: "Balance"

    @property
    def edges(self) -> Array:
        """Bin edges in log10 of S/cm."""
        return bins.bin_edges(self.settings)

    def distributions(self, batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> Distributions:
        """Return the mixture of the members for n crystals at temperatures (n,) in °C."""
        if not self.settings.is_parametric:
            shares = _chunked(batch, temperature_c, kinds, self._shares, self.settings.n_bins)
            means = bins.moments(shares, self.edges)[0]
            return Distributions(shares, np.zeros_like(means))
        normals = self.normals(batch, temperature_c, kinds)
        return Distributions(normals.shares(self.edges), normals.mean.var(axis=1))

    def normals(self, batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> Normals:
        """Return the members' normal distributions, moved by the trees' part and widened; parametric settings only."""
        k = self.settings.n_members
        found = _chunked(batch, temperature_c, kinds, self._parameters, 2 * k)
        return combined(
            Normals(found[:, :k], found[:, k : 2 * k]), self._trees(batch, temperature_c, kinds), self.balance
        )

    def _trees(self, batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> Array | None:
        if self.trees is None or self.balance.share >= 1.0:
            return None
        from nasicon_loop.predict.table_features import table_features

        return _chunked(
            batch,
            temperature_c,
            kinds,
            lambda part, t, k: self.trees.mean(table_features(part, t, k))[:, None],  # type: ignore[union-attr]
            1,
        )[:, 0]

    def _parameters(self, batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> Array:
        vectors, features = self._inputs(batch, temperature_c, kinds)
        found = members_of(vectors, features, self.heads, self.target_sd, self.target_mean)
        return np.concatenate([found.mean, found.sd], axis=1)

    def _shares(self, batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> Array:
        vectors, features = self._inputs(batch, temperature_c, kinds)
        parts = [
            torch.softmax(head(vector, features).double(), dim=1)
            for vector, head in zip(vectors, self.heads, strict=True)
        ]
        return np.asarray(torch.stack(parts).mean(dim=0).numpy(), dtype=np.float64)

    def _inputs(self, batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> tuple[list[Tensor], Tensor]:
        image, features = self.encoder.encode(batch, temperature_c, kinds)
        return vectors_of(self.trunks, image, self.settings), features


def vectors_of(trunks: Sequence[Trunk], image: Tensor, settings: Settings) -> list[Tensor]:
    """Return what each frozen trunk makes of images, (n, hidden[0]) each; zeros when the settings leave images away."""
    if not settings.has_image:
        return [torch.zeros(len(image), settings.hidden[0]) for _ in trunks]
    if settings.is_shuffled:
        image = image[torch.from_numpy(np.random.default_rng(len(image)).permutation(len(image)))]
    with torch.no_grad():  # not inference mode: heads are trained on what comes out
        return [trunk(image) for trunk in trunks]


def members_of(
    vectors: Sequence[Tensor], features: Tensor, heads: Sequence[torch.nn.Module], scale: float, centre: float
) -> Normals:
    """Return what all members say (n, members): those of the first trunk first."""
    with torch.inference_mode():
        found = [
            mean_and_sd(heads_(torch.cat([vector, features], dim=1)))
            for vector, heads_ in zip(vectors, heads, strict=True)
        ]
    mean = torch.cat([pair[0] for pair in found]).T.double().numpy() * scale + centre
    return Normals(mean, torch.cat([pair[1] for pair in found]).T.double().numpy() * scale)


def combined(members: Normals, trees: Array | None, balance: "Balance") -> Normals:
    """Return the members moved so that their mean is the weighted one with the trees', and widened about it."""
    centre = members.mean.mean(axis=1)
    wanted = centre if trees is None else balance.share * centre + (1.0 - balance.share) * trees
    widened = Normals(balance.disagreement * (members.mean - centre[:, None]), balance.spread * members.sd)
    factor = balance.evening(np.sqrt(widened.moments[1]))[:, None]
    return Normals(wanted[:, None] + factor * widened.mean, factor * widened.sd)


@dataclass(frozen=True)
class Balance:
    """What held-out rows decide.

    `share` is the networks' part of the mean, `spread` what the members' sds are multiplied by, `disagreement` what the
    distances of their means from each other are. The sd of a composition is then `typical_sd` (dex) times its ratio to
    that to the power of 1 - `evenness`: 0 leaves it as it is, 1 gives all the same.
    """

    share: float = 1.0
    spread: float = 1.0
    disagreement: float = 1.0
    evenness: float = 0.0
    typical_sd: float = 1.0

    def evening(self, sd: Array) -> Array:
        """Return what to multiply the spreads by whose sd (n,) in dex this is."""
        return np.asarray((sd / self.typical_sd) ** -self.evenness, dtype=np.float64)


def _chunked(
    batch: Crystals,
    temperature_c: Array,
    kinds: Sequence[str],
    ask: Callable[[Crystals, Array, Sequence[str]], Array],
    width: int,
) -> Array:
    result = np.zeros((len(batch), width))
    with torch.inference_mode():
        for start in range(0, len(batch), CHUNK):
            at = np.arange(start, min(start + CHUNK, len(batch)), dtype=np.int64)
            result[at] = ask(batch.take(at), temperature_c[at], kinds[start : start + CHUNK])
    return result
