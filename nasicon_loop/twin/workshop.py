"""Making and measuring a furnace load: what chance and carelessness make of a hidden truth.

Everything is drawn from the truth's seed and a label, so the same pellet comes out whoever asks for it, in any order.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from nasicon_loop.chemistry import Composition
from nasicon_loop.core.units import BOLTZMANN_EV_K, ROOM_TEMPERATURE_C, kelvin
from nasicon_loop.twin.pellets import Pellet, pellet_seed, press_pellet
from nasicon_loop.twin.truth import Truth, amounts_of

Failure = Literal["cracked", "porous", "second phase"]

_BATCH_SD_DEX = (0.05, 0.15)
_THERMOMETER_SD_C = 1.0
_SODIUM_LOSS = (0.005, 0.04)
_LATE = 0.12
_FIT_SD_DEX = 0.006
_ASSUMED_ACTIVATION_ENERGY_EV = 0.33
_STATED_SD_DEX = 0.03
"""What an analysis with a noted temperature says of itself: fit, geometry, temperature."""
_CRACKED, _POROUS = (0.03, 0.03), (0.03, 0.02)
_CROWDED = 3.0
_SECOND_PHASE_CEILING, _SECOND_PHASE_AT, _SECOND_PHASE_WIDTH = 0.45, 1.25, 0.2


@dataclass(frozen=True, slots=True)
class Order:
    """One pellet to be made: its label (which decides its chance) and composition."""

    label: str
    formula: str


@dataclass(frozen=True, slots=True)
class Load:
    """What happened to one furnace load: a shift of all its pellets, sodium lost, a thermometer read too high."""

    round_number: int
    batch_dex: float
    sodium_loss: float
    thermometer_bias_c: float


@dataclass(frozen=True, slots=True)
class Experiment:
    """One pellet's fate. `log10_sigma` at 25 °C and its stated sd (dex) are None when it `failed`.

    The result is known in round `known_in`: its own, or the next when it comes late. `true_log10_sigma` is the truth of
    the composition that was ordered, dense and without scatter, whatever became of the pellet.
    """

    order: Order
    load: Load
    true_log10_sigma: float
    failed: Failure | None
    pellet: Pellet | None
    log10_sigma: float | None
    log10_sigma_sd: float | None
    known_in: int


def load_of(truth: Truth, round_number: int) -> Load:
    """Return what this truth's furnace and thermometer do in a round."""
    lab = np.random.default_rng([truth.seed, 10])
    batch_sd = float(lab.uniform(*_BATCH_SD_DEX))
    source = np.random.default_rng([truth.seed, 11, round_number])
    return Load(
        round_number,
        batch_sd * float(source.standard_normal()),
        float(source.uniform(*_SODIUM_LOSS)),
        _THERMOMETER_SD_C * float(source.standard_normal()),
    )


def failure_chances(crowding: float) -> dict[Failure, float]:
    """Return the chance of each failure for dopant amounts that add up to `crowding` times their solubility."""
    crowded = min(crowding, _CROWDED)
    rise = 1.0 / (1.0 + math.exp(-(crowding - _SECOND_PHASE_AT) / _SECOND_PHASE_WIDTH))
    return {
        "cracked": _CRACKED[0] + _CRACKED[1] * crowded,
        "porous": _POROUS[0] + _POROUS[1] * crowded,
        "second phase": _SECOND_PHASE_CEILING * rise,
    }


def fired(composition: Composition, sodium_loss: float) -> Composition:
    """Return what is left when a fraction of the sodium has evaporated as Na2O."""
    lost = composition.get("Na") * Fraction(round(sodium_loss * 10_000), 10_000)
    amounts = dict(composition.amounts)
    return Composition.of({**amounts, "Na": amounts["Na"] - lost, "O": amounts["O"] - lost / 2})


def make(truth: Truth, order: Order, round_number: int) -> Experiment:
    """Make and measure one pellet. Raises FormulaError for text that is no composition with Na and O."""
    load = load_of(truth, round_number)
    composition = Composition.parse(order.formula)
    true = truth.log10_sigma(composition)
    source = np.random.default_rng([pellet_seed(truth.seed, order.label), 5])
    failed = _failure(truth, composition, float(source.uniform()))
    is_late = bool(source.uniform() < _LATE)
    known_in = round_number + int(is_late)
    if failed is not None:
        return Experiment(order, load, true, failed, None, None, None, known_in)
    shift = truth.log10_sigma(fired(composition, load.sodium_loss)) - true
    pellet = press_pellet(
        truth,
        composition,
        order.label,
        offset_dex=load.batch_dex + shift,
        thermometer_bias_c=load.thermometer_bias_c,
    )
    measured = _read(pellet) + _FIT_SD_DEX * float(source.standard_normal())
    return Experiment(order, load, true, None, pellet, measured, _STATED_SD_DEX, known_in)


def make_load(truth: Truth, orders: Sequence[Order], round_number: int) -> tuple[Experiment, ...]:
    """Make and measure the pellets of one furnace load, in the order given."""
    return tuple(make(truth, order, round_number) for order in orders)


def _failure(truth: Truth, composition: Composition, draw: float) -> Failure | None:
    reached = 0.0
    for name, chance in failure_chances(truth.crowding(amounts_of(composition))).items():
        reached += chance
        if draw < reached:
            return name
    return None


def _read(pellet: Pellet) -> float:
    """Return log10 sigma at 25 °C from the notes of the bench: shown lengths and temperature, a usual energy."""
    area_cm2 = math.pi * pellet.shown_electrode_diameter_cm**2 / 4.0
    sigma = pellet.shown_thickness_cm / (pellet.r_total_ohm * area_cm2)
    shown, room = kelvin(pellet.shown_temperature_c), kelvin(ROOM_TEMPERATURE_C)
    energy = _ASSUMED_ACTIVATION_ENERGY_EV / BOLTZMANN_EV_K
    return math.log10(sigma * shown / room) + energy * (1.0 / shown - 1.0 / room) / math.log(10.0)
