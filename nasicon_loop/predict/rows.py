"""What the model learns from: one measured conductivity per row."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from nasicon_loop.core import Refusal, plain

Kind = Literal["total", "bulk", "unknown"]
Origin = Literal["literature", "lab"]

KINDS: tuple[Kind, ...] = ("total", "bulk", "unknown")
ORIGINS: tuple[Origin, ...] = ("literature", "lab")
COVARIATES = ("excess_fraction", "sintering_c", "sintering_h", "relative_density")
"""How a pellet was made; fractions, degrees Celsius and hours."""


@dataclass(frozen=True)
class Row:
    """One conductivity: of `formula`, at `temperature_c`, as log10 of S/cm with its standard deviation in dex.

    `session` names what rows of the lab were made or measured in together (a furnace load, a day): they may be off
    together. `is_reference` marks a pellet of the undoped host that was made beside others to tell that. `structure` is
    the text of a CIF: the row then stands on that structure instead of a prototype. Raises Refusal when a number is not
    finite, the sd negative, a word not one of ours, a published row has a session or one of the lab's a structure.
    """

    row_id: str
    formula: str
    log10_sigma: float
    log10_sigma_sd: float
    temperature_c: float
    kind: Kind
    source: str
    origin: Origin
    covariates: Mapping[str, float] = field(default_factory=dict)
    session: str | None = None
    is_reference: bool = False
    structure: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        numbers = (self.log10_sigma, self.log10_sigma_sd, self.temperature_c, *self.covariates.values())
        if not all(math.isfinite(number) for number in numbers):
            raise Refusal("every number of a training row must be finite", plain(self.row_id))
        if self.log10_sigma_sd < 0:
            raise Refusal("log10_sigma_sd must not be negative", plain(self.row_id))
        if self.temperature_c <= -273.15:
            raise Refusal("temperature_c is below absolute zero", plain(self.row_id))
        if self.kind not in KINDS:
            raise Refusal(f"kind must be one of {', '.join(KINDS)}", plain(self.row_id))
        if self.origin not in ORIGINS:
            raise Refusal(f"origin must be one of {', '.join(ORIGINS)}", plain(self.row_id))
        unknown = sorted(set(self.covariates) - set(COVARIATES))
        if unknown:
            raise Refusal(f"unknown covariate {plain(unknown[0])}: one of {', '.join(COVARIATES)}", plain(self.row_id))
        if self.origin == "literature" and (self.session is not None or self.is_reference):
            raise Refusal("only rows of the lab have a session or are references", plain(self.row_id))
        if self.origin == "lab" and self.structure is not None:
            raise Refusal("a row of the lab stands on its prototype; give no structure", plain(self.row_id))


def data_hash(rows: Iterable[Row]) -> str:
    """Return the SHA-256 (hex) of the rows' contents; their order does not matter.

    Session, reference and structure count where they are set: without them the hash is that of earlier versions.
    """
    lines = sorted(
        json.dumps(
            [
                row.row_id,
                row.formula,
                repr(row.log10_sigma),
                repr(row.log10_sigma_sd),
                repr(row.temperature_c),
                row.kind,
                row.source,
                row.origin,
                sorted((name, repr(float(value))) for name, value in row.covariates.items()),
                *_set_ones(session=row.session, is_reference=row.is_reference, structure=_digest(row.structure)),
            ]
        )
        for row in rows
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _set_ones(**values: object) -> list[tuple[str, object]]:
    return [(name, value) for name, value in sorted(values.items()) if value]


def _digest(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class StabilityRow:
    """A computed energy above the convex hull at 0 K, in eV per atom; negative is below the hull of all others.

    `structure` is the text of a CIF, as in `Row`. Raises Refusal when the energy is not finite.
    """

    row_id: str
    formula: str
    energy_above_hull_ev: float
    source: str
    structure: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not math.isfinite(self.energy_above_hull_ev):
            raise Refusal("energy_above_hull_ev must be finite", plain(self.row_id))


def stability_hash(rows: Iterable[StabilityRow]) -> str:
    """Return the SHA-256 (hex) of the rows' contents; their order does not matter."""
    lines = sorted(
        json.dumps(
            [
                row.row_id,
                row.formula,
                repr(row.energy_above_hull_ev),
                row.source,
                *_set_ones(structure=_digest(row.structure)),
            ]
        )
        for row in rows
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
