"""Use case: where a row of the data room came from, and whether and with what it teaches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.agreement import Told

if TYPE_CHECKING:
    from db import LiteratureRow, Reader, StoredStability
    from nasicon_loop.lab.context import Lab

Stored = TypeVar("Stored", "LiteratureRow", "StoredStability")

_NAME = re.compile(r"(?:(literature|stability)-)?(\d{1,15}|[0-9a-f]{16})")
_OURS = re.compile(r"(analysis|pellet)-(\S+)")


@dataclass(frozen=True, slots=True)
class Provenance:
    """One row with its way into the lab.

    `row_id` is its name in models and their manifests. `value` is in S/cm at `temperature_c`, or in eV/atom above the
    hull. File, hash and line are None for rows from before version 0006. `merged_with` are other rows of the same
    source, composition, kind and temperature: together they teach as one, with their scatter as noise.
    """

    row: str
    row_id: str
    table: str
    formula: str
    value: float
    unit: str
    temperature_c: float | None
    kind: str
    source: str
    doi: str | None
    dataset: str
    flags: tuple[str, ...]
    file_name: str | None
    file_sha256: str | None
    line: int | None
    structure_name: str | None
    structure_sha256: str | None
    imported_at: datetime
    imported_by: str
    teaches: bool
    why_not: str
    merged_with: tuple[Told, ...]


def names_a_row(text: str) -> bool:
    """Say whether a word names a row (12, literature-12, stability-3, the id in a model) and not a formula."""
    return _NAME.fullmatch(text) is not None or _OURS.fullmatch(text) is not None


def row_provenance(lab: "Lab", name: str) -> Provenance:
    """Return where a row came from; Refusal when there is no such row, or it is a result of the lab's own."""
    first = name.partition("+")[0]  # a model joins the names of rows that it hears as one
    ours, found = _OURS.fullmatch(first), _NAME.fullmatch(first)
    if ours is not None:
        command = f"analysis show {ours[2]}" if ours[1] == "analysis" else f"sample show {ours[2]}"
        raise Refusal(f"is a result of this lab; `nasicon {plain(command, limit=60)}` tells its story", plain(name))
    if found is None:
        raise Refusal("names no row: a number, literature-12, stability-3, or the id that a model has", plain(name))
    with lab.database.read() as reader:
        if found[1] == "stability":
            return _computed(reader, _one(reader.stability(), found[2], name))
        literature = reader.literature(usable=None)
        return _published(reader, _one(literature, found[2], name), literature)


def _one(rows: Sequence[Stored], wanted: str, name: str) -> Stored:
    is_hash = len(wanted) == 16
    for row in rows:
        if row.row_hash.startswith(wanted) if is_hash else row.id == int(wanted):
            return row
    raise Refusal("there is no such row in this lab; `nasicon data show` lists them", plain(name))


def _published(reader: "Reader", row: "LiteratureRow", literature: "list[LiteratureRow]") -> Provenance:
    from nasicon_loop.lab.data_checking import told_of
    from nasicon_loop.lab.learning import may_teach
    from nasicon_loop.lab.structures import with_structure_once

    taught = [one for one in with_structure_once(literature) if may_teach(one)]
    teaches = any(one.id == row.id for one in taught)
    alike = [told_of(one) for one in _taught_with(row, taught)] if teaches else []
    return Provenance(
        row=str(row.id),
        row_id=f"literature-{row.row_hash[:16]}",
        table="literature",
        formula=row.formula,
        value=row.sigma_s_cm,
        unit="S/cm",
        temperature_c=row.temperature_c,
        kind=row.kind,
        source=row.source,
        doi=row.doi,
        dataset=row.dataset,
        flags=row.flags,
        teaches=teaches,
        why_not="" if teaches else _why_not(row),
        merged_with=tuple(alike),
        **_way_in(reader, "literature", row),
    )


def _taught_with(row: "LiteratureRow", taught: "Sequence[LiteratureRow]") -> "list[LiteratureRow]":
    """Return the other rows that the model hears as one with `row`: copies and repeats of the same measurement."""
    from nasicon_loop.lab.learning import literature_row
    from nasicon_loop.predict import merged_rows, parts_of

    own = literature_row(row).row_id
    joined = merged_rows([literature_row(one, one.structure_sha256) for one in taught])
    parts = next((parts_of(one.row_id) for one in joined if own in parts_of(one.row_id)), ())
    return [one for one in taught if one.id != row.id and literature_row(one).row_id in parts]


def _computed(reader: "Reader", row: "StoredStability") -> Provenance:
    return Provenance(
        row=f"stability-{row.id}",
        row_id=f"stability-{row.row_hash[:16]}",
        table="stability",
        formula=row.formula,
        value=row.energy_above_hull_ev,
        unit="eV/atom above hull",
        temperature_c=None,
        kind="computed",
        source=row.source,
        doi=None,
        dataset="",
        flags=(),
        teaches=True,
        why_not="",
        merged_with=(),
        **_way_in(reader, "stability", row),
    )


def _way_in(reader: "Reader", table: str, row: "LiteratureRow | StoredStability") -> dict[str, Any]:
    lines = reader.journal(table, row.id, limit=1)
    return {
        "file_name": row.file_name,
        "file_sha256": row.file_sha256,
        "line": row.line,
        "structure_name": row.structure_name,
        "structure_sha256": row.structure_sha256,
        "imported_at": row.at,
        "imported_by": lines[0].who if lines else "",
    }


def _why_not(row: "LiteratureRow") -> str:
    """Return in words why a published value teaches nothing."""
    from nasicon_loop.lab.learning import TAUGHT_RANGE_C
    from nasicon_loop.lab.tables import SPOILING_FLAGS

    spoiled = sorted(SPOILING_FLAGS & set(row.flags))
    low, high = TAUGHT_RANGE_C
    if row.kind == "grain boundary":
        return "it is the grain boundary's"
    if spoiled:
        return f"flagged {', '.join(spoiled)}"
    if not low <= row.temperature_c <= high:
        return f"measured outside {low:g} to {high:g} °C"
    return "its table sets it aside" if not row.is_usable else "it came again with its structure"
