"""The plots of a stored analysis beside Nyquist, for a face that draws itself: Bode, residuals, relaxation times."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nasicon_loop.core import Refusal
from nasicon_loop.lab.pictures import spectrum_picture

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.overview import AnalysisView
    from nasicon_loop.report import Panel, SpectrumView

_LEAST_POINTS = 5


def spectrum_plots(lab: "Lab", view: "AnalysisView") -> "Mapping[str, Panel]":
    """Return modulus, phase, residuals, kramers-kronig and drt of an analysis, each from its stored spectrum.

    A plot that cannot be made has no series, and its note says why. Raises Refusal where fewer than 5 points of the
    spectrum are numbers.
    """
    from nasicon_loop.eis import relaxation_times
    from nasicon_loop.report import spectrum_panels

    seen = _usable(spectrum_picture(view.spectrum, view.analysis, view.name))
    plots: dict[str, Panel] = {"kramers-kronig": _kramers_kronig(lab, seen)}
    plots.update(spectrum_panels(seen).items())
    try:
        found = relaxation_times(view.spectrum, masked=tuple(view.analysis.masked))
    except Refusal as refusal:
        plots["drt"] = replace(plots["modulus"], kind="drt", series=(), note=refusal.reason)
        return plots
    plots["drt"] = spectrum_panels(replace(seen, relaxation=found))["drt"]
    return plots


def _usable(seen: "SpectrumView") -> "SpectrumView":
    """Return the view without points that are no numbers."""
    f, z = np.asarray(seen.frequency_hz), np.asarray(seen.impedance_ohm)
    is_usable = np.isfinite(f) & np.isfinite(z) & (f > 0) & (np.abs(z) > 0)
    if is_usable.sum() < _LEAST_POINTS:
        raise Refusal(f"a plot needs at least {_LEAST_POINTS} points that are numbers", seen.label)
    return replace(
        seen,
        frequency_hz=f[is_usable],
        impedance_ohm=z[is_usable],
        fit_ohm=None if seen.fit_ohm is None else seen.fit_ohm[is_usable],
        masked=tuple(int(k) for k in np.flatnonzero(seen.is_masked[is_usable])),
    )


def _kramers_kronig(lab: "Lab", seen: "SpectrumView") -> "Panel":
    """Return what the Kramers-Kronig test leaves over, in per cent of |Z|; its outliers are the points left out."""
    from nasicon_loop.eis import kramers_kronig
    from nasicon_loop.lab.analysing import eis_settings
    from nasicon_loop.report import spectrum_panels

    outlier_sd = eis_settings(lab.settings).outlier_sd
    test = kramers_kronig(seen.frequency_hz, seen.impedance_ohm, outlier_sd=outlier_sd)
    outliers = tuple(int(k) for k in np.flatnonzero(test.masked))
    left = replace(seen, fit_ohm=test.smooth_ohm, masked=outliers, kk_rms=test.rms)
    panel = spectrum_panels(left)["residuals"]
    return replace(panel, y=replace(panel.y, label="KK test residual in %"))
