"""Rows of points to sweeps: where one ends and the next begins, and which are worth keeping."""

from collections.abc import Sequence

from instruments.errors import UnreadableFile

MIN_FREQUENCIES = 5
"""Fewer distinct frequencies than this cannot show an arc (five numbers describe one: R, R, Q, alpha and a spike)."""
MAX_SWEEPS = 5000
"""A sweep every two minutes for a week; a file with more is refused before each of them costs time."""
_ROUND_DIGITS = 2
_ROUND_TOLERANCE = 1e-3
_GRID_TOLERANCE = 0.02


def split(frequency_hz: Sequence[float]) -> list[range]:
    """Return the sweeps as ranges of indices: a new one begins where the frequency turns around or jumps back.

    A frequency measured twice in a row stays in its sweep, except at the turning point, where it opens the next.
    """
    starts = [0]
    direction = 0.0
    for i in range(1, len(frequency_hz)):
        step = frequency_hz[i] - frequency_hz[i - 1]
        if step * direction < 0:
            is_repeat = i - 1 > starts[-1] and frequency_hz[i - 1] == frequency_hz[i - 2]
            starts.append(i - 1 if is_repeat else i)
            direction = step if is_repeat else 0.0
        elif direction == 0.0:
            direction = step
    ends = [*starts[1:], len(frequency_hz)]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def usable(frequency_hz: Sequence[float]) -> tuple[list[range], list[str]]:
    """Return the sweeps with enough frequencies, and a warning for those left out.

    Raises `UnreadableFile` when none is left (a single frequency has its own reason), or when the frequencies have no
    order.
    """
    sweeps = split(frequency_hz)
    kept = [sweep for sweep in sweeps if n_distinct(frequency_hz, sweep) >= MIN_FREQUENCIES]
    n_kept = sum(len(sweep) for sweep in kept)
    everything = n_distinct(frequency_hz, range(len(frequency_hz)))
    if everything == 1:
        raise UnreadableFile(
            f"holds a single frequency ({frequency_hz[0]:g} Hz): a fit needs a sweep; measure from 1 MHz down to 1 Hz"
        )
    if everything < MIN_FREQUENCIES:
        raise UnreadableFile(
            f"holds only {everything} different frequencies, a fit needs at least {MIN_FREQUENCIES}: measure a sweep"
        )
    if 2 * n_kept < len(frequency_hz):
        raise UnreadableFile(
            "the frequencies go up and down without order: export the sweep as measured, not sorted by another column"
        )
    if len(kept) > MAX_SWEEPS:
        raise UnreadableFile(too_many(len(kept)))
    n_lost = len(frequency_hz) - n_kept
    lost = len(sweeps) - len(kept)
    return kept, [f"{n_lost} points in {lost} piece(s) of fewer than {MIN_FREQUENCIES} frequencies left out"] * bool(
        lost
    )


def too_many(n_sweeps: int) -> str:
    """Return the reason for a file with more sweeps than `MAX_SWEEPS`."""
    return f"holds {n_sweeps} sweeps or more, the limit is {MAX_SWEEPS}: export them in several files."


def n_distinct(frequency_hz: Sequence[float], sweep: range) -> int:
    """Return how many different frequencies a sweep has."""
    return len({frequency_hz[i] for i in sweep})


def looks_aborted(frequency_hz: Sequence[float], sweep: range, longest: int) -> bool:
    """Say whether a sweep seems to end early.

    Either another sweep of the same file is longer, or the last frequency lies on the regular logarithmic grid but is
    not a round number: people type round end frequencies, so a sweep that ends at 1.258923 Hz was stopped.
    """
    if len(sweep) < longest:
        return True
    if len(sweep) < MIN_FREQUENCIES:
        return False
    first, second, before, last = (frequency_hz[sweep[i]] for i in (0, 1, -2, -1))
    if min(first, second, before, last) <= 0 or first == second or before == last:
        return False
    ratio = abs((second / first) / (last / before) - 1)
    return ratio < _GRID_TOLERANCE and not _is_round(last) and _is_round(first)


def _is_round(frequency_hz: float) -> bool:
    return abs(float(f"{frequency_hz:.{_ROUND_DIGITS - 1}e}") / frequency_hz - 1) < _ROUND_TOLERANCE


def common_warnings(frequency_hz: Sequence[float], real_ohm: Sequence[float], sweep: range) -> list[str]:
    """Return what a look at one sweep's numbers already tells."""
    warnings = []
    n_repeated = len(sweep) - n_distinct(frequency_hz, sweep)
    if n_repeated:
        warnings.append(f"{n_repeated} frequencies were measured more than once")
    n_negative = sum(real_ohm[i] < 0 for i in sweep)
    if n_negative:
        warnings.append(f"Z' is negative at {n_negative} of {len(sweep)} points: check cables and range")
    return warnings
