"""Which devices are there: every serial port, and the hosts one names. Only questions are sent, nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass

from instruments.devices.bus import RegisterBus
from instruments.devices.drivers import ProfileDriver, open_bus
from instruments.devices.errors import DeviceError, DeviceSaysNo, PortUnavailable
from instruments.devices.mt_sics import MtSicsBalance
from instruments.devices.profile import Profile
from instruments.devices.registry import available_drivers
from instruments.devices.values import DeviceSettings
from nasicon_loop.core import plain


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A port of this machine, as the operating system describes it."""

    address: str
    description: str


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """What answered at an address, or why nothing did.

    `driver` is the driver to enter, None when nothing known answered. `identity` says in words who it is. `advice` is
    what to do: empty when the device can be used as it is.
    """

    address: str
    description: str
    driver: str | None
    identity: str
    identity_code: int | None
    advice: str


def serial_ports() -> tuple[SerialPort, ...]:
    """Return the serial ports of this machine: `/dev/tty...` or `COM...`."""
    from serial.tools import list_ports

    ports = sorted(list_ports.comports(), key=lambda port: str(port.device))
    return tuple(SerialPort(str(port.device), plain(port.description or "")) for port in ports)


def find_devices(
    ports: Iterable[str] | None = None, hosts: Iterable[str] = (), *, timeout_s: float = 0.3, unit: int = 1
) -> tuple[FoundDevice, ...]:
    """Ask every port (None: all of the machine) and every host who it is, at 9600 baud and one unit address."""
    known = {port.address: port.description for port in serial_ports()} if ports is None else dict.fromkeys(ports, "")
    found = [_at_port(DeviceSettings(address, unit=unit, timeout_s=timeout_s), text) for address, text in known.items()]
    found += [_at_host(DeviceSettings(address, unit=unit, timeout_s=max(timeout_s, 1.0))) for address in hosts]
    return tuple(found)


def _profiles(transport: str) -> list[Profile]:
    return [
        each.profile for each in available_drivers() if isinstance(each, ProfileDriver) and each.transport == transport
    ]


def _nothing(settings: DeviceSettings, description: str, advice: str) -> FoundDevice:
    return FoundDevice(settings.address, description, None, "", None, advice)


def _at_port(settings: DeviceSettings, description: str) -> FoundDevice:
    # A Modbus device takes the letters of a balance's command for noise, so the balance is asked first.
    try:
        with MtSicsBalance(settings) as balance:
            identity = balance.identify()
    except PortUnavailable as problem:
        return _nothing(settings, description, problem.reason)
    except DeviceError:
        return _controller(settings, description, "serial")
    words = f"{identity.model}, serial number {identity.serial_number}"
    return FoundDevice(settings.address, description, "mt_sics", plain(words), None, "")


def _at_host(settings: DeviceSettings) -> FoundDevice:
    return _controller(settings, "", "tcp")


def _controller(settings: DeviceSettings, description: str, transport: str) -> FoundDevice:
    profiles = _profiles(transport)
    try:
        bus = open_bus(profiles[0], settings)
    except DeviceError as problem:
        return _nothing(settings, description, problem.reason)
    try:
        return _ask_codes(bus, profiles, settings, description)
    except DeviceError:
        return _nothing(
            settings, description, "nothing known answers: is it on, does its menu say 9600 baud, 8N1, address 1?"
        )
    finally:
        bus.close()


def _ask_codes(bus: RegisterBus, profiles: list[Profile], settings: DeviceSettings, description: str) -> FoundDevice:
    unsure: tuple[Profile, int] | None = None
    for profile in sorted(profiles, key=lambda each: not each.identity.documented):
        try:
            (code,) = bus.read(profile.identity.code)
        except DeviceSaysNo:
            continue
        if profile.identity.accepts(code):
            words = f"{profile.maker} {profile.identity.codes.get(code, profile.name)}, code 0x{code:04X}"
            return FoundDevice(settings.address, description, profile.name, words, code, "")
        if not profile.identity.documented and not profile.identity.is_foreign(code):
            unsure = (profile, code)
    if unsure is None:
        return _nothing(settings, description, "a Modbus device answers, but none of the models of the shelf")
    profile, code = unsure
    return FoundDevice(
        settings.address,
        description,
        profile.name,
        f"perhaps {profile.maker} {'/'.join(profile.models)}, code 0x{code:04X}",
        code,
        f"check the label on the unit; if it is one of these, enter identity_code = 0x{code:04X}",
    )
