"""Writing readings beside the spectra: leads, dummy cell, DC polarisation."""

from collections.abc import Mapping
from typing import Any

from db.commands.recording import Recording
from db.queries.access import id_of
from db.values import Pellet
from db.values_quality import QUALITY_KINDS, QualityKind, QualityRecord
from nasicon_loop.core import Refusal

_EVENTS = {"leads": "leads.set", "dummy": "dummy.read", "polarisation": "polarisation.made"}


class QualityWriter(Recording):
    """What says how far the spectra can be trusted."""

    def add_quality(
        self,
        kind: QualityKind,
        document: Mapping[str, Any],
        *,
        files: Mapping[str, str],
        pellet: Pellet | int | None = None,
        who: str | None = None,
        note: str = "",
    ) -> QualityRecord:
        """Add a record. Refusal for an unknown kind, and for a polarisation without a pellet or another kind with."""
        if kind not in QUALITY_KINDS:
            raise Refusal(f"a quality record is {', '.join(QUALITY_KINDS)}, not {kind!r}")
        if (kind == "polarisation") != (pellet is not None):
            raise Refusal("a polarisation, and only that, belongs to a pellet", kind)
        known = None if pellet is None else self.pellet_by_id(id_of(pellet))
        values = {
            "kind": kind,
            "pellet_id": known and known.id,
            "files": dict(files),
            "document": document,
            "who": who or self.who,
            "note": note,
        }
        data = {"files": list(files.values()), "by": values["who"]}
        subject = None if known is None else ("pellet", known.id)
        return self._record(QualityRecord, "quality", _EVENTS[kind], values, subject=subject, data=data)
