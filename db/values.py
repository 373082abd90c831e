"""The facts and states that go in and out of the database, as frozen values.

Standard library only, so that anybody may import them cheaply. Ids are integers of this database; `at` is the aware
UTC time at which the fact was written. Facts are never changed: a correction is a later fact.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Verdict = Literal["accepted", "review", "rejected"]
Decision = Literal["accepted", "rejected"]
SuggestionStateName = Literal["open", "accepted", "rejected", "held"]
SampleStateName = Literal["planned", "weighed", "calcined", "failed", "abandoned"]
FileStateName = Literal[
    "refused", "duplicate", "unassigned", "needs pellet", "needs geometry", "needs analysis", "held", "analysed"
]
AssignedBy = Literal["file name", "command", "user"]
Standing = Literal["teaches", "waits", "out"]

VERDICTS: tuple[Verdict, ...] = ("accepted", "review", "rejected")
DECISIONS: tuple[Decision, ...] = ("accepted", "rejected")
SUGGESTION_STATES: tuple[SuggestionStateName, ...] = ("open", "accepted", "rejected", "held")
SAMPLE_STATES: tuple[SampleStateName, ...] = ("planned", "weighed", "calcined", "failed", "abandoned")
FILE_STATES: tuple[FileStateName, ...] = (
    "refused",  # no reader took it
    "duplicate",  # same numbers as an earlier file: a re-export
    "unassigned",  # no sample yet
    "needs pellet",  # the sample is known, the pellet is not
    "needs geometry",  # thickness or electrode diameter is missing
    "needs analysis",  # complete, but a spectrum has no analysis made with the pellet's newest geometry
    "held",  # analysed, and an analysis waits for a signature
    "analysed",  # nothing left to do
)


@dataclass(frozen=True, slots=True)
class Lab:
    """The owner of all rows; one per SQLite file, several in one PostgreSQL database."""

    id: int
    name: str
    label_prefix: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A composition proposed by a model run. `quantiles` maps level text ("0.05") to log10 sigma / (S/cm)."""

    id: int
    number: int
    model_run_id: int | None
    formula: str
    dopant: str
    log10_sigma_mean: float
    log10_sigma_sd: float
    quantiles: Mapping[str, float]
    acquisition: float
    reason: str
    batch: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SuggestedBatch:
    """How a batch of suggestions was chosen, as the journal tells it; a batch of before this was kept has none.

    `acquired_by` names the acquisition, `seed` what it drew with. `known_to` is the id of the last journal line that
    was known: with it, the model run and `rules` the batch can be chosen again. `passed_over` are compositions that
    scored well and could not lie in the same furnace load, with the reason. `kinds` and `gains_dex` are by suggestion
    number.
    """

    batch: int
    model_run_id: int
    acquired_by: str
    seed: int
    n: int
    known_to: int
    incumbent_formula: str | None
    incumbent_mean: float
    rules: Mapping[str, Any]
    passed_over: Mapping[str, str]
    kinds: Mapping[int, str]
    gains_dex: Mapping[int, float]
    at: datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """One powder batch; label "NL-0001"."""

    id: int
    label: str
    number: int
    target_formula: str
    suggestion_id: int | None
    is_reference: bool
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecipeVersion:
    """A recipe as it was planned; the newest version counts."""

    id: int
    sample_id: int
    version: int
    document: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Weighing:
    """What went into the mill; masses in g by precursor. The latest wins."""

    id: int
    sample_id: int
    masses_g: Mapping[str, float]
    weighed_formula: str
    batched_formula: str
    excess_fraction: float
    operator: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Firing:
    """One furnace step of a sample ("calcination", "sintering").

    `temperature_c` is what the sample really had: the set one (`set_temperature_c`, None when nobody told the two
    apart) with the thermocouple's offset. The masses are of the powder or pellets, without crucible.
    """

    id: int
    sample_id: int
    step: str
    temperature_c: float
    hours: float
    note: str
    at: datetime
    furnace_load_id: int | None = None
    set_temperature_c: float | None = None
    mass_before_g: float | None = None
    mass_after_g: float | None = None


@dataclass(frozen=True, slots=True)
class Pellet:
    """Pressed from a sample; label "NL-0001-P2"."""

    id: int
    sample_id: int
    number: int
    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PelletGeometry:
    """Measured geometry of a pellet. A later fact overlays an earlier one field by field.

    The overlaid value carries the id of the newest fact in it. Die, fired and electrode diameters are three things.
    `readings` are the single readings behind a length, by its name; `density_method` says how `relative_density` was
    found, `archimedes` holds the weighings behind it.
    """

    id: int
    pellet_id: int
    at: datetime
    thickness_cm: float | None = None
    thickness_cm_sd: float | None = None
    electrode_diameter_cm: float | None = None
    electrode_diameter_cm_sd: float | None = None
    fired_diameter_cm: float | None = None
    die_diameter_cm: float | None = None
    mass_g: float | None = None
    relative_density: float | None = None
    fired_diameter_cm_sd: float | None = None
    green_mass_g: float | None = None
    green_thickness_cm: float | None = None
    green_diameter_cm: float | None = None
    electrode_method: str | None = None
    density_method: str | None = None
    archimedes: Mapping[str, Any] | None = None
    readings: Mapping[str, Any] | None = None

    @property
    def is_complete(self) -> bool:
        """Whether a conductivity can be computed: thickness and electrode diameter are known."""
        return self.thickness_cm is not None and self.electrode_diameter_cm is not None


