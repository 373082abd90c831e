"""The life of a suggestion and of a sample, told from the journal's lines alone.

A life is a list of steps with time and person, in the order in which they happened. What it *is* now follows from the
newest lines: a later result replaces a retraction, an earlier one does not. Nothing else than the journal is asked, so
cutting the journal at a past line gives the states of that day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

STATES = (
    "suggested", "held", "rejected", "accepted", "planned", "weighed", "calcined", "pressed", "sintered", "measured",
    "analysed", "failed", "abandoned", "retracted",
)  # fmt: skip
"""What a life can be. "stale" is said beside it: a state that did not move for too long."""
ON_THE_WAY = ("accepted", "planned", "weighed", "calcined", "pressed", "sintered", "measured")
"""States in which something is still to be done: only these can be stale."""
_BENCH = ("weighed", "calcined", "pressed", "sintered")
_DECISIONS = {"accepted": "accepted", "rejected": "rejected", "held": "held", "open": "suggested"}


class Entry(Protocol):
    """A line of the journal; see `db.JournalEntry`."""

    @property
    def at(self) -> datetime:
        """When."""
        ...

    @property
    def who(self) -> str:
        """Who."""
        ...

    @property
    def event(self) -> str:
        """What, as in "sample.weighed"."""
        ...

    @property
    def subject_id(self) -> int:
        """To which row."""
        ...

    @property
    def fact_id(self) -> int | None:
        """Row written with the line."""
        ...

    @property
    def data(self) -> Mapping[str, Any]:
        """Details."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """That a life came to a state: when, by whom, and why where somebody said so."""

    state: str
    at: datetime
    who: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """One sample, or a suggestion that no sample was begun from.

    `suggestion_id` and `sample_id` are ids of rows; one of them may be None. `state` is one of STATES, `steps` how it
    came there (a state that was left and reached again stands twice).
    """

    suggestion_id: int | None
    sample_id: int | None
    state: str
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step:
        """The newest step."""
        return self.steps[-1]

    @property
    def retracted(self) -> Step | None:
        """The newest retraction: who, when, why."""
        return next((step for step in reversed(self.steps) if step.state == "retracted"), None)

    def idle_days(self, now: datetime) -> float:
        """Return the days since anything happened to it."""
        return (now - self.last.at) / timedelta(days=1)

    def is_stale(self, now: datetime, stale_after_days: float) -> bool:
        """Say whether something is to be done and nobody did it for `stale_after_days`; 0 means never stale."""
        return 0 < stale_after_days < self.idle_days(now) and self.state in ON_THE_WAY


@dataclass(slots=True)
class _Sample:
    """What decides a sample's state while the journal is read."""

    suggestion_id: int | None
    steps: list[Step]
    reached: set[str] = field(default_factory=set)
    ended: str = ""


@dataclass(slots=True)
class _Spectrum:
    file_id: int
    reading_id: int
    analysis_id: int | None = None
    is_good: bool = False
    has_sigma: bool = False
    needs_signature: bool = False
    is_retracted: bool = False


