"""What the register furnaces have in common: identity, status, commands, closing."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from instruments.devices.bus import RegisterBus
from instruments.devices.errors import NotAnswering, PortGone, UnreadableReply
from instruments.devices.guard import GuardedRegisters
from instruments.devices.profile import Profile
from instruments.devices.reading_state import decimals, read_state, setpoint_limit_c
from instruments.devices.values import DeviceSettings, FurnaceIdentity, FurnaceState
from nasicon_loop.core import Clock, SystemClock


class RegisterDevice:
    """A controller on a register bus, described by a profile; reading, holding and stopping work on all of them."""

    def __init__(
        self, bus: RegisterBus, profile: Profile, settings: DeviceSettings, clock: Clock | None = None
    ) -> None:
        self._registers = GuardedRegisters(bus, profile, settings)
        self._profile = profile
        self._settings = settings
        self._clock = clock or SystemClock()
        self._places: int | None = None

    @property
    def name(self) -> str:
        """The label that a confirmation has to name."""
        return self._settings.label

    def identify(self) -> FurnaceIdentity:
        """Return who answers; `WrongModel` when it is not of the profile."""
        self._places = None
        return self._registers.identify()

    def state(self) -> FurnaceState:
        """Return temperatures, status, segment and alarms."""
        return read_state(self._registers, self._decimals(), self._clock)

    def hold(self) -> FurnaceState:
        """Stop the program's clock at the present setpoint."""
        return self._command("hold")

    def reset(self) -> FurnaceState:
        """End the program; the controller goes back to its own setpoint."""
        return self._command("reset")

    def writes(self) -> Mapping[int, int]:
        """Return register -> number of writes to memory that wears."""
        return self._registers.writes()

    def close(self) -> None:
        """Give the port back; a running program goes on."""
        self._registers.close()

    def __enter__(self) -> Self:
        """Return the open furnace."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close."""
        self.close()

    def _decimals(self) -> int:
        if self._places is None:
            self._places = decimals(self._registers)
        return self._places

    def _unit_limit_c(self) -> float:
        return setpoint_limit_c(self._registers, self._decimals())

    def _command(self, word: str) -> FurnaceState:
        status = self._profile.status
        try:
            self._registers.write(status.command_register, status.commands[word])
        except PortGone:
            raise
        except (NotAnswering, UnreadableReply):
            pass  # the reply was lost, perhaps not the command: what the status says now is what counts
        return self.state()
