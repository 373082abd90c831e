"""Serial ports, opened for ourselves alone, and which failures of theirs count as a pulled cable."""

import importlib
from typing import TYPE_CHECKING

from instruments.devices.errors import PortUnavailable

if TYPE_CHECKING:
    from serial import Serial


def line_failures() -> tuple[type[Exception], ...]:
    """Return what pyserial raises when a port goes away; `termios.error` (POSIX) is not an OSError."""
    import serial

    failures: tuple[type[Exception], ...] = (serial.SerialException, OSError)
    try:
        termios = importlib.import_module("termios")
    except ImportError:  # Windows
        return failures
    return (*failures, termios.error)


def open_serial(port: str, baud_rate: int, timeout_s: float) -> "Serial":
    """Open `port` 8N1 with an exclusive lock; `PortUnavailable` says why not.

    The lock keeps out other programs only if they ask for one too; on Windows ports are always exclusive.
    """
    import serial

    try:
        return serial.Serial(port, baud_rate, timeout=timeout_s, write_timeout=max(timeout_s, 1.0), exclusive=True)
    except line_failures() as problem:
        raise PortUnavailable(_advice(problem), port) from problem
    except ValueError as problem:
        raise PortUnavailable(f"is not a port with {baud_rate} baud: {problem}", port) from problem


def _advice(problem: Exception) -> str:
    text = str(problem).lower()
    if "lock" in text or "busy" in text or "access is denied" in text:
        return "is in use by another program: close that and try again"
    if "permission" in text:
        return "may not be opened by this user: on Linux join the group 'dialout' and log in again"
    return "cannot be opened: is the cable in, and is it the right port? `nasicon doctor` lists ports"
