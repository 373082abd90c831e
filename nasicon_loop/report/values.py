"""What a report shows, as frozen values that any caller can fill. Conductivities: log10 of S/cm, or S/cm by name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import Refusal

if TYPE_CHECKING:
    from nasicon_loop.eis import RelaxationTimes

Verdict = str  # "accepted" | "review" | "rejected", or "" where nothing was concluded


@dataclass(frozen=True, slots=True)
class SpectrumView:
    """One measured spectrum with its fit.

    `frequency_hz` (n,) and `impedance_ohm` (n,) complex are the points, `masked` the indices the fit left out,
    `fit_ohm` (n,) the fit at the same frequencies, or None; `curve_hz` and `curve_ohm` (m,) the fit as a dense line
    where there is one. `kk_rms` is a fraction of |Z|. `lines` go under the plot.
    """

    label: str
    frequency_hz: NDArray[np.float64]
    impedance_ohm: NDArray[np.complex128]
    fit_ohm: NDArray[np.complex128] | None = None
    masked: Sequence[int] = ()
    r_total_ohm: float | None = None
    kk_rms: float | None = None
    verdict: Verdict = ""
    lines: tuple[str, ...] = ()
    r_total_ohm_sd: float | None = None
    curve_hz: NDArray[np.float64] | None = None
    curve_ohm: NDArray[np.complex128] | None = None
    relaxation: "RelaxationTimes | None" = None

    def __post_init__(self) -> None:
        n_points = len(self.frequency_hz)
        if n_points == 0 or len(self.impedance_ohm) != n_points:
            raise Refusal("a spectrum needs as many impedances as frequencies, and at least one", self.label)
        if self.fit_ohm is not None and len(self.fit_ohm) != n_points:
            raise Refusal("the fit must be given at the measured frequencies", self.label)
        if any(not 0 <= k < n_points for k in self.masked):
            raise Refusal("a masked index lies outside the spectrum", self.label)

    @property
    def is_masked(self) -> NDArray[np.bool_]:
        """Which points (n,) the fit left out."""
        flags = np.zeros(len(self.frequency_hz), dtype=bool)
        flags[list(self.masked)] = True
        return flags

    def fit_line(self) -> tuple[NDArray[np.float64], NDArray[np.complex128]] | None:
        """Return frequencies and impedances of the fit as a line, fastest first, or None without a fit."""
        if self.curve_hz is not None and self.curve_ohm is not None:
            return self.curve_hz, self.curve_ohm
        if self.fit_ohm is None:
            return None
        order = np.argsort(-self.frequency_hz, kind="stable")
        return self.frequency_hz[order], self.fit_ohm[order]


@dataclass(frozen=True, slots=True)
class RoundPoint:
    """One measured pellet in the course of the campaign; `round_number` counts batches from 1."""

    label: str
    formula: str
    round_number: int
    log10_sigma: float
    log10_sigma_sd: float
    verdict: Verdict = "accepted"


@dataclass(frozen=True, slots=True)
class ElementTile:
    """The score of one dopant; `score` None where nothing can be said, hatched where no measured row supports it."""

    element: str
    score: float | None
    n_support_rows: int
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class PairTile:
    """The score of two dopants together; with itself: one alone."""

    first: str
    second: str
    score: float


@dataclass(frozen=True, slots=True)
class ParityPoint:
    """Predicted before, measured after."""

    label: str
    predicted: float
    predicted_sd: float
    measured: float
    measured_sd: float


@dataclass(frozen=True, slots=True)
class HeldOutView:
    """What a model said about n rows that it had not seen: log10 of S/cm, `low` and `high` its 90 % intervals.

    `families` (n,) name the kind of compound; `covered` are the shares of rows inside the central intervals that the
    model called `nominal`, both rising.
    """

    title: str
    measured: NDArray[np.float64]
    predicted: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    families: tuple[str, ...]
    nominal: tuple[float, ...]
    covered: tuple[float, ...]

    def __post_init__(self) -> None:
        n_rows = len(self.measured)
        if not n_rows or any(len(one) != n_rows for one in (self.predicted, self.low, self.high, self.families)):
            raise Refusal(
                "held-out rows need a prediction, an interval and a family each, and at least one", self.title
            )
        if len(self.nominal) != len(self.covered):
            raise Refusal("every nominal share needs the one that was found", self.title)

    @property
    def mae(self) -> float:
        """Mean absolute error, dex."""
        return float(np.abs(self.measured - self.predicted).mean())

    @property
    def covered90(self) -> float:
        """Share of rows inside their 90 % intervals."""
        return float(((self.measured >= self.low) & (self.measured <= self.high)).mean())

    @property
    def words(self) -> str:
        """Rows, error and coverage in one line."""
        return f"n {len(self.measured)}, MAE {self.mae:.2f} dex, {100 * self.covered90:.0f} % inside 90 %"


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One line of the campaign's table; numbers at 25 °C, None where there is none."""

    label: str
    formula: str
    state: str
    predicted_log10_sigma: float | None = None
    predicted_sd: float | None = None
    sigma_25_s_cm: float | None = None
    sigma_25_s_cm_sd: float | None = None
    relative_density: float | None = None
    verdict: Verdict = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PelletRow:
    """One pellet that teaches, at 25 °C; several sweeps of it are one value."""

    label: str
    formula: str
    sigma_25_s_cm: float
    sigma_25_s_cm_sd: float | None = None
    relative_density: float | None = None
    verdict: Verdict = "accepted"
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class RetractedRow:
    """One result that was taken back: whose, which analysis, by whom and why."""

    label: str
    analysis: str
    at: datetime
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """One imported file; `reader` with its version, `owner` a sample's or pellet's label."""

    name: str
    sha256: str
    reader: str
    state: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of the journal."""

    at: datetime
    who: str
    event: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file and what it shows."""

    path: Path
    caption: str


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """All that `write` needs. `provenance` are pairs such as ("data hash", "ab12...").

    Of `spectra` (oldest first) the newest `max_spectra` are drawn large, the others small. `n_spectra_left_out` and
    `n_files_left_out` are those that the caller did not give. `health` are (verdict, check, words, next step);
    `held_out` what the current model said about rows that it had not seen.
    """

    lab_name: str
    made_at: datetime
    samples: tuple[SampleRow, ...] = ()
    rounds: tuple[RoundPoint, ...] = ()
    spectra: tuple[SpectrumView, ...] = ()
    elements: tuple[ElementTile, ...] = ()
    parity: tuple[ParityPoint, ...] = ()
    refused_files: tuple[tuple[str, str], ...] = ()
    summary: tuple[str, ...] = ()
    provenance: tuple[tuple[str, Any], ...] = ()
    journal: tuple[JournalLine, ...] = ()
    reference_log10_sigma: float | None = None
    reference_name: str = "undoped Na3Zr2Si2PO12"
    score_name: str = "expected log₁₀(σ / S cm⁻¹)"
    max_spectra: int = field(default=40)
    n_spectra_left_out: int = 0
    pellets: tuple[PelletRow, ...] = ()
    retracted: tuple[RetractedRow, ...] = ()
    health: tuple[tuple[str, str, str, str], ...] = ()
    held_out: HeldOutView | None = None
    held_out_caveat: str = ""
    files: tuple[FileRow, ...] = ()
    n_files_left_out: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """Where the report lies."""

    html: Path
    pictures: tuple[Picture, ...]
    pdf: Path | None = None
