"""The files that a load's measurements leave in the inbox: good ones, and at least one that must teach nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nasicon_loop.twin.faults import UNUSABLE, USABLE
from nasicon_loop.twin.files import export, file_name
from nasicon_loop.twin.pellets import Pellet
from nasicon_loop.twin.spectra import pellet_spectrum
from nasicon_loop.twin.spoiled import spoil
from nasicon_loop.twin.workshop import Experiment

_WITH_USABLE_FAULT = 0.3


@dataclass(frozen=True, slots=True)
class LoadFile:
    """A file as it is found: its name, bytes, pellet, what was wrong (empty: nothing), and whether it may teach."""

    name: str
    data: bytes
    label: str
    what: str
    is_usable: bool


def files_of(experiments: Sequence[Experiment], round_number: int, seed: int) -> tuple[LoadFile, ...]:
    """Return the files of the pellets that could be measured, in the order of measurement.

    One pellet's first file is no good (by turns a spoiled file and a spoiled measurement), and it is measured again.
    About a third of the others carry a fault that can be seen through. Empty when every pellet failed.
    """
    pellets = [experiment.pellet for experiment in experiments if experiment.pellet is not None]
    if not pellets:
        return ()
    source = np.random.default_rng([seed, 13, round_number])
    victim = int(source.integers(len(pellets)))
    found: list[LoadFile] = []
    for place, pellet in enumerate(pellets):
        if place == victim:
            found.append(_unusable(pellet, round_number, len(pellets), seed))
        has_fault = bool(source.uniform() < _WITH_USABLE_FAULT)
        fault = USABLE[int(source.integers(len(USABLE)))] if has_fault else None
        spectrum = pellet_spectrum(pellet)
        data = export(
            pellet,
            round_number=round_number,
            place=place,
            spectrum=fault.applied(spectrum, pellet.seed) if fault else spectrum,
        )
        found.append(LoadFile(file_name(pellet), data, pellet.label, fault.what if fault else "", True))
    return tuple(found)


def _unusable(pellet: Pellet, round_number: int, place: int, seed: int) -> LoadFile:
    """Return a spoiled file in even rounds, a spoiled measurement in odd ones."""
    if round_number % 2 == 0:
        spoiler, data = spoil(export(pellet, round_number=round_number, place=place), round_number // 2, seed)
        return LoadFile(f"{pellet.label}_{spoiler.name}.csv", data, pellet.label, spoiler.what, False)
    fault = UNUSABLE[(round_number // 2 + seed) % len(UNUSABLE)]
    data = export(
        pellet,
        round_number=round_number,
        place=place,
        spectrum=fault.applied(pellet_spectrum(pellet), pellet.seed),
    )
    name = f"{pellet.label}_first_{pellet.shown_temperature_c:.1f}C.csv"
    return LoadFile(name, data, pellet.label, fault.what, False)
