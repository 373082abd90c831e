"""What every balance and every furnace of the shelf offers. All methods raise `DeviceError` and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Protocol, runtime_checkable

from instruments.devices.program import DeviceProgram
from instruments.devices.values import (
    Attachment,
    BalanceIdentity,
    Confirmation,
    FurnaceIdentity,
    FurnaceState,
    LoadedProgram,
    StableWeight,
    Weight,
)


@runtime_checkable
class Balance(Protocol):
    """A balance; all masses in gram."""

    def identify(self) -> BalanceIdentity:
        """Return model, serial number and software."""
        ...

    def stable_weight(self, timeout_s: float = 30.0) -> StableWeight:
        """Wait for a stable value; `NotStable` when there is none in time, `OutOfRange` at over- or underload."""
        ...

    def weight(self) -> Weight:
        """Return the present value at once, stable or not."""
        ...

    def live(self) -> Iterator[Weight]:
        """Yield values as the balance sends them until the iterator is closed."""
        ...

    def zero(self) -> None:
        """Set zero."""
        ...

    def tare(self) -> None:
        """Tare at the next stable value."""
        ...

    def show(self, text: str) -> None:
        """Write on the balance's display; '' gives the display back to the weight."""
        ...

    def close(self) -> None:
        """Give the port back; may be called twice."""
        ...


@runtime_checkable
class Furnace(Protocol):
    """A furnace controller.

    `abilities` is a subset of {"state", "load", "choose", "run", "hold", "reset", "setpoint"}; what is not in it raises
    `NotAllowed`. "load" means that programs can be written, "choose" that only stored ones can be started.
    """

    @property
    def name(self) -> str:
        """The label that a confirmation has to name."""
        ...

    @property
    def abilities(self) -> frozenset[str]:
        """What this controller can be asked for."""
        ...

    def identify(self) -> FurnaceIdentity:
        """Return who answers; `WrongModel` when it is not what the driver was written for."""
        ...

    def state(self) -> FurnaceState:
        """Return temperatures, status, segment and alarms; only reads."""
        ...

    def load(self, program: DeviceProgram) -> LoadedProgram:
        """Write (or choose) a program, read every register back, return what the furnace now holds. Does not start."""
        ...

    def read_program(self) -> DeviceProgram:
        """Return the program as the furnace holds it; only reads."""
        ...

    def run(self, confirmation: Confirmation) -> FurnaceState:
        """Start, if the confirmation fits furnace and program as they are at this moment; else `NotArmed`."""
        ...

    def hold(self) -> FurnaceState:
        """Stop the program's clock at the present setpoint."""
        ...

    def reset(self) -> FurnaceState:
        """End the program; the furnace cools."""
        ...

    def reattach(self, program_hash: str) -> Attachment:
        """Find a firing again after a restart; `ProgramChanged` when the program was edited meanwhile. Only reads."""
        ...

    def writes(self) -> Mapping[int, int]:
        """Return register -> number of writes to memory that wears, with those of earlier processes."""
        ...

    def close(self) -> None:
        """Give the port back; may be called twice. A running program goes on."""
        ...
