"""What the campaign knows of a lab, read in one go: results, what is on its way, what failed."""

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasicon_loop.core import plain
from nasicon_loop.lab.learning import teaching_row

if TYPE_CHECKING:
    from db import LiteratureRow, Reader, Sample, TeachingRow
    from nasicon_loop.campaign import Known, Outcome, OwnPellet

ROOM_TEMPERATURE_C = (15.0, 35.0)
"""Literature values between these are compared with predictions at 25 °C."""
DENSE = 0.85
"""Relative density from which a pellet counts as dense: below, pores are most of what is measured."""
SECOND_PHASE = 0.05
"""Mass fraction of second phases from which a sample is not single-phase."""
UNSEEN_WEIGHT = 0.5
"""What a dense pellet counts whose phases nobody looked at."""
_OF_THE_COMPOSITION = re.compile(
    r"crack|porous|poros|not dense|second(ary)? phase|impurit|multi-?phase|melt|decompos|glass|did not (react|sinter)",
    re.IGNORECASE,
)
"""Reasons for a failure that say something of the composition; a broken crucible says nothing."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the campaign has to respect and to learn from."""

    known: tuple["Known", ...]
    made: tuple[str, ...]
    pending: tuple[str, ...]
    abandoned: tuple[str, ...]
    rejected: tuple[str, ...]
    pellets: tuple["OwnPellet", ...] = ()
    outcomes: tuple["Outcome", ...] = ()


def knowledge(reader: "Reader") -> Past:
    """Return what is known, made, waiting or ruled out, as one reader sees it."""
    taught = reader.teaching_analyses()
    known = [*map(_known_literature, room_temperature(reader)), *map(_known_result, taught)]
    samples, states = reader.samples(), reader.sample_states()
    measured = {row.sample_id for row in taught}
    suggestion_states, suggestions = reader.suggestion_states(), reader.suggestions()
    by_state = {state: [s for s in samples if states[s.id] == state] for state in set(states.values())}
    going = [s for s in samples if states[s.id] not in ("failed", "abandoned")]
    begun = {sample.suggestion_id for sample in samples}
    waiting = [
        one.formula
        for one in suggestions
        if one.id not in begun and suggestion_states[one.number] in ("accepted", "held")
    ]
    return Past(
        known=tuple(known),
        made=tuple(s.target_formula for s in going if s.id in measured),
        pending=tuple([s.target_formula for s in going if s.id not in measured and not s.is_reference] + waiting),
        abandoned=tuple(s.target_formula for s in by_state.get("abandoned", [])),
        rejected=tuple(one.formula for one in suggestions if suggestion_states[one.number] == "rejected"),
        pellets=own_pellets(reader),
        outcomes=outcomes(reader),
    )


def own_pellets(reader: "Reader") -> "tuple[OwnPellet, ...]":
    """Return the lab's results pellet by pellet, oldest first, each with what its suggestion had promised."""
    from nasicon_loop.campaign import OwnPellet
    from nasicon_loop.lab.pooling import pellet_results

    promised = {one.id: one for one in reader.suggestions()}
    found = []
    for row in pellet_results(reader):
        taught, promise = teaching_row(row), promised.get(row.suggestion_id or -1)
        found.append(
            OwnPellet(
                row.pellet_label or row.sample_label,
                row.target_formula,
                taught.log10_sigma,
                taught.log10_sigma_sd,
                row.is_reference,
                promise.log10_sigma_mean if promise else None,
                promise.log10_sigma_sd if promise else None,
            )
        )
    return tuple(found)


def outcomes(reader: "Reader") -> "tuple[Outcome, ...]":
    """Return which samples became dense and single-phase and which did not; samples that tell neither are left out."""
    states = reader.sample_states()
    reasons = {
        line.subject_id: str(line.data.get("reason", ""))
        for line in reversed(reader.journal("sample", event="sample.state", limit=None))
    }
    shapes = reader.overlaid_geometries()
    phases = {phase.pellet_id: sum(phase.second_phases.values()) for phase in reader.phases()}
    seen: dict[int, tuple[list[float], list[float]]] = {}
    for pellet in reader.pellets():
        densities, seconds = seen.setdefault(pellet.sample_id, ([], []))
        shape = shapes.get(pellet.id)
        if shape is not None and shape.relative_density is not None:
            densities.append(shape.relative_density)
        if pellet.id in phases:
            seconds.append(phases[pellet.id])
    found = [
        _closed(one, states[one.id], reasons.get(one.id, ""))
        if states[one.id] in ("failed", "abandoned")
        else _looked_at(one, *seen.get(one.id, ([], [])))
        for one in reader.samples()
    ]
    return tuple(one for one in found if one is not None)


def _closed(sample: "Sample", state: str, reason: str) -> "Outcome | None":
    from nasicon_loop.campaign import Outcome

    if not _OF_THE_COMPOSITION.search(reason):
        return None
    return Outcome(sample.label, sample.target_formula, False, f"{state}: {plain(reason, limit=80)}")


def _looked_at(sample: "Sample", densities: list[float], seconds: list[float]) -> "Outcome | None":
    """What density and diffraction say of a sample's pellets: fractions of theory, mass fractions of second phases."""
    from nasicon_loop.campaign import Outcome

    label, formula = sample.label, sample.target_formula
    if seconds and min(seconds) > SECOND_PHASE:
        return Outcome(label, formula, False, f"had {100 * min(seconds):.0f} wt % of second phases")
    if not densities:
        return None
    if max(densities) < DENSE:
        return Outcome(label, formula, False, f"reached {100 * max(densities):.0f} % of its density")
    return Outcome(label, formula, True, "dense", 1.0 if seconds else UNSEEN_WEIGHT)


def room_temperature(reader: "Reader") -> "list[LiteratureRow]":
    """Return the usable published values of sodium compounds near room temperature."""
    low, high = ROOM_TEMPERATURE_C
    return [
        row for row in reader.literature(usable=True) if row.mobile_ion == "Na" and low <= row.temperature_c <= high
    ]


def _known_literature(row: "LiteratureRow") -> "Known":
    from nasicon_loop.campaign import Known

    return Known(
        row.formula, math.log10(row.sigma_s_cm), row.doi or row.source, kind="bulk" if row.kind == "bulk" else ""
    )


def _known_result(row: "TeachingRow") -> "Known":
    from nasicon_loop.campaign import Known

    taught = teaching_row(row)
    return Known(taught.formula, taught.log10_sigma, row.pellet_label or row.sample_label, is_lab=True)
