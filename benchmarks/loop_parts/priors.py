"""What the literature says of every candidate, asked once per literature and kept on disk.

A prior stands where the product's networks stand: `Model` with the lab's correction runs on top of it unchanged, so one
more result costs the correction alone.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from benchmarks.loop_parts.space import Array, formulas
from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Refusal
from nasicon_loop.predict import Crystals, Model, Prediction, Row, Settings, bins, crystals_of, data_hash, train
from nasicon_loop.predict.baselines import N_CONFORMAL_FOLDS, N_CONFORMAL_TREES, N_TREES
from nasicon_loop.predict.ensemble import NORMAL_90, Distributions, Normals
from nasicon_loop.predict.fitting import systems
from nasicon_loop.predict.groups import grouped_folds
from nasicon_loop.predict.model import _correct
from nasicon_loop.predict.table import Table, tabulate
from nasicon_loop.predict.table_features import table_features

Kind = Literal["network", "forest"]

SETTINGS = Settings.quick()
_SEED = 0
_EDITION = 1


@dataclass(frozen=True)
class Result:
    """A result of the simulated lab: log10 of S/cm at 25 °C and its stated sd (dex)."""

    formula: str
    log10_sigma: float
    log10_sigma_sd: float


@dataclass(frozen=True)
class Prior:
    """Distributions for all `formulas`, in the clothes of `predict.ensemble.Ensemble`."""

    settings: Settings
    edges: Array
    batch: Crystals
    found: Distributions

    @property
    def mean(self) -> Array:
        """(n,) log10 of S/cm."""
        return bins.moments(self.found.probabilities, self.edges)[0]

    def places(self, wanted: Sequence[str]) -> list[int]:
        """Return where formulas stand among `formulas`. Raises Refusal for others."""
        index = _index()
        missing = [formula for formula in wanted if formula not in index]
        if missing:
            raise Refusal("is no candidate", missing[0])
        return [index[formula] for formula in wanted]

    def distributions(self, batch: Crystals, _temperature_c: Array, _kinds: Sequence[str]) -> Distributions:
        """Return what was kept; every question is at 25 °C and of the total conductivity."""
        at = self.places(batch.formulas)
        return Distributions(self.found.probabilities[at], self.found.member_variance[at])

    def learned(self, results: Sequence[Result]) -> "Learned":
        """Return the product's model after these results."""
        made = [
            Row(f"lab-{k}", one.formula, one.log10_sigma, one.log10_sigma_sd, 25.0, "total", "this lab", "lab")
            for k, one in enumerate(results)
        ]
        at = np.array(self.places([one.formula for one in results]), dtype=np.int64)
        ensemble: Any = self
        correction = _correct(ensemble, Table(tuple(made), self.batch.take(at), ()))
        return Learned(self, Model(ensemble, correction, None, {}))


@dataclass(frozen=True)
class Learned:
    """The model of one moment; `predict` as the campaign asks it."""

    prior: Prior
    model: Model

    def predict(self, compositions: Sequence[Composition | str], /) -> Prediction:
        """Return the product's prediction for candidates."""
        names = [one if isinstance(one, str) else one.formula for one in compositions]
        return self.model.predict_crystals(self.prior.batch.take(np.array(self.prior.places(names), dtype=np.int64)))


def _index() -> dict[str, int]:
    if not _INDEX:
        _INDEX.update({formula: k for k, formula in enumerate(formulas())})
    return _INDEX


_INDEX: dict[str, int] = {}


def prior(kind: Kind, rows: Sequence[Row], folder: Path) -> Prior:
    """Return the prior of this kind from these literature rows: kept in `folder`, or made now and kept there."""
    key = hashlib.sha256(
        repr((_EDITION, kind, data_hash(rows), SETTINGS.to_dict(), _SEED, formulas())).encode()
    ).hexdigest()[:16]
    path = folder / f"prior-{kind}-{key}.npz"
    batch = crystals_of(list(formulas()))
    edges = bins.bin_edges(SETTINGS)
    if path.is_file():
        with np.load(path, allow_pickle=False) as kept:
            return Prior(SETTINGS, edges, batch, Distributions(kept["probabilities"], kept["member_variance"]))
    found = (_network if kind == "network" else _forest)(rows, batch)
    folder.mkdir(parents=True, exist_ok=True)
    half_written = path.with_suffix(".tmp.npz")
    np.savez(half_written, probabilities=found.probabilities, member_variance=found.member_variance)
    half_written.replace(path)
    return Prior(SETTINGS, edges, batch, found)


def _asked(batch: Crystals) -> tuple[Array, list[str]]:
    return np.full(len(batch), 25.0), ["total"] * len(batch)


def _network(rows: Sequence[Row], batch: Crystals) -> Distributions:
    with tempfile.TemporaryDirectory() as folder:
        model = train(rows, Path(folder) / "0001", settings=SETTINGS, seed=_SEED)
    return model.ensemble.distributions(batch, *_asked(batch))


def _forest(rows: Sequence[Row], batch: Crystals) -> Distributions:
    """A random forest as in `validate`, its spread split conformal; what its trees disagree on is epistemic."""
    from sklearn.ensemble import RandomForestRegressor

    table = tabulate(rows)
    known = table_features(table.batch, table.temperature_c, table.kinds)

    def fitted(n: int, chosen: Any) -> Any:
        return RandomForestRegressor(n, max_features=0.5, random_state=_SEED).fit(known[chosen], table.target[chosen])

    folds = grouped_folds(systems(table.batch), N_CONFORMAL_FOLDS, _SEED)
    residual = np.zeros(len(table.rows))
    for fold in np.unique(folds):
        held = folds == fold
        residual[held] = fitted(N_CONFORMAL_TREES, ~held).predict(known[held]) - table.target[held]
    sd = float(np.quantile(np.abs(residual), 0.9)) / NORMAL_90
    forest = fitted(N_TREES, np.ones(len(table.rows), dtype=bool))
    asked = table_features(batch, *_asked(batch)).astype(np.float32)
    trees = np.stack([tree.predict(asked) for tree in forest.estimators_], axis=1)
    normal = Normals(trees.mean(axis=1, keepdims=True), np.full((len(batch), 1), sd))
    return Distributions(normal.shares(bins.bin_edges(SETTINGS)), trees.var(axis=1))
