"""A person's own fit, temperature series, pooling."""

import numpy as np
import pytest

from instruments.spectrum import Spectrum
from nasicon_loop.core import Refusal
from nasicon_loop.eis import (
    Analysis,
    Geometry,
    analyse,
    arrhenius,
    fit_by_hand,
    paper_spectrum,
    pooled,
    simulated_spectra,
)

PAPER = paper_spectrum(66.99, 263.8, seed=3).spectrum
PELLET = Geometry(0.112, 1.6)


@pytest.mark.parametrize("simulated", simulated_spectra(8, seed=5, outlier_share=0.0))
def test_a_circuit_by_hand_finds_what_made_the_spectrum(simulated: object) -> None:
    text = simulated.circuit_string  # type: ignore[attr-defined]
    resistors = tuple(name for name in ("R0", "R1", "R2") if name in text)
    electrolyte = resistors[:2] if simulated.kind == "leaky" else resistors  # type: ignore[attr-defined]
    analysis = fit_by_hand(simulated.spectrum, text, electrolyte=electrolyte, made_by="A. Person")  # type: ignore[attr-defined]
    assert analysis.r_total_ohm == pytest.approx(simulated.r_total_ohm, rel=0.03)  # type: ignore[attr-defined]


def test_it_carries_the_name_and_waits_for_a_signature() -> None:
    analysis = fit_by_hand(
        PAPER, "R0-p(C1,R1-W1)", electrolyte=("R0", "R1"), made_by="A. \x1b[31mPerson", geometry=PELLET
    )
    assert analysis.verdict == "review"
    assert "\x1b" not in analysis.made_by
    assert "made by hand by A." in analysis.reasons[-1]
    assert analysis.sigma_25_s_cm == pytest.approx(1.68e-4, rel=0.01)
    assert Analysis.from_dict(analysis.to_dict()) == analysis


def test_fixed_bounded_and_masked_are_kept() -> None:
    z = PAPER.impedance_ohm.copy()
    z[10:14] *= 1.01
    analysis = fit_by_hand(
        Spectrum(PAPER.frequency_hz, z),
        "R0-p(R1,CPE1)-W2",
        electrolyte=("R0", "R1"),
        made_by="A. Person",
        fixed={"CPE1_1": 1.0},
        bounds={"R0": (60.0, 66.0)},
        masked=(10, 11, 12, 13),
        start={"R1": 250.0},
    )
    assert analysis.parameters["CPE1_1"] == pytest.approx(1.0)
    assert analysis.parameter_sd["CPE1_1"] == 0.0
    assert 60.0 <= analysis.parameters["R0"] <= 66.0 + 1e-9
    assert set(analysis.masked) >= {10, 11, 12, 13}


@pytest.mark.parametrize(
    "wrong",
    [
        {"electrolyte": ("R7",)},
        {"electrolyte": ()},
        {"fixed": {"R9": 1.0}},
        {"bounds": {"R0": (5.0, 1.0)}},
        {"bounds": {"R0": (-1.0, 1.0)}},
        {"start": {"R0": -3.0}},
        {"masked": (61,)},
        {"masked": tuple(range(60))},
        {"made_by": " "},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    given: dict[str, object] = {"electrolyte": ("R0", "R1"), "made_by": "A. Person", **wrong}
    with pytest.raises(Refusal):
        fit_by_hand(PAPER, "R0-p(C1,R1-W1)", **given)  # type: ignore[arg-type]


def at(temperature_c: float, r_total: float, seed: int = 0, geometry: Geometry | None = PELLET) -> Analysis:
    spectrum = paper_spectrum(0.4 * r_total, 0.6 * r_total, seed=seed).spectrum
    return analyse(spectrum.with_temperature(temperature_c, 0.3, "command"), geometry)


def test_the_activation_energy_comes_back() -> None:
    true_ev, k = 0.31, 8.617333262e-5
    kelvins = np.array([298.15, 308.15, 318.15, 328.15, 338.15])
    resistances = 200.0 * kelvins / 298.15 * np.exp(true_ev / k * (1 / kelvins - 1 / 298.15))
    series = [at(t - 273.15, r, seed=i) for i, (t, r) in enumerate(zip(kelvins, resistances, strict=True))]
    line = arrhenius(series)
    assert line.activation_energy_ev == pytest.approx(true_ev, abs=2.5 * line.activation_energy_ev_sd)
    assert line.activation_energy_ev_sd < 0.02
    assert line.n_points == 5
    bare = arrhenius([a.with_geometry(None) for a in series])
    assert bare.activation_energy_ev == pytest.approx(line.activation_energy_ev, rel=1e-9)
    with pytest.raises(Refusal, match="needs 3 sweeps"):
        arrhenius(series[:2])


def test_sweeps_and_pellets_are_pooled() -> None:
    first = [at(25.0, 200.0, seed=s) for s in range(3)]
    second = [at(25.0, 260.0, seed=s) for s in range(3, 6)]
    one = pooled([first])
    both = pooled([first, second])
    assert one.n_sweeps == 3
    assert one.between_pellets == 0.0
    assert both.n_pellets == 2
    assert both.between_pellets > 0.1
    assert second[0].sigma_25_s_cm is not None
    assert second[0].sigma_25_s_cm < both.sigma_25_s_cm < one.sigma_25_s_cm
    assert both.sigma_25_s_cm_sd / both.sigma_25_s_cm > one.sigma_25_s_cm_sd / one.sigma_25_s_cm
    shared = first[0].relative_budget
    assert one.sigma_25_s_cm_sd / one.sigma_25_s_cm >= np.hypot(shared["thickness"], shared["diameter"])
    with pytest.raises(Refusal, match="enter the geometry first"):
        pooled([[a.with_geometry(None) for a in first]])
