"""What the branches of a fitted circuit are: electrolyte or electrode, by the size of their capacitance.

Sizes after Irvine, Sinclair and West, Adv. Mater. 2 (1990) 132: bulk ~1e-12 F, grain boundary 1e-11 to 1e-8 F, surface
layer 1e-9 to 1e-7 F, interface with the electrode 1e-7 to 1e-5 F (for a cell of about 1 cm).
"""

from dataclasses import dataclass

import numpy as np

from nasicon_loop.eis.circuit import Circuit
from nasicon_loop.eis.modelfit import ModelFit
from nasicon_loop.eis.settings import Settings

_KHZ = 1e-3
_DOMINANT = 10.0  # an ambiguous arc this many times larger than all else is not taken without a second opinion
_DOMINANT_THIRD = 1.5  # the same, where bulk and grain boundary are there already
_AGREES = 0.10
_MATTERS = 0.02


@dataclass(frozen=True, slots=True)
class Arc:
    """One depressed semicircle: its resistor, apex frequency, effective capacitance tau / R, exponent."""

    resistor: str
    r_ohm: float
    apex_hz: float
    capacitance_f: float
    exponent: float


@dataclass(frozen=True, slots=True)
class Window:
    """What the spectrum can show, and what the minimum rule says of it.

    `inside_r_ohm` is None where there is no minimum inside, `end_r_ohm` where the slow end is off the real axis.
    """

    f_min_hz: float
    f_max_hz: float
    inside_r_ohm: float | None
    end_r_ohm: float | None
    looks_like_khz: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A fit understood: which resistors are the electrolyte's, R_total, and what speaks against it.

    `dropped` is why the fit cannot be used, or ""; `unclosed_f`, `electrode_f`, `ambiguous_f` are capacitances in F
    that the gates look at. `needs_inductance_h` is what the series inductor has at least, at two standard deviations.
    """

    fit: ModelFit
    arcs: tuple[Arc, ...]
    electrolyte: tuple[str, ...]
    r_total_ohm: float
    r_total_rel_sd: float
    dropped: str = ""
    unclosed_f: float | None = None
    electrode_f: float | None = None
    ambiguous_f: float | None = None
    needs_inductance_h: float = 0.0

    @property
    def electrolyte_arcs(self) -> tuple[Arc, ...]:
        """Arcs counted into R_total, fastest first."""
        return tuple(arc for arc in self.arcs if arc.resistor in self.electrolyte)


def arcs_of(fit: ModelFit) -> tuple[Arc, ...]:
    """Return the arcs of a fit, fastest first."""
    p, found = fit.by_name, []
    for k in range(1, fit.candidate.n_arcs + 1):
        r = p[f"R{k}"]
        exponent = p.get(f"CPE{k}_1", 1.0)
        q = p["C1"] if fit.candidate.tail == "randles" else p[f"CPE{k}_0"]
        tau = (r * q) ** (1.0 / exponent)
        found.append(Arc(f"R{k}", r, 1.0 / (2.0 * np.pi * tau), tau / r, exponent))
    return tuple(sorted(found, key=lambda arc: -arc.apex_hz))


def read_branches(fit: ModelFit, window: Window, settings: Settings) -> Reading:
    """Return what the fit means."""
    arcs = arcs_of(fit)
    unit = _KHZ if window.looks_like_khz else 1.0
    slowest = settings.min_apex_over_f_min * window.f_min_hz
    open_arcs = [arc for arc in arcs if arc.apex_hz < slowest]
    tails = [_series_capacitance(fit, name, window.f_min_hz) * unit for name in _open_branches(fit, open_arcs)]
    closed = [arc for arc in arcs if arc.apex_hz >= slowest]
    certain = [arc for arc in closed if arc.capacitance_f * unit <= settings.gb_capacitance_f]
    gray = [arc for arc in closed if arc not in certain and arc.capacitance_f * unit < settings.electrode_capacitance_f]
    large = [arc for arc in closed if arc.capacitance_f * unit >= settings.electrode_capacitance_f]
    base = (fit.by_name["R0"] if fit.candidate.has_series_r else 0.0) + sum(arc.r_ohm for arc in certain)
    if tails:
        taken, ambiguous = _before_tail(base, gray, window, fit, is_third=len(certain) + fit.candidate.has_series_r > 1)
    else:
        taken, ambiguous = _without_tail(base, gray, large, window)
    counted = [*certain, *taken]
    names = (["R0"] if fit.candidate.has_series_r else []) + [arc.resistor for arc in counted]
    if tails:
        most = _largest_unquestioned(fit, settings, is_third=len(certain) + fit.candidate.has_series_r > 1)
        ambiguous += [
            arc for arc in taken if arc.capacitance_f * unit > most and arc.r_ohm > _MATTERS * _sum(base, taken)
        ]
    sizes = [arc.capacitance_f * unit for arc in taken if arc in large]
    return Reading(
        fit,
        arcs,
        tuple(names),
        _sum(base, taken),
        fit.sum_rel_sd(names),
        dropped=_against(counted, names, fit, window, settings),
        unclosed_f=min((c for c in tails if c < settings.gb_capacitance_f), default=None),
        electrode_f=max(sizes, default=None),
        ambiguous_f=max((arc.capacitance_f * unit for arc in ambiguous), default=None),
        needs_inductance_h=_least_inductance(fit),
    )


def _least_inductance(fit: ModelFit) -> float:
    if "L0" not in fit.by_name:
        return 0.0
    return max(fit.by_name["L0"] * (1.0 - 2.0 * fit.sum_rel_sd(["L0"])), 0.0)


def _open_branches(fit: ModelFit, open_arcs: list[Arc]) -> list[str]:
    """Return circuit strings of the branches that have not closed at the slow end."""
    shunt = "C" if fit.candidate.tail == "randles" else "CPE"
    branches = [f"p({arc.resistor},{shunt}{arc.resistor[1:]})" for arc in open_arcs]
    if fit.candidate.is_randles:
        branches.append("W1")
    elif fit.candidate.tail != "none":
        branches.append(fit.circuit.text.split("-")[-1])
    return branches


def _series_capacitance(fit: ModelFit, branch: str, frequency_hz: float) -> float:
    """Return -1 / (omega Im Z) of one branch in F: the capacitor that it looks like at this frequency."""
    circuit = Circuit.compile(branch)
    z = circuit.impedance([frequency_hz], [fit.by_name[name] for name in circuit.names])[0]
    return float(1.0 / (2.0 * np.pi * frequency_hz * max(-z.imag, 1e-300)))


def _largest_unquestioned(fit: ModelFit, settings: Settings, *, is_third: bool) -> float:
    """Return up to which capacitance an arc before the spike counts without question, in F.

    Higher for the arc of the paper's circuit, lower for a third resistance: a pellet has bulk and grain boundary.
    """
    if fit.candidate.is_randles:
        return settings.randles_capacitance_f
    return settings.third_arc_capacitance_f if is_third else settings.ambiguous_capacitance_f


def _before_tail(
    base: float, gray: list[Arc], window: Window, fit: ModelFit, *, is_third: bool
) -> tuple[list[Arc], list[Arc]]:
    """Return which arcs between the sizes count that lie before an electrode's spike, and which may be either.

    They are the electrolyte's (a blocking electrode has one branch), unless one is much larger than all else and the
    minimum rule does not confirm it: the first step of a leaky electrode. Arcs of electrode size do not count.
    """
    most = _DOMINANT_THIRD if is_third and not fit.candidate.is_randles else _DOMINANT
    giants = [arc for arc in gray if arc.r_ohm > most * _sum(base, [other for other in gray if other != arc])]
    if window.inside_r_ohm is not None and _agree(_sum(base, gray), window.inside_r_ohm):
        return gray, []
    return [arc for arc in gray if arc not in giants], giants


def _without_tail(base: float, gray: list[Arc], large: list[Arc], window: Window) -> tuple[list[Arc], list[Arc]]:
    """Return which closed arcs count where no spike follows, and which of them may be either.

    The slowest arc is the electrode if it is many times larger than all else, as a leak is; the minimum before it must
    agree, or it stays ambiguous. If it is no such giant and the spectrum ends on the real axis it counts; one between
    the sizes is then ambiguous.
    """
    taken: list[Arc] = []
    ambiguous: list[Arc] = []
    for arc in sorted(gray + large, key=lambda item: -item.apex_hz):
        before = _sum(base, taken)
        is_confirmed = window.inside_r_ohm is not None and _agree(before, window.inside_r_ohm)
        is_leak = arc.r_ohm > _DOMINANT * before > 0 or (window.end_r_ohm is None and is_confirmed)
        if not is_leak:
            taken.append(arc)
        if arc.r_ohm > _MATTERS * before and (arc in gray or (is_leak and not is_confirmed)):
            ambiguous.append(arc)
    return taken, ambiguous


def _agree(one: float, other: float) -> bool:
    return abs(one - other) <= _AGREES * other


def _sum(base: float, arcs: list[Arc]) -> float:
    return base + sum(arc.r_ohm for arc in arcs)


def _against(counted: list[Arc], names: list[str], fit: ModelFit, window: Window, settings: Settings) -> str:
    """Return why this reading is physically impossible or useless, or ""."""
    if not names:
        return "no branch of it is an electrolyte"
    for arc in counted:
        if arc.exponent < settings.min_arc_exponent:
            return f"{arc.resistor}: exponent {arc.exponent:.2f} is no arc"
        if arc.apex_hz > settings.max_apex_over_f_max * window.f_max_hz:
            return f"{arc.resistor}: apex far above the highest frequency"
        if arc.capacitance_f < settings.min_capacitance_f and not window.looks_like_khz:
            return f"{arc.resistor}: {arc.capacitance_f:.0e} F is less than a pellet has"
    rel_sd = fit.sum_rel_sd(names)
    if not rel_sd < settings.drop_relative_sd:
        return f"R_total known to {rel_sd:.0%} only"
    return ""
