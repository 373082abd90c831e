"""The gates: each a number, a limit from the settings, and the sentence that the user reads."""

import math

from nasicon_loop.eis.analysis import Gate
from nasicon_loop.eis.settings import GATES, Settings

_RULES = {rule.name: rule for rule in GATES}


class Gates:
    """Collects gates as they are met."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.met: list[Gate] = []

    def limit(self, name: str) -> float:
        """Return the limit of a gate."""
        return float(getattr(self.settings, _RULES[name].setting))

    def at_least(self, name: str, value: float) -> bool:
        """Pass where the value reaches its limit."""
        return self.record(name, value, is_passed=value >= self.limit(name))

    def at_most(self, name: str, value: float) -> bool:
        """Pass where the size of the value stays within its limit; a value that is no number fails."""
        return self.record(name, value, is_passed=abs(value) <= self.limit(name))

    def record(self, name: str, value: float, *, is_passed: bool) -> bool:
        """Record the outcome of a gate that is decided elsewhere."""
        rule = _RULES[name]
        limit = self.limit(name)
        sentence = rule.sentence.format(value=value, limit=limit)
        number = float(value) if math.isfinite(value) else None  # JSON has no infinity
        self.met.append(Gate(name, number, limit, is_passed, rule.verdict, sentence))
        return is_passed
