"""The finite list of compositions that every method chooses from, and the shipped literature."""

from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.loop_parts.shipped import literature_rows
from nasicon_loop import campaign
from nasicon_loop.campaign.feasibility import feasibility
from nasicon_loop.chemistry import Composition, dopants, element
from nasicon_loop.predict import Row
from nasicon_loop.twin import Report, taught

Array = NDArray[np.float64]

UNDOPED = "Na3Zr2Si2PO12"
SETTINGS = campaign.Settings(
    amounts=tuple(Fraction(k, 20) for k in range(1, 5)), silicon=tuple(Fraction(k, 10) for k in range(20, 24))
)
N_AMOUNTS = 3
"""The first columns of `facts` are amounts: dopant, Si, Na."""
MIN_CHANCE = 0.5
"""By the product's rule of thumb for one phase: what no chemist would try is on nobody's list."""
ROOM_C = (15.0, 35.0)


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Return the shipped literature as a model learns it."""
    return tuple(literature_rows())


@lru_cache(maxsize=1)
def reports() -> tuple[Report, ...]:
    """Return what the truths are told: sodium conductors near 25 °C, bulk values left out."""
    return tuple(
        Report(row.formula, row.log10_sigma, row.source)
        for row in rows()
        if "Na" in row.formula
        and row.kind != "bulk"
        and ROOM_C[0] <= row.temperature_c <= ROOM_C[1]
        and Composition.parse(row.formula).mobile_ion == "Na"
    )


def rows_for(seed: int) -> tuple[Row, ...]:
    """Return the rows that a model may learn before it meets the truth of a seed."""
    everything = [Report(row.row_id, row.log10_sigma, row.source) for row in rows()]
    allowed = {report.formula for report in taught(seed, everything)}
    return tuple(row for row in rows() if row.row_id in allowed)


def known(literature: tuple[Row, ...]) -> list[campaign.Known]:
    """Return rows as the campaign knows them."""
    return [
        campaign.Known(row.formula, row.log10_sigma, row.source, kind="bulk" if row.kind == "bulk" else "")
        for row in literature
        if ROOM_C[0] <= row.temperature_c <= ROOM_C[1]
    ]


@lru_cache(maxsize=1)
def candidates() -> tuple[campaign.Candidate, ...]:
    """Return the compositions: likely one phase, and without those that the literature has."""
    excluded = campaign.readable_keys([row.formula for row in rows()] + [UNDOPED])
    limit = campaign.limits(campaign.literature(known(rows())), SETTINGS)
    return tuple(
        candidate
        for candidate in campaign.stream_candidates(SETTINGS, excluded=excluded)
        if feasibility(candidate, limit[candidate.dopant]) >= MIN_CHANCE
    )


@lru_cache(maxsize=1)
def formulas() -> tuple[str, ...]:
    """Return the candidates' formulas, the undoped compound last: it is in every furnace load, and never suggested."""
    return (*(candidate.formula for candidate in candidates()), UNDOPED)


@lru_cache(maxsize=1)
def ruled_out() -> tuple[str, ...]:
    """Return what the product would look at within the same limits and is on nobody's list."""
    listed = set(formulas())
    stream = campaign.stream_candidates(SETTINGS)
    return tuple(candidate.formula for candidate in stream if candidate.formula not in listed)


@lru_cache(maxsize=1)
def facts() -> Array:
    """Return (n, 8) for `formulas`, each column from 0 to 1: what a chemist would tell a general optimiser.

    Amounts of dopant, Si and Na; the dopant's radius, charge and electronegativity less its host's; its site.
    """
    table = [_facts(candidate) for candidate in candidates()] + [[0.0, 2.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
    values = np.array(table)
    low, high = values.min(axis=0), values.max(axis=0)
    return np.asarray((values - low) / np.where(high > low, high - low, 1.0))


@lru_cache(maxsize=1)
def identities() -> NDArray[np.int64]:
    """Return which dopant (n,) each of `formulas` has, as a number; undoped ones share 0."""
    names = sorted({candidate.dopant for candidate in candidates()} - {"Si"})
    number = {"Si": 0, **{name: k for k, name in enumerate(names, start=1)}}
    return np.array([*(number[candidate.dopant] for candidate in candidates()), 0], dtype=np.int64)


def _facts(candidate: campaign.Candidate) -> list[float]:
    amounts = (float(candidate.silicon), float(candidate.composition.get("Na")))
    if candidate.dopant == "Si":
        return [0.0, *amounts, 0.0, 0.0, 0.0, 0.0, 0.0]
    dopant = dopants()[candidate.dopant]
    host = element(dopant.host)
    return [
        float(candidate.amount),
        *amounts,
        dopant.radius_mismatch,
        float(dopant.oxidation_state - host.oxidation_state),
        dopant.electronegativity - host.electronegativity,
        float(dopant.site == "Na"),
        float(dopant.site == "T"),
    ]
