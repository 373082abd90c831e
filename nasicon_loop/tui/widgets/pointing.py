"""A cursor over the points of a spectrum, and the points that a person marks to be left out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nasicon_loop.core import plain
from nasicon_loop.lab import AnalysisView, HandFit, circuit_names, places_text
from nasicon_loop.tui import words
from nasicon_loop.tui.themes import Palette
from nasicon_loop.tui.widgets.dialogs import Field, Values

_CURSOR = "◆"
_UNITS = ((1e6, "MHz"), (1e3, "kHz"), (1.0, "Hz"))


@dataclass(frozen=True, slots=True)
class Pointing:
    """Where the cursor stands (a place counted from 0, None before it was moved) and what is marked.

    `kept` are the marks that the analysis on the screen was made with.
    """

    n_points: int
    kept: frozenset[int] = frozenset()
    marks: frozenset[int] = frozenset()
    cursor: int | None = None

    @staticmethod
    def of(view: AnalysisView) -> "Pointing":
        """Return the marks that an analysis was made with."""
        left_out = frozenset(view.analysis.left_out)
        return Pointing(view.spectrum.n_points, left_out, left_out)

    @property
    def is_touched(self) -> bool:
        """Whether a person moved the cursor or marked anything."""
        return self.cursor is not None or self.marks != self.kept

    def moved(self, step: int) -> "Pointing":
        """Return it with the cursor so many points further, at the ends at most; the first press shows it."""
        if self.cursor is None:
            return replace(self, cursor=0 if step > 0 else self.n_points - 1)
        return replace(self, cursor=min(max(self.cursor + step, 0), self.n_points - 1))

    def toggled(self) -> "Pointing":
        """Return it with the point under the cursor marked, or no longer."""
        return self if self.cursor is None else replace(self, marks=self.marks ^ {self.cursor})

    def overlays(self, colours: Palette) -> tuple[tuple[Sequence[int], str, str], ...]:
        """Return what to draw over the points: places, sign and style; the cursor last."""
        return (
            (sorted(self.marks - self.kept), "x", f"bold {colours.doubt}"),
            (sorted(self.kept - self.marks), "o", f"bold {colours.doubt}"),
            ([] if self.cursor is None else [self.cursor], _CURSOR, f"bold {colours.bad}"),
        )

    def words(self, spectrum: Any) -> str:
        """Return the point under the cursor and what is marked, in one line."""
        parts = []
        if self.cursor is not None:
            f, z = float(spectrum.frequency_hz[self.cursor]), complex(spectrum.impedance_ohm[self.cursor])
            sign = "out" if self.cursor in self.marks else "in"
            place = f"Z′ {words.number(z.real, 4)} Ω, −Z″ {words.number(-z.imag, 4)} Ω"
            parts.append(f"point {self.cursor}: {_hertz(f)}, {place}, {sign}")
        if self.marks != self.kept:
            parts.append(f"{len(self.marks)} of {self.n_points} marked: c")
        return "; ".join(parts)


def on_panel(panel: Any, frequency_hz: Any, places: Sequence[int]) -> tuple[Any, Any]:
    """Return where the points of a spectrum lie on a panel over the frequency; every series has its own."""
    wanted = np.asarray(frequency_hz)[list(places)]
    drawn = [one for one in panel.series if not one.is_line]
    found = [(one.x[hit], one.y[hit]) for one in drawn for hit in [np.isin(one.x, wanted)]]
    if not found:
        return np.empty(0), np.empty(0)
    return np.concatenate([x for x, _ in found]), np.concatenate([y for _, y in found])


def refit_fields(marks: frozenset[int], who: str) -> list[Field]:
    """Return the lines of the form that analyses a spectrum anew."""
    return [
        Field("mask", "points", places_text(sorted(marks)), hint="to leave out, from 0: 3,4,10-17"),
        Field("left_out", "and Hz", hint="to leave out: 1:10, 1e5:1e6"),
        Field("circuit", "circuit", hint="a number from below; empty: the best of all"),
        Field("electrolyte", "its electrolyte", hint="only for a circuit of your own: R0,R1"),
        Field("reason", "why", hint="the analysis and the journal keep it"),
        Field("who", "who", who),
    ]


def refit_wish(values: Values) -> HandFit:
    """Return what was typed; a number is that circuit of those known. Raises Refusal for what cannot be read."""
    circuit, known = values["circuit"], circuit_names()
    if circuit.isdecimal() and 1 <= int(circuit[:3]) <= len(known):
        circuit = known[int(circuit[:3]) - 1]
    left_out = values["left_out"].replace(",", " ").split()
    return HandFit.parse(circuit, values["electrolyte"], mask=values["mask"], leave_out=left_out)


def circuits_note() -> str:
    """Return the circuits with their numbers."""
    return " ".join(f"{k}:{plain(name)}" for k, name in enumerate(circuit_names(), 1))


def _hertz(frequency_hz: float) -> str:
    for size, unit in _UNITS:
        if frequency_hz >= size:
            return f"{frequency_hz / size:.3g} {unit}"
    return f"{frequency_hz:.3g} Hz"
