"""Running a simulated device from a terminal or another program: its address on standard output, orders on standard
input."""

import sys
import time
from collections.abc import Callable

from instruments.sim.faults import Faults
from instruments.sim.lines import PtyLine, TcpLine

ORDERS = "unplug | replug | mute | speak | half N | lose N | nonsense N | late N"
_COUNTED = {"half": "n_half", "lose": "n_lost", "nonsense": "n_nonsense", "late": "n_late"}


def serve(make_line: Callable[[Faults], PtyLine | TcpLine], obey: Callable[[list[str]], bool], orders: str) -> int:
    """Serve until interrupted. Each line of standard input is an order: one of `ORDERS`, or one that `obey` takes.

    The address is printed at the start and again after `replug`, which may give another one.
    """
    faults = Faults()
    line = _plug(make_line, faults)
    try:
        for text in sys.stdin:
            words = text.split()
            if words == ["unplug"]:
                line.unplug()
            elif words == ["replug"]:
                line.unplug()
                line = _plug(make_line, faults)
            elif not (_spoil(faults, words) or obey(words)):
                print(f"{ORDERS} | {orders}", file=sys.stderr, flush=True)
        while True:  # standard input may be closed: serve on until interrupted
            time.sleep(1.0)
    except KeyboardInterrupt:
        return 0
    finally:
        line.unplug()


def _plug(make_line: Callable[[Faults], PtyLine | TcpLine], faults: Faults) -> PtyLine | TcpLine:
    line = make_line(faults).__enter__()
    print(line.address, flush=True)
    return line


def _spoil(faults: Faults, words: list[str]) -> bool:
    if words in (["mute"], ["speak"]):
        faults.mute = words == ["mute"]
        return True
    if len(words) == 2 and words[0] in _COUNTED and words[1].isdecimal():
        setattr(faults, _COUNTED[words[0]], int(words[1]))
        return True
    return False


def number(text: str) -> float | None:
    """Return a number, None when `text` is none."""
    try:
        return float(text)
    except ValueError:
        return None
