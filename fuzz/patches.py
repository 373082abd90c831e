"""Changes inside a good JSON document, chosen by the fuzzer's bytes: past the parser, into what reads the values."""

import copy
import json
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**63, -(2**63), 10**40, 0.0, -0.0, 1e-320, 1e308, float("nan"), float("inf"),
    "", "x", "\x1b[2J", "\u202e", "Na3Zr2Si2PO12", "p(R1,C1)", "__import__('os')", "../../x", "9" * 5000,
    [], [[]], [0] * 100, [None], {}, {"a": 1}, {"": {}},
)  # fmt: skip
_MOST_CHANGES = 8


def patched(document: Any, data: bytes) -> Any:
    """Return a copy of `document` with up to eight values replaced, removed, or copied over one another."""
    changed = copy.deepcopy(document)
    stream = iter(data)
    for _ in range(_MOST_CHANGES):
        try:
            _change(changed, stream)
        except StopIteration:
            break
    return changed


def _change(document: Any, stream: Any) -> None:
    holder, key = document, None
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            return
        key = keys[next(stream) % len(keys)]
        inner = holder[key]
        if not isinstance(inner, dict | list) or next(stream) % 3 == 0:
            break
        holder = inner
    choice = next(stream)
    if choice < 2 * len(ODD):
        holder[key] = copy.deepcopy(ODD[choice % len(ODD)])
    elif choice < 80 and isinstance(holder, dict):
        del holder[key]
    elif choice < 100 and isinstance(holder, dict):
        holder[f"{key}\x7f{choice}"] = holder[key]
    elif choice < 140 and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
        holder[key] = type(holder[key])(choice - 180)
    else:
        holder[key] = json.dumps(holder[key])[:choice]
