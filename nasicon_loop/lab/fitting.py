"""Fit impedance files anywhere, without a lab folder: nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Progress, Refusal, Silent

if TYPE_CHECKING:
    from instruments import Spectrum
    from nasicon_loop.eis import Analysis, Geometry, Leads
    from nasicon_loop.eis import Settings as FitSettings
    from nasicon_loop.lab.by_hand import HandFit
    from nasicon_loop.lab.pictures import PlotKind

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

        warnings = [str(one) for one in self.spectrum.metadata.get("warnings", ())]
        return {"file": self.file, "sweep": self.sweep, **analysis_document(self.analysis), "warnings": warnings}


def fit_files(
    paths: Sequence[Path],
    *,
    geometry: "Geometry | None" = None,
    temperature_c: float | None = None,
    temperature_c_sd: float = COMMAND_TEMPERATURE_SD_C,
    settings: "FitSettings | None" = None,
    leads: "Leads | None" = None,
    by_hand: "HandFit | None" = None,
    by: str = "",
    pictures: Path | None = None,
    progress: Progress | None = None,
) -> tuple[list[Fitted], list[Refusal]]:
    """Read and analyse every file; return the fitted sweeps and, beside them, a Refusal per file that was refused.

    A temperature in the file wins over one in its name ("140deg"), which wins over `temperature_c`; without any,
    u(sigma) is at least 15 %. `leads` are taken off every sweep; a file that they do not cover is refused. Sweeps of
    one file are held against each other. With `by_hand` (and the name `by`) that circuit is fitted instead. Raises
    Refusal before anything is fitted when no picture could be drawn to `pictures`.
    """
    from nasicon_loop import eis

    if pictures is not None:
        _refuse_place(pictures)
    rules = settings or eis.Settings()
    bar = progress or Silent()
    fitted: list[Fitted] = []
    refusals: list[Refusal] = []
    bar.start("fitting", len(paths))
    for path in paths:
        try:
            spectra = _spectra(path, temperature_c, temperature_c_sd, leads)
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            if by_hand is None:
                analyses = eis.analyse_repeats(spectra, geometry, settings=rules)
            else:
                analyses = [by_hand.fit(one, by=by, geometry=geometry, settings=rules) for one in spectra]
            for sweep, (spectrum, analysis) in enumerate(zip(spectra, analyses, strict=True), start=1):
                fitted.append(Fitted(str(path), sweep, spectrum, analysis))
        bar.advance(detail=path.name)
    bar.finish()
    return fitted, refusals


def _refuse_place(pictures: Path) -> None:
    """Refuse what can be neither a picture (.png, .svg) nor a folder for several."""
    from nasicon_loop.report import refuse_picture

    if pictures.suffix:
        refuse_picture(pictures)
    elif pictures.exists() and not pictures.is_dir():
        raise Refusal("is no folder: give one, or the name of a .png or .svg file", pictures)


def _spectra(path: Path, temperature_c: float | None, sd_c: float, leads: "Leads | None") -> "list[Spectrum]":
    """Read a file's sweeps with their temperatures, without the leads."""
    import instruments
    from nasicon_loop.lab.analysing import at_temperature
    from nasicon_loop.lab.dc_files import dc_hint_of
    from nasicon_loop.lab.names import read_name
    from nasicon_loop.lab.settings import Settings

    habits = Settings()
    try:
        spectra = instruments.read(path)
    except instruments.UnreadableFile as refusal:
        raise Refusal(dc_hint_of(path, refusal.reason), refusal.where) from refusal
    name = read_name(path.name, habits.lab.label_prefix)
    warm = [at_temperature(spectrum, name, habits, temperature_c, sd_c) for spectrum in spectra]
    return warm if leads is None else [leads.corrected(spectrum) for spectrum in warm]


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


def operator_name() -> str:
    """Return who fits when nobody is named: the computer's user."""
    from nasicon_loop.lab.context import user_name

    return user_name()


def draw_fitted(fitted: Fitted, path: Path, kind: "PlotKind" = "nyquist") -> Path:
    """Draw the spectrum with its fit to `path` (PNG or SVG by its suffix) and return the path."""
    from nasicon_loop.lab.pictures import draw_spectrum

    title = f"{Path(fitted.file).name}, sweep {fitted.sweep}"
    return draw_spectrum(fitted.spectrum, fitted.analysis, path, title=title, kind=kind)
