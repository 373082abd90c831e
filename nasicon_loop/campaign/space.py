"""The screened space as blocks of whole numbers: one or two dopants, their amounts and Si on a grid, sodium balances.

A block is a set of dopants and a range of silicon contents, so it is a few numbers that a worker turns into thousands
of compositions itself. Which blocks there are depends on the settings alone, never on who does them: the batches a
model sees, and with them the last bits of its answers, are the same everywhere. Dopants are taken as a set and sit on
their own hosts, so no composition can come twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil, lcm
from typing import TYPE_CHECKING

from nasicon_loop.campaign.candidates import Key, Settings
from nasicon_loop.chemistry import dopants
from nasicon_loop.core import Refusal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nasicon_loop.chemistry import DopedArrays

FINEST_STEP = Fraction(1, 100)
"""Compositions closer than this count as one (see `composition_key`)."""
CANDIDATES_PER_BLOCK = 2400
HOST_ELEMENTS = frozenset({"Na", "Zr", "Si", "P", "O"})
_SAME = 0.005 + 1e-9


@dataclass(frozen=True, slots=True)
class Block:
    """Dopants (none is the undoped Si/P series), and silicon contents `settings.silicon[first:last]`, all amounts."""

    dopants: tuple[str, ...]
    first: int
    last: int

    def n_points(self, settings: Settings) -> int:
        """Return how many points of the grid it has, whether or not a composition exists there."""
        n_amounts: int = len(settings.amounts) ** len(self.dopants)
        return (self.last - self.first) * n_amounts


def grouped(blocks: Sequence[Block], settings: Settings, n_points: int) -> tuple[tuple[Block, ...], ...]:
    """Return the blocks, in their order, in groups of at most about `n_points` grid points (one block at least)."""
    groups: list[list[Block]] = []
    room = 0
    for block in blocks:
        size = block.n_points(settings)
        if not groups or size > room:
            groups.append([])
            room = n_points
        groups[-1].append(block)
        room -= size
    return tuple(tuple(group) for group in groups)


def double_doped(settings: Settings | None = None) -> Settings:
    """Return the space of a million: one and two dopants, amounts 0.04 to 0.40 by 0.04, Si 1.6 to 2.6 by 0.05."""
    return replace(
        settings or Settings(),
        amounts=tuple(Fraction(4 * k, 100) for k in range(1, 11)),
        silicon=tuple(Fraction(160 + 5 * k, 100) for k in range(21)),
        n_dopants=2,
    )


def coarse_pairs(settings: Settings | None = None) -> Settings:
    """Return a coarse space of one and two dopants, for a map of all pairs in seconds."""
    return replace(
        settings or Settings(),
        amounts=tuple(Fraction(k, 100) for k in (2, 5, 10, 20)),
        silicon=tuple(Fraction(k, 10) for k in (18, 20, 22, 24)),
        n_dopants=2,
    )


def fine(settings: Settings | None = None) -> Settings:
    """Return one dopant in the finest space: amounts 0.01 to 0.80 and silicon 0 to 3, both in steps of 0.01."""
    return replace(
        settings or Settings(),
        amounts=tuple(Fraction(k, 100) for k in range(1, 81)),
        silicon=tuple(Fraction(k, 100) for k in range(301)),
        n_dopants=1,
    )


def blocks(settings: Settings, n_candidates: int = CANDIDATES_PER_BLOCK) -> tuple[Block, ...]:
    """Return the blocks of a space, each of at most about `n_candidates`: undoped, one dopant, two dopants.

    Raises Refusal for steps finer than 0.01.
    """
    for name, values in (("amounts", settings.amounts), ("silicon", settings.silicon)):
        ordered = sorted(values)
        if any(high - low < FINEST_STEP for low, high in pairwise(ordered)):
            raise Refusal("steps finer than 0.01 give the same compositions", name)
    allowed = [symbol for symbol, one in dopants().items() if symbol != "Si" and not settings.is_blocked(one)]
    n_lines = len(settings.silicon)
    found = [Block((), 0, n_lines)]
    for n_dopants in range(1, settings.n_dopants + 1):
        per_line = len(settings.amounts) ** n_dopants
        n_parts = min(n_lines, ceil(n_lines * per_line / n_candidates))
        step = ceil(n_lines / n_parts)
        found += [
            Block(symbols, first, min(first + step, n_lines))
            for symbols in combinations(allowed, n_dopants)
            for first in range(0, n_lines, step)
        ]
    return tuple(found)


def in_block(block: Block, settings: Settings, excluded: Iterable[Key] = ()) -> "DopedArrays":
    """Return a block's compositions: silicon outermost, then the first dopant's amount, then the second's.

    Left out are those with sodium outside the limits, more of two dopants on one host together than the largest amount
    of one, and the `excluded`.
    """
    import numpy as np

    from nasicon_loop.chemistry import doped_arrays

    unit = lcm(*(value.denominator for value in (*settings.amounts, *settings.silicon)))
    grid = np.array([int(value * unit) for value in settings.amounts], dtype=np.int64)
    silicon = np.array([int(value * unit) for value in settings.silicon[block.first : block.last]], dtype=np.int64)
    axes = np.meshgrid(silicon, *[grid] * len(block.dopants), indexing="ij")
    silicon, *by_dopant = (axis.ravel() for axis in axes)
    amounts = np.stack(by_dopant, axis=1) if by_dopant else np.zeros((len(silicon), 0), dtype=np.int64)
    found, _ = doped_arrays(block.dopants, amounts, silicon, unit)
    sodium = found.sodium / unit
    kept = (sodium >= float(settings.min_sodium)) & (sodium <= float(settings.max_sodium))
    hosts = [dopants()[symbol].host for symbol in block.dopants]
    for host in set(hosts):
        together = found.amounts[:, [k for k, other in enumerate(hosts) if other == host]].sum(axis=1)
        kept &= together <= grid.max()
    for key in excluded:
        kept &= ~same_as(found, key)
    return found.take(kept)


def same_as(doped: "DopedArrays", key: Key) -> "NDArray[np.bool_]":
    """Return which (n,) of the compositions a `composition_key` means: all amounts on 12 O within 0.005."""
    import numpy as np

    amounts = dict(key)
    if set(amounts) - HOST_ELEMENTS != set(doped.dopants):
        return np.zeros(len(doped), dtype=bool)
    left = doped.hosts()
    columns = {"Na": doped.sodium, "Zr": left["Zr"], "Si": left["Si"], "P": left["P"]}
    columns |= {symbol: doped.amounts[:, k] for k, symbol in enumerate(doped.dopants)}
    same = np.ones(len(doped), dtype=bool)
    for symbol, column in columns.items():
        same &= np.abs(column / doped.unit - amounts.get(symbol, 0.0)) <= _SAME
    return same
