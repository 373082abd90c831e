"""Suggestions: what the model proposes and why; people accept, reject, hold, and make samples of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.text import Text
from textual.widget import Widget
from textual.widgets import DataTable

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import Suggested, SuggestionsPage, decide_suggestions, new_sample, suggestions_page
from nasicon_loop.tui import words
from nasicon_loop.tui.keys import bindings_of
from nasicon_loop.tui.reasons import why_text
from nasicon_loop.tui.screens.base import WIDE, LabScreen
from nasicon_loop.tui.spawning import spawn
from nasicon_loop.tui.widgets.bars import Detail
from nasicon_loop.tui.widgets.dialogs import Field, Page, Values
from nasicon_loop.tui.widgets.table import TextTable

_MAX_N = 50


class SuggestionsScreen(LabScreen):
    """All suggestions, newest first."""

    PLACE = "suggestions"
    BINDINGS = bindings_of("suggestions")

    MORE_KEYS = (("Tab", "scroll the reason"),)

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, Suggested] = {}
        self._n_there = 0
        self._news: Mapping[str, Any] = {}

    def body(self) -> Iterable[Widget]:
        """The table, and the whole reason of the selected one."""
        yield TextTable(["no", "formula", "dopant", "log10 σ / S/cm", "gain", "state"], id="suggestions")
        yield Detail(classes="detail tall-detail")

    def load(self) -> SuggestionsPage:
        """Read them, newest first."""
        return suggestions_page(self.lab, self.n_wanted)

    def show(self, data: SuggestionsPage) -> None:
        """Show them."""
        self._n_there = data.n
        shown = f", the newest {len(data.rows)} shown" if data.n > len(data.rows) else ""
        self.headline(f"{data.n} suggestions, {data.n_open} open{shown}")
        self._rows = {str(one.suggestion.number): one for one in data.rows}
        self.query_one(TextTable).fill([(key, self._cells(one)) for key, one in self._rows.items()])
        self._show_selected()

    def _cells(self, one: Suggested) -> list[Text]:
        row = one.suggestion
        return [
            words.cell(row.number),
            words.cell(row.formula, limit=32 if self.app.size.width < WIDE else 48),
            words.cell(row.dopant),
            words.cell(f"{row.log10_sigma_mean:.2f} ± {row.log10_sigma_sd:.2f}"),
            words.cell(f"{row.acquisition:.3f}"),
            words.state(one.state, self.colours),
        ]

    @property
    def selected(self) -> Suggested | None:
        """The suggestion under the cursor."""
        return self._rows.get(self.query_one(TextTable).selected or "")

    def _show_selected(self) -> None:
        one = self.selected
        text = Text("no suggestions yet: n asks the model for some (7 t trains one)")
        if one is not None:
            row = one.suggestion
            text = Text(f"{row.number}  {plain(row.formula)}  batch {row.batch}\n", style="bold")
            text.append(plain(row.reason, limit=3000), style="not bold")
        for title, key in (("Changed since the batch before", "changes"), ("Notes", "notes")):
            lines = self._news.get(key) or []
            if lines:
                text.append(f"\n{title}:", style="bold")
                text.append("".join(f"\n- {plain(line, limit=600)}" for line in lines), style="not bold")
        self.query_one(Detail).say(text)
        self.draw_keys()

    def on_data_table_row_highlighted(self, _event: DataTable.RowHighlighted) -> None:
        """Show the reason of the selected one."""
        self._show_selected()
        self.more_rows(self.query_one(TextTable), self._n_there)

    def can(self, action: str) -> bool:
        """Offer only what changes something."""
        state = self.selected.state if self.selected else None
        if action in ("accept", "reject", "hold"):
            return state is not None and state != {"accept": "accepted", "reject": "rejected", "hold": "held"}[action]
        if action == "why":
            return state is not None
        if action == "make_sample":
            return state is not None and state != "rejected"
        return super().can(action)

    def do_accept(self) -> None:
        """Accept the selected one."""
        self._decide("accepted")

    def do_reject(self) -> None:
        """Reject the selected one; accepting it later takes that back."""
        self._decide("rejected")

    def do_hold(self) -> None:
        """Keep the selected one for later."""
        self._decide("held")

    def _decide(self, state: str) -> None:
        if self.selected is not None:
            number = self.selected.suggestion.number
            self.act(
                lambda: decide_suggestions(self.lab, {state: [number]}), lambda _: f"suggestion {number} is {state}"
            )

    def do_why(self) -> None:
        """Ask the current model why, in a child process, and show it over this screen."""
        if self.selected is None:
            return
        number = self.selected.suggestion.number

        async def work() -> None:
            document = await self.nasicon.work("asking why", "why", number)
            if document is None:
                return
            page = Page(f"Why: suggestion {number}", why_text(document))
            if self.nasicon.front is self:
                self.app.push_screen(page)
            else:
                self.nasicon.say(
                    f"the reasons of suggestion {number} came when another screen was open: 3 w asks again"
                )

        spawn(self, work, group="job")

    def do_make_sample(self) -> None:
        """Begin a sample of the selected one."""
        if self.selected is None:
            return
        row = self.selected.suggestion
        self.ask_first(
            f"Begin a sample of suggestion {row.number}, {row.formula}?",
            lambda: new_sample(self.lab, from_suggestion=row.number),
            self._made,
        )

    def _made(self, sample: Any) -> str:
        self.nasicon.sample_label = sample.label
        return f"{sample.label} begun: {sample.target_formula}. Next: nasicon recipe {sample.label}"

    def do_ask_for_new(self) -> None:
        """Ask the model for new ones in a child process."""

        def submit(values: Values) -> int:
            text = values["n"]
            if not text.isdecimal() or not 1 <= int(text) <= _MAX_N:
                raise Refusal(f"give a number from 1 to {_MAX_N}", "how many")
            return int(text)

        async def work(n: int) -> None:
            result = await self.nasicon.work("suggest", "suggest", n)
            if result is not None:
                self._news = result
                self.finished(f"new: suggestions {', '.join(map(str, result['numbers']))}")

        def begin(n: int) -> str:
            spawn(self, work, n, group="job")
            return ""

        self.ask_form("Ask the model for new compositions", [Field("n", "how many", "4")], submit, begin)
