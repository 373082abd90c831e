"""Signing a recipe off, and writing beside it what was done otherwise."""

from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from db import Deviation, Reader, RecipeSignature, RecipeVersion, Sample
    from nasicon_loop.lab.context import Lab
    from recipes import Marks


def sign_off_recipe(lab: "Lab", label: str, *, by: str | None = None, note: str = "") -> "RecipeSignature":
    """Freeze the newest version of a sample's recipe under a person's name. Refusal without a recipe."""
    with lab.database.write(who=lab.who) as writer:
        newest = writer.recipe(writer.sample(label))
        if newest is None:
            raise Refusal(f"has no recipe yet; run `nasicon recipe {label}` first", plain(label))
        return writer.sign_recipe(newest, who=plain(by or lab.who, limit=100), note=plain(note, limit=1000))


def add_deviation(lab: "Lab", label: str, text: str, *, by: str | None = None) -> "Deviation":
    """Write down what was done otherwise than the newest version says; the version itself is not touched."""
    with lab.database.write(who=lab.who) as writer:
        sample = writer.sample(label)
        who = plain(by or lab.who, limit=100)
        return writer.add_deviation(sample, plain(text, limit=1000), who=who, recipe=writer.recipe(sample))


def marks(reader: "Reader", sample: "Sample", version: "RecipeVersion | None", notes: tuple[str, ...] = ()) -> "Marks":
    """Return what people added to a version: signatures, deviations, what was weighed; and today's notes."""
    import recipes

    if version is None:
        return recipes.Marks(notes=notes)
    return recipes.Marks(
        version.version,
        tuple(f"{one.who}, {one.at:%Y-%m-%d}" for one in reader.recipe_signatures(version)),
        tuple(f"{one.text} ({one.who}, {one.at:%Y-%m-%d %H:%M} UTC)" for one in reader.deviations(sample)),
        notes,
        {precursor: entry.mass_g for precursor, entry in reader.newest_entries(sample).items()},
    )
