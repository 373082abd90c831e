"""Why a prediction is what it is, in words and short tables."""

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import plain

if TYPE_CHECKING:
    from rich.console import Console

N_SHOWN = 6


def hull_words(hull: Mapping[str, Any] | None) -> str:
    """Return the energy above hull in meV per atom, or that there is none to be had."""
    if hull is None or not hull["is_supported"]:
        return "no data"
    return f"{1000 * hull['energy_above_hull_ev']:.0f} ± {1000 * hull['energy_above_hull_ev_sd']:.0f} meV"


def draw_why(screen: "Console", why: Mapping[str, Any], limit: int = N_SHOWN) -> None:
    """Print the reasons of one prediction, at most `limit` lines of each kind; numbers are decades of sigma."""
    from nasicon_loop.cli.words import plain_table

    screen.print(f"\n{plain(why['formula'])}: {why['mean']:.2f} ± {why['sd']:.2f}", markup=False)
    near = [
        (row["formula"], f"{row['log10_sigma']:.2f}", f"{row['temperature_c']:g}", plain(row["source"], limit=26))
        for row in why["nearest"]
    ]
    screen.print(plain_table(["nearest measured", "log10 sigma", "°C", "source"], near, tight=True))
    parts = [
        ("what stands on " + part["name"] if kind == "sites" else part["name"], f"{part['dex']:+.2f}")
        for kind in ("sites", "descriptors")
        for part in why[kind][:limit]
    ]
    screen.print(plain_table(["part", "adds / dex"], parts, title="without it the model would say so much less"))
    changes = [(c["what"], c["formula"], f"{c['dex']:+.2f} ± {c['sd']:.2f}") for c in why["changes"][:limit]]
    if changes:
        title = "one step away: difference, ± spread there"
        screen.print(plain_table(["change", "formula", "dex"], changes, title=title, whole=("dex",)))
    for sentence in why["hints"]:
        for line in textwrap.wrap(plain(sentence, limit=400), 76, subsequent_indent="  "):
            screen.print(f"  {line}")
    hidden = sum(max(len(why[kind]) - limit, 0) for kind in ("descriptors", "changes"))
    if hidden:
        screen.print(f"  {hidden} smaller parts and steps are not shown: --limit shows more, --json all")
