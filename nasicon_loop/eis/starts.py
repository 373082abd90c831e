"""Where to start a fit: an exhaustive linear search instead of random guesses.

For given time constants and exponents the circuits are linear in L, R0, the arcs' resistances and 1/Q of the electrode.
All basis functions of a grid make one Gram matrix; every subset of it that a candidate allows is then a tiny linear
system, and thousands of them are solved at once. The best few, differing from each other, are the starts.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.eis.candidates import Candidate
from nasicon_loop.eis.elements import Complex, Real

_ARC_EXPONENTS = (0.7, 0.93)
_TAIL_EXPONENTS = (0.5, 0.7, 0.85, 0.97)
_TAU_PER_DECADE = 2.5
_TAU_BEYOND_LOW, _TAU_BEYOND_HIGH = 1.5, 1.0  # decades of time constants beyond the slow and the fast end
_MANY = 3  # arcs from which on every second time constant must do


@dataclass(frozen=True)
class Dictionary:
    """Basis functions of one spectrum: constant, inductor, arcs (tau, exponent), tails (exponent); Gram matrix."""

    arcs: Real  # (a, 2): tau, exponent
    tails: tuple[float, ...]
    has_inductor: bool
    gram: Real
    moment: Real
    scale: Real
    size_ohm: float
    slow_capacitance_f: float  # what the slow end looks like

    @staticmethod
    def of(frequency_hz: Real, impedance_ohm: Complex, weights: Real, *, has_inductor: bool) -> "Dictionary":
        """Return the dictionary of a spectrum (n,) with its weights (n,), 0 for masked points."""
        ln_omega = np.log(2.0 * np.pi * frequency_hz)
        slow, fast = -ln_omega.min() / np.log(10), -ln_omega.max() / np.log(10)
        n_tau = int((slow - fast + _TAU_BEYOND_LOW + _TAU_BEYOND_HIGH) * _TAU_PER_DECADE) + 1
        tau = np.logspace(fast - _TAU_BEYOND_HIGH, slow + _TAU_BEYOND_LOW, n_tau)
        arcs = np.array(list(product(tau, _ARC_EXPONENTS)))
        ln_jw = ln_omega + 0.5j * np.pi
        columns = [np.ones_like(ln_jw), np.exp(ln_jw)]
        columns += [1.0 / (1.0 + np.exp(alpha * (ln_jw + np.log(t)))) for t, alpha in arcs]
        columns += [np.exp(-alpha * ln_jw) for alpha in _TAIL_EXPONENTS]
        basis = np.array(columns) * weights
        parts = np.concatenate([basis.real, basis.imag], axis=1)
        scale = np.sqrt(np.einsum("ij,ij->i", parts, parts))
        parts /= scale[:, None]
        target = impedance_ohm * weights
        moment = parts @ np.concatenate([target.real, target.imag])
        size = float(np.abs(impedance_ohm).max())
        slowest = int(np.argmin(frequency_hz))
        reactance = max(-float(impedance_ohm[slowest].imag), 1e-6 * size)
        slow_f = float(np.exp(-ln_omega[slowest])) / reactance
        return Dictionary(arcs, _TAIL_EXPONENTS, has_inductor, parts @ parts.T, moment, scale, size, slow_f)

    def starts(self, candidate: Candidate, n_starts: int) -> list[Real]:
        """Return up to `n_starts` parameter vectors in the order of the candidate's circuit string, best first."""
        tail = "warburg" if candidate.is_randles or candidate.tail == "open_warburg" else candidate.tail
        n_tails = {"none": 0, "warburg": 1}.get(tail, len(self.tails))
        fixed = ((1,) if self.has_inductor else ()) + ((0,) if candidate.has_series_r else ())
        rows = _subsets(fixed, len(self.arcs), candidate.n_arcs, n_tails)
        coefficients, cost = self._solve(rows, n_free=1 if self.has_inductor else 0)
        chosen = self._different(rows, cost, len(fixed), candidate.n_arcs, n_starts)
        vectors = [self._vector(candidate, rows[i], coefficients[i], len(fixed)) for i in chosen]
        return [v for vector in vectors for v in (_randles_variants(vector, candidate) or [vector])]

    def _solve(self, rows: NDArray[np.int64], n_free: int) -> tuple[Real, Real]:
        """Solve every subset (s, q); return coefficients and cost. A negative resistance costs its whole term."""
        gram = self.gram[rows[:, :, None], rows[:, None, :]]
        q = np.arange(rows.shape[1])
        gram[:, q, q] += 1e-9
        moment = self.moment[rows]
        x = np.linalg.solve(gram, moment[:, :, None])[:, :, 0]
        positive = x.copy()
        positive[:, n_free:] = np.maximum(x[:, n_free:], 0.0)
        cost = np.einsum("sq,sqr,sr->s", positive, gram, positive) - 2.0 * np.einsum("sq,sq->s", positive, moment)
        return positive / self.scale[rows], cost

    def _different(self, rows: NDArray[np.int64], cost: Real, n_fixed: int, n_arcs: int, n_starts: int) -> list[int]:
        """Return the best rows whose time constants are not those of a better one."""
        taken: list[int] = []
        n_exponents = len(_ARC_EXPONENTS)
        seen: list[NDArray[np.int64]] = []
        for i in np.argsort(cost)[: 60 * n_starts]:
            place = (rows[i, n_fixed : n_fixed + n_arcs] - 2) // n_exponents
            if n_arcs and any(np.abs(place - other).sum() <= 1 for other in seen):
                continue
            seen.append(place)
            taken.append(int(i))
            if len(taken) == n_starts:
                break
        return taken

    def _vector(self, candidate: Candidate, row: NDArray[np.int64], x: Real, n_fixed: int) -> Real:
        least = 1e-3 * self.size_ohm
        values: list[float] = []
        if self.has_inductor:
            values.append(max(float(x[0]), 1e-9))
        if candidate.has_series_r:
            values.append(max(float(x[n_fixed - 1]), least))
        for k in range(candidate.n_arcs):
            tau, alpha = self.arcs[row[n_fixed + k] - 2]
            r = max(float(x[n_fixed + k]), least)
            values += [r, tau**alpha / r, alpha]
        if candidate.tail != "none":
            inverse_q = max(float(x[-1]), 1e-9 * self.size_ohm)
            if candidate.tail == "open_warburg":  # Z0 / sqrt(tau) from the fast side, tau / Z0 from the slow end
                z0 = max(inverse_q**2 * self.slow_capacitance_f, least)
                values += [z0, z0 * self.slow_capacitance_f]
            elif candidate.tail == "cpe":
                values += [1.0 / inverse_q, self.tails[row[-1] - 2 - len(self.arcs)]]
            else:
                values.append(inverse_q / np.sqrt(2.0))
        return np.array(values)


