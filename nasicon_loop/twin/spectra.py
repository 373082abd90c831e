"""What the potentiostat sees of a pellet: bulk as an intercept, a depressed grain-boundary arc, electrode, cable."""

import math

import numpy as np

from instruments import Spectrum
from nasicon_loop.twin.pellets import Pellet

_F_MAX_HZ, _F_MIN_HZ, _POINTS_PER_DECADE = 1e6, 1.0, 10


def _log_uniform(source: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(source.uniform(math.log(low), math.log(high))))


def pellet_spectrum(pellet: Pellet) -> Spectrum:
    """Return 61 points from 1 MHz to 1 Hz (ohm; no temperature, as XM-studio files carry none).

    Circuit: L - R_bulk - (R_gb || CPE_gb) - CPE_electrode; R_bulk + R_gb = L/(sigma S). Capacitances per area lie in
    the usual windows (grain boundary: nF, blocking electrode: uF). Noise is 0.2 to 0.4 % of |Z| in each part.
    """
    source = np.random.default_rng([pellet.seed, 3])
    n_points = round(math.log10(_F_MAX_HZ / _F_MIN_HZ) * _POINTS_PER_DECADE) + 1
    frequency = np.geomspace(_F_MAX_HZ, _F_MIN_HZ, n_points)
    omega = 2j * np.pi * frequency
    area_cm2 = math.pi * pellet.electrode_diameter_cm**2 / 4.0
    r_bulk = pellet.r_total_ohm * float(source.uniform(0.35, 0.60))
    r_gb = pellet.r_total_ohm - r_bulk
    c_gb = _log_uniform(source, 1.5e-9, 8e-9) * area_cm2
    n_gb = float(source.uniform(0.86, 0.95))
    q_electrode = _log_uniform(source, 1.0e-6, 5e-6) * area_cm2
    n_electrode = float(source.uniform(0.82, 0.92))
    inductance = _log_uniform(source, 5e-8, 3e-7)
    impedance = (
        omega * inductance
        + r_bulk
        + r_gb / (1.0 + (omega * r_gb * c_gb) ** n_gb)
        + 1.0 / (q_electrode * omega**n_electrode)
    )
    noise = float(source.uniform(0.002, 0.004)) * np.abs(impedance)
    shake = source.standard_normal(n_points) + 1j * source.standard_normal(n_points)
    return Spectrum(frequency, impedance + noise * shake)
