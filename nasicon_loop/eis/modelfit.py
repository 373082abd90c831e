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
_DEEPER = 0.9  # of the cost, for a sibling to be worth a try
_AT_WALL = 1e-6  # of ln p
_RIDGE = 1e-13
_ACCURACY = 5e-4


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
    box: Real | None = None  # bounds (k, 2) where they are not the circuit's own

    @property
    def n_parameters(self) -> int:
        """Number of parameters of the circuit that were free."""
        return self.circuit.n_parameters if self.box is None else int(np.sum(self.box[:, 1] > self.box[:, 0]))

    @property
    def rms(self) -> float:
        """Residual of one component relative to |Z|, corrected for the degrees of freedom."""
        return float(np.sqrt(self.cost / max(self.n_residuals - self.n_parameters, 1)))

    @property
    def bic(self) -> float:
        """Schwarz's information criterion for normal errors of unknown size; smaller is better.

        No instrument is more accurate than `_ACCURACY`: what is left below it does not ask for another branch.
        """
        n = self.n_residuals
        return float(n * np.log(self.cost / n + _ACCURACY**2) + self.n_parameters * np.log(n))

    @cached_property
    def by_name(self) -> dict[str, float]:
        """Parameters by name."""
        return dict(zip(self.circuit.names, self.values.tolist(), strict=True))

    @cached_property
    def ln_covariance(self) -> Real:
        """Covariance (k, k) of the logarithms of the parameters; rows of a parameter on its bound are zero."""
        ln_p, box = np.log(self.values), np.log(self.circuit.bounds if self.box is None else self.box)
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
        n_starts = _N_STARTS + (2 if candidate.n_arcs > 1 else 0)
        return self.from_starts(candidate, circuit, self.dictionary.starts(candidate, n_starts), 50, _COARSE)

    def polished(self, fit: ModelFit) -> ModelFit:
        """Take a fit to the bottom of its valley."""
        return self.from_starts(fit.candidate, fit.circuit, [fit.values], 100, _FINE)

    def without_inductor(self, fit: ModelFit) -> ModelFit:
        """Fit the same candidate without its series inductor, from where it stands."""
        circuit = Circuit.compile(fit.candidate.text(has_inductor=False))
        return self.from_starts(fit.candidate, circuit, [fit.values[1:]], 100, _FINE)

    def from_starts(
        self, candidate: Candidate, circuit: Circuit, starts: list[Real], max_iterations: int, tolerance: float
    ) -> ModelFit:
        """Return the best fit from these starts."""
        fits = fit_batch(
            circuit,
            self.frequency_hz,
            self.impedance_ohm,
            np.array(starts),
            weights=self.weights,
            max_iterations=max_iterations,
            tolerance=tolerance,
        )
        best = int(np.argmin(fits.cost))
        n_residuals = 2 * int(np.count_nonzero(self.weights))
        return ModelFit(
            candidate,
            circuit,
            self.frequency_hz,
            self.weights,
            fits.parameters[best],
            float(fits.cost[best]),
            n_residuals,
        )

    def cross_seeded(self, fits: list[ModelFit]) -> list[ModelFit]:
        """Give a circuit that ends in a CPE the slow arc of its sibling as a start, where that lies deeper.

        R || CPE with a large R is a CPE: the sibling with one arc more contains the circuit, so a deeper valley of it
        with a slow arc that hardly bends is one of the circuit as well.
        """
        deeper = {(f.candidate.has_series_r, f.candidate.n_arcs): f for f in fits if f.candidate.tail == "none"}
        return [self._from_sibling(fit, deeper) for fit in fits]

    def _from_sibling(self, fit: ModelFit, deeper: dict[tuple[bool, int], ModelFit]) -> ModelFit:
        sibling = deeper.get((fit.candidate.has_series_r, fit.candidate.n_arcs + 1))
        if fit.candidate.tail != "cpe" or sibling is None or sibling.cost > _DEEPER * fit.cost:
            return fit
        p = sibling.by_name
        numbers = range(1, sibling.candidate.n_arcs + 1)
        slowest = max(numbers, key=lambda k: (p[f"R{k}"] * p[f"CPE{k}_0"]) ** (1.0 / p[f"CPE{k}_1"]))
        start = [p[name] for name in ("L0", "R0") if name in p]
        for k in (k for k in numbers if k != slowest):
            start += [p[f"R{k}"], p[f"CPE{k}_0"], p[f"CPE{k}_1"]]
        start += [p[f"CPE{slowest}_0"], p[f"CPE{slowest}_1"]]
        other = self.from_starts(fit.candidate, fit.circuit, [np.array(start)], 50, _COARSE)
        return other if other.cost < fit.cost else fit
