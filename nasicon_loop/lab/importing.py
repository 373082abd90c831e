"""Importing: the bytes into the vault, the numbers into the database, each file exactly once.

Reading and analysing come first; then one short transaction writes all of it or nothing. A process that dies anywhere
before leaves at most bytes in the vault, which the next import finds there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Progress, Refusal, Silent, plain
from nasicon_loop.lab.analysing import columns
from nasicon_loop.lab.completing import move_file
from nasicon_loop.lab.describing import describe
from nasicon_loop.lab.reading import Incoming, ReadFile, analyse_all, read_spectra, take
from nasicon_loop.lab.results import ImportResult
from nasicon_loop.lab.targets import How, Target, find_target, given_target
from nasicon_loop.lab.walking import walk

if TYPE_CHECKING:
    from db import RawFile, Reader, Writer
    from nasicon_loop.eis import Analysis
    from nasicon_loop.lab.context import Lab

_GROWING = "the file was still being written when it was read; replaced by file {}"


def import_files(
    lab: "Lab",
    paths: Sequence[Path],
    *,
    sample_label: str | None = None,
    temperature_c: float | None = None,
    temperature_c_sd: float | None = None,
    progress: Progress | None = None,
) -> list[ImportResult]:
    """Import files, and the files in folders, one after the other; a refused one does not stop the others."""
    found = [file for path in paths for file in _expanded(lab, path)]
    bar = progress or Silent()
    bar.start("importing", len(found))
    results = []
    for path in found:
        results.append(
            import_file(
                lab, path, sample_label=sample_label, temperature_c=temperature_c, temperature_c_sd=temperature_c_sd
            )
        )
        bar.advance(detail=plain(path.name))
    bar.finish()
    return results


def import_file(
    lab: "Lab",
    path: Path,
    *,
    sample_label: str | None = None,
    temperature_c: float | None = None,
    temperature_c_sd: float | None = None,
    who: str | None = None,
) -> ImportResult:
    """Import one file now, whether it lies in the inbox or anywhere else.

    The owner is `sample_label` ("NL-0001" or "NL-0001-P2"), else what the name tells, else nobody: the file then is
    "unassigned". The temperature is the file's, else the name's, else `temperature_c` (°C, with its sd), else that of
    lab.toml. Bytes that are there already make no second record; with `sample_label` a file that waits for its owner
    gets it.

    A file that cannot be read is kept and recorded with the reason; the result's `refusal` says it. Raises Refusal,
    with nothing changed, for a label that does not exist and when the database cannot be written.
    """
    with lab.database.read() as reader:
        prefix = reader.lab.label_prefix
        if sample_label is not None:
            given_target(reader, sample_label)
    try:
        incoming = take(path, lab.folder.portable(path))
    except Refusal as refusal:
        return ImportResult(plain(path), "refused", refusal=refusal.reason)
    except OSError as error:
        return ImportResult(plain(path), "refused", refusal=f"cannot be opened ({error.strerror or error})")
    read = read_spectra(incoming, prefix, lab.settings, temperature_c, temperature_c_sd)
    return keep_file(lab, incoming, read, sample_label=sample_label, who=who)


def keep_file(
    lab: "Lab", incoming: Incoming, read: ReadFile, *, sample_label: str | None = None, who: str | None = None
) -> ImportResult:
    """Store what was read: bytes, spectra, owner, analyses. Raises Refusal or OSError when it cannot be stored."""
    with lab.database.read() as reader:
        there = _situation(reader, incoming, read, sample_label)
    if there.known is not None and not there.is_better_reading:
        return _again(lab, incoming, there, sample_label, who)
    vault = lab.folder.open_vault()
    vault.add(incoming.data)
    is_grown = there.earlier is not None and incoming.data.startswith(vault.read_bytes(there.earlier.sha256))
    analyses, problem = analyse_all(read.spectra, there.target.geometry, lab.settings)
    how: How = "file name" if sample_label is None else "command"
    with lab.database.write(who=who or lab.who) as writer:
        file, is_new = _store(writer, incoming, read, there, analyses=analyses, how=how)
        if is_grown and there.earlier is not None:
            _take_back(writer, there.earlier, _GROWING.format(file.id))
    notes = [*read.name.notes, *([f"{there.target.label}: {problem}"] if problem else [])]
    if there.earlier is not None:
        notes.append(
            f"other content than file {there.earlier.id}, which was at this path before"
            + (" unfinished: what was concluded from it is taken back" if is_grown else "")
        )
    with lab.database.read() as reader:
        return describe(
            reader,
            file.id,
            path=incoming.key,
            is_new=is_new,
            notes=notes,
            earlier_file_id=there.earlier.id if there.earlier else None,
        )


@dataclass(frozen=True, slots=True)
class _Situation:
    """What the database knows before a file is stored."""

    known: "RawFile | None"
    earlier: "RawFile | None"
    target: Target
    is_better_reading: bool


def _situation(reader: "Reader", incoming: Incoming, read: ReadFile, sample_label: str | None) -> _Situation:
    known = reader.file_by_sha(incoming.sha256)
    seen = reader.sighting(incoming.key)
    earlier = None
    if seen is not None and (known is None or seen.raw_file_id != known.id):
        earlier = reader.file(seen.raw_file_id)
    if sample_label is not None:
        target = given_target(reader, sample_label)
    elif read.name.problem is not None:
        target = Target(waits_for=read.name.problem)
    else:
        target = find_target(reader, read.name.label, read.name.pellet_number)
    is_better = known is not None and known.refusal is not None and read.refusal is None
    return _Situation(known, earlier, target, is_better)


def _again(
    lab: "Lab", incoming: Incoming, there: _Situation, sample_label: str | None, who: str | None
) -> ImportResult:
    """The bytes are known: note where they were seen, and give the file its owner when one is told now."""
    assert there.known is not None  # noqa: S101 - narrows the type; the caller looked
    file = there.known
    with lab.database.write(who=who or lab.who) as writer:
        writer.add_sighting(file, incoming.key, mtime_ns=incoming.mtime_ns, size_bytes=incoming.size_bytes)
    notes = [f"these bytes are stored already (file {file.id}, first seen as {file.name})"]
    with lab.database.read() as reader:
        state, assignment = reader.file_state(file), reader.assignment(file)
        present = describe(reader, file.id).label
    is_free = state in ("unassigned", "needs pellet") if sample_label else state == "unassigned" and assignment is None
    if is_free and there.target.sample is not None:
        move_file(lab, file.id, there.target, "command" if sample_label else "file name", who)
    elif there.target.sample is not None and present and not present.startswith(there.target.sample.label):
        notes.append(f"it belongs to {present} and stays there, not to {there.target.label}; assign it to move it")
    with lab.database.read() as reader:
        return describe(reader, file.id, path=incoming.key, notes=notes)


def _store(
    writer: "Writer",
    incoming: Incoming,
    read: ReadFile,
    there: _Situation,
    *,
    analyses: "Sequence[Analysis]",
    how: How,
) -> "tuple[RawFile, bool]":
    reading = {
        "numbers_sha256": read.numbers_sha256,
        "reader": read.reader,
        "reader_version": read.reader_version,
        "refusal": read.refusal,
    }
    file, is_new = writer.add_file(incoming.sha256, size_bytes=incoming.size_bytes, name=incoming.name, **reading)
    writer.add_sighting(file, incoming.key, mtime_ns=incoming.mtime_ns, size_bytes=incoming.size_bytes)
    if not is_new:
        if not (there.is_better_reading and file.refusal is not None):
            return file, False  # another process was faster
        file = writer.add_reading(file, **reading)
    target = there.target
    if target.sample is not None and writer.assignment(file) is None:
        writer.assign(file, sample=target.sample, pellet=target.pellet, how=how)
    if file.refusal is None and file.duplicate_of is None:
        for sweep, (spectrum, analysis) in enumerate(zip(read.spectra, analyses, strict=True), start=1):
            stored = writer.add_spectrum(
                file,
                sweep,
                frequency_hz=spectrum.frequency_hz,
                impedance_ohm=spectrum.impedance_ohm,
                metadata=dict(spectrum.metadata) | {"name_sweep": read.name.sweep},
                temperature_c=spectrum.temperature_c,
                temperature_c_sd=spectrum.temperature_c_sd,
                temperature_source=spectrum.temperature_source,
            )
            used = target.geometry if analysis.geometry is not None else None
            writer.add_analysis(stored, geometry=used, **columns(analysis))
    return file, is_new


def _take_back(writer: "Writer", file: "RawFile", reason: str) -> None:
    for analysis in writer.current_analyses(raw_file=file, with_document=False):
        if not writer.retractions(analysis):
            writer.retract(analysis, reason=reason)


def _expanded(lab: "Lab", path: Path) -> Iterator[Path]:
    if not path.is_dir() or path.is_symlink():
        yield path
        return
    rules = lab.settings.watch
    try:
        for seen in walk(path, rules.ignore, rules.max_depth):
            yield seen.path
    except OSError:
        yield path  # it is then refused by name
