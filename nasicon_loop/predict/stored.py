"""What of a model goes into its file of weights, and back."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nasicon_loop.predict.correction import Correction
from nasicon_loop.predict.encoder import Encoder
from nasicon_loop.predict.ensemble import Balance, Ensemble
from nasicon_loop.predict.held_out import HeldOutRows
from nasicon_loop.predict.hull import HullNets, empty_network
from nasicon_loop.predict.image import IMAGE_SHAPE
from nasicon_loop.predict.network import Head, Heads, Trunk
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.table_features import N_TABLE_FEATURES
from nasicon_loop.predict.trees import Trees

M = TypeVar("M", bound=nn.Module)
Arrays = Mapping[str, NDArray[Any]]

_LARGEST = 100.0


def arrays_of(
    ensemble: Ensemble, hull: HullNets | None, correction: Correction, held_out: HeldOutRows | None
) -> dict[str, NDArray[Any]]:
    """Return everything that was learned as named arrays, and what was said about held-out rows meanwhile."""
    arrays: dict[str, NDArray[Any]] = {f"encoder.{k}": v for k, v in ensemble.encoder.to_arrays().items()}
    for number, trunk in enumerate(ensemble.trunks):
        arrays.update(_state(trunk, f"trunk{number}."))
    for number, head in enumerate(ensemble.heads):
        arrays.update(_state(head, f"head{number}."))
    if ensemble.trees is not None:
        arrays.update({f"trees.{k}": v for k, v in ensemble.trees.to_arrays().items()})
    if hull is not None:
        arrays["hull.feature_mean"] = hull.feature_mean
        arrays["hull.inverse_feature_scale"] = 1.0 / hull.feature_scale
        arrays["hull.is_known"] = hull.is_known.astype(np.uint8)
        for number, network in enumerate(hull.networks):
            arrays.update(_state(network.head, f"hull.head{number}."))
    arrays["correction.residual"] = correction.residual
    arrays["correction.scale"] = correction.scale
    if held_out is not None:
        arrays.update(held_out.to_arrays())
    return arrays


def ensemble_from(arrays: Arrays, manifest: Mapping[str, Any]) -> tuple[Ensemble, HullNets | None]:
    """Return what `arrays_of` wrote. Raises LookupError, ValueError or RuntimeError when the parts do not fit."""
    settings = Settings.from_dict(manifest["settings"])
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ValueError("a weight that is no number")
    encoder = Encoder.from_arrays(_below(arrays, "encoder."))
    n_features = len(encoder.feature_mean)
    n_trunks = settings.n_trunks if settings.is_parametric else settings.n_members
    trunks = tuple(_filled(Trunk(IMAGE_SHAPE, settings), arrays, f"trunk{k}.") for k in range(n_trunks))
    heads = tuple(_filled(_empty_head(k, n_features, settings), arrays, f"head{k}.") for k in range(n_trunks))
    trees = Trees.from_arrays(_below(arrays, "trees."), N_TABLE_FEATURES) if settings.n_trees else None
    balance = Balance(**{one.name: float(manifest[one.name]) for one in fields(Balance)})
    centre, scale = float(manifest["target_mean"]), float(manifest["target_sd"])
    sizes = (balance.spread, balance.disagreement, balance.typical_sd, scale)
    parts = 0 < balance.share <= 1 and 0 <= balance.evenness <= 1
    if not (all(0 < size < _LARGEST for size in sizes) and parts and abs(centre) < _LARGEST):
        raise ValueError("a scale that is none of a trained model")
    ensemble = Ensemble(encoder, trunks, heads, trees, settings, centre, scale, balance)
    return ensemble, _hull_from(arrays, ensemble) if "hull.feature_mean" in arrays else None


def _empty_head(trunk: int, n_features: int, settings: Settings) -> Head | Heads:
    if not settings.is_parametric:
        return Head(n_features, settings.n_bins, settings)
    return Heads(len(range(trunk, settings.n_members, settings.n_trunks)), settings.hidden[0] + n_features, 2, settings)


def _hull_from(arrays: Arrays, ensemble: Ensemble) -> HullNets:
    networks = []
    for number, trunk in enumerate(ensemble.trunks):
        network = empty_network(len(arrays["hull.feature_mean"]), ensemble.settings, IMAGE_SHAPE)
        network.trunk = trunk
        _filled(network.head, arrays, f"hull.head{number}.")
        networks.append(network.eval())
    with np.errstate(divide="ignore"):
        scale = 1.0 / arrays["hull.inverse_feature_scale"]
    return HullNets(
        ensemble.encoder, tuple(networks), arrays["hull.feature_mean"], scale, arrays["hull.is_known"].astype(bool)
    )


def _state(module: nn.Module, prefix: str) -> dict[str, NDArray[Any]]:
    return {f"{prefix}{name}": value.numpy() for name, value in module.state_dict().items()}


def _below(arrays: Arrays, prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _filled(module: M, arrays: Arrays, prefix: str) -> M:
    module.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in _below(arrays, prefix).items()})
    module.eval()
    return module
