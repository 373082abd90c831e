"""Repeated and return sweeps of one pellet: did the cell stay what it was?

One sweep shows a drift of some per cent at best; two sweeps show any. A sweep is held against its neighbours in time at
the same temperature: where it agrees with one of them the cell had settled.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from nasicon_loop.core.units import BOLTZMANN_EV_K, kelvin
from nasicon_loop.eis.analysis import Analysis
from nasicon_loop.eis.engine import analyse_many
from nasicon_loop.eis.gates import Gates
from nasicon_loop.eis.geometry import Geometry
from nasicon_loop.eis.settings import Settings
from nasicon_loop.eis.verdict import settled

if TYPE_CHECKING:
    from instruments.spectrum import Spectrum

_N_SD = 3.0
_NAMES = ("repeat", "return sweep")


@dataclass(frozen=True, slots=True)
class Repeat:
    """What a neighbour in time says: R_total with its sd in ohm, temperature in °C, whether it went low to high."""

    r_total_ohm: float
    r_total_ohm_sd: float
    temperature_c: float | None
    is_return: bool

    @staticmethod
    def of(spectrum: "Spectrum", analysis: Analysis) -> "Repeat | None":
        """Return the sweep as a neighbour, None where it has no R_total."""
        if analysis.r_total_ohm is None:
            return None
        sd = analysis.r_total_ohm_sd or 0.0
        return Repeat(analysis.r_total_ohm, sd, analysis.temperature_c, goes_up(spectrum))


def goes_up(spectrum: "Spectrum") -> bool:
    """Whether the sweep went from low to high frequency: after one from high to low it is its return."""
    f = np.asarray(spectrum.frequency_hz)
    return bool(f[-1] > f[0])


def analyse_repeats(
    spectra: "Sequence[Spectrum]",
    geometry: Geometry | None = None,
    *,
    settings: Settings | None = None,
    earlier: Sequence[Repeat] = (),
) -> list[Analysis]:
    """Analyse the sweeps of one pellet in their order in time, and hold them against each other.

    `earlier` are sweeps of the pellet from before in the same session, the latest last.
    """
    return compared(analyse_many(spectra, geometry, settings=settings), spectra, settings=settings, earlier=earlier)


def compared(
    analyses: Sequence[Analysis],
    spectra: "Sequence[Spectrum]",
    *,
    settings: Settings | None = None,
    earlier: Sequence[Repeat] = (),
) -> list[Analysis]:
    """Return the analyses with the gate of their neighbours at the same temperature; nothing is fitted."""
    rules = settings or Settings()
    sweeps = [*earlier, *(Repeat.of(one, made) for one, made in zip(spectra, analyses, strict=True))]
    found = [place for place, sweep in enumerate(sweeps) if sweep is not None]
    judged = list(analyses)
    for k, place in enumerate(found):
        own = place - len(earlier)
        around = [sweeps[found[i]] for i in (k - 1, k + 1) if 0 <= i < len(found)]
        nearest = _nearest(sweeps[place], [one for one in around if one is not None], rules)
        if own >= 0:
            judged[own] = _with_gate(analyses[own], nearest, rules)
    return judged


def _nearest(sweep: Repeat | None, around: list[Repeat], rules: Settings) -> tuple[str, float, bool] | None:
    """Return gate, difference and whether it passes, for the neighbour that agrees best; None without one."""
    outcomes = []
    for other in around:
        if sweep is None or not _is_same_temperature(sweep, other, rules):
            continue
        change = math.log(sweep.r_total_ohm / other.r_total_ohm) - _expected(sweep, other, rules)
        noise = math.hypot(sweep.r_total_ohm_sd / sweep.r_total_ohm, other.r_total_ohm_sd / other.r_total_ohm)
        name = "return sweep" if sweep.is_return != other.is_return else "repeat"
        outcomes.append((name, math.expm1(change), abs(change) <= max(rules.max_repeat_change, _N_SD * noise)))
    return min(outcomes, key=lambda outcome: abs(outcome[1]), default=None)


def _is_same_temperature(one: Repeat, other: Repeat, rules: Settings) -> bool:
    if one.temperature_c is None or other.temperature_c is None:
        return one.temperature_c is other.temperature_c
    return abs(one.temperature_c - other.temperature_c) <= rules.repeat_kelvin


def _expected(one: Repeat, other: Repeat, rules: Settings) -> float:
    """Return the change of ln R that the difference in temperature makes."""
    if one.temperature_c is None or other.temperature_c is None:
        return 0.0
    inverse = 1.0 / kelvin(one.temperature_c) - 1.0 / kelvin(other.temperature_c)
    return rules.activation_energy_ev / BOLTZMANN_EV_K * inverse


def _with_gate(analysis: Analysis, outcome: tuple[str, float, bool] | None, rules: Settings) -> Analysis:
    kept = tuple(gate for gate in analysis.gates if gate.name not in _NAMES)
    if outcome is None:
        return analysis if kept == analysis.gates else settled(replace(analysis, gates=kept), rules)
    gates = Gates(rules)
    name, change, is_passed = outcome
    gates.record(name, change, is_passed=is_passed)
    return settled(replace(analysis, gates=(*kept, *gates.met)), rules)
