"""A simulated laboratory: a hidden truth, imperfect pellets, their impedance files, and a user who types commands.

It drives the product from outside, as a user does (`python -m nasicon_loop.twin`), and no other room imports it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasicon_loop.twin.demo import run_demo
    from nasicon_loop.twin.outcome import Outcome
    from nasicon_loop.twin.pellets import Pellet, press_pellet
    from nasicon_loop.twin.spectra import pellet_spectrum
    from nasicon_loop.twin.surface import Surface

__all__ = ["Outcome", "Pellet", "Surface", "pellet_spectrum", "press_pellet", "run_demo"]

_HOMES = {
    "Outcome": "outcome",
    "Pellet": "pellets",
    "Surface": "surface",
    "pellet_spectrum": "spectra",
    "press_pellet": "pellets",
    "run_demo": "demo",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
