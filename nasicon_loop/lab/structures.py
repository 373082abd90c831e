"""What a user names to predict: formulas, and structure files, read within bounds as crystals of their own geometry."""

from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, read_bounded

if TYPE_CHECKING:
    from nasicon_loop.chemistry import Composition
    from nasicon_loop.predict import Crystals

MAX_CIF_BYTES = 5_000_000
REFINED_CHARGE = 0.1
"""Refined occupancies scatter; a charge per 12 O beyond this means that ions are missing from the file."""


def crystal_of_file(path: Path) -> "Crystals":
    """Return the structure in a CIF as the model sees it.

    Raises Refusal for what is no file, above 5 MB, not a CIF, not a NASICON, or short of ions.
    """
    from nasicon_loop.predict import crystals_of_structures

    try:
        data = read_bounded(path, MAX_CIF_BYTES, advice="a CIF of one structure is not", follow_links=False)
    except OSError as error:
        raise Refusal(f"cannot be read ({error.strerror})", path) from error
    crystal = crystals_of_structures([data.decode("utf-8", errors="replace")])
    charge = float(crystal.charge[0])
    if abs(charge) > REFINED_CHARGE:
        raise Refusal(
            f"{crystal.formulas[0]} does not balance: {charge:+.2f} per 12 O with the usual oxidation states", path
        )
    return crystal


def is_cif(thing: str) -> bool:
    """Say whether a word is meant as the name of a structure file."""
    return thing.lower().endswith(".cif")


def readable(thing: str) -> "Composition | Crystals":
    """Return the composition that a formula names, or the crystal in a CIF; Refusal before the model sees any."""
    from nasicon_loop.chemistry import Composition

    if is_cif(thing):
        return crystal_of_file(Path(thing))
    composition = Composition.parse(thing)
    if not composition.sites().a:
        raise Refusal("has no ion in its cavities", composition.formula)
    if not composition.is_balanced:
        charge = float(composition.normalised().charge())
        raise Refusal(f"does not balance: {charge:+.2f} per 12 O with the usual oxidation states", composition.formula)
    return composition
