"""From our values to pictures: what `report` draws, filled from analyses and scores."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal

if TYPE_CHECKING:
    from instruments import Spectrum
    from nasicon_loop.campaign import ElementScore
    from nasicon_loop.eis import Analysis
    from nasicon_loop.report import ElementTile, SpectrumView


def spectrum_picture(spectrum: "Spectrum", analysis: "Analysis", title: str) -> "SpectrumView":
    """Return what a plot of this spectrum shows; the fit only where the analysis has a circuit."""
    from nasicon_loop.report import SpectrumView

    has_fit = analysis.circuit_string is not None
    return SpectrumView(
        label=title,
        frequency_hz=spectrum.frequency_hz,
        impedance_ohm=spectrum.impedance_ohm,
        fit_ohm=analysis.impedance_at(spectrum.frequency_hz) if has_fit else None,
        masked=analysis.masked,
        r_total_ohm=analysis.r_total_ohm,
        kk_rms=analysis.kk_rms,
        verdict=analysis.verdict,
        lines=_lines(analysis),
    )


def _lines(analysis: "Analysis") -> tuple[str, ...]:
    lines = [f"{analysis.verdict}: {'; '.join(analysis.reasons)}"[:160]]
    if analysis.sigma_25_s_cm is not None and analysis.sigma_25_s_cm_sd is not None:
        where = "25 °C" if analysis.temperature_c is not None else "temperature unknown"
        lines.append(f"sigma ({where}) = {analysis.sigma_25_s_cm:.2e} ± {analysis.sigma_25_s_cm_sd:.0e} S/cm")
    return tuple(lines)


def draw_nyquist(spectrum: "Spectrum", analysis: "Analysis", path: Path, *, title: str) -> Path:
    """Draw the Nyquist plot to `path` (PNG or SVG by its suffix). Raises Refusal for another suffix or no access."""
    from nasicon_loop.report import nyquist

    if path.suffix.lower() not in (".png", ".svg"):
        raise Refusal("pictures are .png or .svg", path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return nyquist(spectrum_picture(spectrum, analysis, title), path)
    except OSError as error:
        raise Refusal(f"the picture cannot be written ({error.strerror})", path) from error


def tiles(scores: "Sequence[ElementScore]") -> "tuple[ElementTile, ...]":
    """Return the tiles of the periodic-table map: each dopant's best predicted mean."""
    from nasicon_loop.report import ElementTile

    return tuple(ElementTile(one.element, one.mean, one.n_support_rows, one.is_blocked) for one in scores)


def draw_map(scores: "Sequence[ElementScore]", path: Path) -> Path:
    """Draw the map of the dopants over the periodic table."""
    from nasicon_loop.report import periodic_table

    if path.suffix.lower() not in (".png", ".svg"):
        raise Refusal("pictures are .png or .svg", path)
    path.parent.mkdir(parents=True, exist_ok=True)
    return periodic_table(tiles(scores), path)
