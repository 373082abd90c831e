"""From a resistance to a conductivity, with everything that makes it uncertain.

sigma = L / (R S), S the area of the electrode. Relative variances add (first-order propagation, JCGM 100:2008 5.1.2):

    (u/sigma)^2 = (u_R/R)^2 + (u_lead/R)^2 + (u_L/L)^2 + (2 u_d/d)^2 + (Ea u_T / (k T^2))^2

and for the value at 25 degrees Celsius, sigma_25 = sigma exp(Ea/k (1/T - 1/T25)), besides (u_Ea/k (1/T - 1/T25))^2.
"""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nasicon_loop.core.units import BOLTZMANN_EV_K, ROOM_TEMPERATURE_C, kelvin
from nasicon_loop.eis.geometry import Geometry
from nasicon_loop.eis.settings import Settings

if TYPE_CHECKING:
    from nasicon_loop.eis.analysis import Analysis


_UNKNOWN = "temperature unknown"


@dataclass(frozen=True, slots=True)
class Conductivity:
    """sigma at the measured temperature and at 25 C in S/cm, and the relative standard uncertainties they consist of.

    `budget` keys: resistance (this sweep's own), leads, thickness, diameter, temperature, correction (to 25 C).
    """

    sigma_s_cm: float
    sigma_s_cm_sd: float
    sigma_25_s_cm: float
    sigma_25_s_cm_sd: float
    budget: dict[str, float]


def conductivity(
    r_total_ohm: float,
    r_total_ohm_sd: float,
    geometry: Geometry,
    *,
    temperature_c: float | None = None,
    temperature_c_sd: float | None = None,
    is_lead_corrected: bool = False,
    settings: Settings | None = None,
) -> Conductivity:
    """Return the conductivity. An unknown temperature counts as the assumed one with a relative sd of sigma >= 15 %."""
    settings = settings or Settings()
    sigma = geometry.thickness_cm / (r_total_ohm * geometry.area_cm2)
    at_c = settings.assumed_temperature_c if temperature_c is None else temperature_c
    t, t25 = kelvin(at_c), kelvin(ROOM_TEMPERATURE_C)
    per_kelvin = settings.activation_energy_ev / (BOLTZMANN_EV_K * t**2)
    sd_k = settings.temperature_c_sd if temperature_c_sd is None else temperature_c_sd
    from_temperature = per_kelvin * sd_k
    if temperature_c is None:
        from_temperature = max(from_temperature, settings.min_relative_sd_unknown_temperature)
    lever = (1.0 / t - 1.0 / t25) / BOLTZMANN_EV_K
    budget = {
        "resistance": r_total_ohm_sd / r_total_ohm,
        "leads": (settings.corrected_lead_ohm_sd if is_lead_corrected else settings.lead_ohm_sd) / r_total_ohm,
        "thickness": geometry.thickness_rel_sd,
        "diameter": 2.0 * geometry.diameter_rel_sd,
        "temperature": from_temperature,
        "correction": abs(lever) * settings.activation_energy_ev_sd,
    }
    at_t = math.sqrt(sum(value**2 for name, value in budget.items() if name != "correction"))
    at_25 = math.hypot(at_t, budget["correction"])
    sigma_25 = sigma * math.exp(min(settings.activation_energy_ev * lever, 700.0))
    return Conductivity(sigma, sigma * at_t, sigma_25, sigma_25 * at_25, budget)


def with_conductivity(analysis: "Analysis", settings: Settings) -> "Analysis":
    """Return the analysis with sigma computed from its geometry and temperature, or without sigma where it has none."""
    notes = tuple(note for note in analysis.notes if not note.startswith(_UNKNOWN))
    if analysis.r_total_ohm is not None and analysis.temperature_c is None:
        least = settings.min_relative_sd_unknown_temperature
        notes += (f"{_UNKNOWN}: taken as {settings.assumed_temperature_c:g} C, sd of sigma at least {least:.0%}",)
    analysis = replace(
        analysis,
        notes=notes,
        sigma_total_s_cm=None,
        sigma_total_s_cm_sd=None,
        sigma_25_s_cm=None,
        sigma_25_s_cm_sd=None,
        relative_budget={},
    )
    if analysis.geometry is None or analysis.r_total_ohm is None or analysis.r_total_ohm_sd is None:
        return analysis
    value = conductivity(
        analysis.r_total_ohm,
        analysis.r_total_ohm_sd,
        analysis.geometry,
        temperature_c=analysis.temperature_c,
        temperature_c_sd=analysis.temperature_c_sd,
        is_lead_corrected=analysis.leads is not None,
        settings=settings,
    )
    return replace(
        analysis,
        sigma_total_s_cm=value.sigma_s_cm,
        sigma_total_s_cm_sd=value.sigma_s_cm_sd,
        sigma_25_s_cm=value.sigma_25_s_cm,
        sigma_25_s_cm_sd=value.sigma_25_s_cm_sd,
        relative_budget=value.budget,
    )
