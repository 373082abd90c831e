"""Cross-validation through an executor: its folds travel as bytes, and the answer is the same."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nasicon_loop.core import Inline, Progress
from nasicon_loop.predict import Row, Settings, validate, validation

SPLITS = ("random", "chemical system")


class AsBytes:
    """An executor whose items and results go through pickle, as to another process and back, in reverse order."""

    def map(
        self, fn: Callable[[Any, int], Any], items: Sequence[Any], *, seed: int, progress: Progress | None = None
    ) -> list[Any]:
        travelled = [pickle.loads(pickle.dumps(item)) for item in reversed(items)]  # noqa: S301 - our own bytes
        results = Inline().map(fn, travelled, seed=seed, progress=progress)
        return [pickle.loads(pickle.dumps(result)) for result in reversed(results)]  # noqa: S301 - our own bytes


def test_folds_are_values_that_can_be_sent_and_do_not_depend_on_their_order(
    literature: list[Row], tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = {name: validation.BASELINES[name] for name in ("mean", "ridge")}
    monkeypatch.setattr(validation, "BASELINES", fast)
    small = replace(tiny, n_members=2, n_trunks=1, n_epochs=1, n_pretraining_epochs=1, n_folds=2)
    here = validate(literature, settings=small, seed=3, splits=SPLITS)
    there = validate(literature, settings=small, seed=3, executor=AsBytes(), splits=SPLITS)
    assert there.scores == here.scores
    for name, means in here.held_out_means.items():
        assert np.array_equal(there.held_out_means[name], means, equal_nan=True)
