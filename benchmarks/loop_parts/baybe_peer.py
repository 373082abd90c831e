"""BayBE (Apache-2.0) as its documentation uses it: a finite space of custom-encoded compositions, its own defaults.

Compared with, never imported by the product. It hears the same literature: the network's mean is one of the descriptors
and the mean function of its Gaussian process (`mean_or_factory`), put on the scale of its own standardisation.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import torch
from baybe.objectives import SingleTargetObjective
from baybe.parameters import CustomDiscreteParameter
from baybe.recommenders import BotorchRecommender
from baybe.searchspace import SearchSpace
from baybe.settings import Settings
from baybe.surrogates import GaussianProcessSurrogate
from baybe.targets import NumericalTarget
from gpytorch.means import Mean

from benchmarks.loop_parts.methods import Situation
from benchmarks.loop_parts.space import Array, facts, formulas, identities

_NAME, _TARGET, _PRIOR = "composition", "log10_sigma", "prior"


class PriorMean(Mean):
    """Reads one normalised input column: low + width x, then moved and scaled as the outcomes are; plus a constant."""

    def __init__(self, column: int, low: float, width: float, centre: float, scale: float) -> None:
        super().__init__()
        self.register_parameter("constant", torch.nn.Parameter(torch.zeros((), dtype=torch.float64)))
        self.column, self.low, self.width, self.centre, self.scale = column, low, width, centre, scale

    def forward(self, x: Any) -> Any:
        """Return the prior mean of the inputs."""
        return (self.low + self.width * x[..., self.column] - self.centre) / self.scale + self.constant


def prior_mean(searchspace: Any, _objective: Any, measurements: pd.DataFrame) -> PriorMean:
    """Return the mean function; BayBE normalises inputs over the search space and standardises the outcomes."""
    names = list(searchspace.comp_rep_columns)
    column = next(k for k, name in enumerate(names) if name.endswith(_PRIOR))
    low, high = searchspace.scaling_bounds.iloc[:, column].to_numpy(dtype=float)
    values = measurements[_TARGET].to_numpy(dtype=float)
    scale = float(values.std(ddof=1)) if len(values) > 1 else 1.0
    return PriorMean(column, float(low), float(high - low), float(values.mean()), scale if scale > 1e-8 else 1.0)


@dataclass(frozen=True)
class BayBE:
    """BayBE's Bayesian recommender with `prior_mean` (n,) for all `formulas`, the undoped compound last."""

    prior_mean: Array

    def choose(self, situation: Situation, n: int, seed: int) -> list[str]:
        """Return what the recommender recommends, given results and pending experiments."""
        Settings(random_seed=seed).activate()
        allowed = situation.allowed
        recommender = BotorchRecommender(surrogate_model=GaussianProcessSurrogate(mean_or_factory=prior_mean))
        found = recommender.recommend(
            min(n, len(allowed)),
            self._space(allowed),
            self._objective,
            self._frame(situation),
            pd.DataFrame({_NAME: list(situation.pending)}) if situation.pending else None,
        )
        return [str(formula) for formula in found[_NAME]]

    def means(self, situation: Situation) -> Array:
        """Return the posterior mean."""
        surrogate = GaussianProcessSurrogate(mean_or_factory=prior_mean)
        surrogate.fit(self._space(list(formulas())), self._objective, self._frame(situation))
        with torch.no_grad():
            mean = surrogate.posterior(pd.DataFrame({_NAME: list(formulas())})).mean.numpy().ravel()
        return np.asarray(mean, dtype=np.float64)

    @cached_property
    def _objective(self) -> Any:
        return SingleTargetObjective(NumericalTarget(_TARGET))

    @cached_property
    def _parameter(self) -> Any:
        is_dopant = np.eye(int(identities().max()) + 1)[identities()][:, 1:]
        columns = np.column_stack([facts(), is_dopant, self.prior_mean])
        names = [f"fact {k}" for k in range(columns.shape[1] - 1)] + [_PRIOR]
        table = pd.DataFrame(columns, index=list(formulas()), columns=names)
        return CustomDiscreteParameter(_NAME, table, decorrelate=False)

    def _space(self, wanted: list[str]) -> Any:
        return SearchSpace.from_dataframe(pd.DataFrame({_NAME: wanted}), parameters=[self._parameter])

    @staticmethod
    def _frame(situation: Situation) -> pd.DataFrame:
        return pd.DataFrame(
            {
                _NAME: [result.formula for result in situation.results],
                _TARGET: [result.log10_sigma for result in situation.results],
            }
        )
