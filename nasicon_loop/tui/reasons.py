"""Why a prediction is what it is, as text for a panel with 71 columns inside."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.text import Text

from nasicon_loop.core import plain

N_SHOWN = 8
_WIDTH = 30


def why_text(document: Mapping[str, Any]) -> Text:
    """Return the reasons of one prediction: what `nasicon predict --why` prints."""
    why = document["why"]
    text = Text()
    text.append(f"{plain(why['formula'])}: log10 σ {why['mean']:.2f} ± {why['sd']:.2f} at {why['temperature_c']:g} °C")
    text.append(f", {plain(document['model']).partition(' (')[0]}\n", style="dim")
    near = (
        (row["formula"], f"{row['log10_sigma']:>6.2f} at {row['temperature_c']:g} °C, {plain(row['source'], limit=20)}")
        for row in why["nearest"]
    )
    _part(text, "Nearest measured", near, "nothing was measured near it")
    parts = [("what stands on " + part["name"], part["dex"]) for part in why["sites"]]
    parts += [(part["name"], part["dex"]) for part in why["descriptors"]]
    told = [(name, f"{dex:+.2f} dex") for name, dex in parts]
    _part(text, "What it adds: without it the model would say so much less", _short(told), "nothing stands out")
    steps = [(f"{one['what']}: {one['formula']}", f"{one['dex']:+.2f} ± {one['sd']:.2f}") for one in why["changes"]]
    _part(text, "One step away: by how much the mean differs, ± its spread", _short(steps), "no step is offered", 54)
    for sentence in why["hints"]:
        text.append(f"\n- {plain(sentence, limit=400)}")
    return text


def _part(text: Text, title: str, rows: Iterable[tuple[str, str]], otherwise: str, width: int = _WIDTH) -> None:
    text.append(f"\n{title}\n", style="bold")
    lines = [f"  {plain(name, limit=width):<{width}} {value}\n" for name, value in rows]
    text.append("".join(lines) or f"  {otherwise}\n")


def _short(rows: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    hidden = len(rows) - N_SHOWN
    more = [(f"and {hidden} smaller ones", "")] if hidden > 0 else []
    return [*rows[:N_SHOWN], *more]
