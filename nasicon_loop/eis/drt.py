"""Distribution of relaxation times: a spectrum spread out over time constants. For looking, never for R_total.

Z(w) = R_inf + j w L + tail + integral of gamma(ln tau) / (1 + j w tau) d(ln tau), with gamma >= 0, solved by Tikhonov
regularisation (Saccoccio et al., Electrochim. Acta 147 (2014) 470): residuals relative to |Z|, and the second
derivative of gamma / |Z(1/tau)| kept small, so that a small arc before a large one is smoothed no more than that one.

Rule for the strength: the smoothest distribution whose misfit is within 5 % of the noise that the Kramers-Kronig test
finds, or of the misfit nearly without smoothing, whichever is larger (discrepancy principle).

The electrode: where -Im Z rises towards the slow end, constant phase elements (exponents 0.4 to 1) take it up without
regularisation; and what is slower than half a decade behind the last minimum of -Im Z is left out of the result.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import nnls

from nasicon_loop.core import Inline, Refusal
from nasicon_loop.eis.crosscheck import minimum_rule
from nasicon_loop.eis.elements import Real
from nasicon_loop.eis.kk import KramersKronig, kramers_kronig
from nasicon_loop.eis.screen import Screened, screened
from nasicon_loop.eis.settings import Settings

if TYPE_CHECKING:
    from instruments.spectrum import Spectrum

_PER_DECADE = 12
_MARGIN_DECADES = 0.5
_EXPONENTS = np.arange(0.40, 1.001, 0.05)
_STRENGTHS = np.logspace(-9.0, 2.0, 23)
_WITHIN = 1.05
_ACCURACY = 5e-4  # no instrument is more accurate: a smaller misfit is not asked for
_RISE_POINTS = 3
_ON_AXIS = 0.03
_PEAK_SHARE = 0.05  # of |Z| there, and of the highest point near
_RIPPLE_POINTS = 15
_LEAST_POINTS, _LEAST_DECADES = 10, 1.0
_MAX_NNLS_STEPS = 40  # times the number of unknowns
_BASE_CAVEAT = "for looking only: widths and small peaks come from the smoothing, R_total from the fit"


@dataclass(frozen=True, slots=True)
class RelaxationPeak:
    """A maximum of the distribution; its apex frequency is 1 / (2 pi tau)."""

    tau_s: float
    gamma_ohm: float

    @property
    def frequency_hz(self) -> float:
        """Where this relaxation has its apex in a Nyquist plot."""
        return 1.0 / (2.0 * np.pi * self.tau_s)


@dataclass(frozen=True, slots=True)
class RelaxationTimes:
    """A distribution of relaxation times; arrays (n,) are read-only, `tau_s` rises evenly in its logarithm.

    `gamma_ohm` is ohm per unit of ln(tau). `electrode_from_s` is where the electrode begins and the distribution ends,
    None where no electrode shows. `window_s` are the time constants of the highest and the lowest frequency: what lies
    outside is extrapolated. `misfit` and `noise` are relative to |Z|; `strength` is the regularisation's.
    """

    tau_s: Real
    gamma_ohm: Real
    r_infinity_ohm: float
    inductance_h: float
    electrode_from_s: float | None
    window_s: tuple[float, float]
    peaks: tuple[RelaxationPeak, ...]
    misfit: float
    noise: float
    strength: float
    caveat: str


def relaxation_times(
    spectrum: "Spectrum", *, masked: tuple[int, ...] = (), settings: Settings | None = None
) -> RelaxationTimes:
    """Return the distribution of relaxation times of a spectrum.

    `masked` are indices of points to leave out (`Analysis.masked`); the Kramers-Kronig test leaves out more by itself.
    Raises Refusal with fewer than 10 usable points or less than one decade of frequency, or where none is found.
    """
    data = _without(
        screened(np.asarray(spectrum.frequency_hz), np.asarray(spectrum.impedance_ohm), settings or Settings()), masked
    )
    if len(data.frequency_hz) < _LEAST_POINTS or data.decades < _LEAST_DECADES:
        raise Refusal(
            f"relaxation times need {_LEAST_POINTS} points over a decade of frequency", spectrum.metadata.get("name")
        )
    # one numerical thread: several only wait for each other on systems this small
    return Inline().map(_distribution, [data], seed=0)[0]


def _distribution(data: Screened, _seed: int) -> RelaxationTimes:
    """Solve with the largest strength that the rule allows; the misfit rises with the strength."""
    test = kramers_kronig(data.frequency_hz, data.impedance_ohm)
    problem = _Problem.of(data, test)
    chosen = problem.solved(float(_STRENGTHS[0]))
    limit = _WITHIN * max(test.rms, _ACCURACY, chosen.misfit)
    good, bad = 0, len(_STRENGTHS)
    while bad - good > 1:
        middle = (good + bad) // 2
        trial = problem.solved(float(_STRENGTHS[middle]))
        if trial.misfit <= limit:
            good, chosen = middle, trial
        else:
            bad = middle
    return _result(problem, chosen, test)


def _without(data: Screened, masked: tuple[int, ...]) -> Screened:
    kept = ~np.isin(data.index, masked)
    return Screened(data.frequency_hz[kept], data.impedance_ohm[kept], data.index[kept], data.n_original)


@dataclass(frozen=True, slots=True)
class _Solution:
    values: Real
    misfit: float
    strength: float


@dataclass(frozen=True, slots=True)
class _Problem:
    """The linear problem: columns are gamma over `scale_ohm`, then R_inf, L and the tail's over `others_ohm`."""

    tau_s: Real
    scale_ohm: Real
    others_ohm: float
    omega_max: float
    electrode_from_s: float | None
    rows: Real
    target: Real
    reduced: Real
    reduced_target: Real
    curvature: Real

    @staticmethod
    def of(data: Screened, test: KramersKronig) -> "_Problem":
        """Set up the columns and reduce them to a square system once."""
        kept = ~test.masked
        f, z = data.frequency_hz[kept], data.impedance_ohm[kept]
        omega = 2.0 * np.pi * f
        low, high = float(omega.min()), float(omega.max())
        n = int(_PER_DECADE * (np.log10(high / low) + 2.0 * _MARGIN_DECADES)) + 1
        tau = np.logspace(-np.log10(high) - _MARGIN_DECADES, -np.log10(low) + _MARGIN_DECADES, n)
        step = float(np.log(tau[1] / tau[0]))
        scale = _local_scale(tau, data.frequency_hz, test)
        jw = 1j * omega[:, None]
        is_open, end = _electrode(data.frequency_hz, test)
        median = float(np.median(np.abs(z)))
        others = [np.ones_like(jw), jw / high, *([(jw / low) ** -_EXPONENTS] if is_open else [])]
        columns = np.concatenate([step * scale / (1.0 + jw * tau), *(median * one for one in others)], axis=1)
        weight = 1.0 / np.abs(z)
        rows = np.concatenate([(columns * weight[:, None]).real, (columns * weight[:, None]).imag])
        target = np.concatenate([(z * weight).real, (z * weight).imag])
        q, r = np.linalg.qr(rows)
        curvature = np.zeros((n, columns.shape[1]))
        curvature[:, :n] = np.diff(np.eye(n + 4), 2, axis=0)[1:-1, 2:-2] / step**1.5
        return _Problem(tau, scale, median, high, end, rows, target, r, q.T @ target, curvature)

    def solved(self, strength: float) -> _Solution:
        """Return the non-negative solution at one strength, and its misfit per degree of freedom."""
        stacked = np.concatenate([self.reduced, np.sqrt(strength) * self.curvature])
        target = np.concatenate([self.reduced_target, np.zeros(len(self.curvature))])
        try:
            values = nnls(stacked, target, maxiter=_MAX_NNLS_STEPS * stacked.shape[1])[0]
        except RuntimeError as error:
            raise Refusal("no distribution of relaxation times was found for this spectrum", "spectrum") from error
        left = self.target - self.rows @ values
        used = np.linalg.qr(stacked[:, values > 0])[0][: len(self.reduced)]
        freedom = max(len(left) - float(np.sum(used**2)), 1.0)
        return _Solution(values, float(np.sqrt(left @ left / freedom)), strength)


