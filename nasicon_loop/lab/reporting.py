"""Use case: the campaign's report, from the database to one HTML file and its pictures."""

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from nasicon_loop.core import Progress, Refusal, plain, refuse_as_target, with_sd
from nasicon_loop.lab.analysing import analysis_of, from_stored
from nasicon_loop.lab.knowledge import room_temperature
from nasicon_loop.lab.leads import as_analysed
from nasicon_loop.lab.learning import current_run, load_model
from nasicon_loop.lab.making import HOST_FORMULA
from nasicon_loop.lab.pictures import spectrum_picture, tiles
from nasicon_loop.lab.pooling import pellet_results
from nasicon_loop.lab.suggesting import dopant_scores

if TYPE_CHECKING:
    from db import JournalEntry, Reader, StoredAnalysis, Suggestion, TeachingRow
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.report import (
        ElementTile,
        JournalLine,
        ParityPoint,
        RoundPoint,
        SampleRow,
        SpectrumView,
        Written,
    )

_N_JOURNAL_LINES = 60


def write_report(lab: "Lab", output: Path | None = None, *, progress: Progress | None = None) -> "Written":
    """Write the report to `output` (an .html file), else to reports/ in the lab. Raises Refusal when it cannot be."""
    from nasicon_loop import report

    if output is not None:
        if output.suffix.lower() not in (".html", ".htm"):
            raise Refusal("the report is one .html file", output)
        refuse_as_target(output)
    run = current_run(lab)
    elements: tuple[ElementTile, ...] = ()
    if run is not None:
        elements = tiles(dopant_scores(lab, load_model(lab, run)))
    with lab.database.read() as reader:
        content = report.CampaignReport(
            lab_name=reader.lab.name,
            made_at=lab.clock.now(),
            samples=_samples(reader),
            rounds=_rounds(reader),
            spectra=_spectra(reader),
            elements=elements,
            parity=_parity(reader),
            refused_files=tuple((file.name, file.refusal or "") for file in reader.files("refused")),
            summary=_summary(lab, reader),
            provenance=_provenance(reader),
            journal=tuple(_journal_line(entry) for entry in reader.journal(limit=_N_JOURNAL_LINES)),
            reference_log10_sigma=_reference(reader),
        )
    if output is None:
        return report.write(content, lab.folder.reports, progress=progress)
    return report.write(content, output.parent, name=output.name, progress=progress)


def _reference(reader: "Reader") -> float | None:
    """Median of the published room-temperature values of the undoped compound, bulk values left out."""
    values = [
        math.log10(row.sigma_s_cm)
        for row in room_temperature(reader)
        if row.formula == HOST_FORMULA and row.kind != "bulk"
    ]
    return median(values) if values else None


def _promises(reader: "Reader") -> dict[int, "Suggestion"]:
    """Suggestion by sample id."""
    by_id = {one.id: one for one in reader.suggestions()}
    return {s.id: by_id[s.suggestion_id] for s in reader.samples() if s.suggestion_id in by_id}


def _samples(reader: "Reader") -> tuple["SampleRow", ...]:
    from nasicon_loop.report import SampleRow

    promises, states = _promises(reader), reader.sample_states()
    rows = []
    for sample in reader.samples():
        analyses = reader.current_analyses(sample=sample, with_document=False)
        best = _most_telling(analyses)
        promise = promises.get(sample.id)
        densities = [g.relative_density for p in reader.pellets(sample) if (g := reader.geometry(p)) is not None]
        weighing = reader.weighing(sample)
        rows.append(
            SampleRow(
                label=sample.label,
                formula=weighing.weighed_formula if weighing else sample.target_formula,
                state=states[sample.id],
                predicted_log10_sigma=promise.log10_sigma_mean if promise else None,
                predicted_sd=promise.log10_sigma_sd if promise else None,
                sigma_25_s_cm=best.sigma_25_s_cm if best else None,
                sigma_25_s_cm_sd=best.sigma_25_s_cm_sd if best else None,
                relative_density=densities[-1] if densities else None,
                verdict=best.verdict if best else "",
                reasons=best.reasons if best else (),
            )
        )
    return tuple(rows)


