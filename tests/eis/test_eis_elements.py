"""Every element of the impedance package: same values, right derivatives."""

import numpy as np
import pytest
from numpy.typing import NDArray

from nasicon_loop.core import Refusal
from nasicon_loop.eis import Circuit, CircuitError
from nasicon_loop.eis.circuit import ln_j_omega
from nasicon_loop.eis.elements import KINDS

FREQUENCY = np.logspace(6, -1, 50)


def plausible(circuit: Circuit) -> NDArray[np.float64]:
    """Parameters in the middle of what pellets have."""
    typical = {"Ohm": 300.0, "Ohm-m^2": 30.0, "sec": 2e-4, "F": 1e-7, "H": 1e-6, "Ohm sec^-1/2": 50.0}
    unusual = {"Ohm^-1 sec^a": 1e-7, "H sec": 1e-6, "F sec^(gamma - 1)": 1e-6, "": 0.83}
    return np.array([{**typical, **unusual}[unit] for unit in circuit.units])


@pytest.mark.parametrize("kind", KINDS)
def test_value_equals_impedance_and_derivative_equals_difference(kind: str) -> None:
    from impedance.models.circuits.elements import circuit_elements

    circuit = Circuit.compile(f"{kind}1")
    p = plausible(circuit)
    theirs = np.asarray(circuit_elements[kind](p.tolist(), FREQUENCY.tolist()))
    z, jacobian = circuit.evaluate(ln_j_omega(FREQUENCY), p[None, :])
    np.testing.assert_allclose(z[0], theirs, rtol=1e-12)
    for k in range(len(p)):
        up, down = p.copy(), p.copy()
        up[k], down[k] = p[k] * np.exp(1e-5), p[k] * np.exp(-1e-5)
        numerical = (circuit.impedance(FREQUENCY, up) - circuit.impedance(FREQUENCY, down)) / 2e-5
        np.testing.assert_allclose(
            jacobian[0, k], numerical, atol=1e-7 * np.abs(numerical).max() + 1e-9 * np.abs(z).max()
        )


def test_nested_circuit_equals_impedance() -> None:
    from impedance.models.circuits import CustomCircuit

    text = "L0-R0-p(R1-W1,CPE1,p(C2,R3-Wo4))-CPE5"
    circuit = Circuit.compile(text)
    theirs = CustomCircuit(text, initial_guess=plausible(circuit).tolist())
    theirs.parameters_ = plausible(circuit)
    np.testing.assert_allclose(circuit.impedance(FREQUENCY, plausible(circuit)), theirs.predict(FREQUENCY), rtol=1e-12)


def test_many_parameter_sets_at_once_equal_one_after_the_other() -> None:
    circuit = Circuit.compile("R0-p(R1,CPE1)-CPE2")
    sets = plausible(circuit) * np.random.default_rng(0).uniform(0.5, 1.2, size=(7, circuit.n_parameters))
    together, _ = circuit.evaluate(ln_j_omega(FREQUENCY), sets)
    for row, one in zip(together, sets, strict=True):
        np.testing.assert_allclose(row, circuit.impedance(FREQUENCY, one), rtol=1e-13)


def test_a_user_registered_element_is_evaluated_and_fitted() -> None:
    from impedance.models.circuits import elements as theirs

    from nasicon_loop.eis import fit_batch

    @theirs.element(num_params=2, units=["Ohm", "sec"])
    def Zed(p: list[float], f: list[float]) -> NDArray[np.complex128]:  # noqa: N802 - an element is named like one
        return np.asarray(p[0] / (1.0 + 2j * np.pi * np.array(f) * p[1]) ** 0.7)

    try:
        circuit = Circuit.compile("R0-Zed1")
        z = circuit.impedance(FREQUENCY, [20.0, 400.0, 1e-4])
        fit = fit_batch(circuit, FREQUENCY, z, [30.0, 200.0, 3e-4])
        np.testing.assert_allclose(fit.parameters[0], [20.0, 400.0, 1e-4], rtol=1e-4)
    finally:
        del theirs.circuit_elements["Zed"]


def test_an_element_nobody_knows_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CircuitError, match="not an element; known are R, C"):
        Circuit.compile("R0-Xyz1")


def test_a_wrong_number_of_parameters_is_refused() -> None:
    with pytest.raises(Refusal, match="has 2 parameters, not 3"):
        Circuit.compile("CPE1").impedance(FREQUENCY, [1.0, 2.0, 3.0])