def _local_scale(tau: Real, frequency_hz: Real, test: KramersKronig) -> Real:
    """Return |Z| at 1/tau, smoothed; held constant outside the window."""
    order = np.argsort(frequency_hz)
    ln_size = np.log(np.maximum(np.abs(test.smooth_ohm[order]), 1e-300))
    return np.asarray(np.exp(np.interp(-np.log(2.0 * np.pi * tau), np.log(frequency_hz[order]), ln_size)))


def _electrode(frequency_hz: Real, test: KramersKronig) -> tuple[bool, float | None]:
    """Return whether -Im Z rises at the slow end, and where the electrode begins (a time constant in s)."""
    slow = test.smooth_ohm[np.argsort(frequency_hz)]
    rise = float(slow[_RISE_POINTS].imag - slow[0].imag)
    if rise <= 0.0 or -slow[0].imag < _ON_AXIS * abs(slow[0]):
        return False, None
    inside = minimum_rule(frequency_hz, test).inside
    if inside is None:
        return True, None
    return True, 10.0**_MARGIN_DECADES / (2.0 * np.pi * inside.frequency_hz)


def _result(problem: _Problem, solution: _Solution, test: KramersKronig) -> RelaxationTimes:
    n, end = len(problem.tau_s), problem.electrode_from_s
    shown = np.ones(n, dtype=bool) if end is None else problem.tau_s <= end
    tau, gamma = problem.tau_s[shown], (solution.values[:n] * problem.scale_ohm)[shown]
    for array in (tau, gamma):
        array.setflags(write=False)
    margin = 10.0**_MARGIN_DECADES
    window = float(problem.tau_s[0] * margin), float(problem.tau_s[-1] / margin)
    peaks = _peaks(tau, gamma, _PEAK_SHARE * np.maximum(problem.scale_ohm[shown], _highest_near(gamma)))
    return RelaxationTimes(
        tau,
        gamma,
        float(solution.values[n] * problem.others_ohm),
        float(solution.values[n + 1] * problem.others_ohm / problem.omega_max),
        end,
        window,
        peaks,
        solution.misfit,
        test.rms,
        solution.strength,
        _caveat(solution.misfit, test.rms, peaks, window),
    )


