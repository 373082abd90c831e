"""Writing what happens at the bench: stock, weighing step by step, sign-offs, loads, phases."""

from collections.abc import Mapping, Sequence
from typing import Any

from db.commands.recording import Recording
from db.queries.access import id_of
from db.values import Pellet, RecipeVersion, Sample
from db.values_bench import (
    LOT_EVENTS,
    PHASES,
    Deviation,
    FurnaceLoad,
    LoadPlace,
    Lot,
    LotEvent,
    LotEventKind,
    PelletPhase,
    PhaseName,
    Place,
    RecipeSignature,
    WeighingEntry,
)
from nasicon_loop.core import Refusal


class BenchWriter(Recording):
    """Lots, balance readings, sign-offs, deviations, furnace loads, phases."""

    def add_lot(
        self,
        precursor: str,
        *,
        lot_number: str,
        amount_g: float,
        supplier: str = "",
        assay: float = 1.0,
        loss_on_ignition: float = 0.0,
        opened_on: str | None = None,
        note: str = "",
    ) -> Lot:
        """Add a jar with the next number; it is open. Refusal for fractions and amounts that no jar has."""
        if not (0 < assay <= 1 and 0 <= loss_on_ignition < 1 and amount_g > 0):
            raise Refusal("assay and loss on ignition are fractions, the amount is a positive mass", lot_number)
        values = {
            "number": self._next_number("lot"),
            "precursor": precursor,
            "lot_number": lot_number,
            "supplier": supplier,
            "assay": assay,
            "loss_on_ignition": loss_on_ignition,
            "opened_on": opened_on,
            "amount_g": amount_g,
            "note": note,
        }
        data = {name: values[name] for name in ("number", "precursor", "lot_number", "amount_g", "opened_on")}
        return self._record(Lot, "lot", "lot.added", values, data=data)

    def add_lot_event(
        self, lot: Lot | int, kind: LotEventKind, *, on_date: str, left_g: float | None = None, note: str = ""
    ) -> LotEvent:
        """Write down that a jar was opened, fired, counted (`left_g`) or closed on a day."""
        known = self.lot_by_id(id_of(lot))
        if kind not in LOT_EVENTS:
            raise Refusal(f"a lot cannot be {kind!r}; it can be {', '.join(LOT_EVENTS)}", known.lot_number)
        if (kind == "counted") != (left_g is not None):
            raise Refusal("a count, and only a count, says how much is left", known.lot_number)
        told: dict[str, Any] = {"kind": kind, "on_date": on_date, "left_g": left_g}
        values = {"lot_id": known.id, "note": note, **told}
        return self._record(LotEvent, "lot_event", "lot.event", values, subject=("lot", known.id), data=told)

    def add_weighing_entry(
        self,
        sample: Sample | int,
        precursor: str,
        mass_g: float,
        *,
        lot: Lot | int | None = None,
        operator: str,
        balance: str | None = None,
        raw_line: str | None = None,
    ) -> WeighingEntry:
        """Write down all of one precursor that lies in the vessel; the lot goes down by it.

        An earlier entry for the same precursor is given back to its lot. Refusal for a lot of another precursor.
        """
        known = self.sample_by_id(id_of(sample))
        taken = None if lot is None else self.lot_by_id(id_of(lot))
        if taken is not None and taken.precursor != precursor:
            raise Refusal(f"lot {taken.number} is {taken.precursor}, not {precursor}", known.label)
        if mass_g < 0:
            raise Refusal(f"a mass cannot be {mass_g:g} g", known.label)
        earlier = self.newest_entries(known).get(precursor)
        lot_id = None if taken is None else taken.id
        values = {
            "sample_id": known.id,
            "precursor": precursor,
            "mass_g": mass_g,
            "lot_id": lot_id,
            "operator": operator,
            "balance": balance,
            "raw_line": raw_line,
        }
        data = {
            "precursor": precursor,
            "mass_g": mass_g,
            "operator": operator,
            "lot_id": lot_id,
            "returned_lot_id": earlier and earlier.lot_id,
            "returned_g": earlier.mass_g if earlier else 0.0,
        }
        return self._record(
            WeighingEntry, "weighing_entry", "weighing.entered", values, subject=("sample", known.id), data=data
        )

    def sign_recipe(self, recipe: RecipeVersion | int, *, who: str, note: str = "") -> RecipeSignature:
        """Sign a recipe version off: it is frozen from now on. Refusal when the same person signed it before."""
        known = self._known(RecipeVersion, "recipe", "recipe with id", id=id_of(recipe))
        label = self.sample_by_id(known.sample_id).label
        if who in {signature.who for signature in self.recipe_signatures(known)}:
            raise Refusal(f"version {known.version} was signed off by {who} already", label)
        values = {"recipe_id": known.id, "who": who, "note": note}
        data = {"version": known.version, "by": who}
        return self._record(
            RecipeSignature,
            "recipe_signature",
            "recipe.signed",
            values,
            subject=("sample", known.sample_id),
            data=data,
        )

    def add_deviation(
        self, sample: Sample | int, text: str, *, who: str, recipe: RecipeVersion | int | None = None
    ) -> Deviation:
        """Write down what was done otherwise than planned. Refusal for an empty text."""
        known = self.sample_by_id(id_of(sample))
        if not text.strip():
            raise Refusal("say what was done otherwise", known.label)
        recipe_id = None if recipe is None else id_of(recipe)
        values = {"sample_id": known.id, "recipe_id": recipe_id, "text": text, "who": who}
        return self._record(
            Deviation,
            "deviation",
            "recipe.deviation",
            values,
            subject=("sample", known.id),
            data={"text": text, "by": who},
        )

    def add_load(
        self,
        step: str,
        places: Sequence[Place],
        *,
        program: Mapping[str, Any],
        set_temperature_c: float,
        hours: float,
        offset_c: float = 0.0,
        calibrated_on: str | None = None,
        without_reference: str = "",
        note: str = "",
    ) -> FurnaceLoad:
        """Add a furnace load with the next number and what lies in it.

        Refusal for an empty load, a sample or slot named twice, and a load without a reference and without a reason.
        """
        if not places:
            raise Refusal("a load needs at least one sample", step)
        if len({place.sample_id for place in places}) < len(places):
            raise Refusal("a sample is named twice", step)
        if len({place.slot.casefold() for place in places}) < len(places):
            raise Refusal("two samples have the same slot", step)
        if not any(place.is_reference for place in places) and not without_reference.strip():
            raise Refusal("a load carries an undoped reference, or says why not", step)
        values = {
            "number": self._next_number("furnace_load"),
            "step": step,
            "program": program,
            "set_temperature_c": set_temperature_c,
            "hours": hours,
            "offset_c": offset_c,
            "calibrated_on": calibrated_on,
            "without_reference": without_reference,
            "note": note,
        }
        data = {"number": values["number"], "step": step, "samples": [place.sample_id for place in places]}
        with self._together():
            load = self._record(FurnaceLoad, "furnace_load", "load.made", values, data=data)
            for place in places:
                row = {
                    "furnace_load_id": load.id,
                    "sample_id": self.sample_by_id(place.sample_id).id,
                    "slot": place.slot,
                    "bed": place.bed,
                    "is_reference": place.is_reference,
                }
                told = {"load": load.number, "slot": place.slot}
                subject = ("sample", place.sample_id)
                self._record(LoadPlace, "load_place", "sample.loaded", row, subject=subject, data=told)
        return load

    def add_phase(
        self,
        pellet: Pellet | int,
        phase: PhaseName,
        *,
        second_phases: Mapping[str, float] | None = None,
        pattern_sha256: str | None = None,
        pattern_name: str | None = None,
        who: str,
        note: str = "",
    ) -> PelletPhase:
        """Write down what diffraction says of a pellet; the latest counts.

        Refusal for an unknown phase and for second phases that are not mass fractions with a sum under 1.
        """
        known = self.pellet_by_id(id_of(pellet))
        seconds = dict(second_phases or {})
        if phase not in PHASES:
            raise Refusal(f"the phase is one of {', '.join(PHASES)}", known.label)
        if any(not 0 < fraction < 1 for fraction in seconds.values()) or sum(seconds.values()) >= 1:
            raise Refusal("second phases are mass fractions above 0 with a sum under 1", known.label)
        values = {
            "pellet_id": known.id,
            "phase": phase,
            "second_phases": seconds,
            "pattern_sha256": pattern_sha256,
            "pattern_name": pattern_name,
            "who": who,
            "note": note,
        }
        data = {"phase": phase, "second_phases": seconds, "pattern": pattern_sha256}
        return self._record(
            PelletPhase, "pellet_phase", "pellet.phase", values, subject=("pellet", known.id), data=data
        )
