"""One measurement is one row: repeats of one source are put together, copies of one value in several are dropped."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from nasicon_loop.core import Refusal
from nasicon_loop.predict.crystals import crystals
from nasicon_loop.predict.rows import Row

WITHIN_C = 1.0
"""Temperatures closer than this (°C) are one temperature."""
WITHIN_DEX = 0.005
"""Values closer than this (1 %) at the same composition and temperature are one measurement that two lists copied: two
laboratories that make the same pellet differ by 0.44 dex."""
MOST_APART_DEX = 1.0
"""Repeats of one source that differ by more than ten times are no scatter: one of them is wrong. They stay apart."""
SEPARATOR = "+"


def merged_rows(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the published rows with copies and repeats put together, in the order of ids, the lab's own behind them.

    Copies: the same composition (however it is spelled), temperature and value in sources of different names, as when
    a paper and a collection of papers were imported. They become the row whose source is a DOI, and "unknown" gives way
    to a known kind. Repeats: several values of one source for one composition, kind and temperature. Within ten times
    of each other they become one row with their mean; its sd is the rows' own and the scatter between them in
    quadrature. Ids of what was put together are joined (`parts_of`). Different values of different sources stay apart:
    their disagreement is knowledge. The lab's own rows are left as they are (pellets of one lab are pooled by
    `lab.pooling`).
    """
    published = sorted((row for row in rows if row.origin == "literature"), key=lambda row: row.row_id)
    known, others = _placed(published)
    single = [_copied(group) for group in _nearby(known)]
    groups = _by(single, lambda one: (one.row.source, one.row.kind, *_place(one)))
    joined = [*(row for group in groups for row in _repeated([one.row for one in group])), *others]
    return (*sorted(joined, key=lambda row: row.row_id), *(row for row in rows if row.origin != "literature"))


def parts_of(row_id: str) -> tuple[str, ...]:
    """Return the ids of the rows that one row was put together from; its own where it is one."""
    return tuple(row_id.split(SEPARATOR))


@dataclass(frozen=True)
class _Placed:
    """A row with the one spelling of its composition, and the temperature (°C) that stands for its own."""

    row: Row
    formula: str
    near_c: float


def _placed(rows: Sequence[Row]) -> tuple[list[_Placed], list[Row]]:
    known, others = [], []
    for row in rows:
        try:
            known.append((crystals([row.formula]).formulas[0], row))
        except Refusal:  # not a NASICON: training skips it and says so
            others.append(row)
    return _by_temperature(known), others


def _by_temperature(known: Iterable[tuple[str, Row]]) -> list[_Placed]:
    """Give rows of one composition whose temperatures span at most 1 °C the lowest of them."""
    placed: list[_Placed] = []
    formula, lowest = "", 0.0
    for name, row in sorted(known, key=lambda pair: (pair[0], pair[1].temperature_c, pair[1].row_id)):
        if name != formula or row.temperature_c - lowest > WITHIN_C:
            formula, lowest = name, row.temperature_c
        placed.append(_Placed(row, name, lowest))
    return sorted(placed, key=lambda one: one.row.row_id)


def _by(rows: Iterable[_Placed], key: Callable[[_Placed], Hashable]) -> list[list[_Placed]]:
    groups: dict[Hashable, list[_Placed]] = {}
    for one in rows:
        groups.setdefault(key(one), []).append(one)
    return list(groups.values())


def _place(one: _Placed) -> tuple[str, float, str | None]:
    """Composition, temperature and, where a row stands on one, structure: two structures are not one row."""
    return one.formula, one.near_c, one.row.structure


def _nearby(rows: Iterable[_Placed]) -> Iterable[list[_Placed]]:
    """Yield rows that say the same; a source that says it twice has measured it twice."""
    for group in _by(rows, _place):
        waiting = sorted(group, key=lambda one: (one.row.log10_sigma, one.row.row_id))
        while waiting:
            first = waiting.pop(0)
            same = [first]
            for one in list(waiting):
                if _is_copy(first.row, one.row) and all(one.row.source != other.row.source for other in same):
                    same.append(one)
                    waiting.remove(one)
            yield same


def _is_copy(first: Row, second: Row) -> bool:
    kinds = {first.kind, second.kind}
    return abs(first.log10_sigma - second.log10_sigma) <= WITHIN_DEX and (len(kinds) == 1 or "unknown" in kinds)


def _copied(group: list[_Placed]) -> _Placed:
    rows = sorted((one.row for one in group), key=lambda r: (not _is_doi(r.source), r.kind == "unknown", r.row_id))
    kind = next((row.kind for row in rows if row.kind != "unknown"), rows[0].kind)
    return _Placed(
        replace(rows[0], row_id=SEPARATOR.join(row.row_id for row in rows), kind=kind),
        group[0].formula,
        group[0].near_c,
    )


def _is_doi(source: str) -> bool:
    return source.removeprefix("doi:").startswith("10.")


def _repeated(rows: list[Row]) -> list[Row]:
    values = [row.log10_sigma for row in rows]
    if len(rows) == 1 or max(values) - min(values) > MOST_APART_DEX:
        return rows
    rows = sorted(rows, key=lambda row: row.row_id)
    own = max(row.log10_sigma_sd for row in rows)
    one = replace(
        rows[0],
        row_id=SEPARATOR.join(row.row_id for row in rows),
        log10_sigma=fmean(values),
        log10_sigma_sd=(own**2 + stdev(values) ** 2) ** 0.5,
    )
    return [one]