def _most_telling(analyses: Sequence["StoredAnalysis"]) -> "StoredAnalysis | None":
    order = {"accepted": 0, "review": 1, "rejected": 2}
    return min(analyses, key=lambda one: (order[one.verdict], -one.id), default=None)


def _rounds(reader: "Reader") -> tuple["RoundPoint", ...]:
    from nasicon_loop.report import RoundPoint

    promises = _promises(reader)
    points = []
    for row in pellet_results(reader):
        log10_sigma, log10_sigma_sd = _measured(row)
        promise = promises.get(row.sample_id)
        points.append(
            RoundPoint(
                label=row.pellet_label or row.sample_label,
                formula=row.formula,
                round_number=promise.batch if promise else 0,
                log10_sigma=log10_sigma,
                log10_sigma_sd=log10_sigma_sd,
            )
        )
    return tuple(points)


def _parity(reader: "Reader") -> tuple["ParityPoint", ...]:
    from nasicon_loop.report import ParityPoint

    promises = _promises(reader)
    return tuple(
        ParityPoint(row.sample_label, promise.log10_sigma_mean, promise.log10_sigma_sd, *_measured(row))
        for row in pellet_results(reader)
        if (promise := promises.get(row.sample_id)) is not None
    )


def _measured(row: "TeachingRow") -> tuple[float, float]:
    """log10 sigma at 25 °C and the measurement's own sd in dex: what tables print, as plots draw it."""
    sigma = row.sigma_25_s_cm if row.sigma_25_s_cm is not None else row.sigma_total_s_cm
    sd = row.sigma_25_s_cm_sd if row.sigma_25_s_cm is not None else row.sigma_total_s_cm_sd
    return math.log10(sigma), (sd or 0.0) / sigma / math.log(10.0)


def _spectra(reader: "Reader") -> tuple["SpectrumView", ...]:
    views = []
    for analysis in reader.current_analyses():
        ancestry = reader.genealogy_of_analysis(analysis.id)
        owner = ancestry.pellet or ancestry.sample
        title = owner.label if owner else plain(ancestry.file.name)
        made = analysis_of(analysis)
        spectrum = as_analysed(reader, from_stored(reader.spectrum(analysis.spectrum_id)), made)
        views.append(spectrum_picture(spectrum, made, title))
    return tuple(views)


def _summary(lab: "Lab", reader: "Reader") -> tuple[str, ...]:
    results = pellet_results(reader)
    counts = reader.counts()
    lines = [
        f"{sum(counts.samples.values())} samples, {sum(counts.files.values())} files, "
        f"{len(results)} results that teach."
    ]
    best = max(results, key=lambda row: row.sigma_25_s_cm or 0.0, default=None)
    if best is not None and best.sigma_25_s_cm is not None:
        lines.append(
            f"Best so far: {best.formula} ({best.pellet_label or best.sample_label}) with "
            f"{with_sd(best.sigma_25_s_cm, best.sigma_25_s_cm_sd)} S/cm at 25 °C."
        )
    energy = lab.settings.measurement
    lines.append(
        f"Conductivities are corrected to 25 °C with Ea = {energy.activation_energy_ev:g} ± "
        f"{energy.activation_energy_ev_sd:g} eV; their uncertainty holds fit, geometry and temperature."
    )
    return tuple(lines)


def _provenance(reader: "Reader") -> tuple[tuple[str, str], ...]:
    from importlib.metadata import version

    pairs = [("program", f"nasicon_loop {version('nasicon_loop')}")]
    for run in reader.model_runs():
        pairs.append(
            (
                f"model run {run.number}",
                f"{run.at:%Y-%m-%d %H:%M} UTC, data {run.data_hash[:16]}, {run.n_literature_rows} literature rows, "
                f"{run.n_lab_rows} lab rows, seed {run.seed}, {run.trigger}",
            )
        )
    return tuple(pairs)


def _journal_line(entry: "JournalEntry") -> "JournalLine":
    from nasicon_loop.report import JournalLine

    detail = ", ".join(f"{key} {value}" for key, value in entry.data.items() if key not in ("digest", "fact_id"))
    return JournalLine(entry.at, entry.who, entry.event, f"{entry.subject} {entry.subject_id}", plain(detail))
