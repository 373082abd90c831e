"""Giving a lab's rows other ids, so that they fit behind those of other labs in the same tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from db.commands.learning import predictions_digest
from db.queries.access import to_value
from db.rows import digest
from db.tables import ADDED, FACTS, METADATA, TABLES
from db.values import StoredPrediction

NAMED = {
    "duplicate_of": "raw_file",
    "returned_lot_id": "lot",
    "geometry_id": "pellet_geometry",
    "geometry_pellet_id": "pellet",
    **{f"{name}_id": name for name in METADATA.tables},
}
"""Which table a number in a journal line's data belongs to, by its name there."""


@dataclass(slots=True)
class Move:
    """How far each table's ids move. Rows go through `row` in the order of their tables, the journal last."""

    old_lab_id: int
    lab_id: int
    by: Mapping[str, int]
    _digests: dict[tuple[str, int], str] = field(default_factory=dict)
    _predictions: dict[int, list[StoredPrediction]] = field(default_factory=dict)

    @classmethod
    def into(cls, connection: sa.Connection, lab_id: int) -> "Move":
        """Return the move behind what lies in the target; none where its tables are empty."""
        by = {}
        for name, table in METADATA.tables.items():
            if "id" in table.c:
                by[name] = int(connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0)
        if not by["lab"]:
            return cls(lab_id, lab_id, dict.fromkeys(by, 0))
        return cls(lab_id, by["lab"] + 1, by)

    @property
    def is_any(self) -> bool:
        """Whether anything moves."""
        return any(self.by.values())

    def row(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a source's row as it is written to the target."""
        moved = self._shifted(table, row, 1)
        if not self.is_any:
            return moved
        if table == "journal":
            if moved["fact"] is not None:
                moved["digest"] = self._digests[moved["fact"], moved["fact_id"]]
            if moved["event"] == "model.predicted":
                said = predictions_digest(self._predictions.get(moved["subject_id"], []))
                moved["data"] = {**moved["data"], "digest": said}
        elif table == "prediction":
            self._predictions.setdefault(moved["model_run_id"], []).append(to_value(StoredPrediction, moved))
        elif table in FACTS:
            self._digests[table, moved["id"]] = digest(moved, ADDED.get(table, ()))
        return moved

    def back(self, table: str, row: Mapping[str, Any], original: Mapping[str, Any]) -> dict[str, Any]:
        """Return a target's row as it was in the source; its digests, which are made anew, are taken from there."""
        moved = self._shifted(table, row, -1)
        if table == "journal" and self.is_any:
            moved["digest"] = original["digest"]
            if moved["event"] == "model.predicted":
                moved["data"] = {**moved["data"], "digest": original["data"].get("digest")}
        return moved

    def _shifted(self, table: str, row: Mapping[str, Any], sign: int) -> dict[str, Any]:
        moved = dict(row)
        if table == "lab":
            return {**moved, "id": self.lab_id if sign > 0 else self.old_lab_id}
        moved["lab_id"] = self.lab_id if sign > 0 else self.old_lab_id
        if not self.is_any:
            return moved
        moved["id"] += sign * self.by[table]
        for key in TABLES[table].foreign_keys:
            parent, column = key.column.table.name, key.parent.name
            if parent != "lab" and moved[column] is not None:
                moved[column] += sign * self.by[parent]
        if table == "journal":
            moved["subject_id"] += sign * self.by[moved["subject"]]
            if moved["fact_id"] is not None:
                moved["fact_id"] += sign * self.by[moved["fact"]]
            moved["data"] = {key: self._told(key, value, sign) for key, value in moved["data"].items()}
        return moved

    def _told(self, key: str, value: Any, sign: int) -> Any:
        if key == "lessons":
            return [[analysis + sign * self.by["analysis"], sd] for analysis, sd in value]
        if key == "samples":
            return [sample + sign * self.by["sample"] for sample in value]
        if key in NAMED and value is not None:
            return value + sign * self.by[NAMED[key]]
        if key.endswith("_id") and key not in NAMED:
            raise RuntimeError(f"db.moving does not know what {key!r} in a journal line names")
        return value
