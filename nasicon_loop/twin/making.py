"""The bench work of one furnace load, typed as commands: begin, recipe, weigh, fire together, press what held."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nasicon_loop.core import Refusal
from nasicon_loop.twin.answers import with_keys
from nasicon_loop.twin.commands import Product
from nasicon_loop.twin.pellets import Pellet, pellet_seed
from nasicon_loop.twin.truth import Truth
from nasicon_loop.twin.workshop import Failure, Order, make

_WEIGHING_SD_G = 0.0004
_FIRINGS = ("calcination", "sintering")
_SEEN = {
    "cracked": "cracked in the sintering",
    "porous": "porous after the sintering",
    "second phase": "second phase in the diffraction pattern",
}
"""What the operator writes when a sample is lost."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A powder batch that was weighed: its label, its target, and whether it is the undoped reference."""

    label: str
    formula: str
    is_reference: bool


@dataclass(frozen=True, slots=True)
class Made:
    """What came out of the furnace: `pellet` is None when it `failed`; `true_log10_sigma` as the Experiment's."""

    batch: Batch
    true_log10_sigma: float
    failed: Failure | None
    pellet: Pellet | None


def weigh_batch(product: Product, seed: int, *origin: str) -> Batch:
    """Begin a sample (`sample new` is told its `origin`), print its recipe, weigh it with the balance's error."""
    sample = product.run("sample", "new", *origin)
    label = str(sample["label"])
    recipe = product.run("recipe", label)
    product.run("weigh", label, *_weighed(recipe, seed, label))
    return Batch(label, str(recipe["target"]), bool(sample["is_reference"]))


def fire_load(product: Product, batches: Sequence[Batch]) -> None:
    """Calcine and sinter all of them in one load; a Refusal when the product lets one go without a reference."""
    for step in _FIRINGS:
        load = product.run("load", "new", "--samples", ",".join(batch.label for batch in batches), "--step", step)
        places = with_keys(load, "slot", "is_reference")
        if len(places) != len(batches) or not any(place["is_reference"] for place in places):
            raise Refusal(f"holds {len(places)} samples, not {len(batches)} with a reference", f"load {load['number']}")
        product.run("fire", "--load", str(load["number"]))


def press(product: Product, truth: Truth, batch: Batch, round_number: int) -> Made:
    """Take a batch out of the furnace: what held becomes a pellet with its dimensions, the rest is written off."""
    made = make(truth, Order(f"{batch.label}-P1", batch.formula), round_number)
    if made.failed is not None:
        product.run("sample", "fail", batch.label, "--reason", _SEEN[made.failed])
    elif made.pellet is not None:
        _enter(product, batch.label, made.pellet)
    return Made(batch, made.true_log10_sigma, made.failed, made.pellet)


def _enter(product: Product, label: str, pellet: Pellet) -> None:
    entered = product.run(
        "pellet", "new", label,
        "--thickness-cm", f"{pellet.shown_thickness_cm:.4f}",
        "--electrode-diameter-cm", f"{pellet.shown_electrode_diameter_cm:.3f}",
        "--fired-diameter-cm", f"{pellet.shown_fired_diameter_cm:.3f}",
        "--mass-g", f"{pellet.shown_mass_g:.4f}",
    )  # fmt: skip
    if entered["label"] != pellet.label:
        raise Refusal(f"the pellet was called {entered['label']}, not {pellet.label}", "nasicon pellet new")


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
