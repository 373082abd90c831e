"""From the chosen reading to numbers, uncertainties and gates."""

import math
from dataclasses import replace

import numpy as np

from nasicon_loop.eis.analysis import Analysis, CandidateResult, CrossCheck, RandlesFit
from nasicon_loop.eis.branches import Reading
from nasicon_loop.eis.choice import Choice
from nasicon_loop.eis.crosscheck import Minima
from nasicon_loop.eis.evidence import Evidence
from nasicon_loop.eis.gates import Gates
from nasicon_loop.eis.modelfit import ModelFit
from nasicon_loop.eis.settings import Settings
from nasicon_loop.eis.split import split

_MISFIT_WEIGHT = 1.5  # relative error of R_total per misfit
_MISFIT_NOISE = 1.25  # by how much the squared residual of a right circuit exceeds the noise by chance
_LEADS_MATTER_OHM = 100.0
LEAK = "the electrode branch closes"
"""How the note of a leaky tail begins."""


def concluded(
    base: Analysis, reading: Reading, choice: Choice, *, evidence: Evidence, gates: Gates, settings: Settings
) -> Analysis:
    """Apply the gates that need a result, and write it down."""
    fit, test = reading.fit, evidence.test
    rel_sd = relative_sd(reading, choice.spread, evidence, settings)
    is_complete = fit.rms <= max(settings.max_misfit_ratio * test.rms, settings.small_misfit_rms)
    gates.record("fit", fit.rms, is_passed=is_complete or fit.rms <= settings.max_misfit_rms)
    gates.at_most("precision", rel_sd)
    gates.at_most("model spread", choice.range)
    cross = cross_check(reading, evidence.minima)
    is_decisive = is_complete and choice.rival_bic > settings.decisive_bic
    if cross is None and not is_complete:
        gates.record("unchecked", fit.rms, is_passed=False)
    elif cross is None:
        gates.record("uniqueness", choice.rival_bic, is_passed=is_decisive)
    else:
        difference = reading.r_total_ohm / cross.r_total_ohm - 1.0
        name = "minimum rule" if is_complete else "minimum rule, poor fit"
        gates.record(name, difference, is_passed=abs(difference) <= gates.limit(name) or is_decisive)
    for name, value in (("electrode-sized arc", reading.electrode_f), ("ambiguous arc", reading.ambiguous_f)):
        if value is not None:
            gates.record(name, value, is_passed=False)
    gates.at_most("inductance", reading.needs_inductance_h)
    gates.at_least("small resistance", reading.r_total_ohm)
    notes = base.notes + _notes(reading, evidence)
    return replace(with_fit(base, reading, rel_sd), cross_check=cross, notes=notes)


def relative_sd(reading: Reading, spread: float, evidence: Evidence, settings: Settings) -> float:
    """Return u(R_total)/R_total: covariance of the sum, spread over circuits, misfit, drift, floor."""
    excess = reading.fit.rms**2 - _MISFIT_NOISE * evidence.test.rms**2
    misfit = _MISFIT_WEIGHT * math.sqrt(max(excess, 0.0))
    change = evidence.change
    drifted = abs(change.change) / math.sqrt(3.0) if change.is_significant() else 0.0
    return math.sqrt(reading.r_total_rel_sd**2 + spread**2 + misfit**2 + drifted**2 + settings.floor**2)


def with_fit(base: Analysis, reading: Reading, rel_sd: float) -> Analysis:
    """Return the analysis with circuit, parameters, covariance, R_total and the split of this reading."""
    fit = reading.fit
    parts = split(reading, float(fit.frequency_hz.max()))
    sd = np.sqrt(np.diag(fit.ln_covariance)) * fit.values
    linear = fit.ln_covariance * np.outer(fit.values, fit.values)
    return replace(
        base,
        circuit_string=fit.circuit.text,
        parameters=fit.by_name,
        parameter_sd=dict(zip(fit.circuit.names, sd.tolist(), strict=True)),
        covariance=tuple(tuple(row) for row in linear.tolist()),
        r_total_ohm=reading.r_total_ohm,
        r_total_ohm_sd=reading.r_total_ohm * rel_sd,
        r_bulk_ohm=parts.r_bulk_ohm,
        r_bulk_ohm_sd=parts.r_bulk_ohm_sd,
        r_gb_ohm=parts.r_gb_ohm,
        r_gb_ohm_sd=parts.r_gb_ohm_sd,
        split_note=parts.note,
        fit_rms=fit.rms,
    )


