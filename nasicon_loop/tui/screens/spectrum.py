"""Spectrum: its plots with the fit, the numbers and the reasons; a person signs, rejects or retracts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from rich.text import Text
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.lazy import Lazy
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import (
    AnalysisView,
    NyquistPicture,
    analysis_before,
    analysis_view,
    newest_analysis,
    nyquist_picture,
    refit_analysis,
    restore_analysis,
    retract_analysis,
    sign_analysis,
    spectrum_plots,
    sweeps_beside,
)
from nasicon_loop.tui import words
from nasicon_loop.tui.keys import bindings_of
from nasicon_loop.tui.screens.base import LabScreen
from nasicon_loop.tui.widgets.bars import Detail
from nasicon_loop.tui.widgets.dialogs import Field, Values
from nasicon_loop.tui.widgets.numbers import numbers_text
from nasicon_loop.tui.widgets.nyquist import NyquistPlot
from nasicon_loop.tui.widgets.panel import KINDS, PanelPlot, PanelPlots
from nasicon_loop.tui.widgets.pointing import Pointing, circuits_note, refit_fields, refit_wish

_PLOTS = ("nyquist", *KINDS)
_N_NYQUIST_KEYS, _N_POINT_KEYS = 3, 2


@dataclass(frozen=True, slots=True)
class _Shown:
    """One analysis, what to draw of it, and the analyses of the file's other sweeps.

    `former` is the analysis of the same sweep before it. `plots` are the panels beside Nyquist, None while nobody looks
    at one or where they cannot be made (`why_not`).
    """

    view: AnalysisView
    picture: NyquistPicture
    beside: tuple[int, ...]
    plots: Mapping[str, Any] | None
    why_not: str = ""
    former: int | None = None


class SpectrumScreen(LabScreen):
    """One analysis."""

    PLACE = "spectrum"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of("spectrum"),
        ("left_square_bracket", "other(-1)", "sweep before"),
        ("right_square_bracket", "other(1)", "next sweep"),
        ("comma", "point(-1)", "point before"),
        ("full_stop", "point(1)", "next point"),
        ("less_than_sign", "point(-10)", "ten points back"),
        ("greater_than_sign", "point(10)", "ten points on"),
        ("space", "point(0)", "leave it out, or not"),
    ]
    MORE_KEYS = (
        ("+ -", "zoom"),
        ("←↓↑→", "move"),
        ("r", "whole"),
        (", . < >", "point"),
        ("Space", "mark"),
        ("Tab", "text"),
        ("[ ]", "other sweep"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown: _Shown | None = None
        self._plot = "nyquist"
        self._pointing = Pointing(0)

    def body(self) -> Iterable[Widget]:
        """The plot, and beside it what was concluded."""
        panels = PanelPlots(id="panels")
        panels.display = False  # and they come after the first paint: hardly anybody looks at them at once
        switcher = ContentSwitcher(NyquistPlot(id="nyquist"), Lazy(panels), initial="nyquist", id="plots")
        yield Horizontal(switcher, Detail(classes="narrow", id="numbers"))

    def question(self) -> object:
        """Which analysis, and which plot of it."""
        return self.nasicon.analysis_number, self._plot

    def load(self) -> _Shown | None:
        """Read the selected analysis, else the newest one."""
        number = self.nasicon.analysis_number or newest_analysis(self.lab)
        if number is None:
            return None
        view = analysis_view(self.lab, number)
        beside, former = sweeps_beside(self.lab, number), analysis_before(self.lab, number)
        shown = _Shown(view, nyquist_picture(view), beside, None, former=former)
        if self._plot == "nyquist":
            return shown
        try:
            return replace(shown, plots=self._plots_of(view))
        except Refusal as refusal:
            return replace(shown, why_not=str(refusal))

    def _plots_of(self, view: AnalysisView) -> Mapping[str, Any]:
        """Return the panels; what one analysis shows never changes, so they are made once."""
        before = self._shown
        if before is not None and before.plots is not None and before.view.number == view.number:
            return before.plots
        return spectrum_plots(self.lab, view)

    def show(self, data: _Shown | None) -> None:
        """Draw it; the zoom stays as long as the analysis is the same."""
        if data is not None and data.plots is not None and not self.query(PanelPlot):
            self.call_after_refresh(self.reload)  # the panels come after the first paint
            return
        before = None if self._shown is None else self._shown.view.number
        self._shown = data
        plot, numbers = self.query_one(NyquistPlot), self.query_one(Detail)
        if data is None:
            self.headline("no spectrum yet: import a file in the inbox (key 2 o)")
            plot.draw(None, self.colours, is_new=True)
            self._turn("nyquist")
            numbers.say(Text(""))
            return
        view = data.view
        value = words.sigma(view.analysis.sigma_25_s_cm, view.analysis.sigma_25_s_cm_sd, is_short=True)
        self.headline(
            f"{view.label or 'unassigned'}: analysis {view.number} {view.analysis.verdict}, {view.standing}"
            f"{'' if value == '-' else f', {value} S/cm'}, {plain(view.name, limit=60)}"
        )
        if before != view.number:
            self._pointing = Pointing.of(view)
        caveat = data.plots["drt"].note if data.plots is not None and self._plot == "drt" else ""
        numbers.say(numbers_text(view, self.colours, caveat))
        if data.why_not:
            self._plot = "nyquist"
            self.status(data.why_not, is_error=True)
        self._draw_plots(data, is_new=before != view.number)
        self._turn("nyquist" if data.plots is None else "panels")
        if self.focused is None and data.plots is None:
            plot.focus()

    def when_seen(self) -> None:
        """The selection is what is seen."""
        if self._shown is not None:
            self.nasicon.analysis_number = self._shown.view.number

    def may_be_ahead(self) -> bool:
        """Marks and zoom of a person are kept, and other plots take long."""
        is_touched = self._pointing.is_touched or self.query_one(NyquistPlot).is_zoomed
        return self._plot == "nyquist" and not is_touched

    def _draw_plots(self, data: _Shown, *, is_new: bool) -> None:
        over, f = self._pointing.overlays(self.colours), data.view.spectrum.frequency_hz
        self.query_one(NyquistPlot).draw(data.picture, self.colours, is_new=is_new, overlays=over)
        if data.plots is not None and self._plot != "nyquist":
            self.query_one(PanelPlots).draw(self._plot, data.plots, self.colours, f, over)

    def _turn(self, to: str) -> None:
        switcher = self.query_one("#plots", ContentSwitcher)
        if switcher.current != to:
            switcher.current = to

    def tell_cells(self, event: Resize) -> None:
        """Pass on the true shape of a cell."""
        self.query_one(NyquistPlot).tell_cells(event)

    def more_keys(self) -> tuple[tuple[str, str], ...]:
        """Zoom only where there is Nyquist, points where they are, other sweeps only where there are some."""
        if self._shown is None:
            return ()
        n_without = {"nyquist": 0, "drt": _N_NYQUIST_KEYS + _N_POINT_KEYS}.get(self._plot, _N_NYQUIST_KEYS)
        keys = self.MORE_KEYS[n_without:]
        return keys if len(self._shown.beside) > 1 else keys[:-1]

    def action_other(self, step: int) -> None:
        """Show another sweep of the same file."""
        if self._shown is not None and len(self._shown.beside) > 1:
            beside = self._shown.beside
            here = beside.index(self._shown.view.number) if self._shown.view.number in beside else 0
            self.nasicon.analysis_number = beside[(here + step) % len(beside)]
            self.reload()

    def can(self, action: str) -> bool:
        """Nothing can be said of nothing; a rejected verdict has no number to accept, a first one nothing before it."""
        if self._shown is None or (action == "undo" and self._shown.former is None):
            return False
        verdict = self._shown.view.analysis.verdict
        return super().can(action) and not (action == "accept" and verdict == "rejected")

    def do_plot(self) -> None:
        """Show the next plot; after the last one Nyquist comes again."""
        self._plot = _PLOTS[(_PLOTS.index(self._plot) + 1) % len(_PLOTS)]
        self.reload()

    def action_point(self, step: int) -> None:
        """Move the cursor over the points; with no step mark the one under it, or no longer."""
        if self._shown is None or self._plot == "drt":
            return
        self._pointing = self._pointing.moved(step) if step else self._pointing.toggled()
        self._draw_plots(self._shown, is_new=False)
        self.status(self._pointing.words(self._shown.view.spectrum))

    def do_refit(self) -> None:
        """Analyse the stored spectrum without the marked points: a new analysis, which waits for a signature."""
        if self._shown is None:
            return
        view = self._shown.view

        def submit(values: Values) -> AnalysisView:
            return refit_analysis(self.lab, view.number, refit_wish(values), by=values["who"], reason=values["reason"])

        self.ask_form(
            f"Analyse {view.number} anew by hand",
            refit_fields(self._pointing.marks, self.lab.who),
            submit,
            lambda made: self._turned_to(made, f"made by hand, {made.standing}; u goes back to {view.number}"),
            note=f"It never teaches before somebody signs it. Circuits: {circuits_note()}",
        )

    def do_undo(self) -> None:
        """Make the analysis before the current one again."""
        if self._shown is None or self._shown.former is None:
            return
        number, former = self._shown.view.number, self._shown.former
        self._ask(
            f"Back from analysis {number} to {former}",
            lambda reason, by: restore_analysis(self.lab, former, reason=reason, by=by, instead_of=number),
            lambda made: self._turned_to(made, f"is {former} again: {made.analysis.verdict}, {made.standing}"),
        )

    def _turned_to(self, made: AnalysisView, told: str) -> str:
        self.nasicon.analysis_number = made.number
        return f"analysis {made.number} {told}"

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
            lambda reason, by: sign_analysis(self.lab, number, decision, reason=reason, by=by),
            lambda _: f"analysis {number} is {decision}",
        )

    def do_retract(self) -> None:
        """Take the result back."""
        if self._shown is None:
            return
        number = self._shown.view.number
        self._ask(
            f"Retract analysis {number}",
            lambda reason, by: retract_analysis(self.lab, number, reason=reason, by=by),
            lambda _: f"analysis {number} is retracted; the next training forgets it",
            is_final=True,
        )

    def _ask(
        self,
        title: str,
        do: Callable[[str, str | None], Any],
        told: Callable[[Any], str],
        *,
        is_final: bool = False,
    ) -> None:
        """Ask why and who, and do it with both; `told` says in words what `do` returned."""
        self.ask_form(
            title,
            [Field("reason", "why", hint="it stays in the journal"), Field("who", "who", self.lab.who)],
            lambda values: do(values["reason"], values["who"] or None),
            told,
            is_final=is_final,
        )
