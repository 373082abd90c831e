"""Importing: the bytes into the vault, the numbers into the database, each file exactly once.

Reading and analysing come first; then one short transaction writes all of it or nothing. A process that dies anywhere
before leaves at most bytes in the vault, which the next import finds there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Progress, Refusal, Silent, plain
from nasicon_loop.lab.analysing import columns
from nasicon_loop.lab.completing import move_file
from nasicon_loop.lab.concluding import Batch, conclude
from nasicon_loop.lab.describing import brief, describe
from nasicon_loop.lab.reading import Incoming, ReadFile, read_spectra, take
from nasicon_loop.lab.results import ImportResult
from nasicon_loop.lab.targets import How, Target, find_target, given_target
from nasicon_loop.lab.vault import VaultTrouble
from nasicon_loop.lab.walking import walk

if TYPE_CHECKING:
    from db import RawFile, Reader, StoredAnalysis, Writer
    from nasicon_loop.eis import Analysis
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.vault import Vault

_STORED = "these bytes are stored already (file {}, first seen as {})"
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
    """Import files, and the files in folders, one after the other; a refused one does not stop the others.

    Each has its result, also those that were not tried because the database failed. Raises Refusal when nothing was
    done: for a label that does not exist, or when the database fails at the first file.
    """
    found = [file for path in paths for file in _expanded(lab, path)]
    bar = progress or Silent()
    bar.start("importing", len(found))
    results: list[ImportResult] = []
    for path in found:
        try:
            result = import_file(
                lab, path, sample_label=sample_label, temperature_c=temperature_c, temperature_c_sd=temperature_c_sd
            )
        except Refusal as refusal:  # the database: what holds up one file holds up all that come after it
            if not results:
                raise
            left = (plain(one) for one in found[len(results) :])
            results += [ImportResult(one, "refused", refusal=f"not imported: {refusal}") for one in left]
            break
        results.append(result)
        bar.advance(detail=plain(path.name))
    bar.finish()
    return results


def refuse_odd_temperature(temperature_c: float | None) -> None:
    """Refuse what no impedance was ever measured at, before anything is kept; nan and infinities too."""
    if temperature_c is not None and not -200.0 <= temperature_c <= 1000.0:
        raise Refusal(f"{temperature_c:g} is no temperature of a measurement in °C (-200 to 1000)", "temperature")


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

    A file that cannot be read is kept and recorded with the reason; the result's `refusal` says it, and also when the
    vault does not take the bytes: then nothing of the file is kept. Raises Refusal, with nothing changed, for a label
    that does not exist and when the database cannot be written.
    """
    refuse_odd_temperature(temperature_c)
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
    try:
        return keep_file(lab, incoming, read, sample_label=sample_label, who=who)
    except VaultTrouble as trouble:
        return ImportResult(plain(path), "refused", refusal=f"not kept: {trouble}, then import it again")


def keep_file(
    lab: "Lab", incoming: Incoming, read: ReadFile, *, sample_label: str | None = None, who: str | None = None
) -> ImportResult:
    """Store what was read: bytes, spectra, owner, analyses. Raises Refusal when it cannot be stored."""
    return keep_files(lab, [(incoming, read)], sample_label=sample_label, who=who)[0]


def keep_files(
    lab: "Lab",
    items: Sequence[tuple[Incoming, ReadFile]],
    *,
    analyse: bool = True,
    sample_label: str | None = None,
    who: str | None = None,
) -> list[ImportResult]:
    """Store what was read from several files: all of them in one transaction, or none.

    Without `analyse` spectra are kept without analyses; the files then are "needs analysis" once their pellet is
    complete. Raises Refusal when it cannot be stored.
    """
    targets: dict[object, Target] = {}
    with lab.database.read() as reader:
        situations = [_situation(reader, incoming, read, sample_label, targets) for incoming, read in items]
    vault = lab.folder.open_vault()
    vault.add_all([incoming.data for incoming, _ in items])
    found: dict[int, ImportResult] = {}
    work: dict[int, _Work] = {}
    batch: Batch = []
    for place, ((incoming, read), there) in enumerate(zip(items, situations, strict=True)):
        if there.known is not None and not there.is_better_reading:
            found[place] = _again(lab, incoming, there, sample_label, who)
        else:
            is_grown = there.earlier is not None and _begins(incoming.data, vault, there.earlier.sha256)
            concluded = conclude(lab, there.target, read.spectra, batch=batch) if analyse else ([], ())
            work[place] = _Work(incoming, read, there, is_grown, *concluded)
    if work:
        how: How = "file name" if sample_label is None else "command"
        found |= _write(lab, work, how, who, is_brief=not analyse)
    return [found[place] for place in range(len(items))]


def _begins(data: bytes, vault: "Vault", sha256: str) -> bool:
    """Whether `data` begins with a content of the vault; one that the vault lost holds nothing up (`check` tells)."""
    try:
        return data.startswith(vault.read_bytes(sha256))
    except Refusal:
        return False


@dataclass(frozen=True, slots=True)
class _Work:
    """A file that is ready for the transaction; `is_grown` when it goes on where the earlier one at its path ends."""

    incoming: Incoming
    read: ReadFile
    there: "_Situation"
    is_grown: bool
    analyses: "list[Analysis]"
    remarks: tuple[str, ...]


