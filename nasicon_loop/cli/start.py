"""Commands that begin things: a lab, the demo, the doctor, the TUI."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import REFUSED, JsonOption, LabOption, refusing, say
from nasicon_loop.core import plain

if TYPE_CHECKING:
    from rich.console import Console


@refusing
def init(
    folder: Annotated[Path, typer.Argument(help="Where the lab shall live; made if it does not exist.")],
    name: Annotated[str | None, typer.Option(help="The lab's name; default: the folder's.")] = None,
    prefix: Annotated[str, typer.Option(help="What sample labels begin with, as in NL-0001.")] = "NL",
    as_json: JsonOption = False,
) -> None:
    """Make a lab folder with lab.toml, lab.db, inbox, vault and the shipped literature data."""
    from nasicon_loop.lab import create_lab

    made = create_lab(folder, name=name or plain(folder.resolve().name, limit=100), prefix=prefix)

    def human(screen: "Console") -> None:
        screen.print(f"lab        {plain(made.folder, limit=1000)}")
        screen.print(f"literature {made.n_literature_rows} rows")
        screen.print(f"inbox      {plain(made.inbox, limit=1000)}   point the potentiostat's export here")
        screen.print("next       cd there, then `nasicon train`")

    say(made, human, as_json=as_json)


def demo(
    rounds: Annotated[int, typer.Option(min=1, max=20, help="Rounds of suggest, make, measure, learn.")] = 3,
    batch: Annotated[int, typer.Option(min=1, max=12, help="Samples per round.")] = 4,
    seed: Annotated[int | None, typer.Option(help="Which hidden truth the simulated lab draws.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Keep the lab here; default: a temporary folder.")] = None,
) -> None:
    """Run a whole campaign against a simulated lab, through these very commands."""
    arguments = ["--rounds", str(rounds), "--batch", str(batch)]
    if seed is not None:
        arguments += ["--seed", str(seed)]
    if folder is not None:
        arguments += ["--folder", str(folder)]
    # A process of its own: the simulated lab may use the product only as a user does, from outside.
    finished = subprocess.run([sys.executable, "-P", "-m", "nasicon_loop.twin", *arguments], check=False)  # noqa: S603
    raise typer.Exit(finished.returncode)


@refusing
def doctor(lab: LabOption = None, as_json: JsonOption = False) -> None:
    """Look for what is broken in the installation and the lab, and say what mends it."""
    from nasicon_loop.lab import examine

    findings = examine(lab)

    def human(screen: "Console") -> None:
        for finding in findings:
            screen.print(f"{'ok  ' if finding.is_fine else 'BAD '} {finding.what}: {finding.detail}")
            if finding.remedy:
                screen.print(f"     → {finding.remedy}", soft_wrap=True)  # to be copied in one piece

    say(findings, human, as_json=as_json)
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(REFUSED)


@refusing
def settings(lab: LabOption = None, as_json: JsonOption = False) -> None:
    """Show every setting of the lab with its value and where that came from; lab.toml is where to change them."""
    from nasicon_loop.lab import opened, settings_rows

    with opened(lab) as found:
        rows = settings_rows(found)
        place = found.folder.toml

    def human(screen: "Console") -> None:
        section = ""
        for row in rows:
            if row.section != section:
                section = row.section
                screen.print(f"[{section}]")
            value = "-" if row.value is None else plain(row.value, limit=200)
            source = "" if row.source == "default" else f"   from {row.source}"
            screen.print(f"  {row.key} = {value}{source}", soft_wrap=True)
        screen.print(f"to change one: edit {plain(place, limit=1000)}", soft_wrap=True)

    say(rows, human, as_json=as_json)


@refusing
def tui(
    browser: Annotated[
        bool, typer.Option("--browser", help="Show them in a browser of this computer; nobody else can connect.")
    ] = False,
    port: Annotated[int, typer.Option(min=1024, max=65535, help="For --browser, on 127.0.0.1.")] = 8000,
    lab: LabOption = None,
) -> None:
    """Open the lab's screens in this terminal."""
    from nasicon_loop.lab import opened

    with opened(lab) as checked:  # what is wrong with the lab is said here, as by every command
        folder = checked.folder.path
    # The other face is a process of its own: the two never import each other.
    words = ["nasicon_loop.tui.browser", str(folder), str(port)] if browser else ["nasicon_loop.tui", str(folder)]
    raise typer.Exit(subprocess.run([sys.executable, "-P", "-m", *words], check=False).returncode)  # noqa: S603 - ours
