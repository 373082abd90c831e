"""What is known of a stored file, as the result of whatever was done with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nasicon_loop.core import plain
from nasicon_loop.lab.names import read_name, split_label
from nasicon_loop.lab.results import ImportResult, SweepResult
from nasicon_loop.lab.targets import Target, find_target, with_geometry

if TYPE_CHECKING:
    from db import FileStateName, RawFile, Reader
    from nasicon_loop.lab.context import Lab

PENDING: "tuple[FileStateName, ...]" = ("unassigned", "needs pellet", "needs geometry", "needs analysis", "held")
"""States in which a person, or a completion, has something to do."""


def stored_target(reader: "Reader", file: "RawFile") -> Target:
    """Return a file's owner: as assigned, and for what the assignment leaves open as the name tells."""
    assignment = reader.assignment(file)
    name = read_name(file.name, reader.lab.label_prefix)
    if assignment is None:
        return Target(waits_for=name.problem) if name.problem else find_target(reader, name.label, name.pellet_number)
    if assignment.sample_id is None:
        return Target(waits_for="taken from its sample by hand: say whose it is with `nasicon inbox assign`")
    sample = reader.sample_by_id(assignment.sample_id)
    if assignment.pellet_id is not None:
        return with_geometry(reader, sample, reader.pellet_by_id(assignment.pellet_id))
    named = split_label(sample.label, reader.lab.label_prefix)
    is_of_name = named is not None and name.label is not None and named[0] == name.label
    return find_target(reader, sample.label, name.pellet_number if is_of_name else None)


def describe(
    reader: "Reader",
    file_id: int,
    *,
    path: str | None = None,
    is_new: bool = False,
    earlier_file_id: int | None = None,
    notes: Sequence[str] = (),
) -> ImportResult:
    """Return what the database knows of a file, with the current analysis of each sweep."""
    file = reader.file(file_id)
    state = reader.file_state(file)
    target = stored_target(reader, file)
    assignment = reader.assignment(file)
    analyses = {
        analysis.spectrum_id: analysis for analysis in reader.current_analyses(raw_file=file, with_document=False)
    }
    sweeps = tuple(
        SweepResult.of(head, analyses[head.id]) for head in reader.spectrum_heads(file) if head.id in analyses
    )
    said = list(notes)
    if file.duplicate_of is not None:
        first = reader.file(file.duplicate_of)
        said.append(f"the same measurement as {first.name} (file {first.id}), exported again: it does not count twice")
    return ImportResult(
        file=plain(path or file.name),
        state=state,
        file_id=file.id,
        sha256=file.sha256,
        label=target.label if assignment is not None else None,
        is_new=is_new,
        refusal=file.refusal,
        waits_for=_waits_for(state, target, has_analysis=bool(sweeps)),
        earlier_file_id=earlier_file_id,
        notes=tuple(said),
        sweeps=sweeps,
    )


def brief(
    reader: "Reader",
    file: "RawFile",
    target: Target,
    *,
    path: str,
    is_new: bool,
    earlier_file_id: int | None = None,
    notes: Sequence[str] = (),
) -> ImportResult:
    """Return what `describe` does for a file that was stored a moment ago, for `target` and without analyses.

    It asks the database one thing instead of ten: thousands of files come this way at once.
    """
    state = reader.file_state(file)
    label = target.label if target.sample is not None else None
    waits_for = _waits_for(state, target, has_analysis=False)
    return ImportResult(
        plain(path), state, file.id, file.sha256, label, is_new, file.refusal, waits_for, earlier_file_id, tuple(notes)
    )


def _waits_for(state: str, target: Target, *, has_analysis: bool) -> str | None:
    if state == "needs analysis" and not has_analysis:
        return "its analysis: set `[watch] analyse = true` in lab.toml and run `nasicon watch`"
    if state == "held":
        return "a signature under its analysis: `nasicon analysis accept` or `reject`"
    if state == "needs analysis":
        return "a conductivity with the pellet's newest geometry: check thickness and electrode diameter (cm)"
    if state in PENDING:
        return target.waits_for or "say whose it is with `nasicon inbox assign`"
    return None


def files(lab: "Lab", state: "FileStateName | None" = None, *, limit: int | None = None) -> list[ImportResult]:
    """Return the imported files, oldest first, all or those in one state."""
    with lab.database.read() as reader:
        return [describe(reader, file.id) for file in reader.files(state, limit=limit)]
