"""The lab's own balance and furnace, as lab.toml names them, and what else answers at this computer's ports."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.context import Lab, opened

if TYPE_CHECKING:
    from pathlib import Path

    from instruments.devices import Balance, DeviceSettings, FoundDevice, Furnace
    from nasicon_loop.lab.settings import Settings

_PATIENCE_S = 1.0
"""For one reply at a port that somebody named; where anything or nothing may be, less."""


@dataclass(frozen=True, slots=True)
class BenchDevice:
    """What answers at an address. `role` is "balance" or "furnace" where lab.toml names that address, else empty."""

    address: str
    role: str
    driver: str | None
    identity: str
    identity_code: int | None
    advice: str


def find_bench_devices(
    where: "Path | None", *, ports: Iterable[str] = (), hosts: Iterable[str] = ()
) -> list[BenchDevice]:
    """Ask every serial port, those that lab.toml names, and `hosts` who is there. Nothing is written to a device."""
    from instruments.devices import find_devices, serial_ports

    settings = _settings(where)
    roles = {} if settings is None else _roles(settings)
    tcp = {address for address, (_, is_tcp) in roles.items() if is_tcp}
    named = dict.fromkeys([*ports, *(address for address in roles if address not in tcp)])
    others = [port.address for port in serial_ports() if port.address not in named]
    found = find_devices(named, dict.fromkeys([*hosts, *sorted(tcp)]), timeout_s=_PATIENCE_S) + find_devices(others)
    return [_device(each, roles.get(each.address, ("", False))[0]) for each in found]


def _settings(where: "Path | None") -> "Settings | None":
    if where is not None:
        with opened(where) as lab:
            return lab.settings
    with suppress(Refusal), opened(None) as lab:  # ports can be looked at before there is a lab
        return lab.settings
    return None


def _roles(settings: "Settings") -> dict[str, tuple[str, bool]]:
    from instruments.devices import driver

    found: dict[str, tuple[str, bool]] = {}
    for role, section in (("balance", settings.balance), ("furnace", settings.furnace)):
        if section.driver and section.port:
            found[section.port] = (role, driver(section.driver).transport == "tcp")
    return found


def _device(found: "FoundDevice", role: str) -> BenchDevice:
    return BenchDevice(found.address, role, found.driver, found.identity, found.identity_code, found.advice)


@contextmanager
def open_lab_balance(lab: Lab, port: str | None = None) -> "Iterator[Balance]":
    """Open the balance of lab.toml, at another port where one is given; Refusal when lab.toml names none."""
    from instruments.devices import DeviceSettings, open_balance

    section = lab.settings.balance
    if not section.driver:
        raise Refusal("no balance in lab.toml: enter [balance] driver and port, or weigh with --typed", "lab.toml")
    settings = DeviceSettings(port or section.port, name="balance", baud_rate=section.baud)
    balance = open_balance(section.driver, settings)
    try:
        yield balance
    finally:
        balance.close()


def furnace_settings(lab: Lab, port: str | None = None) -> "DeviceSettings":
    """Return how the furnace of lab.toml is opened; Refusal when lab.toml names none."""
    from instruments.devices import DeviceProgram, DeviceSettings

    section = lab.settings.furnace
    if not section.driver:
        raise Refusal("no furnace in lab.toml: enter [furnace] driver, port and name, or record it with `nasicon fire`")
    with lab.database.read() as reader:
        before = reader.newest_run_of(section.name)
    return DeviceSettings(
        port or section.port,
        name=section.name,
        baud_rate=section.baud,
        unit=section.unit,
        ceiling_c=section.ceiling_c,
        identity_code=section.identity_code,
        program_number=section.program_number,
        confirmed=frozenset(section.confirmed),
        stored_programs={number: DeviceProgram.of(segments) for number, segments in section.stored_programs.items()},
        writes_so_far={} if before is None else {int(register): n for register, n in before.writes.items()},
    )


@contextmanager
def open_lab_furnace(lab: Lab, port: str | None = None) -> "Iterator[Furnace]":
    """Open the furnace of lab.toml, at another port where one is given. A running program goes on when it closes."""
    from instruments.devices import open_furnace

    furnace = open_furnace(lab.settings.furnace.driver, furnace_settings(lab, port))
    try:
        yield furnace
    finally:
        furnace.close()


def other_ports(lab: Lab) -> list[str]:
    """Return the serial ports at which the furnace may have come back under another name."""
    from instruments.devices import driver, serial_ports

    section = lab.settings.furnace
    if driver(section.driver).transport != "serial":
        return []
    taken = {section.port, lab.settings.balance.port}
    return [plain(port.address) for port in serial_ports() if port.address not in taken]
