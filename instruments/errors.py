"""The one error of this room."""

from nasicon_loop.core import Refusal


class UnreadableFile(Refusal):
    """A file that cannot be taken as impedance data; `reason` says in one line why and what to do."""
