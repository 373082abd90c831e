"""What a picture shows, as values that any face can draw: points, limits and ticks in the units of the axes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments import Spectrum
from nasicon_loop import eis
from nasicon_loop.lab.pictures import draw_spectrum, panels_of, spectrum_picture, with_relaxation
from nasicon_loop.report import SpectrumView, spectrum_panels
from nasicon_loop.report.panels import hertz, nyquist_panel, relaxation_panel, residual_panel, with_sd
from nasicon_loop.report.ticks import linear_ticks, log_ticks

NAME = "$x_{1}$ [bold] <b>\x1b[31m & \\frac{1}{2}.csv"


@pytest.fixture(scope="module")
def pellet():
    f = np.logspace(6, 0, 61)
    z = eis.Circuit.compile("R0-p(R1,CPE1)-CPE2").impedance(f, [60.0, 90.0, 1e-7, 0.9, 5e-6, 0.86])
    random = np.random.default_rng(0)
    z = z * (1 + 0.002 * (random.normal(size=61) + 1j * random.normal(size=61)))
    z[20] *= 1.3
    spectrum = Spectrum(f, z, {"name": NAME})
    return spectrum, eis.analyse(spectrum)


def test_every_panel_has_points_inside_its_limits_and_ticks_inside_too(pellet):
    panels = panels_of(*pellet, title=NAME)
    assert list(panels) == ["nyquist", "modulus", "phase", "residuals", "drt"]
    for panel in panels.values():
        for axis in (panel.x, panel.y):
            assert axis.low < axis.high
            assert len(axis.ticks) >= 2
            assert all(axis.low <= value <= axis.high and text for value, text in axis.ticks)
            assert axis.label
    for kind in ("modulus", "phase"):
        measured = panels[kind].series[0]
        assert panels[kind].x.low < measured.x.min() < measured.x.max() < panels[kind].x.high
        assert panels[kind].y.low < measured.y.min() < measured.y.max() < panels[kind].y.high


def test_masked_points_stand_apart_and_the_fit_is_a_line(pellet):
    spectrum, analysis = pellet
    panel = panels_of(spectrum, analysis)["nyquist"]
    by_role = {series.role: series for series in panel.series}
    assert len(by_role["masked"].x) == len(analysis.masked) >= 1
    assert len(by_role["measured"].x) + len(by_role["masked"].x) == spectrum.n_points
    assert by_role["fit"].is_line
    assert len(by_role["fit"].x) > spectrum.n_points
    assert panel.marks[0].x == pytest.approx(analysis.r_total_ohm)
    assert "Ω" in panel.marks[0].text


def test_equal_scales_are_kept_by_every_shape_and_only_a_cut_spike_is_cut_further(pellet):
    panel = panels_of(*pellet)["nyquist"]
    assert panel.is_cut
    for ratio in (0.3, 1.0, 2.0):
        filled = panel.filling(ratio)
        assert (filled.y.high - filled.y.low) / (filled.x.high - filled.x.low) == pytest.approx(ratio)
        assert filled.x.high == pytest.approx(panel.x.high)
    arc = SpectrumView("arc", np.logspace(6, 0, 30), 100.0 + 50.0 * np.exp(1j * np.linspace(0, -np.pi, 30)))
    for ratio in (0.3, 1.0, 2.0):
        filled = nyquist_panel(arc).filling(ratio)
        assert filled.x.high >= 150.0
        assert filled.y.high >= 50.0


def test_residuals_show_the_band_and_points_beyond_lie_on_the_edge(pellet):
    spectrum, analysis = pellet
    panel = residual_panel(spectrum_picture(spectrum, analysis, "x"))
    assert panel.spans[0].high == pytest.approx(200 * analysis.kk_rms)
    masked = next(series for series in panel.series if series.role == "masked")
    assert np.abs(masked.y).max() == pytest.approx(panel.y.high)
    assert "beyond" in panel.note


def test_what_cannot_be_drawn_is_a_sentence():
    view = SpectrumView("short", np.array([1e3, 1e2]), np.array([5.0 - 1j, 6.0 - 2j]))
    assert "no circuit" in residual_panel(view).note
    assert not residual_panel(view).series
    assert "no distribution" in relaxation_panel(view).note
    assert "drt" not in spectrum_panels(with_relaxation(view, Spectrum(view.frequency_hz, view.impedance_ohm)))
    for panel in spectrum_panels(view).values():
        assert all(math.isfinite(limit) for axis in (panel.x, panel.y) for limit in (axis.low, axis.high))


def test_relaxations_of_a_leaky_electrode_do_not_hide_the_electrolytes():
    f = np.logspace(6, -1, 71)
    z = eis.Circuit.compile("R0-p(R1,CPE1)-p(R2,CPE2)").impedance(f, [60.0, 90.0, 1e-8, 0.9, 1e5, 1e-5, 0.86])
    spectrum = Spectrum(f, z)
    found = eis.relaxation_times(spectrum)
    view = SpectrumView("leaky", f, z, None, (), 150.0, relaxation=found)
    panel = relaxation_panel(view)
    assert panel.is_cut
    assert panel.y.high < 200.0 < found.gamma_ohm.max()
    assert [span.text for span in panel.spans] == ["above the window", "electrode"]


@pytest.mark.parametrize("kind", ["bode", "residuals", "drt", "all"])
@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_every_kind_of_picture_takes_any_name(tmp_path, pellet, kind, suffix):
    path = draw_spectrum(*pellet, tmp_path / f"x{suffix}", title=NAME, kind=kind)
    assert path.stat().st_size > 10_000
    assert draw_spectrum(*pellet, tmp_path / f"y{suffix}", title=NAME, kind=kind).read_bytes() == path.read_bytes()


def test_every_kind_of_picture_takes_a_spectrum_without_a_fit(tmp_path):
    spectrum = Spectrum(np.array([1e3, 1e2]), np.array([5.0 - 1j, 6.0 - 2j]))
    analysis = eis.analyse(spectrum)
    assert analysis.verdict == "rejected"
    for kind in ("nyquist", "bode", "residuals", "drt", "all"):
        assert draw_spectrum(spectrum, analysis, tmp_path / f"{kind}.png", title="two points", kind=kind).exists()


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e9), st.integers(2, 12))
def test_linear_ticks_are_round_few_and_inside(low, span, n_most):
    high = low + span
    if not high > low:
        return
    ticks = linear_ticks(low, high, n_most)
    assert len(ticks) <= n_most + 1
    assert all(low - 1e-6 * span <= value <= high + 1e-6 * span for value, _ in ticks)


@pytest.mark.parametrize(
    ("ticks", "texts"),
    [
        (linear_ticks(0, 13), ["0", "2", "4", "6", "8", "10", "12"]),
        (linear_ticks(-0.6, 11, 5), ["0", "2.5", "5.0", "7.5", "10.0"]),
        (linear_ticks(-0.03, 0.03, 4), ["−0.02", "0", "0.02"]),
        (log_ticks(0.5, 2e3), ["10⁰", "10¹", "10²", "10³"]),
        (log_ticks(2e4, 3e5), ["2·10⁴", "5·10⁴", "1·10⁵", "2·10⁵"]),
        (log_ticks(5.1, 11.0), ["6", "8", "10"]),
        (log_ticks(1e-3, 1e9, 5), ["10⁻³", "10⁰", "10³", "10⁶", "10⁹"]),
    ],
)
def test_ticks_read_well(ticks, texts):
    assert [text for _, text in ticks] == texts


def test_numbers_read_well():
    assert with_sd(150.214, 0.354) == "150.21 ± 0.35 Ω"
    assert with_sd(2.157969e6, 3.2e4) == "2.158 ± 0.032 MΩ"
    assert with_sd(117824.0, 750.0) == "117.82 ± 0.75 kΩ"
    assert with_sd(150.0, None) == "150 Ω"
    assert [hertz(f) for f in (8.3e5, 12.4e3, 86.0, 0.05)] == ["830 kHz", "12 kHz", "86 Hz", "50 mHz"]
