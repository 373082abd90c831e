"""The shelf: drivers found by entry point, and the built-in ones where package metadata is absent."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Literal, Protocol, runtime_checkable

from instruments.devices.errors import DeviceError
from instruments.devices.protocols import Balance, Furnace
from instruments.devices.values import DeviceSettings
from nasicon_loop.core import plain

GROUP = "nasicon_loop.drivers"

BUILT_IN = {
    "mt_sics": "instruments.devices.drivers:MT_SICS",
    "eurotherm_2400": "instruments.devices.drivers:EUROTHERM_2400",
    "eurotherm_3200": "instruments.devices.drivers:EUROTHERM_3200",
    "eurotherm_epc3016": "instruments.devices.drivers:EUROTHERM_EPC3016",
    "nabertherm_400": "instruments.devices.drivers:NABERTHERM_400",
    "card": "instruments.devices.drivers:CARD",
}

_LOADING_FAILS_WITH = (
    ImportError, SyntaxError, NameError, AttributeError, TypeError, ValueError, LookupError, OSError, RuntimeError,
)  # fmt: skip
"""What a stranger's module may raise while it is imported; none of it may stop the other drivers."""


@runtime_checkable
class Driver(Protocol):
    """Opens one kind of device. `kind` is "balance" or "furnace", `transport` "serial", "tcp" or "none"."""

    @property
    def name(self) -> str:
        """The name in settings."""
        ...

    @property
    def version(self) -> str:
        """Version of driver or profile, stored with what it measured."""
        ...

    @property
    def kind(self) -> Literal["balance", "furnace"]:
        """What is opened."""
        ...

    @property
    def transport(self) -> Literal["serial", "tcp", "none"]:
        """How it is connected."""
        ...

    def open(self, settings: DeviceSettings) -> Balance | Furnace:
        """Open the port; `PortUnavailable` when that fails. Nothing is written to the device."""
        ...


@dataclass(frozen=True, slots=True)
class BrokenDriver:
    """A plug-in that could not be loaded, and why."""

    name: str
    value: str
    reason: str


def available_drivers() -> tuple[Driver, ...]:
    """Return the drivers that work, by name; loaded once."""
    return _resolved()[0]


def broken_drivers() -> tuple[BrokenDriver, ...]:
    """Return the plug-ins that could not be loaded."""
    return _resolved()[1]


def driver(name: str) -> Driver:
    """Return a driver by name; `DeviceError` lists those there are."""
    found = {each.name: each for each in available_drivers()}
    if name not in found:
        raise DeviceError(f"no such driver; there are {', '.join(sorted(found))}", plain(name))
    return found[name]


def open_balance(name: str, settings: DeviceSettings) -> Balance:
    """Open a balance with driver `name`."""
    device = driver(name).open(settings)
    if not isinstance(device, Balance):
        raise DeviceError(f"{name} is a driver of furnaces", settings.label)
    return device


def open_furnace(name: str, settings: DeviceSettings) -> Furnace:
    """Open a furnace with driver `name`."""
    device = driver(name).open(settings)
    if not isinstance(device, Furnace):
        raise DeviceError(f"{name} is a driver of balances", settings.label)
    return device


@lru_cache(maxsize=1)
def _resolved() -> tuple[tuple[Driver, ...], tuple[BrokenDriver, ...]]:
    return resolve(entry_points(group=GROUP))


def resolve(plugins: Iterable[EntryPoint]) -> tuple[tuple[Driver, ...], tuple[BrokenDriver, ...]]:
    """Load `plugins` and the built-in drivers they do not name; return those that work and those that do not."""
    wanted = {name: EntryPoint(name, value, GROUP) for name, value in BUILT_IN.items()}
    broken: list[BrokenDriver] = []
    for plugin in plugins:
        known = wanted.get(plugin.name)
        if known is not None and known.value != plugin.value:
            broken.append(BrokenDriver(plugin.name, plugin.value, f"the name is taken by {known.value}"))
        else:
            wanted[plugin.name] = plugin
    loaded: list[Driver] = []
    for name in sorted(wanted):
        found = _load(wanted[name])
        if isinstance(found, BrokenDriver):
            broken.append(found)
        else:
            loaded.append(found)
    return tuple(loaded), tuple(broken)


def _load(plugin: EntryPoint) -> Driver | BrokenDriver:
    try:
        found = plugin.load()
    except _LOADING_FAILS_WITH as problem:
        return BrokenDriver(plugin.name, plugin.value, plain(f"{type(problem).__name__}: {problem}"))
    if not isinstance(found, Driver):
        return BrokenDriver(plugin.name, plugin.value, "has no name, version, kind, transport and open")
    if found.name != plugin.name:
        return BrokenDriver(plugin.name, plugin.value, f"calls itself {plain(found.name)}")
    return found
