"""Two truths over descriptors: a smooth random field, and trees on reports that no model has seen."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Refusal
from nasicon_loop.twin.descriptors import NAMES, Array, descriptors
from nasicon_loop.twin.surface import Surface
from nasicon_loop.twin.truth import Report, amounts_of

N_FEATURES = 400
FIELD_SD_DEX = 0.35
"""As much as reports of one composition and effects of dopants spread in the literature."""
_LATTICE_SHARE = 0.5
_N_TREES = 40
_MIN_REPORTS = 12
_LOWEST = -9.0

Function = Callable[[Sequence[Composition | str]], Array]


class Described:
    """A truth that is a function of descriptors; solubility, scatter and temperature are those of a Surface.

    `function` gives log10 of S/cm (n,) without second phases, whose loss is taken away here.
    """

    def __init__(self, surface: Surface, function: Function) -> None:
        self._surface, self._function = surface, function
        self.seed, self.scatter_sd_dex = surface.seed, surface.scatter_sd_dex

    def solubility(self, symbol: str) -> float:
        """Return how much of a dopant the lattice takes, per formula of 12 O."""
        return self._surface.solubility(symbol)

    def crowding(self, amounts: Mapping[str, float]) -> float:
        """Return the dopants' amounts per 12 O as parts of their solubility, added up."""
        return self._surface.crowding(amounts)

    def log10_sigma(self, composition: Composition | str) -> float:
        """Return log10 of S/cm at 25 °C of a dense pellet without scatter. Raises FormulaError as parsing."""
        return self.log10_sigmas([composition])[0]

    def log10_sigmas(self, compositions: Sequence[Composition | str]) -> list[float]:
        """Return what `log10_sigma` does for many compositions."""
        losses = [self._surface.second_phase_loss(amounts_of(one)) for one in compositions]
        return np.maximum(self._function(compositions) - np.array(losses), _LOWEST).tolist()  # type: ignore[no-any-return]

    def at_temperature(self, sigma_25_s_cm: float, temperature_c: float) -> float:
        """Return sigma (S/cm) at a temperature."""
        return self._surface.at_temperature(sigma_25_s_cm, temperature_c)


def random_field(surface: Surface) -> Described:
    """Return a sample of a Gaussian process with a squared-exponential kernel of length one in every descriptor.

    Random Fourier features, Rahimi & Recht, NIPS 20 (2007), with normal weights. Half of the surface's effect of
    sodium and Si/P stays, so that the undoped compound lies where it does.
    """
    source = np.random.default_rng([surface.seed, 6])
    direction = source.standard_normal((N_FEATURES, len(NAMES)))
    phase = source.uniform(0.0, 2.0 * np.pi, N_FEATURES)
    weight = source.standard_normal(N_FEATURES) * FIELD_SD_DEX * np.sqrt(2.0 / N_FEATURES)

    def field(compositions: Sequence[Composition | str]) -> Array:
        waves = np.cos(descriptors(compositions) @ direction.T + phase) @ weight
        lattice = [surface.base + _LATTICE_SHARE * surface.lattice(amounts_of(one)) for one in compositions]
        return np.asarray(waves + np.array(lattice), dtype=np.float64)

    return Described(surface, field)


def hidden_trees(surface: Surface, reports: Sequence[Report]) -> Described:
    """Return extremely randomised trees fitted to `reports`; the seed draws the trees and the rows each of them sees.

    Raises Refusal when there are fewer reports than trees can say anything about.
    """
    if len(reports) < _MIN_REPORTS:
        raise Refusal(f"{len(reports)} reports: trees need at least {_MIN_REPORTS}", "truth")
    from sklearn.ensemble import ExtraTreesRegressor

    forest = ExtraTreesRegressor(
        _N_TREES, min_samples_leaf=2, max_features=0.5, bootstrap=True, random_state=surface.seed
    )
    target = np.array([report.log10_sigma for report in reports])
    forest.fit(descriptors([report.formula for report in reports]), target)
    return Described(surface, lambda compositions: np.asarray(forest.predict(descriptors(compositions))))
