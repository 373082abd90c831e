"""An analysis by the engine with a person's word in it: points left out, or the circuit chosen among those known."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nasicon_loop.core import Refusal, plain
from nasicon_loop.eis.analysis import Analysis, Gate
from nasicon_loop.eis.candidates import Candidate, known_circuit, known_circuits
from nasicon_loop.eis.conclusion import with_leads_note
from nasicon_loop.eis.engine import examined
from nasicon_loop.eis.evidence import Evidence
from nasicon_loop.eis.gates import Gates
from nasicon_loop.eis.geometry import Geometry
from nasicon_loop.eis.screen import screened
from nasicon_loop.eis.settings import Settings
from nasicon_loop.eis.verdict import settled

if TYPE_CHECKING:
    from instruments.spectrum import Spectrum

BY_HAND = "by hand"
"""Name of the gate that no analysis with a person's word in it passes before a signature."""


def analyse_as_told(
    spectrum: "Spectrum",
    *,
    made_by: str,
    left_out: Sequence[int] = (),
    circuit: str | None = None,
    geometry: Geometry | None = None,
    settings: Settings | None = None,
) -> Analysis:
    """Return what the engine says without the points `left_out`, by `circuit` where one is given.

    All gates hold, on the points that are left; what the whole spectrum fails stays a reason for review. The verdict is
    review at best: signing is a second step. Raises Refusal for places that the spectrum does not have, for a circuit
    that the engine does not try, and without the name of a person.
    """
    if not made_by.strip():
        raise Refusal("what is left out carries the name of who left it out", "made_by")
    check_places(left_out, spectrum.n_points)
    rules, places, who = settings or Settings(), tuple(sorted(set(left_out))), plain(made_by)
    wanted = _wanted(circuit)
    analysis = examined(spectrum, geometry, rules, places, wanted)
    whole = _of_the_whole(spectrum, analysis, rules, places)
    analysis = replace(
        analysis,
        gates=(*analysis.gates, *whole, by_hand_gate(who, len(places), spectrum.n_points)),
        masked=tuple(sorted({*analysis.masked, *places})),
        left_out=places,
        made_by=who,
    )
    if analysis.r_total_ohm is None:
        told = (*(gate.sentence for gate in whole), by_hand_words(who, len(places), spectrum.n_points))
        return replace(analysis, reasons=(*analysis.reasons, *told))  # nothing to sign: there is no number
    return settled(with_leads_note(analysis, rules), rules)


def by_hand_gate(who: str, n_left_out: int, n_points: int) -> Gate:
    """Return the gate that keeps a person's own analysis in review until it is signed; it tells what was left out."""
    sentence = f"{by_hand_words(who, n_left_out, n_points)}: sign it if it is right"
    return Gate(BY_HAND, float(n_left_out), None, False, "review", sentence)


def by_hand_words(who: str, n_left_out: int, n_points: int) -> str:
    """Return who made it and how many points were left out."""
    what = f"{n_left_out} of {n_points} points left out by hand, " if n_left_out else ""
    return f"{what}made by hand by {who}"


def check_places(places: Sequence[int], n_points: int) -> None:
    """Raise Refusal for a place that a spectrum of so many points does not have."""
    outside = [place for place in places if not 0 <= place < n_points]
    if outside:
        raise Refusal(f"there is no point {outside[0]}: the spectrum has points 0 to {n_points - 1}", "fit by hand")


def _wanted(circuit: str | None) -> Candidate | None:
    if circuit is None:
        return None
    wanted = known_circuit(circuit)
    if wanted is None:
        known = ", ".join(known_circuits())
        raise Refusal(
            f"is none of {known}; for a circuit of your own name the resistors of the electrolyte too",
            plain(circuit, limit=100),
        )
    return wanted


def _of_the_whole(spectrum: "Spectrum", analysis: Analysis, rules: Settings, places: Sequence[int]) -> tuple[Gate, ...]:
    """Return what the whole spectrum fails and the points that are left do not: leaving out makes nothing easier."""
    if not places:
        return ()
    gates = Gates(rules)
    data = screened(np.asarray(spectrum.frequency_hz), np.asarray(spectrum.impedance_ohm), rules)
    Evidence.of(data, gates, rules)
    failed = {gate.name for gate in analysis.gates if not gate.is_passed}
    return tuple(
        replace(
            gate,
            name=f"{gate.name}, all points",
            verdict_if_failed="review",
            sentence=f"with all points: {gate.sentence}",
        )
        for gate in gates.met
        if not gate.is_passed and gate.name not in failed
    )
