"""Completing what waits: files get their owner, and analyses the conductivity of a geometry that came later.

Nothing is overwritten: a geometry makes new analyses from the fits that are there, without fitting again.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal
from nasicon_loop.lab.analysing import analysis_of, columns, eis_geometry, eis_settings, from_stored
from nasicon_loop.lab.concluding import conclude
from nasicon_loop.lab.describing import describe, stored_target
from nasicon_loop.lab.names import read_name
from nasicon_loop.lab.results import ImportResult
from nasicon_loop.lab.targets import How, Target, given_target

if TYPE_CHECKING:
    from db import (
        PelletGeometry,
        RawFile,
        Reader,
        Signature,
        StoredAnalysis,
        StoredSpectrum,
        Writer,
    )
    from nasicon_loop.eis import Analysis
    from nasicon_loop.lab.context import Lab


@dataclass(frozen=True, slots=True)
class _Renewed:
    """A new analysis of a stored sweep, and the signature that stood under the old one."""

    spectrum_id: int
    replaces: int | None
    analysis: "Analysis"
    signature: "Signature | None"


def assign(lab: "Lab", file_id: int, label: str | None, *, how: How = "user", who: str | None = None) -> ImportResult:
    """Give a file to a sample ("NL-0001") or pellet ("NL-0001-P2"), or with None take it away from both.

    With a complete geometry its conductivity follows at once. A file that belonged to another pellet gets new
    analyses; those with the other pellet's geometry count no longer. Raises Refusal, with nothing changed, for a file
    or label that does not exist and for a re-export, whose spectra are those of the first file.
    """
    with lab.database.read() as reader:
        file = reader.file(file_id)
        if file.duplicate_of is not None:
            first = reader.file(file.duplicate_of)
            raise Refusal(f"is an export of the same measurement as {first.name}: assign file {first.id}", file.name)
        target = Target(waits_for="taken away by hand") if label is None else given_target(reader, label)
    return move_file(lab, file_id, target, how, who)


def move_file(lab: "Lab", file_id: int, target: Target, how: How, who: str | None = None) -> ImportResult:
    """Give a file to the owner that was found, with the analyses that follow."""
    with lab.database.read() as reader:
        file = reader.file(file_id)
        before = reader.assignment(file)
        is_other = (before.pellet_id if before else None) != target.pellet_id
        stored = _stored(reader, file, target, is_other_pellet=is_other)
    renewed = _renew(lab, stored, target)
    with lab.database.write(who=who or lab.who) as writer:
        writer.assign(file_id, sample=target.sample, pellet=target.pellet, how=how)
        _write(writer, renewed, target)
    with lab.database.read() as reader:
        return describe(reader, file_id)


def complete(lab: "Lab", *, who: str | None = None) -> list[ImportResult]:
    """Do what can be done now for all files that wait; return those that moved on.

    Call this after a sample, pellet or geometry was entered. A file without owner gets the one its name tells, when
    that exists by now; a file of a sample that has exactly one pellet by now gets that pellet; one whose pellet's
    geometry is complete, or was corrected, gets its conductivity. What a person took away stays away. With
    `[watch] analyse = false` spectra that never got an analysis stay without one.
    """
    done: dict[int, ImportResult] = {}
    with lab.database.read() as reader:
        waiting = [*_named_for_somebody(reader), *reader.files("needs pellet")]
        moves = [(file.id, target) for file in waiting if (target := _better_target(reader, file)) is not None]
    for file_id, target in moves:
        done[file_id] = move_file(lab, file_id, target, "file name", who)
    with lab.database.read() as reader:
        lacking = [file.id for file in reader.files("needs analysis")]
    for file_id in lacking:  # one after the other: there may be thousands
        with lab.database.read() as reader:
            file = reader.file(file_id)
            target = stored_target(reader, file)
            stored = _stored(reader, file, target)
        if not lab.settings.watch.analyse:
            stored = [item for item in stored if item.analysis is not None]
        try:
            renewed = _renew(lab, stored, target)
        except Refusal:  # lengths that no pellet has: the file waits until they are corrected
            continue
        if renewed:
            with lab.database.write(who=who or lab.who) as writer:
                _write(writer, renewed, target)
            with lab.database.read() as reader:
                done[file_id] = describe(reader, file_id)
    return list(done.values())


def _named_for_somebody(reader: "Reader") -> "list[RawFile]":
    """The files without an owner whose name tells one that exists; thousands may tell none, and ask nothing more."""
    labels = {sample.label for sample in reader.samples()}
    named = ((file, read_name(file.name, reader.lab.label_prefix)) for file in reader.files("unassigned"))
    return [file for file, name in named if name.problem is None and name.label in labels]


def _better_target(reader: "Reader", file: "RawFile") -> Target | None:
    """What is known of a waiting file's owner by now, when that is more than what is written."""
    assignment = reader.assignment(file)
    if assignment is not None and assignment.sample_id is None:
        return None  # a person took it away
    target = stored_target(reader, file)
    if assignment is None:
        return target if target.sample is not None else None
    return target if target.pellet is not None else None


