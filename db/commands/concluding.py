"""Writing what was concluded: analyses, signatures, retractions."""

from collections.abc import Mapping, Sequence
from typing import Any

from db.commands.recording import Recording
from db.queries.access import id_of
from db.values import (
    DECISIONS,
    VERDICTS,
    Decision,
    PelletGeometry,
    Retraction,
    Signature,
    SpectrumHead,
    StoredAnalysis,
    StoredSpectrum,
    Verdict,
)
from nasicon_loop.core import Refusal


class ConcludingWriter(Recording):
    """Analyses and what people say of them."""

    def add_analysis(
        self,
        spectrum: StoredSpectrum | SpectrumHead | int,
        *,
        engine_version: str,
        verdict: Verdict,
        reasons: Sequence[str],
        document: Mapping[str, Any],
        geometry: PelletGeometry | int | None = None,
        circuit_string: str | None = None,
        r_total_ohm: float | None = None,
        r_total_ohm_sd: float | None = None,
        sigma_total_s_cm: float | None = None,
        sigma_total_s_cm_sd: float | None = None,
        sigma_25_s_cm: float | None = None,
        sigma_25_s_cm_sd: float | None = None,
        temperature_c: float | None = None,
        temperature_c_sd: float | None = None,
        temperature_source: str | None = None,
        kk_rms: float | None = None,
        made_by: str = "nasicon",
        reason: str = "",
    ) -> StoredAnalysis:
        """Add an analysis; it is the spectrum's current one from now on, and earlier ones stay.

        `geometry` is what `Reader.geometry(pellet)` gave when the conductivity was computed; the file counts as
        analysed only while that is still the pellet's newest. `reason` is why a person made it; the journal keeps it
        beside `made_by`. Refusal when a rejected analysis has a number, or a
        conductivity has no geometry.
        """
        if verdict not in VERDICTS:
            raise Refusal(f"a verdict is {', '.join(VERDICTS)}, not {verdict!r}")
        if verdict == "rejected" and any(
            number is not None for number in (r_total_ohm, sigma_total_s_cm, sigma_25_s_cm)
        ):
            raise Refusal("a rejected analysis has no resistance and no conductivity")
        if sigma_total_s_cm is not None and geometry is None:
            raise Refusal("a conductivity needs the pellet geometry that it was computed with")
        known = self._known(SpectrumHead, "spectrum", "spectrum with id", id=id_of(spectrum))
        shape = None if geometry is None else self._shape(id_of(geometry))
        values = {
            "spectrum_id": known.id,
            "pellet_geometry_id": shape and shape.id,
            "engine_version": engine_version,
            "verdict": verdict,
            "reasons": list(reasons),
            "circuit_string": circuit_string,
            "r_total_ohm": r_total_ohm,
            "r_total_ohm_sd": r_total_ohm_sd,
            "sigma_total_s_cm": sigma_total_s_cm,
            "sigma_total_s_cm_sd": sigma_total_s_cm_sd,
            "sigma_25_s_cm": sigma_25_s_cm,
            "sigma_25_s_cm_sd": sigma_25_s_cm_sd,
            "temperature_c": temperature_c,
            "temperature_c_sd": temperature_c_sd,
            "temperature_source": temperature_source,
            "kk_rms": kk_rms,
            "document": document,
            "made_by": made_by,
        }
        data = {
            "spectrum_id": known.id,
            "raw_file_id": known.raw_file_id,
            "verdict": verdict,
            "engine_version": engine_version,
            "geometry_id": shape and shape.id,
            "geometry_pellet_id": shape and shape.pellet_id,
            "has_sigma": sigma_total_s_cm is not None,
            "sigma_total_s_cm": sigma_total_s_cm,
            **({"who": made_by, "reason": reason} if reason else {}),
        }
        return self._record(StoredAnalysis, "analysis", "analysis.made", values, data=data)

    def _shape(self, geometry_id: int) -> PelletGeometry:
        return self._known(PelletGeometry, "pellet_geometry", "pellet geometry with id", id=geometry_id)

    def sign(
        self, analysis: StoredAnalysis | int, decision: Decision, *, reason: str, who: str | None = None
    ) -> Signature:
        """Sign an analysis: "accepted" lets a reviewed one teach, "rejected" keeps any from teaching.

        Refusal when a rejected or retracted analysis is to be accepted: there is no number, or it was taken back.
        """
        if decision not in DECISIONS:
            raise Refusal(f"a decision is {' or '.join(DECISIONS)}, not {decision!r}")
        known = self.analysis(id_of(analysis))
        if decision == "accepted" and known.verdict == "rejected":
            raise Refusal("a rejected analysis has no number that could be accepted", f"analysis {known.id}")
        if decision == "accepted" and self.retractions(known):
            raise Refusal("the analysis was retracted; sign a newer one of its spectrum", f"analysis {known.id}")
        values = {"analysis_id": known.id, "decision": decision, "who": who or self.who, "reason": reason}
        data = {"spectrum_id": known.spectrum_id, "decision": decision, "who": values["who"], "reason": reason}
        return self._record(
            Signature, "signature", "analysis.signed", values, subject=("analysis", known.id), data=data
        )

    def retract(self, analysis: StoredAnalysis | int, *, reason: str, who: str | None = None) -> Retraction:
        """Take an analysis back: it stays with who, when and why, and teaches no later model run.

        A newer analysis of the same spectrum teaches only when it is signed. Refusal when already retracted or when
        no reason is given.
        """
        known = self.analysis(id_of(analysis))
        if not reason.strip():
            raise Refusal("a retraction needs a reason", f"analysis {known.id}")
        if self.retractions(known):
            raise Refusal("already retracted", f"analysis {known.id}")
        values = {"analysis_id": known.id, "who": who or self.who, "reason": reason}
        data = {"spectrum_id": known.spectrum_id, "who": values["who"], "reason": reason}
        return self._record(
            Retraction, "retraction", "analysis.retracted", values, subject=("analysis", known.id), data=data
        )
