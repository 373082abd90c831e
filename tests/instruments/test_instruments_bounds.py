"""Files with far too much in them: thinned and said, or refused, in bounded time."""

import numpy as np
import pytest

from instruments import Spectrum, UnreadableFile, read_bytes, thinning
from instruments.readers import sweeps
from instruments.sim import xm_native_data


def arc(frequency_hz):
    return 30 + 50 / (1 + 2j * np.pi * frequency_hz * 50e-6)


def table(frequency_hz):
    rows = [f"{f:.9g},{z.real:.9g},{z.imag:.9g}" for f, z in zip(frequency_hz, arc(frequency_hz), strict=True)]
    return "\n".join(["f (Hz),Z' (Ohm),Z'' (Ohm)", *rows, ""]).encode()


def test_a_long_sweep_is_thinned_evenly_in_log_frequency_and_says_so():
    frequency_hz = np.logspace(6, 0, 30_000)
    (spectrum,) = read_bytes(table(frequency_hz), "long.csv")
    assert 2000 <= spectrum.n_points <= thinning.N_BINS + thinning.N_BY_ORDER
    assert spectrum.frequency_hz[0] == pytest.approx(1e6)
    assert spectrum.frequency_hz[-1] == pytest.approx(1)
    assert (np.diff(spectrum.frequency_hz) < 0).all()
    np.testing.assert_allclose(spectrum.impedance_ohm, arc(spectrum.frequency_hz), rtol=1e-6)
    assert np.abs(np.diff(np.log(spectrum.frequency_hz))).max() < 0.02
    assert spectrum.metadata["n_points_in_file"] == 30_000
    assert "30000 points thinned to" in spectrum.metadata["warnings"][-1]


def test_a_million_points_of_any_kind_become_some_thousand():
    for frequency_hz in (
        np.linspace(1e6, 1, 1_000_000),
        np.full(1_000_000, 50.0),
        np.repeat(np.logspace(5, 0, 50), 20_000),
    ):
        small = thinning.thinned(Spectrum(frequency_hz, arc(frequency_hz)))
        assert 200 <= small.n_points <= thinning.N_BINS + thinning.N_BY_ORDER
        assert set(small.frequency_hz) <= set(frequency_hz)
    assert len(set(small.frequency_hz)) == 50


def test_a_sweep_of_usual_length_is_left_alone():
    spectrum = Spectrum(np.logspace(6, 0, thinning.MAX_POINTS), np.ones(thinning.MAX_POINTS), {"warnings": []})
    assert thinning.thinned(spectrum) is spectrum


def test_too_many_sweeps_are_refused_by_every_reader(monkeypatch):
    monkeypatch.setattr(sweeps, "MAX_SWEEPS", 3)
    frequency_hz = np.logspace(5, 0, 6)
    assert len(read_bytes(table(np.tile(frequency_hz, 3)))) == 3
    for data in (table(np.tile(frequency_hz, 4)), xm_native_data([(frequency_hz, arc(frequency_hz))] * 5)):
        with pytest.raises(UnreadableFile, match="sweeps or more, the limit is 3"):
            read_bytes(data)
