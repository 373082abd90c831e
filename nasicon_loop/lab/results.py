"""What an import says of one file."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from db import SpectrumHead, StoredAnalysis, StoredSpectrum

_ORDER = ("accepted", "review", "rejected")


@dataclass(frozen=True, slots=True)
class SweepResult:
    """One sweep of the file and its current analysis. Resistances in ohm, conductivities in S/cm."""

    sweep: int
    n_points: int
    spectrum_id: int
    analysis_id: int
    verdict: str
    reasons: tuple[str, ...]
    circuit: str | None
    r_total_ohm: float | None
    r_total_ohm_sd: float | None
    sigma_total_s_cm: float | None
    sigma_total_s_cm_sd: float | None
    sigma_25_s_cm: float | None
    sigma_25_s_cm_sd: float | None
    temperature_c: float | None
    temperature_source: str | None

    @classmethod
    def of(cls, spectrum: "SpectrumHead | StoredSpectrum", analysis: "StoredAnalysis") -> "SweepResult":
        """Join a stored sweep and its analysis."""
        return cls(
            spectrum.sweep,
            spectrum.n_points,
            spectrum.id,
            analysis.id,
            analysis.verdict,
            analysis.reasons,
            analysis.circuit_string,
            analysis.r_total_ohm,
            analysis.r_total_ohm_sd,
            analysis.sigma_total_s_cm,
            analysis.sigma_total_s_cm_sd,
            analysis.sigma_25_s_cm,
            analysis.sigma_25_s_cm_sd,
            analysis.temperature_c,
            analysis.temperature_source,
        )


@dataclass(frozen=True, slots=True)
class ImportResult:
    """One file after an import, an assignment or a completion.

    `state` is the file's state in the database ("refused", "duplicate", "unassigned", "needs pellet", "needs
    geometry", "needs analysis", "held", "analysed"); `refusal` says why nothing could be read; `waits_for` what a
    person has to do next; `is_new` whether these bytes were not there before; `earlier_file_id` names the file with
    other content that was at the same path before.
    `file_id` is None only when nothing was stored (no such file, a link, too large).
    """

    file: str
    state: str
    file_id: int | None = None
    sha256: str | None = None
    label: str | None = None
    is_new: bool = False
    refusal: str | None = None
    waits_for: str | None = None
    earlier_file_id: int | None = None
    notes: tuple[str, ...] = ()
    sweeps: tuple[SweepResult, ...] = ()

    @property
    def headline(self) -> SweepResult | None:
        """The sweep to show where there is room for one: the first with the best verdict."""
        return min(self.sweeps, key=lambda sweep: (_ORDER.index(sweep.verdict), sweep.sweep), default=None)

    @property
    def verdict(self) -> str | None:
        """Verdict of the headline sweep."""
        return self.headline.verdict if self.headline else None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Reasons of the headline sweep's verdict."""
        return self.headline.reasons if self.headline else ()

    @property
    def sigma_total_s_cm(self) -> float | None:
        """Conductivity of the headline sweep at the measured temperature, S/cm."""
        return self.headline.sigma_total_s_cm if self.headline else None

    @property
    def sigma_total_s_cm_sd(self) -> float | None:
        """Its standard deviation, S/cm."""
        return self.headline.sigma_total_s_cm_sd if self.headline else None

    @property
    def n_usable(self) -> int:
        """How many sweeps have a conductivity and were accepted."""
        return sum(sweep.verdict == "accepted" and sweep.sigma_total_s_cm is not None for sweep in self.sweeps)

    @property
    def is_refused(self) -> bool:
        """Whether the exit code must say that something was refused."""
        return self.refusal is not None

    def document(self) -> dict[str, Any]:
        """Return the object that `--json` prints: a refusal is `{"file", "error"}` with its state."""
        if self.refusal is not None:
            return {"schema": 1, "file": self.file, "file_id": self.file_id, "state": self.state, "error": self.refusal}
        return {
            "schema": 1,
            "file": self.file,
            "file_id": self.file_id,
            "state": self.state,
            "label": self.label,
            "is_new": self.is_new,
            "earlier_file_id": self.earlier_file_id,
            "waits_for": self.waits_for,
            "notes": list(self.notes),
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "sigma_total_s_cm": self.sigma_total_s_cm,
            "sigma_total_s_cm_sd": self.sigma_total_s_cm_sd,
            "sweeps": list(self.sweeps),
        }
