"""Writing what was made, from the plan to the pellet."""

from collections.abc import Mapping
from typing import Any

from db.commands.recording import Recording
from db.queries.access import id_of
from db.values import (
    SAMPLE_STATES,
    Firing,
    Pellet,
    PelletGeometry,
    RecipeVersion,
    Sample,
    SampleStateName,
    Suggestion,
    Weighing,
)
from db.values_bench import FurnaceLoad
from nasicon_loop.core import Refusal


class MakingWriter(Recording):
    """Samples, recipes, weighings, firings, pellets."""

    def add_sample(
        self,
        target_formula: str,
        *,
        suggestion: Suggestion | int | None = None,
        is_reference: bool = False,
        note: str = "",
    ) -> Sample:
        """Add a sample in state "planned" with the next number and label; its suggestion becomes "accepted"."""
        suggestion_id = None if suggestion is None else self.suggestion_by_id(id_of(suggestion)).id
        number = self._next_number("sample")
        label = f"{self.lab.label_prefix}-{number:04d}"
        values = {
            "label": label,
            "number": number,
            "target_formula": target_formula,
            "suggestion_id": suggestion_id,
            "is_reference": is_reference,
            "note": note,
        }
        return self._record(
            Sample, "sample", "sample.created", values, data={"label": label, "suggestion_id": suggestion_id}
        )

    def set_sample_state(self, sample: Sample | int, state: SampleStateName, reason: str = "") -> None:
        """Move a sample to a state. Refusal for an unknown state, and for any move away from "abandoned"."""
        if state not in SAMPLE_STATES:
            raise Refusal(f"a sample cannot be {state!r}; it can be {', '.join(SAMPLE_STATES)}")
        known = self.sample_by_id(id_of(sample))
        if self.sample_state(known) == "abandoned" and state != "abandoned":
            raise Refusal("the sample was abandoned and cannot be taken up again; make a new one", known.label)
        self._line("sample.state", ("sample", known.id), {"state": state, "reason": reason})

    def _going(self, sample: Sample | int) -> Sample:
        known = self.sample_by_id(id_of(sample))
        if self.sample_state(known) == "abandoned":
            raise Refusal("the sample was abandoned; make a new one", known.label)
        return known

    def add_recipe(
        self, sample: Sample | int, document: Mapping[str, Any], *, despite_sign_off: str = ""
    ) -> RecipeVersion:
        """Add the next version of a sample's recipe.

        Refusal when the newest version was signed off, unless `despite_sign_off` says why; the signed one stays.
        """
        known = self._going(sample)
        newest = self.recipe(known)
        signed = [] if newest is None else self.recipe_signatures(newest)
        if newest is not None and signed and not despite_sign_off.strip():
            raise Refusal(
                f"version {newest.version} was signed off by {signed[0].who} and is frozen; "
                "write what was done otherwise beside it with --deviation",
                known.label,
            )
        version = self._next_number("recipe", sample_id=known.id)
        values = {"sample_id": known.id, "version": version, "document": document}
        return self._record(
            RecipeVersion,
            "recipe",
            "recipe.made",
            values,
            subject=("sample", known.id),
            data={"version": version, **({"despite_sign_off": despite_sign_off} if signed else {})},
        )

    def add_weighing(
        self,
        sample: Sample | int,
        *,
        masses_g: Mapping[str, float],
        weighed_formula: str,
        batched_formula: str,
        excess_fraction: float,
        operator: str,
    ) -> Weighing:
        """Add what was weighed (g by precursor); a planned or failed sample becomes "weighed"."""
        known = self._going(sample)
        values = {
            "sample_id": known.id,
            "masses_g": masses_g,
            "weighed_formula": weighed_formula,
            "batched_formula": batched_formula,
            "excess_fraction": excess_fraction,
            "operator": operator,
        }
        return self._record(Weighing, "weighing", "sample.weighed", values, subject=("sample", known.id))

    def add_firing(
        self,
        sample: Sample | int,
        step: str,
        *,
        temperature_c: float,
        hours: float,
        note: str = "",
        furnace_load: FurnaceLoad | int | None = None,
        set_temperature_c: float | None = None,
        mass_before_g: float | None = None,
        mass_after_g: float | None = None,
    ) -> Firing:
        """Add a furnace step. One that begins with "calcin" makes the sample "calcined"; "sinter..." teaches.

        `temperature_c` is the actual one. Refusal when the sample does not lie in the load.
        """
        known = self._going(sample)
        load_id = None
        if furnace_load is not None:
            load = self.load_by_id(id_of(furnace_load))
            if known.id not in {place.sample_id for place in self.places(load)}:
                raise Refusal(f"does not lie in load {load.number}", known.label)
            load_id = load.id
        values = {
            "sample_id": known.id,
            "step": step,
            "temperature_c": temperature_c,
            "hours": hours,
            "note": note,
            "furnace_load_id": load_id,
            "set_temperature_c": set_temperature_c,
            "mass_before_g": mass_before_g,
            "mass_after_g": mass_after_g,
        }
        return self._record(Firing, "firing", "sample.fired", values, subject=("sample", known.id), data={"step": step})

    def add_pellet(self, sample: Sample | int) -> Pellet:
        """Add the next pellet of a sample, labelled "NL-0001-P1", "-P2", ..."""
        known = self._going(sample)
        number = self._next_number("pellet", sample_id=known.id)
        values = {"sample_id": known.id, "number": number, "label": f"{known.label}-P{number}"}
        return self._record(
            Pellet, "pellet", "pellet.made", values, data={"sample_id": known.id, "label": values["label"]}
        )

    def add_geometry(
        self,
        pellet: Pellet | int,
        *,
        thickness_cm: float | None = None,
        thickness_cm_sd: float | None = None,
        electrode_diameter_cm: float | None = None,
        electrode_diameter_cm_sd: float | None = None,
        fired_diameter_cm: float | None = None,
        die_diameter_cm: float | None = None,
        mass_g: float | None = None,
        relative_density: float | None = None,
        fired_diameter_cm_sd: float | None = None,
        green_mass_g: float | None = None,
        green_thickness_cm: float | None = None,
        green_diameter_cm: float | None = None,
        electrode_method: str | None = None,
        density_method: str | None = None,
        archimedes: Mapping[str, Any] | None = None,
        readings: Mapping[str, Any] | None = None,
    ) -> PelletGeometry:
        """Add what was measured on a pellet and return the overlaid geometry (with the new fact's id).

        Analysed files of the pellet go back to "needs analysis" when thickness or electrode diameter changed. Refusal
        when nothing is given or a number is not positive (an sd may be 0).
        """
        known = self.pellet_by_id(id_of(pellet))
        fields: dict[str, Any] = {
            "thickness_cm": thickness_cm,
            "thickness_cm_sd": thickness_cm_sd,
            "electrode_diameter_cm": electrode_diameter_cm,
            "electrode_diameter_cm_sd": electrode_diameter_cm_sd,
            "fired_diameter_cm": fired_diameter_cm,
            "die_diameter_cm": die_diameter_cm,
            "mass_g": mass_g,
            "relative_density": relative_density,
            "fired_diameter_cm_sd": fired_diameter_cm_sd,
            "green_mass_g": green_mass_g,
            "green_thickness_cm": green_thickness_cm,
            "green_diameter_cm": green_diameter_cm,
            "electrode_method": electrode_method,
            "density_method": density_method,
            "archimedes": archimedes,
            "readings": readings,
        }
        given = {name: number for name, number in fields.items() if number is not None}
        if not given:
            raise Refusal("no geometry was given", known.label)
        for name, number in given.items():
            is_number = isinstance(number, int | float)
            if is_number and (number < 0 or (number == 0 and not name.endswith("_sd"))):
                raise Refusal(f"{name} must be positive, not {number}", known.label)
        self._record(
            PelletGeometry,
            "pellet_geometry",
            "pellet.measured",
            {"pellet_id": known.id, **fields},
            subject=("pellet", known.id),
            data={"given": sorted(given)},
        )
        merged = self.geometry(known)
        if merged is None:
            raise RuntimeError("a geometry that was just written is not there")
        return merged
