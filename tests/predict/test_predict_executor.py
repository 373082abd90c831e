"""Cross-validation through an executor: its folds travel as bytes, and the answer is the same."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from nasicon_loop.core import Inline, Progress
from nasicon_loop.predict import Row, Settings, validate, validation


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
    fast = {name: fit for name, fit in validation.BASELINES.items() if name != "random forest"}
    monkeypatch.setattr(validation, "BASELINES", fast)
    small = replace(tiny, n_members=1, n_epochs=1, n_folds=2)
    here = validate(literature, settings=small, seed=3)
    there = validate(literature, settings=small, seed=3, executor=AsBytes())
    assert there.scores == here.scores
    for name, means in here.held_out_means.items():
        assert (there.held_out_means[name] == means).all()
