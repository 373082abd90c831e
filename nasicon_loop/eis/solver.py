"""Many non-linear least-squares fits at once: Levenberg-Marquardt in the logarithms of the parameters.

Each row is one fit: its own data, weights and start. Rows that have converged leave the batch. Bounds are a box;
a parameter that sits on it and is pushed outwards is frozen for that step (projected Levenberg-Marquardt).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasicon_loop.core import Refusal
from nasicon_loop.eis.circuit import Circuit, ln_j_omega
from nasicon_loop.eis.elements import Complex, Real

_MAX_STEP = 2.0  # of ln p in one step
_MAX_STEP_SHARE = 0.5  # and of the width of a narrow box (an exponent between 0.2 and 1)
_ACTIVE_SET_ROUNDS = 3
_CHUNK = 96  # rows whose Jacobians stay in the cache together
Flags = NDArray[np.bool_]
_DAMPING_START, _DAMPING_LEAST, _DAMPING_MOST = 1e-2, 1e-12, 1e10


@dataclass(frozen=True, slots=True)
class Fit:
    """Fits of one circuit: parameters (m, k), cost = sum of squared weighted residuals (m,), iterations (m,)."""

    parameters: Real
    cost: Real
    n_iterations: NDArray[np.int64]


def fit_batch(
    circuit: Circuit | str,
    frequency_hz: ArrayLike,
    impedance_ohm: ArrayLike,
    starts: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    bounds: ArrayLike | None = None,
    max_iterations: int = 60,
    tolerance: float = 1e-10,
) -> Fit:
    """Fit every start (m, k) to its data: frequencies (n,) in Hz, impedances (n,) or (m, n) in ohm.

    `weights` multiply both parts of the residual; without them 1/|Z| (modulus weights). A weight of 0 masks a point.
    `bounds` (k, 2), by default the circuit's. Stops where a step lowers the cost by less than `tolerance` of itself.
    Raises Refusal where the shapes do not fit together.
    """
    model = Circuit.compile(circuit) if isinstance(circuit, str) else circuit
    start = np.atleast_2d(np.asarray(starts, dtype=float))
    z = np.atleast_2d(np.asarray(impedance_ohm, dtype=np.complex128))
    w = 1.0 / np.abs(z) if weights is None else np.atleast_2d(np.asarray(weights, dtype=float))
    ln_jw = ln_j_omega(frequency_hz)
    box = np.log(model.bounds if bounds is None else np.asarray(bounds, dtype=float))
    if start.shape[1] != model.n_parameters or z.shape[1] != ln_jw.shape[1] or z.shape[0] not in (1, len(start)):
        raise Refusal("starts, frequencies and impedances do not fit together", f"fit of {model.text}")
    z = np.broadcast_to(z, (len(start), z.shape[1]))
    w = np.broadcast_to(w, z.shape)
    parts = [
        _Problem(model, ln_jw, z[i : i + _CHUNK], w[i : i + _CHUNK], box).solve(
            start[i : i + _CHUNK], max_iterations, tolerance
        )
        for i in range(0, len(start), _CHUNK)
    ]
    return Fit(
        np.concatenate([part.parameters for part in parts]),
        np.concatenate([part.cost for part in parts]),
        np.concatenate([part.n_iterations for part in parts]),
    )


class _Problem:
    """The rows that are still moving, and one step of all of them."""

    def __init__(self, model: Circuit, ln_jw: Complex, z: Complex, w: Real, box: Real) -> None:
        self.model, self.ln_jw, self.z, self.w = model, ln_jw, z, w
        self.low, self.high = box[:, 0], box[:, 1]
        self.longest = np.minimum(_MAX_STEP, _MAX_STEP_SHARE * (self.high - self.low) + 1e-12)

    def linearise(self, x: Real) -> tuple[Real, Real, Real]:
        """Return cost (m,), gradient J'r (m, k) and J'J (m, k, k) at ln p = x."""
        model_z, jacobian = self.model.evaluate(self.ln_jw, np.exp(x))
        residual = (model_z - self.z) * self.w
        jacobian *= self.w[:, None, :]
        r = residual.view(np.float64)  # real and imaginary parts side by side
        j = jacobian.view(np.float64)
        cost = np.einsum("mn,mn->m", r, r)
        gradient = np.matmul(j, r[:, :, None])[:, :, 0]
        return cost, gradient, np.matmul(j, j.transpose(0, 2, 1))

    def keep(self, rows: Flags) -> None:
        self.z, self.w = self.z[rows], self.w[rows]

    def step(self, x: Real, gradient: Real, hessian: Real, damping: Real) -> tuple[Real, Real]:
        """Return the step (m, k) inside the box and the decrease of the cost that the linear model expects (m,)."""
        fixed = ((x <= self.low) & (gradient > 0)) | ((x >= self.high) & (gradient < 0))
        delta = np.zeros_like(x)
        for _ in range(_ACTIVE_SET_ROUNDS):
            delta = self.damped(fixed, delta, gradient, hessian, damping)
            beyond = ~fixed & ((x + delta < self.low) | (x + delta > self.high))
            if not beyond.any():
                break
            delta = np.clip(x + delta, self.low, self.high) - x  # those go to the wall, the others are solved again
            fixed |= beyond
        delta *= np.minimum(1.0, self.longest / np.maximum(np.abs(delta), 1e-300)).min(axis=1, keepdims=True)
        delta = np.clip(x + delta, self.low, self.high) - x
        curved = np.einsum("mk,mkl,ml->m", delta, hessian, delta)
        return delta, -(2.0 * np.einsum("mk,mk->m", delta, gradient) + curved)

    @staticmethod
    def damped(fixed: Flags, delta: Real, gradient: Real, hessian: Real, damping: Real) -> Real:
        """Return the damped Gauss-Newton step of the free parameters, the fixed ones keeping their `delta`."""
        held = np.where(fixed, delta, 0.0)
        g = np.where(fixed, 0.0, gradient + np.matmul(hessian, held[:, :, None])[:, :, 0])
        a = np.where(fixed[:, :, None] | fixed[:, None, :], 0.0, hessian)
        diagonal = np.einsum("mkk->mk", a)
        floor = 1e-10 * diagonal.max(axis=1, keepdims=True) + 1e-300
        k = np.arange(delta.shape[1])
        raised = (
            diagonal
            + damping[:, None] * np.maximum(diagonal, 1 * diagonal.max(axis=1, keepdims=True) + floor)
            + 1e-3 * floor
        )
        a[:, k, k] = np.where(fixed, 1.0, raised)
        step: Real = -np.linalg.solve(a, g[:, :, None])[:, :, 0]
        return np.where(fixed, held, step)

    def solve(self, starts: Real, max_iterations: int, tolerance: float) -> Fit:
        x_all = np.clip(np.log(starts), self.low, self.high)
        cost_all = np.empty(len(x_all))
        count_all = np.zeros(len(x_all), dtype=np.int64)
        rows = np.arange(len(x_all))
        x = x_all.copy()
        with np.errstate(all="ignore"):
            cost, gradient, hessian = self.linearise(x)
            damping = np.full(len(x), _DAMPING_START)
            cost_all[:] = cost
            for iteration in range(1, max_iterations + 1):
                delta, expected = self.step(x, gradient, hessian, damping)
                new_cost, new_gradient, new_hessian = self.linearise(x + delta)
                gain = (cost - new_cost) / np.where(expected > 0, expected, np.inf)
                better = np.isfinite(new_cost) & (new_cost < cost)
                small = (expected <= tolerance * cost) & (
                    damping <= 1.0
                )  # a small step under heavy damping proves nothing
                done = small | (better & (cost - new_cost <= tolerance * cost)) | (damping >= _DAMPING_MOST)
                x = np.where(better[:, None], x + delta, x)
                cost = np.where(better, new_cost, cost)
                gradient = np.where(better[:, None], new_gradient, gradient)
                hessian = np.where(better[:, None, None], new_hessian, hessian)
                factor = np.where(gain > 0.75, 0.1, np.where(gain > 0.25, 0.3, 1.0))
                damping = np.clip(np.where(better, damping * factor, damping * 4.0), _DAMPING_LEAST, _DAMPING_MOST)
                x_all[rows], cost_all[rows], count_all[rows] = x, cost, iteration
                if done.any():
                    moving = ~done
                    if not moving.any():
                        break
                    rows, x, cost, damping = rows[moving], x[moving], cost[moving], damping[moving]
                    gradient, hessian = gradient[moving], hessian[moving]
                    self.keep(moving)
        return Fit(np.exp(x_all), np.where(np.isfinite(cost_all), cost_all, np.inf), count_all)
