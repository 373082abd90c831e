"""What goes wrong on a line, to be switched on from a test: shared by all simulated devices."""

from dataclasses import dataclass, field
from random import Random


@dataclass
class Faults:
    """`mute`: no reply at all. The others count down, one reply each: `n_half` replies are cut, `n_lost` are
    swallowed, `n_nonsense` are replaced by random bytes."""

    mute: bool = False
    n_half: int = 0
    n_lost: int = 0
    n_nonsense: int = 0
    source: Random = field(default_factory=lambda: Random(7))  # noqa: S311 - noise, not secrecy

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
        return reply
