"""Samples, recipes, weighings, firings, pellets and their geometry."""

from dataclasses import replace

from db.queries.access import Access, id_of
from db.tables import TABLES
from db.values import (
    Firing,
    Pellet,
    PelletGeometry,
    RecipeVersion,
    Sample,
    SampleStateName,
    Weighing,
)

_GEOMETRY_FIELDS = (
    "thickness_cm",
    "thickness_cm_sd",
    "electrode_diameter_cm",
    "electrode_diameter_cm_sd",
    "fired_diameter_cm",
    "die_diameter_cm",
    "mass_g",
    "relative_density",
    "fired_diameter_cm_sd",
    "green_mass_g",
    "green_thickness_cm",
    "green_diameter_cm",
    "electrode_method",
    "density_method",
    "archimedes",
    "readings",
)
_WITH_SD = ("thickness_cm", "electrode_diameter_cm", "fired_diameter_cm")


def overlay(facts: list[PelletGeometry]) -> PelletGeometry | None:
    """Return geometry facts (oldest first) overlaid field by field; None when there are none.

    A later length also replaces the sd and the readings of the earlier one: they belong to their measurement.
    """
    if not facts:
        return None
    merged = facts[0]
    for fact in facts[1:]:
        given = {name: getattr(fact, name) for name in _GEOMETRY_FIELDS if getattr(fact, name) is not None}
        for name in _WITH_SD:
            if name in given:
                given[f"{name}_sd"] = getattr(fact, f"{name}_sd")
        kept = {name: read for name, read in (merged.readings or {}).items() if name not in given}
        given["readings"] = {**kept, **(fact.readings or {})} or None
        merged = replace(merged, id=fact.id, at=fact.at, **given)
    return merged


class Making(Access):
    """What was made, from the plan to the pellet."""

    def samples(
        self, state: SampleStateName | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[Sample]:
        """Return the samples by number, all or those in one state."""
        sample, states = TABLES["sample"], TABLES["sample_state"]
        query = self._select("sample").order_by(sample.c.number)
        if state is not None:
            query = query.join(states, states.c.sample_id == sample.c.id).where(
                states.c.lab_id == self.lab.id, states.c.state == state
            )
        return self._values(Sample, query, limit=limit, offset=offset)

    def sample(self, label: str) -> Sample:
        """Return the sample with this label; Refusal when there is none."""
        return self._known(Sample, "sample", "sample", label=label.strip().upper())

    def find_sample(self, label: str) -> Sample | None:
        """Return the sample with this label, or None."""
        return self._fact(Sample, "sample", label=label.strip().upper())

    def sample_by_id(self, sample_id: int) -> Sample:
        """Return a sample by its id; Refusal when there is none."""
        return self._known(Sample, "sample", "sample with id", id=sample_id)

    def samples_of_suggestion(self, suggestion_id: int) -> list[Sample]:
        """Return the samples that were made from a suggestion."""
        return self._facts(Sample, "sample", suggestion_id=suggestion_id)

    def sample_state(self, sample: Sample | int) -> SampleStateName:
        """Return a sample's state; Refusal when there is no such sample."""
        states = TABLES["sample_state"]
        query = self._select("sample_state").where(states.c.sample_id == id_of(sample))
        row = self._connection.execute(query).mappings().first()
        if row is None:
            self.sample_by_id(id_of(sample))
            return "planned"
        state: SampleStateName = row["state"]
        return state

    def sample_states(self) -> dict[int, SampleStateName]:
        """Return the state of every sample, by sample id."""
        return self._pairs("sample_id", "state", "sample_state")

    def recipes(self, sample: Sample | int) -> list[RecipeVersion]:
        """Return all recipe versions of a sample, oldest first."""
        return self._facts(RecipeVersion, "recipe", sample_id=id_of(sample))

    def recipe(self, sample: Sample | int) -> RecipeVersion | None:
        """Return the newest recipe of a sample."""
        return self._fact(RecipeVersion, "recipe", sample_id=id_of(sample))

    def weighings(self, sample: Sample | int) -> list[Weighing]:
        """Return all weighings of a sample, oldest first."""
        return self._facts(Weighing, "weighing", sample_id=id_of(sample))

    def weighing(self, sample: Sample | int) -> Weighing | None:
        """Return the weighing that counts: the newest."""
        return self._fact(Weighing, "weighing", sample_id=id_of(sample))

    def firings(self, sample: Sample | int) -> list[Firing]:
        """Return the furnace steps of a sample, oldest first."""
        return self._facts(Firing, "firing", sample_id=id_of(sample))

    def pellets(self, sample: Sample | int | None = None, *, limit: int | None = None, offset: int = 0) -> list[Pellet]:
        """Return the pellets of a sample, or of the whole lab, oldest first."""
        wanted = {} if sample is None else {"sample_id": id_of(sample)}
        return self._facts(Pellet, "pellet", limit=limit, offset=offset, **wanted)

    def pellet(self, label: str) -> Pellet:
        """Return the pellet with this label ("NL-0001-P2"); Refusal when there is none."""
        return self._known(Pellet, "pellet", "pellet", label=label.strip().upper())

    def find_pellet(self, label: str) -> Pellet | None:
        """Return the pellet with this label, or None."""
        return self._fact(Pellet, "pellet", label=label.strip().upper())

    def pellet_by_id(self, pellet_id: int) -> Pellet:
        """Return a pellet by its id; Refusal when there is none."""
        return self._known(Pellet, "pellet", "pellet with id", id=pellet_id)

    def geometries(self, pellet: Pellet | int) -> list[PelletGeometry]:
        """Return the geometry facts of a pellet as they were entered, oldest first."""
        return self._facts(PelletGeometry, "pellet_geometry", pellet_id=id_of(pellet))

    def geometry(self, pellet: Pellet | int) -> PelletGeometry | None:
        """Return a pellet's overlaid geometry; its id is that of the newest fact in it. None when nothing was entered.

        A later thickness or diameter given without sd drops the sd of the earlier one.
        """
        return overlay(self.geometries(pellet))
