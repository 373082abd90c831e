"""What was concluded from a spectrum: verdict, numbers, circuit and reasons as text beside the plot."""

from typing import Any

from rich.text import Text

from nasicon_loop.core import plain
from nasicon_loop.lab import AnalysisView
from nasicon_loop.tui import words
from nasicon_loop.tui.themes import Palette


def numbers_text(view: AnalysisView, colours: Palette, caveat: str = "") -> Text:
    """Return the lines, with what to mind about the plot; text from files and people stays text."""
    analysis = view.analysis
    text = Text().append_text(words.state(analysis.verdict, colours)).append(f", {view.standing}\n")
    if caveat:
        text.append(f"{plain(caveat, limit=400)}\n", style=colours.doubt)
    if analysis.sigma_25_s_cm is None and analysis.verdict != "rejected":
        text.append("no conductivity yet: it needs a pellet and its geometry\n", style=colours.doubt)
    for title, value in (
        ("σ 25 °C", words.sigma(analysis.sigma_25_s_cm, analysis.sigma_25_s_cm_sd)),
        ("σ here", words.sigma(analysis.sigma_total_s_cm, analysis.sigma_total_s_cm_sd)),
        ("at", _temperature(analysis)),
        ("R total", words.ohms(analysis.r_total_ohm, analysis.r_total_ohm_sd)),
        ("R bulk", words.ohms(analysis.r_bulk_ohm, analysis.r_bulk_ohm_sd)),
        ("R gb", words.ohms(analysis.r_gb_ohm, analysis.r_gb_ohm_sd)),
        ("KK rms", _percent(analysis.kk_rms)),
        ("fit rms", _percent(analysis.fit_rms)),
        ("left out", _left_out(view)),
    ):
        if value != "-":
            text.append(f"{title:<9}", style=colours.faint).append(f"{value}\n")
    text.append(f"{plain(analysis.circuit_string or 'no circuit')}\n", style=colours.faint)
    for reason in analysis.reasons:
        text.append(f"- {plain(reason, limit=400)}\n")
    for note in analysis.notes:
        text.append(f"  {plain(note, limit=400)}\n", style=colours.faint)
    return text


def _left_out(view: AnalysisView) -> str:
    by_hand = f", {len(view.analysis.left_out)} by hand" if view.analysis.left_out else ""
    return f"{len(view.analysis.masked)} of {view.spectrum.n_points}{by_hand}"


def _temperature(analysis: Any) -> str:
    if analysis.temperature_c is None:
        return "-"
    sd = "" if analysis.temperature_c_sd is None else f" ± {analysis.temperature_c_sd:.1f}"
    return f"{analysis.temperature_c:.1f}{sd} °C ({analysis.temperature_source})"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f} %"
