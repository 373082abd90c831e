"""Several analyses of a sample together: the activation energy of a pellet, one value for all sweeps and pellets."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.analysing import analysis_of
from nasicon_loop.lab.making import pellet_of

if TYPE_CHECKING:
    from db import Pellet, Reader, StoredAnalysis
    from nasicon_loop.eis import Arrhenius, Pooled
    from nasicon_loop.lab.context import Lab


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One sweep of the series: analysis, °C, ohm, S/cm."""

    analysis: int
    temperature_c: float
    r_total_ohm: float
    r_total_ohm_sd: float | None
    sigma_s_cm: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """A pellet's activation energy with the sweeps behind it."""

    label: str
    arrhenius: "Arrhenius"
    points: tuple[SeriesPoint, ...]


@dataclass(frozen=True, slots=True)
class PooledSample:
    """One value for a sample, with the pellets and analyses behind it."""

    label: str
    pooled: "Pooled"
    pellets: tuple[tuple[str, tuple[int, ...]], ...]


def usable_analyses(reader: "Reader", pellet: "Pellet") -> "list[StoredAnalysis]":
    """Return the pellet's current analyses that count: accepted or signed, not taken back, not signed away."""
    return [stored for stored in reader.current_analyses(pellet=pellet) if _is_usable(reader, stored)]


def _is_usable(reader: "Reader", stored: "StoredAnalysis") -> bool:
    if stored.verdict == "rejected" or reader.retractions(stored):
        return False
    signatures = reader.signatures(stored)
    return signatures[-1].decision == "accepted" if signatures else stored.verdict == "accepted"


def sample_arrhenius(lab: "Lab", label: str) -> Series:
    """Return the activation energy of a pellet from its sweeps at several temperatures.

    `label` names the pellet, or a sample with one pellet. Raises Refusal for fewer than three usable sweeps with a
    temperature, or less than 10 K between them.
    """
    from nasicon_loop import eis

    with lab.database.read() as reader:
        pellet = pellet_of(reader, label)
        stored = [one for one in usable_analyses(reader, pellet) if one.temperature_c is not None]
    try:
        found = eis.arrhenius([analysis_of(one) for one in stored])
    except Refusal as refusal:
        raise Refusal(refusal.reason, pellet.label) from refusal
    points = tuple(
        SeriesPoint(one.id, one.temperature_c, one.r_total_ohm, one.r_total_ohm_sd, one.sigma_total_s_cm)
        for one in stored
        if one.temperature_c is not None and one.r_total_ohm is not None
    )
    return Series(pellet.label, found, tuple(sorted(points, key=lambda point: point.temperature_c)))


def sample_pooled(lab: "Lab", label: str) -> PooledSample:
    """Return one conductivity at 25 °C for a sample from all its sweeps and pellets.

    Raises Refusal for an unknown label and where no analysis counts.
    """
    from nasicon_loop import eis

    with lab.database.read() as reader:
        known = reader.find_pellet(label)
        pellets = [known] if known else reader.pellets(reader.sample(label))
        stored = {pellet.label: usable_analyses(reader, pellet) for pellet in pellets}
    try:
        value = eis.pooled([[analysis_of(one) for one in sweeps] for sweeps in stored.values()])
    except Refusal as refusal:
        raise Refusal("has no accepted result with a geometry yet", plain(label)) from refusal
    behind = tuple((name, tuple(one.id for one in sweeps)) for name, sweeps in stored.items() if sweeps)
    return PooledSample(label, value, behind)
