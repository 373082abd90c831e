"""What of the database stands in the report: pellets, samples, results taken back, spectra, files, provenance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nasicon_loop.core import plain, utc_iso
from nasicon_loop.lab.analysing import analysis_of, from_stored
from nasicon_loop.lab.leads import as_analysed
from nasicon_loop.lab.pictures import spectrum_picture
from nasicon_loop.lab.versions import package_versions

if TYPE_CHECKING:
    from db import Reader, Retraction, StoredAnalysis, Suggestion, TeachingRow
    from nasicon_loop.report import FileRow, PelletRow, RetractedRow, SampleRow, SpectrumView

MAX_SPECTRA, MAX_FILES = 400, 1000
"""So many of the newest are in a report, `--all-spectra` has all: a small drawing takes 2 kB, a line 200 bytes."""


@dataclass(frozen=True, slots=True)
class Standings:
    """What is asked once: which analyses teach or wait, and what was taken back, by analysis and by spectrum.

    A new analysis of a spectrum that was taken back once counts only when a person signed it.
    """

    teaches: frozenset[int]
    waits: frozenset[int]
    retracted: "dict[int, Retraction]"
    retracted_spectra: "dict[int, Retraction]"

    def taken_back(self, analysis: "StoredAnalysis") -> "Retraction | None":
        """Return why an analysis does not count any more, None where it does."""
        if analysis.id in self.teaches:
            return None
        return self.retracted.get(analysis.id) or self.retracted_spectra.get(analysis.spectrum_id)


def standings_of(reader: "Reader") -> Standings:
    """Return what decides whether a number may be shown as a result."""

    def ids(word: str) -> frozenset[int]:
        found = reader.current_analyses(standing=word, with_document=False)  # type: ignore[arg-type]
        return frozenset(one.id for one in found)

    taken = {line.subject_id for line in reader.journal_in_order() if line.fact == "retraction"}
    retracted = {one: reader.retractions(one)[-1] for one in sorted(taken)}
    spectra = {reader.analysis(one).spectrum_id: why for one, why in retracted.items()}
    return Standings(ids("teaches"), ids("waits"), retracted, spectra)


def promises(reader: "Reader") -> "dict[int, Suggestion]":
    """Return the suggestion that a sample was made from, by sample id."""
    by_id = {one.id: one for one in reader.suggestions()}
    return {s.id: by_id[s.suggestion_id] for s in reader.samples() if s.suggestion_id in by_id}


def pellet_rows(results: "Sequence[TeachingRow]") -> "tuple[PelletRow, ...]":
    """Return what teaches, a row per pellet."""
    from nasicon_loop.report import PelletRow

    return tuple(
        PelletRow(
            label=row.pellet_label or row.sample_label,
            formula=row.formula,
            sigma_25_s_cm=row.sigma_25_s_cm,
            sigma_25_s_cm_sd=row.sigma_25_s_cm_sd,
            relative_density=row.relative_density,
            verdict=row.verdict,
            signed_by=row.signed_by or "",
        )
        for row in results
        if row.sigma_25_s_cm is not None
    )


def sample_rows(reader: "Reader", standings: Standings) -> "tuple[SampleRow, ...]":
    """Return every sample with the analysis that tells most of it; what was taken back or turned down has no number."""
    from nasicon_loop.report import SampleRow

    made_from, states = promises(reader), reader.sample_states()
    rows = []
    for sample in reader.samples():
        best = most_telling(reader.current_analyses(sample=sample, with_document=False), standings)
        verdict, reasons = said_of(reader, best, standings)
        shown = best if best is not None and verdict in ("accepted", "review") else None
        promise = made_from.get(sample.id)
        densities = [g.relative_density for p in reader.pellets(sample) if (g := reader.geometry(p)) is not None]
        weighing = reader.weighing(sample)
        rows.append(
            SampleRow(
                label=sample.label,
                formula=weighing.weighed_formula if weighing else sample.target_formula,
                state=states[sample.id],
                predicted_log10_sigma=promise.log10_sigma_mean if promise else None,
                predicted_sd=promise.log10_sigma_sd if promise else None,
                sigma_25_s_cm=shown.sigma_25_s_cm if shown else None,
                sigma_25_s_cm_sd=shown.sigma_25_s_cm_sd if shown else None,
                relative_density=densities[-1] if densities else None,
                verdict=verdict,
                reasons=reasons,
            )
        )
    return tuple(rows)


def most_telling(analyses: "Sequence[StoredAnalysis]", standings: Standings) -> "StoredAnalysis | None":
    """Return the newest that teaches, else the newest that waits, else the newest of the others."""

    def rank(one: "StoredAnalysis") -> tuple[int, int]:
        return (0 if one.id in standings.teaches else 1 if one.id in standings.waits else 2), -one.id

    return min(analyses, key=rank, default=None)


def said_of(reader: "Reader", analysis: "StoredAnalysis | None", standings: Standings) -> tuple[str, tuple[str, ...]]:
    """Return the verdict that counts and its reasons: a person's word goes before the engine's."""
    if analysis is None:
        return "", ()
    taken = standings.taken_back(analysis)
    if taken is not None:
        return "retracted", (f"by {plain(taken.who)} on {utc_iso(taken.at)}: {plain(taken.reason, limit=300)}",)
    signatures = reader.signatures(analysis)
    if signatures and signatures[-1].decision == "rejected":
        return "rejected", (f"by {plain(signatures[-1].who)}: {plain(signatures[-1].reason, limit=300)}",)
    signed = (f"signed by {plain(signatures[-1].who)}",) if signatures else ()
    return analysis.verdict, (*analysis.reasons, *signed)


def retracted_rows(reader: "Reader", standings: Standings) -> "tuple[RetractedRow, ...]":
    """Return every result that was taken back, the newest first."""
    from nasicon_loop.report import RetractedRow

    newest = sorted(standings.retracted.items(), key=lambda one: -one[1].id)
    return tuple(
        RetractedRow(owner_of(reader, analysis_id), str(analysis_id), taken.at, taken.who, taken.reason)
        for analysis_id, taken in newest
    )


def owner_of(reader: "Reader", analysis_id: int) -> str:
    """Return the label of the pellet or sample that an analysis is of, else the file's name."""
    ancestry = reader.genealogy_of_analysis(analysis_id)
    owner = ancestry.pellet or ancestry.sample
    return owner.label if owner else plain(ancestry.file.name)


