"""What goes wrong on a line, to be switched on from a test: shared by all simulated devices."""

import time
from dataclasses import dataclass, field
from random import Random


@dataclass
class Faults:
    """`mute`: no reply at all. The others count down, one reply each: `n_half` replies are cut, `n_lost` are
    swallowed, `n_nonsense` are replaced by random bytes, `n_late` come only `late_s` (real seconds) afterwards."""

    mute: bool = False
    n_half: int = 0
    n_lost: int = 0
    n_nonsense: int = 0
    n_late: int = 0
    late_s: float = 0.2
    source: Random = field(default_factory=lambda: Random(7))  # noqa: S311 - noise, not secrecy
    _held: list[tuple[float, bytes]] = field(default_factory=list)

    def spoil(self, reply: bytes) -> bytes:
        """Return what of a reply reaches the other end."""
        if not reply or self.mute:
            return b""
        if self.n_lost > 0:
            self.n_lost -= 1
            return b""
        if self.n_half > 0:
            self.n_half -= 1
            return reply[: len(reply) // 2]
        if self.n_nonsense > 0:
            self.n_nonsense -= 1
            return self.source.randbytes(len(reply))
        if self.n_late > 0:
            self.n_late -= 1
            self._held.append((time.monotonic() + self.late_s, reply))
            return b""
        return reply

    def overdue(self) -> bytes:
        """Return the late replies whose time has come."""
        now = time.monotonic()
        due = b"".join(reply for at, reply in self._held if at <= now)
        self._held = [(at, reply) for at, reply in self._held if at > now]
        return due
