"""View models that more than one face draws: what part of a spectrum to show, which runs there are."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from db import ModelRun
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.overview import AnalysisView
    from nasicon_loop.lab.sheets import BenchSheet

_KILO_FROM_OHM = 2e3
_MEGA_FROM_OHM = 2e6
_N_CURVE_POINTS = 400


@dataclass(frozen=True, slots=True)
class NyquistPicture:
    """A Nyquist plot in `unit`: Z' along x, -Z'' along y.

    `measured`, `masked` (left out of the fit) and `fit` are arrays (n, 2); `r_total` is where the total resistance
    lies on the x axis; `points` are all points in the order of measurement. The limits show the arcs; `is_cut` says
    that a part of the electrode spike lies outside.
    """

    unit: str
    measured: NDArray[np.float64]
    masked: NDArray[np.float64]
    fit: NDArray[np.float64]
    r_total: float | None
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    is_cut: bool
    points: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))


@dataclass(frozen=True, slots=True)
class EqualView:
    """A piece of the plane drawn on character cells with as many ohm per length along x as along y.

    `x_per_column` is the width of one cell in data units; `cell_ratio` the height of a cell over its width.
    """

    x_centre: float
    y_centre: float
    x_per_column: float
    cell_ratio: float = 2.0

    @classmethod
    def holding(
        cls,
        x_limits: tuple[float, float],
        y_limits: tuple[float, float],
        columns: int,
        rows: int,
        cell_ratio: float = 2.0,
    ) -> "EqualView":
        """Return the closest view on `columns` x `rows` cells that holds both limits, which touch left and bottom."""
        width, height = x_limits[1] - x_limits[0], y_limits[1] - y_limits[0]
        scale = max(width / max(columns, 1), height / (max(rows, 1) * cell_ratio))
        return cls(x_limits[0] + scale * columns / 2, y_limits[0] + scale * cell_ratio * rows / 2, scale, cell_ratio)

    def limits(self, columns: int, rows: int) -> tuple[float, float, float, float]:
        """Return x_min, x_max, y_min, y_max of the view on that many cells."""
        half_x = self.x_per_column * columns / 2
        half_y = self.x_per_column * self.cell_ratio * rows / 2
        return self.x_centre - half_x, self.x_centre + half_x, self.y_centre - half_y, self.y_centre + half_y

    def zoomed(self, factor: float, x: float, y: float) -> "EqualView":
        """Return the view magnified by `factor` around (x, y)."""
        centre = x + (self.x_centre - x) / factor, y + (self.y_centre - y) / factor
        return EqualView(*centre, self.x_per_column / factor, self.cell_ratio)

    def moved(self, columns: float, rows: float) -> "EqualView":
        """Return the view moved by cells: right and up are positive."""
        return EqualView(
            self.x_centre + columns * self.x_per_column,
            self.y_centre + rows * self.x_per_column * self.cell_ratio,
            self.x_per_column,
            self.cell_ratio,
        )


def nyquist_picture(view: "AnalysisView") -> NyquistPicture:
    """Return what a Nyquist plot of this analysis shows."""
    from nasicon_loop.report import nyquist_limits

    spectrum, analysis = view.spectrum, view.analysis
    z = np.asarray(spectrum.impedance_ohm)
    limits = nyquist_limits(z, analysis.r_total_ohm)
    scale, unit = _unit(limits.x_max)
    left_out = np.zeros(len(z), dtype=bool)
    left_out[list(analysis.masked)] = True
    fit = np.empty(0, dtype=complex)
    if analysis.circuit_string is not None:
        frequency = spectrum.frequency_hz
        fit = analysis.impedance_at(np.geomspace(frequency.max(), frequency.min(), _N_CURVE_POINTS))
    return NyquistPicture(
        unit,
        _plane(z[~left_out] * scale),
        _plane(z[left_out] * scale),
        _plane(fit * scale),
        None if analysis.r_total_ohm is None else analysis.r_total_ohm * scale,
        (limits.x_min * scale, limits.x_max * scale),
        (limits.y_min * scale, limits.y_max * scale),
        limits.is_cut,
        np.column_stack([z.real, -z.imag]) * scale,
    )


def _unit(largest_ohm: float) -> tuple[float, str]:
    if largest_ohm >= _MEGA_FROM_OHM:
        return 1e-6, "MΩ"
    return (1e-3, "kΩ") if largest_ohm >= _KILO_FROM_OHM else (1.0, "Ω")


def _plane(impedance: "NDArray[Any]") -> NDArray[np.float64]:
    points: NDArray[np.float64] = np.column_stack([impedance.real, -impedance.imag])
    finite: NDArray[np.float64] = points[np.isfinite(points).all(axis=1)]
    return finite


def model_runs(lab: "Lab") -> "tuple[ModelRun, ...]":
    """Return all trainings, oldest first."""
    with lab.database.read() as reader:
        return tuple(reader.model_runs())


def sweeps_beside(lab: "Lab", analysis_number: int) -> tuple[int, ...]:
    """Return the numbers of the current analyses of the same file, in the order of its sweeps."""
    with lab.database.read() as reader:
        file = reader.genealogy_of_analysis(analysis_number).file
        return tuple(one.id for one in reader.current_analyses(raw_file=file, with_document=False))


def kept_sheet(lab: "Lab", label: str) -> "BenchSheet | None":
    """Return the sample's newest bench sheet, or None while nothing was planned; nothing is written."""
    from nasicon_loop.lab.sheets import sample_sheet

    with lab.database.read() as reader:
        is_planned = reader.recipe(reader.sample(label)) is not None
    return sample_sheet(lab, label) if is_planned else None
