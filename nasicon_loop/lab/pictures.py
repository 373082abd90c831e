"""From our values to pictures: what `report` draws, filled from analyses and scores."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nasicon_loop.core import Refusal, with_sd

if TYPE_CHECKING:
    from instruments import Spectrum
    from nasicon_loop.campaign import DopantScore, ElementScore, PairScore
    from nasicon_loop.eis import Analysis
    from nasicon_loop.predict import HeldOutRows, Validation
    from nasicon_loop.report import ElementTile, HeldOutView, Panel, PanelKind, SpectrumView

NORMAL_90 = 1.645
"""Half of a normal distribution's central 90 % interval, in sds."""
PlotKind = Literal["nyquist", "bode", "residuals", "drt", "all"]


def spectrum_picture(spectrum: "Spectrum", analysis: "Analysis", title: str) -> "SpectrumView":
    """Return what a plot of this spectrum shows; the fit only where the analysis has a circuit."""
    from nasicon_loop.eis import spectrum_view
    from nasicon_loop.report import SpectrumView

    seen = spectrum_view(spectrum, analysis)
    return SpectrumView(
        label=title,
        frequency_hz=spectrum.frequency_hz,
        impedance_ohm=spectrum.impedance_ohm,
        fit_ohm=None if seen.fit is None else analysis.impedance_at(spectrum.frequency_hz),
        masked=tuple(int(k) for k in seen.is_masked.nonzero()[0]),
        r_total_ohm=analysis.r_total_ohm,
        kk_rms=analysis.kk_rms,
        verdict=analysis.verdict,
        lines=_lines(analysis),
        r_total_ohm_sd=analysis.r_total_ohm_sd,
        curve_hz=None if seen.fit is None else seen.fit.frequency_hz,
        curve_ohm=None if seen.fit is None else seen.fit.real_ohm - 1j * seen.fit.minus_imag_ohm,
    )


def with_relaxation(view: "SpectrumView", spectrum: "Spectrum") -> "SpectrumView":
    """Return the view with its distribution of relaxation times; without it where the spectrum is too short."""
    from nasicon_loop.eis import relaxation_times

    try:
        return replace(view, relaxation=relaxation_times(spectrum, masked=tuple(view.masked)))
    except Refusal:
        return view


def panels_of(spectrum: "Spectrum", analysis: "Analysis", title: str = "") -> "Mapping[PanelKind, Panel]":
    """Return every plot of a spectrum as points, lines, limits and ticks, for a face that draws them itself."""
    from nasicon_loop.report import spectrum_panels

    return spectrum_panels(with_relaxation(spectrum_picture(spectrum, analysis, title), spectrum))


def _lines(analysis: "Analysis") -> tuple[str, ...]:
    lines = [f"{analysis.verdict}: {'; '.join(analysis.reasons)}"]
    if analysis.sigma_25_s_cm is not None and analysis.sigma_25_s_cm_sd is not None:
        where = "25 °C" if analysis.temperature_c is not None else "temperature unknown"
        lines.append(f"sigma ({where}) = {with_sd(analysis.sigma_25_s_cm, analysis.sigma_25_s_cm_sd)} S/cm")
    return tuple(lines)


def draw_spectrum(
    spectrum: "Spectrum", analysis: "Analysis", path: Path, *, title: str, kind: PlotKind = "nyquist"
) -> Path:
    """Draw one kind of picture to `path` (PNG or SVG by its suffix); "all" is Nyquist, Bode, residuals, DRT on a sheet.

    Raises Refusal for another suffix or kind, or no access.
    """
    from nasicon_loop import report

    drawings = {
        "nyquist": report.nyquist,
        "bode": report.bode,
        "residuals": report.residuals,
        "drt": report.relaxation,
        "all": report.overview,
    }
    if kind not in drawings:
        raise Refusal(f"unknown kind of plot {kind!r}; known are {', '.join(drawings)}", "plot")
    view = spectrum_picture(spectrum, analysis, title)
    if kind in ("drt", "all"):
        view = with_relaxation(view, spectrum)
    return drawings[kind](view, path)


