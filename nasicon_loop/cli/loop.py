"""Commands of the loop's mind: data, training, prediction, suggestions, campaign."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import (
    REFUSED,
    JsonOption,
    LabOption,
    opened_lab,
    progress_bar,
    refusal_document,
    refusing,
    say,
)
from nasicon_loop.core import Refusal, joined, plain

if TYPE_CHECKING:
    from rich.console import Console

EXECUTORS = (
    "Where to work: inline, processes, processes:4, or a Dask scheduler, tcp://host:8786. The result is the same."
)


@refusing
def data_import(
    source: Annotated[
        Path | None, typer.Argument(help="CSV table, or folder of CIFs with a properties CSV; default: shipped table.")
    ] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load conductivities into the lab's database; rows that cannot be used are refused one by one."""
    from nasicon_loop.lab import import_data

    done = import_data(opened_lab(lab), source)

    def human(screen: "Console") -> None:
        screen.print(f"{done.n_new} new rows, {done.n_known} already there, {len(done.refusals)} refused")
        for refusal in done.refusals[:20]:
            screen.print(f"refused  {plain(refusal, limit=1000)}", style="red", soft_wrap=True)
        if len(done.refusals) > 20:
            screen.print(f"... and {len(done.refusals) - 20} more; --json lists all")
        for remark in done.remarks[:20]:
            screen.print(f"kept     {plain(remark, limit=500)}", style="yellow", soft_wrap=True)

    document = {
        "schema": 1,
        "n_new": done.n_new,
        "n_known": done.n_known,
        "refused": [refusal_document(refusal) for refusal in done.refusals],
        "remarks": [{"file": remark.where, "remark": remark.reason} for remark in done.remarks],
    }
    say(document, human, as_json=as_json)
    if done.refusals:
        raise typer.Exit(REFUSED)


