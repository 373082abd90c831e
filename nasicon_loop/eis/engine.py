"""From a spectrum to an analysis."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nasicon_loop.core import Executor, Inline, Progress, Silent
from nasicon_loop.eis.analysis import Analysis
from nasicon_loop.eis.geometry import Geometry
from nasicon_loop.eis.settings import Settings

if TYPE_CHECKING:
    from instruments.spectrum import Spectrum


def analyse(spectrum: "Spectrum", geometry: Geometry | None = None, *, settings: Settings | None = None) -> Analysis:
    """Return what this spectrum says: verdict with reasons, R_total with its sd, sigma where the geometry is known."""
    raise NotImplementedError


def analyse_many(
    spectra: "Sequence[Spectrum]",
    geometry: Geometry | None | Sequence[Geometry | None] = None,
    *,
    settings: Settings | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Analysis]:
    """Return one analysis per spectrum, in order. A sequence of geometries must be as long as the spectra."""
    raise NotImplementedError
