"""The bench sheet: a recipe for a formula anywhere, or for a sample, kept as a version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9]{0,7}-[0-9]{4,9}")

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.settings import RecipeSection
    from recipes import Recipe


@dataclass(frozen=True, slots=True)
class BenchSheet:
    """A recipe as text for people and as a document for scripts. `version` is None outside a lab."""

    text: str
    document: Mapping[str, Any]
    label: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """How much to make and how; None takes the lab's habit."""

    n_pellets: int | None = None
    mass_g: float | None = None
    excess_percent: float | None = None
    excess_basis: str | None = None
    strict_paper: bool = False


def bench_sheet(where: Path | None, target: str, wish: Wish | None = None, *, markdown: bool = False) -> BenchSheet:
    """Plan `target`, a formula or a sample label; a label needs a lab, a formula does not.

    Raises Refusal for what cannot be made, with the reason.
    """
    from nasicon_loop.lab.context import opened
    from nasicon_loop.lab.settings import RecipeSection

    if _LABEL.fullmatch(target.strip()):
        with opened(where) as lab:
            return sample_sheet(lab, target, wish, markdown=markdown)
    recipe = _plan(target, wish or Wish(), RecipeSection(), protocols=None)
    return _as_sheet(recipe, None, None, markdown=markdown)


def sample_sheet(lab: "Lab", label: str, wish: Wish | None = None, *, markdown: bool = False) -> BenchSheet:
    """Plan a sample, keep the plan as its newest version when it differs, and return the sheet.

    Without a wish the newest version is shown as it was kept.
    """
    import recipes

    with lab.database.read() as reader:
        sample = reader.sample(label)
        newest = reader.recipe(sample)
        weighing = reader.weighing(sample)
    if newest is not None and (wish is None or wish == Wish()):
        return _as_sheet(recipes.from_dict(newest.document), sample.label, newest.version, markdown=markdown)
    if weighing is not None:
        raise Refusal("is weighed already: its recipe stands; begin a new sample for another plan", label)
    recipe = _plan(sample.target_formula, wish or Wish(), lab.settings.recipe, protocols=lab.folder.protocols)
    with lab.database.write(who=lab.who) as writer:
        kept = writer.add_recipe(sample, recipes.to_dict(recipe))
    return _as_sheet(recipe, sample.label, kept.version, markdown=markdown)


def stored_recipe(lab: "Lab", label: str) -> "Recipe":
    """Return the sample's newest recipe; Refusal when it has none yet."""
    import recipes

    with lab.database.read() as reader:
        newest = reader.recipe(reader.sample(label))
    if newest is None:
        raise Refusal(f"has no recipe yet; run `nasicon recipe {label}` first", label)
    return recipes.from_dict(newest.document)


def _plan(formula: str, wish: Wish, habits: "RecipeSection", *, protocols: Path | None) -> "Recipe":
    import recipes

    return recipes.plan(
        formula,
        n_pellets=wish.n_pellets or 1,
        mass_g=wish.mass_g,
        pellet_mass_g=habits.pellet_mass_g,
        excess_percent=habits.excess_percent if wish.excess_percent is None else wish.excess_percent,
        excess_basis=wish.excess_basis or habits.excess_basis,
        protocol=habits.protocol,
        strict_paper=wish.strict_paper,
        allow_toxic=habits.allow_toxic,
        furnace_max_c=habits.furnace_ceiling_c,
        die_diameter_mm=10 * habits.die_diameter_cm,
        die_max_mpa=habits.die_limit_mpa,
        extra_folder=protocols,
    )


def _as_sheet(recipe: "Recipe", label: str | None, version: int | None, *, markdown: bool) -> BenchSheet:
    import recipes

    text = recipes.sheet(recipe, label=label or "", format="markdown" if markdown else "text")
    return BenchSheet(text, {**recipes.to_dict(recipe), "label": label, "version": version}, label, version)
