"""The loop benchmark: it counts the truth, keeps unfinished runs, goes on where it was, and says what is missing."""

import importlib
import json

import numpy as np
import pytest

from benchmarks import loop
from benchmarks.loop_parts import space, summary
from benchmarks.loop_parts.methods import METHODS, Random, Situation
from benchmarks.loop_parts.priors import Result, prior
from benchmarks.loop_parts.running import Budget, run_one, true_values
from nasicon_loop.campaign import composition_key, readable_keys
from nasicon_loop.twin import taught
from nasicon_loop.twin.families import FIRST_TUNING_SEED

TUNING = FIRST_TUNING_SEED
SMALL = Budget(batch=3, n_experiments=8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("loop")


@pytest.fixture(scope="module")
def forest(folder):
    return METHODS["ours, forest"](space.rows_for(TUNING), folder)


def test_everybody_chooses_from_one_list_that_nobody_has_measured():
    listed = space.candidates()
    assert 300 <= len(listed) <= 600
    keys = {composition_key(candidate.composition) for candidate in listed}
    assert len(keys) == len(listed)
    assert keys.isdisjoint(readable_keys([row.formula for row in space.rows()]))
    assert space.facts().shape == (len(listed) + 1, 8)
    assert space.facts().min() == 0.0
    assert space.facts().max() == 1.0


def test_the_model_of_a_seed_never_sees_what_its_truth_was_made_of():
    truth_rows = set(space.reports()) - set(taught(0, space.reports()))
    assert truth_rows
    assert {row.source for row in space.rows_for(0)}.isdisjoint(row.source for row in truth_rows)
    assert space.rows_for(TUNING) == space.rows()


def test_a_prior_is_kept_and_its_model_learns_as_the_product_does(folder, forest):
    kept = list(folder.glob("prior-forest-*.npz"))
    assert len(kept) == 1
    again = prior("forest", space.rows(), folder)
    np.testing.assert_array_equal(again.mean, forest.prior.mean)
    formula = space.formulas()[5]
    promised = float(again.mean[5])
    nothing_of_it = (Result(space.UNDOPED, -3.3, 0.03),)
    better = (Result(formula, promised + 0.8, 0.03),)
    before, after = (forest.prior.learned(results).predict([formula]).mean[0] for results in (nothing_of_it, better))
    assert after > before + 0.1


def test_ours_chooses_what_is_allowed_and_random_too(forest):
    gone = tuple(candidate.formula for candidate in space.candidates()[:40])
    situation = Situation((Result(space.UNDOPED, -3.3, 0.03), Result(gone[0], -3.0, 0.03)), gone[2:], gone[1:2])
    for method in (forest, Random(forest)):
        chosen = method.choose(situation, 4, 1)
        assert chosen == method.choose(situation, 4, 1)
        assert len(set(chosen)) == 4
        assert set(chosen) <= set(situation.fresh)
    assert set(situation.allowed) - set(situation.fresh) == {gone[0]}


def test_a_run_counts_the_true_sigma_of_what_is_recommended(forest):
    record = run_one(forest, "ours, forest", TUNING, SMALL)
    again = run_one(forest, "ours, forest", TUNING, SMALL)
    assert {**record, "seconds": 0} == {**again, "seconds": 0}
    assert len(record["regrets"]) == len(record["regrets_any"]) == SMALL.n_experiments
    assert all(0 <= regret <= np.ptp(true_values(TUNING)) + 0.5 for regret in record["regrets"])
    assert json.loads(json.dumps(record)) == record
    assert (record["family"], record["purpose"]) == ("physics", "tuning")


class Oracle:
    """Knows the truth; for the test of the counting only."""

    def choose(self, situation, n, seed):
        true = dict(zip(space.formulas(), true_values(seed), strict=False))
        return sorted(situation.fresh, key=lambda formula: -true[formula])[:n]

    def means(self, situation):
        return np.append(true_values(TUNING), -9.0)


def test_who_knows_the_truth_is_there_as_soon_as_a_pellet_does_not_fail():
    record = run_one(Oracle(), "oracle", TUNING, SMALL)
    assert summary.needed(record["regrets"]) <= 1 + record["n_failed"] + SMALL.batch
    assert record["regrets_any"] == [0.0] * SMALL.n_experiments


def test_it_goes_on_where_it_was_stopped(folder, monkeypatch, capsys):
    names = ["ours, forest"]
    first = loop.run_all([TUNING], names, SMALL, folder)
    results = folder / "results.jsonl"
    results.write_text(results.read_text() + '{"half a li')
    monkeypatch.setattr(loop, "run_one", lambda *_: pytest.fail("was done already"))
    assert loop.run_all([TUNING], names, SMALL, folder) == first
    loop.main(["--seeds", f"{TUNING}:{TUNING + 1}", "--methods", names[0], "--batch", "3", "--budget", "8",
               "--folder", str(folder), "--report-only", "--plot", str(folder / "curves.svg")])  # fmt: skip
    assert "| ours, forest |" in capsys.readouterr().out
    assert (folder / "curves.svg").stat().st_size > 5000


def test_what_is_not_installed_is_said(monkeypatch):
    monkeypatch.setattr(loop, "find_spec", lambda name: None)
    names, notes = loop.installed(["ours", "BoTorch", "BayBE"])
    assert names == ["ours"]
    assert len(notes) == 2
    assert all("not installed" in note for note in notes)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--methods", "ours;alchemy"], "no method 'alchemy'"), (["--batch", "0"], "at least one pellet")],
)
def test_wrong_usage_is_refused(arguments, said, capsys):
    with pytest.raises(SystemExit):
        loop.main(arguments)
    assert said in capsys.readouterr().err


