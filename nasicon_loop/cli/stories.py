"""How lists and stories look on a terminal. Everything that came from outside stays plain text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nasicon_loop.cli.words import VERDICT_STYLE, block, plain_table
from nasicon_loop.core import plain, with_sd

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from nasicon_loop.lab import (
        Batch,
        BoardRow,
        CampaignState,
        ImportResult,
        InboxRow,
        PelletMade,
        Trained,
    )


def board_table(rows: "Sequence[BoardRow]") -> "Table":
    """Return the table of samples."""
    return plain_table(
        ["sample", "target", "stage", "sigma 25 °C / S cm-1", "next"],
        (
            (row.label, row.formula, row.stage, with_sd(row.sigma_25_s_cm, row.sigma_25_s_cm_sd), row.waits_for)
            for row in rows
        ),
        whole=("sample", "stage", "sigma 25 °C / S cm-1"),
    )


def draw_inbox(screen: "Console", rows: "Sequence[InboxRow]") -> None:
    """List imported files, a block of lines each, so that 80 columns are enough."""
    for row in rows:
        numbers = with_sd(row.sigma_25_s_cm, row.sigma_25_s_cm_sd)
        words = [
            (row.state, VERDICT_STYLE.get(row.state, "")),
            (row.label or "", ""),
            (row.verdict or "", VERDICT_STYLE.get(row.verdict or "", "")),
            (f"sigma(25 °C) {numbers} S/cm" if row.sigma_25_s_cm is not None else "", "bold"),
        ]
        screen.print(block(f"{row.number:>4}  {row.name}", words), end="")
        if row.reason:
            screen.print(f"    {plain(row.reason, limit=500)}")


def import_block(result: "ImportResult") -> "Text":
    """Return what an import did with one file as a block of lines; a refusal is one line: `refused  file: reason`."""
    if result.refusal is not None:
        return _refused_block(result)
    again = "" if result.is_new else " (was here already)"
    headline = result.headline
    sigma = headline.sigma_25_s_cm if headline else None
    words = [
        (f"{result.state}{again}", VERDICT_STYLE.get(result.state, "")),
        (result.label or "", ""),
        (result.verdict or "", VERDICT_STYLE.get(result.verdict or "", "")),
        (f"R {with_sd(headline.r_total_ohm, headline.r_total_ohm_sd)} ohm" if headline else "", ""),
    ]
    if sigma is not None and headline is not None:
        words.append((f"sigma(25 °C) {with_sd(sigma, headline.sigma_25_s_cm_sd)} S/cm", "bold"))
    lines = block(result.file, words)
    for reason in filter(None, (result.waits_for, *result.reasons, *result.notes)):
        lines.append(f"    {plain(reason, limit=500)}\n")
    return lines


def _refused_block(result: "ImportResult") -> "Text":
    from rich.text import Text

    lines = Text("refused  ", style=VERDICT_STYLE["refused"])
    lines.append(f"{plain(result.file, limit=1000)}: {plain(result.refusal, limit=1000)}\n")
    for note in filter(None, (result.waits_for, *result.notes)):
        lines.append(f"    {plain(note, limit=500)}\n")
    return lines


def draw_pellet(screen: "Console", made: "PelletMade") -> None:
    """Say what a pellet's geometry is and which files it completed."""
    screen.print(made.label)
    geometry = made.geometry
    if geometry is not None:
        screen.print(
            f"thickness {with_sd(geometry.thickness_cm, geometry.thickness_cm_sd)} cm, "
            f"electrode {with_sd(geometry.electrode_diameter_cm, geometry.electrode_diameter_cm_sd)} cm"
        )
        if geometry.relative_density is not None:
            how = f" ({plain(geometry.density_method)})" if geometry.density_method else ""
            screen.print(f"relative density {100 * geometry.relative_density:.1f} % of theoretical{how}")
        else:
            needed = {
                "mass": geometry.mass_g,
                "thickness": geometry.thickness_cm,
                "fired diameter": geometry.fired_diameter_cm,
            }
            missing = ", ".join(name for name, value in needed.items() if value is None)
            screen.print(f"relative density: needs {missing}")
    for note in made.notes:
        screen.print(f"  {plain(note)}")
    for result in made.completed:
        screen.print(import_block(result), end="")


def draw_story(screen: "Console", story: Any) -> None:
    """Draw a sample's story as a tree, from the suggestion to the lessons."""
    from rich.text import Text
    from rich.tree import Tree

    sample = story.sample
    tree = Tree(Text(f"{sample.label}  {sample.target_formula}  ({story.state})", style="bold"))
    for line in _origin_lines(story):
        tree.add(Text(plain(line, limit=500)))
    for pellet in story.pellets:
        branch = tree.add(Text(_pellet_line(pellet)))
        for file in pellet.files:
            _add_file(branch, file)
    for file in story.files_without_pellet:
        _add_file(tree, file)
    screen.print(tree)


