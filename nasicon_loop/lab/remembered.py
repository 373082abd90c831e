"""What the results of a lab come to, kept while no line of the journal can have changed it.

Going through all results is most of what the board reads in a large lab, and most changes are of other things.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from nasicon_loop.lab.pooling import RANKED_AT_ONCE, best_pellet

if TYPE_CHECKING:
    from db import Database, ModelRun, Reader, TeachingHead


@dataclass(frozen=True, slots=True)
class Results:
    """How many results teach and are not learned yet, and the pellet with the highest pooled sigma."""

    n_teaching: int
    n_not_learned: int
    best: "TeachingHead | None"


@dataclass(frozen=True, slots=True)
class _Kept:
    """Results as of a line of the journal; `witness` is what must be as it was then beside the journal."""

    journal_id: int
    witness: object
    results: Results


_KEPT: "WeakKeyDictionary[Database, _Kept]" = WeakKeyDictionary()


def results_so_far(database: "Database", reader: "Reader", run: "ModelRun | None") -> Results:
    """Return what the results that the reader sees come to; `run` is the model run whose lessons count as learned.

    States that were repaired leave no line in the journal: therefore the number of spectra per standing is looked at.
    """
    now, witness = reader.max_journal_id(), _witness(run, reader.count_states("spectrum_state"))
    kept = _KEPT.get(database)
    is_same = kept is not None and kept.witness == witness and now >= kept.journal_id
    if kept is None or not is_same or not reader.is_teaching_as_at(kept.journal_id):
        ranked = reader.ranked_pellets(run, limit=RANKED_AT_ONCE)
        best = best_pellet(reader, ranked.pellets)
        kept = _Kept(now, witness, Results(ranked.n_teaching, ranked.n_teaching - ranked.n_learned, best))
    _KEPT[database] = _Kept(now, witness, kept.results)
    return kept.results


def _witness(run: "ModelRun | None", standings: Mapping[str, int]) -> object:
    return None if run is None else run.id, dict(standings)
