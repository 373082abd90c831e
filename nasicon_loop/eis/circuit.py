"""A circuit string compiled to something that evaluates many parameter sets at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasicon_loop.core import Refusal
from nasicon_loop.eis.elements import Complex, ElementKind, Real, kind_of
from nasicon_loop.eis.grammar import Element, Node, Parallel, elements, parse

_Slopes = list[tuple[int, Complex]]


def ln_j_omega(frequency_hz: ArrayLike) -> Complex:
    """Return ln(j 2 pi f) of frequencies of shape (n,) or (m, n), as (1, n) or (m, n)."""
    ln_omega = np.log(2.0 * np.pi * np.atleast_2d(np.asarray(frequency_hz, dtype=float)))
    return np.asarray(ln_omega + 0.5j * np.pi, dtype=np.complex128)


@dataclass(frozen=True)
class Circuit:
    """One compiled circuit. `names` are the parameters as `impedance` names them; `bounds` their box, shape (k, 2)."""

    text: str
    tree: Node
    names: tuple[str, ...]
    units: tuple[str, ...]
    bounds: Real
    kinds: dict[str, tuple[ElementKind, int]]

    @staticmethod
    def compile(text: str) -> "Circuit":
        """Return the circuit of this string; raises CircuitError outside the grammar."""
        plain_kinds = all(element.kind in _OURS for element in elements(parse(text)))
        return _compiled(text) if plain_kinds else _compile(text)

    @property
    def n_parameters(self) -> int:
        """How many parameters the circuit has."""
        return len(self.names)

    def evaluate(self, ln_jw: Complex, parameters: Real) -> tuple[Complex, Complex]:
        """Return impedance (m, n) and derivatives dZ/d(ln p) (m, k, n) of parameter sets (m, k)."""
        z, slopes = self._walk(self.tree, ln_jw, parameters)
        jacobian = np.empty((parameters.shape[0], len(self.names), ln_jw.shape[1]), dtype=np.complex128)
        for place, slope in slopes:
            jacobian[:, place, :] = slope
        return _full(z, jacobian.shape[2]), jacobian

    def impedance(self, frequency_hz: ArrayLike, parameters: Sequence[float] | NDArray[np.float64]) -> Complex:
        """Return the impedance in ohm, shape (n,), of one parameter set. Raises Refusal for a wrong count."""
        values = np.asarray(parameters, dtype=float).reshape(1, -1)
        if values.shape[1] != len(self.names):
            raise Refusal(f"{self.text} has {len(self.names)} parameters, not {values.shape[1]}", "circuit")
        ln_jw = ln_j_omega(frequency_hz)
        z, _ = self._walk(self.tree, ln_jw, values)
        return np.array(_full(z, ln_jw.shape[1])[0])

    def _walk(self, node: Node, ln_jw: Complex, parameters: Real) -> tuple[Complex, _Slopes]:
        if isinstance(node, Element):
            kind, first = self.kinds[node.name]
            columns = [parameters[:, first + i, None] for i in range(len(kind.units))]
            z, slopes = kind.function(ln_jw, columns)
            return z, [(first + i, slope) for i, slope in enumerate(slopes)]
        parts = [self._walk(branch, ln_jw, parameters) for branch in node.branches]
        if isinstance(node, Parallel):
            return _parallel(parts)
        z = sum((part for part, _ in parts[1:]), parts[0][0])
        return z, [item for _, slopes in parts for item in slopes]


def _parallel(parts: list[tuple[Complex, _Slopes]]) -> tuple[Complex, _Slopes]:
    """Return 1 / sum(1 / Z) and its derivatives (Z / Z_i)^2 dZ_i."""
    admittances = [1.0 / z for z, _ in parts]
    total = 1.0 / sum(admittances[1:], admittances[0])
    slopes_all: _Slopes = []
    for (_, slopes), admittance in zip(parts, admittances, strict=True):
        factor = (total * admittance) ** 2
        slopes_all += [(place, factor * slope) for place, slope in slopes]
    return total, slopes_all


def _full(z: Complex, n: int) -> Complex:
    """Give a purely resistive impedance (m, 1) its n frequencies."""
    return z if z.shape[1] == n else np.repeat(z, n, axis=1)


_OURS = frozenset(("R", "C", "L", "W", "Wo", "Ws", "CPE", "La", "G", "Gs", "K", "Zarc", "TLMQ", "T"))


def _compile(text: str) -> Circuit:
    tree = parse(text)
    names: list[str] = []
    units: list[str] = []
    bounds: list[tuple[float, float]] = []
    kinds: dict[str, tuple[ElementKind, int]] = {}
    for element in elements(tree):
        kind = kind_of(element.kind)
        kinds[element.name] = (kind, len(names))
        several = len(kind.units) > 1
        names += [f"{element.name}_{i}" if several else element.name for i in range(len(kind.units))]
        units += kind.units
        bounds += kind.bounds
    return Circuit(text, tree, tuple(names), tuple(units), np.array(bounds, dtype=float), kinds)


@lru_cache(maxsize=256)
def _compiled(text: str) -> Circuit:
    return _compile(text)
