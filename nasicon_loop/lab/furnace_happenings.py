"""What happened at the furnaces since somebody looked, in one sentence each: for a status line."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasicon_loop.lab.live_firing import GIVEN_UP, furnace_run

if TYPE_CHECKING:
    from db import FurnaceRun, JournalEntry
    from nasicon_loop.lab.context import Lab

_MAX_NEWS = 20


@dataclass(frozen=True, slots=True)
class FurnaceWord:
    """One thing that happened at a furnace; `is_bad` where somebody has to look."""

    text: str
    is_bad: bool


def furnace_news(lab: "Lab", after_id: int | None) -> tuple[int, tuple[FurnaceWord, ...]]:
    """Return the id of the journal's newest line, and what happened at furnaces after `after_id`, oldest first.

    None begins now: nothing happened yet.
    """
    with lab.database.read() as reader:
        newest = reader.max_journal_id()
        if after_id is None or after_id == newest:
            return newest, ()
        entries = [one for one in reader.journal("furnace_run", after_id=after_id, limit=_MAX_NEWS) if one.id <= newest]
        runs = {run.id: run for run in reader.furnace_runs()} if entries else {}
    told = [(entry, str(entry.data.get("text", ""))) for entry in reversed(entries)]
    return newest, tuple(_word(lab, entry, runs[entry.subject_id], text) for entry, text in _joined(told))


def _joined(told: "list[tuple[JournalEntry, str]]") -> "list[tuple[JournalEntry, str]]":
    """Let a run that was found again and the gap before it be one sentence: a status line keeps the last one only."""
    kept: list[tuple[JournalEntry, str]] = []
    for entry, text in told:
        before = kept[-1] if kept else None
        if before is not None and (before[0].event, entry.event) == ("furnace.attached", "furnace.gap"):
            kept[-1] = entry, f"{before[1]}; {text}"
        else:
            kept.append((entry, text))
    return kept


def _word(lab: "Lab", entry: "JournalEntry", run: "FurnaceRun", text: str) -> FurnaceWord:
    what = f"run {run.number}, {run.furnace}"
    if entry.event == "furnace.started":
        started = f"run {run.number}: {run.furnace} started, {', '.join(run.labels)}; `nasicon bench runs` shows it"
        return FurnaceWord(started, is_bad=False)
    if entry.event != "furnace.ended":
        return FurnaceWord(f"{what}: {text}", is_bad=entry.event in ("furnace.alarm", "furnace.changed"))
    if text.startswith(GIVEN_UP):
        return FurnaceWord(f"{what}: {text}; look at the furnace", is_bad=False)
    done = furnace_run(lab, run.number)
    fired = [
        f"{label} {one.step} {one.temperature_c:g} °C for {one.hours:.3g} h" for label, one in done.firings.items()
    ]
    return FurnaceWord("; ".join([f"{what} ended: {text}", *fired, *done.warnings]), is_bad=bool(done.warnings))
