"""Cross-validation of the model and its parts beside simpler ones, on the same folds.

No row that a model trains on shares with a held-out row what the split names: its source, its source or its formula,
or its chemical system. Everything that learns or is chosen (descriptors, scales, weights, the networks' share,
calibration) sees the training rows only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import Executor, Inline, Progress, Refusal, Silent
from nasicon_loop.predict import bins
from nasicon_loop.predict.baselines import BASELINES
from nasicon_loop.predict.calibration import COVERAGE_LEVELS, coverage_of
from nasicon_loop.predict.ensemble import NORMAL_90, Ensemble
from nasicon_loop.predict.fitting import fit_ensemble, rebalanced
from nasicon_loop.predict.hull import MIN_STABILITY_ROWS, fit_hull, usable
from nasicon_loop.predict.paired import N_BOOT, Paired, bootstrapped
from nasicon_loop.predict.pretraining import Pretrained, from_hull
from nasicon_loop.predict.rows import Row, StabilityRow
from nasicon_loop.predict.scores import Score, scores_of
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.splits import BY_SYSTEM, SPLITS, SUBSETS, Fold, families, folds_of, groups_of, subset
from nasicon_loop.predict.table import Table, tabulate, within
from nasicon_loop.predict.trees import Trees

Array = NDArray[np.float64]

HYBRID, CNN, TREES = "CNN with trees", "CNN alone", "trees without the CNN"
SHUFFLED, DENSE = "CNN, images shuffled", "network on features, no image"
MIN_ROWS = 20
RIVALS = ("random forest", "ExtraTrees", "random forest, Na rows only", "ExtraTrees, Na rows only")
"""The best of these, found with hindsight on the very rows that are counted, is what the CNN with trees is held to."""


@dataclass(frozen=True)
class Validation:
    """All scores, and what they were computed with."""

    scores: tuple[Score, ...]
    settings: Settings
    seed: int
    n_rows: int
    n_groups: int
    n_stability_rows: int
    truth: Array
    """(n,) measured log10 of S/cm."""
    families: tuple[str, ...]
    """(n,) "phosphate", "silico-phosphate", "lithium" or "other"."""
    held_out: Mapping[str, Array]
    """By "model, split": (n, 3) mean, 5 % and 95 % quantile of held-out rows; NaN where a split asks for others."""
    shares: Mapping[str, tuple[float, ...]]
    """By split: the networks' share of the mean in each fold, chosen inside it."""
    pit: Mapping[str, Array]
    """By "model, split", of what gives a whole distribution: (n,) probability it puts below the measured value."""
    groups: Mapping[str, NDArray[np.int64]]
    """By split: (n,) numbers of what its folds keep together."""
    subsets: Mapping[str, NDArray[np.bool_]]
    """By name in SUBSETS: (n,) which rows belong to it."""

    @property
    def held_out_means(self) -> Mapping[str, Array]:
        """By "model, split": (n,) held-out predictions."""
        return {name: values[:, 0] for name, values in self.held_out.items()}

    def paired(
        self, model_a: str, model_b: str, split: str, subset: str, *, n_boot: int = N_BOOT, seed: int = 0
    ) -> Paired:
        """Return the difference of two models' mean absolute errors with its 95 % interval (bootstrap over groups).

        Raises Refusal when the two were not both asked about such rows.
        """
        keys = f"{model_a}, {split}", f"{model_b}, {split}"
        if not set(keys) <= set(self.held_out) or subset not in self.subsets:
            raise Refusal("were not validated there", f"{model_a}, {model_b}, {split}, {subset}")
        one, other = (np.abs(self.held_out[key][:, 0] - self.truth) for key in keys)
        counted = self.subsets[subset] & np.isfinite(one) & np.isfinite(other)
        if not counted.any():
            raise Refusal("have no held-out row in common", f"{model_a}, {model_b}, {split}, {subset}")
        groups = self.groups[split][counted]
        difference = (one - other)[counted]
        low, high = bootstrapped(difference, groups, n_boot, seed)
        maes = float(one[counted].mean()), float(other[counted].mean())
        size = int(counted.sum()), len(np.unique(groups))
        return Paired(model_a, model_b, split, subset, *size, *maes, float(difference.mean()), low, high)

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that were done."""
        return tuple(self.groups)

    @property
    def comparisons(self) -> tuple[Paired, ...]:
        """The CNN with trees against the best of the trees of each split, where new compositions are asked about."""
        return tuple(
            self.paired(HYBRID, min(rivals, key=lambda s: s.mae).model, split, subset)
            for split in self.splits
            for subset in ((SUBSETS[0], "all") if split == BY_SYSTEM else (SUBSETS[0],))
            if (rivals := [s for s in self.scores if (s.split, s.subset) == (split, subset) and s.model in RIVALS])
            and f"{HYBRID}, {split}" in self.held_out
        )

    def calibration(self, split: str, model: str = HYBRID) -> tuple[float, ...] | None:
        """Return the share of held-out values inside the central intervals of COVERAGE_LEVELS; None without any."""
        pit = self.pit.get(f"{model}, {split}")
        found = None if pit is None else pit[np.isfinite(pit)]
        return None if found is None or not len(found) else coverage_of(found)

    def to_dict(self) -> dict[str, Any]:
        """Return settings and scores as JSON-able values."""
        return {
            "settings": self.settings.to_dict(),
            "seed": self.seed,
            "n_rows": self.n_rows,
            "n_groups": self.n_groups,
            "n_stability_rows": self.n_stability_rows,
            "shares": {split: list(values) for split, values in self.shares.items()},
            "scores": [asdict(score) for score in self.scores],
            "comparisons": [asdict(one) for one in self.comparisons],
            "calibration": {
                "nominal": list(COVERAGE_LEVELS),
                "held_out": {split: self.calibration(split) for split in self.splits},
            },
        }

    def markdown(self) -> str:
        """Return the scores as a table."""
        lines = [
            "| rows counted | nothing shared | model | n | MAE | RMSE | R2 | rank | 4 classes | in 90 % | width |",
            "|---|---|---|---|---|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {s.subset} | {s.split} | {s.model} | {s.n} | {s.mae:.3f} | {s.rmse:.3f} | {s.r2:.2f} "
            f"| {_shown(s.spearman)} | {s.accuracy4:.2f} | {_shown(s.coverage90)} | {_shown(s.width90)} |"
            for s in self.scores
        ]
        return "\n".join(lines)


def validate(
    rows: Sequence[Row],
    *,
    settings: Settings | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    executor: Executor | None = None,
    stability: Sequence[StabilityRow] = (),
    splits: Sequence[str] = SPLITS,
) -> Validation:
    """Return the errors of the model, its parts and simpler models in cross-validation.

    Beside the CNN with trees stand the CNN alone, the trees without it, the same network on shuffled images and without
    images, the mean, ridge regression, a random forest and ExtraTrees. Lab rows count as any other row here. Each model
    of each fold is one item of the `executor`; the result does not depend on which.
    Raises Refusal with fewer than 20 usable rows.
    """
    settings = settings or Settings.quick()
    table = within(tabulate(sorted(rows, key=lambda row: row.row_id)), settings.temperature_window_c)
    if len(table.rows) < MIN_ROWS:
        raise Refusal(f"{len(table.rows)} usable rows: cross-validation needs at least {MIN_ROWS}")
    pretrained = pretrained_on(stability, settings, seed, executor)
    jobs = [
        _Job(name, fold, table.take(fold.seen), table.take(fold.out), settings, seed, pretrained)
        for split in splits
        for fold in folds_of(table, split, settings.n_folds, seed)
        for name in (HYBRID, *_ablations(settings), *BASELINES)
    ]
    bar = progress or Silent()
    bar.start("validating", len(jobs))
    found: dict[tuple[str, str], Array] = {}
    pit: dict[tuple[str, str], Array] = {}
    shares: dict[str, list[float]] = {}
    for job, answers in zip(jobs, (executor or Inline()).map(_answer, jobs, seed=seed, progress=bar), strict=True):
        for name, values in answers.means.items():
            known = found.setdefault((name, job.fold.split), np.full((len(table.rows), 3), np.nan))
            known[job.fold.out] = values[:, :3]
            if values.shape[1] > 3:
                pit.setdefault((name, job.fold.split), np.full(len(table.rows), np.nan))[job.fold.out] = values[:, 3]
        if answers.share is not None:
            shares.setdefault(job.fold.split, []).append(answers.share)
    bar.finish()
    subsets = {name: subset(table, name) for name in SUBSETS}
    return Validation(
        scores=scores_of(table.target, found, subsets, splits),
        settings=settings,
        seed=seed,
        n_rows=len(table.rows),
        n_groups=int(table.groups.max()) + 1,
        n_stability_rows=len(stability) if pretrained is not None else 0,
        truth=table.target,
        families=families(table),
        held_out=_by_words(found),
        shares=MappingProxyType({split: tuple(values) for split, values in shares.items()}),
        pit=_by_words(pit),
        groups=MappingProxyType({split: groups_of(table, split) for split in splits}),
        subsets=MappingProxyType(subsets),
    )


def _by_words(found: Mapping[tuple[str, str], Array]) -> Mapping[str, Array]:
    return MappingProxyType({f"{name}, {split}": values for (name, split), values in found.items()})


@dataclass(frozen=True)
class _Job:
    """One model on one fold."""

    name: str
    fold: Fold
    seen: Table
    out: Table
    settings: Settings
    seed: int
    pretrained: Pretrained | None


@dataclass(frozen=True)
class _Answers:
    """(n, 3) mean, 5 % and 95 % quantile by model, with the probability below the measured value as a fourth where
    there is a whole distribution; and the networks' share of the mean."""

    means: Mapping[str, Array]
    share: float | None = None


