"""The bench work of one sample, typed as commands: accept, recipe, weigh, fire, press."""

import numpy as np

from nasicon_loop.core import Refusal
from nasicon_loop.twin.commands import Product
from nasicon_loop.twin.pellets import Pellet, pellet_seed, press_pellet
from nasicon_loop.twin.surface import Surface

_WEIGHING_SD_G = 0.0004
_FIRINGS = ("calcination", "sintering")


def make_pellet(product: Product, surface: Surface, suggestion: int) -> Pellet:
    """Make one suggestion on the simulated bench; returns the pellet whose file the potentiostat will write."""
    sample = product.run("sample", "new", "--from-suggestion", str(suggestion))
    label = str(sample["label"])
    recipe = product.run("recipe", label)
    product.run("weigh", label, *_weighed(recipe, surface.seed, label))
    for step in _FIRINGS:
        product.run("fire", label, "--step", step)
    pellet = press_pellet(surface, str(recipe["target"]), f"{label}-P1")
    made = product.run(
        "pellet", "new", label,
        "--thickness-cm", f"{pellet.shown_thickness_cm:.4f}",
        "--electrode-diameter-cm", f"{pellet.shown_electrode_diameter_cm:.3f}",
        "--fired-diameter-cm", f"{pellet.shown_fired_diameter_cm:.3f}",
        "--mass-g", f"{pellet.shown_mass_g:.4f}",
    )  # fmt: skip
    if made["label"] != pellet.label:
        raise Refusal(f"the pellet was called {made['label']}, not {pellet.label}", "nasicon pellet new")
    return pellet


def _weighed(recipe: dict[str, object], seed: int, label: str) -> list[str]:
    """Return `--mass FORMULA=GRAMS` for every precursor, with the balance's and the spatula's error."""
    source = np.random.default_rng([pellet_seed(seed, label), 4])
    precursors = recipe["precursors"]
    if not isinstance(precursors, list) or not precursors:
        raise Refusal("names no precursors", f"nasicon recipe {label}")
    options: list[str] = []
    for precursor in precursors:
        grams = max(float(precursor["mass_g"]) + _WEIGHING_SD_G * float(source.standard_normal()), 1e-4)
        options += ["--mass", f"{precursor['formula']}={grams:.4f}"]
    return options
