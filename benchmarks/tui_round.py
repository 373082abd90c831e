"""One process at the screens of a lab, with its times as one JSON object.

python -m benchmarks.tui_round LAB once SCREEN: the screen opened at once after the start, nothing being ready
python -m benchmarks.tui_round LAB idle: every screen opened for the first time, after idle moments
python -m benchmarks.tui_round LAB seen: every screen opened again, and after somebody changed the database

A time is [wall, processor], s, from the key. "frame": the first paint of the screen with its tabs and headline,
whatever it shows in its middle. "content": the first paint that shows what it shows in the end, after it has read.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.terminal import Glass, Paint, Terminal

SIZE = (120, 40)
N_TIMES = 9
SCREENS = (
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
_PATIENCE_SECONDS = 60.0
_QUIET_SECONDS = 0.15
_OF_RESULTS = ("board", "model")
"""The screens that go through all results."""
_HEALTH = "health: "
"""A line of the board that comes when it comes; the samples do not wait for it."""
Time = tuple[float, float]
Times = dict[str, Time]


class Seat:
    """Somebody who presses keys and looks at the clock."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._glass, self._n_seen = Glass(*SIZE), 0

    @property
    def paints(self) -> list[Paint]:
        """What was painted so far."""
        found: list[Paint] = self.app._driver.paints
        return found

    def press(self, key: str) -> None:
        """Hand on a key as a terminal does; the pilot would wait until everything is idle."""
        from textual.events import Key

        self.app._driver.process_message(Key(key, key if len(key) == 1 else None))

    async def opened(self, key: str, name: str) -> Times:
        """Press the key of a screen that is not in front; return the times of the frame and of the content."""
        token = self.app.lab.database.change_token()
        begin = _now()
        self.press(key)
        await until(lambda: self._is_read(name, token))
        read = _now()
        await self.quiet()
        return self._times(name, begin, read)

    def _is_read(self, name: str, token: int) -> bool:
        """Whether the screen is in front and shows the database as it is since `token`."""
        front = self.app.front
        if front is None or name != front.PLACE or not front.is_mounted or front._is_reading:
            return False
        return front._shown_for is not None and front._shown_for[0] == token

    async def quiet(self) -> None:
        """Wait until nothing is painted any more."""
        n, since = -1, 0.0
        while n != len(self.paints) or time.perf_counter() < since + _QUIET_SECONDS:
            if n != len(self.paints):
                n, since = len(self.paints), time.perf_counter()
            await asyncio.sleep(0.005)

    def views(self) -> list[tuple[Paint, tuple[str, ...]]]:
        """What was painted since the last time this was asked, and the lines that stood there after each paint."""
        new, self._n_seen = self.paints[self._n_seen :], len(self.paints)
        return [(paint, self._glass.after(paint.data)) for paint in new]

    def _times(self, name: str, begin: Time, read: Time) -> Times:
        since = [
            (paint, _text(view))
            for paint, view in self.views()
            if paint.place == name and paint.wall > begin[0] and view[0].startswith("1 Board") and view[1]
        ]
        last = since[-1][1]
        content = next(paint for paint, view in since if view == last)
        shown_at = max((content.wall, content.processor), read) if content.wall < read[0] else _of(content)
        return {"frame": _less(_of(since[0][0]), begin), "content": _less(shown_at, begin)}


def _of(paint: Paint) -> Time:
    return paint.wall, paint.processor


def _now() -> Time:
    return time.perf_counter(), time.process_time()


def _less(end: Time, begin: Time) -> Time:
    return end[0] - begin[0], end[1] - begin[1]


def _text(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for line in lines if not line.startswith(_HEALTH))


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.perf_counter() + _PATIENCE_SECONDS
    while not is_so():
        if time.perf_counter() > end:
            raise TimeoutError("the screens do not answer")
        await asyncio.sleep(0.002)


