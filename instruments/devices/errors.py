"""What can go wrong at a device, each with one line that says what to do."""

from nasicon_loop.core import Refusal


class DeviceError(Refusal):
    """Root of all refusals of this shelf; `where` names the device or its port."""


class PortUnavailable(DeviceError):
    """The port or host cannot be opened: absent, in use by another program, or without permission."""


class NotAnswering(DeviceError):
    """Nothing, or not enough, came back in time; the cable may be out or the device off."""


class PortGone(NotAnswering):
    """The port itself went away: the cable was pulled, the adapter lost."""


class UnreadableReply(DeviceError):
    """Something came back that is not in the protocol: noise, a wrong baud rate, another device."""


class DeviceSaysNo(DeviceError):
    """The device understood and refused: a Modbus exception, or an error reply of a balance."""


class OutOfRange(DeviceSaysNo):
    """A balance is above or below its weighing range."""


class NotStable(DeviceSaysNo):
    """A balance found no stable value in its own time, or is busy."""


class TareLost(DeviceError):
    """A balance had to be reset to get an answer, and the reset cleared its tare."""


class WrongModel(DeviceError):
    """What identifies itself is not what the driver was written for; nothing was written."""


class NotAllowed(DeviceError):
    """The driver does not do this: outside the allow-list, unconfirmed facts, a program that does not fit."""


class AboveCeiling(NotAllowed):
    """A temperature above what the furnace, its controller or the profile permits; nothing was written."""


class NotArmed(NotAllowed):
    """Run was asked for without a confirmation that fits the program in the furnace; Run was not written."""


class ReadBackMismatch(DeviceError):
    """A register does not hold what was written to it; Run is not possible until a program loads cleanly."""


class ProgramChanged(DeviceError):
    """The program in the furnace is not the one that was started: it was edited meanwhile."""
