"""The bench sheet: a recipe for a formula anywhere, or for a sample, kept as a version."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal
from nasicon_loop.lab.signing import marks
from nasicon_loop.lab.stock import content_of, lots_of_sheet, newest_open, stock_notes

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9]{0,7}-[0-9]{4,9}")

if TYPE_CHECKING:
    from db import RecipeVersion, Sample
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.settings import RecipeSection
    from recipes import LotContent, Marks, Recipe


@dataclass(frozen=True, slots=True)
class BenchSheet:
    """A recipe as text for people and as a document for scripts. `version` is None outside a lab."""

    text: str
    document: Mapping[str, Any]
    label: str | None = None
    version: int | None = None
    recipe: "Recipe | None" = None
    marks: "Marks | None" = None

    def pdf(self) -> bytes:
        """Return the sheet as the bytes of a PDF, one page A4."""
        import recipes

        if self.recipe is None:
            raise Refusal("there is no recipe to print", self.label)
        return recipes.pdf_sheet(self.recipe, label=self.label or "", marks=self.marks or recipes.Marks())


@dataclass(frozen=True, slots=True)
class Wish:
    """How much to make and how; None takes the lab's habit."""

    n_pellets: int | None = None
    mass_g: float | None = None
    excess_percent: float | None = None
    excess_basis: str | None = None
    strict_paper: bool = False
    pellet_thickness_cm: float | None = None

    def __post_init__(self) -> None:
        if self.mass_g is not None and (self.n_pellets is not None or self.pellet_thickness_cm is not None):
            raise Refusal("give --mass-g, or pellets (--pellets, --pellet-thickness-cm), not both", "recipe")


def bench_sheet(where: Path | None, target: str, wish: Wish | None = None, *, markdown: bool = False) -> BenchSheet:
    """Plan `target`, a formula or a sample label; a label needs a lab, a formula does not.

    Raises Refusal for what cannot be made, with the reason.
    """
    from nasicon_loop.lab.context import opened
    from nasicon_loop.lab.settings import RecipeSection

    if _LABEL.fullmatch(target.strip()):
        with opened(where) as lab:
            return sample_sheet(lab, target, wish, markdown=markdown)
    recipe = _plan(target, wish or Wish(), RecipeSection())
    return _as_sheet(recipe, None, None, markdown=markdown)


def sample_sheet(lab: "Lab", label: str, wish: Wish | None = None, *, markdown: bool = False) -> BenchSheet:
    """Plan a sample with the newest open lots, keep the plan as its newest version, and return the sheet.

    Without a wish the newest version is shown as it was kept, with what people wrote beside it. Refusal for a new plan
    once the weighing has begun or the version was signed off.
    """
    import recipes

    with lab.database.read() as reader:
        sample = reader.sample(label)
        newest = reader.recipe(sample)
        is_weighed = reader.weighing(sample) is not None or bool(reader.weighing_entries(sample))
    if newest is not None and (wish is None or wish == Wish()):
        return _kept_sheet(lab, sample, newest, markdown=markdown)
    if is_weighed:
        raise Refusal("its weighing has begun: the recipe stands; begin a new sample for another plan", label)
    recipe = planned_recipe(lab, sample.target_formula, wish)
    with lab.database.write(who=lab.who) as writer:
        kept = writer.add_recipe(sample, recipes.to_dict(recipe))
    return _kept_sheet(lab, sample, kept, markdown=markdown)


def planned_recipe(lab: "Lab", formula: str, wish: Wish | None = None) -> "Recipe":
    """Plan a formula with the lab's habits and its newest open lots; nothing is written."""
    with lab.database.read() as reader:
        lots = newest_open(reader)
    return _plan(
        formula,
        wish or Wish(),
        lab.settings.recipe,
        protocols=lab.folder.protocols,
        resolution_g=lab.settings.balance.resolution_g,
        lots={formula: content_of(lot) for formula, lot in lots.items()},
    )


def _kept_sheet(lab: "Lab", sample: "Sample", kept: "RecipeVersion", *, markdown: bool) -> BenchSheet:
    import recipes

    recipe = recipes.from_dict(kept.document)
    with lab.database.read() as reader:
        notes: tuple[str, ...] = ()
        if reader.weighing(sample) is None:  # what is in the mill needs no jar any more
            notes = stock_notes(lab, recipe, lots_of_sheet(reader, recipe), reader.lot_standings())
        added = marks(reader, sample, kept, notes)
    return _as_sheet(recipe, sample.label, added, markdown=markdown)


def stored_recipe(lab: "Lab", label: str) -> "Recipe":
    """Return the sample's newest recipe; Refusal when it has none yet."""
    import recipes

    with lab.database.read() as reader:
        newest = reader.recipe(reader.sample(label))
    if newest is None:
        raise Refusal(f"has no recipe yet; run `nasicon recipe {label}` first", label)
    return recipes.from_dict(newest.document)


def _plan(
    formula: str,
    wish: Wish,
    habits: "RecipeSection",
    *,
    protocols: Path | None = None,
    resolution_g: float = 0.0001,
    lots: "Mapping[str, LotContent] | None" = None,
) -> "Recipe":
    import recipes

    table = {jar.formula for jar in recipes.precursor_table(protocols)}
    return recipes.plan(
        formula,
        n_pellets=wish.n_pellets or 1,
        mass_g=wish.mass_g,
        pellet_mass_g=_pellet_mass_g(formula, wish, habits),
        excess_percent=habits.excess_percent if wish.excess_percent is None else wish.excess_percent,
        excess_basis=wish.excess_basis or habits.excess_basis,
        protocol=habits.protocol,
        strict_paper=wish.strict_paper,
        lots={name: lot for name, lot in (lots or {}).items() if name in table},
        allow_toxic=habits.allow_toxic,
        balance_resolution_g=resolution_g,
        furnace_max_c=habits.furnace_ceiling_c,
        die_diameter_mm=10 * habits.die_diameter_cm,
        die_max_mpa=habits.die_limit_mpa,
        extra_folder=protocols,
    )


def _pellet_mass_g(formula: str, wish: Wish, habits: "RecipeSection") -> float:
    """The lab's habit, or what a green pellet of the wished thickness holds in the lab's die."""
    if wish.pellet_thickness_cm is None:
        return habits.pellet_mass_g
    from nasicon_loop.chemistry import Composition, cell

    theoretical_g_cm3 = cell(Composition.parse(formula)).density_g_cm3
    volume_cm3 = math.pi / 4 * habits.die_diameter_cm**2 * wish.pellet_thickness_cm
    return round(habits.green_density * theoretical_g_cm3 * volume_cm3, 3)


def _as_sheet(recipe: "Recipe", label: str | None, added: "Marks | None", *, markdown: bool) -> BenchSheet:
    import recipes

    known = added or recipes.Marks()
    text = recipes.sheet(recipe, label=label or "", format="markdown" if markdown else "text", marks=known)
    document = {
        **recipes.to_dict(recipe),
        "label": label,
        "version": known.version,
        "signed_off_by": list(known.signed),
        "deviations": list(known.deviations),
        "notes": list(known.notes),
    }
    return BenchSheet(text, document, label, known.version, recipe, known)
