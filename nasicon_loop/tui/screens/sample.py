"""Sample: its whole story as a tree; pellets, their geometry, and the end of a sample."""

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Tree

from nasicon_loop.core import Refusal
from nasicon_loop.lab import Dimensions, close_sample, new_pellet, sample_labels, sample_story, set_geometry
from nasicon_loop.tui.keys import bindings_of
from nasicon_loop.tui.screens.base import LabScreen
from nasicon_loop.tui.widgets.dialogs import Field, Values, as_number
from nasicon_loop.tui.widgets.story import StoryTree

_LENGTHS = (
    ("thickness_cm", "thickness / cm"),
    ("electrode_diameter_cm", "electrode diameter / cm"),
    ("fired_diameter_cm", "fired diameter / cm"),
    ("die_diameter_cm", "die diameter / cm"),
    ("mass_g", "mass / g"),
)


class SampleScreen(LabScreen):
    """One sample."""

    PLACE = "sample"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of("sample"),
        ("left_square_bracket", "other(-1)", "sample before"),
        ("right_square_bracket", "other(1)", "next sample"),
    ]
    MORE_KEYS = (("Enter", "open the spectrum"), ("[ ]", "other sample"))

    def __init__(self) -> None:
        super().__init__()
        self._story: Any = None
        self._labels: list[str] = []

    def body(self) -> Iterable[Widget]:
        """The tree."""
        yield StoryTree()

    def question(self) -> object:
        """Which sample."""
        return self.nasicon.sample_label

    def load(self) -> tuple[Any, list[str]]:
        """Read the selected sample, else the newest one."""
        labels = sample_labels(self.lab)
        newest = labels[-1] if labels else None
        label = self.nasicon.sample_label if self.nasicon.sample_label in labels else newest
        return (None if label is None else sample_story(self.lab, label)), labels

    def show(self, data: tuple[Any, list[str]]) -> None:
        """Show the story."""
        self._story, self._labels = data
        if self._story is None:
            self.headline("no samples yet: begin one on the board (key 1 n)")
            return
        sample = self._story.sample
        self.headline(f"{sample.label}  {sample.target_formula}: {self._story.state}")
        tree = self.query_one(StoryTree)
        tree.tell(self._story, self.colours)
        tree.focus()

    def when_seen(self) -> None:
        """The other screens follow."""
        if self._story is not None:
            self.nasicon.sample_label = self._story.sample.label

    def more_keys(self) -> tuple[tuple[str, str], ...]:
        """There must be a sample."""
        return () if self._story is None else self.MORE_KEYS

    def action_other(self, step: int) -> None:
        """Show the next sample, or the one before."""
        if self._story is not None:
            place = self._labels.index(self._story.sample.label) + step
            self.nasicon.sample_label = self._labels[place % len(self._labels)]
            self.reload()

    def on_tree_node_selected(self, event: Tree.NodeSelected[int]) -> None:
        """Enter on an analysis opens its spectrum."""
        if event.node.data is not None:
            self.nasicon.open_analysis(event.node.data)

    def can(self, action: str) -> bool:
        """A closed sample gets no pellets; geometry needs a pellet."""
        if self._story is None:
            return False
        if action == "new_pellet":
            return not self._is_closed
        if action == "geometry":
            return bool(self._story.pellets)
        if action == "failed":
            return not self._is_closed
        if action == "abandon":
            return bool(self._story.state != "abandoned")
        return super().can(action)

    @property
    def _is_closed(self) -> bool:
        return self._story.state in ("failed", "abandoned")

    @property
    def _label(self) -> str:
        if self._story is None:
            raise Refusal("there is no sample; begin one on the board (key 1 n)")
        return str(self._story.sample.label)

    def do_new_pellet(self) -> None:
        """Begin a pellet; its geometry may come later."""
        label = self._label
        self.ask_form(
            f"New pellet of {label}",
            [Field(name, text, hint="may come later") for name, text in _LENGTHS],
            lambda values: new_pellet(self.lab, label, _dimensions(values)),
            _told,
            note="Electrode, fired and die diameters are three things: the electrode's enters the conductivity.",
        )

    def do_geometry(self) -> None:
        """Enter or correct a pellet's geometry."""
        pellets = self._story.pellets
        newest = pellets[-1]

        def hint(name: str) -> str:
            known = None if newest.geometry is None else getattr(newest.geometry, name)
            return "not measured yet" if known is None else f"is {known:g}; empty keeps it"

        self.ask_form(
            f"Geometry of a pellet of {self._label}",
            [
                Field("pellet", "pellet", newest.pellet.label, "label of the pellet"),
                *(Field(name, text, hint=hint(name)) for name, text in _LENGTHS),
            ],
            lambda values: set_geometry(self.lab, values["pellet"], _dimensions(values)),
            _told,
            note=f"{len(pellets)} pellets; the hints are those of {newest.pellet.label}." if len(pellets) > 1 else "",
        )

    def do_failed(self) -> None:
        """Say that the sample failed."""
        self._close("failed", "Its composition may be suggested again.")

    def do_abandon(self) -> None:
        """Give the sample up."""
        self._close("abandoned", "Its composition is never suggested again.")

    def _close(self, state: str, note: str) -> None:
        label = self._label
        self.ask_form(
            f"{label} is {state}",
            [Field("reason", "why", hint="cracked, spilled, furnace fault ...")],
            lambda values: close_sample(self.lab, label, state, values["reason"]),
            lambda _: f"{label} is {state}",
            note=note,
            is_final=True,
        )


def _dimensions(values: Values) -> Dimensions:
    return Dimensions(**{name: as_number(values, name, text) for name, text in _LENGTHS})


def _told(made: Any) -> str:
    completed = "".join(f"; {result.file} is {result.state}" for result in made.completed[:3])
    geometry = made.geometry
    density = geometry.relative_density if geometry is not None else None
    dense = "" if density is None else f", {100 * density:.0f} % dense"
    return f"{made.label}{dense}{completed}"
