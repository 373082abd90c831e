"""The Nyquist plot: equal axes on character cells of any shape, kept when the terminal or the zoom changes."""

from collections.abc import Sequence

import numpy as np
from textual.events import Resize
from textual_plot import HiResMode, PlotWidget

from nasicon_loop.lab import EqualView, NyquistPicture
from nasicon_loop.tui.themes import Palette

Overlays = Sequence[tuple[Sequence[int], str, str]]
"""Places of points, the sign and the style that they are drawn with over the others."""
_CELL_RATIO = 2.0
"""Height over width of a terminal's cell where the terminal does not tell."""
_PLAUSIBLE = (1.2, 3.5)


class NyquistPlot(PlotWidget):
    """-Z'' over Z' with the same number of ohm per length along both axes.

    The base class scales both axes freely; here one `EqualView` is the truth, and its limits are computed from the
    cells that there are whenever the plot is drawn.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._picture: NyquistPicture | None = None
        self._view: EqualView | None = None
        self._cell_ratio = _CELL_RATIO

    def on_mount(self) -> None:
        """Leave all cells to the data: titles stand in the border."""
        super().on_mount()
        self.margin_top, self.margin_bottom, self.margin_left = 0, 1, 7

    def draw(
        self,
        picture: NyquistPicture | None,
        colours: Palette,
        *,
        is_new: bool,
        overlays: Overlays = (),
    ) -> None:
        """Show a spectrum, and over it points of other signs and styles; `is_new` forgets the zoom."""
        self._picture = picture
        self.clear()
        if is_new:
            self._view = None
        self.border_subtitle = ""
        if picture is None:
            return
        if len(picture.fit):
            self.plot(picture.fit[:, 0], picture.fit[:, 1], line_style=colours.curve, hires_mode=HiResMode.BRAILLE)
        if picture.r_total is not None:
            self.add_v_line(picture.r_total, line_style=colours.faint)
        self.scatter(picture.measured[:, 0], picture.measured[:, 1], marker="o", marker_style=f"bold {colours.point}")
        if len(picture.masked):
            self.scatter(picture.masked[:, 0], picture.masked[:, 1], marker="x", marker_style=colours.faint)
        for places, sign, style in overlays:
            over = picture.points[list(places)]
            over = over[np.isfinite(over).all(axis=1)]
            if len(over):
                self.scatter(over[:, 0], over[:, 1], marker=sign, marker_style=style)
        self.border_title = f"-Z″ over Z′ in {picture.unit}, equal axes"
        self.border_subtitle = " ".join(
            [
                "o measured",
                *(["─ fit"] if len(picture.fit) else []),
                *(["x left out"] if len(picture.masked) else []),
                *(["│ R"] if picture.r_total is not None else []),
            ]
        )

    def tell_cells(self, event: Resize) -> None:
        """Learn the true shape of a cell from terminals that tell it."""
        pixels, cells = event.pixel_size, event.size
        if pixels is None or not (pixels.width and pixels.height and cells.width and cells.height):
            return
        ratio = (pixels.height / cells.height) / (pixels.width / cells.width)
        if _PLAUSIBLE[0] < ratio < _PLAUSIBLE[1]:
            self._cell_ratio = ratio
            if self._view is not None:
                self._view = EqualView(self._view.x_centre, self._view.y_centre, self._view.x_per_column, ratio)
            self._rerender()

    @property
    def view_limits(self) -> tuple[float, float, float, float]:
        """x_min, x_max, y_min, y_max as drawn."""
        return self._x_min, self._x_max, self._y_min, self._y_max

    @property
    def is_zoomed(self) -> bool:
        """Whether a person sees a part of it."""
        return self._view is not None

    @property
    def cells(self) -> tuple[int, int]:
        """Columns and rows that the data are drawn on."""
        return self._scale_rectangle.width, self._scale_rectangle.height

    def _current_view(self) -> EqualView | None:
        if self._view is not None:
            return self._view
        columns, rows = self.cells
        if self._picture is None or columns < 1 or rows < 1:
            return None
        return EqualView.holding(self._picture.x_limits, self._picture.y_limits, columns, rows, self._cell_ratio)

    def _render_plot(self) -> None:
        view = self._current_view()
        if view is not None:
            self._auto_x_min = self._auto_x_max = self._auto_y_min = self._auto_y_max = False
            self._x_min, self._x_max, self._y_min, self._y_max = view.limits(*self.cells)
        super()._render_plot()

    def _zoom(self, center_x: float, center_y: float, factor: float, zoom_x: bool, zoom_y: bool) -> None:
        view = self._current_view()
        if view is not None:
            self._view = view.zoomed(1 + factor, center_x, center_y)
            self._rerender()

    def _pan(self, factor_x: float, factor_y: float) -> None:
        view = self._current_view()
        if view is not None:
            self._view = view.moved(-factor_x, factor_y)
            self._rerender()

    def action_reset_scales(self) -> None:
        """Show the whole again."""
        self._view = None
        self._rerender()

    def _render_x_label(self) -> None:
        """The border tells it."""

    def _render_y_label(self) -> None:
        """The border tells it."""
