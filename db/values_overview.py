"""What a screen shows of a sample or file, read for many at once. See `db.values` for the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from db.values import FileStateName, SampleStateName, Verdict


@dataclass(frozen=True, slots=True)
class SampleGlance:
    """How far a sample came.

    `file_states` are those of its files; `is_taken_back` says that the current analysis of one of them was retracted,
    `has_result` that one teaches.
    """

    id: int
    label: str
    target_formula: str
    is_reference: bool
    at: datetime
    state: SampleStateName
    has_recipe: bool
    has_pellet: bool
    is_sintered: bool
    has_result: bool
    is_taken_back: bool
    file_states: frozenset[FileStateName]


@dataclass(frozen=True, slots=True)
class FileGlance:
    """A raw file, whose it is, and the newest current analysis of its newest reading."""

    id: int
    name: str
    at: datetime
    state: FileStateName
    label: str | None
    refusal: str | None
    analysis_id: int | None
    verdict: Verdict | None
    reasons: tuple[str, ...]
    sigma_25_s_cm: float | None
    sigma_25_s_cm_sd: float | None


@dataclass(frozen=True, slots=True)
class TeachingHead:
    """An analysis that may teach, without what is known of its pellet. Conductivities in S/cm."""

    analysis_id: int
    sample_id: int
    pellet_id: int | None
    sigma_total_s_cm: float
    sigma_25_s_cm: float | None
    sigma_25_s_cm_sd: float | None


@dataclass(frozen=True, slots=True)
class AnalysisBudget:
    """What pooling needs of an analysis: sigma at 25 C, S/cm, and relative standard deviations by source."""

    id: int
    sigma_25_s_cm: float | None
    temperature_c: float | None
    relative_budget: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class StateCounts:
    """How many files, samples and suggestions there are per state."""

    files: dict[str, int]
    samples: dict[str, int]
    suggestions: dict[str, int]


@dataclass(frozen=True, slots=True)
class RankedPellets:
    """Pellets with results that teach, and how many results of all pellets teach and are learned.

    `pellets` are id and the highest sigma of the sweeps (S/cm, at 25 C where known), the highest first.
    """

    pellets: tuple[tuple[int, float], ...]
    n_teaching: int = 0
    n_learned: int = 0
