"""Dopants and the paper's compounds left out, and the forest's distribution beside ours."""

import json
import math
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nasicon_loop.core import Inline, Refusal
from nasicon_loop.predict import Row, Settings, baselines, bins, dopants_left_out, forest, leave_dopants_out
from nasicon_loop.predict.table import tabulate

EDGES = np.linspace(-13.0, 1.0, 71)


@pytest.fixture
def small_forests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forest, "N_TREES", 20)
    monkeypatch.setattr(forest, "N_CONFORMAL_TREES", 4)
    monkeypatch.setattr(baselines, "N_TREES", 20)


def test_the_density_is_that_of_the_bins_and_never_none() -> None:
    shares = np.zeros((2, 70))
    shares[:, 50] = 1.0  # -3.0 to -2.8
    found = bins.log_density_at(shares, EDGES, np.array([-2.9, -7.0]))
    assert found[0] == pytest.approx(math.log(1 / 0.2))
    assert found[1] == pytest.approx(math.log(bins.LEAST_DENSITY))


def test_rows_weigh_what_leaves_they_share() -> None:
    known, asked = np.array([[1, 5], [1, 6], [2, 6]]), np.array([[1, 6]])
    assert forest.leaf_weights(known, asked) == pytest.approx(np.array([[0.25, 0.5, 0.25]]))


@pytest.mark.usefixtures("small_forests")
def test_the_forests_distribution_lies_where_the_measured_values_do(literature: list[Row]) -> None:
    table = tabulate(literature)
    found = forest.fit_quantile_forest(table, 0, EDGES)
    shares = found.distributions(table, EDGES)
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(table.rows)))
    mean, _ = bins.moments(shares, EDGES)
    assert np.abs(mean - table.target).mean() < 0.5 * table.target.std()
    assert found.step_sd in forest.STEP_SDS_DEX


@pytest.mark.usefixtures("small_forests")
def test_every_dopant_with_rows_is_asked_about_by_models_that_never_saw_it(
    literature: list[Row], tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = []
    answer = dopants_left_out._answer
    monkeypatch.setattr(dopants_left_out, "_answer", lambda job, seed: (jobs.append(job), answer(job, seed))[1])
    small = replace(tiny, n_members=2, n_trunks=1, n_epochs=1, n_pretraining_epochs=1, n_folds=2)
    found = leave_dopants_out(literature, settings=small, seed=1, only=("Mg", "Hf", "Tm"))
    assert {one.dopant for one in found.dopants} == {"Mg", "Hf"}  # nobody measured Tm
    assert {one.model for one in found.dopants} == set(dopants_left_out.MODELS)
    for job in jobs:
        if job.name:
            assert all(job.name in row.formula for row in job.out.rows)
            assert not any(job.name in row.formula for row in job.seen.rows)
            assert all(row.temperature_c <= 35 for row in job.out.rows)
    assert {one.n for one in found.dopants if one.dopant == "Mg"} == {9}
    assert all(math.isfinite(one.log_score) and 0 <= one.coverage90 <= 1 for one in found.dopants)
    assert [one.formula for one in found.compounds[:2]] == [
        formula for formula, _ in dopants_left_out.PAPER_COMPOUNDS[:2]
    ]
    assert all(one.low <= one.median <= one.high for one in found.compounds)
    assert found.compounds[0].measured == pytest.approx(math.log10(9.62e-4))
    assert len(found.summary) == 2
    assert "of 2 dopants" in found.summary[0]
    assert "| Mg | 9 |" in found.markdown()
    json.dumps(found.to_dict())


@pytest.mark.usefixtures("small_forests")
def test_a_compound_does_not_teach_about_itself(
    literature: list[Row], tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def spy(job: dopants_left_out._Job, _seed: int) -> dict[str, np.ndarray]:
        seen.append([row.row_id for row in job.seen.rows])
        return {job.model: np.zeros((len(job.out.rows), 5))}

    monkeypatch.setattr(dopants_left_out, "_answer", spy)
    own = Row("own", "Na3.2Zr1.8Fe0.2Si2PO12", -3.8, 0.1, 25.0, "total", "Their Paper", "literature")
    beside = replace(own, row_id="beside", formula="Na3Zr2Si2PO12", source="their paper")
    found = leave_dopants_out([*literature, own, beside], settings=tiny, only=())
    assert found.dopants == ()
    assert found.summary == ()
    assert all(not {"own", "beside"} & set(ids) and len(ids) == len(literature) for ids in seen)
    assert {one.n_left_out for one in found.compounds} == {2}


class AsBytes:
    """An executor whose items and results go through pickle, as to another process and back, in reverse order."""

    def map(self, fn: Any, items: Any, *, seed: int, progress: Any = None) -> list[Any]:
        travelled = [pickle.loads(pickle.dumps(item)) for item in reversed(items)]  # noqa: S301 - our own bytes
        results = Inline().map(fn, travelled, seed=seed, progress=progress)
        return [pickle.loads(pickle.dumps(result)) for result in reversed(results)]  # noqa: S301 - our own bytes


@pytest.mark.usefixtures("small_forests")
def test_the_answer_does_not_depend_on_where_it_is_computed(literature: list[Row], tiny: Settings) -> None:
    small = replace(tiny, n_members=2, n_trunks=1, n_epochs=1, n_pretraining_epochs=1, n_folds=2)
    here = leave_dopants_out(literature, settings=small, only=("Mg",))
    assert leave_dopants_out(literature, settings=small, only=("Mg",), executor=AsBytes()) == here


def test_too_few_rows_are_refused(literature: list[Row], tiny: Settings) -> None:
    with pytest.raises(Refusal, match="at least 20"):
        leave_dopants_out(literature[:10], settings=tiny)
