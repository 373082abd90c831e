"""How long a person waits for the screens: a lab with 10 000 samples and 30 000 spectra, 120 columns, in one process.

First paint: from making the application to a board that shows samples. Per screen: from the key to the frame that shows
the screen as it was last seen, and to the frame with what was read anew. A frame is rendered whole, as for a terminal.
Beside wall time stands the processor time of the process, which a busy machine does not stretch as much.
NASICON_BENCH_QUICK=1 takes a tenth of the lab; NASICON_BENCH_LAB names a folder with a lab that is kept.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.large_lab import N_SAMPLES, N_SPECTRA, make
from benchmarks.yardstick import yardstick_seconds

SIZE = (120, 40)
N_STARTS, N_TIMES = 3, 9
_PATIENCE_SECONDS = 30.0
_SCREENS = (
    ("1", "board"),
    ("2", "inbox"),
    ("3", "suggestions"),
    ("4", "recipe"),
    ("5", "sample"),
    ("6", "spectrum"),
    ("7", "model"),
    ("8", "journal"),
)
"""Key and screen."""
_Time = tuple[float, float]
"""Wall and processor time, s."""


def run() -> str:
    """Return the section on the screens as Markdown."""
    part = 10 if os.environ.get("NASICON_BENCH_QUICK") else 1
    n_samples, n_spectra = N_SAMPLES // part, N_SPECTRA // part
    yardstick = yardstick_seconds()
    with tempfile.TemporaryDirectory(prefix="nasicon_tui_") as folder:
        place = Path(os.environ.get("NASICON_BENCH_LAB") or Path(folder) / "lab")
        if not place.exists():
            make(place, n_samples, n_spectra)
        first, rows = asyncio.run(_measured(place))
    lines = [
        "## Screens",
        "",
        f"{n_samples} samples, {n_spectra} spectra, {SIZE[0]}x{SIZE[1]}, in one process. "
        f"Yardstick: `python -c 'import numpy'` {yardstick:.3f} s.",
        "",
        f"First paint with the samples, of {N_STARTS} starts: {first['first']:.2f} s the first, median "
        f"{first['median']:.2f} s, worst {first['worst']:.2f} s (goal 1.5 s).",
        "",
        f"From a key to the paint, median (worst) of {N_TIMES}, then median processor time, in ms (goal 100 ms):",
        "",
        "| key | the first time, at once after the start | after idle moments | again "
        "| after a change by others: the screen | with what changed |",
        "|---|---|---|---|---|---|",
        *rows,
    ]
    return "\n".join(lines)


async def _measured(folder: Path) -> tuple[dict[str, float], list[str]]:
    from nasicon_loop.lab import opened

    with opened(folder, who="benchmark") as lab:
        starts = [await _start(lab) for _ in range(N_STARTS)]
        rows = await _keys(lab)
    return {"first": starts[0], "median": statistics.median(starts), "worst": max(starts)}, rows


async def _start(lab: Any) -> float:
    from nasicon_loop.tui.app import NasiconApp

    begin = time.perf_counter()
    app = NasiconApp(lab)
    async with app.run_test(size=SIZE):
        await _until(lambda: _is_at(app, "board") and " samples" in _text(app))
        return time.perf_counter() - begin


async def _keys(lab: Any) -> list[str]:
    from nasicon_loop.tui.app import NasiconApp

    app = NasiconApp(lab)
    async with app.run_test(size=SIZE):
        await _until(lambda: _is_at(app, "board") and " samples" in _text(app))
        cold = {name: (await _jump(app, key, name))[1] for key, name in (_SCREENS[-1], *_SCREENS[:-1])}
    app = NasiconApp(lab, is_ahead=True)
    async with app.run_test(size=SIZE):
        await _until(lambda: _is_at(app, "board") and " samples" in _text(app))
        await _until(lambda: app.is_ready)
        return [*[await _screen(app, *one, cold[one[1]]) for one in _SCREENS], await _moves(app)]


async def _screen(app: Any, key: str, name: str, cold: _Time) -> str:
    """The first time; again, nothing having changed; and after somebody changed the database."""
    again, frames, reads = [], [], []
    first = (await _jump(app, key, name))[1]
    for _ in range(N_TIMES):
        again.append((await _jump(app, key, name))[1])
    for turn in range(N_TIMES):
        frame, read = await _jump(app, key, name, lambda turn=turn: _change(app.lab, turn))
        frames.append(frame)
        reads.append(read)
    return f"| {key} {name} | {_told([cold])} | {_told([first])} | {_told(again)} | {_told(frames)} | {_told(reads)} |"


async def _jump(app: Any, key: str, name: str, change: Callable[[], None] = lambda: None) -> tuple[_Time, _Time]:
    """From the key to the frame with the screen as it was last seen, and to the one with what was read."""
    token = app.lab.database.change_token()
    away, place = ("8", "journal") if key != "8" else ("1", "board")
    _press(app, away)
    await _until(lambda: _is_at(app, place) and _is_read(app, token))
    await asyncio.to_thread(change)
    token = app.lab.database.change_token()
    begin = _now()
    _press(app, key)
    await _until(lambda: _is_at(app, name))
    _text(app)
    frame = _since(begin)
    await _until(lambda: _is_read(app, token))
    _text(app)
    return frame, _since(begin)


def _now() -> _Time:
    return time.perf_counter(), time.process_time()


def _since(begin: _Time) -> _Time:
    wall, processor = _now()
    return wall - begin[0], processor - begin[1]


def _change(lab: Any, turn: int) -> None:
    with lab.database.write(who="somebody") as writer:
        writer.set_suggestion_state(1, "held" if turn % 2 else "accepted", "")


async def _moves(app: Any) -> str:
    """Down in the board's table: the row's detail follows the cursor."""
    from nasicon_loop.tui.widgets.table import TextTable

    _press(app, "1")
    token = app.lab.database.change_token()
    await _until(lambda: _is_at(app, "board") and _is_read(app, token))
    table, times = app.front.query_one(TextTable), []
    table.focus()
    for _ in range(3 * N_TIMES):
        await asyncio.sleep(0.02)
        label = app.sample_label
        begin = _now()
        _press(app, "down")
        await _until(lambda label=label: app.sample_label != label)
        _text(app)
        times.append(_since(begin))
    return f"| down (board) | - | - | {_told(times)} | - | - |"


def _press(app: Any, key: str) -> None:
    """Hand on a key as a terminal does; the pilot would wait until everything is idle."""
    from textual.events import Key

    app._driver.process_message(Key(key, key if len(key) == 1 else None))


def _is_at(app: Any, place: str) -> bool:
    return bool(app.front is not None and place == app.front.PLACE and app.front.is_mounted)


def _is_read(app: Any, token: int) -> bool:
    """Whether the screen in front shows the database as it is since `token`."""
    shown = app.front._shown_for
    return shown is not None and shown[0] == token and not app.front._is_reading


def _text(app: Any) -> str:
    """Render the whole screen, as a terminal would get it at worst."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def _until(is_so: Callable[[], bool]) -> None:
    until = time.perf_counter() + _PATIENCE_SECONDS
    while not is_so():
        if time.perf_counter() > until:
            raise TimeoutError("the screens do not answer")
        await asyncio.sleep(0.002)


def _told(times: list[_Time]) -> str:
    walls, processor = [wall for wall, _ in times], statistics.median(one for _, one in times)
    worst = f" ({1000 * max(walls):.0f})" if len(walls) > 1 else ""
    return f"{1000 * statistics.median(walls):.0f}{worst}, {1000 * processor:.0f}"


if __name__ == "__main__":
    print(run())