def cross_check(reading: Reading, minima: Minima) -> CrossCheck | None:
    """Compare with the minimum inside; with the slow end on the real axis where no electrode follows the last arc."""
    minimum = minima.inside
    slowest = min(reading.arcs, key=lambda arc: arc.apex_hz, default=None)
    ends_with_arc = reading.fit.candidate.tail == "none" and (
        slowest is None or slowest.resistor in reading.electrolyte
    )
    if minima.end is not None and (minimum is None or ends_with_arc):
        minimum = minima.end
    if minimum is None:
        return None
    return CrossCheck(minimum.r_ohm, minimum.frequency_hz, reading.r_total_ohm / minimum.r_ohm - 1.0)


def _notes(reading: Reading, evidence: Evidence) -> tuple[str, ...]:
    notes = []
    if evidence.change.is_significant():
        notes.append(f"the impedance changed by {evidence.change.change:+.1%} during the sweep; that is in the sd")
    leaks = [
        arc
        for arc in reading.arcs
        if arc.resistor not in reading.electrolyte and arc.apex_hz > evidence.window.f_min_hz
    ]
    if leaks:
        notes.append(f"{LEAK} ({leaks[-1].r_ohm:.3g} ohm): electrons or a reaction pass; a DC polarisation would tell")
    return tuple(notes)


def with_leads_note(analysis: Analysis, settings: Settings) -> Analysis:
    """Say what was done about the leads, and what is still to do where they matter."""
    if analysis.r_total_ohm is None:
        return analysis
    if analysis.leads is not None:
        files = " and ".join(f"{kind} {analysis.leads[kind]}" for kind in ("short", "open") if analysis.leads.get(kind))
        note = f"leads corrected with {files}; {settings.corrected_lead_ohm_sd:g} ohm are left in the sd of sigma"
    elif analysis.r_total_ohm < _LEADS_MATTER_OHM:
        note = (
            f"below {_LEADS_MATTER_OHM:.0f} ohm leads matter: {settings.lead_ohm_sd:g} ohm are in the sd of sigma; "
            "measure a short and give it (--short, or `nasicon leads set`)"
        )
    else:
        return analysis
    return replace(analysis, notes=(*analysis.notes, note))


def is_leaky(analysis: Analysis) -> bool:
    """Whether the low-frequency tail closes, as it does where electrons pass."""
    return any(note.startswith(LEAK) for note in analysis.notes)


def randles_fit(fit: ModelFit) -> RandlesFit:
    """Write down the paper's circuit."""
    sd = np.sqrt(np.diag(fit.ln_covariance)) * fit.values
    r_total = fit.by_name["R0"] + fit.by_name["R1"]
    return RandlesFit(
        fit.circuit.text,
        fit.by_name,
        dict(zip(fit.circuit.names, sd.tolist(), strict=True)),
        r_total,
        r_total * fit.sum_rel_sd(["R0", "R1"]),
        fit.rms**2,
    )


def candidate_results(readings: list[Reading], choice: Choice) -> tuple[CandidateResult, ...]:
    """List every circuit that was tried, the best description first, with what became of it."""
    return tuple(
        CandidateResult(
            r.fit.circuit.text,
            r.fit.bic,
            r.r_total_ohm or None,
            r.r_total_ohm * r.r_total_rel_sd if math.isfinite(r.r_total_rel_sd) else None,
            r.fit.rms,
            _fate(r, choice),
        )
        for r in sorted(readings, key=lambda reading: reading.fit.bic)
    )


def _fate(reading: Reading, choice: Choice) -> str:
    if reading is choice.chosen:
        return "chosen"
    if reading.dropped:
        return reading.dropped
    if reading.unclosed_f is not None:
        return "its slow branch has the capacitance of a grain boundary: an arc that has not closed"
    if any(reading is other for other in choice.kept):
        return "equally good, not simpler"
    return "describes the data worse"
