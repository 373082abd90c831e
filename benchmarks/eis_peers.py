"""The ways an impedance spectrum is usually read, for the comparison in `eis_accuracy`. No `run`: not a benchmark."""

import warnings
from collections.abc import Mapping
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.eis import Circuit
from nasicon_loop.eis.grammar import Element, Node, Parallel

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

HAS_PYIMPSPEC = find_spec("pyimpspec") is not None
"""GPL: compared with where somebody installed it, never needed."""
_SYMBOL = {"R": "R", "C": "C", "L": "L", "CPE": "Q", "W": "W", "Wo": "Wo"}


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
        elif kind == "Wo":
            guess.append(1.0 / float(w[-1]) if name.endswith("_1") else last)
        else:
            guess.append({"C": capacitance, "W": last * float(np.sqrt(w[-1])) / 1.41, "L": 5e-7}[kind])
    return guess


def impedance_fit(text: str, f: Floats, z: Complexes) -> dict[str, float] | None:
    """Resistances by `impedance`, given the circuit, modulus weights and a script's guess; None where it gives up."""
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
    return {name: value for name, value in named.items() if name.startswith("R")}


def pyimpspec_fit(text: str, f: Floats, z: Complexes) -> dict[str, float] | None:
    """Resistances by `pyimpspec`, given the circuit, modulus weights and the same guess; None where it gives up."""
    from pyimpspec import DataSet, fit_circuit, parse_cdc
    from pyimpspec.exceptions import FittingError

    circuit = Circuit.compile(text)
    guess = dict(zip(circuit.names, script_guess(circuit, f, z), strict=True))
    names: list[str] = []
    theirs = parse_cdc(_cdc(circuit.tree, names))
    for name, element in zip(names, theirs.get_elements(), strict=True):
        element.set_values(**_pyimpspec_values(name, guess))
    order = np.argsort(-f)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fitted = fit_circuit(
                theirs, DataSet(f[order], z[order]), method="least_squares", weight="modulus", num_procs=1
            )
        except (FittingError, ValueError, ZeroDivisionError):
            return None
    found = zip(names, fitted.circuit.get_elements(), strict=True)
    return {name: float(element.get_values()["R"]) for name, element in found if name.startswith("R")}


def r_total(text: str, resistances: Mapping[str, float] | None) -> float | None:
    """The sum of the resistors that are the electrolyte's: all but a leak parallel to the electrode."""
    return None if resistances is None else sum(resistances.get(name, 0.0) for name in electrolyte_of(text))


def kindest(truth_ohm: float, resistances: Mapping[str, float] | None) -> float | None:
    """The sum of all resistors or of all but the last, whichever is nearer to the truth: a peer is not told which."""
    if not resistances:
        return None
    values = list(resistances.values())
    return min((sum(values), sum(values[:-1]) or values[0]), key=lambda value: abs(value - truth_ohm))


def electrolyte_of(text: str) -> tuple[str, ...]:
    """The resistors of a simulated circuit that are the electrolyte's: all but a leak parallel to the electrode."""
    resistors = tuple(name for name in Circuit.compile(text).names if name.startswith("R"))
    return resistors[:-1] if text == "L0-R0-p(R1,CPE1)-p(R2,CPE2)" else resistors


def _cdc(node: Node, names: list[str]) -> str:
    """Return the circuit in pyimpspec's language, and append our names in its order."""
    if isinstance(node, Element):
        names.append(node.name)
        return _SYMBOL[node.kind]
    if isinstance(node, Parallel):
        inner = [_cdc(branch, names) for branch in node.branches]
        parts = (
            text if isinstance(branch, Element) else f"[{text}]"
            for text, branch in zip(inner, node.branches, strict=True)
        )
        return f"({''.join(parts)})"
    return "".join(_cdc(branch, names) for branch in node.branches)


def _pyimpspec_values(name: str, guess: Mapping[str, float]) -> dict[str, float]:
    kind = name.rstrip("0123456789")
    if kind == "CPE":
        return {"Y": guess[f"{name}_0"], "n": guess[f"{name}_1"]}
    if kind == "W":
        return {"Y": 1.0 / (guess[name] * float(np.sqrt(2.0)))}
    if kind == "Wo":
        return {"Y": guess[f"{name}_1"] / guess[f"{name}_0"] ** 2, "B": guess[f"{name}_1"]}
    return {kind: guess[name]}
