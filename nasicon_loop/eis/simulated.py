"""Spectra of known truth, computed: for tests, benchmarks and the digital twin. Deterministic by seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from nasicon_loop.core import Refusal
from nasicon_loop.eis.circuit import Circuit
from nasicon_loop.eis.elements import Complex, Real

if TYPE_CHECKING:
    from instruments.spectrum import Spectrum

Kind = Literal["spike", "arc", "two arcs", "warburg", "randles", "leaky", "no electrode"]
KINDS: tuple[Kind, ...] = ("spike", "arc", "two arcs", "warburg", "randles", "leaky", "no electrode")

PAPER_C_DL_F = 2e-8
PAPER_WARBURG_OHM_S = 50.0
"""Chosen for computed spectra: the paper publishes neither the capacitance nor the Warburg coefficient."""


@dataclass(frozen=True)
class SimulatedSpectrum:
    """A spectrum, the circuit and parameters it was computed from, and the resistance that is to be found."""

    spectrum: "Spectrum"
    kind: str
    circuit_string: str
    parameters: tuple[float, ...]
    r_total_ohm: float
    noise: float


def noisy(impedance_ohm: Complex, noise: float, random: np.random.Generator) -> Complex:
    """Return the impedance with normal noise of this size relative to |Z| in each part."""
    deviation = random.normal(size=impedance_ohm.shape) + 1j * random.normal(size=impedance_ohm.shape)
    return np.asarray(impedance_ohm + noise * np.abs(impedance_ohm) * deviation)


def paper_spectrum(
    r_ohm: float, r_ct: float, *, noise: float = 0.003, seed: int = 0, temperature_c: float | None = 25.0
) -> SimulatedSpectrum:
    """Return a spectrum of the paper's circuit R0-p(C1,R1-W1): 1 MHz to 1 Hz, 10 points per decade."""
    from instruments.spectrum import Spectrum

    parameters = (r_ohm, PAPER_C_DL_F, r_ct, PAPER_WARBURG_OHM_S)
    text = "R0-p(C1,R1-W1)"
    frequency = np.logspace(6, 0, 61)
    z = noisy(Circuit.compile(text).impedance(frequency, parameters), noise, np.random.default_rng(seed))
    known = {} if temperature_c is None else {"temperature_c_sd": 0.5, "temperature_source": "command"}
    spectrum = Spectrum(frequency, z, {"name": "computed"}, temperature_c=temperature_c, **known)  # type: ignore[arg-type]
    return SimulatedSpectrum(spectrum, "paper", text, parameters, r_ohm + r_ct, noise)


def simulated_spectra(
    n: int, *, seed: int = 0, kinds: Sequence[Kind] = KINDS, outlier_share: float = 0.1
) -> list[SimulatedSpectrum]:
    """Return n varied spectra of pellets: 10 to 1e7 ohm, 0.1 to 1 % noise, 0.1 to 5 uH, some with outliers.

    Every arc closes inside the window, so that there is a right answer. Raises Refusal for an unknown kind.
    """
    unknown = set(kinds) - set(KINDS)
    if unknown:
        raise Refusal(f"unknown kind {sorted(unknown)[0]!r}; known are {', '.join(KINDS)}", "simulated_spectra")
    random = np.random.default_rng(seed)
    return [_one(kinds[int(random.integers(len(kinds)))], random, outlier_share) for _ in range(n)]


def _one(kind: Kind, random: np.random.Generator, outlier_share: float) -> SimulatedSpectrum:
    from instruments.spectrum import Spectrum

    f_min = 10.0 ** random.uniform(-1.0, 0.5)
    per_decade = int(random.integers(6, 13))
    frequency = np.logspace(6, np.log10(f_min), int(per_decade * (6 - np.log10(f_min))) + 1)
    text, parameters, r_total = _cell(kind, f_min, random)
    noise = 10.0 ** random.uniform(-3.0, -2.0)
    z = noisy(Circuit.compile(text).impedance(frequency, parameters), noise, random)
    if random.random() < outlier_share:
        z = _with_outliers(z, random)
    spectrum = Spectrum(frequency, z, {"name": f"computed: {kind}"})
    return SimulatedSpectrum(spectrum, kind, text, tuple(parameters), r_total, noise)


def _cell(kind: Kind, f_min: float, random: np.random.Generator) -> tuple[str, list[float], float]:
    """Return circuit, parameters and R_total of one cell."""
    inductance = 10.0 ** random.uniform(-7.0, -5.3)
    r_total = 10.0 ** (random.uniform(1.0, 2.7) if kind == "spike" else random.uniform(1.0, 7.0))
    bulk_share = random.uniform(0.15, 0.9)
    boundary_f = min(10.0 ** random.uniform(-9.7, -7.7), 1.0 / (2 * np.pi * 20.0 * f_min * r_total))
    boundary = _arc(r_total * (1.0 - bulk_share), boundary_f, random.uniform(0.75, 1.0))
    bulk = _arc(r_total * bulk_share, 10.0 ** random.uniform(-11.3, -10.3), random.uniform(0.9, 1.0))
    spike = [10.0 ** random.uniform(-5.8, -4.3), random.uniform(0.72, 0.96)]
    most_warburg = 1.0 / (np.sqrt(2 * np.pi * f_min) * 2e-7)  # an electrode looks like 0.2 uF at least
    warburg = min(r_total * 10.0 ** random.uniform(-0.5, 1.2), most_warburg)
    series = [inductance, r_total * bulk_share]
    cells: dict[str, tuple[str, list[float]]] = {
        "spike": ("L0-R0-CPE1", [inductance, r_total, *spike]),
        "arc": ("L0-R0-p(R1,CPE1)-CPE2", [*series, *boundary, *spike]),
        "two arcs": ("L0-p(R1,CPE1)-p(R2,CPE2)-CPE3", [inductance, *bulk, *boundary, *spike]),
        "warburg": ("L0-R0-p(R1,CPE1)-W2", [*series, *boundary, warburg]),
        "randles": ("L0-R0-p(C1,R1-W1)", [*series, boundary_f, r_total * (1.0 - bulk_share), warburg]),
        "leaky": (
            "L0-R0-p(R1,CPE1)-p(R2,CPE2)",
            [*series, *boundary, r_total * 10.0 ** random.uniform(1.0, 3.0), *_leaky_spike(random)],
        ),
        "no electrode": ("L0-R0-p(R1,CPE1)", [*series, *boundary]),
    }
    text, parameters = cells[kind]
    return text, parameters, r_total


def _leaky_spike(random: np.random.Generator) -> list[float]:
    return [10.0 ** random.uniform(-5.3, -4.3), random.uniform(0.8, 0.96)]


def _arc(r_ohm: float, capacitance_f: float, exponent: float) -> list[float]:
    """Return R, Q, exponent of an arc with this effective capacitance tau / R."""
    return [r_ohm, (r_ohm * capacitance_f) ** exponent / r_ohm, exponent]


def _with_outliers(z: Complex, random: np.random.Generator) -> Complex:
    places = random.choice(len(z), size=int(random.integers(1, 4)), replace=False)
    factor: Real = 1.0 + random.choice([-1.0, 1.0], size=len(places)) * random.uniform(0.05, 0.3, size=len(places))
    changed = z.copy()
    changed[places] *= factor
    return changed
