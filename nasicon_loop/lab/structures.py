"""Structure files that a user names: read within bounds, as crystals with their own geometry."""

from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal

if TYPE_CHECKING:
    from nasicon_loop.predict import Crystals

MAX_CIF_BYTES = 5_000_000
REFINED_CHARGE = 0.1
"""Refined occupancies scatter; a charge per 12 O beyond this means that ions are missing from the file."""


def crystal_of_file(path: Path) -> "Crystals":
    """Return the structure in a CIF as the model sees it.

    Raises Refusal for what is no file, above 5 MB, not a CIF, not a NASICON, or short of ions.
    """
    from nasicon_loop.lab.vault import read_bounded
    from nasicon_loop.predict import crystals_of_structures

    try:
        if path.is_file() and (size := path.stat().st_size) > MAX_CIF_BYTES:
            raise Refusal(f"has {size / 1e6:.1f} MB; a CIF of one structure has at most 5", path)
        data = read_bounded(path, limit=MAX_CIF_BYTES)
    except OSError as error:
        raise Refusal(f"cannot be read ({error.strerror})", path) from error
    except ValueError as error:  # a null byte in the name
        raise Refusal("is not the name of a file", path) from error
    crystal = crystals_of_structures([data.decode("utf-8", errors="replace")])
    charge = float(crystal.charge[0])
    if abs(charge) > REFINED_CHARGE:
        raise Refusal(
            f"{crystal.formulas[0]} does not balance: {charge:+.2f} per 12 O with the usual oxidation states", path
        )
    return crystal
