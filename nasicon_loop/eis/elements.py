"""The elements of impedance 1.7.1 with analytic derivatives with respect to the logarithm of each parameter.

An element is a function of `ln(j omega)`, shape (m or 1, n), and its parameters, each of shape (m, 1); it returns the
impedance (m, n) and one derivative dZ/d(ln p), each (m, n), per parameter. Definitions (including `La`, which there is
(L j omega)^a against its own docstring) follow impedance/models/circuits/elements.py so that `predict` agrees.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.eis.grammar import CircuitError

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]
Values = tuple[Complex, list[Complex]]
Function = Callable[[Complex, Sequence[Any]], Values]

_HUGE_SINH = 1e10  # what impedance puts for sinh(x), Re x >= 100, in its element T
_INFINITE = (1e-30, 1e30)


@dataclass(frozen=True, slots=True)
class ElementKind:
    """Units, physical box and function of one kind of element."""

    units: tuple[str, ...]
    bounds: tuple[tuple[float, float], ...]
    function: Function


def _resistor(ln_jw: Complex, p: Sequence[Any]) -> Values:
    z = p[0] + 0j  # (m, 1): the sums broadcast it
    return z, [z]


def _capacitor(ln_jw: Complex, p: Sequence[Any]) -> Values:
    z = np.exp(-ln_jw) / p[0]
    return z, [-z]


def _inductor(ln_jw: Complex, p: Sequence[Any]) -> Values:
    z = p[0] * np.exp(ln_jw)
    return z, [z]


def _warburg(ln_jw: Complex, p: Sequence[Any]) -> Values:
    z = p[0] * np.sqrt(2.0) * np.exp(-0.5 * ln_jw)
    return z, [z]


def _cpe(ln_jw: Complex, p: Sequence[Any]) -> Values:
    z = np.exp(-p[1] * ln_jw) / p[0]
    return z, [-z, -p[1] * ln_jw * z]


def _modified_inductor(ln_jw: Complex, p: Sequence[Any]) -> Values:
    ln_x = np.log(p[0]) + ln_jw
    z = np.exp(p[1] * ln_x)
    return z, [p[1] * z, p[1] * ln_x * z]


def _warburg_open(ln_jw: Complex, p: Sequence[Any]) -> Values:
    x = np.exp(0.5 * (ln_jw + np.log(p[1])))
    coth = 1.0 / np.tanh(x)
    z = p[0] * coth / x
    return z, [z, 0.5 * p[0] * ((1.0 - coth**2) - coth / x)]


def _warburg_short(ln_jw: Complex, p: Sequence[Any]) -> Values:
    x = np.exp(0.5 * (ln_jw + np.log(p[1])))
    tanh = np.tanh(x)
    z = p[0] * tanh / x
    return z, [z, 0.5 * p[0] * ((1.0 - tanh**2) - tanh / x)]


def _gerischer(ln_jw: Complex, p: Sequence[Any]) -> Values:
    jwt = np.exp(ln_jw) * p[1]
    z = p[0] / np.sqrt(1.0 + jwt)
    return z, [z, -0.5 * jwt / (1.0 + jwt) * z]


def _gerischer_finite(ln_jw: Complex, p: Sequence[Any]) -> Values:
    jwt = np.exp(ln_jw) * p[1]
    u = np.sqrt(1.0 + jwt)
    coth = 1.0 / np.tanh(p[2] * u)
    z = p[0] * coth / u
    slope = p[2] * (1.0 - coth**2)
    return z, [z, p[0] * (slope / u - coth / u**2) * jwt / (2.0 * u), p[0] * slope]


def _voigt(ln_jw: Complex, p: Sequence[Any]) -> Values:
    jwt = np.exp(ln_jw) * p[1]
    z = p[0] / (1.0 + jwt)
    return z, [z, -jwt / (1.0 + jwt) * z]


def _zarc(ln_jw: Complex, p: Sequence[Any]) -> Values:
    ln_x = ln_jw + np.log(p[1])
    y = np.exp(p[2] * ln_x)
    z = p[0] / (1.0 + y)
    common = -p[2] * y / (1.0 + y) * z
    return z, [z, common, common * ln_x]


def _transmission_line(ln_jw: Complex, p: Sequence[Any]) -> Values:
    x = np.sqrt(p[0] * p[1]) * np.exp(0.5 * p[2] * ln_jw)
    coth = 1.0 / np.tanh(x)
    z = p[0] * coth / x
    common = 0.5 * p[0] * ((1.0 - coth**2) - coth / x)
    return z, [z + common, common, common * p[2] * ln_jw]


def _porous(ln_jw: Complex, p: Sequence[Any]) -> Values:
    jwb = np.exp(ln_jw) * p[3]
    beta = np.sqrt(p[2] + jwb)
    small = beta.real < 100
    sinh = np.where(small, np.sinh(np.where(small, beta, 1.0)), _HUGE_SINH)
    coth = 1.0 / np.tanh(beta)
    first, second = p[0] * coth / beta, p[1] / (beta * sinh)
    slope = p[0] * (1.0 - coth**2) / beta - first / beta - second / beta - np.where(small, second * coth, 0.0)
    return first + second, [first, second, slope * p[2] / (2.0 * beta), slope * jwb / (2.0 * beta)]


_OHM, _EXPONENT, _TIME = (1e-4, 1e12), (0.2, 1.0), (1e-13, 1e8)
KINDS: dict[str, ElementKind] = {
    "R": ElementKind(("Ohm",), (_OHM,), _resistor),
    "C": ElementKind(("F",), ((1e-16, 1e4),), _capacitor),
    "L": ElementKind(("H",), ((1e-13, 1e2),), _inductor),
    "W": ElementKind(("Ohm sec^-1/2",), ((1e-6, 1e12),), _warburg),
    "Wo": ElementKind(("Ohm", "sec"), (_OHM, _TIME), _warburg_open),
    "Ws": ElementKind(("Ohm", "sec"), (_OHM, _TIME), _warburg_short),
    "CPE": ElementKind(("Ohm^-1 sec^a", ""), ((1e-16, 1e4), _EXPONENT), _cpe),
    "La": ElementKind(("H sec", ""), ((1e-13, 1e2), _EXPONENT), _modified_inductor),
    "G": ElementKind(("Ohm", "sec"), (_OHM, _TIME), _gerischer),
    "Gs": ElementKind(("Ohm", "sec", ""), (_OHM, _TIME, (1e-4, 1e4)), _gerischer_finite),
    "K": ElementKind(("Ohm", "sec"), (_OHM, _TIME), _voigt),
    "Zarc": ElementKind(("Ohm", "sec", ""), (_OHM, _TIME, _EXPONENT), _zarc),
    "TLMQ": ElementKind(("Ohm", "F sec^(gamma - 1)", ""), (_OHM, (1e-16, 1e4), _EXPONENT), _transmission_line),
    "T": ElementKind(("Ohm-m^2", "Ohm-m^2", "", "sec"), (_OHM, _OHM, (1e-10, 1e8), _TIME), _porous),
}


def kind_of(name: str) -> ElementKind:
    """Return the element of this kind: ours, else one that the user registered with `impedance`.

    Raises CircuitError for a kind that neither knows.
    """
    if name in KINDS:
        return KINDS[name]
    home = sys.modules.get("impedance.models.circuits.elements")  # who registered an element has imported it
    registered = None if home is None else home.circuit_elements.get(name)
    if registered is None or not hasattr(registered, "num_params"):
        raise CircuitError(f"{name} is not an element; known are {', '.join(KINDS)}", "circuit")
    return _foreign(registered)


def _foreign(registered: Any) -> ElementKind:
    n_parameters = int(registered.num_params)
    step = 1e-5

    def value(omega: Real, rows: Real) -> Complex:
        return np.array(
            [
                registered([float(v) for v in row], [float(f) for f in omega[i % len(omega)] / (2 * np.pi)])
                for i, row in enumerate(rows)
            ],
            dtype=np.complex128,
        )

    def function(ln_jw: Complex, p: Sequence[Any]) -> Values:
        omega = np.exp(ln_jw.real)
        rows = np.concatenate([np.asarray(v, dtype=float).reshape(-1, 1) for v in p], axis=1)
        slopes = []
        for k in range(n_parameters):
            up, down = rows.copy(), rows.copy()
            up[:, k] *= np.exp(step)
            down[:, k] *= np.exp(-step)
            slopes.append((value(omega, up) - value(omega, down)) / (2 * step))
        return value(omega, rows), slopes

    units = tuple(str(unit) for unit in registered.units)
    return ElementKind(units, (_INFINITE,) * n_parameters, function)
