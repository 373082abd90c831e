"""The command that asks databases of crystal structures."""

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
from nasicon_loop.core import plain

if TYPE_CHECKING:
    from rich.console import Console


@refusing
def data_fetch(
    providers: Annotated[
        list[str] | None, typer.Argument(help="cod (Crystallography Open Database), mp (Materials Project).")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Address of any other OPTIMADE provider.")] = None,
    ion: Annotated[str, typer.Option(help="The ion in the cavities.")] = "Na",
    element: Annotated[list[str] | None, typer.Option(help="An element that must be there, e.g. Zr; repeat.")] = None,
    limit: Annotated[int, typer.Option(help="How many new structures at most.", min=1, max=5000)] = 100,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder to write; default: structures/ in the lab.")
    ] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch NASICON structures by OPTIMADE as a folder of CIFs with provenance.csv; repeat it to go on."""
    from nasicon_loop.lab import fetch_structures

    with progress_bar() as bar:
        done = fetch_structures(
            opened_lab(lab),
            providers or (),
            url=url,
            ion=ion,
            elements=element or (),
            limit=limit,
            output=output,
            progress=bar,
        )

    def human(screen: "Console") -> None:
        screen.print(f"{done.n_new} new structures, {done.n_known} already there, {done.n_foreign} not a NASICON")
        screen.print(f"folder   {plain(done.folder, limit=1000)}")
        for refusal in done.refusals[:20]:
            screen.print(f"refused  {plain(refusal, limit=1000)}", style="red", soft_wrap=True)
        if len(done.refusals) > 20:
            screen.print(f"... and {len(done.refusals) - 20} more; --json lists all")

    document = {
        "schema": 1,
        "folder": done.folder,
        "n_new": done.n_new,
        "n_known": done.n_known,
        "n_foreign": done.n_foreign,
        "files": list(done.files),
        "refused": [refusal_document(refusal) for refusal in done.refusals],
    }
    say(document, human, as_json=as_json)
    if done.refusals:
        raise typer.Exit(REFUSED)
