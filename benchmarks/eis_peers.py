"""The ways an impedance spectrum is usually read, for the comparison in `eis_accuracy`. No `run`: not a benchmark."""

import warnings

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.eis import Circuit

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


def minimum_rule(f: Floats, z: Complexes) -> float | None:
    """The habit without a fit: Re Z at the last local minimum of -Im Z of the raw points."""
    order = np.argsort(-f)
    y, real = -z.imag[order], z.real[order]
    inside = [i for i in range(1, len(y) - 1) if y[i] <= y[i - 1] and y[i] < y[i + 1]]
    return float(real[inside[-1]]) if inside else None


def script_guess(circuit: Circuit, f: Floats, z: Complexes) -> list[float]:
    """Starting values as a careful script makes them: intercept, arc from valley and apex, spike from the end."""
    order = np.argsort(-f)
    f, z = f[order], z[order]
    w = 2 * np.pi * f
    start = max(float(z.real[0]), 1e-3)
    width = max((minimum_rule(f, z) or float(z.real[len(z) // 2])) - start, 0.1 * start)
    fast = slice(0, max(2 * len(f) // 3, 2))
    apex = float(f[fast][int(np.argmax(-z.imag[fast] / np.abs(z[fast])))])
    n_arcs = max(sum(name.startswith("R") for name in circuit.names) - ("R0" in circuit.names), 1)
    last = float(np.abs(z[-1]))
    capacitance = n_arcs / (2 * np.pi * apex * width)
    spike = f"CPE{max((int(n[3:].split('_')[0]) for n in circuit.names if n.startswith('CPE')), default=0)}"
    guess = []
    for name in circuit.names:
        kind = name.rstrip("0123456789_")
        is_spike = name.startswith(spike) and not circuit.text.endswith(")")
        if kind == "CPE" and name.endswith("_1"):
            guess.append(0.85)
        elif kind == "CPE":
            guess.append(1.0 / (last * float(w[-1]) ** 0.85) if is_spike else capacitance)
        elif kind == "R":
            guess.append(start if name == "R0" else width / n_arcs)
        else:
            guess.append({"C": capacitance, "W": last * float(np.sqrt(w[-1])) / 1.41, "L": 5e-7}[kind])
    return guess


def impedance_r_total(text: str, f: Floats, z: Complexes) -> float | None:
    """R_total by `impedance`, given the circuit, modulus weights and a script's guess; None where it gives up."""
    from impedance.models.circuits import CustomCircuit

    circuit = Circuit.compile(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fitted = CustomCircuit(text, initial_guess=script_guess(circuit, f, z)).fit(
                f, z, weight_by_modulus=True, maxfev=20000
            )
        except (RuntimeError, ValueError):
            return None
    named = dict(zip(circuit.names, fitted.parameters_.tolist(), strict=True))
    return sum(named.get(name, 0.0) for name in electrolyte_of(text))


def electrolyte_of(text: str) -> tuple[str, ...]:
    """The resistors of a simulated circuit that are the electrolyte's: all but a leak parallel to the electrode."""
    resistors = tuple(name for name in Circuit.compile(text).names if name.startswith("R"))
    return resistors[:-1] if text == "L0-R0-p(R1,CPE1)-p(R2,CPE2)" else resistors
