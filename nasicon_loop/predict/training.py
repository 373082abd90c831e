"""Fitting one network: minibatches, a falling learning rate, deterministic by seed, on the CPU.

The number of threads is the caller's choice (`torch.set_num_threads`).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Loss = Callable[[Tensor, Tensor], Tensor]
"""From outputs and targets of a minibatch to one loss per row (n,)."""

_WARM_SHARE = 0.15
_GRADIENT_LIMIT = 5.0


@dataclass(frozen=True)
class Schedule:
    """How long and how fast. With `is_falling` the rate rises over the first steps and falls along a cosine."""

    n_epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    is_falling: bool = True


@dataclass(frozen=True)
class Examples:
    """n training examples: the tensors a network takes, their targets, and weights (n,)."""

    inputs: tuple[Tensor, ...]
    target: Tensor
    weight: Tensor

    def __len__(self) -> int:
        return len(self.weight)


def seeded(seed: int, build: Callable[[], nn.Module]) -> nn.Module:
    """Return an untrained network whose start comes from `seed`, leaving torch's own stream alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build()


def fit_network(
    network: nn.Module,
    examples: Examples,
    loss: Loss,
    schedule: Schedule,
    *,
    seed: int,
    on_epoch: Callable[[float], None] = lambda loss: None,
) -> None:
    """Train a network in place and leave it in evaluation mode; `on_epoch` hears the epoch's mean loss."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        optimiser = torch.optim.AdamW(
            network.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay, fused=True
        )
        n_steps = schedule.n_epochs * max(1, math.ceil(len(examples) / schedule.batch_size))
        step = 0
        network.train()
        for _ in range(schedule.n_epochs):
            order = torch.randperm(len(examples))
            losses = []
            for start in range(0, len(order), schedule.batch_size):
                step += 1
                places = order[start : start + schedule.batch_size]
                if len(places) < 2:  # batch norm needs two
                    continue
                _set_rate(optimiser, schedule, step / n_steps)
                losses.append(_step(network, optimiser, examples, places, loss))
            on_epoch(sum(losses) / max(len(losses), 1))
    network.eval()


def fit_side_by_side(
    heads: nn.Module,
    examples: Examples,
    rows: Sequence[NDArray[np.int64]],
    loss: Loss,
    schedule: Schedule,
    *,
    seed: int,
) -> None:
    """Train k heads in place at once, head i on the rows `rows[i]` alone, and leave them in evaluation mode.

    `examples` are all rows, with one tensor of inputs (n, f). Each head has its own order of rows; an epoch is as long
    as the shortest has rows, so that no head waits for another.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        optimiser = torch.optim.AdamW(
            heads.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay, fused=True
        )
        n_rows = min(len(part) for part in rows)
        size = min(schedule.batch_size, n_rows)
        n_batches = max(1, n_rows // size)
        places = [torch.from_numpy(part) for part in rows]
        heads.train()
        for epoch in range(schedule.n_epochs):
            order = torch.stack([part[torch.randperm(len(part))[:n_rows]] for part in places])
            for k in range(n_batches):
                _set_rate(optimiser, schedule, (epoch * n_batches + k + 1) / (schedule.n_epochs * n_batches))
                at = order[:, k * size : (k + 1) * size]
                optimiser.zero_grad()
                per_row = loss(heads(examples.inputs[0][at]), examples.target[at]) * examples.weight[at]
                total = per_row.mean(dim=1).sum()
                total.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
    heads.eval()


def _step(
    network: nn.Module, optimiser: torch.optim.Optimizer, examples: Examples, places: Tensor, loss: Loss
) -> float:
    optimiser.zero_grad()
    weight = examples.weight[places]
    per_row = loss(network(*(part[places] for part in examples.inputs)), examples.target[places])
    total = (per_row * weight).sum() / weight.sum()
    total.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), _GRADIENT_LIMIT)
    optimiser.step()
    return float(total.detach())


def _set_rate(optimiser: torch.optim.Optimizer, schedule: Schedule, share: float) -> None:
    if not schedule.is_falling:
        return
    falling = 0.5 * (1.0 + math.cos(math.pi * max(share - _WARM_SHARE, 0.0) / (1.0 - _WARM_SHARE)))
    factor = min(share / _WARM_SHARE, 1.0) * falling
    for group in optimiser.param_groups:
        group["lr"] = schedule.learning_rate * max(factor, 1e-3)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy (n,) in nats against labels over bins (n, bins) that sum to one."""
    return -(labels * torch.log_softmax(logits, dim=1)).sum(dim=1)


def squared_error(outputs: Tensor, target: Tensor) -> Tensor:
    """Return the mean squared error (n,) over the outputs."""
    return ((outputs - target) ** 2).mean(dim=1)


def ranked_probability_score(mean: Tensor, sd: Tensor, target: Tensor) -> Tensor:
    """Return the continuous ranked probability score (n,) of normal distributions.

    Gneiting and Raftery, J. Am. Stat. Assoc. 102 (2007) 359, equation 21. Like an absolute error it is not carried away
    by outliers, and it rewards honest spreads.
    """
    z = (target - mean) / sd
    density = torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return sd * (z * torch.erf(z / math.sqrt(2.0)) + 2 * density - 1 / math.sqrt(math.pi))
