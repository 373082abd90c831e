"""Fitting one network: cross-entropy over bins, early stop on what it does not see, deterministic by seed, on the CPU.

The number of threads is the caller's choice (`torch.set_num_threads`).
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasicon_loop.predict.network import ConductivityNet
from nasicon_loop.predict.prior import Prior
from nasicon_loop.predict.settings import Settings

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Examples:
    """Tensors of n training examples: image, features, labels over bins (rows sum to one), weight."""

    image: Tensor
    features: Tensor
    labels: Tensor
    weight: Tensor

    def take(self, places: NDArray[np.int64]) -> "Examples":
        """Return the examples at the given places."""
        at = torch.from_numpy(np.asarray(places, dtype=np.int64))
        return Examples(self.image[at], self.features[at], self.labels[at], self.weight[at])

    def __len__(self) -> int:
        return len(self.weight)


def build(examples: Examples, settings: Settings, prior: Prior | None) -> ConductivityNet:
    """Return an untrained network of the examples' shape (its start comes from torch's current seed)."""
    _, channels, classes, distances = examples.image.shape
    n_points = 0 if prior is None else len(prior.dual)
    return ConductivityNet((channels, classes, distances), examples.features.shape[1], settings, n_points)


def fit_network(
    seen: Examples,
    held_out: Examples | None,
    settings: Settings,
    *,
    seed: int,
    on_epoch: Callable[[float], None] = lambda loss: None,
    prior: Prior | None = None,
) -> ConductivityNet:
    """Return a trained network in evaluation mode; with `held_out` and patience, that of its best epoch there.

    The learning rate falls along a cosine except in the paper's preset (patience 0), where it is constant.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = build(seen, settings, prior)
        means = None
        if prior is not None:
            network.start_from(prior)
            means = torch.from_numpy(prior.cross_fitted.astype(np.float32))
        optimiser = torch.optim.AdamW(
            network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        best, best_loss, n_worse = None, float("inf"), 0
        stops_early = held_out is not None and settings.patience > 0
        for epoch in range(settings.n_epochs):
            if settings.patience > 0:
                _set_rate(optimiser, settings, epoch)
            loss = _epoch(network, optimiser, seen, means, settings.batch_size)
            if held_out is not None and stops_early:
                loss = mean_loss(network, held_out)
                n_worse += 1
                if loss < best_loss:
                    best, best_loss, n_worse = copy.deepcopy(network.state_dict()), loss, 0
            on_epoch(loss)
            if stops_early and n_worse >= settings.patience:
                break
        if best is not None:
            network.load_state_dict(best)
    return network.eval()


def mean_loss(network: ConductivityNet, examples: Examples) -> float:
    """Return the weighted mean cross-entropy (nats) of a network on examples."""
    network.eval()
    with torch.inference_mode():
        return float(_loss(network(examples.image, examples.features), examples))


def probabilities(network: ConductivityNet, image: Tensor, features: Tensor, chunk: int = 1024) -> Array:
    """Return (n, bins) probabilities in double precision."""
    network.eval()
    with torch.inference_mode():
        parts = [
            torch.softmax(network(image[i : i + chunk], features[i : i + chunk]).double(), dim=1)
            for i in range(0, len(image), chunk)
        ]
    return np.asarray(torch.cat(parts).numpy(), dtype=np.float64)


def _set_rate(optimiser: torch.optim.Optimizer, settings: Settings, epoch: int) -> None:
    n_warm = min(3, settings.n_epochs)
    share = epoch / max(settings.n_epochs - 1, 1)
    factor = min((epoch + 1) / n_warm, 0.02 + 0.49 * (1.0 + float(np.cos(np.pi * share))))
    for group in optimiser.param_groups:
        group["lr"] = settings.learning_rate * factor


def _epoch(
    network: ConductivityNet,
    optimiser: torch.optim.Optimizer,
    seen: Examples,
    means: Tensor | None,
    batch_size: int,
) -> float:
    network.train()
    order = torch.randperm(len(seen))
    losses = []
    for start in range(0, len(order), batch_size):
        places = order[start : start + batch_size]
        if len(places) < 2:  # batch norm needs two
            continue
        batch = Examples(seen.image[places], seen.features[places], seen.labels[places], seen.weight[places])
        optimiser.zero_grad()
        logits = network(batch.image, batch.features, None if means is None else means[places])
        loss = _loss(logits, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        losses.append(float(loss.detach()))
    return float(np.mean(losses)) if losses else float("nan")


def _loss(logits: Tensor, examples: Examples) -> Tensor:
    per_row = -(examples.labels * torch.log_softmax(logits, dim=1)).sum(dim=1)
    return (per_row * examples.weight).sum() / examples.weight.sum()
