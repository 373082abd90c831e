"""The cell of many compositions at once, from amounts on sites as arrays: the numbers that `cell` gives one by one."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.chemistry.cells import SMALL_CAVITY_ION_ANGSTROM, anchor_residuals, cell_data, radius
from nasicon_loop.chemistry.periodic_table import element, elements

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CellArrays:
    """Hexagonal axes in Å with six formula units and the probability of R-3c at room temperature, (n,) each."""

    a_angstrom: Array
    c_angstrom: Array
    phase_probability_r3c: Array

    @property
    def volume_angstrom3(self) -> Array:
        """Volume (n,) of the cell with six formula units."""
        return self.a_angstrom**2 * self.c_angstrom * math.sqrt(3) / 2


def cell_arrays(on_a: Array, on_m: Array, on_x: Array) -> CellArrays:
    """Return the expected cells of n compositions.

    `on_a`, `on_m`, `on_x` (n, elements) are amounts per formula unit on the cavities, octahedra and tetrahedra, in the
    order of `elements()`; M and X are never empty. Sources: `data/cells.toml`.
    """
    a, c = _regression(on_a, on_m, on_x)
    share = _share(on_a, ("Na",)) * _share(on_m, ("Zr", "Hf"))
    silicon, shift_a, shift_c = np.array(anchor_residuals()).T
    x = on_x[:, _places(("Si",))[0]]
    a += share * np.interp(x, silicon, shift_a)
    c += share * np.interp(x, silicon, shift_c)
    return CellArrays(a, c, _probability_r3c(on_a, on_m, on_x))


def _regression(on_a: Array, on_m: Array, on_x: Array) -> tuple[Array, Array]:
    n_a = on_a.sum(axis=1)
    radii, sodium = _radii(fourfold=False), radius(element("Na"), fourfold=False)
    r_m = on_m @ radii / on_m.sum(axis=1)
    r_a = np.where(n_a > 0, on_a @ radii / _nonzero(n_a), sodium)  # empty cavities: as if for Na
    r_x = on_x @ _radii(fourfold=True) / on_x.sum(axis=1)
    n_small = np.where(r_a < SMALL_CAVITY_ION_ANGSTROM, n_a, 0.0)
    features = np.stack([r_m, r_x, n_a, r_a, n_small, r_m * r_a, n_a * n_a], axis=1)
    edges = [cell_data()["regression"][name] for name in ("a", "c")]
    a, c = (features @ np.array(edge["coefficients"]) + edge["intercept"] for edge in edges)
    return a, c


def _probability_r3c(on_a: Array, on_m: Array, on_x: Array) -> Array:
    rule = cell_data()["phase"]
    silicon = on_x[:, _places(("Si",))[0]]
    foreign = _others(on_m, ("Zr", "Hf")) + _others(on_x, ("Si", "P")) + _others(on_a, ("Na",))
    monoclinic = (
        _step((silicon - rule["silicon_low"]) / rule["silicon_width"])
        * _step((rule["silicon_high"] - silicon) / rule["silicon_width"])
        * _step((rule["dopant_edge"] - foreign) / rule["dopant_width"])
    )
    return np.asarray(1.0 - monoclinic, dtype=np.float64)


def _step(t: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(t, -40.0, 40.0))), dtype=np.float64)


def _share(site: Array, symbols: tuple[str, ...]) -> Array:
    return np.asarray(site[:, _places(symbols)].sum(axis=1) / _nonzero(site.sum(axis=1)), dtype=np.float64)


def _nonzero(total: Array) -> Array:
    return np.where(total > 0, total, 1.0)


def _others(site: Array, hosts: tuple[str, ...]) -> Array:
    foreign = site.copy()
    foreign[:, _places(hosts)] = 0.0
    return np.asarray(foreign.sum(axis=1), dtype=np.float64)


def _places(symbols: tuple[str, ...]) -> list[int]:
    order = list(elements())
    return [order.index(symbol) for symbol in symbols]


@lru_cache(maxsize=2)
def _radii(*, fourfold: bool) -> Array:
    """Radii in Å of all elements; those without any are zero, they stand on no site."""
    facts = elements().values()
    known = [one.radius_vi_angstrom is not None or one.radius_iv_angstrom is not None for one in facts]
    return np.array([radius(one, fourfold) if is_known else 0.0 for one, is_known in zip(facts, known, strict=True)])
