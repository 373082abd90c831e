"""Reading files again after their reader changed: from the vault, once per version, beside the earlier reading.

Where today's reader gives the same numbers, that is noted and nothing else happens. Where it gives others, or takes
what none took before, the file gets a new reading with new analyses; what a person took back or rejected stays so.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal
from nasicon_loop.lab.concluding import conclude
from nasicon_loop.lab.describing import describe, stored_target
from nasicon_loop.lab.importing import store_spectra
from nasicon_loop.lab.reading import Incoming, ReadFile, read_spectra
from nasicon_loop.lab.results import ImportResult
from nasicon_loop.lab.scan import FAULTS

if TYPE_CHECKING:
    from threading import Event

    from db import RawFile, Reader, StoredAnalysis, StoredSpectrum, Writer
    from nasicon_loop.lab.context import Lab

CONFIRMED = "file.confirmed"
AUTOMATIC = "nasicon"


@dataclass(frozen=True, slots=True)
class _Closed:
    """That a person took a sweep's analysis back, or rejected it."""

    sweep: int
    analysis_id: int
    is_retracted: bool
    who: str
    reason: str


def read_again(
    lab: "Lab",
    *,
    on_result: Callable[[ImportResult], None] | None = None,
    on_fault: Callable[[Exception], None] | None = None,
    stop: "Event | None" = None,
) -> list[ImportResult]:
    """Read what older readers read or refused; return the files that say something else now.

    A file that today's reader refuses keeps its earlier reading, with a note. Ended in between by `stop`, the next
    call goes on where this one was. A fault of a reader is told to `on_fault`; the other files are read all the same.
    """
    with lab.database.read() as reader:
        stale = list(_stale(reader))
    done = []
    for file, by in stale:
        if stop is not None and stop.is_set():
            break
        try:
            result = _again(lab, file, by)
        except FAULTS as fault:
            result = None
            if on_fault is not None:
                on_fault(fault)
        if result is not None:
            done.append(result)
            if on_result is not None:
                on_result(result)
    return done


def n_read_by_older(lab: "Lab") -> int:
    """Return how many files were read by other versions of their readers than today's."""
    with lab.database.read() as reader:
        return sum(file.refusal is None for file, _ in _stale(reader))


def _stale(reader: "Reader") -> "Iterator[tuple[RawFile, str]]":
    """Yield files that today's readers have not read yet, with the words that say who has to."""
    import instruments

    versions = {one.name: one.version for one in instruments.available_readers()}
    everybody = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    confirmed: dict[int, object] = {}
    for line in reader.journal(event=CONFIRMED, limit=None):  # newest first
        confirmed.setdefault(line.subject_id, line.data["by"])
    for file in reader.files():
        if file.refusal is not None:
            by = everybody
        elif file.reader is None or versions.get(file.reader, file.reader_version) == file.reader_version:
            continue  # read by today's version, or by a plug-in that is gone
        else:
            by = f"{file.reader} {versions[file.reader]}"
        if confirmed.get(file.id) != by:
            yield file, by


def _again(lab: "Lab", file: "RawFile", by: str) -> ImportResult | None:
    try:
        data = lab.folder.open_vault().read_bytes(file.sha256)
    except Refusal:
        return None  # `nasicon db check` tells
    with lab.database.read() as reader:
        stored, prefix = reader.spectra(file), reader.lab.label_prefix
    given = next((one for one in stored if one.temperature_source == "command"), None)
    read = read_spectra(
        Incoming(Path(file.name), file.name, data, file.sha256, 0),
        prefix,
        lab.settings,
        None if given is None else given.temperature_c,
        None if given is None else given.temperature_c_sd,
    )
    if read.refusal is not None or _is_same(file, stored, read):
        with lab.database.write(who=lab.who) as writer:
            writer.confirm_reading(file, by=by)
        return _still_refused(lab, file, read.refusal)
    return _renewed(lab, file, read)


def _is_same(file: "RawFile", stored: "Sequence[StoredSpectrum]", read: ReadFile) -> bool:
    if file.refusal is not None or file.numbers_sha256 != read.numbers_sha256:
        return False
    if file.duplicate_of is not None:
        return True
    pairs = zip(stored, read.spectra, strict=False)
    told = all("file" not in (old.temperature_source, new.temperature_source)
               or old.temperature_c == new.temperature_c for old, new in pairs)  # fmt: skip
    return told and len(stored) == len(read.spectra)


def _still_refused(lab: "Lab", file: "RawFile", refusal: str | None) -> ImportResult | None:
    if refusal is None or file.refusal is not None:
        return None
    note = f"today's reader refuses it ({refusal}); what {file.reader} {file.reader_version} read stays"
    with lab.database.read() as reader:
        return describe(reader, file.id, notes=[note])


def _renewed(lab: "Lab", file: "RawFile", read: ReadFile) -> ImportResult:
    with lab.database.read() as reader:
        target = stored_target(reader, file)
        closed, by_hand = list(_closed(reader, file)), _by_hand(reader, file)
        n_before = len(reader.spectrum_heads(file))
    analyses, remarks = conclude(lab, target, read.spectra, file_id=file.id) if lab.settings.watch.analyse else ([], ())
    with lab.database.write(who=lab.who) as writer:
        if writer.file(file.id).reading_id == file.reading_id:  # else somebody was faster
            new = writer.add_reading(
                file, numbers_sha256=read.numbers_sha256, reader=read.reader, reader_version=read.reader_version
            )
            made = store_spectra(writer, new, read, target, analyses, how="file name")
            _close_again(writer, closed, made, is_other_count=n_before != len(made))
    before = "refused before" if file.refusal is not None else f"other numbers than by {file.reader_version}"
    note = f"read anew by {read.reader} {read.reader_version}: {before}"
    with lab.database.read() as reader:
        return describe(reader, file.id, notes=[note, *by_hand, *remarks])


def _closed(reader: "Reader", file: "RawFile") -> Iterator[_Closed]:
    sweep_of = {head.id: head.sweep for head in reader.spectrum_heads(file)}
    for old in reader.current_analyses(raw_file=file, with_document=False):
        sweep = sweep_of[old.spectrum_id]
        for back in reader.retractions(old)[-1:]:
            yield _Closed(sweep, old.id, True, back.who, back.reason)
        for said in reader.signatures(old)[-1:]:
            if said.decision == "rejected":
                yield _Closed(sweep, old.id, False, said.who, said.reason)


def _by_hand(reader: "Reader", file: "RawFile") -> list[str]:
    current = reader.current_analyses(raw_file=file, with_document=False)
    return [
        f"the fit by hand of {one.made_by} (analysis {one.id}) was of the earlier numbers and counts no longer"
        for one in current
        if one.made_by != AUTOMATIC
    ]


def _close_again(
    writer: "Writer", closed: Sequence[_Closed], made: "Sequence[StoredAnalysis]", *, is_other_count: bool
) -> None:
    """What a person closed stays closed; where sweeps cannot be told apart any more, in all of the file's."""
    for sweep, analysis in enumerate(made, start=1):
        mine = [one for one in closed if one.sweep == sweep or is_other_count]
        for one in mine[:1]:
            reason = f"as analysis {one.analysis_id}, read anew: {one.reason}"
            if one.is_retracted:
                writer.retract(analysis, reason=reason, who=one.who)
            else:
                writer.sign(analysis, "rejected", reason=reason, who=one.who)
