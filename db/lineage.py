"""Values that join several facts: what teaches the model, and who descends from whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from db.values import (
    Assignment,
    FileStateName,
    Firing,
    ModelRun,
    Pellet,
    PelletGeometry,
    RawFile,
    RecipeVersion,
    Retraction,
    Sample,
    SampleStateName,
    Sighting,
    Signature,
    SpectrumHead,
    Standing,
    StoredAnalysis,
    Suggestion,
    SuggestionStateName,
    Verdict,
    Weighing,
)
from db.values_bench import Deviation, FurnaceLoad, PelletPhase, PhaseName, RecipeSignature, WeighingEntry


@dataclass(frozen=True, slots=True)
class TeachingRow:
    """An analysis that may teach the model, with what is known of its pellet.

    `sintering_c`, `sintering_h` are the sample's latest firing whose step begins with "sinter", `sintering_load` the
    number of its furnace load. `phase` and `second_phases` (mass fractions by formula) are what diffraction said of the
    pellet, if anything. `started_at` is when the sweep began, as its file tells it.
    """

    analysis_id: int
    spectrum_id: int
    raw_file_id: int
    sample_id: int
    sample_label: str
    is_reference: bool
    suggestion_id: int | None
    pellet_id: int | None
    pellet_label: str | None
    target_formula: str
    weighed_formula: str | None
    batched_formula: str | None
    excess_fraction: float | None
    sintering_c: float | None
    sintering_h: float | None
    relative_density: float | None
    verdict: Verdict
    signed_by: str | None
    sigma_total_s_cm: float
    sigma_total_s_cm_sd: float | None
    temperature_c: float | None
    temperature_c_sd: float | None
    sigma_25_s_cm: float | None
    sigma_25_s_cm_sd: float | None
    engine_version: str
    at: datetime
    phase: PhaseName = "unknown"
    second_phases: Mapping[str, float] = field(default_factory=dict)
    sintering_load: int | None = None
    started_at: str | None = None

    @property
    def formula(self) -> str:
        """The composition the model sees: weighed where known, else the target."""
        return self.weighed_formula or self.target_formula


@dataclass(frozen=True, slots=True)
class AnalysisBranch:
    """An analysis, what people said of it, and the model runs it taught. Its document is left out."""

    analysis: StoredAnalysis
    standing: Standing
    is_current: bool
    signatures: tuple[Signature, ...]
    retractions: tuple[Retraction, ...]
    taught: tuple[ModelRun, ...]


@dataclass(frozen=True, slots=True)
class SpectrumBranch:
    """A sweep and its analyses, oldest first."""

    spectrum: SpectrumHead
    analyses: tuple[AnalysisBranch, ...]


@dataclass(frozen=True, slots=True)
class FileBranch:
    """A raw file, where it stands, and the sweeps of its newest reading."""

    file: RawFile
    state: FileStateName
    assignment: Assignment | None
    spectra: tuple[SpectrumBranch, ...]


@dataclass(frozen=True, slots=True)
class PelletBranch:
    """A pellet, its overlaid geometry, and the files measured on it."""

    pellet: Pellet
    geometry: PelletGeometry | None
    files: tuple[FileBranch, ...]
    phase: PelletPhase | None = None


@dataclass(frozen=True, slots=True)
class Genealogy:
    """Everything that descends from a sample, and the suggestion and model run it descends from."""

    sample: Sample
    state: SampleStateName
    suggestion: Suggestion | None
    suggestion_state: SuggestionStateName | None
    suggested_by: ModelRun | None
    recipes: tuple[RecipeVersion, ...]
    weighings: tuple[Weighing, ...]
    firings: tuple[Firing, ...]
    pellets: tuple[PelletBranch, ...]
    files_without_pellet: tuple[FileBranch, ...]
    entries: tuple[WeighingEntry, ...] = ()
    recipe_signatures: tuple[RecipeSignature, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    loads: tuple[FurnaceLoad, ...] = ()


@dataclass(frozen=True, slots=True)
class Ancestry:
    """The way back from an analysis: spectrum, file, pellet, sample, suggestion, and the run that suggested it."""

    analysis: AnalysisBranch
    spectrum: SpectrumHead
    file: RawFile
    sightings: tuple[Sighting, ...]
    assignment: Assignment | None
    pellet: Pellet | None
    geometry: PelletGeometry | None
    sample: Sample | None
    weighing: Weighing | None
    suggestion: Suggestion | None
    suggested_by: ModelRun | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is: rows per table, and files, samples and suggestions per state."""

    rows: Mapping[str, int]
    files: Mapping[str, int]
    samples: Mapping[str, int]
    suggestions: Mapping[str, int]
