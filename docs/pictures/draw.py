"""Draw the pictures of the screens: `python docs/pictures/draw.py`, from a small lab that the benchmarks make.

The SVGs need no network: the font is the reader's own monospace.
"""

import asyncio
import re
import tempfile
from pathlib import Path

from benchmarks.large_lab import make
from benchmarks.tui_round import SCREENS
from nasicon_loop.lab import opened
from nasicon_loop.tui.app import NasiconApp

HERE = Path(__file__).parent
SIZES = ((80, 24), (120, 40))
PLOTS = ("bode", "residuals", "drt")
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


if __name__ == "__main__":
    main()
