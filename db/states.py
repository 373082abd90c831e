"""What a projection is made of: the kinds of states, and where they are kept while a journal is replayed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from db.values import FileStateName, Standing


@dataclass(frozen=True, slots=True)
class SampleState:
    sample_id: int
    state: str


@dataclass(frozen=True, slots=True)
class SuggestionState:
    suggestion_id: int
    state: str


@dataclass(frozen=True, slots=True)
class PelletState:
    """`geometry_id` is the newest geometry fact that bears on the conductivity."""

    pellet_id: int
    has_thickness: bool = False
    has_electrode: bool = False
    geometry_id: int | None = None


@dataclass(frozen=True, slots=True)
class FileState:
    """Where a file stands, with what decides it: its newest reading and assignment."""

    raw_file_id: int
    reading_id: int | None = None
    is_refused: bool = False
    is_duplicate: bool = False
    sample_id: int | None = None
    pellet_id: int | None = None
    state: FileStateName = "unassigned"


@dataclass(frozen=True, slots=True)
class SpectrumState:
    """A spectrum's current analysis and where it stands."""

    spectrum_id: int
    raw_file_id: int
    reading_id: int
    analysis_id: int | None = None
    geometry_id: int | None = None
    geometry_pellet_id: int | None = None
    verdict: str | None = None
    has_sigma: bool = False
    decision: str | None = None
    is_retracted: bool = False
    was_retracted: bool = False
    standing: Standing = "out"


@dataclass(frozen=True, slots=True)
class LotState:
    """How much is left in a jar, and when it was opened and last fired (ISO dates)."""

    lot_id: int
    state: str
    left_g: float
    opened_on: str | None = None
    fired_on: str | None = None


State = TypeVar("State", SampleState, SuggestionState, PelletState, FileState, SpectrumState, LotState)
AnyState = SampleState | SuggestionState | PelletState | FileState | SpectrumState | LotState
KINDS: Mapping[type[AnyState], tuple[str, str]] = {
    SampleState: ("sample_state", "sample_id"),
    SuggestionState: ("suggestion_state", "suggestion_id"),
    PelletState: ("pellet_state", "pellet_id"),
    FileState: ("file_state", "raw_file_id"),
    SpectrumState: ("spectrum_state", "spectrum_id"),
    LotState: ("lot_state", "lot_id"),
}
"""Kind of state -> its table and key."""


class Store(Protocol):
    """Where states are kept."""

    def get(self, kind: type[State], key: int) -> State | None:
        """Return one state."""
        ...

    def put(self, state: AnyState) -> None:
        """Keep one state, in place of the one with the same key."""
        ...

    def where(self, kind: type[State], column: str, wanted: int) -> list[State]:
        """Return the states with `wanted` in a column."""
        ...


class MemoryStore:
    """States in memory, with the two indexes that the handlers ask for."""

    def __init__(self) -> None:
        self.states: dict[type[AnyState], dict[int, AnyState]] = {kind: {} for kind in KINDS}
        self._index: dict[tuple[type[AnyState], str, int], set[int]] = {}

    def get(self, kind: type[State], key: int) -> State | None:
        """Return one state."""
        found: Any = self.states[kind].get(key)
        return found  # type: ignore[no-any-return]  # `states` files each kind under itself

    def put(self, state: AnyState) -> None:
        """Keep one state, in place of the one with the same key."""
        kind = type(state)
        key = getattr(state, KINDS[kind][1])
        old = self.states[kind].get(key)
        self.states[kind][key] = state
        for column in _INDEXED.get(kind, ()):
            if old is not None:
                self._index.get((kind, column, getattr(old, column)), set()).discard(key)
            self._index.setdefault((kind, column, getattr(state, column)), set()).add(key)

    def where(self, kind: type[State], column: str, wanted: int) -> list[State]:
        """Return the states with `wanted` in an indexed column."""
        keys = sorted(self._index.get((kind, column, wanted), ()))
        found = (self.get(kind, key) for key in keys)
        return [state for state in found if state is not None]


_INDEXED: Mapping[type[AnyState], tuple[str, ...]] = {FileState: ("pellet_id",), SpectrumState: ("reading_id",)}
