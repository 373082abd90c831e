"""What the network looks at, for `train --explain`."""

from dataclasses import dataclass

from nasicon_loop.predict.descriptors import N_COMPONENTS
from nasicon_loop.predict.encoder import feature_names
from nasicon_loop.predict.model import Model


@dataclass(frozen=True)
class SiteDescriptors:
    """Descriptors of one site kind and their rotation to five components."""

    site: str
    names: tuple[str, ...]
    weights: tuple[float, ...]
    """|correlation| of the site's mean descriptor with log10 sigma; 0 where another one says the same."""
    loadings: tuple[tuple[float, ...], ...]
    """Per descriptor, its share in each component."""
    explained: tuple[float, ...]
    """Share of the weighted variance per component."""


@dataclass(frozen=True)
class Explanation:
    """Descriptors per site kind and the features beside the image (none when the image goes in alone)."""

    sites: tuple[SiteDescriptors, ...]
    features: tuple[str, ...]
    n_components: int = N_COMPONENTS


def explain(model: Model) -> Explanation:
    """Return what a model looks at."""
    encoder = model.ensemble.encoder
    return Explanation(
        sites=tuple(
            SiteDescriptors(
                site=site,
                names=basis.names,
                weights=tuple(float(value) for value in basis.weights),
                loadings=tuple(tuple(float(value) for value in line) for line in basis.loadings),
                explained=tuple(float(value) for value in basis.explained),
            )
            for site, basis in encoder.bases.items()
        ),
        features=feature_names() if encoder.uses_features else (),
    )