@dataclass(frozen=True, slots=True)
class _Stored:
    """A stored sweep whose analysis has to follow the pellet; `analysis` is None when it never got one."""

    spectrum: "StoredSpectrum"
    analysis: "StoredAnalysis | None"
    signature: "Signature | None"


def _complete_geometry(target: Target) -> "PelletGeometry | None":
    return target.geometry if target.geometry is not None and target.geometry.is_complete else None


def _stored(reader: "Reader", file: "RawFile", target: Target, *, is_other_pellet: bool = False) -> list[_Stored]:
    """Return the sweeps of a file that need a new analysis when it belongs to `target`."""
    geometry = _complete_geometry(target)
    current = {analysis.spectrum_id: analysis for analysis in reader.current_analyses(raw_file=file)}
    found = []
    for spectrum in reader.spectra(file):
        analysis = current.get(spectrum.id)
        if analysis is None:
            found.append(_Stored(spectrum, None, None))
        elif analysis.verdict != "rejected" and not reader.retractions(analysis):
            wanted = geometry.id if geometry else None
            loses_sigma = geometry is None and is_other_pellet and analysis.pellet_geometry_id is not None
            if loses_sigma or (geometry is not None and wanted != analysis.pellet_geometry_id):
                found.append(_Stored(spectrum, analysis, next(iter(reader.signatures(analysis)[-1:]), None)))
    return found


def _renew(lab: "Lab", stored: list[_Stored], target: Target) -> list[_Renewed]:
    """Compute the new analyses; only a sweep that never got one is fitted."""
    if not stored:
        return []
    shape, settings = eis_geometry(target.geometry, lab.settings), eis_settings(lab.settings)
    fresh = _fresh(lab, [item.spectrum for item in stored if item.analysis is None], target)
    renewed = []
    for item in stored:
        if item.analysis is None:
            renewed.append(_Renewed(item.spectrum.id, None, fresh[item.spectrum.id], None))
        else:
            analysis = analysis_of(item.analysis).with_geometry(shape, settings)
            is_carried = item.signature is not None and (
                item.signature.decision == "rejected" or analysis.verdict == item.analysis.verdict
            )
            renewed.append(
                _Renewed(item.spectrum.id, item.analysis.id, analysis, item.signature if is_carried else None)
            )
    return renewed


def _fresh(lab: "Lab", spectra: "list[StoredSpectrum]", target: Target) -> "dict[int, Analysis]":
    if not spectra:
        return {}
    file_id = spectra[0].raw_file_id
    analyses, _ = conclude(lab, target, [from_stored(spectrum) for spectrum in spectra], file_id=file_id)
    return {spectrum.id: analysis for spectrum, analysis in zip(spectra, analyses, strict=True)}


def _write(writer: "Writer", renewed: list[_Renewed], target: Target) -> None:
    for item in renewed:
        made = writer.add_analysis(item.spectrum_id, geometry=_complete_geometry(target), **columns(item.analysis))
        if item.signature is not None:
            reason = f"as analysis {item.replaces}, same fit with another geometry: {item.signature.reason}"
            writer.sign(made, item.signature.decision, reason=reason, who=item.signature.who)