async def at_screens(lab: Any, do: Callable[[Seat], Any]) -> dict[str, Any]:
    """Start the screens, do something there, and return it with the time of the first paint with samples."""
    from nasicon_loop.tui.app import NasiconApp

    begin = _now()
    app = NasiconApp(lab, is_ahead=True)
    app.driver_class = Terminal
    done: dict[str, Any] = {}

    async def act(pilot: Any) -> None:
        seat = Seat(app)
        await until(lambda: app.front is not None and app.front.has_shown)
        first = None
        while first is None:
            n = len(seat.paints)
            await until(lambda n=n: len(seat.paints) > n)
            first = next((paint for paint, view in seat.views() if " samples" in view[1]), None)
        done["first"] = _less(_of(first), begin)
        done.update(await do(seat))
        app.exit()

    await app.run_async(size=SIZE, auto_pilot=act)
    return done


async def once(seat: Seat, name: str) -> dict[str, Any]:
    """Open a screen at once."""
    key = next(key for key, one in SCREENS if one == name)
    return {name: await seat.opened(key, name)}


async def idle(seat: Seat) -> dict[str, Any]:
    """Open every screen for the first time after idle moments; the board was there at the start."""
    await until(lambda: seat.app.is_ready)
    return {name: await seat.opened(key, name) for key, name in SCREENS[1:]}


async def seen(seat: Seat) -> dict[str, Any]:
    """Open every screen again and again, and go through the board's rows."""
    await until(lambda: seat.app.is_ready)
    found = {}
    for key, name in SCREENS:
        if not _is_at(seat, _away(key)[1]):
            await seat.opened(*_away(key))
        await seat.opened(key, name)
        again = await _times(seat, key, name, lambda _lab, _turn: None)
        found[name] = {"again": again, "changed": await _times(seat, key, name, _change)}
    result = {name: await _times(seat, key, name, _change_result) for key, name in SCREENS if name in _OF_RESULTS}
    return {**found, "result": result, "down": await _moves(seat)}


async def _times(seat: Seat, key: str, name: str, change: Callable[[Any, int], None]) -> list[Times]:
    """Go away, let somebody change something, and come back."""
    times = []
    for turn in range(N_TIMES):
        if not _is_at(seat, _away(key)[1]):
            await seat.opened(*_away(key))
        await asyncio.to_thread(change, seat.app.lab, turn)
        times.append(await seat.opened(key, name))
    return times


def _is_at(seat: Seat, name: str) -> bool:
    return bool(name == seat.app.front.PLACE)


def _away(key: str) -> tuple[str, str]:
    return SCREENS[-1] if key != SCREENS[-1][0] else SCREENS[0]


def _change(lab: Any, turn: int) -> None:
    with lab.database.write(who="somebody") as writer:
        writer.set_suggestion_state(1, "held" if turn % 2 else "accepted", "")


def _change_result(lab: Any, turn: int) -> None:
    """Somebody signs against a result, and for it again."""
    decision: Any = ("rejected", "accepted")[turn % 2]
    with lab.database.write(who="somebody") as writer:
        one = writer.current_analyses(verdict="accepted", limit=1, offset=40)[0]  # the first ones may be retracted
        writer.sign(one, decision, reason="benchmark")


async def _moves(seat: Seat) -> list[Time]:
    """Down in the board's table: the row's detail follows the cursor."""
    await seat.opened(*SCREENS[0])
    times = []
    for _ in range(3 * N_TIMES):
        await seat.quiet()
        n, begin = len(seat.paints), _now()
        label = seat.app.sample_label
        seat.press("down")
        await until(lambda n=n, label=label: seat.app.sample_label != label and len(seat.paints) > n)
        await seat.quiet()
        views = [(paint, view) for paint, view in seat.views() if paint.wall > begin[0]]
        times.append(_less(_of(next(paint for paint, view in views if view == views[-1][1])), begin))
    return times


def main() -> None:
    """Do what the command line says."""
    from nasicon_loop.lab import opened

    folder, kind, *rest = sys.argv[1:]
    do = {"once": once, "idle": idle, "seen": seen}[kind]
    with opened(Path(folder), who="benchmark") as lab:
        print(json.dumps(asyncio.run(at_screens(lab, lambda seat: do(seat, *rest)))))


if __name__ == "__main__":
    main()
