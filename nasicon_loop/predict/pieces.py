"""Whole networks as pieces of work that may be done elsewhere.

Every network has its own seed and one numerical thread, so that the bits do not depend on who trains it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from nasicon_loop.core import Executor, Inline, Progress, Silent
from nasicon_loop.predict.network import CrystalNet
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.training import Examples, Loss, Schedule, fit_network, seeded


@dataclass(frozen=True)
class Network:
    """One network to be trained: its start and the order of its rows come from `seed`."""

    image_shape: tuple[int, int, int]
    n_features: int
    n_outputs: int
    settings: Settings
    examples: Examples
    loss: Loss
    schedule: Schedule
    seed: int


def fit_networks(
    pieces: Sequence[Network],
    what: str,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[CrystalNet]:
    """Return the networks trained; `progress` hears of `what`: every epoch here, every network from elsewhere."""
    bar, workers = progress or Silent(), executor or Inline()
    if isinstance(workers, Inline):
        bar.start(what, sum(piece.schedule.n_epochs for piece in pieces))
        found = workers.map(
            lambda piece, _: _fitted(piece, lambda loss: bar.advance(1, f"loss {loss:.3f}")), pieces, seed=0
        )
    else:
        bar.start(what, len(pieces))
        found = workers.map(_fit, pieces, seed=0, progress=bar)
    bar.finish()
    return found


def fit_alike(
    first: Network,
    n_networks: int,
    what: str,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> tuple[CrystalNet, ...]:
    """Return `n_networks` networks trained as `first`, with its seed and those after it."""
    pieces = [replace(first, seed=first.seed + number) for number in range(n_networks)]
    return tuple(fit_networks(pieces, what, executor=executor, progress=progress))


def _fit(piece: Network, _seed: int) -> CrystalNet:
    return _fitted(piece, lambda loss: None)


def _fitted(piece: Network, on_epoch: Callable[[float], None]) -> CrystalNet:
    network = seeded(
        piece.seed, lambda: CrystalNet(piece.image_shape, piece.n_features, piece.n_outputs, piece.settings)
    )
    fit_network(network, piece.examples, piece.loss, piece.schedule, seed=piece.seed, on_epoch=on_epoch)
    return cast(CrystalNet, network)
