"""Where ticks lie and what they say, the same on paper and in a terminal. No plotting here."""

from collections.abc import Sequence
from math import ceil, floor, log10

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
ANGLES = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 45.0, 90.0)
"""Steps in degrees that a phase is read off by."""

Ticks = tuple[tuple[float, str], ...]


def decade_text(exponent: int) -> str:
    """Return 10 to an integer power as text: -3 gives '10⁻³'."""
    return f"10{str(exponent).translate(_SUPERSCRIPT)}"


def linear_ticks(low: float, high: float, n_most: int = 7, steps: Sequence[float] | None = None) -> Ticks:
    """Return at most `n_most` round ticks inside [low, high]; `steps` are the distances allowed, in rising order."""
    span = high - low
    if not span > 0:
        return ((low, _number(low, 1.0)),)
    size = 10.0 ** floor(log10(span / n_most))
    choices = steps or [size * nice for nice in _NICE] + [20.0 * size]
    step = next((one for one in choices if span / one < n_most), choices[-1])
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return tuple((k * step, _number(k * step, step)) for k in range(first, last + 1))


def log_ticks(low: float, high: float, n_most: int = 9) -> Ticks:
    """Return ticks at decades, every second or third where there are many; 1, 2, 5 where no two decades lie inside."""
    first, last = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    if last > first:
        every = max(1, ceil((last - first + 1) / n_most))
        return tuple((10.0**k, decade_text(k)) for k in range(first, last + 1) if k % every == 0)
    values = [one * 10.0**k for k in range(first - 1, last + 2) for one in (1.0, 2.0, 5.0)]
    inside = [value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]
    return tuple((value, _short(value)) for value in inside) if len(inside) > 1 else linear_ticks(low, high, 4)


def _short(value: float) -> str:
    """Return a round value in few signs: '0.5', '200', '2·10⁵'."""
    if 1e-3 <= value < 1e4:
        return f"{value:g}"
    exponent = floor(log10(value) + 1e-9)
    return f"{value / 10.0**exponent:g}·{decade_text(exponent)}"


def _number(value: float, step: float) -> str:
    """Return a multiple of a step with as many digits as the step needs."""
    digits = next((k for k in range(13) if abs(step * 10**k - round(step * 10**k)) < 1e-6 * step * 10**k), 12)
    if abs(value) >= 1e5 or digits > 4:
        return f"{value:.3g}".replace("-", "−") if value else "0"
    return f"{value:.{digits}f}".replace("-", "−") if value else "0"
