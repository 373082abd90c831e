"""How values look on the screens. Everything becomes rich Text, so that nothing from a file is read as markup."""

from rich.text import Text

from nasicon_loop.core import plain
from nasicon_loop.tui.themes import Palette

_SIGNS = {
    "accepted": "✓",
    "analysed": "✓",
    "teaches": "✓",
    "review": "?",
    "held": "?",
    "waits": "?",
    "open": "○",
    "rejected": "✗",
    "refused": "✗",
    "failed": "✗",
    "abandoned": "✗",
    "out": "✗",
    "unassigned": "!",
    "needs pellet": "!",
    "needs geometry": "!",
    "needs analysis": "!",
}
_GOOD, _BAD = "✓", "✗"


def cell(value: object, style: str = "", *, limit: int = 300) -> Text:
    """Return a value as harmless text; None is a dash."""
    return Text("-" if value is None else plain(value, limit=limit), style=style, no_wrap=True, overflow="ellipsis")


def state(word: str | None, colours: Palette) -> Text:
    """Return a verdict or state with a sign and a colour: neither carries the meaning alone."""
    if not word:
        return Text("-", style=colours.faint)
    sign = _SIGNS.get(word)
    if sign is None:
        return Text(plain(word), no_wrap=True)
    colour = colours.good if sign == _GOOD else colours.bad if sign == _BAD else colours.doubt
    return Text(f"{sign} {word}", style=colour, no_wrap=True)


def sigma(value: float | None, sd: float | None, *, is_short: bool = False) -> str:
    """Return `9.62e-04 ± 0.31e-04`, or in short `9.6e-04 ±3%`; a dash when there is no value."""
    if value is None:
        return "-"
    if sd is None:
        return f"{value:.2e}"
    if is_short:
        return f"{value:.1e} ±{100 * sd / value:.0f}%"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"({mantissa} ± {sd / 10 ** int(exponent):.2f})e{exponent}"


def ohms(value: float | None, sd: float | None) -> str:
    """Return a resistance with its standard deviation, in ohm."""
    if value is None:
        return "-"
    return f"{value:.4g} Ω" if sd is None else f"{value:.4g} ± {sd:.2g} Ω"


def number(value: float | None, digits: int = 3) -> str:
    """Return a number, or a dash."""
    return "-" if value is None else f"{value:.{digits}g}"


def clock(seconds: float) -> str:
    """Return `m:ss`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
