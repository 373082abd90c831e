"""The 13 layers: three convolutions, three poolings, seven fully connected, after VGG16 as in Zhao et al."""

from typing import cast

import torch
from torch import Tensor, nn

from nasicon_loop.predict.prior import SD_LIMITS, Line
from nasicon_loop.predict.settings import Settings

N_CONVOLUTION, N_POOLING, N_DENSE = 3, 3, 7


class ConductivityNet(nn.Module):
    """From a crystal image and (optionally) features to one logit per bin of log10 sigma.

    `image` is (n, channels, site classes, distance bins); pooling halves the distances three times and never mixes site
    classes, which have no order. `features` is (n, n_features), with n_features 0 for the image alone.
    """

    def __init__(self, image_shape: tuple[int, int, int], n_features: int, settings: Settings) -> None:
        super().__init__()
        n_channels, n_classes, n_distances = image_shape
        widths = (n_channels, *settings.channels)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(widths[i], widths[i + 1], kernel_size=3, padding=1) for i in range(N_CONVOLUTION)
        )
        self.poolings = nn.ModuleList(nn.MaxPool2d(kernel_size=(1, 2)) for _ in range(N_POOLING))
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(width) if settings.is_normalised else nn.Identity() for width in widths[1:]
        )
        n_flat = widths[-1] * n_classes * (n_distances // 2**N_POOLING)
        dense = (n_flat + n_features, *settings.hidden, settings.n_bins)
        self.dense = nn.ModuleList(nn.Linear(dense[i], dense[i + 1]) for i in range(N_DENSE))
        self.dropout = nn.Dropout(settings.dropout)
        self.has_short_cuts = settings.is_normalised
        edges = torch.linspace(settings.log10_sigma_low, settings.log10_sigma_high, settings.n_bins + 1)
        self.centres: Tensor
        self.prior_weights: Tensor
        self.prior_bias: Tensor
        self.spread_weights: Tensor
        self.spread_bias: Tensor
        self.register_buffer("centres", (edges[1:] + edges[:-1]) / 2, persistent=False)
        self.register_buffer("prior_weights", torch.zeros(n_features))
        self.register_buffer("prior_bias", torch.zeros(()))
        self.register_buffer("spread_weights", torch.zeros(n_features))
        self.register_buffer("spread_bias", torch.zeros(()))
        self.has_prior = settings.has_prior

    def start_from(self, line: Line) -> None:
        """Make the untrained network the normal distribution around a line that `line` describes."""
        self.prior_weights.copy_(torch.from_numpy(line.weights))
        self.prior_bias.fill_(line.bias)
        self.spread_weights.copy_(torch.from_numpy(line.spread_weights))
        self.spread_bias.fill_(line.spread_bias)
        last = cast(nn.Linear, self.dense[-1])
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def forward(self, image: Tensor, features: Tensor) -> Tensor:
        """Return logits (n, n_bins)."""
        for convolution, norm, pooling in zip(self.convolutions, self.norms, self.poolings, strict=True):
            image = pooling(torch.relu(norm(convolution(image))))
        hidden = torch.cat([image.flatten(1), features], dim=1)
        for layer in self.dense[:-1]:
            update = torch.relu(layer(hidden))
            hidden = hidden + update if self.has_short_cuts and update.shape == hidden.shape else update
            hidden = self.dropout(hidden)
        logits = cast(Tensor, self.dense[-1](hidden))
        if not self.has_prior:
            return logits
        line = features @ self.prior_weights + self.prior_bias
        sd = torch.exp(features @ self.spread_weights + self.spread_bias).clamp(*SD_LIMITS)
        return logits - ((self.centres - line[:, None]) / sd[:, None]) ** 2 / 2