def tiles(scores: "Sequence[ElementScore]") -> "tuple[ElementTile, ...]":
    """Return the tiles of the periodic-table map: each dopant's best predicted mean."""
    from nasicon_loop.report import ElementTile

    return tuple(ElementTile(one.element, one.mean, one.n_support_rows, one.is_blocked) for one in scores)


SCORE_NAME = "score: 85 % conductivity, 5 % each window, stability, diffusion (1: best with one dopant)"


def draw_scores(scores: "Sequence[DopantScore]", path: Path) -> Path:
    """Draw the dopants' scores over the periodic table. Raises Refusal for another suffix, or no access."""
    from nasicon_loop.report import periodic_table

    return periodic_table(_score_tiles(scores), path, score_name=SCORE_NAME)


def draw_pairs(pairs: "Sequence[PairScore]", scores: "Sequence[DopantScore]", path: Path) -> Path:
    """Draw the 49 x 49 scores, dopants by site, charge and radius. Raises Refusal for another suffix, or no access."""
    from nasicon_loop.chemistry import dopants
    from nasicon_loop.report import PairTile, pair_map

    table = dopants()

    def order(one: "DopantScore") -> tuple[int, int, float]:
        facts = table[one.element]
        return ("Na", "Zr", "T").index(facts.site), facts.oxidation_state, facts.radius_angstrom

    tiles_of_pairs = [PairTile(one.first, one.second, one.hit.value) for one in pairs]
    return pair_map(tiles_of_pairs, _score_tiles(sorted(scores, key=order)), path, score_name=SCORE_NAME)


def _score_tiles(scores: "Sequence[DopantScore]") -> "tuple[ElementTile, ...]":
    from nasicon_loop.report import ElementTile

    return tuple(
        ElementTile(one.element, None if one.hit is None else one.hit.score, one.n_support_rows, one.is_blocked)
        for one in scores
    )


def draw_validation(found: "Validation", path: Path) -> Path:
    """Draw parity, residuals and calibration of each split. Raises Refusal for another suffix, or no access."""
    return draw_held_out(held_out_views(found), path)


def draw_held_out(views: "Sequence[HeldOutView]", path: Path) -> Path:
    """Draw a row of panels per view. Raises Refusal for another suffix, or no access."""
    from nasicon_loop.report import validation_sheet

    return validation_sheet(views, path)


def stored_view(rows: "HeldOutRows", title: str) -> "HeldOutView":
    """Return what a plot of a stored model's held-out rows shows."""
    from nasicon_loop.predict import COVERAGE_LEVELS, coverage_of
    from nasicon_loop.report import HeldOutView

    half = NORMAL_90 * rows.sd
    return HeldOutView(
        title=title,
        measured=rows.measured,
        predicted=rows.mean,
        low=rows.mean - half,
        high=rows.mean + half,
        families=rows.families,
        nominal=COVERAGE_LEVELS,
        covered=coverage_of(rows.pit),
    )


_SPLIT_WORDS = {
    "random": "random folds: everything may be shared",
    "source": "no source shared",
    "source and formula": "no source and no formula shared",
    "chemical system": "no chemical system shared",
}


def held_out_views(found: "Validation") -> "list[HeldOutView]":
    """Return what a sheet shows of the CNN with trees, a view per split; splits without a held-out row are left out."""
    import numpy as np

    from nasicon_loop.predict import COVERAGE_LEVELS, HYBRID
    from nasicon_loop.report import HeldOutView

    views = []
    for split in found.splits:
        values = found.held_out.get(f"{HYBRID}, {split}")
        shares = found.calibration(split)
        if values is None or shares is None:
            continue
        held = np.isfinite(values[:, 0])
        mean, low, high = values[held].T
        views.append(
            HeldOutView(
                title=_SPLIT_WORDS.get(split, split),
                measured=found.truth[held],
                predicted=mean,
                low=low,
                high=high,
                families=tuple(name for name, is_in in zip(found.families, held, strict=True) if is_in),
                nominal=COVERAGE_LEVELS,
                covered=shares,
            )
        )
    return views