def spectrum_views(reader: "Reader", standings: Standings, limit: int | None) -> "tuple[tuple[SpectrumView, ...], int]":
    """Return the newest `limit` spectra with their fits, oldest first, and how many are left out."""
    heads = reader.current_analyses(with_document=False)
    shown = heads if limit is None else heads[-limit:]
    return tuple(_view(reader, head.id, standings) for head in shown), len(heads) - len(shown)


def _view(reader: "Reader", analysis_id: int, standings: Standings) -> "SpectrumView":
    stored = reader.analysis(analysis_id)
    made = analysis_of(stored)
    spectrum = as_analysed(reader, from_stored(reader.spectrum(stored.spectrum_id)), made)
    view = spectrum_picture(spectrum, made, owner_of(reader, analysis_id))
    verdict, reasons = said_of(reader, stored, standings)
    if verdict == stored.verdict:
        return view
    return replace(view, verdict=verdict, lines=(f"{verdict} {'; '.join(reasons)}", *view.lines[:1]))


def file_rows(reader: "Reader", limit: int | None) -> "tuple[tuple[FileRow, ...], int]":
    """Return the newest `limit` files, the newest first, and how many are left out."""
    from nasicon_loop.report import FileRow

    files, states = reader.files(), reader.file_states()
    shown = files if limit is None else files[-limit:]
    samples = {one.id: one.label for one in reader.samples()}
    pellets = {one.id: one.label for one in reader.pellets()}
    rows = []
    for file in reversed(shown):
        assigned = reader.assignment(file)
        owner = (
            "" if assigned is None else pellets.get(assigned.pellet_id or 0, samples.get(assigned.sample_id or 0, ""))
        )
        reader_words = f"{file.reader} {file.reader_version or ''}".strip() if file.reader else "–"
        rows.append(FileRow(file.name, file.sha256, reader_words, states[file.id], owner))
    return tuple(rows), len(files) - len(shown)


def provenance(reader: "Reader") -> tuple[tuple[str, str], ...]:
    """Return the state of the lab, the programs with their versions, and every model run with the hash of its data."""
    programs = package_versions()
    engines = sorted({one.engine_version for one in reader.current_analyses(with_document=False)})
    pairs = [
        ("state of the lab", f"journal line {reader.max_journal_id()}"),
        ("program", " ".join(programs[0])),
        ("packages", ", ".join(f"{name} {version}" for name, version in programs[1:])),
    ]
    if engines:
        pairs.append(("impedance engine", ", ".join(engines)))
    for run in reader.model_runs():
        pairs.append(
            (
                f"model run {run.number}",
                f"{run.at:%Y-%m-%d %H:%M} UTC, data {run.data_hash}, {run.n_literature_rows} literature rows, "
                f"{run.n_lab_rows} lab rows, seed {run.seed}, {run.trigger}",
            )
        )
    return tuple(pairs)
