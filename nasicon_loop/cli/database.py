"""Commands on the database itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import REFUSED, JsonOption, LabOption, refusing, say
from nasicon_loop.core import plain

if TYPE_CHECKING:
    from rich.console import Console


VerifyOption = Annotated[
    bool, typer.Option("--verify", help="Prove it as `nasicon db check` does, vault included; it is sound anyway.")
]


@refusing
def check(
    repair: Annotated[bool, typer.Option(help="Rebuild the projections from the journal first.")] = False,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that facts, journal, projections and vault agree."""
    from nasicon_loop.lab import check_database

    checked = check_database(lab, repair=repair)

    def human(screen: "Console") -> None:
        for line in checked.repairs:
            screen.print(f"repaired  {line}")
        for finding in checked.findings:
            screen.print(f"BAD  {plain(finding.kind)}: {plain(finding.what, limit=500)}", style="red")
            screen.print(f"     → {plain(finding.mend, limit=500)}")
        if checked.is_clean:
            screen.print(f"clean: {checked.summary}")

    say(checked, human, as_json=as_json)
    if not checked.is_clean:
        raise typer.Exit(REFUSED)


@refusing
def backup(
    target: Annotated[Path | None, typer.Argument(help="File to write; default: backups/ in the lab folder.")] = None,
    verify: VerifyOption = False,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a verified copy of the database while the lab goes on."""
    from nasicon_loop.lab import back_up

    written = back_up(lab, target, verify=verify)
    say(
        {"backup": written},
        lambda screen: screen.print(f"written and verified: {plain(written, limit=1000)}", soft_wrap=True),
        as_json=as_json,
    )


@refusing
def restore(
    source: Annotated[Path, typer.Argument(help="A backup to go back to.")],
    verify: VerifyOption = False,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Go back to a backup; the present database is kept beside it."""
    from nasicon_loop.lab import restore_backup

    kept = restore_backup(lab, source, verify=verify)
    text = f"restored; what was there is kept as {plain(kept, limit=1000)}" if kept else "restored; nothing was there"
    say({"kept": kept}, lambda screen: screen.print(text, soft_wrap=True), as_json=as_json)


@refusing
def upgrade(lab: LabOption = None, as_json: JsonOption = False) -> None:
    """Bring an older database to this program's schema, after a backup."""
    from nasicon_loop.lab import upgrade_database

    text = upgrade_database(lab)
    say({"done": text}, lambda screen: screen.print(text, soft_wrap=True), as_json=as_json)


@refusing
def copy(
    source: Annotated[str, typer.Argument(help="Lab folder, database file, or URL (postgresql://user@host/name).")],
    target: Annotated[str, typer.Argument(help="New database file, or URL.")],
    name: Annotated[str | None, typer.Option(help="Which lab, where the source holds several.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Copy a lab to another database, SQLite or PostgreSQL, and prove the copy row by row."""
    from nasicon_loop.lab import copy_database

    copied = copy_database(source, target, name)

    def human(screen: "Console") -> None:
        screen.print(f"{copied.lab}: {sum(copied.n_rows.values())} rows copied and proved, the source is as it was")
        if copied.is_renumbered:
            screen.print("files and analyses have new numbers: other labs' come before them")
        screen.print("to work with it, give its URL as [database] url in lab.toml")

    say(copied, human, as_json=as_json)
