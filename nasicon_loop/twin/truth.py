"""What every hidden truth can be asked, and what it may be told: published conductivities, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from zlib import crc32

from nasicon_loop.chemistry import Composition


@dataclass(frozen=True, slots=True)
class Report:
    """One published conductivity of a sodium NASICON near 25 °C: log10 of S/cm, and who reported it."""

    formula: str
    log10_sigma: float
    source: str


class Truth(Protocol):
    """A hidden truth: the same seed (and reports) give the same one."""

    @property
    def seed(self) -> int:
        """What everything about it was drawn from."""
        ...

    @property
    def scatter_sd_dex(self) -> float:
        """How much pellets of one powder differ."""
        ...

    def solubility(self, symbol: str, /) -> float:
        """Return how much of a dopant the lattice takes, per formula of 12 O."""
        ...

    def crowding(self, amounts: Mapping[str, float], /) -> float:
        """Return the dopants' amounts per 12 O as parts of their solubility, added up."""
        ...

    def log10_sigma(self, composition: Composition | str, /) -> float:
        """Return log10 of the total conductivity (S/cm) at 25 °C of a dense pellet without scatter."""
        ...

    def log10_sigmas(self, compositions: Sequence[Composition | str], /) -> list[float]:
        """Return what `log10_sigma` does for many compositions."""
        ...

    def at_temperature(self, sigma_25_s_cm: float, temperature_c: float, /) -> float:
        """Return sigma (S/cm) at a temperature."""
        ...


def amounts_of(composition: Composition | str) -> dict[str, float]:
    """Return amounts per formula of 12 O by element. Raises FormulaError for text that is no oxide's formula."""
    parsed = Composition.parse(composition) if isinstance(composition, str) else composition
    return {symbol: float(amount) for symbol, amount in parsed.normalised().amounts}


def split_by_source(reports: Sequence[Report], variant: int) -> tuple[tuple[Report, ...], tuple[Report, ...]]:
    """Return the half that a model may learn and the half that it must never see; whole sources, by `variant`.

    The half depends on the source's name alone, so rows may come and go.
    """
    is_hidden = [crc32(f"{variant}:{report.source.strip().lower()}".encode()) % 2 == 1 for report in reports]
    seen = tuple(report for report, hidden in zip(reports, is_hidden, strict=True) if not hidden)
    return seen, tuple(report for report, hidden in zip(reports, is_hidden, strict=True) if hidden)
