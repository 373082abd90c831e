"""How a potentiostat's computer drops a file: open, write, pause, write."""

import os
import time
from pathlib import Path


def drop(data: bytes, path: Path, *, pause_s: float = 0.4) -> None:
    """Write half of `data`, let it lie there for `pause_s` seconds in the middle of a line, then write the rest."""
    middle = len(data) // 2
    with path.open("wb") as stream:
        stream.write(data[:middle])
        stream.flush()
        os.fsync(stream.fileno())
        time.sleep(pause_s)
        stream.write(data[middle:])
