"""Electronic conductivity from a DC polarisation between ion-blocking electrodes (Hebb and Wagner).

After a voltage step the ions pile up and the current decays to what electrons carry:

    I(t) = I_e + A exp(-t / tau),   sigma_e = I_e L / (U S),   t_ion = 1 - sigma_e / sigma_total

(M. Hebb, J. Chem. Phys. 20 (1952) 185). For given tau the current is linear in I_e and A, so tau is searched on a grid
and the two are solved.
"""

import math
from dataclasses import dataclass
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
_N_TAU = 120
_CUTS = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5)  # shares of the time left out at the start: charging is no exponential
_MEMORY = 0.3  # autocorrelation of neighbouring residuals above which one exponential is not all
_CURRENT_REL_SD = 0.005  # of a potentiostat's range
_N_SD_SEEN = 2.0


@dataclass(frozen=True, slots=True)
class Polarisation:
    """What a polarisation says. Currents in A, conductivities in S/cm, tau in s.

    `unsteady` is what is left of the transient at the end, as a share of the steady current. `sigma_e_s_cm` is None
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
    sd = math.sqrt(decay.steady_a_sd**2 + (_CURRENT_REL_SD * decay.steady_a) ** 2)
    is_bound = decay.steady_a < _N_SD_SEEN * sd
    scale = max(abs(decay.steady_a), _N_SD_SEEN * sd, 1e-300)
    reasons = _doubts(decay, left_a / scale, span, rules, is_bound=is_bound)
    sigma, sigma_sd = _electronic(decay.steady_a, sd, abs(voltage_v), geometry)
    number, number_sd = _transference(sigma, sigma_sd, sigma_total_s_cm, sigma_total_s_cm_sd)
    return Polarisation(
        "review" if reasons else "accepted",
        reasons or (f"steady within {abs(left_a / scale):.1%} after {span:.0f} s",),
        voltage_v,
        decay.steady_a,
        sd,
        decay.tau_s,
        abs(left_a / scale),
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
    best = None
    for cut in _CUTS:
        kept = t >= cut * t[-1]
        if np.count_nonzero(kept) < _LEAST_POINTS:
            break
        best = _fit(t[kept], i[kept])
        if best.memory < _MEMORY:
            break
    assert best is not None  # noqa: S101 - the first cut keeps everything
    return best


def _fit(t: Real, i: Real) -> _Decay:
    u = t - t[0]
    taus = np.geomspace(max(u[-1] / len(u), u[-1] * 1e-3), u[-1] * 3.0, _N_TAU)
    e = np.exp(-u[None, :] / taus[:, None])
    n, se, see = len(u), e.sum(axis=1), (e * e).sum(axis=1)
    si, sei = i.sum(), e @ i
    determinant = np.maximum(n * see - se**2, 1e-300)
    steady = (see * si - se * sei) / determinant
    amplitude = (n * sei - se * si) / determinant
    left = i[None, :] - steady[:, None] - amplitude[:, None] * e
    cost = (left**2).sum(axis=1)
    k = int(np.argmin(cost))
    variance = max(float(cost[k]) / max(n - 3, 1), 1e-300)
    memory = float(left[k, 1:] @ left[k, :-1] / max(float(cost[k]), 1e-300))
    wide = variance * (1.0 + max(memory, 0.0)) / max(1.0 - max(memory, 0.0), 0.05)
    weight = np.exp(-np.clip((cost - cost[k]) / (2.0 * wide), 0.0, 700.0))
    spread = float(np.sqrt(np.sum(weight * (steady - steady[k]) ** 2) / weight.sum()))
    sd = math.sqrt(wide * float(see[k] / determinant[k]) + spread**2)
    return _Decay(float(steady[k]), sd, float(amplitude[k]), float(taus[k]), memory, float(t[0]))


def _doubts(decay: _Decay, unsteady: float, span: float, rules: Settings, *, is_bound: bool) -> tuple[str, ...]:
    doubts = []
    if abs(unsteady) > rules.max_unsteady:
        doubts.append(
            f"not steady: {abs(unsteady):.0%} of the current still decays after {span:.0f} s "
            f"(limit {rules.max_unsteady:.0%}): hold the voltage longer"
        )
    if decay.memory >= _MEMORY and abs(decay.amplitude_a) > 0:
        doubts.append("the current does not follow one exponential to its end: look at the curve")
    if (decay.steady_a < 0 and not is_bound) or decay.steady_a < -_N_SD_SEEN * decay.steady_a_sd:
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
