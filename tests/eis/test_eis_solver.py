"""The batched solver: truth recovered, box kept, masks honoured, batches no different from single fits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasicon_loop.core import Refusal
from nasicon_loop.eis import Circuit, fit_batch
from nasicon_loop.eis.circuit import ln_j_omega

FREQUENCY = np.logspace(6, 0, 61)
TEXT = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
TRUTH = np.array([100.0, 500.0, 1e-9, 0.9, 1500.0, 3e-8, 0.85, 1e-6, 0.8])


def test_most_perturbed_starts_find_the_truth() -> None:
    circuit = Circuit.compile(TEXT)
    random = np.random.default_rng(3)
    spread = np.where(circuit.bounds[:, 1] == 1.0, 0.03, 0.4)
    truth = np.minimum(TRUTH * np.exp(random.normal(size=(200, 9)) * spread), circuit.bounds[:, 1])
    z, _ = circuit.evaluate(ln_j_omega(FREQUENCY), truth)
    z = z * (1 + 0.003 * (random.normal(size=z.shape) + 1j * random.normal(size=z.shape)))
    starts = np.minimum(truth * np.exp(random.normal(size=truth.shape) * 0.3), circuit.bounds[:, 1])
    best = fit_batch(circuit, FREQUENCY, z, truth, max_iterations=200)
    found = fit_batch(circuit, FREQUENCY, z, starts, max_iterations=100)
    assert np.mean(found.cost < 1.01 * best.cost) > 0.95


@given(
    r0=st.floats(5, 1e4), ratio=st.floats(0.2, 20), capacitance=st.floats(3e-10, 3e-8), exponent=st.floats(0.75, 0.99)
)
@settings(max_examples=25, deadline=None)
def test_exact_data_give_exact_parameters(r0: float, ratio: float, capacitance: float, exponent: float) -> None:
    r1 = r0 * ratio
    truth = np.array([r0, r1, (r1 * capacitance) ** exponent / r1, exponent, 2e-5, 0.85])
    z = Circuit.compile("R0-p(R1,CPE1)-CPE2").impedance(FREQUENCY, truth)
    start = truth * np.array([1.3, 0.7, 1.5, 0.95, 0.8, 1.02])
    fit = fit_batch("R0-p(R1,CPE1)-CPE2", FREQUENCY, z, start, max_iterations=200, tolerance=1e-14)
    assert fit.parameters[0][0] + fit.parameters[0][1] == pytest.approx(r0 + r1, rel=1e-3)


def test_parameters_stay_in_their_box() -> None:
    z = Circuit.compile("R0-C1").impedance(FREQUENCY, [50.0, 1e-6])
    fit = fit_batch("R0-CPE1", FREQUENCY, z * 1j**0.1, [40.0, 1e-6, 0.9])
    assert fit.parameters[0][2] <= 1.0 + 1e-12
    narrow = fit_batch("R0-C1", FREQUENCY, z, [10.0, 1e-6], bounds=[(5.0, 20.0), (1e-9, 1e-3)])
    assert narrow.parameters[0][0] == pytest.approx(20.0)


def test_a_weight_of_zero_masks_a_point() -> None:
    z = Circuit.compile("R0-CPE1").impedance(FREQUENCY, [50.0, 1e-6, 0.9])
    spoilt, weights = z.copy(), 1.0 / np.abs(z)
    spoilt[10] *= 3.0
    weights[10] = 0.0
    fit = fit_batch("R0-CPE1", FREQUENCY, spoilt, [20.0, 3e-6, 0.8], weights=weights)
    np.testing.assert_allclose(fit.parameters[0], [50.0, 1e-6, 0.9], rtol=1e-5)


def test_a_row_gives_the_same_alone_and_in_company() -> None:
    circuit = Circuit.compile(TEXT)
    random = np.random.default_rng(1)
    starts = np.minimum(TRUTH * np.exp(random.normal(size=(130, 9)) * 0.2), circuit.bounds[:, 1])
    z = circuit.impedance(FREQUENCY, TRUTH)
    together = fit_batch(circuit, FREQUENCY, z, starts, max_iterations=15)
    alone = fit_batch(circuit, FREQUENCY, z, starts[100], max_iterations=15)
    np.testing.assert_allclose(together.parameters[100], alone.parameters[0], rtol=1e-6)


def test_shapes_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(Refusal, match="do not fit together"):
        fit_batch("R0-C1", FREQUENCY, np.ones(60, dtype=complex), [1.0, 1.0])
