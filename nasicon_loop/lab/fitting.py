"""Fit impedance files anywhere, without a lab folder: nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Progress, Refusal, Silent

if TYPE_CHECKING:
    from instruments import Spectrum
    from nasicon_loop.eis import Analysis, Geometry
    from nasicon_loop.eis import Settings as FitSettings

COMMAND_TEMPERATURE_SD_C = 1.0
"""A temperature typed on a command line is taken as read from a room thermometer: ±1 °C."""


@dataclass(frozen=True)
class Fitted:
    """One sweep of one file with what was concluded from it."""

    file: str
    sweep: int
    spectrum: "Spectrum"
    analysis: "Analysis"

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon fit --json` prints for this sweep."""
        from nasicon_loop.lab.documents import analysis_document

        return {"file": self.file, "sweep": self.sweep, **analysis_document(self.analysis)}


def fit_files(
    paths: Sequence[Path],
    *,
    geometry: "Geometry | None" = None,
    temperature_c: float | None = None,
    temperature_c_sd: float = COMMAND_TEMPERATURE_SD_C,
    settings: "FitSettings | None" = None,
    progress: Progress | None = None,
) -> tuple[list[Fitted], list[Refusal]]:
    """Read and analyse every file; return the fitted sweeps and, beside them, a Refusal per file that was refused.

    A temperature in the file wins over one in its name ("140deg"), which wins over `temperature_c`; without any,
    u(sigma) is at least 15 %.
    """
    import instruments
    from nasicon_loop import eis
    from nasicon_loop.lab.analysing import at_temperature
    from nasicon_loop.lab.names import read_name
    from nasicon_loop.lab.settings import Settings

    habits = Settings()
    bar = progress or Silent()
    fitted: list[Fitted] = []
    refusals: list[Refusal] = []
    bar.start("fitting", len(paths))
    for path in paths:
        try:
            spectra = instruments.read(path)
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            name = read_name(path.name, habits.lab.label_prefix)
            for sweep, spectrum in enumerate(spectra, start=1):
                warm = at_temperature(spectrum, name, habits, temperature_c, temperature_c_sd)
                analysis = eis.analyse(warm, geometry, settings=settings or eis.Settings())
                fitted.append(Fitted(str(path), sweep, warm, analysis))
        bar.advance(detail=path.name)
    bar.finish()
    return fitted, refusals


def geometry_of(
    thickness_cm: float | None, radius_cm: float | None, electrode_diameter_cm: float | None
) -> "Geometry | None":
    """Return the geometry that command-line options describe, or None when none was given.

    Raises Refusal when only half of it was given or the two ways to give the electrode disagree.
    """
    if radius_cm is not None and electrode_diameter_cm is not None:
        raise Refusal("give --radius-cm or --electrode-diameter-cm, not both")
    diameter_cm = 2 * radius_cm if radius_cm is not None else electrode_diameter_cm
    if thickness_cm is None and diameter_cm is None:
        return None
    if thickness_cm is None:
        raise Refusal("sigma needs the thickness too: add --thickness-cm")
    if diameter_cm is None:
        raise Refusal("sigma needs the electrode too: add --radius-cm or --electrode-diameter-cm")
    from nasicon_loop.eis import Geometry

    return Geometry(thickness_cm=thickness_cm, electrode_diameter_cm=diameter_cm)


def draw(fitted: Fitted, path: Path) -> Path:
    """Draw the Nyquist plot with the fit to `path` (PNG or SVG by its suffix) and return the path."""
    from nasicon_loop.lab.pictures import draw_nyquist

    return draw_nyquist(fitted.spectrum, fitted.analysis, path, title=f"{Path(fitted.file).name}, sweep {fitted.sweep}")
