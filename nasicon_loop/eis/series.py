"""Several analyses together: a temperature series, and repeated sweeps and pellets of one sample."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from nasicon_loop.core import Refusal
from nasicon_loop.core.units import BOLTZMANN_EV_K, kelvin
from nasicon_loop.eis.analysis import Analysis

_LEAST_POINTS = 3
_LEAST_SPAN_K = 10.0
_COMMON_TO_A_PELLET = ("leads", "thickness", "diameter")
_CORRECTION_MARGIN = 0.02


@dataclass(frozen=True, slots=True)
class Arrhenius:
    """sigma T = A exp(-Ea / kT) (1/R for sigma without geometry): Ea in eV with its sd, n points, scatter.

    `scatter` is the root mean square deviation in ln(sigma T) from the line; `chi2` per degree of freedom in units of
    the sweeps' own uncertainties. Above one the sd of Ea is widened by its root.
    """

    activation_energy_ev: float
    activation_energy_ev_sd: float
    ln_prefactor: float
    n_points: int
    scatter: float
    chi2: float


def arrhenius(analyses: Sequence[Analysis]) -> Arrhenius:
    """Fit a temperature series of one pellet by weighted least squares.

    Weights come from what differs from sweep to sweep, u(R) and the temperature: thickness and area move the line and
    not its slope. Raises Refusal for fewer than three usable analyses with a temperature, or less than 10 K in all.
    """
    usable = [a for a in analyses if a.r_total_ohm and a.r_total_ohm_sd and a.temperature_c is not None]
    kelvins = [kelvin(float(a.temperature_c or 0.0)) for a in usable]
    if len(usable) < _LEAST_POINTS or max(kelvins) - min(kelvins) < _LEAST_SPAN_K:
        raise Refusal(
            f"an activation energy needs {_LEAST_POINTS} sweeps with a temperature over {_LEAST_SPAN_K:.0f} K; "
            f"there are {len(usable)}",
            "temperature series",
        )
    x = [1.0 / (BOLTZMANN_EV_K * t) for t in kelvins]
    y = [
        math.log(t * (a.sigma_total_s_cm or 1.0 / float(a.r_total_ohm or 1.0)))
        for t, a in zip(kelvins, usable, strict=True)
    ]
    variance = [_own_variance(a, t) for a, t in zip(usable, kelvins, strict=True)]
    weight = [1.0 / v for v in variance]
    total = sum(weight)
    x_mean = sum(w * v for w, v in zip(weight, x, strict=True)) / total
    y_mean = sum(w * v for w, v in zip(weight, y, strict=True)) / total
    sxx = sum(w * (v - x_mean) ** 2 for w, v in zip(weight, x, strict=True))
    slope = sum(w * (v - x_mean) * (u - y_mean) for w, v, u in zip(weight, x, y, strict=True)) / sxx
    residual = [u - y_mean - slope * (v - x_mean) for v, u in zip(x, y, strict=True)]
    chi2 = sum(w * r**2 for w, r in zip(weight, residual, strict=True)) / (len(x) - 2)
    scatter = math.sqrt(sum(r**2 for r in residual) / len(residual))
    sd = math.sqrt(max(chi2, 1.0) / sxx)
    return Arrhenius(-slope, sd, y_mean - slope * x_mean, len(x), scatter, chi2)


def _own_variance(analysis: Analysis, t_kelvin: float) -> float:
    """Return the variance of ln(sigma T) that this sweep does not share with the others."""
    from_r = float(analysis.r_total_ohm_sd or 0.0) / float(analysis.r_total_ohm or 1.0)
    sd_k = 1.0 if analysis.temperature_c_sd is None else analysis.temperature_c_sd
    from_t = 0.32 / (BOLTZMANN_EV_K * t_kelvin**2) * sd_k
    return max(from_r**2 + from_t**2, 1e-12)


class Poolable(Protocol):
    """What pooling needs of an analysis: an `Analysis`, or these parts of one."""

    @property
    def sigma_25_s_cm(self) -> float | None:
        """Conductivity at 25 C."""

    @property
    def temperature_c(self) -> float | None:
        """Where it was measured."""

    @property
    def relative_budget(self) -> Mapping[str, float]:
        """Relative standard deviations by source."""


_Poolable = TypeVar("_Poolable", bound=Poolable)


@dataclass(frozen=True, slots=True)
class Pooled:
    """One value for a sample: sigma at 25 C with its sd, and relative scatter within a pellet and between pellets.

    The scatters are what is left beyond the stated uncertainties (0 where those explain everything).
    """

    sigma_25_s_cm: float
    sigma_25_s_cm_sd: float
    within_pellets: float
    between_pellets: float
    n_sweeps: int
    n_pellets: int


def pooled(pellets: Sequence[Sequence[Poolable]]) -> Pooled:
    """Bring sweeps (inner) of several pellets (outer) of one sample together, in ln sigma at 25 C.

    Two random-effects steps after DerSimonian and Laird (Control. Clin. Trials 7 (1986) 177): sweeps into pellets with
    what differs between sweeps, pellets into the sample with what sweeps of a pellet share. What all share (an assumed
    temperature, the correction to 25 C) is added once, at the end. Of a temperature series only the sweeps nearest to
    25 C count. Raises Refusal where no analysis has a sigma.
    """
    usable = [near_25(a for a in sweeps if a.sigma_25_s_cm) for sweeps in pellets]
    usable = [sweeps for sweeps in usable if sweeps]
    if not usable:
        raise Refusal("none of these analyses has a conductivity; enter the geometry first", "pooled")
    means, variances, within = [], [], []
    for sweeps in usable:
        logs = [math.log(a.sigma_25_s_cm or 1.0) for a in sweeps]
        mean, variance, extra = _random_effects(logs, [_sweep_variance(a) for a in sweeps])
        shared = sum(sweeps[0].relative_budget.get(part, 0.0) ** 2 for part in _COMMON_TO_A_PELLET)
        means.append(mean)
        variances.append(variance + shared)
        within.append(extra)
    mean, variance, between = _random_effects(means, variances)
    everyone = [a for sweeps in usable for a in sweeps]
    common = max(_common_variance(a) for a in everyone)
    value = math.exp(mean)
    return Pooled(
        value,
        value * math.sqrt(variance + common),
        math.sqrt(sum(within) / len(within)),
        math.sqrt(between),
        len(everyone),
        len(usable),
    )


def near_25(analyses: Iterable[_Poolable]) -> list[_Poolable]:
    """Return those whose correction to 25 C is about as small as that of the best one."""
    usable = list(analyses)
    least = min((a.relative_budget.get("correction", 0.0) for a in usable), default=0.0)
    return [a for a in usable if a.relative_budget.get("correction", 0.0) <= least + _CORRECTION_MARGIN]


def _sweep_variance(analysis: Poolable) -> float:
    budget = analysis.relative_budget
    known = analysis.temperature_c is not None
    return max(budget.get("resistance", 0.0) ** 2 + (budget.get("temperature", 0.0) ** 2 if known else 0.0), 1e-12)


def _common_variance(analysis: Poolable) -> float:
    budget = analysis.relative_budget
    unknown = analysis.temperature_c is None
    return budget.get("correction", 0.0) ** 2 + (budget.get("temperature", 0.0) ** 2 if unknown else 0.0)


def _random_effects(values: list[float], variances: list[float]) -> tuple[float, float, float]:
    """Return mean, its variance, and the variance between the values beyond their own."""
    weight = [1.0 / v for v in variances]
    total = sum(weight)
    mean = sum(w * v for w, v in zip(weight, values, strict=True)) / total
    q = sum(w * (v - mean) ** 2 for w, v in zip(weight, values, strict=True))
    scale = total - sum(w**2 for w in weight) / total
    extra = max((q - (len(values) - 1)) / scale, 0.0) if len(values) > 1 else 0.0
    weight = [1.0 / (v + extra) for v in variances]
    total = sum(weight)
    return sum(w * v for w, v in zip(weight, values, strict=True)) / total, 1.0 / total, extra