def _origin_lines(story: Any) -> Iterator[str]:
    if story.suggestion is not None:
        run = f" by model run {story.suggested_by.number}" if story.suggested_by else ""
        mean, sd = story.suggestion.log10_sigma_mean, story.suggestion.log10_sigma_sd
        yield f"suggestion {story.suggestion.number}{run}: log10 sigma {mean:.2f} ± {sd:.2f}"
        yield f"reason: {story.suggestion.reason}"
    for recipe in story.recipes:
        yield f"recipe version {recipe.version} of {recipe.at:%Y-%m-%d %H:%M} UTC"
    for weighing in story.weighings:
        yield f"weighed {weighing.weighed_formula} (batched {weighing.batched_formula}) by {weighing.operator}"
    for deviation in story.deviations:
        yield f"deviation: {deviation.text} ({deviation.who})"
    for firing in story.firings:
        was_set = firing.set_temperature_c not in (None, firing.temperature_c)
        yield f"{firing.step} {firing.temperature_c:g} °C {firing.hours:g} h" + (
            f", set to {firing.set_temperature_c:g} °C" if was_set else ""
        )


def _pellet_line(pellet: Any) -> str:
    geometry = pellet.geometry
    if geometry is None:
        return f"{pellet.pellet.label}: no geometry yet{_phase_words(pellet.phase)}"
    density = f", {100 * geometry.relative_density:.0f} % dense" if geometry.relative_density else ""
    thickness = with_sd(geometry.thickness_cm, geometry.thickness_cm_sd)
    electrode = with_sd(geometry.electrode_diameter_cm, geometry.electrode_diameter_cm_sd)
    return f"{pellet.pellet.label}: L {thickness} cm, electrode {electrode} cm{density}{_phase_words(pellet.phase)}"


def _phase_words(phase: Any) -> str:
    if phase is None:
        return ""
    return ", phase " + " + ".join(
        [phase.phase, *(f"{100 * fraction:g} wt % {name}" for name, fraction in phase.second_phases.items())]
    )


def _add_file(parent: Any, file: Any) -> None:
    from rich.text import Text

    name = plain(file.file.name, limit=80)
    branch = parent.add(Text(f"file {file.file.id} {name} [{file.state}] sha256 {file.file.sha256[:12]}"))
    if file.file.refusal:
        branch.add(Text(plain(file.file.refusal, limit=300), style="red"))
    for spectrum in file.spectra:
        twig = branch.add(Text(f"sweep {spectrum.spectrum.sweep}, {spectrum.spectrum.n_points} points"))
        for made in spectrum.analyses:
            known = made.analysis
            line = Text(f"analysis {known.id} ")
            line.append(known.verdict, style=VERDICT_STYLE.get(known.verdict, ""))
            line.append(f" {with_sd(known.sigma_25_s_cm, known.sigma_25_s_cm_sd)} S/cm at 25 °C, {made.standing}")
            leaf = twig.add(line)
            for reason in known.reasons:
                leaf.add(Text(plain(reason, limit=300)))
            for retraction in made.retractions:
                leaf.add(Text(f"retracted by {plain(retraction.who)}: {plain(retraction.reason)}", style="red"))
            if made.taught:
                leaf.add(Text("taught model runs " + ", ".join(str(run.number) for run in made.taught)))


def draw_analysis(screen: "Console", document: Mapping[str, Any]) -> None:
    """Show one analysis: the number, its reasons, the gates, and what else was tried."""
    screen.print(f"analysis {document['analysis']} of {plain(document['file'])} ({document['label'] or 'unassigned'})")
    screen.print(f"verdict {document['verdict']}, {document['standing']}")
    for sentence in (*document["reasons"], *document["notes"]):
        screen.print(f"  {plain(sentence, limit=500)}")
    screen.print(f"R total  {with_sd(document['r_total_ohm'], document['r_total_ohm_sd'])} ohm")
    screen.print(f"sigma    {with_sd(document['sigma_total_s_cm'], document['sigma_total_s_cm_sd'])} S/cm as measured")
    screen.print(f"at 25 °C {with_sd(document['sigma_25_s_cm'], document['sigma_25_s_cm_sd'])} S/cm")
    screen.print(f"circuit  {document['circuit']}")
    gates = (
        (gate.name, _number(gate.value), _number(gate.limit), "ok" if gate.is_passed else gate.sentence)
        for gate in document["gates"]
    )
    screen.print(plain_table(["gate", "value", "limit", ""], gates))
    tried = (
        (one.circuit_string, with_sd(one.r_total_ohm, one.r_total_ohm_sd), _number(one.bic), one.note)
        for one in document["candidates"]
    )
    screen.print(plain_table(["circuit tried", "R total / ohm", "BIC", ""], tried))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _metric_lines(metrics: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """One line per group of numbers, as `held out, all: n 239, mae 0.76`."""
    numbers = {name: value for name, value in metrics.items() if isinstance(value, (int, float))}
    if numbers:
        listed = ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in numbers.items())
        yield f"{place}: {listed}" if place else listed
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            words = name.replace("_", " ")
            yield from _metric_lines(value, f"{place}, {words}" if place else words)


