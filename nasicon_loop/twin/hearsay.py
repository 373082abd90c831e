"""What published rows seem to say about dopants: the part of a truth that may agree with them, or be their opposite."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from nasicon_loop.chemistry import FormulaError, dopants
from nasicon_loop.twin.truth import Report, amounts_of

_SILICON_RANGE = (1.4, 2.8)
_MIN_ZIRCONIUM = 1.0
_LARGEST_AMOUNT = 0.6
_LIMIT_DEX = 0.6
_HOSTS = frozenset({"Na", "Zr", "Si", "P", "O"})


def dopant_effects(reports: Sequence[Report]) -> Mapping[str, float]:
    """Return dex over the undoped silico-phosphates by dopant, shrunk by n / (n + 1) and limited to 0.6 dex.

    Only single dopants in Na-Zr-Si-P hosts count; dopants without a report are left out, and so is everything when
    nobody reported an undoped one.
    """
    undoped: list[float] = []
    doped: dict[str, list[float]] = defaultdict(list)
    for report in reports:
        try:
            amounts = amounts_of(report.formula)
        except FormulaError:
            continue
        foreign = {symbol: amount for symbol, amount in amounts.items() if symbol not in _HOSTS}
        is_host = (
            _SILICON_RANGE[0] <= amounts.get("Si", 0.0) <= _SILICON_RANGE[1]
            and amounts.get("Zr", 0.0) >= _MIN_ZIRCONIUM
            and amounts.get("Na", 0.0) > 0
        )
        if not is_host or len(foreign) > 1:
            continue
        for symbol, amount in foreign.items():
            if symbol in dopants() and amount <= _LARGEST_AMOUNT:
                doped[symbol].append(report.log10_sigma)
        if not foreign:
            undoped.append(report.log10_sigma)
    if not undoped:
        return {}
    usual = sorted(undoped)[len(undoped) // 2]
    return {symbol: _limited(values, usual) for symbol, values in sorted(doped.items())}


def _limited(values: Sequence[float], usual: float) -> float:
    effect = sum(value - usual for value in values) / (len(values) + 1)
    return min(max(effect, -_LIMIT_DEX), _LIMIT_DEX)
