"""One look through the inbox: what is new and has come to rest is imported, exactly once.

The truth is what lies in the folder and what the database has seen; file events are never needed.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.importing import keep_files
from nasicon_loop.lab.reading import ChangedMeanwhile, Incoming, ReadFile, read_spectra, take
from nasicon_loop.lab.results import ImportResult
from nasicon_loop.lab.walking import Seen, look, walk

if TYPE_CHECKING:
    from threading import Event

    from nasicon_loop.lab.context import Lab

OnResult = Callable[[ImportResult], None]
OnFault = Callable[[Exception], None]

FAULTS = (ArithmeticError, AssertionError, AttributeError, BufferError, LookupError, MemoryError, NameError,
          RuntimeError, SyntaxError, TypeError, ValueError)  # fmt: skip
"""What a fault of ours, or of a plug-in, raises. A watch runs for weeks: one file must not end it."""
_MAX_BATCH_FILES, _MAX_BATCH_BYTES = 64, 8_000_000
"""Files that are stored in one transaction when they are not analysed: flushing the disk costs more than the rest."""
_FAULT = "could not be imported because of a fault in this program or a plug-in; please report it"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that is not read yet, and why; `is_trouble` when waiting alone does not help (disk full, no rights)."""

    path: str
    reason: str
    is_trouble: bool = False


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What one look gave. `unreachable` says why the inbox could not be listed; then nothing else is known.

    `passed_over` is what will never be read as it lies there: links, pipes, folders that are too deep or closed.
    """

    results: tuple[ImportResult, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    n_files: int = 0
    unreachable: str | None = None
    next_look_seconds: float | None = None
    passed_over: tuple[Waiting, ...] = ()


@dataclass(slots=True)
class _Watched:
    stamp: tuple[int, int]
    since: float
    ctime_ns: int
    reason: str = "has just changed"
    is_trouble: bool = False
    is_hopeless: bool = False


@dataclass(frozen=True, slots=True)
class _Ready:
    """A file that was read and is to be stored."""

    key: str
    item: _Watched
    incoming: Incoming
    read: ReadFile


@dataclass(slots=True)
class ScanMemory:
    """What is known between two looks: stamps of files that are done, and since when the others stand still.

    `recorded` has the times of change of the files' records in the file system, which nobody can set: other content
    of the same size and the same time, as some copying programs leave it, shows there.
    """

    done: dict[str, tuple[int, int]] = field(default_factory=dict)
    watched: dict[str, _Watched] = field(default_factory=dict)
    recorded: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, lab: "Lab") -> "ScanMemory":
        """Return a memory that knows every file the database has seen."""
        with lab.database.read() as reader:
            sightings = reader.sightings()
        return cls({key: (sighting.size_bytes, sighting.mtime_ns) for key, sighting in sightings.items()})

    def is_done(self, key: str, seen: Seen) -> bool:
        """Whether a file is as it was when it was done."""
        if self.done.get(key) != seen.stamp:
            return False
        return self.recorded.setdefault(key, seen.ctime_ns) == seen.ctime_ns


def scan_once(
    lab: "Lab",
    memory: ScanMemory | None = None,
    *,
    on_result: OnResult | None = None,
    on_fault: OnFault | None = None,
    stop: "Event | None" = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> ScanReport:
    """Import what is new in the inbox and stands still; return what was done and what waits.

    A file is read when its size and time of change stayed the same for `settle_seconds` of our own clock. One that
    looks unfinished then (last line open, or no reader takes it) gets until `patience_seconds`. Without a `memory` this
    looks twice, `settle_seconds` apart; a watch keeps its memory and looks again.

    A file that cannot be opened or stored now waits and holds up no other; a fault of ours in one is told to
    `on_fault` and makes a refusal of that file, which is not stored. Raises Refusal when the database cannot be
    read.
    """
    if memory is not None:
        return _Pass(lab, memory, clock, on_result=on_result, on_fault=on_fault, stop=stop).run()
    memory = ScanMemory.of(lab)
    first = _Pass(lab, memory, clock, on_result=on_result, on_fault=on_fault, stop=stop).run()
    if not first.waiting or lab.settings.watch.settle_seconds == 0:
        return first
    sleep(lab.settings.watch.settle_seconds)
    second = _Pass(lab, memory, clock, on_result=on_result, on_fault=on_fault, stop=stop).run()
    return ScanReport(first.results + second.results, second.waiting, second.n_files, second.unreachable)


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies in the inbox beside the files that are done: new ones, and what is passed over with the reason."""

    new: tuple[str, ...] = ()
    new_for_seconds: float = 0.0
    passed_over: tuple[Waiting, ...] = ()


