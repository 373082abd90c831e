"""Cross-validation of the energy above the hull beside ExtraTrees on element fractions, on the same folds."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import Executor, Inline, Progress, Refusal, Silent
from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import SITES, vocabulary
from nasicon_loop.predict.fitting import systems
from nasicon_loop.predict.groups import grouped_folds, random_folds
from nasicon_loop.predict.hull import MIN_STABILITY_ROWS, STABLE_BELOW_EV, fit_hull, usable
from nasicon_loop.predict.rows import StabilityRow
from nasicon_loop.predict.settings import Settings

Array = NDArray[np.float64]

STABILITY_SPLITS = ("random", "chemical system", "element left out")
CNN, TREES = "CNN", "ExtraTrees on element fractions"
N_TREES = 200
FRAMEWORK = ("Na", "O", "Si", "P", "S")
"""Never left out: hardly anything would remain."""


@dataclass(frozen=True)
class StabilityScore:
    """One line: share of right answers to "at most 25 meV/atom above the hull", and area under precision and recall."""

    model: str
    split: str
    n: int
    accuracy: float
    average_precision: float
    by_element: tuple[tuple[str, int, float], ...] = ()
    """Element left out, rows with it, accuracy; `accuracy` is then the mean over elements."""


@dataclass(frozen=True)
class _Fold:
    split: str
    name: str
    seen: NDArray[np.int64]
    out: NDArray[np.int64]


@dataclass(frozen=True)
class _Job:
    model: str
    fold: _Fold
    batch: Crystals
    energy_ev: Array
    settings: Settings
    seed: int


def validate_stability(
    rows: Sequence[StabilityRow],
    *,
    settings: Settings | None = None,
    seed: int = 0,
    splits: Sequence[str] = STABILITY_SPLITS,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> tuple[StabilityScore, ...]:
    """Return the scores of the CNN and of ExtraTrees in 5-fold cross-validation and with each element left out in turn.

    Raises Refusal with fewer than 200 usable rows.
    """
    settings = settings or Settings.default()
    batch, energy_ev, _ = usable(rows)
    if len(batch) < MIN_STABILITY_ROWS:
        raise Refusal(f"{len(batch)} usable rows: at least {MIN_STABILITY_ROWS} are needed", "stability")
    folds = [fold for split in splits for fold in _folds(batch, split, settings.n_folds, seed)]
    jobs = [_Job(model, fold, batch, energy_ev, settings, seed) for fold in folds for model in (CNN, TREES)]
    bar = progress or Silent()
    bar.start("validating stability", len(jobs))
    answers = (executor or Inline()).map(_answer, jobs, seed=seed, progress=bar)
    bar.finish()
    is_stable = energy_ev <= STABLE_BELOW_EV
    return tuple(
        _score(
            model,
            split,
            [(j.fold, a) for j, a in zip(jobs, answers, strict=True) if (j.model, j.fold.split) == (model, split)],
            is_stable,
        )
        for split in splits
        for model in (CNN, TREES)
    )


def stability_documents(scores: Sequence[StabilityScore]) -> list[dict[str, Any]]:
    """Return the scores as JSON-able values."""
    return [asdict(score) for score in scores]


def _answer(job: _Job, _seed: int) -> Array:
    """Return the probability of being stable (n,) of the held-out rows."""
    seen, out = job.batch.take(job.fold.seen), job.batch.take(job.fold.out)
    energies = job.energy_ev[job.fold.seen]
    if job.model == CNN:
        return fit_hull(seen, energies, job.settings, job.seed).ask(out).p_stable
    from sklearn.ensemble import ExtraTreesClassifier

    trees = ExtraTreesClassifier(N_TREES, random_state=job.seed).fit(fractions(seen), energies <= STABLE_BELOW_EV)
    return np.asarray(trees.predict_proba(fractions(out))[:, list(trees.classes_).index(True)], dtype=np.float64)


def fractions(batch: Crystals) -> Array:
    """Return (n, elements) shares of the elements among the cations."""
    amounts = np.sum([batch.amounts[site] for site in SITES], axis=0)
    return np.asarray(amounts / amounts.sum(axis=1, keepdims=True), dtype=np.float64)


def _folds(batch: Crystals, split: str, n_folds: int, seed: int) -> Iterator[_Fold]:
    everything = np.arange(len(batch), dtype=np.int64)
    if split == "element left out":
        present = np.any([batch.amounts[site] > 0 for site in SITES], axis=0)
        for column, element in enumerate(vocabulary()):
            if present[:, column].any() and element not in FRAMEWORK:
                yield _Fold(split, element, everything[~present[:, column]], everything[present[:, column]])
        return
    by_system = split == "chemical system"
    folds = grouped_folds(systems(batch), n_folds, seed) if by_system else random_folds(len(batch), n_folds, seed)
    for k in range(n_folds):
        if (folds == k).any():
            yield _Fold(split, str(k), everything[folds != k], everything[folds == k])


def _score(
    model: str, split: str, found: Sequence[tuple[_Fold, Array]], is_stable: NDArray[np.bool_]
) -> StabilityScore:
    from sklearn.metrics import average_precision_score

    if split == "element left out":
        rows = tuple((f.name, len(f.out), float(((p > 0.5) == is_stable[f.out]).mean())) for f, p in found)
        precision = [average_precision_score(is_stable[f.out], p) for f, p in found if is_stable[f.out].any()]
        n = sum(row[1] for row in rows)
        return StabilityScore(model, split, n, float(np.mean([r[2] for r in rows])), float(np.mean(precision)), rows)
    truth = np.concatenate([is_stable[fold.out] for fold, _ in found])
    said = np.concatenate([answer for _, answer in found])
    accuracy = float(((said > 0.5) == truth).mean())
    return StabilityScore(model, split, len(truth), accuracy, float(average_precision_score(truth, said)))
