"""How good predictions are: the numbers that stand in the manifest and in the table of `validate`."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nasicon_loop.core import Executor, Progress
from nasicon_loop.predict import bins
from nasicon_loop.predict.balancing import HeldOut
from nasicon_loop.predict.encoder import Encoder
from nasicon_loop.predict.ensemble import NORMAL_90
from nasicon_loop.predict.fitting import whole_network
from nasicon_loop.predict.groups import random_folds
from nasicon_loop.predict.network import CrystalNet
from nasicon_loop.predict.pieces import fit_networks
from nasicon_loop.predict.prediction import CLASS_EDGES
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.table import Table

Array = NDArray[np.float64]

ROOM_WINDOW_C = (15.0, 35.0)
PAPER_TRAIN_ACCURACY, PAPER_TEST_ACCURACY = 0.91, 0.85
"""Zhao et al., for classes they do not publish."""


@dataclass(frozen=True)
class Errors:
    """Errors of n predictions in dex, and shares of right classes and of values inside their 90 % interval."""

    n: int
    mae: float
    rmse: float
    r2: float
    accuracy4: float
    coverage90: float


def classes(log10_sigma: Array) -> NDArray[np.int64]:
    """Return the class 0 to 3 of each value."""
    return np.asarray(np.searchsorted(CLASS_EDGES, log10_sigma, side="right"), dtype=np.int64)


def errors(truth: Array, mean: Array, low: Array, high: Array) -> Errors:
    """Return the errors of predictions with 5 % and 95 % quantiles `low`, `high`; the class is that of the mean."""
    difference = mean - truth
    spread = float(((truth - truth.mean()) ** 2).sum())
    return Errors(
        n=len(truth),
        mae=float(np.abs(difference).mean()),
        rmse=float(np.sqrt((difference**2).mean())),
        r2=1.0 - float((difference**2).sum()) / spread if spread > 0 else float("nan"),
        accuracy4=float((classes(mean) == classes(truth)).mean()),
        coverage90=float(((truth >= low) & (truth <= high)).mean()),
    )


def is_sodium_at_room_temperature(table: Table) -> NDArray[np.bool_]:
    """Return (n,) which rows are of sodium conductors measured at 15 to 35 °C: what the lab will make and measure."""
    warm = (table.temperature_c >= ROOM_WINDOW_C[0]) & (table.temperature_c <= ROOM_WINDOW_C[1])
    sodium = np.array(["Na" in formula for formula in table.batch.formulas], dtype=bool)
    return np.asarray(warm & sodium, dtype=bool)


def held_out_metrics(table: Table, held_out: HeldOut) -> dict[str, Any]:
    """Return errors on rows that a member and its trees had not seen (single members, folds of chemical systems).

    `mae_forest` is the error of the randomised trees alone on the same rows and folds: what the network has to beat.
    """
    result: dict[str, Any] = {}
    seen = np.isfinite(held_out.mean)
    for name, chosen in (("all", seen), ("na_room_temperature", seen & is_sodium_at_room_temperature(table))):
        if chosen.any():
            mean, half = held_out.mean[chosen], NORMAL_90 * held_out.sd[chosen]
            found = errors(table.target[chosen], mean, mean - half, mean + half)
            result[name] = {
                "n": found.n,
                "mae": round(found.mae, 4),
                "rmse": round(found.rmse, 4),
                "accuracy4": round(found.accuracy4, 4),
                "coverage90": round(found.coverage90, 4),
            }
            trees = None if held_out.trees is None else held_out.trees[chosen]
            if trees is not None and np.isfinite(trees).all():
                result[name]["mae_forest"] = round(float(np.abs(trees - table.target[chosen]).mean()), 4)
    return {"held_out": result} if result else {}


def paper_metrics(
    table: Table,
    settings: Settings,
    seed: int,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Return train and test accuracy of a random 5-fold cross-validation with the paper's settings.

    Accuracy is of the four classes (edges 1e-5, 1e-4, 1e-3 S/cm), by the likeliest class; the paper does not say what
    its classes are, so the numbers stand beside each other and are not comparable. Means over folds, which are items of
    the `executor`; the result does not depend on which.
    """
    folds = random_folds(len(table.rows), settings.n_folds, seed)
    parts = [
        (table.take(np.flatnonzero(folds != k)), table.take(np.flatnonzero(folds == k)))
        for k in range(settings.n_folds)
    ]
    encoders = [
        Encoder.fit(seen.batch, seen.temperature_c, seen.kinds, seen.target, uses_features=settings.uses_features)
        for seen, _ in parts
    ]
    pieces = [
        whole_network(seen, encoder, settings, seed * 1000 + k)
        for k, ((seen, _), encoder) in enumerate(zip(parts, encoders, strict=True))
    ]
    networks = fit_networks(pieces, "5-fold cross-validation", executor=executor, progress=progress)
    train, test = (
        [
            _accuracy4(network, encoder, part[side], settings)
            for network, encoder, part in zip(networks, encoders, parts, strict=True)
        ]
        for side in (0, 1)
    )
    return {
        "paper": {
            "n": len(table.rows),
            "train_accuracy4": round(float(np.mean(train)), 4),
            "test_accuracy4": round(float(np.mean(test)), 4),
            "paper_train_accuracy": PAPER_TRAIN_ACCURACY,
            "paper_test_accuracy": PAPER_TEST_ACCURACY,
        }
    }


def _accuracy4(network: CrystalNet, encoder: Encoder, table: Table, settings: Settings) -> float:
    """Return the share of rows whose likeliest class is the right one."""
    with torch.inference_mode():
        logits = network(*encoder.encode(table.batch, table.temperature_c, table.kinds))
    found = torch.softmax(logits.double(), dim=1).numpy()
    by_class = bins.class_probabilities(found, bins.bin_edges(settings), CLASS_EDGES)
    return float((by_class.argmax(axis=1) == classes(table.target)).mean())
