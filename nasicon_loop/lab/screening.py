"""Use case: score a whole composition space with the lab's model, block by block, here or on many machines."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Executor, Inline, Progress, Silent
from nasicon_loop.lab.learning import current_model
from nasicon_loop.lab.suggesting import past_of, search_settings

if TYPE_CHECKING:
    from nasicon_loop.campaign import Block, Question, Screened
    from nasicon_loop.campaign import Settings as SearchSettings
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.predict import Model


def screen_space(
    lab: "Lab",
    n_best: int = 100,
    *,
    executor: Executor | None = None,
    space: "SearchSettings | None" = None,
    progress: Progress | None = None,
) -> "Screened":
    """Return the best of all compositions in steps of 0.01 (1.1 million) or in `space`, without those known or made.

    Nothing is stored. The workers of a cluster read the model from the lab folder: it has to be at the same path there.
    Raises Refusal when nothing was trained yet.
    """
    from nasicon_loop import campaign

    run, model = current_model(lab)
    past = past_of(lab)
    formulas = [row.formula for row in past.known]
    rules = space or campaign.fine(search_settings(lab))
    question = campaign.Question(
        rules,
        campaign.incumbent(model, formulas).mean,
        campaign.limits(campaign.literature(past.known), rules),
        n_best,
        campaign.readable_keys([*formulas, *past.made, *past.pending, *past.abandoned, *past.rejected]),
    )
    return screen_with(lab.folder.models / Path(run.directory).name, question, executor=executor, progress=progress)


def screen_with(
    directory: Path, question: "Question", *, executor: Executor | None = None, progress: Progress | None = None
) -> "Screened":
    """Return the best answers to a question by the model in a directory; the same bits on every executor."""
    from nasicon_loop import campaign

    blocks = campaign.blocks(question.settings)
    bar = progress or Silent()
    bar.start("screening", len(blocks))
    digest = _digest(directory)
    items = [(str(directory), digest, block, question) for block in blocks]
    parts = (executor or Inline()).map(_screen_item, items, seed=0, progress=bar)
    bar.finish()
    return campaign.merged(parts, question.n_best)


def _screen_item(item: "tuple[str, str, Block, Question]", _seed: int) -> "Screened":
    from nasicon_loop import campaign

    directory, digest, block, question = item
    return campaign.screen_block(_model(directory, digest), block, question)


@lru_cache(maxsize=1)
def _model(directory: str, _digest: str) -> "Model":
    """Return the model; a worker loads it once, and again when another was trained into the same directory."""
    from nasicon_loop import predict

    return predict.load(directory)


def _digest(directory: Path) -> str:
    from nasicon_loop import predict

    return str(predict.load(directory).manifest["weights_sha256"])
