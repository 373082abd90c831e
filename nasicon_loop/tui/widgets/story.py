"""A sample's story as a tree of text, from the suggestion to the model runs that it taught."""

import textwrap
from collections.abc import Iterator
from typing import Any

from rich.text import Text
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from nasicon_loop.core import plain
from nasicon_loop.tui import words
from nasicon_loop.tui.themes import Palette

_WRAP = 64
"""A sentence at the depth of an analysis fits 80 columns."""


class StoryTree(Tree[int]):
    """Nodes that are analyses carry the analysis' number."""

    def __init__(self) -> None:
        super().__init__(Text(""), id="story")
        self.guide_depth = 3
        self.show_root = False

    def tell(self, story: Any, colours: Palette) -> None:
        """Show a story; the cursor stays in its line."""
        line = self.cursor_line
        self.clear()
        for text in _origin(story):
            self.root.add_leaf(_line(text))
        for pellet in story.pellets:
            branch = self.root.add(_line(_pellet(pellet)), expand=True)
            for file in pellet.files:
                _add_file(branch, file, colours)
        for file in story.files_without_pellet:
            _add_file(self.root, file, colours)
        self.root.expand()
        self.cursor_line = max(line, 0)


def _line(text: object) -> Text:
    return Text(plain(text, limit=600), no_wrap=True)


def _origin(story: Any) -> Iterator[str]:
    sample = story.sample
    reference = ", undoped reference" if sample.is_reference else ""
    yield f"begun {sample.at:%Y-%m-%d %H:%M} UTC{reference}{': ' + sample.note if sample.note else ''}"
    if story.suggestion is not None:
        run = f" by model run {story.suggested_by.number}" if story.suggested_by else ""
        mean, sd = story.suggestion.log10_sigma_mean, story.suggestion.log10_sigma_sd
        yield f"suggestion {story.suggestion.number}{run}: log10 σ {mean:.2f} ± {sd:.2f}"
    for recipe in story.recipes:
        yield f"recipe version {recipe.version}, {recipe.at:%Y-%m-%d %H:%M} UTC"
    for weighing in story.weighings:
        yield f"weighed {weighing.weighed_formula} by {weighing.operator}"
    for firing in story.firings:
        yield f"{firing.step} {firing.temperature_c:g} °C {firing.hours:g} h{' ' + firing.note if firing.note else ''}"


def _pellet(branch: Any) -> str:
    geometry = branch.geometry
    if geometry is None:
        return f"{branch.pellet.label}: no geometry yet"
    density = f", {100 * geometry.relative_density:.0f} % dense" if geometry.relative_density else ""
    thickness, electrode = geometry.thickness_cm or "?", geometry.electrode_diameter_cm or "?"
    return f"{branch.pellet.label}: L {thickness} cm, electrode {electrode} cm{density}"


def _add_file(parent: "TreeNode[int]", file: Any, colours: Palette) -> None:
    label = _line(f"file {file.file.id} {plain(file.file.name, limit=60)} ")
    label.append_text(words.state(file.state, colours))
    branch = parent.add(label, expand=True)
    if file.file.refusal:
        _add_text(branch, file.file.refusal)
    for spectrum in file.spectra:
        for made in spectrum.analyses:
            _add_analysis(branch, spectrum.spectrum, made, colours)


def _add_analysis(parent: "TreeNode[int]", spectrum: Any, made: Any, colours: Palette) -> None:
    known = made.analysis
    label = _line(f"sweep {spectrum.sweep}, {spectrum.n_points} points, analysis {known.id}: ")
    label.append_text(words.state(known.verdict, colours))
    label.append(f" {words.sigma(known.sigma_25_s_cm, known.sigma_25_s_cm_sd, is_short=True)}, {made.standing}")
    if not made.is_current:
        label.stylize("dim")
    leaf = parent.add(label, data=known.id, expand=True)
    for reason in known.reasons:
        _add_text(leaf, reason)
    for signature in made.signatures:
        _add_text(leaf, f"{signature.decision} by {signature.who}: {signature.reason}")
    for retraction in made.retractions:
        _add_text(leaf, f"retracted by {retraction.who}: {retraction.reason}")
    if made.taught:
        _add_text(leaf, "taught model runs " + ", ".join(str(run.number) for run in made.taught))


def _add_text(parent: "TreeNode[int]", text: str) -> None:
    """Add a sentence in as many lines as it needs; Enter on any of them does what it does on the parent."""
    for part in textwrap.wrap(plain(text, limit=600), _WRAP):
        parent.add_leaf(Text(part, no_wrap=True), data=parent.data)
