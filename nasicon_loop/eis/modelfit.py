"""One candidate fitted to one spectrum: best parameters, covariance, information criterion."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nasicon_loop.eis.candidates import Candidate
from nasicon_loop.eis.circuit import Circuit, ln_j_omega
from nasicon_loop.eis.elements import Complex, Real
from nasicon_loop.eis.solver import fit_batch
from nasicon_loop.eis.starts import Dictionary

_N_STARTS = 4
_COARSE, _FINE = 1e-6, 1e-12
_AT_WALL = 1e-6  # of ln p
_RIDGE = 1e-13


@dataclass(frozen=True)
class ModelFit:
    """A fitted circuit; `values` (k,), `cost` the sum of squared relative residuals of `n_residuals` real numbers."""

    candidate: Candidate
    circuit: Circuit
    frequency_hz: Real
    weights: Real
    values: Real
    cost: float
    n_residuals: int

    @property
    def n_parameters(self) -> int:
        """Number of parameters of the circuit."""
        return self.circuit.n_parameters

    @property
    def rms(self) -> float:
        """Residual of one component relative to |Z|, corrected for the degrees of freedom."""
        return float(np.sqrt(self.cost / max(self.n_residuals - self.n_parameters, 1)))

    @property
    def bic(self) -> float:
        """Schwarz's information criterion for normal errors of unknown size; smaller is better."""
        n = self.n_residuals
        return float(n * np.log(max(self.cost, 1e-30) / n) + self.n_parameters * np.log(n))

    @cached_property
    def by_name(self) -> dict[str, float]:
        """Parameters by name."""
        return dict(zip(self.circuit.names, self.values.tolist(), strict=True))

    @cached_property
    def ln_covariance(self) -> Real:
        """Covariance (k, k) of the logarithms of the parameters; rows of a parameter on its bound are zero."""
        ln_p, box = np.log(self.values), np.log(self.circuit.bounds)
        free = (ln_p > box[:, 0] + _AT_WALL) & (ln_p < box[:, 1] - _AT_WALL)
        with np.errstate(all="ignore"):
            _, jacobian = self.circuit.evaluate(ln_j_omega(self.frequency_hz), self.values[None, :])
        j = (jacobian[0] * self.weights).view(np.float64)[free]
        normal = j @ j.T
        normal[np.diag_indices_from(normal)] += _RIDGE * max(float(np.trace(normal)), 1e-300)
        covariance = np.zeros((len(ln_p), len(ln_p)))
        covariance[np.ix_(free, free)] = np.linalg.inv(normal) * self.rms**2
        return covariance

    def sum_rel_sd(self, names: list[str]) -> float:
        """Relative standard deviation of the sum of these parameters, correlations included."""
        gradient = np.array([self.by_name[name] if name in names else 0.0 for name in self.circuit.names])
        total = float(gradient.sum())
        return float(np.sqrt(max(gradient @ self.ln_covariance @ gradient, 0.0)) / total) if total > 0 else np.inf

    def impedance(self, frequency_hz: Real) -> Complex:
        """Impedance of the fit in ohm at other frequencies."""
        return self.circuit.impedance(frequency_hz, self.values)


@dataclass(frozen=True)
class Data:
    """What all candidates are fitted to: points, weights (0 where masked), the dictionary of starts."""

    frequency_hz: Real
    impedance_ohm: Complex
    weights: Real
    dictionary: Dictionary

    @staticmethod
    def of(frequency_hz: Real, impedance_ohm: Complex, weights: Real, *, has_inductor: bool) -> "Data":
        """Return the data with their dictionary."""
        dictionary = Dictionary.of(frequency_hz, impedance_ohm, weights, has_inductor=has_inductor)
        return Data(frequency_hz, impedance_ohm, weights, dictionary)

    def fit(self, candidate: Candidate) -> ModelFit:
        """Fit a candidate from its data-driven starts."""
        circuit = Circuit.compile(candidate.text(has_inductor=self.dictionary.has_inductor))
        starts = np.array(self.dictionary.starts(candidate, _N_STARTS))
        coarse = fit_batch(
            circuit, self.frequency_hz, self.impedance_ohm, starts,
            weights=self.weights, max_iterations=50, tolerance=_COARSE,
        )
        return self._fit(candidate, circuit, coarse.parameters[int(np.argmin(coarse.cost))], max_iterations=0)

    def polished(self, fit: ModelFit) -> ModelFit:
        """Take a fit to the bottom of its valley."""
        return self._fit(fit.candidate, fit.circuit, fit.values, max_iterations=100)

    def without_inductor(self, fit: ModelFit) -> ModelFit:
        """Fit the same candidate without its series inductor, from where it stands."""
        circuit = Circuit.compile(fit.candidate.text(has_inductor=False))
        return self._fit(fit.candidate, circuit, fit.values[1:], max_iterations=100)

    def _fit(self, candidate: Candidate, circuit: Circuit, start: Real, *, max_iterations: int) -> ModelFit:
        fine = fit_batch(
            circuit, self.frequency_hz, self.impedance_ohm, start[None, :],
            weights=self.weights, max_iterations=max_iterations, tolerance=_FINE,
        )
        kept = 2 * int(np.count_nonzero(self.weights))
        return ModelFit(
            candidate, circuit, self.frequency_hz, self.weights, fine.parameters[0], float(fine.cost[0]), kept
        )
