"""The value that one analysis of one spectrum leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from nasicon_loop.core import Refusal
from nasicon_loop.eis.geometry import Geometry
from nasicon_loop.eis.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from impedance.models.circuits import CustomCircuit
    from numpy.typing import ArrayLike, NDArray

ENGINE_VERSION = "1.2.0"
"""Changes whenever the same spectrum may give another number or verdict."""

Verdict = Literal["accepted", "review", "rejected"]


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate as it was met: its number, its limit, whether it was passed, and the sentence for the user."""

    name: str
    value: float | None
    limit: float | None
    is_passed: bool
    verdict_if_failed: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """One circuit that was tried. `note` is "chosen", "kept" (equally good) or why it was dropped."""

    circuit_string: str
    bic: float | None
    r_total_ohm: float | None
    r_total_ohm_sd: float | None
    fit_rms: float | None
    note: str


@dataclass(frozen=True, slots=True)
class RandlesFit:
    """The paper's circuit, fitted beside and never used for the number unless it is also the chosen one.

    `chi2` is the sum of squared residuals relative to |Z| per degree of freedom.
    """

    circuit_string: str
    parameters: Mapping[str, float]
    parameter_sd: Mapping[str, float | None]
    r_total_ohm: float
    r_total_ohm_sd: float | None
    chi2: float


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """The minimum rule: Re Z where -Im Z has its last minimum, read off the Kramers-Kronig smoothed data."""

    r_total_ohm: float
    frequency_hz: float
    relative_difference: float | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was concluded from one spectrum by one engine version.

    `rejected` has neither R nor sigma. `parameters` are in the order of the circuit string and in the units of the
    `impedance` package; `covariance` is theirs. `r_total_ohm_sd` is the sweep's own part (fit, model choice, floor);
    what all sweeps of a pellet share (geometry, leads, temperature) enters the sd of sigma, listed in
    `relative_budget`. `leads` names the correction that was taken off the spectrum before, None where there was none.
    `masked` are the places of all points that weighed nothing, `left_out` those among them that a person left out.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()
    circuit_string: str | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    parameter_sd: Mapping[str, float | None] = field(default_factory=dict)
    covariance: tuple[tuple[float, ...], ...] = ()
    r_total_ohm: float | None = None
    r_total_ohm_sd: float | None = None
    r_bulk_ohm: float | None = None
    r_bulk_ohm_sd: float | None = None
    r_gb_ohm: float | None = None
    r_gb_ohm_sd: float | None = None
    split_note: str = "total only"
    kk_rms: float | None = None
    noise: float | None = None
    fit_rms: float | None = None
    masked: tuple[int, ...] = ()
    gates: tuple[Gate, ...] = ()
    candidates: tuple[CandidateResult, ...] = ()
    randles: RandlesFit | None = None
    cross_check: CrossCheck | None = None
    temperature_c: float | None = None
    temperature_c_sd: float | None = None
    temperature_source: str | None = None
    geometry: Geometry | None = None
    sigma_total_s_cm: float | None = None
    sigma_total_s_cm_sd: float | None = None
    sigma_25_s_cm: float | None = None
    sigma_25_s_cm_sd: float | None = None
    relative_budget: Mapping[str, float] = field(default_factory=dict)
    made_by: str = "nasicon"
    engine_version: str = ENGINE_VERSION
    leads: Mapping[str, Any] | None = None
    left_out: tuple[int, ...] = ()

    @property
    def circuit(self) -> "CustomCircuit":
        """A fresh `impedance` CustomCircuit with `parameters_` and `conf_` (1 sd) filled; imports impedance only now.

        Raises Refusal where the analysis has no circuit.
        """
        from nasicon_loop.eis.interop import custom_circuit

        return custom_circuit(self)

    def impedance_at(self, frequency_hz: "ArrayLike") -> "NDArray[np.complex128]":
        """Return the fitted impedance in ohm, shape (n,), by our own evaluation. Raises Refusal without a circuit."""
        from nasicon_loop.eis.circuit import Circuit

        if self.circuit_string is None:
            raise Refusal("this analysis has no circuit: " + "; ".join(self.reasons), "analysis")
        return Circuit.compile(self.circuit_string).impedance(frequency_hz, list(self.parameters.values()))

    def with_geometry(self, geometry: Geometry | None, settings: Settings | None = None) -> "Analysis":
        """Return the same analysis with sigma (and its gate) of another geometry; nothing is fitted again."""
        from nasicon_loop.eis.verdict import settled

        return settled(replace(self, geometry=geometry), settings or Settings())

    def with_temperature(
        self,
        temperature_c: float | None,
        temperature_c_sd: float | None = None,
        source: str | None = None,
        settings: Settings | None = None,
    ) -> "Analysis":
        """Return the same analysis with the conductivity at another temperature; nothing is fitted again."""
        from nasicon_loop.eis.verdict import settled

        at = replace(self, temperature_c=temperature_c, temperature_c_sd=temperature_c_sd, temperature_source=source)
        return settled(at, settings or Settings())

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-able values (lists, dicts, numbers, text, None)."""
        from nasicon_loop.eis.document import to_document

        return to_document(self)

    @staticmethod
    def from_dict(document: Mapping[str, Any]) -> "Analysis":
        """Return the analysis that `to_dict` wrote. Raises Refusal for a document that is none."""
        from nasicon_loop.eis.document import from_document

        return from_document(document)


VERDICTS: tuple[str, ...] = get_args(Verdict)
FIELDS: tuple[str, ...] = tuple(item.name for item in fields(Analysis))
