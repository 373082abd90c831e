"""The 13 layers: three convolutions, three poolings, seven fully connected, after VGG16 as in Zhao et al."""

from typing import cast

import torch
from torch import Tensor, nn

from nasicon_loop.predict.prior import LINEAR, SD_LIMITS, Prior
from nasicon_loop.predict.settings import Settings

N_CONVOLUTION, N_POOLING, N_DENSE = 3, 3, 7


class ConductivityNet(nn.Module):
    """From a crystal image and (optionally) features to one logit per bin of log10 sigma.

    `image` is (n, channels, site classes, distance bins); pooling halves the distances three times and never mixes site
    classes, which have no order. `features` is (n, n_features), with n_features 0 for the image alone;
    `n_points` is how many rows the prior stands on.
    """

    def __init__(
        self, image_shape: tuple[int, int, int], n_features: int, settings: Settings, n_points: int = 0
    ) -> None:
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
        self.has_prior = settings.has_prior
        edges = torch.linspace(settings.log10_sigma_low, settings.log10_sigma_high, settings.n_bins + 1)
        self.centres: Tensor
        self.prior_points: Tensor
        self.prior_dual: Tensor
        self.prior_bias: Tensor
        self.prior_rate: Tensor
        self.spread_weights: Tensor
        self.spread_bias: Tensor
        self.register_buffer("centres", (edges[1:] + edges[:-1]) / 2, persistent=False)
        self.register_buffer("prior_points", torch.zeros(n_points, n_features))
        self.register_buffer("prior_dual", torch.zeros(n_points))
        self.register_buffer("prior_bias", torch.zeros(()))
        self.register_buffer("prior_rate", torch.zeros(()))
        self.register_buffer("spread_weights", torch.zeros(n_features))
        self.register_buffer("spread_bias", torch.zeros(()))

    def start_from(self, prior: Prior) -> None:
        """Make the untrained network the normal distribution that `prior` describes."""
        self.prior_points.copy_(torch.from_numpy(prior.points))
        self.prior_dual.copy_(torch.from_numpy(prior.dual))
        self.prior_bias.fill_(prior.bias)
        self.prior_rate.fill_(prior.rate)
        self.spread_weights.copy_(torch.from_numpy(prior.spread_weights))
        self.spread_bias.fill_(prior.spread_bias)
        last = cast(nn.Linear, self.dense[-1])
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def prior_mean(self, features: Tensor) -> Tensor:
        """Return the prior's log10 sigma (n,); the kernel of prior.py."""
        n_features = features.shape[1]
        product = features @ self.prior_points.T
        square = (features**2).sum(dim=1)[:, None] + (self.prior_points**2).sum(dim=1)[None, :] - 2 * product
        near = torch.exp(-self.prior_rate / n_features * square.clamp(min=0.0))
        return (near + LINEAR / n_features * product) @ self.prior_dual + self.prior_bias

    def forward(self, image: Tensor, features: Tensor, mean: Tensor | None = None) -> Tensor:
        """Return logits (n, n_bins); `mean` (n,) stands in for the prior's own in training."""
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
        mean = self.prior_mean(features) if mean is None else mean
        sd = torch.exp(features @ self.spread_weights + self.spread_bias).clamp(*SD_LIMITS)
        return logits - ((self.centres - mean[:, None]) / sd[:, None]) ** 2 / 2
