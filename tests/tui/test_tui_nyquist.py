"""The Nyquist plot keeps equal axes on any terminal, also after zoom and resize."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from nasicon_loop.lab import EqualView, NyquistPicture
from nasicon_loop.tui.themes import palette
from nasicon_loop.tui.widgets.nyquist import NyquistPlot

PICTURE = NyquistPicture(
    "Ω",
    np.array([[30.0, 1.0], [100.0, 68.0], [165.0, 5.0]]),
    np.array([[20.0, -3.0]]),
    np.array([[30.0, 0.0], [98.0, 68.0], [165.0, 0.0]]),
    165.0,
    (-10.0, 180.0),
    (-8.0, 90.0),
    False,
)


class PlotApp(App[None]):
    """One plot."""

    def compose(self) -> ComposeResult:
        """Draw it."""
        yield NyquistPlot()


def ohm_per_length(plot: NyquistPlot) -> tuple[float, float]:
    """Ohm per cell width along x, and along y per the same length (a cell is twice as high as wide)."""
    x_min, x_max, y_min, y_max = plot.view_limits
    columns, rows = plot.cells
    return (x_max - x_min) / columns, (y_max - y_min) / rows / 2


@pytest.mark.parametrize("size", [(48, 20), (80, 24), (160, 50), (30, 40)])
async def test_axes_are_equal_and_hold_the_spectrum(size: tuple[int, int]) -> None:
    app = PlotApp()
    async with app.run_test(size=size) as pilot:
        plot = app.query_one(NyquistPlot)
        plot.draw(PICTURE, palette("nasicon-dark"), is_new=True)
        await pilot.pause()
        along_x, along_y = ohm_per_length(plot)
        assert along_x == pytest.approx(along_y)
        x_min, x_max, y_min, y_max = plot.view_limits
        assert x_min <= -10 + 1e-9
        assert x_max >= 180 - 1e-9
        assert y_min <= -8 + 1e-9
        assert y_max >= 90 - 1e-9


async def test_zoom_is_kept_when_the_terminal_changes_its_size() -> None:
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        plot = app.query_one(NyquistPlot)
        plot.draw(PICTURE, palette("nasicon-dark"), is_new=True)
        plot.focus()
        await pilot.press("+", "+", "right")
        await pilot.pause()
        before = ohm_per_length(plot)
        x_min, x_max, *_ = plot.view_limits
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert ohm_per_length(plot) == pytest.approx(before)
        assert before[0] == pytest.approx(before[1])
        wider = plot.view_limits
        assert (wider[0] + wider[1]) / 2 == pytest.approx((x_min + x_max) / 2)
        await pilot.press("r")
        await pilot.pause()
        assert ohm_per_length(plot)[0] != pytest.approx(before[0])


@given(
    st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e7)),
    st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e7)),
    st.integers(5, 300),
    st.integers(3, 120),
    st.floats(1.2, 3.5),
)
def test_any_piece_of_the_plane_is_held_with_equal_scales(
    along_x: tuple[float, float], along_y: tuple[float, float], columns: int, rows: int, ratio: float
) -> None:
    (x, width), (y, height) = along_x, along_y
    view = EqualView.holding((x, x + width), (y, y + height), columns, rows, ratio)
    x_min, x_max, y_min, y_max = view.limits(columns, rows)
    slack = 1e-6 * (width + height + abs(x) + abs(y))
    assert x_min <= x + slack
    assert x_max >= x + width - slack
    assert y_min <= y + slack
    assert y_max >= y + height - slack
    assert (x_max - x_min) / columns == pytest.approx((y_max - y_min) / (rows * ratio), rel=1e-6)


def test_zoom_keeps_the_point_it_is_made_around() -> None:
    view = EqualView.holding((0, 100), (0, 50), 50, 20)
    near = view.zoomed(2.0, 10.0, 5.0)
    assert near.x_per_column == view.x_per_column / 2
    assert (10.0 - near.x_centre) / near.x_per_column == pytest.approx((10.0 - view.x_centre) / view.x_per_column)
