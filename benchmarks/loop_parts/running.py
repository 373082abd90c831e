"""One method against one hidden truth: furnace load after furnace load, until the budget is spent."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from benchmarks.loop_parts.methods import Method, Situation
from benchmarks.loop_parts.priors import Result
from benchmarks.loop_parts.space import UNDOPED, Array, formulas, reports
from nasicon_loop.twin import FROZEN, Experiment, Order, Truth, draw_truth, family_of, make, make_load, purpose_of


@dataclass(frozen=True)
class Budget:
    """How much may be made: pellets in a furnace load (the undoped reference comes on top), and pellets in all."""

    batch: int = 4
    n_experiments: int = 100


@lru_cache(maxsize=4)
def _truth(seed: int) -> tuple[Truth, Mapping[str, float]]:
    truth = draw_truth(seed, reports())
    return truth, dict(zip(formulas(), truth.log10_sigmas(formulas()), strict=True))


def true_values(seed: int) -> Array:
    """Return the true log10 sigma (n,) of the candidates."""
    return np.array([_truth(seed)[1][formula] for formula in formulas() if formula != UNDOPED])


def run_one(method: Method, name: str, seed: int, budget: Budget) -> dict[str, Any]:
    """Return the record of one run; `regrets[k]` is the true regret (dex) of what is recommended after k+1 experiments.

    What is recommended is, of what has a result (the undoped compound included), where the posterior mean is best;
    `regrets_any` is the same among all candidates, whether anybody could make them or not. An experiment counts when
    it is made: one that failed is spent, and a late result comes with the next load's results, so that load is chosen
    while it is pending. Every load holds an undoped reference pellet, which is free; so does the load before the first.
    """
    started = time.process_time()
    truth, value = _truth(seed)
    true = true_values(seed)
    results = _reference(truth, 0)
    attempts: Counter[str] = Counter()
    second_phases: list[str] = []
    late: list[Experiment] = []
    regrets: list[tuple[float, float]] = []
    means, n_learned = np.zeros(0), 0
    n_failed = number = 0
    while len(regrets) < budget.n_experiments:
        number += 1
        wanted = min(budget.batch, budget.n_experiments - len(regrets))
        pending = tuple(one.order.formula for one in late)
        chosen = method.choose(Situation(tuple(results), tuple(second_phases), pending), wanted, seed)
        if not chosen:
            break
        attempts.update(chosen)
        orders = [Order(f"{formula} {attempts[formula]}", formula) for formula in chosen]
        experiments = make_load(truth, orders, number)
        results += _results(late) + _reference(truth, number)
        late = [one for one in experiments if one.known_in > number]
        second_phases += [one.order.formula for one in experiments if one.failed == "second phase"]
        for experiment in experiments:
            results += _results([experiment] if experiment.known_in == number else [])
            if len(results) != n_learned:  # no news, no other recommendation
                means, n_learned = method.means(Situation(tuple(results), tuple(second_phases), ())), len(results)
            regrets.append(_regrets(means, true, value, results))
            n_failed += experiment.failed is not None
    best = float(true.max())
    return {
        "edition": FROZEN,
        "seed": seed,
        "family": family_of(seed).name,
        "purpose": purpose_of(seed),
        "method": name,
        "batch": budget.batch,
        "n_experiments": budget.n_experiments,
        "n_candidates": len(true),
        "n_near_best": int((true >= best - 0.1).sum()),
        "scatter_sd_dex": round(truth.scatter_sd_dex, 4),
        "n_failed": n_failed,
        "n_replicates": sum(attempts.values()) - len(attempts),
        "regrets": [round(one, 5) for one, _ in regrets],
        "regrets_any": [round(one, 5) for _, one in regrets],
        "seconds": round(time.process_time() - started, 2),
    }


def _regrets(means: Array, true: Array, value: Mapping[str, float], results: Sequence[Result]) -> tuple[float, float]:
    """Return the regret of the best mean among what was measured, and among all candidates."""
    best = float(true.max())
    measured = list(dict.fromkeys(result.formula for result in results))
    place = {formula: k for k, formula in enumerate(formulas())}
    made = max(measured, key=lambda formula: float(means[place[formula]]))
    return best - value[made], best - float(true[int(np.argmax(means[: len(true)]))])


def _results(experiments: list[Experiment]) -> list[Result]:
    return [
        Result(one.order.formula, one.log10_sigma, one.log10_sigma_sd)
        for one in experiments
        if one.log10_sigma is not None and one.log10_sigma_sd is not None
    ]


def _reference(truth: Truth, number: int) -> list[Result]:
    """Return the undoped pellet of a load; before the first load it is made until there is one."""
    attempt = 0
    found = _results([make(truth, Order(f"reference {number}", UNDOPED), number)])
    while not found and number == 0:
        attempt += 1
        found = _results([make(truth, Order(f"reference {number}.{attempt}", UNDOPED), number)])
    return found
