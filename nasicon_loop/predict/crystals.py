"""Many compositions as arrays: who sits where, and how large the cell is. One pass of exact chemistry, then numpy."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.chemistry import Composition, DopedArrays, cell, cell_arrays
from nasicon_loop.predict.descriptors import vocabulary

Array = NDArray[np.float64]


@dataclass(frozen=True)
class OwnStructure:
    """What n structure files say themselves, instead of a prototype and the order in which cavities fill."""

    geometry: Array
    """(n, 5, 5, distances) neighbours by class of centre, class of neighbour, distance; as `neighbour_counts`."""
    amounts: Mapping[str, Array]
    """Per class "A1", "A2", "M", "X", "O": (n, elements) per formula unit."""
    is_own: NDArray[np.bool_]
    """(n,) whether there is a structure at all; where not, the crystal stands on a prototype and the rest is zero."""

    def take(self, places: NDArray[np.int64]) -> "OwnStructure":
        """Return the structures at the given places, in that order."""
        amounts = {name: table[places] for name, table in self.amounts.items()}
        return OwnStructure(self.geometry[places], amounts, self.is_own[places])


@dataclass(frozen=True)
class Crystals:
    """n compositions on their sites; amounts are per formula unit with 12 O."""

    formulas: tuple[str, ...]
    """(n,) canonical text, or empty: a million candidates need no names."""
    amounts: Mapping[str, Array]
    """Per site kind "A", "M", "X": (n, elements) in the vocabulary's order."""
    charge: Array
    """(n,) charge per 12 O with the usual oxidation states; zero when the formula balances."""
    a_angstrom: Array
    """(n,) hexagonal axis."""
    c_angstrom: Array
    """(n,)"""
    p_r3c: Array
    """(n,) probability of R-3c against C2/c at room temperature."""
    own: OwnStructure | None = None
    """Where crystals come from structure files: their own geometry and contents."""

    def __len__(self) -> int:
        return len(self.charge)

    @property
    def volume_angstrom3(self) -> Array:
        """(n,) of the hexagonal cell with six formula units."""
        return np.asarray(self.a_angstrom**2 * self.c_angstrom * math.sqrt(3) / 2, dtype=np.float64)

    def take(self, places: NDArray[np.int64]) -> "Crystals":
        """Return the crystals at the given places, in that order."""
        return Crystals(
            formulas=tuple(self.formulas[i] for i in places) if self.formulas else (),
            amounts={site: table[places] for site, table in self.amounts.items()},
            charge=self.charge[places],
            a_angstrom=self.a_angstrom[places],
            c_angstrom=self.c_angstrom[places],
            p_r3c=self.p_r3c[places],
            own=None if self.own is None else self.own.take(places),
        )

    def by_geometry(self) -> list[tuple[NDArray[np.int64], "Crystals"]]:
        """Return (places, crystals) of those on prototypes, which then have no `own`, and of those on their own.

        A batch without structures, or of nothing else, comes back as it is.
        """
        if self.own is None or self.own.is_own.all():
            return [(np.arange(len(self), dtype=np.int64), self)]
        mine, others = np.flatnonzero(self.own.is_own), np.flatnonzero(~self.own.is_own)
        parts = [(others, replace(self.take(others), own=None)), (mine, self.take(mine))]
        return [(places, part) for places, part in parts if len(places)]


def crystals(compositions: Sequence[str | Composition], *, needs_ion: bool = True) -> Crystals:
    """Return compositions as arrays; Refusal names the first that is not a NASICON.

    Without an ion in its cavities nothing conducts, which is refused unless `needs_ion` is False (a framework can be
    stable without one).
    """
    parsed = [Composition.parse(item) if isinstance(item, str) else item for item in compositions]
    n_elements = len(vocabulary())
    tables = {site: np.zeros((len(parsed), n_elements)) for site in ("A", "M", "X")}
    numbers = np.zeros((len(parsed), 4))
    formulas = []
    for i, composition in enumerate(parsed):
        formula, by_site, facts = _placed(composition, needs_ion)
        formulas.append(formula)
        numbers[i] = facts
        for site, pairs in zip(("A", "M", "X"), by_site, strict=True):
            for place, amount in pairs:
                tables[site][i, place] = amount
    charge, a, c, p_r3c = numbers.T.copy()
    return Crystals(tuple(formulas), tables, charge, a, c, p_r3c)


def joined(first: Crystals, second: Crystals) -> Crystals:
    """Return crystals with names, one batch behind the other, each on the geometry that it has."""
    own = None
    if first.own is not None or second.own is not None:
        one, other = (_own_or_empty(batch, first.own or second.own) for batch in (first, second))
        own = OwnStructure(
            np.concatenate([one.geometry, other.geometry]),
            {name: np.concatenate([table, other.amounts[name]]) for name, table in one.amounts.items()},
            np.concatenate([one.is_own, other.is_own]),
        )
    return Crystals(
        formulas=first.formulas + second.formulas,
        amounts={site: np.concatenate([first.amounts[site], second.amounts[site]]) for site in first.amounts},
        charge=np.concatenate([first.charge, second.charge]),
        a_angstrom=np.concatenate([first.a_angstrom, second.a_angstrom]),
        c_angstrom=np.concatenate([first.c_angstrom, second.c_angstrom]),
        p_r3c=np.concatenate([first.p_r3c, second.p_r3c]),
        own=own,
    )


def _own_or_empty(batch: Crystals, like: OwnStructure | None) -> OwnStructure:
    if batch.own is not None or like is None:
        assert batch.own is not None  # noqa: S101 - narrows the type; one of both has structures
        return batch.own
    n = len(batch)
    return OwnStructure(
        np.zeros((n, *like.geometry.shape[1:])),
        {name: np.zeros((n, *table.shape[1:])) for name, table in like.amounts.items()},
        np.zeros(n, dtype=bool),
    )


def doped_crystals(*parts: DopedArrays) -> Crystals:
    """Return neutral dopings, one part after the other, as crystals without names: no object per composition."""
    by_part = [part.site_amounts() for part in parts]
    amounts = {site: np.concatenate([tables[site] for tables in by_part]) for site in ("A", "M", "X")}
    shape = cell_arrays(amounts["A"], amounts["M"], amounts["X"])
    neutral = np.zeros(len(shape.a_angstrom))
    return Crystals((), amounts, neutral, shape.a_angstrom, shape.c_angstrom, shape.phase_probability_r3c)


@lru_cache(maxsize=32768)
def _placed(
    composition: Composition, needs_ion: bool
) -> tuple[str, tuple[tuple[tuple[int, float], ...], ...], tuple[float, float, float, float]]:
    sites = composition.sites(needs_ion=needs_ion)
    index = _index()
    by_site = tuple(
        tuple((index[symbol], float(amount)) for symbol, amount in site) for site in (sites.a, sites.m, sites.x)
    )
    shape = cell(composition, needs_ion=needs_ion)
    charge = float(composition.normalised().charge())
    return composition.formula, by_site, (charge, shape.a_angstrom, shape.c_angstrom, shape.phase_probability_r3c)


@lru_cache(maxsize=1)
def _index() -> dict[str, int]:
    return {symbol: i for i, symbol in enumerate(vocabulary())}