@lru_cache(maxsize=128)
def _subsets(fixed: tuple[int, ...], n_basis: int, n_arcs: int, n_tails: int) -> NDArray[np.int64]:
    """Return every allowed subset of the dictionary (s, q): the fixed columns, n different arcs, one tail or none."""
    n_exponents = len(_ARC_EXPONENTS)
    places = range(0, n_basis, n_exponents)
    if n_arcs >= _MANY:  # one exponent, every second time constant
        arcs: list[tuple[int, ...]] = list(combinations(places[::2], n_arcs))
    else:
        arcs = [
            tuple(place + k for place, k in zip(chosen, which, strict=True))
            for chosen in combinations(places, n_arcs)
            for which in product(range(n_exponents), repeat=n_arcs)
        ]
    tails: list[tuple[int, ...]] = [(2 + n_basis + i,) for i in range(n_tails)] or [()]
    return np.array([(*fixed, *(2 + i for i in some), *tail) for some in arcs for tail in tails], dtype=np.int64)


def _randles_variants(vector: Real, candidate: Candidate) -> list[Real]:
    """Turn arc + Warburg in series into the Warburg inside the arc; some variants because that is not linear."""
    if not candidate.is_randles:
        return []
    *front, r, q, alpha, warburg = vector
    tau = (r * q) ** (1.0 / alpha)
    plain = candidate.tail == "randles"
    branch = [tau / r] if plain else [q, alpha]
    wide = [tau / r * 3.0] if plain else [q * 3.0, alpha]
    return [
        np.array([*front, *branch, r, warburg]),
        np.array([*front, *wide, r * 0.4, warburg * 0.7]),
    ]
