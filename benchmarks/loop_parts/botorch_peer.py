"""BoTorch (MIT) as its documentation uses it: a Gaussian process and qLogNoisyExpectedImprovement over a finite list.

Compared with, never imported by the product. It hears the same literature: the network's mean is its prior mean. The
last input column carries it (dex over the candidates' average, in units of SCALE_DEX); the kernel does not look there.
Noise, length scales and amplitude are fitted under BoTorch's own priors.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import gpytorch
import numpy as np
import torch
from botorch.acquisition.logei import qLogNoisyExpectedImprovement
from botorch.exceptions.errors import ModelFittingError
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP
from botorch.models.kernels import CategoricalKernel
from botorch.models.utils.gpytorch_modules import get_covar_module_with_dim_scaled_prior
from botorch.optim import optimize_acqf_discrete
from botorch.sampling import SobolQMCNormalSampler
from gpytorch.kernels import ScaleKernel
from gpytorch.means import Mean
from gpytorch.mlls import ExactMarginalLogLikelihood
from gpytorch.priors import GammaPrior

from benchmarks.loop_parts.methods import Situation
from benchmarks.loop_parts.priors import Result
from benchmarks.loop_parts.space import N_AMOUNTS, Array, facts, formulas, identities

SCALE_DEX = 0.45
N_SAMPLES = 128


class LastColumn(Mean):
    """A mean function that reads the last input, plus a constant that is fitted: a lab may lie above or below."""

    def __init__(self) -> None:
        super().__init__()
        self.register_parameter("constant", torch.nn.Parameter(torch.zeros((), dtype=torch.float64)))

    def forward(self, x: Any) -> Any:
        """Return the last column and the constant."""
        return x[..., -1] + self.constant


def _kernel() -> Any:
    """Return what is alike by facts, plus what is the same dopant in like amounts (as BoTorch's mixed models do)."""
    n_facts = facts().shape[1]
    amounts = list(range(N_AMOUNTS))
    alike = get_covar_module_with_dim_scaled_prior(ard_num_dims=n_facts, active_dims=list(range(n_facts)))
    near = get_covar_module_with_dim_scaled_prior(ard_num_dims=N_AMOUNTS, active_dims=amounts)
    same = CategoricalKernel(active_dims=[n_facts], lengthscale_prior=GammaPrior(2.0, 4.0))
    parts = [ScaleKernel(one, outputscale_prior=GammaPrior(2.0, 4.0)) for one in (alike, near * same)]
    for part in parts:
        part.outputscale = 0.5
    return parts[0] + parts[1]


@dataclass(frozen=True, eq=False)
class BoTorch:
    """A standard BoTorch loop with `prior_mean` (n,) for all `formulas`, the undoped compound last."""

    prior_mean: Array

    def choose(self, situation: Situation, n: int, seed: int) -> list[str]:
        """Return the allowed candidates of the greatest qLogNEI, given what is pending and each other."""
        torch.manual_seed(seed)
        model, observed = self._fitted(situation.results)
        allowed = situation.allowed
        acquisition = qLogNoisyExpectedImprovement(
            model,
            X_baseline=observed,
            X_pending=self._inputs(situation.pending) if situation.pending else None,
            sampler=SobolQMCNormalSampler(torch.Size([N_SAMPLES]), seed=seed),
            prune_baseline=True,
        )
        choices = self._inputs(allowed)
        chosen, _ = optimize_acqf_discrete(acquisition, q=min(n, len(allowed)), choices=choices, unique=True)
        return [allowed[int(((choices - one) ** 2).sum(dim=1).argmin())] for one in chosen]

    def means(self, situation: Situation) -> Array:
        """Return the posterior mean."""
        model, _ = self._fitted(situation.results)
        with torch.no_grad():
            mean = model.posterior(self._inputs(formulas())).mean[:, 0].numpy()
        return np.asarray(mean * SCALE_DEX + self.prior_mean.mean())

    def _inputs(self, wanted: Any) -> torch.Tensor:
        index = {formula: k for k, formula in enumerate(formulas())}
        at = [index[formula] for formula in wanted]
        column = (self.prior_mean - self.prior_mean.mean()) / SCALE_DEX
        return torch.from_numpy(np.column_stack([facts(), identities(), column])[at])

    @lru_cache(maxsize=1)  # noqa: B019 - one at a time, and as short-lived as a run
    def _fitted(self, results: tuple[Result, ...]) -> tuple[Any, torch.Tensor]:
        observed = self._inputs([result.formula for result in results])
        values = np.array([result.log10_sigma for result in results])
        target = torch.from_numpy((values - self.prior_mean.mean()) / SCALE_DEX)[:, None]
        model = SingleTaskGP(
            observed,
            target,
            covar_module=_kernel(),
            mean_module=LastColumn(),
            outcome_transform=None,
        )
        try:
            fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        except (ModelFittingError, gpytorch.utils.errors.NotPSDError):  # the priors' own values serve instead
            model.eval()
        return model, observed
