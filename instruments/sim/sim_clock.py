"""Time of simulated devices: compressed, or moved by hand."""

import time


class SimClock:
    """`speed` simulated seconds pass in a real one; 0 stands still until `advance` is called."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._from = time.monotonic()
        self._passed_s = 0.0

    def seconds(self) -> float:
        """Return simulated seconds since the start."""
        return self._passed_s + (time.monotonic() - self._from) * self.speed

    def advance(self, seconds: float) -> None:
        """Let time jump forward."""
        self._passed_s += seconds

    def turn(self, speed: float) -> None:
        """Let time pass so fast from now on."""
        self._passed_s, self._from, self.speed = self.seconds(), time.monotonic(), speed
