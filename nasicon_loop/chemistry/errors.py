"""The one error of this room."""

from nasicon_loop.core import Refusal


class FormulaError(Refusal):
    """A formula, a composition or a structure that cannot be what it is used as; `reason` says why in one line."""
