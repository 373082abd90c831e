"""Leads, dummy cell, DC polarisation."""

from db.queries.access import Access, id_of
from db.tables import TABLES
from db.values import Pellet
from db.values_quality import QualityKind, QualityRecord


class Quality(Access):
    """Readings beside the spectra."""

    def quality_records(self, kind: QualityKind, *, pellet: Pellet | int | None = None) -> list[QualityRecord]:
        """Return the records of one kind, of a pellet where one is given, oldest first."""
        table = TABLES["quality"].c
        query = self._select("quality").where(table.kind == kind).order_by(table.id)
        if pellet is not None:
            query = query.where(table.pellet_id == id_of(pellet))
        return self._values(QualityRecord, query)

    def newest_quality(self, kind: QualityKind) -> QualityRecord | None:
        """Return the newest record of one kind."""
        table = TABLES["quality"].c
        query = self._select("quality").where(table.kind == kind).order_by(table.id.desc())
        return next(iter(self._values(QualityRecord, query, limit=1)), None)

    def quality_record(self, record_id: int) -> QualityRecord:
        """Return a record by its id; Refusal when there is none."""
        return self._known(QualityRecord, "quality", "quality record with id", id=record_id)

    def quality_files(self) -> dict[str, str]:
        """Return the files behind all records: SHA-256 -> name."""
        records: list[QualityRecord] = self._facts(QualityRecord, "quality")
        return {sha256: name for record in records for sha256, name in record.files.items()}
