"""Electronic conductivity from a DC polarisation between ion-blocking electrodes (Hebb and Wagner).

After a voltage step the ions pile up and the current decays to what electrons carry:

    I(t) = I_e + A exp(-t / tau),   sigma_e = I_e L / (U S),   t_ion = 1 - sigma_e / sigma_total

(M. Hebb, J. Chem. Phys. 20 (1952) 185). For given tau the current is linear in I_e and A, so tau is searched on a grid
that narrows, and the two are solved.
"""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from nasicon_loop.core import Refusal
from nasicon_loop.eis.elements import Real
from nasicon_loop.eis.geometry import Geometry
from nasicon_loop.eis.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_LEAST_POINTS = 20
_MOST_POINTS = 2000
_N_TAU = 40
_N_ZOOMS = 4
_EXACT = 1e-5
_CUTS = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5)  # shares of the time left out at the start: charging is no exponential
_MEMORY = 0.3  # autocorrelation of neighbouring residuals above which one exponential is not all
_CURRENT_REL_SD = 0.005  # of a potentiostat's range
_N_SD_SEEN = 2.0


@dataclass(frozen=True, slots=True)
class Polarisation:
    """What a polarisation says. Currents in A, conductivities in S/cm, tau in s.

    `unsteady` is the share of the current at the end that still decays. `sigma_e_s_cm` is None
    without geometry, the transference number without the pellet's conductivity. `is_bound` says that the steady current
    does not stand out from its noise: then sigma_e + 2 sd is an upper bound.
    """

    verdict: Literal["accepted", "review"]
    reasons: tuple[str, ...]
    voltage_v: float
    current_a: float
    current_a_sd: float
    tau_s: float
    unsteady: float
    n_points: int
    duration_s: float
    is_bound: bool
    sigma_e_s_cm: float | None = None
    sigma_e_s_cm_sd: float | None = None
    transference_number: float | None = None
    transference_number_sd: float | None = None


@dataclass(frozen=True, slots=True)
class _Decay:
    steady_a: float
    steady_a_sd: float
    amplitude_a: float
    tau_s: float
    memory: float
    start_s: float


def polarisation(
    time_s: "ArrayLike",
    current_a: "ArrayLike",
    voltage_v: float,
    *,
    geometry: Geometry | None = None,
    sigma_total_s_cm: float | None = None,
    sigma_total_s_cm_sd: float | None = None,
    settings: Settings | None = None,
) -> Polarisation:
    """Return electronic conductivity and ionic transference number; the times (n,) begin with the voltage step.

    `sigma_total_s_cm` is the pellet's conductivity at the same temperature. Raises Refusal for fewer than 20 points,
    no time passing, or no voltage.
    """
    if not (math.isfinite(voltage_v) and voltage_v != 0.0):
        raise Refusal("needs the applied voltage, and not zero: give --voltage-v", "polarisation")
    t, i = _usable(time_s, current_a)
    rules = settings or Settings()
    decay = _decay(t, i * math.copysign(1.0, voltage_v))
    span = float(t[-1] - t[0])
    left_a = decay.amplitude_a * math.exp(-(float(t[-1]) - decay.start_s) / decay.tau_s)
    noise_a = math.hypot(decay.steady_a_sd, _CURRENT_REL_SD * decay.steady_a)
    unsteady = abs(left_a) / (abs(left_a) + max(abs(decay.steady_a), _N_SD_SEEN * noise_a, 1e-300))
    sd = math.hypot(noise_a, left_a)
    is_bound = decay.steady_a < _N_SD_SEEN * sd
    reasons = _doubts(decay, unsteady, span, rules)
    sigma, sigma_sd = _electronic(decay.steady_a, sd, abs(voltage_v), geometry)
    number, number_sd = _transference(sigma, sigma_sd, sigma_total_s_cm, sigma_total_s_cm_sd)
    return Polarisation(
        "review" if reasons else "accepted",
        reasons or (f"steady within {unsteady:.1%} after {span:.0f} s",),
        voltage_v,
        decay.steady_a,
        sd,
        decay.tau_s,
        unsteady,
        len(t),
        span,
        is_bound,
        sigma,
        sigma_sd,
        number,
        number_sd,
    )


