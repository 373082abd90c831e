"""Formulas to predict, and structure files, read within bounds as crystals of their own geometry."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain, read_bounded

if TYPE_CHECKING:
    from db import LiteratureRow, StoredStability
    from nasicon_loop.chemistry import Composition
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.predict import Crystals

MAX_CIF_BYTES = 5_000_000
REFINED_CHARGE = 0.1
"""Refined occupancies scatter; a charge per 12 O beyond this means that ions are missing from the file."""


def crystal_of_file(path: Path) -> "Crystals":
    """Return the structure in a CIF as the model sees it.

    Raises Refusal for what is no file, above 5 MB, not a CIF, not a NASICON, or short of ions.
    """
    return crystal_of_text(structure_bytes(path).decode("utf-8", errors="replace"), path)


def structure_bytes(path: Path) -> bytes:
    """Return the bytes of a structure file; Refusal for what is no regular file or above 5 MB."""
    try:
        return read_bounded(path, MAX_CIF_BYTES, advice="a CIF of one structure is not", follow_links=False)
    except OSError as error:
        raise Refusal(f"cannot be read ({error.strerror})", path) from error


def crystal_of_text(text: str, where: object) -> "Crystals":
    """Return the structure in a CIF's text as the model sees it; Refusal, at `where`, as `crystal_of_file`."""
    from nasicon_loop.predict import crystals_of_structures

    try:
        crystal = crystals_of_structures([text])
    except Refusal as refusal:
        raise Refusal(refusal.reason, where) from refusal
    charge = float(crystal.charge[0])
    if abs(charge) > REFINED_CHARGE:
        raise Refusal(
            f"{crystal.formulas[0]} does not balance: {charge:+.2f} per 12 O with the usual oxidation states", where
        )
    return crystal


def structure_text(lab: "Lab", row: "LiteratureRow | StoredStability") -> str | None:
    """Return the text of the CIF that belongs to a row, None without one; Refusal when the vault lost it."""
    if row.structure_sha256 is None:
        return None
    try:
        data = lab.folder.open_vault().read_bytes(row.structure_sha256)
    except Refusal as refusal:
        name = plain(row.structure_name or "a structure", limit=100)
        raise Refusal(f"{refusal.reason}; or import the folder with {name} again", refusal.where) from refusal
    return data.decode("utf-8", errors="replace")


def with_structure_once(rows: "Iterable[LiteratureRow]") -> "list[LiteratureRow]":
    """Return rows without those that came again, in the same words, with their structure."""
    kept = list(rows)
    with_structure = {_told(row) for row in kept if row.structure_sha256 is not None}
    return [row for row in kept if row.structure_sha256 is not None or _told(row) not in with_structure]


def _told(row: "LiteratureRow") -> tuple[object, ...]:
    return (row.formula, row.sigma_s_cm, row.temperature_c, row.kind, row.source, row.doi, row.dataset)


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
