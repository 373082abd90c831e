"""The crystal image: for each site class, who stands at which distance.

Rows are the classes of the central site (A1, A2, M, X, O), columns 32 distances 0 to 7.75 Å, channels the occupancy and
the occupancy-weighted mean and spread of five descriptors (descriptors.py) of the elements on the neighbouring sites,
summed over the neighbours at that distance.

Without a structure file the geometry is a prototype's, R-3c with the regression's hexagonal axes and C2/c scaled to the
same volume; both images are averaged by the phase probability. An image is geometry times chemistry: distances are
combined per shell, not per atom, and nothing is built per candidate.
"""

from collections.abc import Mapping
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import N_COMPONENTS, SITES, SiteBasis, site_descriptors
from nasicon_loop.predict.geometry import CLASSES, N_DISTANCES
from nasicon_loop.predict.shell_counts import N_PAIRS, PAIR_OF, SHARE_OF_PAIR, pair_counts

Array = NDArray[np.float64]

N_CHANNELS = 1 + 2 * N_COMPONENTS
IMAGE_SHAPE = (N_CHANNELS, len(CLASSES), N_DISTANCES)
SITE_OF_CLASS = {"A1": "A", "A2": "A", "M": "M", "X": "X"}
A1_PER_FORMULA, A2_PER_FORMULA, M_PER_FORMULA, X_PER_FORMULA = 1.0, 3.0, 2.0, 3.0
_CHUNK = 256


@overload
def crystal_images(batch: Crystals, bases: Mapping[str, SiteBasis]) -> Array: ...
@overload
def crystal_images(batch: Crystals, bases: Mapping[str, SiteBasis], dtype: type[np.float32]) -> NDArray[np.float32]: ...
def crystal_images(
    batch: Crystals, bases: Mapping[str, SiteBasis], dtype: type[np.float32] | type[np.float64] = np.float64
) -> NDArray[np.floating[Any]]:
    """Return images (n, *IMAGE_SHAPE), not standardised, in double or single precision."""
    parts = batch.by_geometry()
    if len(parts) == 1:
        return _images(batch, bases, dtype)
    images = np.empty((len(batch), *IMAGE_SHAPE), dtype=dtype)
    for places, part in parts:
        images[places] = _images(part, bases, dtype)
    return images


def _images(
    batch: Crystals, bases: Mapping[str, SiteBasis], dtype: type[np.float32] | type[np.float64]
) -> NDArray[np.floating[Any]]:
    """Return images of crystals that all stand on prototypes, or all on structures of their own."""
    content = site_contents(batch, bases).transpose(0, 2, 1)  # (n, channels, class of the neighbour)
    images = np.empty((len(batch), *IMAGE_SHAPE), dtype=dtype)
    order = np.argsort(batch.a_angstrom**2 * batch.c_angstrom, kind="stable")
    for start in range(0, len(batch), _CHUNK):
        at = order[start : start + _CHUNK]
        if batch.own is not None:
            around = content[at].astype(dtype)[:, None]
            images[at] = np.matmul(around, batch.own.geometry[at].astype(dtype)).transpose(0, 2, 1, 3)
            continue
        counts = _geometry(batch.a_angstrom[at], batch.c_angstrom[at], batch.p_r3c[at]).astype(dtype)
        for centre in range(len(CLASSES)):
            around = (content[at] * SHARE_OF_PAIR[centre]).astype(dtype)
            images[at, :, centre] = np.matmul(around, counts[:, PAIR_OF[centre]])
    return images


def site_contents(batch: Crystals, bases: Mapping[str, SiteBasis]) -> Array:
    """Return (n, classes, channels): occupancy, then mean and spread of the descriptors times occupancy.

    The cavity A1 is filled first (Na prefers it), A2 takes the rest; both hold the same mixture of ions. O is full and
    has zero descriptors: nothing is ever put in its place. Crystals from structure files hold what the file says.
    """
    content = np.zeros((len(batch), len(CLASSES), N_CHANNELS))
    occupancy = _occupancies(batch)
    described = _described(batch, bases)
    for k, name in enumerate(CLASSES):
        content[:, k, 0] = occupancy[name]
        if name in SITE_OF_CLASS:
            content[:, k, 1:] = described[name] * occupancy[name][:, None]
    return content


def _described(batch: Crystals, bases: Mapping[str, SiteBasis]) -> dict[str, Array]:
    """Per class but O (n, 2 * N_COMPONENTS), mean and spread of the descriptors of the ions on it."""
    if batch.own is not None:
        on = batch.own.amounts
        return {name: np.concatenate(site_descriptors(on[name], bases[s]), axis=1) for name, s in SITE_OF_CLASS.items()}
    on_site = {site: np.concatenate(site_descriptors(batch.amounts[site], bases[site]), axis=1) for site in SITES}
    return {name: on_site[site] for name, site in SITE_OF_CLASS.items()}


def _occupancies(batch: Crystals) -> dict[str, Array]:
    """Per class (n,), the share of its places that is taken."""
    if batch.own is not None:
        on = {name: table.sum(axis=1) for name, table in batch.own.amounts.items()}
        on_a1, on_a2, on_m, on_x = (on[name] for name in SITE_OF_CLASS)
    else:
        n_a = batch.amounts["A"].sum(axis=1)
        on_a1 = np.clip(n_a, 0.0, A1_PER_FORMULA)
        on_a2 = n_a - on_a1
        on_m, on_x = (batch.amounts[site].sum(axis=1) for site in ("M", "X"))
    return {
        "A1": on_a1 / A1_PER_FORMULA,
        "A2": on_a2 / A2_PER_FORMULA,
        "M": on_m / M_PER_FORMULA,
        "X": on_x / X_PER_FORMULA,
        "O": np.ones(len(batch)),
    }


def _geometry(a_angstrom: Array, c_angstrom: Array, p_r3c: Array) -> Array:
    """Return (n, pairs of classes, distances): neighbours, the two forms averaged."""
    counts = p_r3c * pair_counts("R-3c", a_angstrom, c_angstrom)
    is_mixed = p_r3c < 1.0 - 1e-9
    if is_mixed.all():
        counts += (1.0 - p_r3c) * pair_counts("C2/c", a_angstrom, c_angstrom)
    elif is_mixed.any():
        monoclinic = pair_counts("C2/c", a_angstrom[is_mixed], c_angstrom[is_mixed])
        counts[:, is_mixed] += (1.0 - p_r3c[is_mixed]) * monoclinic
    return counts.T.reshape(len(p_r3c), N_PAIRS, N_DISTANCES)
