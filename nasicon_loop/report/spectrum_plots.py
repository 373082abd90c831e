"""Pictures of one spectrum: Nyquist, Bode, residuals, relaxation times, and all of them on one sheet."""

import textwrap
from pathlib import Path

import numpy as np

from nasicon_loop.core import plain
from nasicon_loop.report.drawing import LINE_IN, Paper, draw_inset, draw_panel
from nasicon_loop.report.panels import (
    Panel,
    modulus_panel,
    nyquist_panel,
    phase_panel,
    relaxation_panel,
    residual_panel,
)
from nasicon_loop.report.style import BLACK, figure
from nasicon_loop.report.values import SpectrumView

_WIDE_IN, _LEFT_IN, _RIGHT_IN, _HEAD_IN, _FOOT_IN, _GAP_IN = 5.9, 0.85, 0.25, 0.4, 0.95, 0.12
_SHEET_IN = (11.7, 8.6)
_TITLE_LIMIT, _LINE_LIMIT, _SHEET_LIMIT, _NOTE_LIMIT = 70, 115, 170, 88
_VERDICT_INK = {"accepted": "#00694A", "review": "#8A5A00", "rejected": "#A63600"}
"""The verdicts' colours, dark enough to be read as text."""


def nyquist(view: SpectrumView, path: Path) -> Path:
    """Draw -Z'' over Z' in ohm with equal scales; where the electrode spike dwarfs the arcs, the whole is an inset."""
    panel = nyquist_panel(view)
    ratio = (panel.y.high - panel.y.low) / (panel.x.high - panel.x.low)
    height = _WIDE_IN * float(np.clip(ratio, 0.4, 1.1))
    return _alone(view, path, [(panel.filling(height / _WIDE_IN), height)])


def bode(view: SpectrumView, path: Path) -> Path:
    """Draw |Z| (ohm, log) and the negative phase (degrees) over frequency (Hz, log)."""
    return _alone(view, path, [(modulus_panel(view), 2.3), (phase_panel(view), 2.0)])


def residuals(view: SpectrumView, path: Path) -> Path:
    """Draw (Z - fit)/|Z| in per cent, real and imaginary, with a band of twice the Kramers-Kronig rms.

    A fit whose residuals leave the band is worse than the data allow. Without a fit a sentence says so.
    """
    return _alone(view, path, [(residual_panel(view), 2.6)])


def relaxation(view: SpectrumView, path: Path) -> Path:
    """Draw the distribution of relaxation times, `view.relaxation`, with the apex frequency of each peak."""
    return _alone(view, path, [(relaxation_panel(view), 2.8)])


def overview(view: SpectrumView, path: Path) -> Path:
    """Draw Nyquist, Bode, residuals and relaxation times on one landscape sheet."""
    width, height = _SHEET_IN
    left, right, wide = 0.85, 6.85, 4.6
    top, bottom, high = 4.75, 0.98, 2.6
    half = 0.5 * high - 0.06
    with figure(path, width, height, is_placed=True) as drawing:
        paper = Paper(drawing, width, height)
        plane, upper = paper.axes(left, top, wide, high), paper.axes(right, top + high - half, wide, half)
        lower = paper.axes(right, top, wide, half)
        residual, spread = paper.axes(left, bottom, wide, high), paper.axes(right, bottom, wide, high)
        nyquist_view, drt = nyquist_panel(view), relaxation_panel(view)
        draw_panel(plane, nyquist_view.filling(high / wide), marker_size=3.6)
        if nyquist_view.is_cut:
            draw_inset(plane, _whole(view))
        draw_panel(upper, modulus_panel(view), has_x_label=False, marker_size=3.0)
        draw_panel(lower, phase_panel(view), marker_size=3.0)
        draw_panel(residual, residual_panel(view), marker_size=3.0)
        draw_panel(spread, drt)
        for axes, name in ((plane, "Nyquist"), (upper, "Bode"), (residual, "Residuals"), (spread, "Relaxation times")):
            axes.set_title(name, loc="left", fontsize=10.5, fontweight="bold", pad=4)
        paper.legend([plane], left + 0.5 * wide, top - 0.47)
        paper.legend([residual], left + 0.5 * wide, bottom - 0.47)
        if drt.series:
            note = textwrap.fill(plain(drt.note, limit=400), _NOTE_LIMIT)
            paper.text(right + 0.5 * wide, 0.08, note, va="bottom", fontsize=7.5, color=BLACK)
        paper.text(0.5 * width, height - 0.3, _title(view), va="center", fontsize=13, fontweight="bold")
        paper.lines(height - 0.47, _lines(view, _SHEET_LIMIT))
    return path


def _alone(view: SpectrumView, path: Path, panels: list[tuple[Panel, float]]) -> Path:
    """Draw panels of the given heights (inches) below each other, with title, legend, notes and lines of text."""
    notes = [panel.note for panel, _ in panels if panel.series and panel.note]
    lines = [(line, BLACK) for note in notes for line in textwrap.wrap(plain(note, limit=400), _LINE_LIMIT)]
    lines += _lines(view, _LINE_LIMIT)
    foot = _FOOT_IN + LINE_IN * len(lines)
    width = _LEFT_IN + _WIDE_IN + _RIGHT_IN
    height = foot + _HEAD_IN + sum(high for _, high in panels) + _GAP_IN * (len(panels) - 1)
    with figure(path, width, height, is_placed=True) as drawing:
        paper, top, drawn = Paper(drawing, width, height), height - _HEAD_IN, []
        for panel, high in panels:
            axes = paper.axes(_LEFT_IN, top - high, _WIDE_IN, high)
            draw_panel(axes, panel, has_x_label=panel is panels[-1][0])
            drawn.append(axes)
            top -= high + _GAP_IN
            if panel.kind == "nyquist" and panel.is_cut:
                draw_inset(axes, _whole(view))
        drawn[0].set_title(_title(view))
        paper.legend(drawn, _LEFT_IN + 0.5 * _WIDE_IN, foot - 0.5)
        paper.lines(0.1 + LINE_IN * len(lines), lines)
    return path


def _whole(view: SpectrumView) -> Panel:
    return nyquist_panel(view, is_whole=True).filling(1.0)


def _speaks_of_verdict(view: SpectrumView) -> bool:
    return bool(view.verdict and view.lines) and view.lines[0].startswith(view.verdict)


def _title(view: SpectrumView) -> str:
    """Return the label, with the verdict where no line says it."""
    verdict = "" if _speaks_of_verdict(view) or not view.verdict else f"   [{plain(view.verdict)}]"
    return plain(view.label, limit=_TITLE_LIMIT) + verdict


def _lines(view: SpectrumView, width: int) -> list[tuple[str, str]]:
    """Return the view's lines with their colours, at most two printed lines each; the verdict's in its colour."""
    done: list[tuple[str, str]] = []
    for k, line in enumerate(view.lines):
        is_verdict = k == 0 and _speaks_of_verdict(view)
        colour = _VERDICT_INK.get(view.verdict, BLACK) if is_verdict else BLACK
        parts = textwrap.wrap(plain(line, limit=600), width)
        if len(parts) > 2:
            parts = [parts[0], parts[1] + " …"]
        done += [(part, colour) for part in parts]
    return done
