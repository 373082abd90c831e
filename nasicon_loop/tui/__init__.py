"""The screens of `nasicon tui`. All state is in the lab's database: closing or killing them loses nothing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nasicon_loop.lab import Lab

__all__ = ["run"]


def run(lab: "Lab") -> None:
    """Show the lab until the user quits. Textual is imported only here."""
    from nasicon_loop.tui.app import NasiconApp

    NasiconApp(lab, is_ahead=True).run()
