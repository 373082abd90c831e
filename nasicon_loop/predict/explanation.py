"""What the network looks at, for `train --explain`."""

from dataclasses import dataclass

import numpy as np

from nasicon_loop.predict.descriptors import N_COMPONENTS, SiteBasis, likeness
from nasicon_loop.predict.encoder import feature_names
from nasicon_loop.predict.model import Model


@dataclass(frozen=True)
class SiteDescriptors:
    """Descriptors of one site kind and their rotation to five components."""

    site: str
    names: tuple[str, ...]
    weights: tuple[float, ...]
    """|correlation| of the site's mean descriptor with what the descriptors are weighed by; 0 for dropped ones."""
    dropped: tuple[str, ...]
    """Per descriptor, why it was dropped; empty for kept ones."""
    loadings: tuple[tuple[float, ...], ...]
    """Per descriptor, its share in each component."""
    explained: tuple[float, ...]
    """Share of the weighted variance per component."""


@dataclass(frozen=True)
class Explanation:
    """Descriptors per site kind and the features beside the image (none when the image goes in alone)."""

    sites: tuple[SiteDescriptors, ...]
    features: tuple[str, ...]
    weighed_by: str
    """What the weights are correlations with: what the trunks of the model learned first."""
    n_components: int = N_COMPONENTS


def explain(model: Model) -> Explanation:
    """Return what a model looks at."""
    encoder = model.ensemble.encoder
    return Explanation(
        sites=tuple(_site(site, basis) for site, basis in encoder.bases.items()),
        features=feature_names() if encoder.uses_features else (),
        weighed_by="log10 sigma" if model.hull_nets is None else "energy above hull",
    )


def _site(site: str, basis: SiteBasis) -> SiteDescriptors:
    return SiteDescriptors(
        site=site,
        names=basis.names,
        weights=tuple(float(value) for value in basis.weights),
        dropped=_reasons(basis),
        loadings=tuple(tuple(float(value) for value in line) for line in basis.loadings),
        explained=tuple(float(value) for value in basis.explained),
    )


def _reasons(basis: SiteBasis) -> tuple[str, ...]:
    """Return for each dropped descriptor the kept one that says the same over the elements."""
    alike, is_kept = likeness(basis.site), basis.weights > 0
    reasons = []
    for k in range(len(basis.names)):
        twin = int(np.argmax(np.where(is_kept, alike[k], -1.0)))
        reasons.append("" if is_kept[k] else f"says the same as {basis.names[twin]} (correlation {alike[k, twin]:.3f})")
    return tuple(reasons)