@dataclass(frozen=True, slots=True)
class RawFile:
    """Bytes that came in, by hash, with what the newest reading made of them.

    `reading_id` names that reading; `refusal` says why no reader took it; `duplicate_of` is the id of the earlier
    file with the same numbers.
    """

    id: int
    sha256: str
    size_bytes: int
    name: str
    reading_id: int
    numbers_sha256: str | None
    reader: str | None
    reader_version: str | None
    refusal: str | None
    duplicate_of: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a file's bytes were seen: the scan's index. The newest per path counts."""

    id: int
    raw_file_id: int
    path: str
    mtime_ns: int
    size_bytes: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which sample and pellet a file belongs to; the latest wins. Both None takes the file back to unassigned."""

    id: int
    raw_file_id: int
    sample_id: int | None
    pellet_id: int | None
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SpectrumHead:
    """A stored sweep without its numbers."""

    id: int
    raw_file_id: int
    reading_id: int
    sweep: int
    n_points: int
    temperature_c: float | None
    temperature_c_sd: float | None
    temperature_source: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredSpectrum:
    """One sweep as it was read. The blobs are little-endian float64; impedance is real, imaginary, real, ..."""

    id: int
    raw_file_id: int
    reading_id: int
    sweep: int
    n_points: int
    frequency_blob: bytes = field(repr=False)
    impedance_blob: bytes = field(repr=False)
    metadata: Mapping[str, Any] = field(repr=False)
    temperature_c: float | None
    temperature_c_sd: float | None
    temperature_source: str | None
    at: datetime

    @property
    def frequency_hz(self) -> "npt.NDArray[np.float64]":
        """Frequencies (n_points,) in Hz, read-only."""
        import numpy as np

        return np.frombuffer(self.frequency_blob, dtype="<f8")

    @property
    def impedance_ohm(self) -> "npt.NDArray[np.complex128]":
        """Complex impedances (n_points,) in ohm, read-only."""
        import numpy as np

        return np.frombuffer(self.impedance_blob, dtype="<c16")


@dataclass(frozen=True, slots=True)
class StoredAnalysis:
    """What was concluded from one spectrum; the latest per spectrum is the current one.

    `document` is the whole analysis (empty in lists that were asked for without it). A rejected one has no numbers.
    """

    id: int
    spectrum_id: int
    pellet_geometry_id: int | None
    engine_version: str
    verdict: Verdict
    reasons: tuple[str, ...]
    circuit_string: str | None
    r_total_ohm: float | None
    r_total_ohm_sd: float | None
    sigma_total_s_cm: float | None
    sigma_total_s_cm_sd: float | None
    sigma_25_s_cm: float | None
    sigma_25_s_cm_sd: float | None
    temperature_c: float | None
    temperature_c_sd: float | None
    temperature_source: str | None
    kk_rms: float | None
    document: Mapping[str, Any] = field(repr=False)
    made_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """A person's decision on an analysis; the latest wins."""

    id: int
    analysis_id: int
    decision: Decision
    who: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Retraction:
    """An analysis taken back. It stays, and teaches nobody."""

    id: int
    analysis_id: int
    who: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteratureEntry:
    """A published conductivity, before it is stored.

    `file_name`, `file_sha256` and `line` say where it was read; `structure_name` and `structure_sha256` name the CIF in
    the vault that belongs to it. Rows stored before version 0006 have none of them.
    """

    formula: str
    mobile_ion: str
    sigma_s_cm: float
    temperature_c: float
    kind: str
    source: str
    dataset: str
    activation_energy_ev: float | None = None
    sintering_c: float | None = None
    doi: str | None = None
    flags: tuple[str, ...] = ()
    is_usable: bool = True
    file_name: str | None = None
    file_sha256: str | None = None
    line: int | None = None
    structure_name: str | None = None
    structure_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteratureRow(LiteratureEntry):
    """A stored published conductivity; `row_hash` is unique in the lab."""

    id: int
    row_hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ModelRun:
    """One training: `trigger` is "command" or "automatic"."""

    id: int
    number: int
    directory: str
    data_hash: str
    settings: Mapping[str, Any] = field(repr=False)
    metrics: Mapping[str, Any] = field(repr=False)
    n_literature_rows: int
    n_lab_rows: int
    seed: int
    trigger: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lesson:
    """That an analysis taught a model run, with the sd of log10 sigma that weighted it."""

    model_run_id: int
    analysis_id: int
    log10_sigma_sd: float


@dataclass(frozen=True, slots=True)
class StoredPrediction:
    """What a model run said about a composition: log10 sigma / (S/cm). Backtests replay these."""

    model_run_id: int
    formula: str
    log10_sigma_mean: float
    log10_sigma_sd: float


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal: who did what to which thing. `subject` is the thing's table ("sample", "analysis").

    `fact` and `fact_id` name the row that was written with this line; a mere change of state has none.
    """

    id: int
    at: datetime
    who: str
    event: str
    subject: str
    subject_id: int
    data: Mapping[str, Any]
    fact: str | None = None
    fact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something `check` found wrong. `mend` says what mends it."""

    kind: str
    what: str
    mend: str
