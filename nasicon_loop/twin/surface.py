"""The hidden truth: log10 conductivity of any Na-Zr-Si-P composition, by rules of thumb of the field, not by a network.

The numbers are chosen to look like the literature (undoped Na3Zr2Si2PO12 near 5e-4 S/cm, the best doped ones two to
eight times better, oversized dopants as second phases). They are a stage set, not a claim about nature.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from nasicon_loop.chemistry import Composition, dopants, element
from nasicon_loop.core.units import BOLTZMANN_EV_K, ROOM_TEMPERATURE_C, kelvin

_BASE_LOG10_SIGMA = -3.30
_BASE_SPREAD_DEX = 0.08
_SODIUM_OPTIMUM, _SILICON_OPTIMUM, _OPTIMUM_SPREAD = 3.32, 2.15, 0.07
_CURVATURE_POOR_NA, _CURVATURE_RICH_NA, _CURVATURE_SI = 0.8, 1.8, 0.55
_OFFSET_SPREAD_DEX = 0.24
_SATURATION_AMOUNT = 0.07
_SOLUBILITY_AT_MATCH = 0.45
_MISMATCH_WIDTH = 0.13
_SOLUBILITY_SPREAD = 0.35
_SECOND_PHASE_DEX, _SECOND_PHASE_AMOUNT = 1.1, 0.10
_VALENCE_COST_DEX = 0.25
_BOTTLENECK_STEP_ANGSTROM, _BOTTLENECK_CURVATURE = 0.02, 0.04
_LOWEST = -9.0
_HOSTS = frozenset({"Na", "Zr", "Si", "P", "O"})


class Surface:
    """One hidden truth per seed; the same seed gives the same truth on every machine.

    `scatter_sd_dex` is how much pellets of one powder differ (0.15 to 0.3 dex unless it is given),
    `activation_energy_ev` the slope of sigma T over 1/T. `leanings` (dex by dopant) is added to the drawn effects,
    which are first multiplied by `looseness`. `bottleneck_dex` is gained for every 0.02 Å by which dopants widen the
    octahedra on average, until the curvature wins.
    """

    def __init__(
        self,
        seed: int,
        *,
        leanings: Mapping[str, float] | None = None,
        looseness: float = 1.0,
        bottleneck_dex: float = 0.0,
        scatter_sd_dex: float | None = None,
    ) -> None:
        source = np.random.default_rng([seed, 1])
        self.seed = seed
        self.base = _BASE_LOG10_SIGMA + _BASE_SPREAD_DEX * float(source.standard_normal())
        self._sodium = _SODIUM_OPTIMUM + _OPTIMUM_SPREAD * float(source.standard_normal())
        self._silicon = _SILICON_OPTIMUM + _OPTIMUM_SPREAD * float(source.standard_normal())
        own_scatter = float(source.uniform(0.15, 0.30))
        self.scatter_sd_dex = own_scatter if scatter_sd_dex is None else scatter_sd_dex
        self.activation_energy_ev = float(source.uniform(0.30, 0.35))
        self._bottleneck_dex = bottleneck_dex
        self._offset: dict[str, float] = {}
        self._solubility: dict[str, float] = {}
        # by atomic number, so that the order of the dopants' table has no say in the truth
        for symbol in sorted(dopants(), key=lambda name: element(name).atomic_number):
            drawn = _OFFSET_SPREAD_DEX * float(source.standard_normal())
            self._offset[symbol] = looseness * drawn + (leanings or {}).get(symbol, 0.0)
            self._solubility[symbol] = math.exp(_SOLUBILITY_SPREAD * float(source.standard_normal()))

    def solubility(self, symbol: str) -> float:
        """Return how much of a dopant (per formula of 12 O) the lattice takes; the rest becomes a second phase."""
        dopant = dopants()[symbol]
        mismatch = dopant.radius_angstrom / dopant.host_radius_angstrom - 1.0
        fit = math.exp(-((mismatch / _MISMATCH_WIDTH) ** 2))
        return (0.015 + _SOLUBILITY_AT_MATCH * fit) * self._solubility[symbol]

    def log10_sigma(self, composition: Composition | str) -> float:
        """Return log10 of the total conductivity in S/cm at 25 °C of a dense pellet without scatter.

        Raises FormulaError for text that is no formula. Elements that are neither host nor one of the 49 dopants
        count as second phase.
        """
        parsed = Composition.parse(composition) if isinstance(composition, str) else composition
        amounts = {symbol: float(amount) for symbol, amount in parsed.normalised().amounts}
        value = self.base + self.lattice(amounts) + self._bottleneck(amounts)
        for symbol, amount in amounts.items():
            if symbol not in _HOSTS:
                value += self._dopant(symbol, amount)
        return max(value, _LOWEST)

    def log10_sigmas(self, compositions: Sequence[Composition | str]) -> list[float]:
        """Return what `log10_sigma` does for many compositions."""
        return [self.log10_sigma(one) for one in compositions]

    def lattice(self, amounts: Mapping[str, float]) -> float:
        """Return the effect (dex) of sodium content and Si/P per 12 O, zero at their optima."""
        sodium = amounts.get("Na", 0.0) - self._sodium
        silicon = amounts.get("Si", 0.0) - self._silicon
        curvature = _CURVATURE_POOR_NA if sodium < 0 else _CURVATURE_RICH_NA
        return -curvature * sodium**2 - _CURVATURE_SI * silicon**2

    def _bottleneck(self, amounts: Mapping[str, float]) -> float:
        """Return what wider octahedra give: the windows between cavities open, and close again as the cell distorts."""
        if not self._bottleneck_dex:
            return 0.0
        table = dopants()
        widened = sum(
            amount / 2.0 * (table[symbol].radius_angstrom - table[symbol].host_radius_angstrom)
            for symbol, amount in amounts.items()
            if symbol in table and table[symbol].host == "Zr"
        )
        steps = widened / _BOTTLENECK_STEP_ANGSTROM
        return self._bottleneck_dex * steps - _BOTTLENECK_CURVATURE * steps**2

    def second_phase_loss(self, amounts: Mapping[str, float]) -> float:
        """Return the loss (dex, not negative) by what does not dissolve of the amounts per 12 O."""
        excess = (
            amount - min(amount, self.solubility(symbol)) if symbol in self._offset else amount
            for symbol, amount in amounts.items()
            if symbol not in _HOSTS
        )
        return sum(_SECOND_PHASE_DEX * (1.0 - math.exp(-part / _SECOND_PHASE_AMOUNT)) for part in excess)

    def crowding(self, amounts: Mapping[str, float]) -> float:
        """Return the dopants' amounts per 12 O as parts of their solubility, added up: above 1, a second phase."""
        foreign = {symbol: amount for symbol, amount in amounts.items() if symbol not in _HOSTS}
        return sum(
            amount / self.solubility(symbol) if symbol in self._offset else amount / _SECOND_PHASE_AMOUNT
            for symbol, amount in foreign.items()
        )

    def _dopant(self, symbol: str, amount: float) -> float:
        if symbol not in self._offset:
            return -_SECOND_PHASE_DEX * (1.0 - math.exp(-amount / _SECOND_PHASE_AMOUNT))
        dopant = dopants()[symbol]
        dissolved = min(amount, self.solubility(symbol))
        excess = amount - dissolved
        host_valence = element(dopant.host).oxidation_state
        trapping = _VALENCE_COST_DEX * abs(dopant.oxidation_state - host_valence) * dissolved
        gain = self._offset[symbol] * (1.0 - math.exp(-dissolved / _SATURATION_AMOUNT))
        loss = _SECOND_PHASE_DEX * (1.0 - math.exp(-excess / _SECOND_PHASE_AMOUNT))
        return gain - trapping - loss

    def at_temperature(self, sigma_25_s_cm: float, temperature_c: float) -> float:
        """Return sigma (S/cm) at a temperature: sigma T is activated (Nernst-Einstein), with this surface's energy."""
        cold, warm = kelvin(ROOM_TEMPERATURE_C), kelvin(temperature_c)
        exponent = -self.activation_energy_ev / BOLTZMANN_EV_K * (1.0 / warm - 1.0 / cold)
        return sigma_25_s_cm * cold / warm * math.exp(exponent)
