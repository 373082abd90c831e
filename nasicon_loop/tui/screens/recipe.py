"""Recipe: the bench sheet of the selected sample; what was weighed and fired is recorded here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from nasicon_loop.core import Refusal
from nasicon_loop.lab import (
    BenchSheet,
    BoardRow,
    Wish,
    board_row,
    furnace_views,
    kept_sheet,
    record_firing,
    record_weighing,
    sample_labels,
    sample_sheet,
)
from nasicon_loop.tui.at_balance import BalancePage
from nasicon_loop.tui.balance_link import BalanceLink
from nasicon_loop.tui.firing import ACTIONS_AT_FURNACE, AtFurnace
from nasicon_loop.tui.keys import bindings_of, in_keys
from nasicon_loop.tui.screens.base import LabScreen
from nasicon_loop.tui.widgets.dialogs import Field, Values, as_number
from nasicon_loop.tui.widgets.furnace import FurnacePage


@dataclass(frozen=True, slots=True)
class _Shown:
    """A sample and its sheet, where it has one."""

    row: BoardRow
    sheet: BenchSheet | None


class RecipeScreen(LabScreen):
    """One sample at the bench."""

    PLACE = "recipe"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of("recipe"),
        ("left_square_bracket", "other(-1)", "sample before"),
        ("right_square_bracket", "other(1)", "next sample"),
    ]
    MORE_KEYS = (("[ ]", "other sample"), ("↑↓", "scroll"))

    def __init__(self) -> None:
        super().__init__()
        self._shown: _Shown | None = None
        self._labels: list[str] = []
        self._furnace = AtFurnace(self)

    def on_mount(self) -> None:
        """Follow the furnace on its cable."""
        self._furnace.follow()

    def body(self) -> Iterable[Widget]:
        """The sheet, 80 columns wide."""
        yield VerticalScroll(Static(markup=False, id="sheet"), classes="sheet")

    def question(self) -> object:
        """Which sample."""
        return self.nasicon.sample_label

    def load(self) -> tuple[_Shown | None, list[str]]:
        """Read the selected sample, else the newest one."""
        self._furnace.look()
        labels = sample_labels(self.lab)
        newest = labels[-1] if labels else None
        label = self.nasicon.sample_label if self.nasicon.sample_label in labels else newest
        row = None if label is None else board_row(self.lab, label)
        return (None if row is None else _Shown(row, kept_sheet(self.lab, row.label))), labels

    def show(self, data: tuple[_Shown | None, list[str]]) -> None:
        """Show the sheet."""
        self._shown, self._labels = data
        sheet = self.query_one("#sheet", Static)
        if self._shown is None:
            self.headline("no samples yet: begin one on the board (key 1 n)")
            sheet.update(Text(""))
            return
        row = self._shown.row
        waits = f", waits: {in_keys(row.waits_for)}" if row.waits_for else ""
        waits = self._furnace.holds(row.label) or waits
        self.headline(f"{row.label}  {row.formula}: {row.stage}{waits}")
        if self._shown.sheet is None:
            sheet.update(Text("\n  No recipe yet: r plans one."))
        else:
            sheet.update(Text(self._shown.sheet.text, no_wrap=True))
        self.query_one(VerticalScroll).focus()

    def when_seen(self) -> None:
        """The other screens follow."""
        if self._shown is not None:
            self.nasicon.sample_label = self._shown.row.label

    def more_keys(self) -> tuple[tuple[str, str], ...]:
        """There must be a sample."""
        return () if self._shown is None else self.MORE_KEYS

    def action_other(self, step: int) -> None:
        """Show the next sample, or the one before."""
        if self._shown is not None:
            place = self._labels.index(self._shown.row.label) + step
            self.nasicon.sample_label = self._labels[place % len(self._labels)]
            self.query_one(VerticalScroll).scroll_home(animate=False)
            self.reload()

    def can(self, action: str) -> bool:
        """Weighing needs a sheet; a weighed sample keeps its recipe; a closed one is left alone."""
        shown = self._shown
        if action == "furnace":
            return True
        if action in ACTIONS_AT_FURNACE:
            row, has_sheet = (None, False) if shown is None else (shown.row, shown.sheet is not None)
            return self._furnace.can(action, row, has_sheet=has_sheet)
        if shown is None or shown.row.state in ("failed", "abandoned"):
            return False
        if action == "plan":
            return shown.row.state == "planned"
        if action in ("weigh", "as_planned", "weigh_live"):
            return shown.sheet is not None
        return super().can(action)

    @property
    def _label(self) -> str:
        if self._shown is None:
            raise Refusal("there is no sample; begin one on the board (key 1 n)")
        return self._shown.row.label

    def do_plan(self) -> None:
        """Plan the recipe, or plan it anew."""
        label = self._label

        def submit(values: Values) -> BenchSheet:
            pellets = values["pellets"]
            if pellets and not (pellets.isdecimal() and int(pellets) > 0):
                raise Refusal("give a whole number, at least 1", "pellets")
            if values["basis"] not in ("", "precursor", "element", "batch"):
                raise Refusal("is not an excess basis: precursor, element or batch", values["basis"])
            wish = Wish(
                int(pellets) if pellets else None,
                as_number(values, "mass", "mass"),
                as_number(values, "excess", "excess"),
                values["basis"] or None,
            )
            return sample_sheet(self.lab, label, wish if wish != Wish() else Wish(n_pellets=1))

        self.ask_form(
            f"Plan the recipe of {label}",
            [
                Field("pellets", "pellets", hint="1"),
                Field("mass", "or mass of target / g", hint="empty: from the pellets"),
                Field("excess", "excess / %", hint=f"{self.lab.settings.recipe.excess_percent:g}"),
                Field("basis", "excess basis", hint=f"{self.lab.settings.recipe.excess_basis}"),
            ],
            submit,
            lambda sheet: f"{label}: recipe version {sheet.version}",
        )

    def do_weigh(self) -> None:
        """Record what the balance showed."""
        if self._shown is None or self._shown.sheet is None:
            return
        label, precursors = self._label, self._shown.sheet.document["precursors"]

        def submit(values: Values) -> Any:
            masses = {
                item["formula"]: mass
                for index, item in enumerate(precursors)
                if (mass := as_number(values, f"mass{index}", item["formula"])) is not None
            }
            return record_weighing(self.lab, label, masses, operator=values["operator"])

        lines = [
            Field(f"mass{index}", f"{item['formula']} / g", hint=f"plan {item['rounded_g']:.4f}")
            for index, item in enumerate(precursors)
        ]
        self.ask_form(
            f"Weighed for {label}",
            [*lines, Field("operator", "by", self.lab.who)],
            submit,
            _told_weighing,
            note="What the balance showed. A later weighing replaces an earlier one.",
        )

    def do_as_planned(self) -> None:
        """Record the sheet's masses as weighed."""
        label = self._label
        self.ask_first(
            f"Everything for {label} was weighed exactly as on the sheet?",
            lambda: record_weighing(self.lab, label, {}, as_planned=True),
            _told_weighing,
        )

    def do_weigh_live(self) -> None:
        """Weigh with the balance on its cable, on a page over this screen."""
        if not self.lab.settings.balance.driver:
            reason = "no balance in lab.toml: enter [balance] driver and port; w records by hand"
            self.nasicon.say_refusal(Refusal(reason))
            return
        page = BalancePage(BalanceLink(self.lab, self._label), self.colours)
        self.app.push_screen(page, lambda words: self.finished(words or ""))

    def do_furnace(self) -> None:
        """Show what the furnaces do, over this screen."""
        self.app.push_screen(FurnacePage(lambda: furnace_views(self.lab), self.colours))

    def do_fire_live(self) -> None:
        """Run the sample's next step on the furnace on its cable."""
        self._furnace.fire(self._label)

    def do_attach(self) -> None:
        """Find the running furnace again."""
        self._furnace.attach()

    def do_give_up_run(self) -> None:
        """Close the open run without a firing."""
        self._furnace.give_up()

    def do_fire(self) -> None:
        """Record a firing."""
        label = self._label
        is_calcined = self._shown is not None and self._shown.row.stage in (
            "calcined",
            "pressed",
            "sintered",
            "measured",
        )

        def submit(values: Values) -> Any:
            return record_firing(
                self.lab,
                label,
                values["step"],
                temperature_c=as_number(values, "temperature", "temperature"),
                hours=as_number(values, "hours", "hours"),
                note=values["note"],
            )

        self.ask_form(
            f"Firing of {label}",
            [
                Field("step", "step", "sintering" if is_calcined else "calcination", "calcination or sintering"),
                Field("temperature", "temperature / °C", hint="empty: as planned"),
                Field("hours", "hours there", hint="empty: as planned"),
                Field("note", "note", hint="deviations, furnace, slot"),
            ],
            submit,
            lambda fired: f"{label} {fired.step}: {fired.temperature_c:g} °C for {fired.hours:g} h",
        )


def _told_weighing(weighing: Any) -> str:
    return f"weighed {weighing.weighed_formula}, excess {100 * weighing.excess_fraction:.2f} %"
