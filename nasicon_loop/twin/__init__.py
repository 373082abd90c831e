"""A simulated laboratory: a hidden truth, imperfect pellets, their impedance files, and a user who types commands.

It drives the product from outside, as a user does (`python -m nasicon_loop.twin`), and no other room imports it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasicon_loop.twin.demo import run_demo
    from nasicon_loop.twin.families import (
        FAMILIES,
        FROZEN,
        Family,
        draw_truth,
        family,
        family_of,
        half_of,
        purpose_of,
        taught,
    )
    from nasicon_loop.twin.faults import FAULTS, Fault
    from nasicon_loop.twin.hearsay import dopant_effects
    from nasicon_loop.twin.loadfiles import LoadFile, files_of
    from nasicon_loop.twin.outcome import Outcome
    from nasicon_loop.twin.pellets import Pellet, press_pellet
    from nasicon_loop.twin.spectra import pellet_spectrum
    from nasicon_loop.twin.surface import Surface
    from nasicon_loop.twin.truth import Report, Truth, split_by_source
    from nasicon_loop.twin.workshop import Experiment, Load, Order, failure_chances, load_of, make, make_load

__all__ = [
    "FAMILIES",
    "FAULTS",
    "FROZEN",
    "Experiment",
    "Family",
    "Fault",
    "Load",
    "LoadFile",
    "Order",
    "Outcome",
    "Pellet",
    "Report",
    "Surface",
    "Truth",
    "dopant_effects",
    "draw_truth",
    "failure_chances",
    "family",
    "family_of",
    "files_of",
    "half_of",
    "load_of",
    "make",
    "make_load",
    "pellet_spectrum",
    "press_pellet",
    "purpose_of",
    "run_demo",
    "split_by_source",
    "taught",
]

_HOMES = {
    "Experiment": "workshop",
    "FAMILIES": "families",
    "FAULTS": "faults",
    "FROZEN": "families",
    "Family": "families",
    "Fault": "faults",
    "Load": "workshop",
    "LoadFile": "loadfiles",
    "Order": "workshop",
    "Outcome": "outcome",
    "Pellet": "pellets",
    "Report": "truth",
    "Surface": "surface",
    "Truth": "truth",
    "dopant_effects": "hearsay",
    "draw_truth": "families",
    "failure_chances": "workshop",
    "family": "families",
    "family_of": "families",
    "files_of": "loadfiles",
    "half_of": "families",
    "load_of": "workshop",
    "make": "workshop",
    "make_load": "workshop",
    "pellet_spectrum": "spectra",
    "press_pellet": "pellets",
    "purpose_of": "families",
    "run_demo": "demo",
    "split_by_source": "truth",
    "taught": "families",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
