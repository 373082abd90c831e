"""Why a prediction is what it is, in words and short tables."""

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


def draw_why(screen: "Console", why: Mapping[str, Any]) -> None:
    """Print the reasons of one prediction; parts and changes in decades of sigma."""
    from nasicon_loop.cli.words import plain_table

    screen.print(f"\n{plain(why['formula'])}: {why['mean']:.2f} ± {why['sd']:.2f}", markup=False)
    near = [
        (row["formula"], f"{row['log10_sigma']:.2f}", f"{row['temperature_c']:g}", plain(row["source"], limit=30))
        for row in why["nearest"]
    ]
    screen.print(plain_table(["nearest measured", "log10 sigma", "°C", "source"], near))
    parts = [
        ("what stands on " + part["name"] if kind == "sites" else part["name"], f"{part['dex']:+.2f}")
        for kind in ("sites", "descriptors")
        for part in why[kind][:N_SHOWN]
    ]
    screen.print(plain_table(["part", "adds / dex"], parts, title="without it the model would say so much less"))
    changes = [(c["what"], c["formula"], f"{c['dex']:+.2f}") for c in why["changes"][:N_SHOWN]]
    screen.print(plain_table(["change", "formula", "dex"], changes, title="one step away"))
