"""What is to be fired together: a sample's step, or what lies in a load; and as a card for typing in."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.firing import STEPS, planned_dwell
from nasicon_loop.lab.loads import READY
from nasicon_loop.lab.sheets import stored_recipe

if TYPE_CHECKING:
    from db import FurnaceLoad, Reader, Sample
    from instruments.devices import DeviceProgram
    from nasicon_loop.lab.context import Lab

_FEW = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be fired together: samples, step, (ramp °C/min, target °C, dwell min) triples, dwell at the top."""

    labels: tuple[str, ...]
    step: str
    segments: tuple[tuple[float, float, float], ...]
    top_c: float
    hours: float
    load: "FurnaceLoad | None" = None

    def program(self) -> "DeviceProgram":
        """Return the program as devices take it."""
        from instruments.devices import DeviceProgram

        return DeviceProgram.of(self.segments)

    def words(self) -> str:
        """Return who is fired, and below it the segments: one per line, two where they are many."""
        who = f"{self.step} of {', '.join(self.labels)}"
        where = "" if self.load is None else f", all that is left of load {self.load.number}"
        parts = [
            f"{abs(ramp):g} °C/min to {target_c:g} °C" + (f", {dwell:g} min there" if dwell else "")
            for ramp, target_c, dwell in self.segments
        ]
        n = 1 if len(parts) <= _FEW else 2
        return "\n".join([f"{who}{where}", *("; ".join(parts[at : at + n]) for at in range(0, len(parts), n))])


def plan_of_sample(lab: "Lab", label: str, step: str) -> Plan:
    """Return the firing that a sample's recipe asks for; Refusal for an unknown step and without a recipe."""
    if step not in STEPS:
        raise Refusal(f"is not a furnace step: {' or '.join(STEPS)}", plain(step))
    recipe = stored_recipe(lab, label)
    top_c, hours = planned_dwell(recipe, step)
    program = next(program for program in recipe.programs if program.step == step)
    segments = tuple((part.ramp_c_min, part.target_c, part.dwell_min) for part in program.segments)
    return Plan((label,), step, segments, top_c, hours)


def plan_of_load(lab: "Lab", number: int) -> Plan:
    """Return the firing of what lies in a load and was not fired yet; Refusal when nothing is left."""
    with lab.database.read() as reader:
        load = reader.load(number)
        fired = reader.fired_samples(load)
        ids = [place.sample_id for place in reader.places(load) if place.sample_id not in fired]
        labels = tuple(reader.sample_by_id(sample_id).label for sample_id in ids)
    if not labels:
        raise Refusal("everything in it was fired already", f"load {number}")
    segments = tuple((part["ramp_c_min"], part["target_c"], part["dwell_min"]) for part in load.program["segments"])
    return Plan(labels, load.step, segments, load.set_temperature_c, load.hours, load)


def next_plan(lab: "Lab", label: str) -> Plan:
    """Return a sample's next firing: calcination, then sintering; together with its load where it lies in one for that.

    Raises Refusal for an unknown sample, one without a recipe, one that was sintered, and one that is closed.
    """
    with lab.database.read() as reader:
        sample = reader.sample(label)
        state, steps = reader.sample_state(sample), {firing.step for firing in reader.firings(sample)}
        if state in ("failed", "abandoned"):
            raise Refusal(f"is {state}: it is not fired any more", label)
        if "sintering" in steps:
            raise Refusal("was sintered already; once more is `nasicon bench fire LABEL --step sintering`", label)
        step = "sintering" if state == "calcined" else "calcination"
        load = _load_of(reader, sample, step)
    return plan_of_sample(lab, label, step) if load is None else plan_of_load(lab, load.number)


def _load_of(reader: "Reader", sample: "Sample", step: str) -> "FurnaceLoad | None":
    """The newest load for this step in which the sample lies unfired."""
    for load in reversed(reader.loads()):
        lies_there = sample.id in {place.sample_id for place in reader.places(load)}
        if load.step == step and lies_there and sample.id not in reader.fired_samples(load):
            return load
    return None


def firing_card(lab: "Lab", plan: Plan) -> str:
    """Return a program as a card for typing in at the panel."""
    from instruments.devices import card_text

    return card_text(plan.program(), lab.settings.furnace.name)


def unready(lab: "Lab", plan: Plan) -> list[str]:
    """Return a warning per sample that is not in the state in which it goes into this step."""
    with lab.database.read() as reader:
        states = [(label, reader.sample_state(reader.sample(label))) for label in plan.labels]
    return [f"{label} is {state}, not {READY[plan.step]}" for label, state in states if state != READY[plan.step]]