class _Reader:
    """One pass over the journal, oldest line first."""

    def __init__(self) -> None:
        self.suggestions: dict[int, list[Step]] = {}
        self.samples: dict[int, _Sample] = {}
        self.sample_of_pellet: dict[int, int] = {}
        self.sample_of_file: dict[int, int | None] = {}
        self.reading_of_file: dict[int, int | None] = {}
        self.spectra: dict[int, _Spectrum] = {}
        self.spectra_of_file: dict[int, list[int]] = {}

    def read(self, entry: Entry) -> None:
        handler = getattr(self, "_" + entry.event.replace(".", "_"), None)
        if handler is not None:
            handler(entry)

    def _reach(self, sample_id: int | None, state: str, entry: Entry, reason: str = "") -> None:
        sample = self.samples.get(sample_id) if sample_id is not None else None
        if sample is None:
            return
        if sample.ended == "failed" and state in ("weighed", "calcined"):
            sample.ended = ""  # taken up again
        sample.reached.add(state)
        if sample.steps[-1].state != state or reason:
            sample.steps.append(Step(state, entry.at, entry.who, reason))

    def _suggestion_made(self, entry: Entry) -> None:
        self.suggestions[entry.subject_id] = [Step("suggested", entry.at, entry.who)]

    def _decided(self, entry: Entry) -> None:
        steps = self.suggestions.get(entry.subject_id)
        if steps is not None:
            state = _DECISIONS[str(entry.data["state"])]
            steps.append(Step(state, entry.at, entry.who, str(entry.data.get("reason", ""))))

    _suggestion_accepted = _suggestion_rejected = _suggestion_held = _suggestion_reopened = _decided

    def _sample_created(self, entry: Entry) -> None:
        suggestion_id = entry.data.get("suggestion_id")
        before = list(self.suggestions.get(suggestion_id, [])) if suggestion_id is not None else []
        if before and before[-1].state != "accepted":  # beginning a sample accepts its suggestion
            before.append(Step("accepted", entry.at, entry.who))
        if suggestion_id is not None and suggestion_id in self.suggestions:
            self.suggestions[suggestion_id] = list(before)
        self.samples[entry.subject_id] = _Sample(suggestion_id, [*before, Step("planned", entry.at, entry.who)])

    def _sample_weighed(self, entry: Entry) -> None:
        self._reach(entry.subject_id, "weighed", entry)

    def _sample_fired(self, entry: Entry) -> None:
        step = str(entry.data["step"]).lower()
        if step.startswith(("calcin", "sinter")):
            self._reach(entry.subject_id, "calcined" if step.startswith("calcin") else "sintered", entry)

    def _pellet_made(self, entry: Entry) -> None:
        self.sample_of_pellet[entry.subject_id] = entry.data["sample_id"]
        self._reach(entry.data["sample_id"], "pressed", entry)

    def _sample_state(self, entry: Entry) -> None:
        sample, state = self.samples.get(entry.subject_id), str(entry.data["state"])
        if sample is None:
            return
        sample.ended = state if state in ("failed", "abandoned") else ""
        self._reach(entry.subject_id, state, entry, str(entry.data.get("reason", "")))

    def _file_read(self, entry: Entry) -> None:
        self.reading_of_file[entry.subject_id] = entry.fact_id

    _file_refused = _file_read

    def _file_assigned(self, entry: Entry) -> None:
        self.sample_of_file[entry.subject_id] = entry.data["sample_id"]
        if any(self.counts(key) for key in self.spectra_of_file.get(entry.subject_id, [])):
            self._reach(entry.data["sample_id"], "measured", entry)
        if any(self.spectra[key].is_good for key in self.spectra_of_file.get(entry.subject_id, [])):
            self._reach(entry.data["sample_id"], "analysed", entry)

    def _spectrum_stored(self, entry: Entry) -> None:
        if entry.fact_id is not None:
            self.spectra[entry.fact_id] = _Spectrum(entry.subject_id, entry.data["reading_id"])
            self.spectra_of_file.setdefault(entry.subject_id, []).append(entry.fact_id)
            self._reach(self.sample_of_file.get(entry.subject_id), "measured", entry)

    def _analysis_made(self, entry: Entry) -> None:
        spectrum = self.spectra.get(entry.data["spectrum_id"])
        if spectrum is None:
            return
        spectrum.needs_signature = spectrum.needs_signature or spectrum.is_retracted
        verdict, spectrum.has_sigma = entry.data["verdict"], bool(entry.data["has_sigma"])
        spectrum.analysis_id, spectrum.is_retracted = entry.subject_id, False
        spectrum.is_good = verdict == "accepted" and spectrum.has_sigma and not spectrum.needs_signature
        if spectrum.is_good:
            self._reach(self.sample_of_file.get(spectrum.file_id), "analysed", entry)

    def _analysis_signed(self, entry: Entry) -> None:
        spectrum = self.spectra.get(entry.data["spectrum_id"])
        if spectrum is None or spectrum.analysis_id != entry.subject_id:
            return
        spectrum.is_good = entry.data["decision"] == "accepted" and spectrum.has_sigma and not spectrum.is_retracted
        if spectrum.is_good:
            self._reach(self.sample_of_file.get(spectrum.file_id), "analysed", entry)

    def _analysis_retracted(self, entry: Entry) -> None:
        spectrum = self.spectra.get(entry.data["spectrum_id"])
        if spectrum is None:
            return
        if spectrum.analysis_id == entry.subject_id:
            spectrum.is_retracted, spectrum.is_good = True, False
        else:
            spectrum.needs_signature = True
        sample_id = self.sample_of_file.get(spectrum.file_id)
        sample = None if sample_id is None else self.samples.get(sample_id)
        if sample is not None:
            who = str(entry.data.get("who") or entry.who)
            sample.steps.append(Step("retracted", entry.at, who, str(entry.data.get("reason", ""))))

    def counts(self, spectrum_id: int) -> bool:
        """Whether a spectrum is of its file's newest reading."""
        spectrum = self.spectra[spectrum_id]
        return spectrum.reading_id == self.reading_of_file.get(spectrum.file_id, spectrum.reading_id)

    def state_of(self, sample: _Sample, spectra: list[_Spectrum]) -> str:
        if sample.ended:
            return sample.ended
        if any(one.is_good for one in spectra):
            return "analysed"
        if any(one.is_retracted for one in spectra):
            return "retracted"
        if spectra:
            return "measured"
        return next((state for state in reversed(_BENCH) if state in sample.reached), "planned")


def lives(entries: Iterable[Entry]) -> tuple[Life, ...]:
    """Return the life of every sample, and of every suggestion without one, in the order in which they began.

    `entries` are the journal's lines, oldest first. A suggestion with two samples has two lives.
    """
    reader = _Reader()
    for entry in entries:
        reader.read(entry)
    spectra_of_sample: dict[int, list[_Spectrum]] = {}
    for key, spectrum in reader.spectra.items():
        sample_id = reader.sample_of_file.get(spectrum.file_id)
        if sample_id is not None and reader.counts(key):
            spectra_of_sample.setdefault(sample_id, []).append(spectrum)
    found = [
        Life(one.suggestion_id, key, reader.state_of(one, spectra_of_sample.get(key, [])), tuple(one.steps))
        for key, one in reader.samples.items()
    ]
    begun = {life.suggestion_id for life in found}
    found += [
        Life(key, None, steps[-1].state, tuple(steps)) for key, steps in reader.suggestions.items() if key not in begun
    ]
    return tuple(sorted(found, key=lambda life: (life.steps[0].at, life.suggestion_id or 0, life.sample_id or 0)))
