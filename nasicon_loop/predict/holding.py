"""Which rows a member does not see, so that members that had not seen a row can be asked about it.

Half of the members leave out whole chemical systems: what they say shows how good the ensemble is where elements meet
that were never measured together (`far`). The others leave out whole components of source and formula: what they say
shows how good it is where the elements are known and the composition is new (`near`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import SITES
from nasicon_loop.predict.groups import Folds, grouped_folds
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.table import Table

Mask = NDArray[np.bool_]

MIN_FOR_BOTH = 4
"""With fewer members than this all of them leave out chemical systems."""


def elements_of(batch: Crystals) -> Mask:
    """Return (n, elements) which elements are present, anywhere but among the oxygens."""
    n_elements = batch.amounts[SITES[0]].shape[1]
    present = np.zeros((len(batch), n_elements), dtype=bool)
    for site in SITES:
        present |= batch.amounts[site] > 0
    return present


def systems(batch: Crystals) -> Folds:
    """Return (n,) numbers of chemical systems: crystals of the same elements share one."""
    return np.unique(elements_of(batch), axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def is_among(batch: Crystals, known: Mask) -> Mask:
    """Return (n,) whether the elements of a crystal are those of a known system (s, elements)."""
    asked, rows = (np.packbits(present, axis=1) for present in (elements_of(batch), known))
    word = np.dtype((np.void, asked.shape[1]))
    questions, answers = (np.ascontiguousarray(one).view(word).reshape(-1) for one in (asked, rows))
    return np.asarray(np.isin(questions, answers), dtype=bool)


@dataclass(frozen=True)
class Held:
    """`masks` (n, members) say what a member does not see; `is_far` (members,) leave out chemical systems.

    Members are in the order in which `members_of` lists them: those of the first trunk first.
    """

    masks: Mask
    is_far: Mask
    far_folds: Folds
    near_folds: Folds
    """(n,) the fold of each row among far and near members; all 0 when there are none."""
    is_near: Mask
    """(n,) rows whose elements still occur together in what the near members that left them out have seen."""

    @property
    def far(self) -> Mask:
        """(n, members) rows of unseen chemical systems."""
        return self.masks & self.is_far

    @property
    def near(self) -> Mask:
        """(n, members) rows of known chemical systems whose source and formula are unseen."""
        return self.masks & ~self.is_far & self.is_near[:, None]


def held_of(table: Table, settings: Settings, seed: int) -> Held:
    """Return who does not see what; members take turns at the trunks."""
    n_near = settings.n_members // 2 if settings.n_members >= MIN_FOR_BOTH else 0
    n_far = settings.n_members - n_near
    system = systems(table.batch)
    far_folds = grouped_folds(system, _n_folds(n_far, settings), seed)
    columns = [far_folds == k % _n_folds(n_far, settings) for k in range(n_far)]
    near_folds = np.zeros(len(system), dtype=np.int64)
    if n_near:
        near_folds = grouped_folds(table.groups, _n_folds(n_near, settings), seed)
        columns += [near_folds == k % _n_folds(n_near, settings) for k in range(n_near)]
    order = [k for trunk in range(settings.n_trunks) for k in range(trunk, settings.n_members, settings.n_trunks)]
    masks, is_far = np.stack(columns, axis=1)[:, order], np.array(order) < n_far
    return Held(masks, is_far, far_folds, near_folds, _has_companions(system, near_folds))


def _n_folds(n_members: int, settings: Settings) -> int:
    """Return the folds of so many members: each is left out by two where they suffice, or nothing would differ."""
    return min(settings.n_folds, max(2, (n_members + 1) // 2))


def _has_companions(system: Folds, folds: Folds) -> Mask:
    """Return (n,) which rows have a row of their system in another fold."""
    pairs = np.unique(np.stack([system, folds], axis=1), axis=0)
    n_folds_of = np.bincount(pairs[:, 0], minlength=int(system.max()) + 1)
    return np.asarray(n_folds_of[system] > 1, dtype=bool)
