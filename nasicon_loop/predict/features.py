"""What the fully connected part hears beside the image: composition in the field's own terms, and the conditions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core.units import ROOM_TEMPERATURE_C, kelvin
from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import DESCRIPTORS, element_table, vocabulary

Array = NDArray[np.float64]

COMPOSITION_FEATURES = (
    "mobile ions per 12 O",
    "Na share of the cavity ions",
    "Li share of the cavity ions",
    "vacancy times occupancy of A2",
    "Si per 12 O",
    "P per 12 O",
    "mean radius on M (Å)",
    "spread of radii on M (Å)",
    "mean radius on X (Å)",
    "mean charge on M",
    "mean electronegativity on M",
    "mean ionic potential on M (1/Å)",
    "mean electronegativity on X",
    "Zr share of M",
    "Ti and Ge share of M",
    "mixing entropy on M (k)",
    "charge of the formula",
    "a (Å)",
    "c (Å)",
    "probability of R-3c",
    "bottleneck (Å)",
)
CONDITION_FEATURES = (
    "1000/T - 1000/298.15 K",
    "Li share times the former",
    "P share times the former",
    "is bulk",
    "is total",
)


def composition_features(batch: Crystals) -> Array:
    """Return (n, len(COMPOSITION_FEATURES)), before standardising.

    The bottleneck is a proxy that grows with the cell and shrinks with the M octahedron: c/6 minus the mean M radius
    and O2-'s 1.40 Å (Shannon).
    """
    on_a, on_m, on_x = (batch.amounts[site] for site in ("A", "M", "X"))
    n_a, n_m, n_x = (np.maximum(table.sum(axis=1), 1e-9) for table in (on_a, on_m, on_x))
    column = {symbol: i for i, symbol in enumerate(vocabulary())}
    at = {name: i for i, name in enumerate(DESCRIPTORS)}
    facts_m, facts_x = element_table("M"), element_table("X")
    mean_m, mean_x = on_m @ facts_m / n_m[:, None], on_x @ facts_x / n_x[:, None]
    radius_m = mean_m[:, at["ionic radius"]]
    square_m = on_m @ facts_m[:, at["ionic radius"]] ** 2 / n_m
    share_m = on_m / n_m[:, None]
    entropy = -(share_m * np.log(np.where(share_m > 0, share_m, 1.0))).sum(axis=1)
    on_a2 = np.clip((n_a - 1.0) / 3.0, 0.0, 1.0)
    columns = [
        n_a,
        on_a[:, column["Na"]] / n_a,
        on_a[:, column["Li"]] / n_a,
        on_a2 * (1.0 - on_a2),
        on_x[:, column["Si"]],
        on_x[:, column["P"]],
        radius_m,
        np.sqrt(np.maximum(square_m - radius_m**2, 0.0)),
        mean_x[:, at["ionic radius"]],
        mean_m[:, at["oxidation state"]],
        mean_m[:, at["electronegativity"]],
        mean_m[:, at["ionic potential"]],
        mean_x[:, at["electronegativity"]],
        share_m[:, column["Zr"]],
        share_m[:, column["Ti"]] + share_m[:, column["Ge"]],
        entropy,
        batch.charge,
        batch.a_angstrom,
        batch.c_angstrom,
        batch.p_r3c,
        batch.c_angstrom / 6.0 - radius_m - 1.40,
    ]
    return np.stack(columns, axis=1)


def condition_features(batch: Crystals, temperature_c: Array, kinds: Sequence[str]) -> Array:
    """Return (n, len(CONDITION_FEATURES)) for temperatures (n,) in °C and kinds "total", "bulk" or "unknown"."""
    inverse = inverse_temperature(temperature_c)
    on_a, on_x = batch.amounts["A"], batch.amounts["X"]
    column = {symbol: i for i, symbol in enumerate(vocabulary())}
    li = on_a[:, column["Li"]] / np.maximum(on_a.sum(axis=1), 1e-9)
    p = on_x[:, column["P"]] / np.maximum(on_x.sum(axis=1), 1e-9)
    is_bulk = np.array([kind == "bulk" for kind in kinds], dtype=np.float64)
    is_total = np.array([kind == "total" for kind in kinds], dtype=np.float64)
    return np.stack([inverse, li * inverse, p * inverse, is_bulk, is_total], axis=1)


def inverse_temperature(temperature_c: Array) -> Array:
    """Return 1000/T minus its value at 25 °C, in 1/K."""
    room = 1000.0 / kelvin(ROOM_TEMPERATURE_C)
    return np.array([1000.0 / kelvin(float(value)) - room for value in np.atleast_1d(temperature_c)])
