"""Facts of the bench: stock, weighing step by step, furnace loads, phases, sign-offs. See `db.values` for the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

LotStateName = Literal["open", "closed"]
LotEventKind = Literal["opened", "fired", "counted", "closed"]
PhaseName = Literal["R-3c", "C2/c", "mixed", "unknown"]

LOT_EVENTS: tuple[LotEventKind, ...] = ("opened", "fired", "counted", "closed")
PHASES: tuple[PhaseName, ...] = ("R-3c", "C2/c", "mixed", "unknown")


@dataclass(frozen=True, slots=True)
class Lot:
    """One jar of a precursor. `assay` and `loss_on_ignition` are mass fractions, dates ISO text (2026-11-22)."""

    id: int
    number: int
    precursor: str
    lot_number: str
    supplier: str
    assay: float
    loss_on_ignition: float
    opened_on: str | None
    amount_g: float
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LotEvent:
    """What happened to a jar on a day: "opened", "fired" (dried in a furnace), "counted" (`left_g`), "closed"."""

    id: int
    lot_id: int
    kind: str
    on_date: str
    left_g: float | None
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LotStanding:
    """Where a lot stands now. `left_g` is negative when more was weighed than was bought."""

    lot_id: int
    state: LotStateName
    left_g: float
    opened_on: str | None
    fired_on: str | None


@dataclass(frozen=True, slots=True)
class WeighingEntry:
    """All of one precursor that lies in the vessel, as the balance showed it; the newest per precursor counts.

    `balance` (serial number) and `raw_line` are there when a balance was read and not typed.
    """

    id: int
    sample_id: int
    precursor: str
    mass_g: float
    lot_id: int | None
    operator: str
    balance: str | None
    raw_line: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RecipeSignature:
    """That a person signed a recipe version off; from then on it is frozen."""

    id: int
    recipe_id: int
    who: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Deviation:
    """What was done otherwise than the recipe says, written beside it."""

    id: int
    sample_id: int
    recipe_id: int | None
    text: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FurnaceLoad:
    """What shares one firing. `offset_c` is actual minus set temperature, by the calibration of `calibrated_on`.

    `without_reference` says why no undoped reference lies in it; empty when one does.
    """

    id: int
    number: int
    step: str
    program: Mapping[str, Any]
    set_temperature_c: float
    hours: float
    offset_c: float
    calibrated_on: str | None
    without_reference: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a load that is about to be written."""

    sample_id: int
    slot: str
    bed: str
    is_reference: bool = False


@dataclass(frozen=True, slots=True)
class LoadPlace:
    """Where a sample lies in a load, and on and under what."""

    id: int
    furnace_load_id: int
    sample_id: int
    slot: str
    bed: str
    is_reference: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class PelletPhase:
    """What diffraction says of a pellet; the latest wins. `second_phases` maps formula to mass fraction."""

    id: int
    pellet_id: int
    phase: PhaseName
    second_phases: Mapping[str, float]
    pattern_sha256: str | None
    pattern_name: str | None
    who: str
    note: str
    at: datetime
