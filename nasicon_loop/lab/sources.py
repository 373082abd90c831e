"""Use cases of data: a lab made with its literature, tables imported, crystals written."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, write_whole
from nasicon_loop.lab.context import opened
from nasicon_loop.lab.folder import init
from nasicon_loop.lab.tables import SHIPPED, LiteratureValue, Origin, StabilityValue, TableRead, read_table

if TYPE_CHECKING:
    from db import LiteratureEntry, LiteratureRow, StabilityEntry
    from nasicon_loop.lab.context import Lab


@dataclass(frozen=True, slots=True)
class LabMade:
    """A new lab folder."""

    folder: Path
    inbox: Path
    n_literature_rows: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of data did. `remarks` are told of rows that were kept all the same."""

    n_new: int
    n_known: int
    refusals: tuple[Refusal, ...]
    remarks: tuple[Refusal, ...] = ()


def create_lab(path: Path, *, name: str | None = None, prefix: str = "NL") -> LabMade:
    """Make a lab folder and load the shipped literature table. Raises Refusal for a folder that is in use."""
    folder = init(path, name, prefix)
    with opened(folder.path) as lab:
        imported = import_data(lab)
    return LabMade(folder.path, folder.inbox, imported.n_new)


def import_data(lab: "Lab", source: Path | None = None) -> Imported:
    """Load a table of conductivities or energies above hull, a folder of CIFs with a properties CSV, or ours.

    Rows already there are counted, not stored again. The CIFs of good rows go to the vault, and training takes their
    structures from there. Raises Refusal when the whole table cannot be read.
    """
    read = read_table(source or SHIPPED, lab.folder.open_vault().add)
    told = list(zip(read.rows, read.origins, strict=True))
    measured = [_entry(row, origin, read) for row, origin in told if isinstance(row, LiteratureValue)]
    computed = [_energy(row, origin, read) for row, origin in told if isinstance(row, StabilityValue)]
    with lab.database.write(who=lab.who) as writer:
        added, n_known = writer.add_literature(measured)
        energies, n_energies_known = writer.add_stability(computed)
    return Imported(len(added) + len(energies), n_known + n_energies_known, read.refusals, read.remarks)


def _energy(value: StabilityValue, origin: Origin, read: TableRead) -> "StabilityEntry":
    from db import StabilityEntry

    return StabilityEntry(
        formula=value.formula,
        energy_above_hull_ev=round(value.e_hull_mev_atom / 1000, 9),
        source=value.source,
        **_provenance(origin, read),
    )


def _entry(value: LiteratureValue, origin: Origin, read: TableRead) -> "LiteratureEntry":
    from db import LiteratureEntry

    return LiteratureEntry(
        formula=value.formula,
        mobile_ion=value.mobile_ion,
        sigma_s_cm=value.sigma_s_cm,
        temperature_c=value.temperature_c,
        kind=value.kind,
        source=value.source,
        dataset=value.dataset,
        activation_energy_ev=value.activation_energy_ev,
        sintering_c=value.sintering_c,
        doi=value.doi,
        flags=value.flags,
        is_usable=value.is_usable,
        **_provenance(origin, read),
    )


def _provenance(origin: Origin, read: TableRead) -> dict[str, Any]:
    return {
        "file_name": read.file_name,
        "file_sha256": read.file_sha256,
        "line": origin.line,
        "structure_name": origin.structure_name,
        "structure_sha256": origin.structure_sha256,
    }


def literature_rows(lab: "Lab", formula: str | None = None) -> "list[LiteratureRow]":
    """Return the published conductivities the lab holds; with `formula`, those of that composition on 12 O."""
    from nasicon_loop.chemistry import Composition

    with lab.database.read() as reader:
        rows = reader.literature(usable=None)
    if formula is None:
        return rows
    wanted = Composition.parse(formula).normalised()
    return [row for row in rows if Composition.parse(row.formula).normalised() == wanted]


def write_cif(formula: str, *, phase: str | None = None, path: Path | None = None) -> str:
    """Return the prototype crystal of a composition as CIF text, checked by pymatgen; written to `path` if given."""
    from nasicon_loop.chemistry import Composition, check_cif, cif

    if phase not in (None, "R-3c", "C2/c"):
        raise Refusal("the prototypes are R-3c and C2/c", phase)
    text = cif(Composition.parse(formula), phase)
    check_cif(text)
    if path is not None:
        write_whole(path, text.encode())
    return text
