"""Balances and furnaces: protocols, drivers, profiles. Everything is loaded on first use."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from instruments.devices.arming import check_armed
    from instruments.devices.card import card_text
    from instruments.devices.errors import (
        AboveCeiling,
        DeviceError,
        DeviceSaysNo,
        NotAllowed,
        NotAnswering,
        NotArmed,
        NotStable,
        OutOfRange,
        PortGone,
        PortUnavailable,
        ProgramChanged,
        ReadBackMismatch,
        TareLost,
        UnreadableReply,
        WrongModel,
    )
    from instruments.devices.finding import FoundDevice, SerialPort, find_devices, serial_ports
    from instruments.devices.profile import Profile, load_profile, parse_profile
    from instruments.devices.program import DeviceProgram, ProgramSegment
    from instruments.devices.protocols import Balance, Furnace
    from instruments.devices.registry import (
        BrokenDriver,
        Driver,
        available_drivers,
        broken_drivers,
        driver,
        open_balance,
        open_furnace,
    )
    from instruments.devices.values import (
        Attachment,
        BalanceIdentity,
        Confirmation,
        DeviceSettings,
        FurnaceIdentity,
        FurnaceState,
        LoadedProgram,
        RunStatus,
        StableWeight,
        Weight,
    )

_HOMES = {
    "arming": ("check_armed",),
    "card": ("card_text",),
    "errors": (
        "AboveCeiling", "DeviceError", "DeviceSaysNo", "NotAllowed", "NotAnswering", "NotArmed", "NotStable",
        "OutOfRange", "PortGone", "PortUnavailable", "ProgramChanged", "ReadBackMismatch", "TareLost",
        "UnreadableReply", "WrongModel",
    ),
    "finding": ("FoundDevice", "SerialPort", "find_devices", "serial_ports"),
    "profile": ("Profile", "load_profile", "parse_profile"),
    "program": ("DeviceProgram", "ProgramSegment"),
    "protocols": ("Balance", "Furnace"),
    "registry": (
        "BrokenDriver", "Driver", "available_drivers", "broken_drivers", "driver", "open_balance", "open_furnace",
    ),
    "values": (
        "Attachment", "BalanceIdentity", "Confirmation", "DeviceSettings", "FurnaceIdentity", "FurnaceState",
        "LoadedProgram", "RunStatus", "StableWeight", "Weight",
    ),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AboveCeiling",
    "Attachment",
    "Balance",
    "BalanceIdentity",
    "BrokenDriver",
    "Confirmation",
    "DeviceError",
    "DeviceProgram",
    "DeviceSaysNo",
    "DeviceSettings",
    "Driver",
    "FoundDevice",
    "Furnace",
    "FurnaceIdentity",
    "FurnaceState",
    "LoadedProgram",
    "NotAllowed",
    "NotAnswering",
    "NotArmed",
    "NotStable",
    "OutOfRange",
    "PortGone",
    "PortUnavailable",
    "Profile",
    "ProgramChanged",
    "ProgramSegment",
    "ReadBackMismatch",
    "RunStatus",
    "SerialPort",
    "StableWeight",
    "TareLost",
    "UnreadableReply",
    "Weight",
    "WrongModel",
    "available_drivers",
    "broken_drivers",
    "card_text",
    "check_armed",
    "driver",
    "find_devices",
    "load_profile",
    "open_balance",
    "open_furnace",
    "parse_profile",
    "serial_ports",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
