"""Registers of the simulated Eurotherm models, written down from the handbooks, not from the drivers.

2400: HA026230 chapters 5 and 6. 3216P: HA028651 section 15.5 and the register list of alab_control. EPC3016: the
parameter table of alab_control.
"""

from dataclasses import dataclass, field
from typing import Literal

from instruments.sim.furnace_physics import Mode


@dataclass(frozen=True)
class Model:
    """One model: identity, live registers by meaning, status numbers, where programs lie.

    `live`: register -> what it shows. `stored`: register -> value at delivery. `programs`: "blocks" or "list".
    """

    name: str
    identity: dict[int, int]
    live: dict[int, str]
    status: dict[Mode, int]
    commands: dict[int, str]
    programs: Literal["blocks", "list"]
    program_number: int
    dwell_minute: int
    rate_steps_per_c_min: int
    dwell_steps_per_min: int
    stored: dict[int, int] = field(default_factory=dict)
    n_segments: int = 16
    is_tcp: bool = False


_PROGRAMMER_BITS = {Mode.RESET: 1, Mode.RUN: 2, Mode.HOLD: 4, Mode.HOLDBACK: 8, Mode.COMPLETE: 16}

EUROTHERM_2408 = Model(
    name="2408",
    identity={122: 0x2480, 107: 0x0304},
    live={
        1: "pv", 2: "setpoint", 3: "output", 5: "setpoint", 29: "segment_type", 36: "left_s", 56: "segment",
        74: "fast_status", 160: "segment_target", 163: "setpoint",
    },
    status=_PROGRAMMER_BITS,
    commands={1: "reset", 2: "run", 4: "hold"},
    programs="blocks",
    program_number=22,
    dwell_minute=1,
    rate_steps_per_c_min=10,
    dwell_steps_per_min=10,
    stored={15: 0, 22: 1, 24: 0, 25: 0, 26: 0, 35: 0, 112: 0, 199: 0, 211: 16},
)  # fmt: skip

EUROTHERM_3216 = Model(
    name="3216",
    identity={122: 0x3216, 107: 0x0200},  # the code is made up: no source gives it
    live={1: "pv", 2: "setpoint", 4: "output", 5: "setpoint", 258: "sensor_break", 263: "zero", 330: "segment"},
    status={Mode.RESET: 0, Mode.RUN: 1, Mode.HOLD: 2, Mode.HOLDBACK: 2, Mode.COMPLETE: 3},
    commands={0: "reset", 1: "run", 2: "hold"},
    programs="list",
    program_number=311,
    dwell_minute=1,
    rate_steps_per_c_min=10,
    dwell_steps_per_min=1,
    stored={3: 0, 24: 0, 25: 0, 26: 0, 27: 0, 35: 0, 112: 0, 199: 0, 311: 1, 321: 0, 327: 0, 328: 1, 531: 0},
    n_segments=8,
)

EUROTHERM_EPC3016 = Model(
    name="EPC3016",
    identity={121: 1280, 1026: 4711, 1027: 30},  # the type code is made up: no source gives it
    live={
        1: "pv", 2: "setpoint", 4: "output", 5: "setpoint", 29: "segment_type", 56: "segment", 160: "segment_target",
        163: "setpoint", 263: "zero", 1073: "sensor_break",
    },
    status=_PROGRAMMER_BITS,
    commands={1: "reset", 2: "run", 4: "hold"},
    programs="blocks",
    program_number=22,
    dwell_minute=1,
    rate_steps_per_c_min=10,
    dwell_steps_per_min=1,
    stored={22: 1, 24: 0, 25: 0, 112: 0, 199: 0, 518: 0},
    is_tcp=True,
)  # fmt: skip

MODELS = {"2408": EUROTHERM_2408, "3216": EUROTHERM_3216, "epc3016": EUROTHERM_EPC3016}

BLOCKS_FIRST, BLOCK, N_BLOCKS = 8328, 136, 20
LIST_FIRST, N_LIST = 1280, 24
END, RAMP_RATE, RAMP_TIME, DWELL, STEP = 0, 1, 2, 3, 4
SECONDS_PER_UNIT = {0: 1.0, 1: 60.0, 2: 3600.0}