def _write(lab: "Lab", work: dict[int, _Work], how: How, who: str | None, *, is_brief: bool) -> dict[int, ImportResult]:
    stored = {}
    with lab.database.write(who=who or lab.who) as writer:
        for place, one in work.items():
            file, is_new = _store(writer, one.incoming, one.read, one.there, analyses=one.analyses, how=how)
            if one.is_grown and one.there.earlier is not None:
                _take_back(writer, one.there.earlier, _GROWING.format(file.id))
            stored[place] = file, is_new
    with lab.database.read() as reader:
        return {
            place: _told(reader, work[place], file, is_new=is_new, is_brief=is_brief and is_new)
            for place, (file, is_new) in stored.items()
        }


def _told(reader: "Reader", one: _Work, file: "RawFile", *, is_new: bool, is_brief: bool) -> ImportResult:
    path, notes = one.incoming.key, _notes(one, file, is_new=is_new)
    earlier_id = None if one.there.earlier is None else one.there.earlier.id
    if is_brief and file.duplicate_of is None:
        return brief(reader, file, one.there.target, path=path, is_new=True, earlier_file_id=earlier_id, notes=notes)
    return describe(reader, file.id, path=path, is_new=is_new, notes=notes, earlier_file_id=earlier_id)


def _notes(one: _Work, file: "RawFile", *, is_new: bool) -> list[str]:
    notes = [*one.read.name.notes, *one.remarks]
    if one.there.earlier is not None:
        unfinished = " unfinished: what was concluded from it is taken back" if one.is_grown else ""
        notes.append(f"other content than file {one.there.earlier.id}, which was at this path before{unfinished}")
    if not is_new and one.there.known is None:
        notes.append(_STORED.format(file.id, file.name))
    return notes


@dataclass(frozen=True, slots=True)
class _Situation:
    """What the database knows before a file is stored."""

    known: "RawFile | None"
    earlier: "RawFile | None"
    target: Target
    is_better_reading: bool


def _situation(
    reader: "Reader", incoming: Incoming, read: ReadFile, sample_label: str | None, targets: dict[object, Target]
) -> _Situation:
    known = reader.file_by_sha(incoming.sha256)
    seen = reader.sighting(incoming.key)
    earlier = None
    if seen is not None and (known is None or seen.raw_file_id != known.id):
        earlier = reader.file(seen.raw_file_id)
    key = (sample_label, read.name.problem, read.name.label, read.name.pellet_number)
    if key not in targets:  # many files have one owner
        targets[key] = _target(reader, read, sample_label)
    is_better = known is not None and known.refusal is not None and read.refusal is None
    return _Situation(known, earlier, targets[key], is_better)


def _target(reader: "Reader", read: ReadFile, sample_label: str | None) -> Target:
    if sample_label is not None:
        return given_target(reader, sample_label)
    if read.name.problem is not None:
        return Target(waits_for=read.name.problem)
    return find_target(reader, read.name.label, read.name.pellet_number)


def _again(
    lab: "Lab", incoming: Incoming, there: _Situation, sample_label: str | None, who: str | None
) -> ImportResult:
    """The bytes are known: note where they were seen, and give the file its owner when one is told now.

    The vault has them by now, also when it had lost or damaged them.
    """
    assert there.known is not None  # noqa: S101 - narrows the type; the caller looked
    file = there.known
    with lab.database.write(who=who or lab.who) as writer:
        writer.add_sighting(file, incoming.key, mtime_ns=incoming.mtime_ns, size_bytes=incoming.size_bytes)
    notes = [_STORED.format(file.id, file.name)]
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
    store_spectra(writer, file, read, there.target, analyses, how=how)
    return file, is_new


def store_spectra(
    writer: "Writer", file: "RawFile", read: ReadFile, target: Target, analyses: "Sequence[Analysis]", *, how: How
) -> "list[StoredAnalysis]":
    """Store what stands under a file's newest reading: owner, spectra, and the analyses that there are."""
    if target.sample is not None and writer.assignment(file) is None:
        writer.assign(file, sample=target.sample, pellet=target.pellet, how=how)
    if file.refusal is not None or file.duplicate_of is not None:
        return []
    made = []
    for sweep, (spectrum, analysis) in enumerate(zip_longest(read.spectra, analyses), start=1):
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
        if analysis is not None:
            used = target.geometry if analysis.geometry is not None else None
            made.append(writer.add_analysis(stored, geometry=used, **columns(analysis)))
    return made


def _take_back(writer: "Writer", file: "RawFile", reason: str) -> None:
    for analysis in writer.current_analyses(raw_file=file, with_document=False):
        if not writer.retractions(analysis):
            writer.retract(analysis, reason=reason)


def _expanded(lab: "Lab", path: Path) -> Iterator[Path]:
    rules = lab.settings.watch
    try:
        if not path.is_dir() or path.is_symlink():
            yield path
            return
        for seen in walk(path, rules.ignore, rules.max_depth):
            yield seen.path
    except OSError:
        yield path  # it is then refused by name
