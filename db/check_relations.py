"""What must hold between tables: references that lead somewhere, within one lab, and rows that fit together."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from db.tables import METADATA, TABLES
from db.values import Finding

_RESTORE = "restore a backup: `nasicon db restore`"
_COMPLEX_BYTES = 16
_FLOAT_BYTES = 8


def relation_findings(connection: sa.Connection, lab_id: int) -> Iterator[Finding]:
    """Yield references that lead nowhere or into another lab, and rows that contradict each other."""
    for table in METADATA.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda one: str(one.parent.name)):
            if table.name != "lab" and key.column.table.name != "lab":
                yield from _reference(connection, lab_id, table, key)
    for what, query in _contradictions(lab_id):
        for row in connection.execute(query):
            yield Finding("contradiction", what.format(row[0]), _RESTORE)


def _reference(connection: sa.Connection, lab_id: int, table: sa.Table, key: "sa.ForeignKey") -> Iterator[Finding]:
    column, parent = key.parent, key.column.table.alias("parent")
    own = next(iter(table.primary_key.columns))
    query = (
        sa.select(own, column, parent.c.lab_id)
        .select_from(table.outerjoin(parent, parent.c[key.column.name] == column))
        .where(table.c.lab_id == lab_id, column.is_not(None))
        .where(parent.c.lab_id.is_(None) | (parent.c.lab_id != lab_id))
        .order_by(own)
    )
    for row in connection.execute(query):
        what = f"{table.name} {row[0]}: {column.name} {row[1]} "
        if row[2] is None:
            yield Finding("foreign key", f"{what}is not in {key.column.table.name}", _RESTORE)
        else:
            yield Finding("foreign key", f"{what}is of another lab", _RESTORE)


def _contradictions(lab_id: int) -> Iterator[tuple[str, "sa.Select[Any]"]]:
    spectrum, reading, pellet = TABLES["spectrum"], TABLES["reading"], TABLES["pellet"]
    assignment, analysis, geometry = TABLES["assignment"], TABLES["analysis"], TABLES["pellet_geometry"]
    yield (
        "spectrum {} is not of the file whose reading it is",
        sa.select(spectrum.c.id)
        .join(reading, reading.c.id == spectrum.c.reading_id)
        .where(spectrum.c.lab_id == lab_id, spectrum.c.raw_file_id != reading.c.raw_file_id),
    )
    sizes_fit = sa.and_(
        sa.func.length(spectrum.c.frequency_blob) == spectrum.c.n_points * _FLOAT_BYTES,
        sa.func.length(spectrum.c.impedance_blob) == spectrum.c.n_points * _COMPLEX_BYTES,
    )
    yield (
        "spectrum {} does not hold as many numbers as it says",
        sa.select(spectrum.c.id).where(spectrum.c.lab_id == lab_id, ~sizes_fit),
    )
    yield (
        "reading {} was refused or is a re-export, and yet it has spectra",
        sa.select(reading.c.id)
        .join(spectrum, spectrum.c.reading_id == reading.c.id)
        .where(reading.c.lab_id == lab_id, reading.c.refusal.is_not(None) | reading.c.duplicate_of.is_not(None))
        .distinct(),
    )
    yield (
        "reading {} was not refused, and yet it has no spectra",
        sa.select(reading.c.id)
        .outerjoin(spectrum, spectrum.c.reading_id == reading.c.id)
        .where(reading.c.lab_id == lab_id, reading.c.refusal.is_(None), reading.c.duplicate_of.is_(None))
        .where(spectrum.c.id.is_(None)),
    )
    yield (
        "assignment {} names a pellet of another sample",
        sa.select(assignment.c.id)
        .join(pellet, pellet.c.id == assignment.c.pellet_id)
        .where(assignment.c.lab_id == lab_id, sa.func.coalesce(assignment.c.sample_id, 0) != pellet.c.sample_id),
    )
    entry, lot = TABLES["weighing_entry"], TABLES["lot"]
    yield (
        "weighing entry {} took its mass from a lot of another precursor",
        sa.select(entry.c.id)
        .join(lot, lot.c.id == entry.c.lot_id)
        .where(entry.c.lab_id == lab_id, entry.c.precursor != lot.c.precursor),
    )
    firing, place = TABLES["firing"], TABLES["load_place"]
    lies_there = (place.c.furnace_load_id == firing.c.furnace_load_id) & (place.c.sample_id == firing.c.sample_id)
    yield (
        "firing {} names a load in which its sample does not lie",
        sa.select(firing.c.id)
        .outerjoin(place, lies_there)
        .where(firing.c.lab_id == lab_id, firing.c.furnace_load_id.is_not(None), place.c.id.is_(None)),
    )
    yield (
        "analysis {} has a conductivity without a geometry",
        sa.select(analysis.c.id)
        .outerjoin(geometry, geometry.c.id == analysis.c.pellet_geometry_id)
        .where(analysis.c.lab_id == lab_id, analysis.c.sigma_total_s_cm.is_not(None), geometry.c.id.is_(None)),
    )
