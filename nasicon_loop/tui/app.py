"""The Textual application."""

from textual.app import App

from nasicon_loop.lab import Lab


class NasiconApp(App[None]):
    """The lab's screens."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self.lab = lab
