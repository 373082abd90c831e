"""How fast this machine is right now: `python -c "import numpy"`, whole processes, median of several."""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence


def median_seconds(command: Sequence[str], n_runs: int = 10) -> float:
    """Return the median wall time of a command in seconds, after one run that is not counted."""
    times = []
    for _ in range(n_runs + 1):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - begin)
    return statistics.median(times[1:])


def yardstick_seconds() -> float:
    """Return the median time of `python -c "import numpy"`."""
    return median_seconds([sys.executable, "-c", "import numpy"])
