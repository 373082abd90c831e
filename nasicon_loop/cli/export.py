"""Command that takes the results out of the lab."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, progress_bar, refusing, say
from nasicon_loop.core import plain

if TYPE_CHECKING:
    from rich.console import Console


@refusing
def export(
    folder: Annotated[Path, typer.Argument(help="A new folder, or an empty one.")],
    parquet: Annotated[bool, typer.Option("--parquet", help="Parquet beside CSV; needs the extra parquet.")] = False,
    with_files: Annotated[bool, typer.Option("--with-files", help="Take the imported files along.")] = False,
    license_name: Annotated[str | None, typer.Option("--license", help="SPDX name (CC-BY-4.0) or web address.")] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write all results as tables into a folder that is an RO-Crate, whole or not at all."""
    from nasicon_loop.lab import export_lab

    with progress_bar() as bar:
        done = export_lab(
            opened_lab(lab), folder, parquet=parquet, with_files=with_files, license_name=license_name, progress=bar
        )

    def human(screen: "Console") -> None:
        screen.print(f"export   {plain(done.folder, limit=1000)}", soft_wrap=True)
        for name, n in done.n_rows.items():
            screen.print(f"{n:8d}  {name}")
        if with_files:
            screen.print(f"{done.n_originals:8d}  originals")
        if license_name is None:
            screen.print("no licence given: `--license CC-BY-4.0` says what others may do with it")

    say(done.document(), human, as_json=as_json)
