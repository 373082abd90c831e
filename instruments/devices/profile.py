"""Register maps as data: one TOML file per controller family, with its sources, access and scale."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from instruments.devices.errors import DeviceError
from instruments.devices.values import RunStatus

NEVER = frozenset({199})
"""Eurotherm's instrument mode: other values there can damage calibration or configuration (HA026230, chapter 5). No
profile may list it as writable."""

Names = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Span:
    """Registers `first` to `last`, both included."""

    first: int
    last: int
    what: str = ""

    def __contains__(self, register: int) -> bool:
        """Whether `register` is one of them."""
        return self.first <= register <= self.last


@dataclass(frozen=True, slots=True)
class IdentityRule:
    """Where the model is told and which codes are ours.

    `documented` is false where no source gives the code: then only a unit whose code the laboratory has entered is
    written to.
    """

    code: int
    documented: bool
    version: int | None
    serial_number: int | None
    mask: int
    expect: int
    codes: Names
    foreign: tuple[tuple[int, int], ...] = ()

    def is_foreign(self, code: int) -> bool:
        """Whether the sources say that this code is of another family."""
        return any(code & mask == value for mask, value in self.foreign)

    def accepts(self, code: int) -> bool:
        """Whether the sources say that this code is of the family."""
        if self.codes:
            return code in self.codes
        return self.documented and code & self.mask == self.expect


@dataclass(frozen=True, slots=True)
class StatusTable:
    """The same number means different things on different models: the status and the commands, per family."""

    register: int
    command_register: int
    values: Mapping[int, RunStatus]
    commands: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AlarmTable:
    """Registers that are an alarm when not 0, and a register whose bits are."""

    flags: Names
    bits_register: int | None
    bits: Names


@dataclass(frozen=True, slots=True)
class UnitSetting:
    """Where a time unit is chosen and which value means minutes; offset in a block, or register of its own."""

    register: int
    minute: int


@dataclass(frozen=True, slots=True)
class ProgramLayout:
    """How programs lie in the registers.

    "blocks": program n begins at first + stride (n - 1), its segment k at + segment_stride k, each with a type.
    "list": segment k (from 0) at first + segment_stride k with dwell, target, ramp; always all of them.
    "stored": only the number can be chosen.
    """

    layout: Literal["blocks", "list", "stored"]
    number: int
    count: int
    first: int = 0
    stride: int = 0
    segment_stride: int = 0
    segments: int = 0
    max_segments: int | None = None
    ramp_units: UnitSetting | None = None
    dwell_units: UnitSetting | None = None
    header: Mapping[int, int] = field(default_factory=dict)
    types: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, int] = field(default_factory=dict)
    end_type: int = 0
    rate_factor: int = 1
    dwell_factor: int = 1

    def block(self, number: int) -> int:
        """Return the first register of program `number` (from 1)."""
        return self.first + self.stride * (number - 1)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one controller family, and where from."""

    name: str
    maker: str
    models: tuple[str, ...]
    transport: Literal["serial", "tcp"]
    version: str
    sources: tuple[str, ...]
    unconfirmed: Mapping[str, str]
    identity: IdentityRule
    factor: int | None
    ieee_base: int | None
    scale_check: int | None
    setpoint_high: int
    ceiling_c: float
    read: Mapping[str, int]
    segment_left_factor_s: float
    status: StatusTable
    alarms: AlarmTable
    program: ProgramLayout
    volatile_setpoint: int | None
    writable: tuple[Span, ...]
    wear: tuple[Span, ...]
    wear_limit: int

    def allows(self, register: int) -> bool:
        """Whether `register` is on the write allow-list."""
        return register not in NEVER and any(register in span for span in self.writable)

    def wears(self, register: int) -> bool:
        """Whether `register` lies in memory with a limited number of writes."""
        return any(register in span for span in self.wear)


def parse_profile(text: str, where: str = "profile") -> Profile:
    """Return the profile in a TOML text; `DeviceError` names what is missing or wrong."""
    try:
        profile = _profile(tomllib.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise DeviceError(f"is not a valid profile ({type(problem).__name__}: {problem})", where) from problem
    forbidden = sorted(number for number in NEVER if any(number in span for span in profile.writable))
    if forbidden:
        raise DeviceError(f"lists register {forbidden[0]} as writable: it may never be written", where)
    return profile


@lru_cache(maxsize=16)
def load_profile(name: str) -> Profile:
    """Return a profile of the shelf by name."""
    source = files("instruments.devices").joinpath("profiles", f"{name}.toml")
    return parse_profile(source.read_text(encoding="utf-8"), name)


def _ints(table: Mapping[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in table.items()}


def _unit(table: Mapping[str, int] | None) -> UnitSetting | None:
    return None if table is None else UnitSetting(**table)


def _layout(table: Mapping[str, Any]) -> ProgramLayout:
    values = dict(table)
    for name in ("ramp_units", "dwell_units"):
        values[name] = _unit(values.get(name))
    values["header"] = MappingProxyType(_ints(values.get("header", {})))
    if values["layout"] not in {"blocks", "list", "stored"}:
        raise ValueError(f"unknown layout {values['layout']!r}")
    return ProgramLayout(**values)


def _status(table: Mapping[str, Any]) -> StatusTable:
    return StatusTable(
        register=table["register"],
        command_register=table.get("command_register", table["register"]),
        values=MappingProxyType({code: RunStatus(word) for code, word in _ints(table["values"]).items()}),
        commands=MappingProxyType(dict(table["commands"])),
    )


def _identity(table: Mapping[str, Any]) -> IdentityRule:
    return IdentityRule(
        code=table["code"],
        documented=table["documented"],
        version=table.get("version"),
        serial_number=table.get("serial_number"),
        mask=table.get("mask", 0xFFFF),
        expect=table.get("expect", 0),
        codes=MappingProxyType(_ints(table.get("codes", {}))),
        foreign=tuple((int(mask), int(value)) for mask, value in table.get("foreign", ())),
    )


def _alarms(table: Mapping[str, Any]) -> AlarmTable:
    bits = table.get("bits", {})
    return AlarmTable(
        flags=MappingProxyType(_ints(table.get("flags", {}))),
        bits_register=bits.get("register"),
        bits=MappingProxyType(_ints(bits.get("names", {}))),
    )


def _profile(document: Mapping[str, Any]) -> Profile:
    scale, read = document["scale"], dict(document["read"])
    left = read.pop("segment_left_s", None)
    if left is not None:
        read["segment_left_s"] = left["register"]
    return Profile(
        name=document["name"],
        maker=document["maker"],
        models=tuple(document["models"]),
        transport=document["transport"],
        version=document["version"],
        sources=tuple(document["sources"]),
        unconfirmed=MappingProxyType(dict(document["unconfirmed"])),
        identity=_identity(document["identity"]),
        factor=scale.get("factor"),
        ieee_base=scale.get("ieee_base"),
        scale_check=scale.get("check"),
        setpoint_high=document["limits"]["setpoint_high"],
        ceiling_c=document["limits"]["ceiling_c"],
        read=MappingProxyType({key: int(register) for key, register in read.items()}),
        segment_left_factor_s=1.0 if left is None else left["factor"],
        status=_status(document["status"]),
        alarms=_alarms(document["alarms"]),
        program=_layout(document["program"]),
        volatile_setpoint=document.get("setpoint", {}).get("volatile"),
        writable=tuple(Span(**span) for span in document["writable"]),
        wear=tuple(Span(*span) for span in document["wear"]["registers"]),
        wear_limit=document["wear"]["limit"],
    )
