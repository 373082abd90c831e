"""What the demo found out, as values and as a table for people."""

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import plain

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class PelletOutcome:
    """One sample and its pellet: the hidden truth (log10 S/cm: dense, without scatter), its own and its measured
    conductivity at 25 °C. A sample that `failed` (why) has neither of the last two."""

    round_number: int
    label: str
    formula: str
    true_log10_sigma: float
    pellet_sigma_25_s_cm: float | None
    measured_sigma_25_s_cm: float | None
    measured_sd_s_cm: float | None
    verdict: str
    failed: str | None = None
    is_reference: bool = False

    @property
    def error_fraction(self) -> float | None:
        """Return how far the measured conductivity is from the pellet's own, as a fraction of it."""
        if self.measured_sigma_25_s_cm is None or self.pellet_sigma_25_s_cm is None:
            return None
        return self.measured_sigma_25_s_cm / self.pellet_sigma_25_s_cm - 1.0


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that had to be refused: what was wrong with it, what the product said, and whether it did refuse it."""

    round_number: int
    name: str
    what: str
    said: str
    is_refused: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole demo; `problems` is empty when everything was as it must be."""

    folder: Path
    pellets: tuple[PelletOutcome, ...]
    refused: tuple[RefusedFile, ...]
    html: Path
    pictures: tuple[Path, ...]
    reference_log10_sigma: float
    problems: tuple[str, ...]
    n_commands: int
    seconds: float


def _sigma(value: float) -> str:
    return f"{value:.2e}"


_SCALE_S_CM = 1e-4


def table(outcome: Outcome) -> "Table":
    """Return the table of samples, round by round, as a rich table that fits 80 columns."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(
        title="σ in 10⁻⁴ S/cm at 25 °C (true: dense, no scatter; own: of this pellet)",
        title_justify="left", box=None, padding=(0, 1, 0, 0), header_style="bold underline",
    )  # fmt: skip
    for name in ("", "sample", "composition"):
        drawn.add_column(name, no_wrap=True)
    for name in ("true", "own", "measured ± sd"):
        drawn.add_column(name, justify="right", no_wrap=True)
    drawn.add_column("verdict", no_wrap=True)
    best = _best(outcome)
    for number in sorted({pellet.round_number for pellet in outcome.pellets}):
        for pellet in outcome.pellets:
            if pellet.round_number == number:
                drawn.add_row(*map(Text, _cells(pellet)), style="bold" if pellet is best else "")
        drawn.add_row()
    return drawn


def _scaled(sigma_s_cm: float) -> str:
    return f"{sigma_s_cm / _SCALE_S_CM:.3g}"


def _with_sd(sigma_s_cm: float, sd_s_cm: float) -> str:
    """Return value and sd with the decimals that give the sd two digits."""
    value, sd = sigma_s_cm / _SCALE_S_CM, sd_s_cm / _SCALE_S_CM
    n_decimals = max(0, 1 - math.floor(math.log10(sd))) if sd > 0 else 3
    return f"{value:.{n_decimals}f} ± {sd:.{n_decimals}f}"


def _cells(pellet: PelletOutcome) -> tuple[str, ...]:
    return (
        str(pellet.round_number),
        plain(pellet.label),
        plain(pellet.formula) + (" (reference)" if pellet.is_reference else ""),
        _scaled(10.0**pellet.true_log10_sigma),
        "–" if pellet.pellet_sigma_25_s_cm is None else _scaled(pellet.pellet_sigma_25_s_cm),
        _measured(pellet),
        plain(pellet.verdict),
    )


def _measured(pellet: PelletOutcome) -> str:
    """Return the measured value with its sd; of a sample that failed, why there is none."""
    if pellet.measured_sigma_25_s_cm is None:
        return "–" if pellet.failed is None else plain(pellet.failed)
    if pellet.measured_sd_s_cm is None:
        return _scaled(pellet.measured_sigma_25_s_cm)
    return _with_sd(pellet.measured_sigma_25_s_cm, pellet.measured_sd_s_cm)


def _best(outcome: Outcome) -> PelletOutcome | None:
    """Return the truly best of what was measured."""
    measured = [pellet for pellet in outcome.pellets if pellet.measured_sigma_25_s_cm is not None]
    return max(measured, key=lambda pellet: pellet.true_log10_sigma, default=None)


def _counted(outcome: Outcome) -> str:
    """Return what became of the samples and files, in one line."""
    verdicts = Counter(pellet.verdict for pellet in outcome.pellets)
    usual = ("accepted", "review", "rejected", "failed")
    said = [f"{verdicts[one]} {one}" for one in usual if verdicts[one] or one in ("accepted", "failed")]
    said += [f"{n} {plain(one)}" for one, n in sorted(verdicts.items()) if one not in usual]
    n_references = sum(pellet.is_reference for pellet in outcome.pellets)
    n_loads = len({pellet.round_number for pellet in outcome.pellets})  # a load a round
    n_refused = sum(file.is_refused for file in outcome.refused)
    return (
        f"furnace loads {n_loads}, samples {len(outcome.pellets)} ({n_references} undoped references): "
        f"{', '.join(said)}; bad files refused: {n_refused} of {len(outcome.refused)}"
    )


def closing_words(outcome: Outcome) -> list[str]:
    """Return the last lines: what became of everything, what was gained, and where everything lies."""
    lines = [_counted(outcome)]
    lines += [
        f"failed   {plain(one.label)} {plain(one.formula)}: {plain(one.failed)}"
        for one in outcome.pellets
        if one.failed is not None
    ]
    lines += [
        f"refused  {plain(file.name)} ({plain(file.what)}): {plain(file.said, limit=400)}"
        for file in outcome.refused
        if file.is_refused
    ]
    if (best := _best(outcome)) is not None:
        gain = best.true_log10_sigma - outcome.reference_log10_sigma
        lines.append(
            f"best: {plain(best.formula)}, truly {_sigma(10.0**best.true_log10_sigma)} S/cm: "
            f"{math.pow(10.0, gain):.2g} times the undoped {_sigma(10.0**outcome.reference_log10_sigma)} S/cm"
        )
    lines.append(f"{outcome.n_commands} commands in {outcome.seconds:.0f} s")
    lines += [f"picture  {path}" for path in outcome.pictures]
    lines += [f"report   {outcome.html}", f"lab      {outcome.folder}"]
    lines += [f"PROBLEM  {problem}" for problem in outcome.problems]
    return lines
