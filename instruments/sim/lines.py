"""The ends of a simulated cable: a pseudo-terminal, or a TCP port on this machine. POSIX only for the former."""

import os
import select
import socket
import sys
from contextlib import suppress
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Protocol, Self

from instruments.sim.faults import Faults


class SimulatedDevice(Protocol):
    """Takes bytes as they arrive and gives bytes back; `tick` is called all the time, also when nothing arrives."""

    def feed(self, data: bytes) -> bytes:
        """Return the reply to what has arrived so far, b'' when there is none yet."""
        ...

    def tick(self) -> bytes:
        """Return what the device sends on its own."""
        ...


class PtyLine:
    """A device behind a pseudo-terminal in raw mode; `address` is the name to open. A context manager."""

    def __init__(self, device: SimulatedDevice, faults: Faults | None = None, tick_s: float = 0.005) -> None:
        if sys.platform == "win32":
            raise OSError("pseudo-terminals need Linux or macOS")
        import tty

        self._device = device
        self.faults = faults or Faults()
        self._tick_s = tick_s
        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        self.address = os.ttyname(self._slave)
        self._end = Event()
        self._lock = Lock()
        self._thread = Thread(target=self._serve, name=f"simulated device at {self.address}", daemon=True)

    def __enter__(self) -> Self:
        """Start to answer."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        self.unplug()

    def unplug(self) -> None:
        """Pull the cable: the port vanishes for whoever has it open."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()
        with self._lock:
            if self._master >= 0:
                os.close(self._slave)
                os.close(self._master)
                self._master = self._slave = -1

    def _serve(self) -> None:
        while not self._end.is_set():
            ready, _, _ = select.select([self._master], [], [], self._tick_s)
            reply = b""
            if ready:
                with suppress(OSError):
                    reply = self._device.feed(os.read(self._master, 4096))
            reply = self.faults.overdue() + self.faults.spoil(reply) + self.faults.spoil(self._device.tick())
            if reply:
                with suppress(OSError):
                    os.write(self._master, reply)


class TcpLine:
    """A device behind a TCP port of this machine; `address` is host:port. One connection after the other."""

    def __init__(self, device: SimulatedDevice, faults: Faults | None = None, port: int = 0) -> None:
        self._device = device
        self.faults = faults or Faults()
        self._server = socket.create_server(("127.0.0.1", port))
        self._server.settimeout(0.02)
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self._end = Event()
        self._thread = Thread(target=self._serve, name=f"simulated device at {self.address}", daemon=True)

    def __enter__(self) -> Self:
        """Start to answer."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        self.unplug()

    def unplug(self) -> None:
        """Pull the cable: connections break and new ones are refused."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._end.is_set():
            try:
                line, _ = self._server.accept()
            except TimeoutError:
                continue
            with line:
                line.settimeout(0.01)
                self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        while not self._end.is_set():
            try:
                data = line.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                return
            if not data:
                return
            reply = self.faults.spoil(self._device.feed(data))
            with suppress(OSError):
                line.sendall(reply)
