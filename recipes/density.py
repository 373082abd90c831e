"""Density by Archimedes' principle: three weighings, a liquid that leaves NASICON alone."""

from collections.abc import Mapping
from types import MappingProxyType

from nasicon_loop.core import Refusal, plain

LIQUIDS_G_CM3: Mapping[str, float] = MappingProxyType({"ethanol": 0.785, "2-propanol": 0.781, "toluene": 0.862})
"""Densities at 25 °C, three digits (CRC Handbook of Chemistry and Physics); they fall by about 0.1 % per kelvin."""
_WATER = frozenset({"water", "h2o", "di water", "distilled water", "deionised water", "deionized water"})
_DENSEST_G_CM3 = 4.0


def archimedes_g_cm3(
    dry_g: float,
    immersed_g: float,
    soaked_g: float | None = None,
    *,
    liquid: str,
    liquid_density_g_cm3: float | None = None,
) -> float:
    """Return the density of a pellet from its mass dry, hanging in a liquid, and (soaked, wiped) in air again.

    With the soaked mass it is the bulk density, dry / (soaked - immersed) times the liquid's: open pores count as
    volume. Without it, dry / (dry - immersed): open pores do not count, so the pellet looks denser. Raises Refusal for
    water, a liquid of unknown density, and masses in the wrong order.
    """
    name = liquid.strip().casefold()
    if name in _WATER:
        raise Refusal(
            "not in water: NASICON trades its sodium for protons there; take ethanol, 2-propanol or toluene",
            "water",
        )
    density = LIQUIDS_G_CM3.get(name) if liquid_density_g_cm3 is None else liquid_density_g_cm3
    if density is None:
        known = ", ".join(LIQUIDS_G_CM3)
        raise Refusal(f"its density is not known here; give it, or take {known}", plain(liquid, limit=60))
    in_air = dry_g if soaked_g is None else soaked_g
    if not (0 < density < _DENSEST_G_CM3 and 0 <= immersed_g < dry_g <= in_air):
        raise Refusal("the masses must be immersed < dry <= soaked, in g, and the liquid lighter than 4 g/cm3", liquid)
    return dry_g / (in_air - immersed_g) * density
