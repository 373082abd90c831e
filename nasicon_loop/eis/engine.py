"""From a spectrum to an analysis."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nasicon_loop.core import Executor, Inline, Progress, Refusal, Silent
from nasicon_loop.eis.analysis import Analysis
from nasicon_loop.eis.branches import Reading, read_branches
from nasicon_loop.eis.candidates import COMPLEX, PAPER, SIMPLE, Candidate
from nasicon_loop.eis.choice import choose
from nasicon_loop.eis.conclusion import candidate_results, concluded, randles_fit, with_leads_note
from nasicon_loop.eis.evidence import Evidence
from nasicon_loop.eis.gates import Gates
from nasicon_loop.eis.geometry import Geometry
from nasicon_loop.eis.leads import CORRECTION
from nasicon_loop.eis.modelfit import Data, ModelFit
from nasicon_loop.eis.screen import screened
from nasicon_loop.eis.settings import Settings
from nasicon_loop.eis.verdict import settled, verdict_of

if TYPE_CHECKING:
    from instruments.spectrum import Spectrum

_DOWN_TO_NOISE = 1.03


def analyse(spectrum: "Spectrum", geometry: Geometry | None = None, *, settings: Settings | None = None) -> Analysis:
    """Return what this spectrum says: verdict with reasons, R_total with its sd, sigma where the geometry is known.

    Never raises for odd numbers in a spectrum: what cannot be analysed is `rejected`, with the reason and no number.
    """
    rules = settings or Settings()
    return settled(with_leads_note(examined(spectrum, geometry, rules), rules), rules)


def examined(
    spectrum: "Spectrum",
    geometry: Geometry | None,
    rules: Settings,
    left_out: Sequence[int] = (),
    wanted: Candidate | None = None,
) -> Analysis:
    """Return the analysis before its last step, of the points not left out, by the best circuit or the wanted one."""
    gates = Gates(rules)
    data = screened(np.asarray(spectrum.frequency_hz), np.asarray(spectrum.impedance_ohm), rules, left_out)
    evidence = Evidence.of(data, gates, rules)
    analysis = _rejected(gates) if evidence is None else _analysed(evidence, gates, rules, wanted)
    return replace(
        analysis,
        gates=tuple(gates.met),
        temperature_c=spectrum.temperature_c,
        temperature_c_sd=spectrum.temperature_c_sd,
        temperature_source=spectrum.temperature_source,
        geometry=geometry,
        leads=spectrum.metadata.get(CORRECTION),
    )


def analyse_many(
    spectra: "Sequence[Spectrum]",
    geometry: Geometry | Sequence[Geometry | None] | None = None,
    *,
    settings: Settings | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Analysis]:
    """Return one analysis per spectrum, in order.

    A sequence of geometries must be as long as the spectra (else Refusal); one geometry holds for all.
    """
    geometries = _one_each(geometry, len(spectra))
    if len(geometries) != len(spectra):
        raise Refusal(f"{len(spectra)} spectra but {len(geometries)} geometries", "analyse_many")
    bar = progress or Silent()
    bar.start("analysing", len(spectra))
    items = [(spectrum, place, settings) for spectrum, place in zip(spectra, geometries, strict=True)]
    done = (executor or Inline()).map(_analyse_item, items, seed=0, progress=bar)
    bar.finish()
    return done


def _one_each(geometry: Geometry | Sequence[Geometry | None] | None, n_spectra: int) -> list[Geometry | None]:
    if geometry is None or isinstance(geometry, Geometry):
        return [geometry] * n_spectra
    return list(geometry)


def _analyse_item(item: "tuple[Spectrum, Geometry | None, Settings | None]", _seed: int) -> Analysis:
    spectrum, geometry, settings = item
    return analyse(spectrum, geometry, settings=settings)


def _analysed(evidence: Evidence, gates: Gates, settings: Settings, wanted: Candidate | None) -> Analysis:
    """Fit, choose, conclude; without temperature and geometry."""
    points = evidence.points()
    readings = _readings(points, evidence, settings, wanted)
    choice = choose(readings, settings, wanted)
    base = Analysis(
        "rejected",
        (),
        notes=evidence.notes(settings),
        kk_rms=evidence.test.rms,
        noise=evidence.test.rms,
        masked=evidence.masked(),
        randles=randles_fit(_paper_fit(points, readings)),
        candidates=candidate_results(readings, choice),
    )
    if choice.unclosed_f is not None:
        gates.record("arc not closed", choice.unclosed_f, is_passed=False)
    if choice.unclosed_f is None and choice.chosen is not None:
        reading = _final(points, choice.chosen, evidence, settings)
        return concluded(base, reading, choice, evidence=evidence, gates=gates, settings=settings)
    if choice.unclosed_f is None and choice.best_dropped is not None:
        why = choice.best_dropped.dropped
        if wanted is not None:
            asked = choice.best_dropped.fit.circuit.text
            return replace(base, reasons=(f"{asked}, which was asked for, is no circuit of this electrolyte ({why})",))
        return replace(base, reasons=(f"no circuit of an electrolyte describes these data ({why})",))
    return replace(base, reasons=verdict_of(gates.met)[1])


def _rejected(gates: Gates) -> Analysis:
    verdict, reasons = verdict_of(gates.met)
    kk = next((gate.value for gate in gates.met if gate.name == "Kramers-Kronig"), None)
    return Analysis(verdict, reasons, kk_rms=kk)


def _readings(points: Data, evidence: Evidence, settings: Settings, wanted: Candidate | None) -> list[Reading]:
    """Fit the simple candidates, and the others where one is wanted or no possible one comes down to the noise."""
    fits = [points.fit(candidate) for candidate in SIMPLE]
    readings = [read_branches(fit, evidence.window, settings) for fit in fits]
    possible = [r.fit.rms for r in readings if not r.dropped and r.unclosed_f is None]
    if wanted not in COMPLEX and possible and min(possible) <= _DOWN_TO_NOISE * evidence.test.rms:
        return readings
    fits += [points.fit(candidate) for candidate in COMPLEX]
    return [read_branches(fit, evidence.window, settings) for fit in points.cross_seeded(fits)]


def _final(points: Data, chosen: Reading, evidence: Evidence, settings: Settings) -> Reading:
    """Polish the chosen fit; drop its inductor where the data do not ask for one."""
    fit = points.polished(chosen.fit)
    if "L0" in fit.by_name:
        plain = points.without_inductor(fit)
        fit = plain if plain.bic <= fit.bic else fit
    return read_branches(fit, evidence.window, settings)


def _paper_fit(points: Data, readings: list[Reading]) -> ModelFit:
    """Return the fit of the paper's circuit as printed, without an inductor."""
    fit = points.polished(next(r.fit for r in readings if r.fit.candidate == PAPER))
    return points.without_inductor(fit) if "L0" in fit.by_name else fit