def lying_in_inbox(lab: "Lab", *, now: Callable[[], float] = time.time) -> Lying:
    """Look at the inbox without opening anything. `new_for_seconds` is since the youngest new file last changed."""
    known, rules = ScanMemory.of(lab).done, lab.settings.watch
    passed: list[Waiting] = []

    def pass_over(path: Path, reason: str) -> None:
        passed.append(Waiting(plain(lab.folder.portable(path)), reason))

    try:
        files = [
            (lab.folder.portable(seen.path), seen)
            for seen in walk(lab.folder.inbox, rules.ignore, rules.max_depth, pass_over)
        ]
    except OSError:
        return Lying()  # a missing inbox is told elsewhere
    new = [(key, seen) for key, seen in files if known.get(key) != seen.stamp]
    youngest = max((seen.ctime_ns for _, seen in new), default=0) / 1e9
    return Lying(tuple(key for key, _ in new), max(0.0, now() - youngest), tuple(passed))


class _Pass:
    """One look through the inbox."""

    def __init__(
        self,
        lab: "Lab",
        memory: ScanMemory,
        clock: Callable[[], float],
        *,
        on_result: OnResult | None,
        on_fault: OnFault | None,
        stop: "Event | None",
    ) -> None:
        self._lab = lab
        self._memory = memory
        self._on_result = on_result
        self._on_fault = on_fault
        self._stop = stop
        self._clock = clock
        self._rules = lab.settings.watch
        self._ready: list[_Ready] = []
        self._results: list[ImportResult] = []
        self._passed_over: list[Waiting] = []
        with lab.database.read() as reader:
            self._prefix = reader.lab.label_prefix

    def run(self) -> ScanReport:
        """Look at every file once."""
        try:
            files = {
                self._lab.folder.portable(seen.path): seen
                for seen in walk(self._lab.folder.inbox, self._rules.ignore, self._rules.max_depth, self._pass_over)
            }
        except OSError as error:
            return ScanReport(unreachable=f"{self._lab.folder.inbox}: {error.strerror or error}")
        for gone in self._memory.watched.keys() - files.keys():
            del self._memory.watched[gone]
        for key, seen in files.items():
            if self._stop is not None and self._stop.is_set():
                break
            if not self._memory.is_done(key, seen):
                self._consider(key, seen)
        self._store()
        return ScanReport(
            tuple(self._results),
            self._waiting(),
            len(files),
            next_look_seconds=self._soonest(),
            passed_over=tuple(self._passed_over),
        )

    def _pass_over(self, path: Path, reason: str) -> None:
        self._passed_over.append(Waiting(plain(self._lab.folder.portable(path)), reason, is_trouble=True))

    def _waiting(self) -> tuple[Waiting, ...]:
        watched = sorted(self._memory.watched.items())
        return tuple(
            Waiting(plain(key), plain(item.reason), item.is_trouble) for key, item in watched if not item.is_hopeless
        )

    def _consider(self, key: str, seen: Seen) -> None:
        item = self._memory.watched.get(key)
        fresh = look(seen.path)  # a listing may be old (network shares, files held open on Windows)
        if fresh is None or self._memory.is_done(key, fresh):
            self._memory.watched.pop(key, None)
            return
        if item is None or item.stamp != fresh.stamp:
            item = self._memory.watched[key] = _Watched(fresh.stamp, self._clock(), fresh.ctime_ns)
        item.ctime_ns = fresh.ctime_ns
        item.is_trouble = False
        if item.is_hopeless or self._clock() - item.since < self._rules.settle_seconds:
            return
        with self._guard(key, item):
            ready = self._read(key, fresh.path, item)
            if ready is not None:
                self._ready.append(ready)
        n_bytes = sum(ready.incoming.size_bytes for ready in self._ready)
        if self._rules.analyse or len(self._ready) >= _MAX_BATCH_FILES or n_bytes >= _MAX_BATCH_BYTES:
            self._store()

    @contextmanager
    def _guard(self, key: str, item: _Watched) -> Iterator[None]:
        """Let a file that cannot be taken now wait, and tell a fault of ours as a refusal of that file."""
        try:
            yield
        except (Refusal, OSError) as error:
            item.is_trouble = True
            item.reason = f"cannot be opened or stored now ({getattr(error, 'strerror', None) or error})"
        except FAULTS as fault:
            if self._on_fault is not None:
                self._on_fault(fault)
            self._tell_hopeless(key, item, plain(f"{_FAULT} ({type(fault).__name__}: {fault})"))

    def _tell_hopeless(self, key: str, item: _Watched, reason: str) -> None:
        """Nothing was stored; told once, and again when the file changes."""
        item.is_hopeless, item.reason = True, reason
        self._tell(ImportResult(plain(key), "refused", refusal=reason))

    def _tell(self, result: ImportResult) -> None:
        self._results.append(result)
        if self._on_result is not None:
            self._on_result(result)

    def _store(self) -> None:
        """Store what is ready in one transaction; when that fails, one after the other."""
        batch, self._ready = self._ready, []
        if len(batch) > 1:
            try:
                results = self._keep(batch)
            except (Refusal, OSError, *FAULTS):
                pass  # whose fault it was shows below
            else:
                for ready, result in zip(batch, results, strict=True):
                    self._settle(ready, result)
                return
        for ready in batch:
            with self._guard(ready.key, ready.item):
                self._settle(ready, self._keep([ready])[0])

    def _keep(self, batch: list[_Ready]) -> list[ImportResult]:
        items = [(ready.incoming, ready.read) for ready in batch]
        return keep_files(self._lab, items, analyse=self._rules.analyse)

    def _settle(self, ready: _Ready, result: ImportResult) -> None:
        self._is_done(ready.key, ready.item)
        self._tell(result)

    def _is_done(self, key: str, item: _Watched) -> None:
        self._memory.done[key] = item.stamp
        self._memory.recorded[key] = item.ctime_ns
        self._memory.watched.pop(key, None)

    def _read(self, key: str, path: Path, item: _Watched) -> _Ready | None:
        incoming = self._taken(key, path, item)
        if incoming is None:
            return None
        is_patient = self._clock() - item.since >= self._rules.patience_seconds
        if incoming.looks_unfinished and not is_patient and not self._is_known(incoming):
            item.reason = "its last line is still open"
            return None
        read = read_spectra(incoming, self._prefix, self._lab.settings)
        if read.refusal is not None and not is_patient and not self._is_known(incoming):
            item.reason = f"cannot be read yet: {read.refusal}"
            return None
        return _Ready(key, item, incoming, read)

    def _taken(self, key: str, path: Path, item: _Watched) -> Incoming | None:
        try:
            incoming = take(path, key)
        except ChangedMeanwhile:
            return None  # the next look finds another stamp
        except Refusal as refusal:
            self._tell_hopeless(key, item, refusal.reason)
            return None
        if (incoming.size_bytes, incoming.mtime_ns) != item.stamp:
            item.stamp, item.since = (incoming.size_bytes, incoming.mtime_ns), self._clock()
            return None
        if self._memory.done.get(key) == item.stamp and self._is_as_seen(incoming):
            self._is_done(key, item)  # renamed, given other rights, linked to: the bytes are the same
            return None
        return incoming

    def _is_as_seen(self, incoming: Incoming) -> bool:
        with self._lab.database.read() as reader:
            seen = reader.sighting(incoming.key)
            return seen is not None and reader.file(seen.raw_file_id).sha256 == incoming.sha256

    def _is_known(self, incoming: Incoming) -> bool:
        with self._lab.database.read() as reader:
            return reader.file_by_sha(incoming.sha256) is not None

    def _soonest(self) -> float | None:
        """Seconds until some file that waits may have come to rest."""
        now = self._clock()
        moments = []
        for item in self._memory.watched.values():
            if not item.is_hopeless:
                quiet = now - item.since
                limit = self._rules.settle_seconds
                moments.append((limit if quiet < limit else self._rules.patience_seconds) - quiet)
        positive = [moment for moment in moments if moment > 0]
        return min(positive, default=None)
