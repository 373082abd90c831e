"""Facts of quality: leads, dummy cell, DC polarisation. See `db.values` for the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

QualityKind = Literal["leads", "dummy", "polarisation"]
QUALITY_KINDS: tuple[QualityKind, ...] = ("leads", "dummy", "polarisation")


@dataclass(frozen=True, slots=True)
class QualityRecord:
    """One reading beside the spectra: "leads" (short and open), "dummy" (the daily cell), "polarisation" (of a pellet).

    `files` maps the SHA-256 of the bytes in the vault to the file's name; `document` holds the numbers. Leads without
    files end the correction that was valid before.
    """

    id: int
    kind: QualityKind
    pellet_id: int | None
    files: Mapping[str, str]
    document: Mapping[str, Any] = field(repr=False)
    who: str
    note: str
    at: datetime
