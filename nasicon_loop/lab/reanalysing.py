"""Analysing everything again after the engine changed: new analyses beside the old ones, file by file.

Whatever was done by an older engine is done anew and written in small steps: a run that was interrupted goes on where
it stopped, because what is done carries the new version.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasicon_loop.core import Executor, Progress, Refusal, Silent
from nasicon_loop.lab.analysing import (
    analysis_of,
    at_known_temperature,
    columns,
    eis_geometry,
    eis_settings,
    from_stored,
)
from nasicon_loop.lab.automatic import for_signature
from nasicon_loop.lab.concluding import earlier_sweeps, sweeps_of_pellet
from nasicon_loop.lab.describing import stored_target
from nasicon_loop.lab.leads import as_analysed
from nasicon_loop.lab.rereading import AUTOMATIC, read_again
from nasicon_loop.lab.results import ImportResult

if TYPE_CHECKING:
    from db import PelletGeometry, RawFile, Reader, Signature, StoredAnalysis, StoredSpectrum
    from instruments import Spectrum
    from nasicon_loop.eis import Analysis, Geometry, Repeat
    from nasicon_loop.lab.context import Lab

_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Change:
    """One analysis that says something else now: another verdict, or R_total off by more than its sd."""

    file: str
    sweep: int
    label: str | None
    old_analysis: int
    new_analysis: int
    old_verdict: str
    new_verdict: str
    old_r_total_ohm: float | None
    old_r_total_ohm_sd: float | None
    new_r_total_ohm: float | None
    new_r_total_ohm_sd: float | None


@dataclass(frozen=True, slots=True)
class Reanalysed:
    """What was done: analyses made anew, what changed, and how many old ones were left as they are and why.

    `read_anew` has the files that a newer reader reads otherwise.
    """

    engine_version: str
    n_done: int
    changes: tuple[Change, ...]
    n_current: int
    n_by_hand: int
    n_taken_back: int
    read_anew: tuple[ImportResult, ...] = ()


@dataclass(frozen=True)
class _Within:
    """A step of a longer work: moves the whole's bar on."""

    whole: Progress

    def start(self, what: str, total: int) -> None:
        """The whole has begun already."""

    def advance(self, n_steps: int = 1, detail: str = "") -> None:
        """Move the whole's bar."""
        self.whole.advance(n_steps, detail)

    def finish(self) -> None:
        """The whole goes on."""


@dataclass(frozen=True)
class _Sweep:
    """A stored sweep with its current analysis; `is_stale` when it is to be done anew."""

    stored: "StoredSpectrum"
    old: "StoredAnalysis"
    spectrum: "Spectrum"
    known: "Analysis"
    signature: "Signature | None"
    is_stale: bool


@dataclass(frozen=True)
class WithSweeps:
    """A file with the current analyses of its sweeps, and the latest of its pellet's sweeps before them."""

    file: "RawFile"
    label: str | None
    pellet_geometry: "PelletGeometry | None"
    shape: "Geometry | None"
    sweeps: tuple[_Sweep, ...]
    earlier: "tuple[Repeat, ...]"


def reanalyse(lab: "Lab", *, executor: Executor | None = None, progress: Progress | None = None) -> Reanalysed:
    """Analyse anew what an older engine analysed; made by hand or taken back stays, and nothing is overwritten.

    What an older reader read is read again before. A signature is carried on where verdict and number stay the same,
    and a rejection always. Each sweep is one item of the `executor`; the result does not depend on which.
    """
    from nasicon_loop.eis import ENGINE_VERSION

    read_anew = tuple(read_again(lab))
    with lab.database.read() as reader:
        ids, counts = _stale(reader, ENGINE_VERSION)
        n_of = Counter(ids.values())
        files = [file for file in reader.files() if file.id in n_of]
    bar = progress or Silent()
    bar.start("analysing anew", len(ids))
    n_done, changes = 0, list[Change]()
    for batch in _batches(files, n_of):
        found = _redo(lab, batch, set(ids), executor, _Within(bar))
        n_done += len(found)
        changes += [change for change, is_notable in found if is_notable]
    bar.finish()
    return Reanalysed(ENGINE_VERSION, n_done, tuple(changes), *counts, read_anew)


def _stale(reader: "Reader", version: str) -> tuple[dict[int, int], tuple[int, int, int]]:
    """Return analysis -> file of what is to be done anew, and how many are current, by hand, taken back."""
    stale: dict[int, int] = {}
    n_current = n_by_hand = n_taken_back = 0
    file_of = {head.id: file.id for file in reader.files() for head in reader.spectrum_heads(file)}
    for analysis in reader.current_analyses(with_document=False):
        if analysis.made_by != AUTOMATIC:
            n_by_hand += 1
        elif reader.retractions(analysis):
            n_taken_back += 1
        elif _version(analysis.engine_version) >= _version(version):
            n_current += 1
        else:
            stale[analysis.id] = file_of[analysis.spectrum_id]
    return stale, (n_current, n_by_hand, n_taken_back)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in text.split("."))


