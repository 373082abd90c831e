"""Constants and conversions that more than one room needs. CODATA 2018 values."""

BOLTZMANN_EV_K = 8.617333262e-5
"""Boltzmann constant in eV/K (CODATA 2018, exact to the digits given)."""

ZERO_CELSIUS_K = 273.15
ROOM_TEMPERATURE_C = 25.0
"""Conductivities are compared at this temperature."""


def kelvin(temperature_c: float) -> float:
    """Return a Celsius temperature in kelvin; ValueError below absolute zero."""
    value = temperature_c + ZERO_CELSIUS_K
    if value <= 0:
        raise ValueError(f"{temperature_c} °C is below absolute zero")
    return value