@refusing
def data_cif(
    formula: Annotated[str, typer.Argument(help="Formula, e.g. Na3.4Zr1.8Mg0.2Si2PO12.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; default: the terminal.")] = None,
    phase: Annotated[str | None, typer.Option(help="R-3c or C2/c; default: the likelier one.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the prototype crystal of a composition as CIF, read back and checked by pymatgen."""
    from nasicon_loop.lab import write_cif

    text = write_cif(formula, phase=phase, path=output)
    document = {"schema": 1, "formula": formula, "file": output, "cif": text}
    say(
        document,
        lambda screen: screen.out(text if output is None else f"written: {plain(output, limit=1000)}"),
        as_json=as_json,
    )


@refusing
def train(
    paper: Annotated[bool, typer.Option("--paper", help="The settings of the paper's Table 1.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Train the network anew, the lab's rows included.")] = False,
    automatic: Annotated[bool, typer.Option("--automatic", help="Only if enough new results wait.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print descriptors and their weights.")] = False,
    seed: Annotated[int | None, typer.Option(help="Seed; default: lab.toml.")] = None,
    executor: Annotated[str | None, typer.Option(help=EXECUTORS)] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the network on the literature and the lab's own results."""
    from nasicon_loop.cli.stories import draw_training
    from nasicon_loop.lab import train_model

    with joined(executor) as workers, progress_bar() as bar:
        trained = train_model(
            opened_lab(lab),
            paper=paper,
            full=full,
            automatic=automatic,
            seed=seed,
            explain=explain,
            progress=bar,
            executor=workers,
        )
    say(trained, lambda screen: draw_training(screen, trained), as_json=as_json)


@refusing
def predict(
    things: Annotated[list[str], typer.Argument(help="Formulas or CIF files.", show_default=False)],
    temperature_c: Annotated[float, typer.Option(help="Temperature of the conductivity.", min=-100, max=600)] = 25.0,
    why: Annotated[bool, typer.Option("--why", help="Who is near, what each part adds, what would change it.")] = False,
    limit: Annotated[int, typer.Option(help="How many parts and steps --why shows of a kind.", min=1, max=200)] = 6,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Predict conductivities with the lab's current model, of CIF files on their own structure."""
    from nasicon_loop.cli.reasons import draw_why, hull_words
    from nasicon_loop.cli.words import plain_table
    from nasicon_loop.lab import predict_things

    done, refusals = predict_things(opened_lab(lab), things, temperature_c=temperature_c, reasons=why)

    def human(screen: "Console") -> None:
        rows = []
        for document in done:
            mean, sd = document["log10_sigma_mean"], document["log10_sigma_sd"]
            name = document["formula"]
            if "structure" in document:
                name = f"{name} ({document['structure']})"
            rows.append((plain(name), f"{10**mean:.1e}", f"{mean:.2f} ± {sd:.2f}", hull_words(document["hull"])))
        screen.print(plain_table(["formula", "sigma / S cm-1", "log10 sigma", "above hull"], rows))
        for document in done if why else []:
            draw_why(screen, document["why"], limit)
        for refusal in refusals:
            screen.print(f"refused  {plain(refusal, limit=1000)}", style="red", soft_wrap=True)

    say([*done, *(refusal_document(refusal) for refusal in refusals)], human, as_json=as_json)
    if refusals:
        raise typer.Exit(REFUSED)


@refusing
def suggest(
    n: Annotated[int | None, typer.Option("-n", help="How many; default: lab.toml.", min=1, max=50)] = None,
    by: Annotated[str | None, typer.Option(help="ei, nei, ucb, thompson or novelty; default: lab.toml.")] = None,
    accept: Annotated[list[int] | None, typer.Option(help="Accept this suggestion.")] = None,
    reject: Annotated[list[int] | None, typer.Option(help="Reject this suggestion.")] = None,
    hold: Annotated[list[int] | None, typer.Option(help="Keep this suggestion for later.")] = None,
    list_open: Annotated[bool, typer.Option("--list", help="Show the open suggestions, make no new ones.")] = False,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suggest doped compositions, each with mean, spread and a reason; or decide on earlier ones."""
    from nasicon_loop.cli.stories import draw_suggestions
    from nasicon_loop.lab import decide_suggestions, open_suggestions, suggest_compositions

    opened = opened_lab(lab)
    decisions = {"accepted": accept or [], "rejected": reject or [], "held": hold or []}
    numbers = [number for group in decisions.values() for number in group]
    if len(numbers) != len(set(numbers)):
        raise Refusal("decide once on each suggestion", "suggest")
    if any(decisions.values()):
        document = decide_suggestions(opened, decisions)
        lines = "\n".join(f"suggestion {decided['number']} {decided['state']}" for decided in document)
        say(document, lambda screen: screen.print(lines), as_json=as_json)
        return
    if list_open:
        proposal = open_suggestions(opened)
    else:
        with progress_bar() as bar:
            proposal = suggest_compositions(opened, n, by=by, progress=bar)
    say(
        [
            {**suggestion.document(), "changes": list(proposal.changes), "notes": list(proposal.notes)}
            for suggestion in proposal.suggestions
        ],
        lambda screen: draw_suggestions(screen, proposal),
        as_json=as_json,
    )


@refusing
def campaign_status(lab: LabOption = None, as_json: JsonOption = False) -> None:
    """Say how the campaign stands: best so far, what waits, when the model learned last."""
    from nasicon_loop.cli.stories import draw_status
    from nasicon_loop.lab import campaign_state

    state = campaign_state(opened_lab(lab))
    say(state, lambda screen: draw_status(screen, state), as_json=as_json)


@refusing
def campaign_journal(
    limit: Annotated[int, typer.Option(help="How many of the newest rows.", min=1, max=100000)] = 40,
    subject: Annotated[str | None, typer.Option(help="Only rows about this sample or pellet label.")] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who did what, and when."""
    from nasicon_loop.cli.stories import journal_table
    from nasicon_loop.lab import journal

    rows = journal(opened_lab(lab), limit=limit, subject=subject)
    say(rows, lambda screen: screen.print(journal_table(rows)), as_json=as_json)


@refusing
def report(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="HTML file; default: reports/ in the lab.")
    ] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write the same here as a PDF, too.")] = None,
    all_spectra: Annotated[
        bool, typer.Option("--all-spectra", help="Every spectrum and file of a long campaign, not the newest alone.")
    ] = False,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the campaign's report: one HTML file without network, its pictures as PNG, and a PDF."""
    from nasicon_loop.lab import write_report

    with progress_bar() as bar:
        written = write_report(opened_lab(lab), output, pdf=pdf, all_spectra=all_spectra, progress=bar)

    def human(screen: "Console") -> None:
        screen.print(f"report   {plain(written.html, limit=1000)}", soft_wrap=True)
        if written.pdf is not None:
            screen.print(f"pdf      {plain(written.pdf, limit=1000)}", soft_wrap=True)
        for picture in written.pictures:
            screen.print(f"picture  {plain(picture.path, limit=1000)}", soft_wrap=True)

    say(written, human, as_json=as_json)
