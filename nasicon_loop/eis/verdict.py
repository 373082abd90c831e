"""The last step: sigma from what is known of the pellet, and the verdict over all gates."""

from collections.abc import Iterable
from dataclasses import replace

from nasicon_loop.eis.analysis import Analysis, Gate, Verdict
from nasicon_loop.eis.gates import Gates
from nasicon_loop.eis.settings import Settings
from nasicon_loop.eis.sigma import with_conductivity

_SIGMA_GATE = "conductivity"
_CORRECTION_GATE = "correction to 25 C"


def verdict_of(gates: Iterable[Gate]) -> tuple[Verdict, tuple[str, ...]]:
    """Return the verdict over all gates, and the sentences of those that failed, the gravest first."""
    failed = [gate for gate in gates if not gate.is_passed]
    grave = [gate for gate in failed if gate.verdict_if_failed == "rejected"]
    verdict: Verdict = "rejected" if grave else "review" if failed else "accepted"
    return verdict, tuple(gate.sentence for gate in (*grave, *(gate for gate in failed if gate not in grave)))


def settled(analysis: Analysis, settings: Settings) -> Analysis:
    """Return the analysis with sigma, its gate and the verdict, from its geometry and temperature as they stand.

    An analysis without R_total stays as it is. Nothing is fitted.
    """
    analysis = with_conductivity(analysis, settings)
    if analysis.r_total_ohm is None:
        return analysis
    gates = Gates(settings)
    gates.met = [gate for gate in analysis.gates if gate.name not in (_SIGMA_GATE, _CORRECTION_GATE)]
    if analysis.sigma_total_s_cm is not None:
        gates.at_most(_SIGMA_GATE, analysis.sigma_total_s_cm)
        gates.at_most(_CORRECTION_GATE, analysis.relative_budget["correction"])
    verdict, reasons = verdict_of(gates.met)
    if verdict == "accepted":
        reasons = (_why_accepted(analysis),)
    return replace(analysis, verdict=verdict, reasons=reasons, gates=tuple(gates.met))


def _why_accepted(analysis: Analysis) -> str:
    cross = analysis.cross_check
    agreement = (
        "no minimum of -Im Z to compare with, and no other circuit comes near"
        if cross is None or cross.relative_difference is None
        else f"the minimum rule differs by {cross.relative_difference:+.1%}"
    )
    return f"{analysis.circuit_string} describes the data to {analysis.fit_rms or 0.0:.2%}; {agreement}"
