"""Stock, weighing step by step, sign-offs and deviations, furnace loads, phases."""

import sqlalchemy as sa

from db.queries.access import Access, id_of
from db.tables import TABLES
from db.values import Pellet, RecipeVersion, Sample
from db.values_bench import (
    Deviation,
    FurnaceLoad,
    LoadPlace,
    Lot,
    LotEvent,
    LotStanding,
    LotStateName,
    PelletPhase,
    RecipeSignature,
    WeighingEntry,
)


class Bench(Access):
    """What the bench wrote down besides the plan and the pellet."""

    def lots(self, state: LotStateName | None = None, *, precursor: str | None = None) -> list[Lot]:
        """Return the lots by number; of one state, or of one precursor, where asked."""
        lot, states = TABLES["lot"], TABLES["lot_state"]
        query = self._select("lot").order_by(lot.c.number)
        if precursor is not None:
            query = query.where(lot.c.precursor == precursor)
        if state is not None:
            query = query.join(states, states.c.lot_id == lot.c.id).where(states.c.state == state)
        return self._values(Lot, query)

    def lot(self, number: int) -> Lot:
        """Return the lot with this number; Refusal when there is none."""
        return self._known(Lot, "lot", "lot", number=number)

    def lot_by_id(self, lot_id: int) -> Lot:
        """Return a lot by its id; Refusal when there is none."""
        return self._known(Lot, "lot", "lot with id", id=lot_id)

    def lot_events(self, lot: Lot | int) -> list[LotEvent]:
        """Return what happened to a lot, oldest first."""
        return self._facts(LotEvent, "lot_event", lot_id=id_of(lot))

    def lot_standings(self) -> dict[int, LotStanding]:
        """Return where each lot stands, by lot id."""
        found = self._values(LotStanding, self._select("lot_state"))
        return {one.lot_id: one for one in found}

    def weighing_entries(self, sample: Sample | int) -> list[WeighingEntry]:
        """Return the readings of the balance for a sample, oldest first."""
        return self._facts(WeighingEntry, "weighing_entry", sample_id=id_of(sample))

    def newest_entries(self, sample: Sample | int) -> dict[str, WeighingEntry]:
        """Return what lies in the vessel: the newest entry per precursor."""
        return {entry.precursor: entry for entry in self.weighing_entries(sample)}

    def recipe_signatures(self, recipe: RecipeVersion | int) -> list[RecipeSignature]:
        """Return who signed a recipe version off, oldest first."""
        return self._facts(RecipeSignature, "recipe_signature", recipe_id=id_of(recipe))

    def deviations(self, sample: Sample | int) -> list[Deviation]:
        """Return what was done otherwise than planned, oldest first."""
        return self._facts(Deviation, "deviation", sample_id=id_of(sample))

    def loads(self) -> list[FurnaceLoad]:
        """Return the furnace loads, oldest first."""
        return self._facts(FurnaceLoad, "furnace_load")

    def load(self, number: int) -> FurnaceLoad:
        """Return the furnace load with this number; Refusal when there is none."""
        return self._known(FurnaceLoad, "furnace_load", "furnace load", number=number)

    def load_by_id(self, load_id: int) -> FurnaceLoad:
        """Return a furnace load by its id; Refusal when there is none."""
        return self._known(FurnaceLoad, "furnace_load", "furnace load with id", id=load_id)

    def places(self, load: FurnaceLoad | int) -> list[LoadPlace]:
        """Return what lies in a load, in the order in which it was given."""
        return self._facts(LoadPlace, "load_place", furnace_load_id=id_of(load))

    def loads_of_sample(self, sample: Sample | int) -> list[FurnaceLoad]:
        """Return the loads in which a sample lay, oldest first."""
        load, place = TABLES["furnace_load"], TABLES["load_place"]
        query = self._select("furnace_load").join(place, place.c.furnace_load_id == load.c.id)
        return self._values(FurnaceLoad, query.where(place.c.sample_id == id_of(sample)).order_by(load.c.id))

    def fired_samples(self, load: FurnaceLoad | int) -> set[int]:
        """Return the ids of the samples whose firing in this load was written down."""
        firing = TABLES["firing"].c
        query = sa.select(firing.sample_id).where(
            firing.lab_id == self.lab.id, firing.furnace_load_id == id_of(load)
        )  # fmt: skip
        return set(self._connection.execute(query).scalars())

    def phase(self, pellet: Pellet | int) -> PelletPhase | None:
        """Return what is known of a pellet's phases: the newest fact."""
        return self._fact(PelletPhase, "pellet_phase", pellet_id=id_of(pellet))

    def phases(self, pellet: Pellet | int | None = None) -> list[PelletPhase]:
        """Return every statement about phases, of a pellet or of the whole lab, oldest first."""
        wanted = {} if pellet is None else {"pellet_id": id_of(pellet)}
        return self._facts(PelletPhase, "pellet_phase", **wanted)
