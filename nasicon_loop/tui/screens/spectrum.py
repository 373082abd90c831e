"""Spectrum: the Nyquist plot with its fit, the numbers and the reasons; a person signs, rejects or retracts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from rich.text import Text
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.widget import Widget

from nasicon_loop.core import plain
from nasicon_loop.lab import (
    AnalysisView,
    NyquistPicture,
    analysis_view,
    newest_analysis,
    nyquist_picture,
    retract_analysis,
    sign_analysis,
    sweeps_beside,
)
from nasicon_loop.tui import words
from nasicon_loop.tui.keys import bindings_of
from nasicon_loop.tui.screens.base import LabScreen
from nasicon_loop.tui.themes import Palette
from nasicon_loop.tui.widgets.bars import Detail
from nasicon_loop.tui.widgets.dialogs import Field, Values
from nasicon_loop.tui.widgets.nyquist import NyquistPlot


@dataclass(frozen=True, slots=True)
class _Shown:
    """One analysis, what to draw of it, and the analyses of the file's other sweeps."""

    view: AnalysisView
    picture: NyquistPicture
    beside: tuple[int, ...]


class SpectrumScreen(LabScreen):
    """One analysis."""

    PLACE = "spectrum"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of("spectrum"),
        ("left_square_bracket", "other(-1)", "sweep before"),
        ("right_square_bracket", "other(1)", "next sweep"),
    ]
    MORE_KEYS = (("+ -", "zoom"), ("←↓↑→", "move"), ("r", "whole"), ("Tab", "text"), ("[ ]", "other sweep"))

    def __init__(self) -> None:
        super().__init__()
        self._shown: _Shown | None = None

    def body(self) -> Iterable[Widget]:
        """The plot, and beside it what was concluded."""
        yield Horizontal(NyquistPlot(id="nyquist"), Detail(classes="narrow", id="numbers"))

    def question(self) -> object:
        """Which analysis."""
        return self.nasicon.analysis_number

    def load(self) -> _Shown | None:
        """Read the selected analysis, else the newest one."""
        number = self.nasicon.analysis_number or newest_analysis(self.lab)
        if number is None:
            return None
        view = analysis_view(self.lab, number)
        return _Shown(view, nyquist_picture(view), sweeps_beside(self.lab, number))

    def show(self, data: _Shown | None) -> None:
        """Draw it; the zoom stays as long as the analysis is the same."""
        before = None if self._shown is None else self._shown.view.number
        self._shown = data
        plot, numbers = self.query_one(NyquistPlot), self.query_one(Detail)
        if data is None:
            self.headline("no spectrum yet: import a file in the inbox (key 2 o)")
            plot.draw(None, self.colours, is_new=True)
            numbers.say(Text(""))
            return
        view = data.view
        self.nasicon.analysis_number = view.number
        value = words.sigma(view.analysis.sigma_25_s_cm, view.analysis.sigma_25_s_cm_sd, is_short=True)
        self.headline(
            f"{view.label or 'unassigned'}: analysis {view.number} {view.analysis.verdict}, {view.standing}"
            f"{'' if value == '-' else f', {value} S/cm'}, {plain(view.name, limit=60)}"
        )
        plot.draw(data.picture, self.colours, is_new=before != view.number)
        numbers.say(_numbers(view, self.colours))
        if self.focused is None:
            plot.focus()

    def tell_cells(self, event: Resize) -> None:
        """Pass on the true shape of a cell."""
        self.query_one(NyquistPlot).tell_cells(event)

    def more_keys(self) -> tuple[tuple[str, str], ...]:
        """Other sweeps only where there are some."""
        if self._shown is None:
            return ()
        return self.MORE_KEYS if len(self._shown.beside) > 1 else self.MORE_KEYS[:-1]

    def action_other(self, step: int) -> None:
        """Show another sweep of the same file."""
        if self._shown is not None and len(self._shown.beside) > 1:
            beside = self._shown.beside
            here = beside.index(self._shown.view.number) if self._shown.view.number in beside else 0
            self.nasicon.analysis_number = beside[(here + step) % len(beside)]
            self.reload()

    def can(self, action: str) -> bool:
        """Nothing can be said of nothing; a rejected verdict has no number to accept."""
        if self._shown is None:
            return False
        verdict = self._shown.view.analysis.verdict
        return super().can(action) and not (action == "accept" and verdict == "rejected")

    def do_accept(self) -> None:
        """Sign the analysis: it teaches."""
        self._sign("accepted")

    def do_reject(self) -> None:
        """Sign that it never teaches."""
        self._sign("rejected")

    def _sign(self, decision: Literal["accepted", "rejected"]) -> None:
        if self._shown is None:
            return
        number = self._shown.view.number
        self._ask(
            f"Analysis {number}: {decision}",
            lambda values: sign_analysis(self.lab, number, decision, reason=values["reason"], by=values["who"] or None),
            f"analysis {number} is {decision}",
        )

    def do_retract(self) -> None:
        """Take the result back."""
        if self._shown is None:
            return
        number = self._shown.view.number
        self._ask(
            f"Retract analysis {number}",
            lambda values: retract_analysis(self.lab, number, reason=values["reason"], by=values["who"] or None),
            f"analysis {number} is retracted; the next training forgets it",
            is_final=True,
        )

    def _ask(self, title: str, submit: Any, told: str, *, is_final: bool = False) -> None:
        def checked(values: Values) -> Any:
            return submit(values)

        self.ask_form(
            title,
            [Field("reason", "why", hint="it stays in the journal"), Field("who", "who", self.lab.who)],
            checked,
            lambda _: told,
            is_final=is_final,
        )


def _numbers(view: AnalysisView, colours: Palette) -> Text:
    analysis = view.analysis
    text = Text().append_text(words.state(analysis.verdict, colours)).append(f", {view.standing}\n")
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
        ("left out", f"{len(analysis.masked)} of {view.spectrum.n_points} points"),
    ):
        if value != "-":
            text.append(f"{title:<9}", style=colours.faint).append(f"{value}\n")
    text.append(f"{plain(analysis.circuit_string or 'no circuit')}\n", style=colours.faint)
    for reason in analysis.reasons:
        text.append(f"- {plain(reason, limit=400)}\n")
    for note in analysis.notes:
        text.append(f"  {plain(note, limit=400)}\n", style=colours.faint)
    return text


def _temperature(analysis: Any) -> str:
    if analysis.temperature_c is None:
        return "-"
    sd = "" if analysis.temperature_c_sd is None else f" ± {analysis.temperature_c_sd:.1f}"
    return f"{analysis.temperature_c:.1f}{sd} °C ({analysis.temperature_source})"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f} %"