def draw_training(screen: "Console", trained: "Trained") -> None:
    """Say what a training did."""
    if trained.run is None:
        screen.print(trained.note)
        return
    run = trained.run
    screen.print(f"model run {run.number}: {run.n_literature_rows} literature rows, {run.n_lab_rows} of this lab")
    for line in _metric_lines(trained.metrics):
        screen.print(f"  {line}")
    if trained.taught_by:
        screen.print(f"taught by {', '.join(trained.taught_by)}")
    for one in trained.sessions:
        references = f"{one['n_references']} of them references" if one["n_references"] else "no reference among them"
        low = f"reads {abs(one['offset']):.2f} ± {one['sd']:.2f} dex {'low' if one['offset'] < 0 else 'high'}"
        screen.print(f"session {plain(one['session'])}: {low} ({one['n_rows']} pellets, {references})")
    for line in trained.done:
        screen.print(plain(line, limit=1000))
    if trained.explanation is not None:
        from nasicon_loop.cli.explaining import draw_explanation

        draw_explanation(screen, trained.explanation)


def draw_suggestions(screen: "Console", batch: "Batch") -> None:
    """Show suggestions with their reasons, and what changed since the batch before."""
    rows = [one.suggestion for one in batch.suggestions]
    if not rows:
        screen.print("no open suggestions; `nasicon suggest -n 4` makes some")
    for one, row in zip(batch.suggestions, rows, strict=True):
        kind = "" if one.kind == "new" else f" ({one.kind})"
        screen.print(
            f"{row.number:>4}  {row.formula}   [{row.dopant}] {one.state}{kind}, by {one.acquired_by}", style="bold"
        )
        mean, sd = row.log10_sigma_mean, row.log10_sigma_sd
        screen.print(f"      sigma {10**mean:.1e} S/cm (log10 {mean:.2f} ± {sd:.2f})")
        screen.print(f"      {plain(row.reason, limit=1000)}")
    _paragraph(screen, "Changed since the last batch:", batch.changes)
    _paragraph(screen, "Notes:", batch.notes)
    if rows:
        screen.print(f"next: nasicon sample new --from-suggestion {rows[0].number}")


def _paragraph(screen: "Console", title: str, lines: Iterable[str]) -> None:
    listed = list(lines)
    if listed:
        screen.print(title)
        for line in listed:
            screen.print(f"  - {plain(line, limit=1000)}")


def draw_status(screen: "Console", state: "CampaignState") -> None:
    """Say how the campaign stands."""
    screen.print(f"lab {plain(state.lab)}")
    for what, counts in state.counts.items():
        screen.print(f"{what:12}" + ", ".join(f"{n} {name}" for name, n in counts.items() if n))
    if state.best_formula is not None:
        best = with_sd(state.best_sigma_25_s_cm, state.best_sigma_25_s_cm_sd)
        screen.print(f"best        {state.best_formula} ({state.best_label}) {best} S/cm at 25 °C")
    run = f"run {state.model_run} of {state.model_at:%Y-%m-%d %H:%M} UTC" if state.model_at else "none"
    screen.print(f"model       {run}; {state.n_results_not_learned} results not learned yet")
    screen.print(f"next        {state.next_step}")


def journal_table(rows: Sequence[Any]) -> "Table":
    """Return journal rows, newest first."""
    return plain_table(
        ["when (UTC)", "who", "what", "about", "details"],
        (
            (
                f"{row.at:%Y-%m-%d %H:%M:%S}",
                row.who,
                row.event,
                f"{row.subject} {row.subject_id}",
                ", ".join(f"{k}={v}" for k, v in row.data.items() if k not in ("digest", "fact_id")),
            )
            for row in rows
        ),
    )
