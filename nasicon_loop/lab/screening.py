"""Use case: score a whole composition space with the lab's model, block by block, here or on many machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Executor, Inline, Progress, Silent
from nasicon_loop.lab.learning import current_model
from nasicon_loop.lab.screen_state import ScreenState, screening_key
from nasicon_loop.lab.suggesting import past_of, search_settings

if TYPE_CHECKING:
    from nasicon_loop.campaign import Block, By, Question, Screened
    from nasicon_loop.campaign import Settings as SearchSettings
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.predict import Model

POINTS_PER_PIECE = 5_000
"""Grid points that a worker gets at once: some seconds of work, which is what an interruption loses."""


@dataclass(frozen=True, slots=True)
class SpaceScreened:
    """The best of a space; `n_taken_over` candidates were done before an interruption. `by` is what ranked them."""

    n_candidates: int
    n_taken_over: int
    by: str
    best_so_far: float
    compositions: tuple[Any, ...]
    best_of_each_pair: tuple[Any, ...]
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon screen --compositions --json` prints."""
        return {"schema": 1, **{name: getattr(self, name) for name in self.__slots__}}


def screen_space(
    lab: "Lab",
    n_best: int = 100,
    *,
    by: "By" = "gain",
    executor: Executor | None = None,
    space: "SearchSettings | None" = None,
    progress: Progress | None = None,
) -> SpaceScreened:
    """Return the best of 1.3 million compositions with one or two dopants, or of `space`, without those known or made.

    Nothing is stored but what a second try needs to go on where the first was stopped (logs/screen-*.jsonl). The
    workers of a cluster read the model from the lab folder: it has to be at the same path there. Raises Refusal when
    nothing was trained yet.
    """
    from nasicon_loop import campaign

    run, _ = current_model(lab)
    directory = lab.folder.models / Path(run.directory).name
    question = space_question(lab, n_best, by=by, space=space or campaign.double_doped(search_settings(lab)))
    state = ScreenState(lab.folder.logs, _key(directory, question))
    before = sum(part.n_candidates for part in state.read().values())
    found = screen_with(directory, question, executor=executor, progress=progress, state=state)
    state.tidy()
    notes = []
    if before:
        notes.append(f"{before} of {found.n_candidates} candidates were done before ({state.path.name} in logs/)")
    return SpaceScreened(found.n_candidates, before, by, question.best, found.hits, found.by_set, tuple(notes))


def space_question(lab: "Lab", n_best: int, *, by: "By", space: "SearchSettings") -> "Question":
    """Return the question to a space: what is known, made, waiting or ruled out is not asked about.

    For a score the scale is set first, by the 49 dopants alone.
    """
    from dataclasses import replace

    from nasicon_loop import campaign
    from nasicon_loop.lab.scoring import dopant_question, scored

    past = past_of(lab)
    formulas = [row.formula for row in past.known]
    _, model = current_model(lab)
    first = dopant_question(lab, model, past)
    scale = scored(lab, model, past, first).scale if by == "score" else None
    excluded = campaign.readable_keys([*formulas, *past.made, *past.pending, *past.abandoned, *past.rejected])
    return replace(first, settings=space, by=by, n_best=n_best, scale=scale, excluded=excluded)


def screen_with(
    directory: Path,
    question: "Question",
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    state: ScreenState | None = None,
) -> "Screened":
    """Return the best answers to a question by the model in a directory; the same bits on every executor.

    With a `state`, pieces that it holds are not done again, and each new one is kept as soon as it is there.
    """
    from nasicon_loop import campaign

    pieces, digest = _pieces(question), _digest(directory)
    found = {} if state is None else {k: part for k, part in state.read().items() if k < len(pieces)}
    left = [k for k in range(len(pieces)) if k not in found]
    bar = progress or Silent()
    bar.start("screening", len(pieces))
    bar.advance(len(found), "done before" if found else "")
    items = [(str(directory), digest, pieces[k], question) for k in left]
    keep = None if state is None else lambda place, part: state.add(left[place], part)
    parts = (executor or Inline()).map(_screen_piece, items, seed=0, progress=bar, done=keep)
    found.update(zip(left, parts, strict=True))
    bar.finish()
    return campaign.merged((found[k] for k in range(len(pieces))), question.n_best, question.n_per_set)


def _pieces(question: "Question") -> "tuple[tuple[Block, ...], ...]":
    from nasicon_loop import campaign

    return campaign.grouped(campaign.blocks(question.settings), question.settings, POINTS_PER_PIECE)


def _screen_piece(item: "tuple[str, str, Sequence[Block], Question]", _seed: int) -> "Screened":
    from nasicon_loop import campaign

    directory, digest, blocks, question = item
    return campaign.screen_blocks(_model(directory, digest), blocks, question)


@lru_cache(maxsize=1)
def _model(directory: str, _digest: str) -> "Model":
    """Return the model; a worker loads it once, and again when another was trained into the same directory."""
    from nasicon_loop import predict

    return predict.load(directory)


def _digest(directory: Path) -> str:
    from nasicon_loop import predict

    return str(predict.load(directory).manifest["weights_sha256"])


def _key(directory: Path, question: "Question") -> str:
    return screening_key(_digest(directory), question, len(_pieces(question)))