def records(method, curves):
    common = {"edition": 1, "family": "field", "purpose": "tuning", "n_experiments": 4, "n_candidates": 9, "batch": 2}
    return [
        {**common, "method": method, "seed": seed, "regrets": curve, "n_failed": 1, "seconds": 1.0}
        for seed, curve in enumerate(curves)
    ]


def test_experiments_are_counted_to_the_first_time_and_to_stay():
    assert summary.needed([0.5, 0.05, 0.3, 0.02]) == 2
    assert summary.settled([0.5, 0.05, 0.3, 0.02]) == 4
    assert summary.settled([0.05, 0.0]) == 1
    assert summary.needed([0.5, 0.2]) == summary.settled([0.5, 0.2]) == summary.settled([0.05, 0.2]) == float("inf")


def test_unfinished_runs_stay_in_the_table():
    good = records("ours", [[0.5, 0.05, 0.05, 0.05]] * 5)
    poor = records("random", [[0.5, 0.5, 0.5, 0.5]] * 4 + [[0.5, 0.5, 0.5, 0.05]])
    shown = summary.table(good + poor)
    assert "| ours | 2 [2, 2] | 2 | 100% |" in shown
    assert "| random | > 4 [4, > 4] | > 4 | 20% |" in shown or "| random | > 4 [> 4, > 4] | > 4 | 20% |" in shown
    assert "ours needs at most 0.50 [0.50, 0.50] times the experiments of random" in summary.comparison(good + poor)
    assert "field (tuning, 5 seeds):" in summary.families(good + poor)


def test_only_seeds_that_all_have_run_are_compared():
    runs = summary.by_method(records("ours", [[0.1]] * 3) + records("random", [[0.1]] * 2))
    assert [sorted(found) for found in runs.values()] == [[0, 1], [0, 1]]


def test_a_band_holds_its_median():
    values = np.array([3.0, 5.0, 8.0, np.inf, 9.0, 12.0, 4.0])
    middle, low, high = summary.median_with_band(values)
    assert low <= middle == 8.0 <= high


@pytest.mark.filterwarnings("ignore")  # theirs
@pytest.mark.parametrize("name", ["BoTorch", "BayBE"])
def test_peers_choose_from_the_same_list_when_they_are_there(name, folder):
    pytest.importorskip({"BoTorch": "botorch", "BayBE": "baybe"}[name])
    module = importlib.import_module(f"benchmarks.loop_parts.{name.lower()}_peer")
    peer = getattr(module, name)(prior("forest", space.rows(), folder).mean)
    situation = Situation((Result(space.UNDOPED, -3.3, 0.03), Result(space.formulas()[0], -3.0, 0.03)), (), ())
    assert set(peer.choose(situation, 2, 1)) <= set(situation.allowed)
    assert peer.means(situation).shape == (len(space.formulas()),)
