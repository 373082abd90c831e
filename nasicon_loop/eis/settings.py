"""Every number the analysis decides by, in one value: the limits of the gates and what is assumed."""

import math
from dataclasses import dataclass, fields
from typing import Literal

from nasicon_loop.core import Refusal


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of the gates and assumptions. Ratios are fractions. `docs/impedance.md` tells why each has its value.

    Raises Refusal for a value that is no finite number >= 0.
    """

    # what a spectrum must bring
    min_points: int = 10
    few_points: int = 20
    min_decades: float = 2.0
    few_decades: float = 3.0
    min_points_per_decade: float = 3.9
    min_f_max_hz: float = 2e4
    max_points: int = 400
    # what the data must be like
    max_kk_rms: float = 0.02
    reject_kk_rms: float = 0.10
    max_drift: float = 0.04
    drift_sd: float = 3.5
    outlier_sd: float = 6.0
    max_masked_share: float = 0.10
    max_negative_real_share: float = 0.10
    max_inductive_share: float = 0.5
    min_capacitive_share: float = 0.02
    # what a branch can be
    gb_capacitance_f: float = 5e-8
    ambiguous_capacitance_f: float = 5e-7
    third_arc_capacitance_f: float = 4e-7
    randles_capacitance_f: float = 1e-6
    electrode_capacitance_f: float = 2e-6
    min_capacitance_f: float = 3e-13
    min_arc_exponent: float = 0.5
    max_apex_over_f_max: float = 100.0
    min_apex_over_f_min: float = 2.0
    max_inductance_h: float = 2e-5
    # what the fit must be like
    bic_window: float = 6.0
    decisive_bic: float = 20.0
    max_relative_sd: float = 0.05
    drop_relative_sd: float = 0.15
    max_model_spread: float = 0.05
    max_misfit_ratio: float = 1.6
    small_misfit_rms: float = 0.0015
    max_misfit_rms: float = 0.01
    max_cross_check: float = 0.10
    poor_fit_cross_check: float = 0.03
    floor: float = 0.0008
    min_r_total_ohm: float = 5.0
    max_sigma_s_cm: float = 0.1
    max_correction_sd: float = 0.5
    # what is assumed
    lead_ohm_sd: float = 0.3
    activation_energy_ev: float = 0.32
    activation_energy_ev_sd: float = 0.05
    assumed_temperature_c: float = 25.0
    temperature_c_sd: float = 1.0
    min_relative_sd_unknown_temperature: float = 0.15
    corrected_lead_ohm_sd: float = 0.05
    # repeated sweeps, DC polarisation
    max_repeat_change: float = 0.02
    repeat_kelvin: float = 1.0
    session_hours: float = 12.0
    max_unsteady: float = 0.05

    def __post_init__(self) -> None:
        """Check every number."""
        for item in fields(self):
            value = getattr(self, item.name)
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
            if not is_number or (value < 0 and item.name != "assumed_temperature_c"):
                raise Refusal(f"{item.name} must be a number >= 0, not {value!r}", "impedance settings")


@dataclass(frozen=True, slots=True)
class GateRule:
    """One gate: the setting that holds its limit, what failing it leads to, and the sentence for the user.

    The sentence is a format string over `value` and `limit`.
    """

    name: str
    setting: str
    verdict: Literal["review", "rejected"]
    sentence: str


GATES: tuple[GateRule, ...] = (
    GateRule(
        "points",
        "min_points",
        "rejected",
        "the spectrum has {value:.0f} points; an analysis needs at least {limit:.0f}",
    ),
    GateRule(
        "few points",
        "few_points",
        "review",
        "only {value:.0f} points; below {limit:.0f} a wrong circuit cannot be told from a right one: measure more",
    ),
    GateRule(
        "range",
        "min_decades",
        "rejected",
        "the frequencies span {value:.1f} decades; at least {limit:.0f} are needed, sweep from 1 MHz to 1 Hz",
    ),
    GateRule(
        "narrow range",
        "few_decades",
        "review",
        "the frequencies span only {value:.1f} decades (of {limit:.0f}): an arc outside them would not be seen",
    ),
    GateRule(
        "density",
        "min_points_per_decade",
        "review",
        "{value:.1f} points per decade (at least {limit:.0f}): measure more densely",
    ),
    GateRule(
        "highest frequency",
        "min_f_max_hz",
        "review",
        "the sweep ends at {value:.4g} Hz (expected {limit:.0e} Hz or more): check whether the frequencies are in kHz; "
        "if they are, the resistance holds and every capacitance is 1000 times too large",
    ),
    GateRule(
        "sign",
        "max_inductive_share",
        "rejected",
        "the imaginary part has the wrong sign (a capacitor must have Z'' < 0): the file holds -Z'' or lost the sign",
    ),
    GateRule(
        "no capacitor",
        "min_capacitive_share",
        "review",
        "-Z'' stays below {value:.1%} of |Z| (an electrolyte shows {limit:.0%} or more somewhere): neither an arc nor "
        "an electrode is seen, so this may be a resistor or a short",
    ),
    GateRule(
        "negative real part",
        "max_negative_real_share",
        "rejected",
        "{value:.0%} of the points have a negative real part (at most {limit:.0%}): that is no passive cell",
    ),
    GateRule(
        "Kramers-Kronig",
        "max_kk_rms",
        "review",
        "Kramers-Kronig residual {value:.2%} rms (limit {limit:.1%}): noisy, or the cell changed while it was measured",
    ),
    GateRule(
        "no impedance",
        "reject_kk_rms",
        "rejected",
        "Kramers-Kronig residual {value:.0%} rms (limit {limit:.0%}): this is not the impedance of a cell at rest",
    ),
    GateRule(
        "drift",
        "max_drift",
        "review",
        "the impedance changed by {value:+.1%} during the sweep (limit {limit:.0%}): let it settle, measure again",
    ),
    GateRule(
        "outliers",
        "max_masked_share",
        "review",
        "{value:.0%} of the points do not belong to the curve (limit {limit:.0%}): check the contacts",
    ),
    GateRule(
        "fit",
        "max_misfit_rms",
        "review",
        "the best circuit misses the data by {value:.2%} rms, noise is less (limit {limit:.1%}): see the residuals",
    ),
    GateRule("precision", "max_relative_sd", "review", "R_total is known to {value:.1%} only (limit {limit:.0%})"),
    GateRule(
        "model spread",
        "max_model_spread",
        "review",
        "circuits that describe the data equally well differ by {value:.1%} in R_total (limit {limit:.0%})",
    ),
    GateRule(
        "minimum rule",
        "max_cross_check",
        "review",
        "the fit differs by {value:+.0%} from Re Z at the minimum of -Im Z (limit {limit:.0%}): one of them is wrong",
    ),
    GateRule(
        "minimum rule, poor fit",
        "poor_fit_cross_check",
        "review",
        "the best circuit misses more than the noise, and differs by {value:+.0%} from Re Z at the minimum of -Im Z "
        "(limit then {limit:.0%})",
    ),
    GateRule(
        "uniqueness",
        "decisive_bic",
        "review",
        "there is no minimum of -Im Z to check the fit against, and a circuit with another R_total describes the data "
        "nearly as well (BIC {value:.0f} behind, {limit:.0f} wanted): extend the frequency range",
    ),
    GateRule(
        "unchecked",
        "small_misfit_rms",
        "review",
        "the best circuit misses the data by {value:.2%} rms, noise is less (limit then {limit:.2%}), and there is no "
        "minimum of -Im Z to check it against",
    ),
    GateRule(
        "arc not closed",
        "gb_capacitance_f",
        "rejected",
        "the low-frequency branch has {value:.1e} F, the size of a grain boundary (electrodes: above {limit:.0e} F): "
        "it is an arc that has not closed; measure to lower frequency or at higher temperature",
    ),
    GateRule(
        "electrode-sized arc",
        "electrode_capacitance_f",
        "review",
        "R_total includes a closed arc of {value:.1e} F, the size of an electrode (grain boundaries stay below "
        "{limit:.0e} F): if it is the electrode, the electrolyte is smaller",
    ),
    GateRule(
        "ambiguous arc",
        "gb_capacitance_f",
        "review",
        "an arc has {value:.1e} F (grain boundaries stay below {limit:.0e} F, electrodes have microfarads): it may be "
        "either, and R_total depends on which",
    ),
    GateRule(
        "inductance",
        "max_inductance_h",
        "review",
        "the fit needs {value:.1e} H in series (cables have less than {limit:.0e} H): check leads and calibration",
    ),
    GateRule(
        "small resistance",
        "min_r_total_ohm",
        "review",
        "R_total is {value:.2g} ohm, not more than leads and contacts have (limit {limit:.0f} ohm): measure a short",
    ),
    GateRule(
        "repeat",
        "max_repeat_change",
        "review",
        "R_total differs by {value:+.1%} from the sweep before or after (limit {limit:.0%}): the cell had not settled, "
        "or its contacts moved; measure again",
    ),
    GateRule(
        "return sweep",
        "max_repeat_change",
        "review",
        "R_total differs by {value:+.1%} between the sweep and its return (limit {limit:.0%}): the cell changes while "
        "it is measured; let it settle, measure again",
    ),
    GateRule(
        "conductivity",
        "max_sigma_s_cm",
        "review",
        "sigma would be {value:.2g} S/cm (limit {limit:.1g}): check the units of geometry and impedance",
    ),
    GateRule(
        "correction to 25 C",
        "max_correction_sd",
        "review",
        "sigma at 25 C is known to {value:.0%} only (limit {limit:.0%}), since it was measured far from there: is the "
        "temperature in degrees Celsius?",
    ),
)
