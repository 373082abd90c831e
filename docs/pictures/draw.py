"""Draw the pictures of the screens: `python docs/pictures/draw.py`, from a small lab that the benchmarks make.

The SVGs need no network: the font is the reader's own monospace.
"""

import asyncio
import os
import re
import tempfile
from pathlib import Path

from textual.events import Paste
from textual.pilot import Pilot

from benchmarks.large_lab import make
from instruments.sim import EurothermSimulator, PtyLine, RtuServer, SimClock
from nasicon_loop.lab import Lab, new_sample, opened, record_weighing, sample_sheet
from nasicon_loop.tui.app import NasiconApp

HERE = Path(__file__).parent
SIZES = ((80, 24), (120, 40))
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
PLOTS = ("bode", "residuals", "drt")
FURNACE_SIZES = ((80, 24), (160, 50))
SPEED = 5000.0
_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)


async def draw(folder: Path, size: tuple[int, int]) -> None:
    """Draw every screen at one size, and the further plots of a spectrum, one point of it marked."""
    with opened(folder, who="Kim") as lab:
        app = NasiconApp(lab)
        async with app.run_test(size=size) as pilot:
            await pilot.pause(3)
            for key, name in SCREENS:
                if name == "spectrum":
                    app.analysis_number = 9  # the inbox selects its newest file
                await pilot.press(key)
                await pilot.pause(1.5)
                write(app, name, size)
                for plot in PLOTS if name == "spectrum" else ():
                    await pilot.press("p", *(["greater_than_sign", "space"] if plot == "bode" else []))
                    await pilot.pause(3)
                    write(app, f"{name}_{plot}", size)


async def draw_furnace(folder: Path, size: tuple[int, int], device: EurothermSimulator) -> None:
    """Draw the furnace's question, one answer of it wrong, and the log of the run when it was held at the panel."""
    with opened(folder, who="Kim") as lab:
        app = NasiconApp(lab)
        app.sample_label = weighed(lab)
        async with app.run_test(size=size) as pilot:
            await pilot.pause(2)
            await pilot.press("4")
            await pilot.pause(2)
            await pilot.press("l")
            await pilot.pause(5)
            await answer(app, pilot, "tube furnace", "1000", "1797")
            write(app, "firing", size)
            await pilot.press("up", "backspace", "backspace", "backspace", "backspace")
            await answer(app, pilot, "1100")
            await pilot.press("ctrl+s")
            await pilot.pause(3)
            await pilot.press("u")
            await pilot.pause(6)
            device.put(23, next(code for code, word in device.model.commands.items() if word == "hold"), 6)
            await pilot.pause(3)
            write(app, "furnace", size)
            await pilot.press("escape", "e")
            await answer(app, pilot, "the picture is drawn")
            await pilot.press("y")
            await pilot.pause(3)


def weighed(lab: Lab) -> str:
    """Begin a sample and weigh it."""
    label = new_sample(lab, "Na3.4Zr1.6Sc0.4Si2PO12").label
    sample_sheet(lab, label)
    record_weighing(lab, label, {}, as_planned=True)
    return label


async def answer(app: NasiconApp, pilot: "Pilot[None]", *values: str) -> None:
    """Type into the lines of a form."""
    for value in values:
        app.screen.post_message(Paste(value))
        await pilot.pause()
        await pilot.press("enter")
    await pilot.pause(2)


def write(app: NasiconApp, name: str, size: tuple[int, int]) -> None:
    """Write what the screen shows."""
    text = _FONTS.sub("", app.export_screenshot(title=f"nasicon tui, {size[0]}x{size[1]}"))
    text = "\n".join(line.rstrip() for line in text.replace("Fira Code", "monospace").splitlines())
    (HERE / f"{name}_{size[0]}x{size[1]}.svg").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Draw all of them."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "lab"
        make(folder, 24, 110)
        for size in SIZES:
            asyncio.run(draw(folder, size))
        for size in FURNACE_SIZES:
            device = EurothermSimulator(clock=SimClock(SPEED))
            with PtyLine(RtuServer(device)) as line:
                enter(line.address)
                asyncio.run(draw_furnace(folder, size, device))


def enter(port: str) -> None:
    """Enter a simulated furnace, as lab.toml would."""
    settings = {"DRIVER": "eurotherm_2400", "NAME": "tube furnace", "PORT": port, "CEILING_C": "1300"}
    settings |= {"LOG_EVERY_S": "0.05", "SIMULATED_SPEED": str(SPEED)}
    os.environ.update({f"NASICON_FURNACE_{name}": value for name, value in settings.items()})


if __name__ == "__main__":
    main()
