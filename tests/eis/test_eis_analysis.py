"""The value: JSON and back, pickled, as an object of the impedance package, with another geometry."""

import dataclasses
import json
import pickle

import numpy as np
import pytest

from instruments.spectrum import Spectrum
from nasicon_loop.core import Processes, Refusal
from nasicon_loop.eis import (
    ENGINE_VERSION,
    Analysis,
    Geometry,
    Settings,
    analyse,
    analyse_many,
    paper_spectrum,
    simulated_spectra,
    spectrum_view,
)

SIMULATED = paper_spectrum(30.31, 35.35, seed=2)
PELLET = Geometry(0.127, 1.6)
ANALYSIS = analyse(SIMULATED.spectrum, PELLET)
REJECTED = analyse(Spectrum([1.0, 2.0], [1.0, 2.0]))


@pytest.mark.parametrize("analysis", [ANALYSIS, REJECTED])
def test_json_and_pickle_round_trip(analysis: Analysis) -> None:
    text = json.dumps(analysis.to_dict(), allow_nan=False)
    assert Analysis.from_dict(json.loads(text)) == analysis
    assert pickle.loads(pickle.dumps(analysis)) == analysis  # noqa: S301 - our own bytes


def test_a_document_that_is_none_is_refused() -> None:
    for document in ({}, {"verdict": "fine"}, {"verdict": "review", "reasons": [], "gates": [{"nonsense": 1}]}):
        with pytest.raises(Refusal, match="analysis document"):
            Analysis.from_dict(document)


def test_an_analysis_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ANALYSIS.r_total_ohm = 1.0  # type: ignore[misc]


@pytest.mark.parametrize("simulated", simulated_spectra(6, seed=3))
def test_the_circuit_is_an_impedance_object_that_predicts_the_same(simulated: object) -> None:
    spectrum = simulated.spectrum  # type: ignore[attr-defined]
    analysis = analyse(spectrum)
    circuit = analysis.circuit
    np.testing.assert_allclose(
        circuit.predict(spectrum.frequency_hz), analysis.impedance_at(spectrum.frequency_hz), rtol=1e-9
    )
    names, _units = circuit.get_param_names()
    assert names == list(analysis.parameters)
    np.testing.assert_allclose(circuit.conf_, np.sqrt(np.diag(analysis.covariance)), rtol=1e-9)
    assert circuit is not analysis.circuit


def test_what_is_rejected_has_no_circuit() -> None:
    with pytest.raises(Refusal, match="has no circuit"):
        _ = REJECTED.circuit
    with pytest.raises(Refusal, match="has no circuit"):
        REJECTED.impedance_at([1.0])


def test_geometry_later_gives_the_same_as_geometry_at_once() -> None:
    later = analyse(SIMULATED.spectrum)
    assert later.sigma_total_s_cm is None
    assert later.with_geometry(PELLET) == ANALYSIS
    assert ANALYSIS.with_geometry(None).sigma_25_s_cm is None


def test_a_geometry_in_the_wrong_unit_asks_for_review() -> None:
    absurd = ANALYSIS.with_geometry(Geometry(4.9, 0.3))
    assert absurd.verdict == "review"
    assert any("check the units" in reason for reason in absurd.reasons)
    assert absurd.with_geometry(PELLET) == ANALYSIS


def test_every_tried_circuit_and_the_papers_are_listed() -> None:
    notes = {candidate.circuit_string: candidate.note for candidate in ANALYSIS.candidates}
    assert list(notes.values()).count("chosen") == 1
    assert len(notes) >= 10
    assert ANALYSIS.randles is not None
    assert ANALYSIS.randles.circuit_string == "R0-p(C1,R1-W1)"
    assert ANALYSIS.randles.chi2 == pytest.approx(0.003**2, rel=0.4)
    assert ANALYSIS.engine_version == ENGINE_VERSION


def test_every_gate_that_was_met_has_number_limit_and_sentence() -> None:
    for gate in ANALYSIS.gates:
        assert gate.is_passed
        assert gate.value is not None
        assert gate.limit is not None
        assert gate.sentence


def test_a_limit_can_be_set() -> None:
    strict = analyse(SIMULATED.spectrum, settings=Settings(max_kk_rms=0.001))
    assert strict.verdict == "review"
    assert "limit 0.1%" in strict.reasons[0]
    with pytest.raises(Refusal, match="max_kk_rms must be a number"):
        Settings(max_kk_rms=float("nan"))


def test_many_are_analysed_in_order_with_their_geometries() -> None:
    spectra = [paper_spectrum(r, 35.35, seed=1).spectrum for r in (20.0, 60.0)]
    both = analyse_many(spectra, [PELLET, None])
    assert both == [analyse(spectra[0], PELLET), analyse(spectra[1])]
    with pytest.raises(Refusal, match="2 spectra but 1 geometries"):
        analyse_many(spectra, [PELLET])


def test_the_view_has_points_fit_residuals_and_masks() -> None:
    z = SIMULATED.spectrum.impedance_ohm.copy()
    z[20] *= 1.2
    spectrum = Spectrum(SIMULATED.spectrum.frequency_hz, z, {"name": "NL-0001"})
    analysis = analyse(spectrum)
    view = spectrum_view(spectrum, analysis)
    assert analysis.masked == (20,)
    assert np.flatnonzero(view.is_masked).tolist() == [20]
    assert view.fit is not None
    assert len(view.fit.frequency_hz) > 100
    good = ~view.is_masked
    assert np.abs(view.residual_real[good]).max() < 0.02
    assert abs(view.residual_real[20]) > 0.1
    assert view.points.minus_imag_ohm == pytest.approx(-z.imag)
    bare = spectrum_view(spectrum)
    assert bare.fit is None
    assert np.isnan(bare.residual_real).all()


def test_processes_give_the_same_as_one_after_the_other() -> None:
    spectra = [paper_spectrum(r, 35.35, seed=1).spectrum for r in (20.0, 60.0)]
    assert analyse_many(spectra, PELLET, executor=Processes(2)) == analyse_many(spectra, PELLET)


@pytest.mark.parametrize("simulated", simulated_spectra(10, seed=21))
def test_every_analysis_survives_json(simulated: object) -> None:
    analysis = analyse(simulated.spectrum)  # type: ignore[attr-defined]
    assert Analysis.from_dict(json.loads(json.dumps(analysis.to_dict(), allow_nan=False))) == analysis
