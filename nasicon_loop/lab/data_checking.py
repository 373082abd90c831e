"""Use case: the data room held against itself. What disagrees is listed with its rows; nothing is changed."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from nasicon_loop.chemistry import Composition
from nasicon_loop.lab.agreement import (
    DEVIATES_BEYOND,
    Beside,
    Group,
    Told,
    across_sources,
    beside_published,
    bulk_below_total,
    composition_key,
    energies_apart,
    within_sources,
)
from nasicon_loop.lab.learning import own_rows

if TYPE_CHECKING:
    from db import LiteratureRow, StoredStability
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.predict import Row


@dataclass(frozen=True, slots=True)
class ReferenceReading:
    """A reference pellet beside those of other sessions with its composition, in dex.

    `difference` is from their median. Without any other session there is nothing to hold it against: None.
    """

    pellet: str
    session: str | None
    composition: str
    log10_sigma: float
    log10_sigma_sd: float
    difference: float | None
    in_sd: float | None
    is_flagged: bool


@dataclass(frozen=True, slots=True)
class DataChecked:
    """What `nasicon data check` found. Lists hold what is flagged first.

    `across_sources`: two sources or more for one composition, kind and temperature, whether they agree or not;
    `within_sources`: one source with two different values; `bulk_below_total`: impossible; `energies`: computed ones
    above the hull that differ; `unbalanced`: rows that teach though their formula carries a charge;
    `beside_published`: the lab's pellets beside the literature; `references`: reference pellets beside those of other
    sessions. `n_set_aside` rows were not compared: grain-boundary values, and what its flags say tells nothing.
    """

    schema: int
    n_rows: int
    n_set_aside: int
    n_energies: int
    across_sources: tuple[Group, ...]
    within_sources: tuple[Group, ...]
    bulk_below_total: tuple[Group, ...]
    energies: tuple[Group, ...]
    unbalanced: tuple[Told, ...]
    beside_published: tuple[Beside, ...]
    references: tuple[ReferenceReading, ...]

    @property
    def n_flagged(self) -> int:
        """How many findings somebody ought to look at."""
        groups = (*self.across_sources, *self.within_sources, *self.bulk_below_total, *self.energies)
        n_beside = sum(one.is_flagged for one in self.beside_published)
        n_references = sum(one.is_flagged for one in self.references)
        return sum(group.is_flagged for group in groups) + n_beside + n_references + len(self.unbalanced)


def check_data(lab: "Lab") -> DataChecked:
    """Compare all rows of the lab with each other: published values, computed energies, the lab's own pellets."""
    with lab.database.read() as reader:
        literature, stability = reader.literature(usable=None), reader.stability()
        own, results = own_rows(reader)
    compared = [row for row in literature if is_comparable(row)]
    told = [told_of(row) for row in compared]
    target = {row.pellet_label or row.sample_label: row.target_formula for row in results}
    return DataChecked(
        schema=1,
        n_rows=len(literature),
        n_set_aside=len(literature) - len(compared),
        n_energies=len(stability),
        across_sources=tuple(across_sources(told)),
        within_sources=tuple(within_sources(told)),
        bulk_below_total=tuple(bulk_below_total(told)),
        energies=tuple(energies_apart([_energy(row) for row in stability])),
        unbalanced=tuple(told_of(row) for row in compared if _is_unbalanced(row)),
        beside_published=_beside(own, target, [one for one in told if _is_like_ours(one)]),
        references=_references(own, target),
    )


def told_of(row: "LiteratureRow") -> Told:
    """Return a published conductivity as a value that can be compared; its source is what the model groups by."""
    return Told(
        row=str(row.id),
        formula=row.formula,
        source=row.doi or row.source,
        where=place_of(row),
        kind=row.kind,
        temperature_c=row.temperature_c,
        log10_sigma=math.log10(row.sigma_s_cm),
    )


def place_of(row: "LiteratureRow | StoredStability") -> str:
    """Return file and line of a row, empty where nobody noted them (before version 0006)."""
    return "" if row.file_name is None else f"{row.file_name}:{row.line}"


def is_comparable(row: "LiteratureRow") -> bool:
    """Say whether a value tells something of its composition, at whatever temperature."""
    from nasicon_loop.lab.tables import SPOILING_FLAGS

    return row.kind != "grain boundary" and not SPOILING_FLAGS & set(row.flags)


def _energy(row: "StoredStability") -> Told:
    name, where = f"stability-{row.id}", place_of(row)
    return Told(row=name, formula=row.formula, source=row.source, where=where, energy_ev=row.energy_above_hull_ev)


def _is_unbalanced(row: "LiteratureRow") -> bool:
    from nasicon_loop.lab.learning import may_teach
    from nasicon_loop.lab.tables import unbalanced

    return may_teach(row) and bool(unbalanced(Composition.parse(row.formula)))


def _is_like_ours(one: Told) -> bool:
    """Whether a value can stand beside a pellet's: near room temperature, and not the bulk's."""
    from nasicon_loop.lab.tables import ROOM_TEMPERATURE_RANGE_C

    low, high = ROOM_TEMPERATURE_RANGE_C
    return one.kind != "bulk" and one.temperature_c is not None and low <= one.temperature_c <= high


def _beside(own: "Sequence[Row]", target: dict[str, str], published: Sequence[Told]) -> tuple[Beside, ...]:
    """What was weighed differs from the target in the third decimal; the target is what others have made as well."""
    found = [
        beside_published(
            row.source, target.get(row.source, row.formula), row.log10_sigma, row.log10_sigma_sd, published
        )
        for row in own
    ]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: -abs(one.in_sd)))


def _references(own: "Iterable[Row]", target: dict[str, str]) -> tuple[ReferenceReading, ...]:
    rows = [(row, composition_key(target.get(row.source, row.formula))) for row in own if row.is_reference]
    found = []
    for row, composition in rows:
        others = [
            other.log10_sigma
            for other, same in rows
            if same == composition and other is not row and (other.session is None or other.session != row.session)
        ]
        difference = row.log10_sigma - median(others) if others else None
        in_sd = None if difference is None else difference / math.hypot(
            row.log10_sigma_sd, _pellet_scatter_sd() * math.sqrt(1 + 1 / len(others))
        )  # fmt: skip
        is_flagged = in_sd is not None and abs(in_sd) > DEVIATES_BEYOND
        found.append(
            ReferenceReading(
                row.source,
                row.session,
                composition,
                row.log10_sigma,
                row.log10_sigma_sd,
                difference,
                in_sd,
                is_flagged,
            )
        )
    return tuple(sorted(found, key=lambda one: (-abs(one.in_sd or 0.0), one.pellet)))


def _pellet_scatter_sd() -> float:
    from nasicon_loop.predict import Settings

    return Settings.default().pellet_scatter_sd
