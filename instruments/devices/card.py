"""A furnace without a cable: the program as a card for typing in at the panel."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NoReturn

from instruments.devices.errors import AboveCeiling, NotAllowed, ProgramChanged
from instruments.devices.program import ROOM_C, DeviceProgram
from instruments.devices.values import (
    Attachment,
    Confirmation,
    DeviceSettings,
    FurnaceIdentity,
    FurnaceState,
    LoadedProgram,
)

CARD_CEILING_C = 1800.0


def card_text(program: DeviceProgram, furnace: str = "") -> str:
    """Return the segments as a table of plain text, with times and boxes to tick; one line per segment."""
    head = [f"FURNACE PROGRAM{f'  {furnace}' if furnace else ''}"]
    head.append(f"top {program.top_c:g} °C   {program.duration_min / 60:.1f} h   check {program.program_hash[:8]}")
    rows = [f"{'':4}{'step':>4}  {'ramp':>9}  {'to':>8}  {'takes':>8}  {'then stay':>10}"]
    at_c = ROOM_C
    for number, segment in enumerate(program.segments, start=1):
        takes = abs(segment.target_c - at_c) / segment.ramp_c_min
        rows.append(
            f"[ ] {number:>4}  {segment.ramp_c_min:>4g} °C/min  {segment.target_c:>5g} °C  {_clock(takes):>8}"
            f"  {_clock(segment.dwell_min):>10}"
        )
        at_c = segment.target_c
    return "\n".join([*head, "", *rows, "", "at the end: off (reset)", ""])


def _clock(minutes: float) -> str:
    whole = round(minutes)
    return f"{whole // 60}:{whole % 60:02} h" if whole else "-"


class CardFurnace:
    """Takes programs and gives cards; a person types them in and presses start. Nothing is measured."""

    def __init__(self, settings: DeviceSettings) -> None:
        self._settings = settings
        self._program: DeviceProgram | None = None

    @property
    def name(self) -> str:
        """The label on the card."""
        return self._settings.label

    @property
    def abilities(self) -> frozenset[str]:
        """Only to take a program."""
        return frozenset({"load"})

    def identify(self) -> FurnaceIdentity:
        """Return that this is a card."""
        return FurnaceIdentity("card", "1", 0)

    def load(self, program: DeviceProgram) -> LoadedProgram:
        """Check against the ceiling and keep the program for the card."""
        if self._settings.ceiling_c is None:
            raise NotAllowed("has no ceiling_c: enter the highest temperature this furnace may reach", self.name)
        if program.top_c > min(self._settings.ceiling_c, CARD_CEILING_C):
            raise AboveCeiling(
                f"{program.top_c:g} °C is above the furnace's ceiling, {self._settings.ceiling_c:g} °C", self.name
            )
        self._program = program
        return LoadedProgram(self.name, 0, program)

    def card(self) -> str:
        """Return the card of the program that was loaded."""
        return card_text(self.read_program(), self.name)

    def read_program(self) -> DeviceProgram:
        """Return the program that was loaded."""
        if self._program is None:
            raise NotAllowed("has no program yet", self.name)
        return self._program

    def state(self) -> FurnaceState:
        """Refuse: nothing is connected."""
        self._no("its temperature")

    def run(self, confirmation: Confirmation) -> FurnaceState:
        """Refuse: a person starts it."""
        self._no("a start from here")

    def hold(self) -> FurnaceState:
        """Refuse: a person holds it."""
        self._no("a hold from here")

    def reset(self) -> FurnaceState:
        """Refuse: a person stops it."""
        self._no("a stop from here")

    def reattach(self, program_hash: str) -> Attachment:
        """Refuse: nothing can be seen of a furnace without a cable."""
        raise ProgramChanged("is not connected: whether the firing still runs is seen at the furnace only", self.name)

    def writes(self) -> Mapping[int, int]:
        """Return nothing."""
        return MappingProxyType({})

    def close(self) -> None:
        """Do nothing."""

    def _no(self, what: str) -> NoReturn:
        raise NotAllowed(f"is not connected, so there is no {what}: use the panel", self.name)