def _batches(files: "list[RawFile]", n_of: Mapping[int, int]) -> "Iterator[list[RawFile]]":
    batch: list[RawFile] = []
    n_sweeps = 0
    for file in files:
        batch.append(file)
        n_sweeps += n_of[file.id]
        if n_sweeps >= _AT_ONCE:
            yield batch
            batch, n_sweeps = [], 0
    if batch:
        yield batch


def _redo(
    lab: "Lab", batch: "list[RawFile]", stale: set[int], executor: Executor | None, bar: Progress
) -> list[tuple[Change, bool]]:
    from nasicon_loop import eis

    settings = eis_settings(lab.settings)
    with lab.database.read() as reader:
        files = [with_sweeps(lab, reader, file, stale) for file in batch]
    work = [(one, sweep) for one in files for sweep in one.sweeps if sweep.is_stale]
    made = eis.analyse_many(
        [sweep.spectrum for _, sweep in work],
        [one.shape for one, _ in work],
        settings=settings,
        executor=executor,
        progress=bar,
    )
    new = {sweep.old.id: analysis for (_, sweep), analysis in zip(work, made, strict=True)}
    written = list[tuple[Change, bool]]()
    with lab.database.write(who=lab.who) as writer:
        for one in files:
            together = [new.get(sweep.old.id, sweep.known) for sweep in one.sweeps]
            spectra = [sweep.spectrum for sweep in one.sweeps]
            judged = eis.compared(together, spectra, settings=settings, earlier=one.earlier)
            for sweep, analysis in zip(one.sweeps, judged, strict=True):
                current = writer.current_analysis(sweep.stored.id)
                if not sweep.is_stale or current is None or current.id != sweep.old.id:
                    continue  # somebody was faster
                used = one.pellet_geometry if analysis.geometry is not None else None
                stored = writer.add_analysis(sweep.stored.id, geometry=used, **columns(for_signature(lab, analysis)))
                is_notable = _is_notable(sweep.old, stored)
                if sweep.signature is not None and (not is_notable or sweep.signature.decision == "rejected"):
                    reason = f"as analysis {sweep.old.id}, done anew by engine {analysis.engine_version}: "
                    writer.sign(
                        stored, sweep.signature.decision, reason=reason + sweep.signature.reason,
                        who=sweep.signature.who,
                    )  # fmt: skip
                written.append((_change(one, sweep, stored), is_notable))
    return written


def with_sweeps(lab: "Lab", reader: "Reader", file: "RawFile", stale: set[int]) -> WithSweeps:
    """Return a file with what is known of its sweeps; current analyses in `stale` are to be done anew."""
    target = stored_target(reader, file)
    geometry = target.geometry if target.geometry is not None and target.geometry.is_complete else None
    try:
        shape = eis_geometry(geometry, lab.settings)
    except Refusal:  # lengths that no pellet has: no conductivity until they are corrected
        shape = None
    current = {analysis.spectrum_id: analysis for analysis in reader.current_analyses(raw_file=file)}
    sweeps = []
    for stored in reader.spectra(file):
        old = current.get(stored.id)
        if old is None:
            continue
        known = analysis_of(old)
        spectrum = at_known_temperature(as_analysed(reader, from_stored(stored), known), known)
        signature = next(iter(reader.signatures(old)[-1:]), None)
        sweeps.append(_Sweep(stored, old, spectrum, known, signature, old.id in stale))
    before = sweeps_of_pellet(reader, target.pellet_id, file.id)
    spectra = [sweep.spectrum for sweep in sweeps]
    earlier = earlier_sweeps(before, spectra, eis_settings(lab.settings), at=file.at)
    return WithSweeps(file, target.label, geometry, shape, tuple(sweeps), tuple(earlier))


def _is_notable(old: "StoredAnalysis", new: "StoredAnalysis") -> bool:
    if old.verdict != new.verdict or (old.r_total_ohm is None) != (new.r_total_ohm is None):
        return True
    if old.r_total_ohm is None or new.r_total_ohm is None:
        return False
    return abs(new.r_total_ohm - old.r_total_ohm) > (old.r_total_ohm_sd or 0.0)


def _change(one: WithSweeps, sweep: _Sweep, new: "StoredAnalysis") -> Change:
    old = sweep.old
    return Change(
        one.file.name,
        sweep.stored.sweep,
        one.label,
        old.id,
        new.id,
        old.verdict,
        new.verdict,
        old.r_total_ohm,
        old.r_total_ohm_sd,
        new.r_total_ohm,
        new.r_total_ohm_sd,
    )