def _highest_near(gamma: Real) -> Real:
    """Return the largest gamma within a good decade of each point: beside a sharp peak the smoothing leaves ripples."""
    n = _RIPPLE_POINTS
    return np.asarray(np.lib.stride_tricks.sliding_window_view(np.pad(gamma, n), 2 * n + 1).max(axis=1))


def _peaks(tau: Real, gamma: Real, least: Real) -> tuple[RelaxationPeak, ...]:
    """Return the maxima that stand out by `least`, fastest first; none at the slow edge."""
    found: list[RelaxationPeak] = []
    valley = 0.0
    for i in range(len(gamma) - 1):
        before = gamma[i - 1] if i else 0.0
        valley = min(valley, float(gamma[i]))
        if not before < gamma[i] >= gamma[i + 1] or gamma[i] - valley < least[i]:
            continue
        behind = gamma[i + 1 :]
        higher = np.flatnonzero(behind > gamma[i])
        drop = float(behind[: higher[0]].min()) if len(higher) and higher[0] else float(behind.min())
        if gamma[i] - drop >= least[i]:
            found.append(_vertex(tau, gamma, i))
            valley = float(gamma[i])
    return tuple(found)


def _vertex(tau: Real, gamma: Real, i: int) -> RelaxationPeak:
    """Return the top of the parabola through a maximum and its neighbours."""
    before, top, behind = (gamma[i - 1] if i else 0.0), gamma[i], gamma[i + 1]
    bend = before - 2.0 * top + behind
    shift = 0.5 * (before - behind) / bend if bend < 0 else 0.0
    return RelaxationPeak(float(tau[i] * (tau[1] / tau[0]) ** shift), float(top - 0.25 * (before - behind) * shift))


def _caveat(misfit: float, noise: float, peaks: tuple[RelaxationPeak, ...], window: tuple[float, float]) -> str:
    said = [_BASE_CAVEAT]
    if misfit > 1.5 * max(noise, _ACCURACY):
        said.append(
            f"it misses the data by {100 * misfit:.2g} %, noise is {100 * noise:.2g} %: not a sum of relaxations"
        )
    if any(peak.tau_s < window[0] for peak in peaks):
        said.append("the fastest peak lies above the highest frequency: its place is a guess")
    return "; ".join(said)
