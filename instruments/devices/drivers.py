"""The drivers that come with the project."""

from dataclasses import dataclass
from typing import Literal

from instruments.devices.bus import RegisterBus
from instruments.devices.card import CardFurnace
from instruments.devices.furnace import RegisterFurnace
from instruments.devices.modbus_rtu import RtuBus
from instruments.devices.modbus_tcp import TcpBus
from instruments.devices.mt_sics import MtSicsBalance
from instruments.devices.nabertherm import StoredProgramFurnace
from instruments.devices.profile import Profile, load_profile
from instruments.devices.protocols import Balance, Furnace
from instruments.devices.values import DeviceSettings


@dataclass(frozen=True, slots=True)
class MtSicsDriver:
    """Mettler-Toledo balances."""

    name: str = "mt_sics"
    version: str = "1"
    kind: Literal["balance", "furnace"] = "balance"
    transport: Literal["serial", "tcp", "none"] = "serial"

    def open(self, settings: DeviceSettings) -> Balance:
        """Open the port of a balance."""
        return MtSicsBalance(settings)


@dataclass(frozen=True, slots=True)
class ProfileDriver:
    """Furnace controllers that a register profile describes."""

    name: str
    transport: Literal["serial", "tcp", "none"]
    kind: Literal["balance", "furnace"] = "furnace"

    @property
    def profile(self) -> Profile:
        """The register map, loaded on first use."""
        return load_profile(self.name)

    @property
    def version(self) -> str:
        """The profile's version."""
        return self.profile.version

    def open(self, settings: DeviceSettings) -> Furnace:
        """Open the port or connection of a controller."""
        profile = self.profile
        bus = open_bus(profile, settings)
        if profile.program.layout == "stored":
            return StoredProgramFurnace(bus, profile, settings)
        return RegisterFurnace(bus, profile, settings)


def open_bus(profile: Profile, settings: DeviceSettings) -> RegisterBus:
    """Open the transport that the profile names."""
    if profile.transport == "tcp":
        return TcpBus(settings.address, unit=settings.unit, timeout_s=settings.timeout_s)
    return RtuBus(settings.address, unit=settings.unit, baud_rate=settings.baud_rate, timeout_s=settings.timeout_s)


@dataclass(frozen=True, slots=True)
class CardDriver:
    """Furnaces without a cable."""

    name: str = "card"
    version: str = "1"
    kind: Literal["balance", "furnace"] = "furnace"
    transport: Literal["serial", "tcp", "none"] = "none"

    def open(self, settings: DeviceSettings) -> Furnace:
        """Return a furnace that gives cards."""
        return CardFurnace(settings)


MT_SICS = MtSicsDriver()
EUROTHERM_2400 = ProfileDriver("eurotherm_2400", "serial")
EUROTHERM_3200 = ProfileDriver("eurotherm_3200", "serial")
EUROTHERM_EPC3016 = ProfileDriver("eurotherm_epc3016", "tcp")
NABERTHERM_400 = ProfileDriver("nabertherm_400", "tcp")
CARD = CardDriver()
