"""Everything that decides a training, in one frozen value that is written beside the weights."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from nasicon_loop.core import Refusal, plain

_WIDEST = 4096
_FARTHEST = 100
_POSITIVE = (
    "n_members",
    "n_trunks",
    "n_epochs",
    "n_pretraining_epochs",
    "batch_size",
    "learning_rate",
    "pretraining_rate",
    "hull_hidden",
    "n_bins",
    "n_folds",
    "label_sd",
    "lab_weight",
    "pellet_scatter_sd",
)


@dataclass(frozen=True)
class Settings:
    """How to train. `default()` is ours, `quick()` the same with less, `paper()` runs Table 1 of Zhao et al.

    Lengths of kernels are in the units of what they compare (see correction.py). Raises Refusal for numbers that
    cannot be meant.
    """

    preset: str = "default"

    n_members: int = 10
    """Networks in the ensemble; each leaves one fold of chemical systems out, and every fold is left out by as many."""
    n_epochs: int = 80
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    dropout: float = 0.1

    channels: tuple[int, int, int] = (16, 24, 32)
    hidden: tuple[int, int, int, int, int, int] = (32, 64, 64, 64, 64, 64)
    """Widths of the first six fully connected layers; the seventh has the outputs."""
    is_normalised: bool = True
    """Batch norm behind each convolution, and gated short cuts between fully connected layers of equal width."""
    uses_features: bool = True
    """Composition features, 1/T and kind enter the fully connected part; False is the image alone, as in the paper."""

    n_trunks: int = 2
    """Convolutional trunks, trained before the conductivity is looked at (pretraining.py); members take turns."""
    n_pretraining_epochs: int = 40
    pretraining_rate: float = 2e-3
    hull_hidden: int = 128
    """Width of the fully connected layers behind a trunk while it learns energies above the hull."""
    trunk_dropout: float = 0.2
    n_trees: int = 100
    """Extremely randomised trees whose mean joins the networks' with a weight from held-out rows; 0: networks alone."""
    is_shuffled: bool = False
    """Give every row another row's image: what the images are worth is the difference that this makes."""
    has_image: bool = True
    """False leaves the images away: the same network on the features alone."""

    log10_sigma_low: float = -13.0
    log10_sigma_high: float = 1.0
    n_bins: int = 70
    is_parametric: bool = True
    """Members give mean and sd, trained on the continuous ranked probability score, and are spread over the bins
    afterwards; False is plain cross-entropy over the bins."""
    label_sd: float = 0.3
    """Rows weigh 1 / (own sd^2 + this^2) in dex, relative to their mean: what nobody can measure better than."""

    temperature_window_c: tuple[float, float] | None = None
    """Only literature rows within these temperatures are used; None uses all, with 1/T as an input."""
    n_folds: int = 5
    is_calibrated: bool = True
    """Scale the spread so that the held-out folds' residuals fit it."""

    is_full: bool = False
    """Also train the networks on lab rows; by default only the correction learns from them."""
    lab_weight: float = 4.0
    """Weight of a lab row in the networks' loss beside a literature row's 1 (only with `is_full`)."""
    pellet_scatter_sd: float = 0.20
    """Scatter (dex) of nominally equal pellets of one lab, on top of each analysis's own sd."""
    learnable_fraction: float = 0.7
    """Share of the networks' noise variance that is systematic for one composition in one lab."""

    def __post_init__(self) -> None:
        for name in _POSITIVE:
            if not getattr(self, name) > 0:
                raise Refusal("must be above zero", f"settings.{name}")
        if self.n_folds < 2:
            raise Refusal("must be at least 2", "settings.n_folds")
        if not (abs(self.log10_sigma_low) <= _FARTHEST and abs(self.log10_sigma_high) <= _FARTHEST):
            raise Refusal(f"must lie within {_FARTHEST} decades", "settings.log10_sigma_low or .log10_sigma_high")
        if self.log10_sigma_high <= self.log10_sigma_low:
            raise Refusal("must lie above log10_sigma_low", "settings.log10_sigma_high")
        if not (0 <= self.dropout < 1 and 0 <= self.trunk_dropout < 1 and 0 < self.learnable_fraction <= 1):
            raise Refusal("must be a share between 0 and 1", "settings.dropout or settings.learnable_fraction")
        if not 0 <= self.n_trees <= _WIDEST:
            raise Refusal(f"must lie between 0 and {_WIDEST}", "settings.n_trees")
        if self.n_members < self.n_trunks:
            raise Refusal("every trunk needs a member", "settings.n_trunks")
        if not (self.has_image or self.uses_features):
            raise Refusal("a network needs images or features", "settings.has_image")
        if len(self.channels) != 3 or len(self.hidden) != 6 or min(*self.channels, *self.hidden) < 1:
            raise Refusal("the network has 3 convolutions and 7 fully connected layers", "settings.channels or .hidden")
        largest = max(*self.channels, *self.hidden, self.hull_hidden, self.n_bins, self.n_members, self.n_trunks)
        if largest > _WIDEST:  # before memory is taken for it
            raise Refusal(f"nothing in the network is larger than {_WIDEST}", "settings")

    @classmethod
    def default(cls) -> Self:
        """Return what `nasicon train` uses."""
        return cls()

    @classmethod
    def quick(cls) -> Self:
        """Return the default with fewer epochs, for cross-validation while somebody waits."""
        return cls(preset="quick", n_members=5, n_trunks=1, n_epochs=60, n_pretraining_epochs=15, n_trees=60)

    @classmethod
    def paper(cls) -> Self:
        """Return Table 1 of Zhao et al.: 100 epochs, batch 200, learning rate 1e-4, ReLU, plain cross-entropy, 5-fold.

        The image alone goes in, so only rows near room temperature (15 to 35 °C) are used. The paper publishes neither
        its classes nor its layer widths; ours are the bins and widths above.
        """
        return cls(
            preset="paper",
            n_members=1,
            n_epochs=100,
            batch_size=200,
            learning_rate=1e-4,
            weight_decay=0.0,
            dropout=0.0,
            trunk_dropout=0.0,
            channels=(32, 64, 128),
            hidden=(512, 256, 256, 128, 128, 64),
            is_normalised=False,
            uses_features=False,
            n_trunks=1,
            n_trees=0,
            is_parametric=False,
            temperature_window_c=(15.0, 35.0),
            n_folds=5,
            is_calibrated=False,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON-able values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the settings written by `to_dict`; Refusal for names or types that are not ours."""
        if not isinstance(values, dict):
            raise Refusal("are no table of names and values", "settings")
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise Refusal("unknown setting", plain(f"settings.{unknown[0]}"))
        typed: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        for name, value in typed.items():
            if not _is_like(value, getattr(_EXAMPLE, name)):
                raise Refusal("is of the wrong type", f"settings.{name}")
        try:
            return cls(**typed)
        except TypeError as error:
            raise Refusal(plain(f"settings of the wrong type ({error})"), "settings") from error


def _is_like(value: Any, example: Any) -> bool:
    if isinstance(example, float):
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if isinstance(example, tuple):
        return isinstance(value, tuple) and len(value) == len(example) and all(map(_is_like, value, example))
    if example is None:
        return value is None or _is_like(value, (0.0, 0.0))  # the one setting that may be absent: the window
    return type(value) is type(example)


_EXAMPLE = Settings()
