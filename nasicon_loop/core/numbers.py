"""How a number with its uncertainty is written, everywhere the same."""

import math


def with_sd(value: float | None, sd: float | None) -> str:
    """Return `653.0 ± 0.6` or `(9.62 ± 0.31)e-4`: the sd with two digits, the value to the same place.

    `-` when there is no value; four digits when there is no sd. Numbers from 0.01 to 1e6 are written without a power.
    """
    if value is None or not math.isfinite(value):
        return "-"
    power = 0 if value == 0 or 1e-2 <= abs(value) < 1e6 else math.floor(math.log10(abs(value)))
    scaled = value / 10.0**power
    if sd is None or not math.isfinite(sd) or sd <= 0:
        return f"{scaled:.4g}" + (f"e{power}" if power else "")
    scaled_sd = sd / 10.0**power
    decimals = max(0, 1 - math.floor(math.log10(scaled_sd)))
    pair = f"{scaled:.{decimals}f} ± {scaled_sd:.{decimals}f}"
    return f"({pair})e{power}" if power else pair