def _usable(time_s: "ArrayLike", current_a: "ArrayLike") -> tuple[Real, Real]:
    t, i = np.asarray(time_s, dtype=float), np.asarray(current_a, dtype=float)
    good = np.isfinite(t) & np.isfinite(i)
    t, i = t[good], i[good]
    if len(t) < _LEAST_POINTS:
        raise Refusal(f"has {len(t)} points; a polarisation needs at least {_LEAST_POINTS}", "polarisation")
    order = np.argsort(t, kind="stable")
    t, i = t[order] - t[order][0], i[order]
    if t[-1] <= 0:
        raise Refusal("all points have the same time", "polarisation")
    n_each = -(-len(t) // _MOST_POINTS)  # neighbours are averaged where there are very many
    if n_each > 1:
        n = len(t) // n_each * n_each
        t, i = t[:n].reshape(-1, n_each).mean(axis=1), i[:n].reshape(-1, n_each).mean(axis=1)
    return t, i


def _decay(t: Real, i: Real) -> _Decay:
    """Return the exponential through the data, from the earliest start on from which one is enough."""
    fits: list[_Decay] = []
    for cut in _CUTS:
        kept = t >= cut * t[-1]
        if fits and np.count_nonzero(kept) < _LEAST_POINTS:
            break
        fits.append(_fit(t[kept], i[kept]))
    chosen = next((k for k, fit in enumerate(fits) if fit.memory < _MEMORY), len(fits) - 1)
    # what a later start says instead: a stretched decay seems steady before it is
    moved = fits[min(chosen + 2, len(fits) - 1)].steady_a - fits[chosen].steady_a
    best = fits[chosen]
    return replace(best, steady_a_sd=math.hypot(best.steady_a_sd, moved))


def _fit(t: Real, i: Real) -> _Decay:
    u = t - t[0]
    low, high = max(u[-1] / len(u), u[-1] * 1e-3), u[-1] * 3.0
    for _ in range(_N_ZOOMS):  # a coarse tau would look like noise
        taus = np.geomspace(low, high, _N_TAU)
        k = int(np.argmin(_solved(u, i, taus)[2]))
        low, high = taus[max(k - 2, 0)], taus[min(k + 2, _N_TAU - 1)]
    steady, amplitude, cost, left = _solved(u, i, taus)
    e = np.exp(-u / taus[k])
    columns = np.column_stack([np.ones_like(u), e, amplitude[k] * u / taus[k] * e])  # d/d of I_e, A, ln tau
    variance = max(float(cost[k]) / max(len(u) - 3, 1), 1e-300)
    is_exact = variance < (_EXACT * float(amplitude[k])) ** 2  # what is left is rounding
    memory = 0.0 if is_exact else float(left[k, 1:] @ left[k, :-1] / max(float(cost[k]), 1e-300))
    inflated = variance * (1.0 + max(memory, 0.0)) / max(1.0 - max(memory, 0.0), 0.05)
    sd = math.sqrt(inflated * float(np.linalg.pinv(columns.T @ columns)[0, 0]))
    return _Decay(float(steady[k]), sd, float(amplitude[k]), float(taus[k]), memory, float(t[0]))


def _solved(u: Real, i: Real, taus: Real) -> tuple[Real, Real, Real, Real]:
    """Return steady current, amplitude, sum of squares (m,) and residuals (m, n) for each of m time constants."""
    e = np.exp(-u[None, :] / taus[:, None])
    n, se, see = len(u), e.sum(axis=1), (e * e).sum(axis=1)
    si, sei = i.sum(), e @ i
    determinant = np.maximum(n * see - se**2, 1e-300)
    steady = (see * si - se * sei) / determinant
    amplitude = (n * sei - se * si) / determinant
    left = i[None, :] - steady[:, None] - amplitude[:, None] * e
    return steady, amplitude, (left**2).sum(axis=1), left


def _doubts(decay: _Decay, unsteady: float, span: float, rules: Settings) -> tuple[str, ...]:
    doubts = []
    if unsteady > rules.max_unsteady:
        doubts.append(
            f"not steady: {unsteady:.0%} of the current still decays after {span:.0f} s "
            f"(limit {rules.max_unsteady:.0%}): hold the voltage longer"
        )
    if decay.memory >= _MEMORY:
        doubts.append("the current does not follow one exponential to its end: look at the curve")
    if decay.steady_a < -_N_SD_SEEN * decay.steady_a_sd:
        doubts.append("the steady current runs against the voltage: check the sign and the offset of the current")
    return tuple(doubts)


def _electronic(
    steady_a: float, sd_a: float, voltage_v: float, geometry: Geometry | None
) -> tuple[float | None, float | None]:
    if geometry is None:
        return None, None
    per_ampere = geometry.thickness_cm / (voltage_v * geometry.area_cm2)
    shape = math.hypot(geometry.thickness_rel_sd, 2.0 * geometry.diameter_rel_sd)
    return steady_a * per_ampere, per_ampere * math.hypot(sd_a, steady_a * shape)


def _transference(
    sigma_e: float | None, sd: float | None, total: float | None, total_sd: float | None
) -> tuple[float | None, float | None]:
    """Return t_ion = 1 - sigma_e/sigma_total, within 0 to 1, with its sd."""
    if sigma_e is None or sd is None or not total or total <= 0:
        return None, None
    share = sigma_e / total
    relative = 0.0 if total_sd is None else total_sd / total
    return min(max(1.0 - share, 0.0), 1.0), math.hypot(sd / total, share * relative)
