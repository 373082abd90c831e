"""Use case: the campaign's report, from the database to one HTML file with its pictures, and to a PDF."""

import math
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from nasicon_loop.core import Progress, Refusal, plain, refuse_as_target, with_sd
from nasicon_loop.lab import report_parts as parts
from nasicon_loop.lab.health import campaign_health
from nasicon_loop.lab.knowledge import room_temperature
from nasicon_loop.lab.learning import current_run, load_model
from nasicon_loop.lab.making import HOST_FORMULA
from nasicon_loop.lab.pictures import tiles
from nasicon_loop.lab.pooling import pellet_results
from nasicon_loop.lab.suggesting import dopant_scores
from nasicon_loop.lab.validating import StoredQuality, stored_quality

if TYPE_CHECKING:
    from db import JournalEntry, Reader, TeachingRow
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.report import ElementTile, JournalLine, ParityPoint, RoundPoint, Written

_N_JOURNAL_LINES = 60


def write_report(
    lab: "Lab",
    output: Path | None = None,
    *,
    pdf: Path | None = None,
    all_spectra: bool = False,
    progress: Progress | None = None,
) -> "Written":
    """Write the report to `output` (an .html file), else to reports/ in the lab; `pdf` gets the same as a PDF.

    Of a long campaign the newest spectra and files are in it, with a word on the others; `all_spectra` has every one.
    Raises Refusal when it cannot be written, before the work begins where that can be known.
    """
    from nasicon_loop import report

    _refuse_target(output, (".html", ".htm"), "the report is one .html file")
    _refuse_target(pdf, (".pdf",), "this document is one .pdf file")
    run = current_run(lab)
    elements: tuple[ElementTile, ...] = ()
    if run is not None:
        elements = tiles(dopant_scores(lab, load_model(lab, run)))
    quality, health = _quality(lab), _health(lab)
    with lab.database.read() as reader:
        standings = parts.standings_of(reader)
        spectra, n_spectra_out = parts.spectrum_views(reader, standings, None if all_spectra else parts.MAX_SPECTRA)
        files, n_files_out = parts.file_rows(reader, None if all_spectra else parts.MAX_FILES)
        results = pellet_results(reader)
        content = report.CampaignReport(
            lab_name=reader.lab.name,
            made_at=lab.clock.now(),
            samples=parts.sample_rows(reader, standings),
            rounds=_rounds(reader, results),
            spectra=spectra,
            elements=elements,
            parity=_parity(reader, results),
            refused_files=tuple((file.name, file.refusal or "") for file in reader.files("refused")),
            summary=_summary(lab, reader, results),
            provenance=parts.provenance(reader),
            journal=tuple(_journal_line(entry) for entry in reader.journal(limit=_N_JOURNAL_LINES)),
            reference_log10_sigma=_reference(reader),
            n_spectra_left_out=n_spectra_out,
            pellets=parts.pellet_rows(results),
            retracted=parts.retracted_rows(reader, standings),
            health=health,
            held_out=None if quality is None else quality.view,
            held_out_caveat="" if quality is None else quality.caveat,
            files=files,
            n_files_left_out=n_files_out,
        )
    if output is None:
        return report.write(content, lab.folder.reports, pdf_path=pdf, progress=progress)
    return report.write(content, output.parent, name=output.name, pdf_path=pdf, progress=progress)


def _refuse_target(path: Path | None, endings: tuple[str, ...], why: str) -> None:
    if path is None:
        return
    if path.suffix.lower() not in endings:
        raise Refusal(why, path)
    refuse_as_target(path)


def _quality(lab: "Lab") -> StoredQuality | None:
    """What the current model said about rows that it had not seen; None where there is no model, or an old one."""
    try:
        return stored_quality(lab)
    except Refusal:
        return None


def _health(lab: "Lab") -> tuple[tuple[str, str, str, str], ...]:
    """The checks of `nasicon campaign health`, the worst first, and whether the intervals are trusted."""
    found = campaign_health(lab)
    gate = ("ok" if found.gate.is_open else "look", "automatic acceptance", found.gate.why, "")
    return (*((one.verdict, one.name, one.words, one.next_step) for one in found.checks), gate)


def _reference(reader: "Reader") -> float | None:
    """Median of the published room-temperature values of the undoped compound, bulk values left out."""
    values = [
        math.log10(row.sigma_s_cm)
        for row in room_temperature(reader)
        if row.formula == HOST_FORMULA and row.kind != "bulk"
    ]
    return median(values) if values else None


def _rounds(reader: "Reader", results: "list[TeachingRow]") -> tuple["RoundPoint", ...]:
    from nasicon_loop.report import RoundPoint

    promises = parts.promises(reader)
    points = []
    for row in results:
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


def _parity(reader: "Reader", results: "list[TeachingRow]") -> tuple["ParityPoint", ...]:
    from nasicon_loop.report import ParityPoint

    promises = parts.promises(reader)
    return tuple(
        ParityPoint(row.sample_label, promise.log10_sigma_mean, promise.log10_sigma_sd, *_measured(row))
        for row in results
        if (promise := promises.get(row.sample_id)) is not None
    )


def _measured(row: "TeachingRow") -> tuple[float, float]:
    """log10 sigma at 25 °C and the measurement's own sd in dex: what tables print, as plots draw it."""
    sigma = row.sigma_25_s_cm if row.sigma_25_s_cm is not None else row.sigma_total_s_cm
    sd = row.sigma_25_s_cm_sd if row.sigma_25_s_cm is not None else row.sigma_total_s_cm_sd
    return math.log10(sigma), (sd or 0.0) / sigma / math.log(10.0)


def _summary(lab: "Lab", reader: "Reader", results: "list[TeachingRow]") -> tuple[str, ...]:
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


def _journal_line(entry: "JournalEntry") -> "JournalLine":
    from nasicon_loop.report import JournalLine

    detail = ", ".join(f"{key} {value}" for key, value in entry.data.items() if key not in ("digest", "fact_id"))
    return JournalLine(entry.at, entry.who, entry.event, f"{entry.subject} {entry.subject_id}", plain(detail))
