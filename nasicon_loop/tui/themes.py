"""Dark and light theme from the Okabe-Ito palette, which colour-blind people can tell apart."""

from dataclasses import dataclass

from textual.theme import Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by meaning, as hexadecimal RGB."""

    good: str
    doubt: str
    bad: str
    point: str
    curve: str
    faint: str


_DARK = Palette(good="#2fc9a0", doubt="#f0c42e", bad="#ff8146", point="#6cc0f0", curve="#e69f00", faint="#8c96a3")
_LIGHT = Palette(good="#00664c", doubt="#7a5600", bad="#a83e00", point="#005a94", curve="#b04a00", faint="#5b6470")

DARK = Theme(
    name="nasicon-dark",
    primary="#6cc0f0",
    secondary="#8fa3b8",
    accent="#e69f00",
    success=_DARK.good,
    warning=_DARK.doubt,
    error=_DARK.bad,
    foreground="#e4e8ee",
    background="#10141a",
    surface="#161c24",
    panel="#222b36",
    dark=True,
)
LIGHT = Theme(
    name="nasicon-light",
    primary="#005a94",
    secondary="#4a5868",
    accent="#9c5200",
    success=_LIGHT.good,
    warning=_LIGHT.doubt,
    error=_LIGHT.bad,
    foreground="#14181d",
    background="#fbfbf9",
    surface="#f1f1ee",
    panel="#dcdfe2",
    dark=False,
)


def palette(theme_name: str) -> Palette:
    """Return the colours that can be read on the theme's background."""
    return _LIGHT if theme_name == LIGHT.name else _DARK
