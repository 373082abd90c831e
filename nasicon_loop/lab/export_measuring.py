"""What was measured and concluded, as tables: files, spectra, their points, analyses, parameters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nasicon_loop.lab.export_sheets import Sheet, count, flag, number, text, time

if TYPE_CHECKING:
    from db import RawFile, Reader, Retraction, Signature, StoredAnalysis, StoredSpectrum
    from nasicon_loop.report import Cell


@dataclass(frozen=True, slots=True)
class _Measured:
    """One row's sources; every table uses those that it has."""

    file: "RawFile"
    state: str = ""
    sample: str | None = None
    pellet: str | None = None
    how: str | None = None
    original: str | None = None
    spectrum: "StoredSpectrum | None" = None
    analysis: "StoredAnalysis | None" = None
    standing: str = "out"
    is_current: bool = False
    signature: "Signature | None" = None
    retraction: "Retraction | None" = None
    runs: str = ""
    name: str = ""
    value: float | None = None
    value_sd: float | None = None


def _meta(name: str) -> Any:
    def get(measured: _Measured) -> "Cell":
        found = None if measured.spectrum is None else measured.spectrum.metadata.get(name)
        return None if found is None else str(found)

    return get


_SIGMA = "conductivity of the whole pellet"
_FILE = count("file", "number of the file in the lab", "file.id")
_SPECTRUM = count("spectrum", "number of the spectrum in the lab", "spectrum.id")
_ANALYSIS = count("analysis", "number of the analysis in the lab", "analysis.id")
_OWNER = (
    text("sample", "label of the sample it belongs to", "sample"),
    text("pellet", "label of the pellet it belongs to", "pellet"),
)

MEASURING = (
    Sheet(
        "files",
        "One row per file that was imported, by its bytes.",
        (
            _FILE,
            text("name", "the file's name when it came in", "file.name"),
            text("sha256", "SHA-256 of its bytes", "file.sha256"),
            count("size_bytes", "size in bytes", "file.size_bytes"),
            text("state", "where it stands: refused, duplicate, unassigned, needs ..., held, analysed", "state"),
            text("reader", "what read it", "file.reader"),
            text("reader_version", "version of that reader", "file.reader_version"),
            text("refusal", "why no reader took it", "file.refusal"),
            count("duplicate_of", "number of the earlier file with the same numbers", "file.duplicate_of"),
            *_OWNER,
            text("assigned_by", "file name, command or user", "how"),
            text("original", "where in this folder its bytes lie", "original"),
            time("imported_at", "when it came in", "file.at"),
        ),
    ),
    Sheet(
        "spectra",
        "One row per sweep, as the newest reading of its file has it.",
        (
            _SPECTRUM,
            _FILE,
            count("sweep", "number of the sweep in its file, from 1", "spectrum.sweep"),
            count("n_points", "number of points", "spectrum.n_points"),
            *_OWNER,
            number("temperature_c", "°C", "of the measurement", "spectrum.temperature_c"),
            number("temperature_c_sd", "°C", "standard deviation of it", "spectrum.temperature_c_sd"),
            text("temperature_source", "where it was taken from", "spectrum.temperature_source"),
            text("format", "format of the file", _meta("format")),
            text("started_at", "when the sweep began, as its file tells it", _meta("started_at")),
            time("read_at", "when it was read", "spectrum.at"),
        ),
    ),
    Sheet(
        "spectrum_points",
        "One row per frequency of a spectrum, in the order of measurement, as read: leads and masked points are in.",
        (
            _SPECTRUM,
            count("point", "number of the point, from 0", "value"),
            number("frequency_hz", "Hz", "frequency", "value"),
            number("z_real_ohm", "ohm", "real part of the impedance", "value"),
            number("z_imaginary_ohm", "ohm", "imaginary part with its true sign: capacitive is negative", "value"),
        ),
    ),
    Sheet(
        "analyses",
        "One row per analysis of a spectrum. Only those that teach count; retracted ones are told as such. A rejected "
        "analysis has no numbers.",
        (
            _ANALYSIS,
            _SPECTRUM,
            *_OWNER,
            text("verdict", "accepted, review or rejected, by the engine", "analysis.verdict"),
            text("reasons", "why", lambda m: "; ".join(m.analysis.reasons)),
            flag("is_current", "the newest of its spectrum", "is_current"),
            text("standing", "teaches, waits (for a signature) or out", "standing"),
            text("signature", "accepted or rejected, by a person; the newest", "signature.decision"),
            text("signed_by", "who", "signature.who"),
            text("signature_reason", "why", "signature.reason"),
            flag("is_retracted", "taken back: do not use", lambda m: m.retraction is not None),
            text("retracted_by", "who took it back", "retraction.who"),
            text("retraction_reason", "why", "retraction.reason"),
            time("retracted_at", "when", "retraction.at"),
            text("circuit", "circuit in the language of the package impedance", "analysis.circuit_string"),
            number("r_total_ohm", "ohm", "total resistance of the pellet", "analysis.r_total_ohm"),
            number("r_total_ohm_sd", "ohm", "standard deviation of it", "analysis.r_total_ohm_sd"),
            number("sigma_total_s_cm", "S/cm", f"{_SIGMA} at its temperature", "analysis.sigma_total_s_cm"),
            number("sigma_total_s_cm_sd", "S/cm", "standard deviation of it", "analysis.sigma_total_s_cm_sd"),
            number("sigma_25_s_cm", "S/cm", f"{_SIGMA}, corrected to 25 °C", "analysis.sigma_25_s_cm"),
            number(
                "sigma_25_s_cm_sd",
                "S/cm",
                "standard deviation of it: fit, geometry, temperature",
                "analysis.sigma_25_s_cm_sd",
            ),
            number("temperature_c", "°C", "of the measurement", "analysis.temperature_c"),
            number("temperature_c_sd", "°C", "standard deviation of it", "analysis.temperature_c_sd"),
            text("temperature_source", "where it was taken from", "analysis.temperature_source"),
            number("kk_rms", "fraction of |Z|", "misfit of the Kramers-Kronig test", "analysis.kk_rms"),
            text("model_runs", "numbers of the model runs that it taught", "runs"),
            text("made_by", "the engine, or the person who fitted by hand", "analysis.made_by"),
            text("engine_version", "version of the engine", "analysis.engine_version"),
            time("analysed_at", "when", "analysis.at"),
        ),
    ),
    Sheet(
        "analysis_parameters",
        "One row per parameter of an analysis' circuit, in the order of the circuit.",
        (
            _ANALYSIS,
            text("parameter", "name in the circuit", "name"),
            number("value", "SI: ohm, F, s, as the package impedance has them", "fitted value", "value"),
            number("value_sd", "as value", "standard deviation of it", "value_sd"),
        ),
    ),
)
_SHEETS = {sheet.name: sheet for sheet in MEASURING}


