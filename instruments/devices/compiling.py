"""From segments to register values and back, per layout of the profile."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from instruments.devices.bus import signed
from instruments.devices.errors import NotAllowed
from instruments.devices.profile import ProgramLayout
from instruments.devices.program import DeviceProgram, ProgramSegment

LARGEST = 32767
"""16-bit registers of these controllers are signed."""
STEP_TOLERANCE = 0.01
"""A ramp may be changed by rounding to the controller's step by at most this fraction."""

ReadWords = Callable[[int, int], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Write:
    """One register to set; `real` is the value in °C or °C/min where the IEEE region can be asked for it."""

    register: int
    value: int
    real: float | None = None


@dataclass(frozen=True, slots=True)
class Coding:
    """Layout, program number, decimal places of temperatures, and how many segments the unit has."""

    layout: ProgramLayout
    number: int
    decimals: int
    n_segments: int


def compile_program(coding: Coding, program: DeviceProgram) -> tuple[Write, ...]:
    """Return the registers to write, in order. `NotAllowed` when the program does not fit this controller."""
    if coding.layout.layout == "blocks":
        return tuple(_blocks(coding, program))
    return tuple(_list(coding, program))


def decode_program(coding: Coding, read: ReadWords) -> DeviceProgram:
    """Return the program the registers hold. `NotAllowed` when it is of a kind that is never written here."""
    if coding.layout.layout == "blocks":
        return _from_blocks(coding, read)
    return _from_list(coding, read)


def device_segment(coding: Coding, program: DeviceProgram, segment: int) -> float | None:
    """Return the target in °C of the controller's own `segment` (from 1), None behind the end."""
    if coding.layout.layout == "list":
        targets = [s.target_c for s in program.segments]
    else:
        targets = [s.target_c for s in program.segments for _ in range(2 if s.dwell_min else 1)]
    return targets[segment - 1] if 0 < segment <= len(targets) else None


def _scaled(value: float, factor: int, what: str) -> int:
    raw = round(value * factor)
    if raw > LARGEST:
        raise NotAllowed(f"{what} {value:g} is more than the controller takes ({LARGEST / factor:g})", "program")
    return raw


def _rate(coding: Coding, segment: ProgramSegment) -> int:
    factor = coding.layout.rate_factor
    raw = _scaled(segment.ramp_c_min, factor, "a ramp of")
    if abs(raw / factor - segment.ramp_c_min) > STEP_TOLERANCE * segment.ramp_c_min:
        raise NotAllowed(
            f"a ramp of {segment.ramp_c_min:g} °C/min cannot be set: the controller has steps of {1 / factor:g}",
            "program",
        )
    return raw


def _target(coding: Coding, segment: ProgramSegment) -> Write:
    factor: int = 10**coding.decimals
    raw = _scaled(segment.target_c, factor, "a target of")
    return Write(0, raw, raw / factor)


def _dwell(coding: Coding, segment: ProgramSegment) -> int:
    raw = _scaled(segment.dwell_min, coding.layout.dwell_factor, "a dwell in minutes of")
    if segment.dwell_min and not raw:
        raise NotAllowed(f"a dwell of {segment.dwell_min:g} min is shorter than the controller's step", "program")
    return raw


def _header(coding: Coding) -> Iterator[Write]:
    layout = coding.layout
    base = layout.block(coding.number) if layout.layout == "blocks" else 0
    for unit in (layout.ramp_units, layout.dwell_units):
        if unit is not None:
            yield Write(base + unit.register, unit.minute)
    for offset, value in layout.header.items():
        yield Write(base + offset, value)


def _too_long(n_needed: int, n_segments: int) -> NotAllowed:
    return NotAllowed(
        f"needs {n_needed} segments of the controller, which has {n_segments}: join holds or use fewer", "program"
    )


def _blocks(coding: Coding, program: DeviceProgram) -> Iterator[Write]:
    layout, fields, types = coding.layout, coding.layout.fields, coding.layout.types
    n_needed = sum(2 if s.dwell_min else 1 for s in program.segments) + 1
    if n_needed > coding.n_segments:
        raise _too_long(n_needed, coding.n_segments)
    base = layout.block(coding.number)
    first_type = base + layout.segment_stride + fields["type"]
    # An empty program first: if writing stops half-way, somebody who presses Run at the panel starts nothing.
    yield Write(first_type, types["end"])
    yield from _header(coding)
    at = base
    for segment in program.segments:
        at += layout.segment_stride
        if at + fields["type"] != first_type:
            yield Write(at + fields["type"], types["ramp_rate"])
        target, rate = _target(coding, segment), _rate(coding, segment)
        yield Write(at + fields["target"], target.value, target.real)
        yield Write(at + fields["value"], rate, rate / layout.rate_factor)
        if segment.dwell_min:
            at += layout.segment_stride
            yield Write(at + fields["type"], types["dwell"])
            yield Write(at + fields["value"], _dwell(coding, segment))
    at += layout.segment_stride
    yield Write(at + fields["type"], types["end"])
    if "end_type" in fields:
        yield Write(at + fields["end_type"], layout.end_type)
    yield Write(first_type, types["ramp_rate"])


def _check_header(coding: Coding, read: ReadWords) -> None:
    for write in _header(coding):
        got = read(write.register, 1)[0]
        if got != write.value:
            raise NotAllowed(
                f"the furnace's program was not written here: register {write.register} holds {got}, not {write.value}",
                "program",
            )


def _from_blocks(coding: Coding, read: ReadWords) -> DeviceProgram:
    _check_header(coding, read)
    layout, fields, types = coding.layout, coding.layout.fields, coding.layout.types
    base, factor = layout.block(coding.number), 10**coding.decimals
    found: list[tuple[float, float, float]] = []
    for k in range(1, coding.n_segments + 1):
        words = read(base + layout.segment_stride * k, max(fields.values()) + 1)
        kind, value = words[fields["type"]], signed(words[fields["value"]])
        if kind == types["end"]:
            break
        if kind == types["ramp_rate"] and value > 0:
            found.append((value / layout.rate_factor, signed(words[fields["target"]]) / factor, 0.0))
        elif kind == types["dwell"] and value >= 0 and found:
            rate, target, dwell = found[-1]
            found[-1] = (rate, target, dwell + value / layout.dwell_factor)
        else:
            raise NotAllowed(f"the furnace's program was not written here: segment {k} is of type {kind}", "program")
    return _built(found)


def _built(found: list[tuple[float, float, float]]) -> DeviceProgram:
    if not found:
        raise NotAllowed("the furnace holds no program under this number", "program")
    return DeviceProgram.of(found)


def _list(coding: Coding, program: DeviceProgram) -> Iterator[Write]:
    layout, fields = coding.layout, coding.layout.fields
    if len(program.segments) > coding.n_segments:
        raise _too_long(len(program.segments), coding.n_segments)
    yield from _header(coding)
    # There is no end mark: segments left over repeat the last temperature without a dwell, so they do nothing.
    last = program.segments[-1]
    spare = ProgramSegment(last.ramp_c_min, last.target_c, 0.0)
    padded = program.segments + (spare,) * (coding.n_segments - len(program.segments))
    for k, segment in enumerate(padded):
        at = layout.first + layout.segment_stride * k
        target, rate = _target(coding, segment), _rate(coding, segment)
        yield Write(at + fields["target"], target.value, target.real)
        yield Write(at + fields["rate"], rate, rate / layout.rate_factor)
        yield Write(at + fields["dwell"], _dwell(coding, segment))


def _from_list(coding: Coding, read: ReadWords) -> DeviceProgram:
    _check_header(coding, read)
    layout, fields, factor = coding.layout, coding.layout.fields, 10**coding.decimals
    found = []
    for k in range(coding.n_segments):
        words = read(layout.first + layout.segment_stride * k, layout.segment_stride)
        rate, target, dwell = (signed(words[fields[name]]) for name in ("rate", "target", "dwell"))
        if rate <= 0 or dwell < 0:
            raise NotAllowed(f"the furnace's program was not written here: segment {k + 1} has no ramp", "program")
        found.append((rate / layout.rate_factor, target / factor, dwell / layout.dwell_factor))
    while len(found) > 1 and found[-1][2] == 0 and found[-1][:2] == found[-2][:2]:
        found.pop()
    return _built(found)