def _answer(job: _Job, _seed: int) -> _Answers:
    if job.name in BASELINES:
        return _Answers({job.name: BASELINES[job.name](job.seen, job.out, job.seed)})
    settings = job.settings
    if job.name != HYBRID:
        settings = replace(settings, n_trees=0, is_shuffled=job.name == SHUFFLED, has_image=job.name != DENSE)
    ensemble, _ = fit_ensemble(job.seen, settings, job.seed, pretrained=job.pretrained)
    if job.name != HYBRID or not settings.is_parametric:
        return _Answers({job.name: _asked(ensemble, job.out)})
    alone = without_trees(job.seen, ensemble, job.seed)
    parts = {HYBRID: _asked(ensemble, job.out), CNN: _asked(alone, job.out)}
    if ensemble.trees is not None:
        parts[TREES] = _trees_alone(ensemble, job.out)
    return _Answers(parts, ensemble.balance.share)


def without_trees(table: Table, ensemble: Ensemble, seed: int) -> Ensemble:
    """Return the same networks without trees, balanced anew on the rows they had not seen."""
    return replace(ensemble, trees=None, balance=rebalanced(table, ensemble, seed))


def _asked(ensemble: Ensemble, out: Table) -> Array:
    shares = ensemble.distributions(out.batch, out.temperature_c, out.kinds).probabilities
    pit = bins.cumulative_at(shares, ensemble.edges, out.target[:, None])[:, 0]
    if not ensemble.settings.is_parametric:
        mean = bins.moments(shares, ensemble.edges)[0]
        return np.column_stack([mean, bins.quantiles(shares, ensemble.edges, (0.05, 0.95)), pit])
    mean, variance = ensemble.normals(out.batch, out.temperature_c, out.kinds).moments
    half = NORMAL_90 * np.sqrt(variance)
    return np.column_stack([mean, mean - half, mean + half, pit])


def _trees_alone(ensemble: Ensemble, out: Table) -> Array:
    """Return the trees' mean; without the networks there is no interval of their own."""
    from nasicon_loop.predict.table_features import table_features

    mean = cast(Trees, ensemble.trees).mean(table_features(out.batch, out.temperature_c, out.kinds))
    return np.column_stack([mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)])


def _ablations(settings: Settings) -> tuple[str, ...]:
    return (SHUFFLED, DENSE) if settings.is_parametric and settings.uses_features else ()


def pretrained_on(
    stability: Sequence[StabilityRow], settings: Settings, seed: int, executor: Executor | None = None
) -> Pretrained | None:
    """Return trunks that learned the stabilities: no conductivity is in them, so all folds may share them."""
    if len(stability) < MIN_STABILITY_ROWS or not settings.is_parametric:
        return None
    batch, energies, _ = usable(stability)
    if len(batch) < MIN_STABILITY_ROWS:
        return None
    return from_hull(fit_hull(batch, energies, settings, seed, executor=executor))


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
