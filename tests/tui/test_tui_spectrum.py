"""The plots of the screen Spectrum: which there are, where their points lie, and that the keys turn to them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.app import App, ComposeResult

from nasicon_loop.lab import Lab, analysis_view, import_files, spectrum_plots
from nasicon_loop.tui.themes import palette
from nasicon_loop.tui.widgets.panel import PanelPlot, on_axis

SIZES = [(80, 24), (120, 40), (160, 50)]


@pytest.fixture
def number(lab: Lab, spectrum: Callable[..., bytes], tmp_path: Path) -> int:
    path = tmp_path / "NL-0001.csv"
    path.write_bytes(spectrum())
    found = import_files(lab, [path])[0].sweeps[0].analysis_id
    assert found is not None
    return int(found)


class PlotApp(App[None]):
    """One panel."""

    def compose(self) -> ComposeResult:
        """Draw it."""
        yield PanelPlot()


def test_panels_are_computed_from_what_is_stored(lab: Lab, number: int) -> None:
    view = analysis_view(lab, number)
    plots = spectrum_plots(lab, view)
    f, z = view.spectrum.frequency_hz, view.spectrum.impedance_ohm
    kept = np.setdiff1d(np.arange(len(f)), view.analysis.masked)
    modulus, phase, left, test = (plots[name] for name in ("modulus", "phase", "residuals", "kramers-kronig"))
    np.testing.assert_allclose(modulus.series[0].y, np.abs(z[kept]))
    np.testing.assert_allclose(phase.series[0].y, -np.degrees(np.angle(z[kept])))
    gap = 100 * (z - view.analysis.impedance_at(f)) / np.abs(z)
    np.testing.assert_allclose(left.series[0].y, gap.real[kept])
    np.testing.assert_allclose(left.series[1].y, gap.imag[kept])
    rms = float(np.sqrt(np.mean(np.concatenate([test.series[0].y, test.series[1].y]) ** 2))) / 100
    assert rms == pytest.approx(view.analysis.kk_rms, rel=0.3), "the same test as the gate, without degrees of freedom"
    assert len(plots["drt"].series[0].x) > 10
    # the arc of 135 ohm and 20 nF has its apex at 59 kHz
    assert any(abs(np.log10(mark.x / (135.0 * 2e-8))) < 0.2 for mark in plots["drt"].marks)


@pytest.mark.parametrize("size", SIZES)
async def test_a_point_is_drawn_where_its_logarithm_lies(lab: Lab, number: int, size: tuple[int, int]) -> None:
    panel = spectrum_plots(lab, analysis_view(lab, number))["modulus"]
    app = PlotApp()
    async with app.run_test(size=size) as pilot:
        plot = app.query_one(PanelPlot)
        plot.draw(panel, palette("nasicon-dark"))
        await pilot.pause()
        columns, _rows = plot.cells
        for value, _ in panel.x.ticks:
            share = np.log(value / panel.x.low) / np.log(panel.x.high / panel.x.low)
            column, _row = plot.get_pixel_from_coordinate(float(on_axis(panel.x, value)), 1.0)
            assert column == pytest.approx(1 + share * (columns - 1), abs=1.01)
        lines = ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
        assert sum("10" in word for word in " ".join(lines[-2:]).split()) >= 3, "decades can be read"
        assert any("o" in line for line in lines[1:-3])


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_turns_through_all_plots(lab: Lab, keyboard: Any, number: int, size: tuple[int, int]) -> None:
    async with keyboard(lab, size) as hands:
        await hands.go("6", "equal axes")
        for title in ("phase / °", "KK test residual", "γ(ln τ)", "equal axes"):
            await hands.press("p")
            await hands.see(title)
            assert all(len(line.rstrip()) <= size[0] for line in hands.lines)
            assert ("zoom" in hands.text) == (title == "equal axes"), "what the bar shows is what works"
            assert "p plot" in hands.text
            assert ("for looking only" in " ".join(hands.text.split())) == (title == "γ(ln τ)")


async def test_too_short_a_spectrum_says_why_it_has_no_relaxation_times(
    lab: Lab, keyboard: Any, spectrum: Callable[..., bytes], tmp_path: Path
) -> None:
    lines = spectrum().splitlines(keepends=True)
    (tmp_path / "NL-0001.csv").write_bytes(b"".join(lines[:-53]))
    import_files(lab, [tmp_path / "NL-0001.csv"])
    async with keyboard(lab) as hands:
        await hands.go("6", "equal axes")
        await hands.press("p", "p")
        await hands.see("no circuit was fitted")
        await hands.press("p")
        await hands.see("relaxation times need 10")
