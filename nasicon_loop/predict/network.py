"""The 13 layers: three convolutions, three poolings, seven fully connected, after VGG16 as in Zhao et al."""

import math
from typing import cast

import torch
from torch import Tensor, nn

from nasicon_loop.predict.settings import Settings

N_CONVOLUTION, N_POOLING, N_DENSE = 3, 3, 7
LOG_SD_LIMITS = (-3.0, 2.0)


class Trunk(nn.Module):
    """From a crystal image (n, channels, site classes, distances) to a vector (n, hidden[0]).

    Three convolutions, three poolings over distance, one fully connected layer. Site classes have no order: unless
    it is the paper's, the first convolution spans them all and slides over distance only.
    """

    def __init__(self, image_shape: tuple[int, int, int], settings: Settings) -> None:
        super().__init__()
        n_channels, n_classes, n_distances = image_shape
        widths = (n_channels, *settings.channels)
        spans = settings.is_normalised
        shapes: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = (
            (((n_classes, 3), (0, 1)), ((1, 3), (0, 1)), ((1, 3), (0, 1))) if spans else (((3, 3), (1, 1)),) * 3
        )
        self.convolutions = nn.ModuleList(
            nn.Conv2d(widths[i], widths[i + 1], kernel_size=shapes[i][0], padding=shapes[i][1])
            for i in range(N_CONVOLUTION)
        )
        self.poolings = nn.ModuleList(nn.MaxPool2d(kernel_size=(1, 2)) for _ in range(N_POOLING))
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) if spans else nn.Identity() for width in widths[1:])
        n_flat = widths[-1] * (1 if spans else n_classes) * (n_distances // 2**N_POOLING)
        self.dropout = nn.Dropout(settings.trunk_dropout)
        self.dense = nn.Linear(n_flat, settings.hidden[0])

    def forward(self, image: Tensor) -> Tensor:
        """Return the vectors of images."""
        for convolution, norm, pooling in zip(self.convolutions, self.norms, self.poolings, strict=True):
            image = torch.relu(pooling(norm(convolution(image))))  # the same as pooling last, on half as many
        return torch.relu(self.dense(self.dropout(image.flatten(1))))


class Head(nn.Module):
    """From a trunk's vector (n, hidden[0]) and features (n, n_features) to (n, n_outputs): six fully connected layers.

    Between layers of equal width runs a short cut with a gate that begins at zero, so that a few hundred rows do not
    have to train all layers at once.
    """

    def __init__(self, n_features: int, n_outputs: int, settings: Settings) -> None:
        super().__init__()
        widths = (settings.hidden[0] + n_features, *settings.hidden[1:], n_outputs)
        self.layers = nn.ModuleList(nn.Linear(widths[i], widths[i + 1]) for i in range(N_DENSE - 1))
        self.gates = nn.Parameter(torch.zeros(N_DENSE - 1))
        self.dropout = nn.Dropout(settings.dropout)
        self.has_short_cuts = settings.is_normalised

    def forward(self, vector: Tensor, features: Tensor) -> Tensor:
        """Return the outputs."""
        hidden = torch.cat([vector, features], dim=1)
        for i, layer in enumerate(self.layers[:-1]):
            update = self.dropout(torch.relu(layer(hidden)))
            if self.has_short_cuts and i > 0 and update.shape == hidden.shape:
                update = hidden + self.gates[i] * update
            hidden = update
        return cast(Tensor, self.layers[-1](hidden))


class Heads(nn.Module):
    """Several heads of the same shape side by side, each with its own weights: one pass trains or asks them all."""

    def __init__(self, n_members: int, n_inputs: int, n_outputs: int, settings: Settings) -> None:
        super().__init__()
        widths = (n_inputs, *settings.hidden[1:], n_outputs)
        bounds = [1.0 / math.sqrt(width) for width in widths[:-1]]  # as torch's own fully connected layers begin
        self.weights = nn.ParameterList(
            nn.Parameter(torch.empty(n_members, widths[i], widths[i + 1]).uniform_(-bound, bound))
            for i, bound in enumerate(bounds)
        )
        self.biases = nn.ParameterList(
            nn.Parameter(torch.empty(n_members, 1, widths[i + 1]).uniform_(-bound, bound))
            for i, bound in enumerate(bounds)
        )
        self.gates = nn.Parameter(torch.zeros(N_DENSE - 1, n_members, 1, 1))
        self.dropout = nn.Dropout(settings.dropout)
        self.n_members = n_members

    def forward(self, inputs: Tensor) -> Tensor:
        """Return (members, n, n_outputs) for inputs (n, vector and features), the same for all or (members, n, ...)."""
        hidden = inputs if inputs.dim() == 3 else inputs[None].expand(self.n_members, -1, -1)
        last = N_DENSE - 2
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            update = torch.baddbmm(bias, hidden, weight)
            if i == last:
                return update
            update = self.dropout(torch.relu(update))
            is_short_cut = i > 0 and update.shape == hidden.shape
            hidden = hidden + self.gates[i] * update if is_short_cut else update
        raise AssertionError("a head has six layers")


class CrystalNet(nn.Module):
    """Trunk and head together: the whole network, as the paper's preset and the hull's networks are trained."""

    def __init__(self, image_shape: tuple[int, int, int], n_features: int, n_outputs: int, settings: Settings) -> None:
        super().__init__()
        self.trunk = Trunk(image_shape, settings)
        self.head = Head(n_features, n_outputs, settings)

    def forward(self, image: Tensor, features: Tensor) -> Tensor:
        """Return the outputs (n, n_outputs)."""
        return cast(Tensor, self.head(self.trunk(image), features))


def mean_and_sd(outputs: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and sd of the normal distributions that two outputs (..., 2) stand for, in standardised units."""
    return outputs[..., 0], torch.exp(outputs[..., 1].clamp(*LOG_SD_LIMITS))