@dataclass(frozen=True, slots=True)
class Standings:
    """What is asked once for all analyses: the current ones, those that teach or wait, and those people spoke of."""

    current: frozenset[int]
    standing: dict[int, str]
    spoken_of: frozenset[int]
    samples: dict[int, str]
    pellets: dict[int, str]
    states: dict[int, Any]
    runs: dict[int, list[int]]


def standings_of(reader: "Reader") -> Standings:
    """Return what `measuring_rows` needs of the whole lab."""
    standing = {
        one.id: word
        for word in ("teaches", "waits")
        for one in reader.current_analyses(standing=word, with_document=False)
    }
    said = ("signature", "retraction")
    runs: dict[int, list[int]] = {}
    for run in reader.model_runs():
        for lesson in reader.lessons(run):
            runs.setdefault(lesson.analysis_id, []).append(run.number)
    return Standings(
        frozenset(one.id for one in reader.current_analyses(with_document=False)),
        standing,
        frozenset(line.subject_id for line in reader.journal_in_order() if line.fact in said),
        {one.id: one.label for one in reader.samples()},
        {one.id: one.label for one in reader.pellets()},
        dict(reader.file_states()),
        runs,
    )


def original_of(file: "RawFile") -> str:
    """Return where a file's bytes lie in an export: named by their hash, with the ending where that is harmless."""
    return original_place(file.sha256, file.name)


def original_place(sha256: str, name: str) -> str:
    """Return the same for any bytes of the vault."""
    found = re.search(r"\.[A-Za-z0-9]{1,8}$", name)
    return f"originals/{sha256}{found[0].lower() if found else ''}"


def measuring_rows(
    reader: "Reader", file: "RawFile", known: Standings, *, with_files: bool
) -> "Iterator[tuple[str, list[tuple[Cell, ...]]]]":
    """Yield (table, rows) of everything that came of one file."""
    assignment = reader.assignment(file)
    measured = _Measured(
        file,
        known.states.get(file.id, ""),
        None if assignment is None or assignment.sample_id is None else known.samples.get(assignment.sample_id),
        None if assignment is None or assignment.pellet_id is None else known.pellets.get(assignment.pellet_id),
        None if assignment is None else assignment.how,
        original_of(file) if with_files else None,
    )
    yield "files", [_SHEETS["files"].row(measured)]
    for spectrum in reader.spectra(file):
        one = replace(measured, spectrum=spectrum)
        yield "spectra", [_SHEETS["spectra"].row(one)]
        yield "spectrum_points", _points(spectrum)
        for analysis in reader.analyses(spectrum):
            concluded = _concluded(reader, replace(one, analysis=analysis), known)
            yield "analyses", [_SHEETS["analyses"].row(concluded)]
            yield "analysis_parameters", [_SHEETS["analysis_parameters"].row(part) for part in _parameters(concluded)]


def _points(spectrum: "StoredSpectrum") -> "list[tuple[Cell, ...]]":
    z = spectrum.impedance_ohm
    columns = (spectrum.frequency_hz.tolist(), z.real.tolist(), z.imag.tolist())
    return [(spectrum.id, k, *point) for k, point in enumerate(zip(*columns, strict=True))]


def _concluded(reader: "Reader", one: _Measured, known: Standings) -> _Measured:
    analysis = one.analysis
    if analysis is None:
        raise ValueError("a row of analyses needs one")
    is_spoken_of = analysis.id in known.spoken_of
    signatures = reader.signatures(analysis) if is_spoken_of else []
    retractions = reader.retractions(analysis) if is_spoken_of else []
    return replace(
        one,
        standing=known.standing.get(analysis.id, "out"),
        is_current=analysis.id in known.current,
        signature=signatures[-1] if signatures else None,
        retraction=retractions[-1] if retractions else None,
        runs=" ".join(map(str, known.runs.get(analysis.id, ()))),
    )


def _parameters(one: _Measured) -> Iterator[_Measured]:
    document = {} if one.analysis is None else one.analysis.document
    sds = document.get("parameter_sd") or {}
    for name, value in (document.get("parameters") or {}).items():
        yield replace(one, name=name, value=value, value_sd=sds.get(name))
