"""From a spectrum to an analysis."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nasicon_loop.core import Executor, Inline, Progress, Refusal, Silent
from nasicon_loop.eis.analysis import Analysis, CandidateResult, CrossCheck, RandlesFit
from nasicon_loop.eis.branches import Reading, Window, read_branches
from nasicon_loop.eis.candidates import COMPLEX, PAPER, SIMPLE
from nasicon_loop.eis.choice import Choice, choose
from nasicon_loop.eis.conductivity import with_conductivity
from nasicon_loop.eis.crosscheck import Drift, Minima, drift, minimum_rule
from nasicon_loop.eis.gates import Gates, verdict_of
from nasicon_loop.eis.geometry import Geometry
from nasicon_loop.eis.kk import KramersKronig, kramers_kronig
from nasicon_loop.eis.modelfit import Data, ModelFit
from nasicon_loop.eis.screen import Screened, is_flipped, screened
from nasicon_loop.eis.settings import Settings
from nasicon_loop.eis.split import Split, split

if TYPE_CHECKING:
    from instruments.spectrum import Spectrum

_LIKELY_INDUCTANCE_H = 5e-6
_NOTICED = 0.2  # of the noise
_DOWN_TO_NOISE = 1.03
_MISFIT_WEIGHT = 1.5  # relative error of R_total per misfit
_MISFIT_NOISE = 1.25  # by how much the squared residual of a right circuit exceeds the noise by chance
_LEADS_MATTER_OHM = 100.0


def analyse(spectrum: "Spectrum", geometry: Geometry | None = None, *, settings: Settings | None = None) -> Analysis:
    """Return what this spectrum says: verdict with reasons, R_total with its sd, sigma where the geometry is known.

    Never raises for odd numbers in a spectrum: what cannot be analysed is `rejected`, with the reason and no number.
    """
    rules = settings or Settings()
    data = screened(np.asarray(spectrum.frequency_hz), np.asarray(spectrum.impedance_ohm), rules)
    gates = Gates(rules)
    analysis = _analysed(data, gates, rules)
    analysis = replace(
        analysis,
        temperature_c=spectrum.temperature_c,
        temperature_c_sd=spectrum.temperature_c_sd,
        temperature_source=spectrum.temperature_source,
        geometry=geometry,
    )
    return _with_sigma(analysis, gates, rules)


def analyse_many(
    spectra: "Sequence[Spectrum]",
    geometry: Geometry | None | Sequence[Geometry | None] = None,
    *,
    settings: Settings | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Analysis]:
    """Return one analysis per spectrum, in order.

    A sequence of geometries must be as long as the spectra (else Refusal); one geometry holds for all.
    """
    one_for_all = geometry is None or isinstance(geometry, Geometry)
    geometries = [geometry] * len(spectra) if one_for_all else list(geometry)  # type: ignore[arg-type,list-item]
    if len(geometries) != len(spectra):
        raise Refusal(f"{len(spectra)} spectra but {len(geometries)} geometries", "analyse_many")
    bar = progress or Silent()
    bar.start("analysing", len(spectra))
    items = [(spectrum, place, settings) for spectrum, place in zip(spectra, geometries, strict=True)]
    done = (executor or Inline()).map(_analyse_item, items, seed=0, progress=bar)
    bar.finish()
    return done


def _analyse_item(item: "tuple[Spectrum, Geometry | None, Settings | None]", _seed: int) -> Analysis:
    spectrum, geometry, settings = item
    return analyse(spectrum, geometry, settings=settings)


def _analysed(data: Screened, gates: Gates, rules: Settings) -> Analysis:
    """Return the analysis without temperature and geometry."""
    if not gates.at_least("points", len(data.index)) or not gates.at_least("range", data.decades):
        return _rejected(gates)
    test = kramers_kronig(data.frequency_hz, data.impedance_ohm, outlier_sd=rules.outlier_sd)
    if not _data_gates(data, test, gates):
        return replace(_rejected(gates), kk_rms=test.rms)
    change = drift(data.frequency_hz, data.impedance_ohm, test)
    gates.record(
        "drift", change.change, is_passed=not (change.is_significant(n_sd=3.5) and abs(change.change) > rules.max_drift)
    )
    minima = minimum_rule(data.frequency_hz, test)
    window = Window(
        float(data.frequency_hz.min()),
        float(data.frequency_hz.max()),
        minima.inside and minima.inside.r_ohm,
        minima.end and minima.end.r_ohm,
        data.looks_like_khz,
    )
    points = Data.of(
        data.frequency_hz,
        data.impedance_ohm,
        np.where(test.masked, 0.0, 1.0 / np.abs(data.impedance_ohm)),
        has_inductor=_inductance_matters(data, test),
    )
    readings = _readings(points, window, test, rules)
    choice = choose(readings, rules)
    masked = tuple(int(i) for i in data.index[test.masked])
    base = Analysis(
        "rejected",
        (),
        notes=_data_notes(data, rules),
        kk_rms=test.rms,
        noise=test.rms,
        masked=masked,
        randles=_randles(points, readings),
        candidates=_candidate_results(readings, choice),
    )
    if choice.unclosed_f is not None:
        gates.record("arc not closed", choice.unclosed_f, is_passed=False)
    if choice.chosen is None and choice.unclosed_f is None:
        why = choice.best_dropped.dropped if choice.best_dropped else ""
        return replace(base, reasons=(f"no circuit of an electrolyte describes these data ({why})",))
    if choice.chosen is None or choice.unclosed_f is not None:
        return replace(base, reasons=verdict_of(gates.met)[1], gates=tuple(gates.met))
    reading = _final(points, choice.chosen, window, rules)
    return _concluded(base, reading, choice, gates, rules, test, change, minima)


def _readings(points: Data, window: Window, test: KramersKronig, rules: Settings) -> list[Reading]:
    """Fit the simple candidates, and the others where none of those possible comes down to the noise."""
    fits = [points.fit(candidate) for candidate in SIMPLE]
    readings = [read_branches(fit, window, rules) for fit in fits]
    noise = [r.fit.rms for r in readings if not r.dropped and r.unclosed_f is None]
    if noise and min(noise) <= _DOWN_TO_NOISE * test.rms:
        return readings
    fits += [points.fit(candidate) for candidate in COMPLEX]
    return [read_branches(fit, window, rules) for fit in points.cross_seeded(fits)]


def _rejected(gates: Gates) -> Analysis:
    verdict, reasons = verdict_of(gates.met)
    return Analysis(verdict, reasons, gates=tuple(gates.met))


def _data_gates(data: Screened, test: KramersKronig, gates: Gates) -> bool:
    """Look at the data alone; return whether an analysis makes sense."""
    gates.at_least("few points", len(data.index))
    gates.at_least("narrow range", data.decades)
    gates.at_least("density", data.points_per_decade)
    gates.at_least("highest frequency", float(data.frequency_hz.max()))
    is_right = gates.record("sign", float(np.mean(data.impedance_ohm.imag > 0)), is_passed=not is_flipped(data, test))
    is_passive = gates.at_most("negative real part", data.negative_real_share)
    gates.at_most("Kramers-Kronig", test.rms)
    is_impedance = gates.at_most("no impedance", test.rms)
    gates.at_most("outliers", float(np.mean(test.masked)))
    return is_right and is_passive and is_impedance


def _inductance_matters(data: Screened, test: KramersKronig) -> bool:
    """Whether a usual cable could be seen above the noise."""
    seen = 2.0 * np.pi * data.frequency_hz * _LIKELY_INDUCTANCE_H / np.abs(data.impedance_ohm)
    return bool(seen.max() > _NOTICED * max(test.rms, 1e-4))


def _data_notes(data: Screened, rules: Settings) -> tuple[str, ...]:
    dropped = data.n_original - len(data.index)
    if not dropped:
        return ()
    if data.n_original > rules.max_points:
        return (f"thinned from {data.n_original} to {len(data.index)} points, evenly over log f",)
    return (f"{dropped} points that are no numbers were left out",)


def _final(points: Data, chosen: Reading, window: Window, rules: Settings) -> Reading:
    """Polish the chosen fit; drop its inductor where the data do not ask for one."""
    fit = points.polished(chosen.fit)
    if "L0" in fit.by_name:
        plain = points.without_inductor(fit)
        fit = plain if plain.bic <= fit.bic else fit
    return read_branches(fit, window, rules)


def _concluded(
    base: Analysis,
    reading: Reading,
    choice: Choice,
    gates: Gates,
    rules: Settings,
    test: KramersKronig,
    change: Drift,
    minima: Minima,
) -> Analysis:
    """Apply the gates that need a result, and write it down."""
    fit = reading.fit
    misfit = _MISFIT_WEIGHT * math.sqrt(max(fit.rms**2 - _MISFIT_NOISE * test.rms**2, 0.0))
    from_drift = abs(change.change) / math.sqrt(3.0) if change.is_significant() else 0.0
    rel_sd = math.sqrt(reading.r_total_rel_sd**2 + choice.spread**2 + rules.floor**2 + misfit**2 + from_drift**2)
    is_complete = fit.rms <= max(rules.max_misfit_ratio * test.rms, rules.small_misfit_rms)
    gates.record("fit", fit.rms, is_passed=is_complete or fit.rms <= rules.max_misfit_rms)
    gates.at_most("precision", rel_sd)
    gates.at_most("model spread", choice.range)
    cross = _cross_check(reading, minima)
    is_decisive = is_complete and choice.rival_bic > rules.decisive_bic
    if cross is None:
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
    sd = np.sqrt(np.diag(fit.ln_covariance)) * fit.values
    linear = fit.ln_covariance * np.outer(fit.values, fit.values)
    parts = split(reading, float(fit.frequency_hz.max()))
    return replace(
        base,
        circuit_string=fit.circuit.text,
        parameters=fit.by_name,
        parameter_sd=dict(zip(fit.circuit.names, sd.tolist(), strict=True)),
        covariance=tuple(tuple(row) for row in linear.tolist()),
        r_total_ohm=reading.r_total_ohm,
        r_total_ohm_sd=reading.r_total_ohm * rel_sd,
        fit_rms=fit.rms,
        cross_check=cross,
        notes=base.notes + _result_notes(reading, rules, change),
        **_split_fields(parts),
    )


def _split_fields(parts: Split) -> dict[str, float | str | None]:
    return {
        "r_bulk_ohm": parts.r_bulk_ohm,
        "r_bulk_ohm_sd": parts.r_bulk_ohm_sd,
        "r_gb_ohm": parts.r_gb_ohm,
        "r_gb_ohm_sd": parts.r_gb_ohm_sd,
        "split_note": parts.note,
    }


def _cross_check(reading: Reading, minima: Minima) -> CrossCheck | None:
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


def _result_notes(reading: Reading, rules: Settings, change: Drift) -> tuple[str, ...]:
    notes = []
    if reading.r_total_ohm < _LEADS_MATTER_OHM:
        notes.append(
            f"below {_LEADS_MATTER_OHM:.0f} ohm leads matter: {rules.lead_ohm_sd:g} ohm are in the sd of sigma; "
            "measure a short and subtract it"
        )
    if change.is_significant():
        notes.append(f"the impedance changed by {change.change:+.1%} during the sweep; that is in the sd")
    return tuple(notes)


def _with_sigma(analysis: Analysis, gates: Gates, rules: Settings) -> Analysis:
    """Add sigma, its gate, and the verdict."""
    analysis = with_conductivity(analysis, rules)
    if analysis.r_total_ohm is None:
        return analysis
    if analysis.sigma_total_s_cm is not None:
        gates.at_most("conductivity", analysis.sigma_total_s_cm)
    verdict, reasons = verdict_of(gates.met)
    if verdict == "accepted":
        reasons = (_why_accepted(analysis),)
    notes = analysis.notes
    if analysis.temperature_c is None:
        notes += (
            f"temperature unknown: taken as {rules.assumed_temperature_c:g} C, sd of sigma at least "
            f"{rules.min_relative_sd_unknown_temperature:.0%}",
        )
    return replace(analysis, verdict=verdict, reasons=reasons, gates=tuple(gates.met), notes=notes)


def _why_accepted(analysis: Analysis) -> str:
    cross = analysis.cross_check
    agreement = (
        "no minimum of -Im Z to compare with, and no other circuit comes near"
        if cross is None or cross.relative_difference is None
        else f"the minimum rule differs by {cross.relative_difference:+.1%}"
    )
    return f"{analysis.circuit_string} describes the data to {analysis.fit_rms or 0.0:.2%}; {agreement}"


def _randles(points: Data, readings: list[Reading]) -> RandlesFit:
    fit: ModelFit = points.polished(next(r.fit for r in readings if r.fit.candidate == PAPER))
    if "L0" in fit.by_name:
        fit = points.without_inductor(fit)  # the paper's circuit as printed
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


def _candidate_results(readings: list[Reading], choice: Choice) -> tuple[CandidateResult, ...]:
    def note(reading: Reading) -> str:
        if choice.chosen is not None and reading is choice.chosen:
            return "chosen"
        if reading.dropped or reading.unclosed_f is not None:
            return (
                reading.dropped or "its slow branch has the capacitance of a grain boundary: an arc that has not closed"
            )
        if any(reading is other for other in choice.kept):
            return "equally good, not simpler"
        return "describes the data worse"

    return tuple(
        CandidateResult(
            r.fit.circuit.text,
            r.fit.bic,
            r.r_total_ohm or None,
            r.r_total_ohm * r.r_total_rel_sd if math.isfinite(r.r_total_rel_sd) else None,
            r.fit.rms,
            note(r),
        )
        for r in sorted(readings, key=lambda reading: reading.fit.bic)
    )
