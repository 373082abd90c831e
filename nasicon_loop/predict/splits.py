"""Which rows are held out together, and which rows may then teach."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict.descriptors import vocabulary
from nasicon_loop.predict.fitting import systems
from nasicon_loop.predict.groups import Folds, grouped_folds, random_folds, sources
from nasicon_loop.predict.metrics import ROOM_WINDOW_C, is_sodium_at_room_temperature
from nasicon_loop.predict.table import Table

Places = NDArray[np.int64]
Chosen = NDArray[np.bool_]

BY_SOURCE_AND_FORMULA, BY_SYSTEM = "source and formula", "chemical system"
SPLITS = ("random", "source", BY_SOURCE_AND_FORMULA, BY_SYSTEM)
FAMILY = "Na3Zr2Si2PO12 family"
SUBSETS = ("Na, 15 to 35 °C", FAMILY, "phosphate", "silico-phosphate", "lithium", "all")
_KIND_ORDER = {"total": 0, "unknown": 1, "bulk": 2}
_IS_SILICATE = 0.05
_LEAST_NA, _LEAST_ZR, _SILICON, _LEAST_P = 2.5, 1.5, (1.5, 2.5), 0.5
"""Per formula of 12 O: what counts as Na3Zr2Si2PO12 with something in it."""


@dataclass(frozen=True)
class Fold:
    """Rows of a table: `out` are asked about by models that learned from `seen`."""

    split: str
    seen: Places
    out: Places


def folds_of(table: Table, split: str, n_folds: int, seed: int) -> Iterator[Fold]:
    """Yield the folds of one of SPLITS; those without a row to ask about or to learn from are left out.

    - "random": all rows; every other row may teach;
    - "source": all rows; no row of a held-out source may teach;
    - "source and formula": sodium rows at 15 to 35 °C in connected components of source and formula; no row that shares
      either with a held-out row may teach, whatever its temperature or ion;
    - "chemical system": one row per composition at 15 to 35 °C; no row of the same elements may teach.
    """
    if split == "random":
        yield from _of(split, np.arange(len(table.rows)), random_folds(len(table.rows), n_folds, seed), [])
    elif split == "source":
        groups = sources(table.rows)
        yield from _of(split, np.arange(len(table.rows)), grouped_folds(groups, n_folds, seed), [groups])
    elif split == BY_SOURCE_AND_FORMULA:
        asked = np.flatnonzero(is_sodium_at_room_temperature(table))
        folds = grouped_folds(table.take(asked).groups, n_folds, seed) if len(asked) else np.zeros(0, dtype=np.int64)
        yield from _of(split, asked, folds, [sources(table.rows), _numbers(table.batch.formulas)])
    else:
        asked, groups = one_per_composition(table), systems(table.batch)
        folds = grouped_folds(np.unique(groups[asked], return_inverse=True)[1].reshape(-1), n_folds, seed)
        yield from _of(split, asked, folds, [groups])


def _of(split: str, asked: Places, folds: Folds, keys: list[Folds]) -> Iterator[Fold]:
    for k in range(int(folds.max()) + 1 if len(folds) else 0):
        out = asked[folds == k]
        yield from _fold(split, out, keys, None if keys else asked)


def _fold(split: str, out: Places, keys: list[Folds], all_rows: Places | None) -> Iterator[Fold]:
    if not len(out):
        return
    if all_rows is not None:
        seen = np.setdiff1d(all_rows, out)
    else:
        shares = np.zeros(len(keys[0]), dtype=bool)
        shares[out] = True
        for key in keys:
            shares |= np.isin(key, key[out])
        seen = np.flatnonzero(~shares)
    if len(seen) >= 10:
        yield Fold(split, seen, out)


def groups_of(table: Table, split: str) -> Folds:
    """Return (n,) numbers of what `folds_of` keeps together in a split: rows of one number are never apart."""
    if split == "random":
        return np.arange(len(table.rows), dtype=np.int64)
    if split == "source":
        return sources(table.rows)
    return table.groups if split == BY_SOURCE_AND_FORMULA else systems(table.batch)


def _numbers(words: tuple[str, ...]) -> Folds:
    return np.unique(np.array(words), return_inverse=True)[1].reshape(-1).astype(np.int64)


def one_per_composition(table: Table) -> Places:
    """Return one row per composition at 15 to 35 °C: of its best kind, the one in the middle of the reports."""
    warm = (table.temperature_c >= ROOM_WINDOW_C[0]) & (table.temperature_c <= ROOM_WINDOW_C[1])
    by_formula: dict[str, list[int]] = {}
    for place in np.flatnonzero(warm):
        by_formula.setdefault(table.batch.formulas[place], []).append(int(place))
    chosen = []
    for places in by_formula.values():
        best = min(_KIND_ORDER[table.rows[i].kind] for i in places)
        of_kind = sorted(
            (i for i in places if _KIND_ORDER[table.rows[i].kind] == best), key=lambda i: table.rows[i].log10_sigma
        )
        chosen.append(of_kind[(len(of_kind) - 1) // 2])
    return np.array(sorted(chosen), dtype=np.int64)


def leave_one_element_out(table: Table, element: str) -> Iterator[Fold]:
    """Yield the one fold that asks about sodium rows at 15 to 35 °C with an element, and learns from none with it."""
    column = vocabulary().index(element)
    has = np.any([amounts[:, column] > 0 for amounts in table.batch.amounts.values()], axis=0)
    out = np.flatnonzero(has & is_sodium_at_room_temperature(table))
    seen = np.flatnonzero(~has)
    if len(out) and len(seen) >= 10:
        yield Fold(f"without {element}", seen, out)


def families(table: Table) -> tuple[str, ...]:
    """Return (n,) "lithium" (Li in the cavities), "silico-phosphate", "phosphate" (no Si) or "other" (no P)."""
    column = {symbol: i for i, symbol in enumerate(vocabulary())}
    has_li = table.batch.amounts["A"][:, column["Li"]] > 0
    silicon, phosphorus = (table.batch.amounts["X"][:, column[symbol]] for symbol in ("Si", "P"))
    return tuple(
        "lithium" if li else "silico-phosphate" if si > _IS_SILICATE else "phosphate" if p > 0 else "other"
        for li, si, p in zip(has_li, silicon, phosphorus, strict=True)
    )


def subset(table: Table, name: str) -> Chosen:
    """Return (n,) which rows belong to one of SUBSETS."""
    if name == "all":
        return np.ones(len(table.rows), dtype=bool)
    if name == SUBSETS[0]:
        return is_sodium_at_room_temperature(table)
    if name == FAMILY:
        return is_sodium_at_room_temperature(table) & _in_family(table)
    return np.array([family == name for family in families(table)], dtype=bool)


def _in_family(table: Table) -> Chosen:
    """Return (n,) which rows are Na3Zr2Si2PO12 or near it.

    At least three quarters of the octahedra hold Zr, 1.5 to 2.5 Si and at least 0.5 P stand on the tetrahedra, and at
    least 2.5 Na in the cavities: what a lab that dopes this host asks about, and where phosphates do not help a rank.
    """
    column = {symbol: i for i, symbol in enumerate(vocabulary())}
    sodium, zirconium = table.batch.amounts["A"][:, column["Na"]], table.batch.amounts["M"][:, column["Zr"]]
    silicon, phosphorus = (table.batch.amounts["X"][:, column[symbol]] for symbol in ("Si", "P"))
    tolerance = 1e-9
    return np.asarray(
        (sodium >= _LEAST_NA - tolerance)
        & (zirconium >= _LEAST_ZR - tolerance)
        & (silicon >= _SILICON[0] - tolerance)
        & (silicon <= _SILICON[1] + tolerance)
        & (phosphorus >= _LEAST_P - tolerance),
        dtype=bool,
    )
