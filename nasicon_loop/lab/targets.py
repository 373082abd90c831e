"""Which sample and pellet a file belongs to, and what is still missing to know its conductivity."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.names import split_label

if TYPE_CHECKING:
    from db import Pellet, PelletGeometry, Reader, Sample

How = Literal["file name", "command", "user"]
"""Who said to which sample a file belongs."""


@dataclass(frozen=True, slots=True)
class Target:
    """The owner of a file as far as it is known; `waits_for` says in words what a person has to give."""

    sample: "Sample | None" = None
    pellet: "Pellet | None" = None
    geometry: "PelletGeometry | None" = None
    waits_for: str | None = None

    @property
    def label(self) -> str | None:
        """The pellet's label, else the sample's."""
        owner = self.pellet or self.sample
        return owner.label if owner else None

    @property
    def sample_id(self) -> int | None:
        """Id of the sample."""
        return self.sample.id if self.sample else None

    @property
    def pellet_id(self) -> int | None:
        """Id of the pellet."""
        return self.pellet.id if self.pellet else None


def given_target(reader: "Reader", text: str) -> Target:
    """Return the owner that a person names, `NL-0001` or `NL-0001-P2`.

    Raises Refusal when this is no label, or there is no such sample or pellet.
    """
    parts = split_label(text, reader.lab.label_prefix)
    if parts is None:
        raise Refusal(
            f"is not a label; labels are like {reader.lab.label_prefix}-0001 or {reader.lab.label_prefix}-0001-P2",
            plain(text),
        )
    label, pellet_number = parts
    target = find_target(reader, label, pellet_number)
    if target.sample is None or (pellet_number is not None and target.pellet is None):
        raise Refusal(target.waits_for or "is not known", plain(text))
    return target


def find_target(reader: "Reader", label: str | None, pellet_number: int | None) -> Target:
    """Return the owner that a name tells; a sample with one pellet means that pellet, with several it must be told."""
    if label is None:
        return Target(waits_for="no sample's label in the name: say whose it is with `nasicon inbox assign`")
    sample = reader.find_sample(label)
    if sample is None:
        return Target(
            waits_for=f"there is no sample {plain(label)}: make it, or say whose it is with `nasicon inbox assign`"
        )
    pellets = reader.pellets(sample)
    fitting = [pellet for pellet in pellets if pellet_number in (None, pellet.number)]
    if len(fitting) == 1:
        return with_geometry(reader, sample, fitting[0])
    if pellet_number is not None:
        return Target(sample, waits_for=f"{sample.label} has no pellet P{pellet_number}: make it, or assign another")
    if not pellets:
        return Target(sample, waits_for=f"{sample.label} has no pellet yet: enter it with `nasicon pellet new`")
    labels = ", ".join(pellet.label for pellet in pellets)
    several = f"{sample.label} has {len(pellets)} pellets ({labels})"
    return Target(sample, waits_for=f"{several}: say which with `nasicon inbox assign`")


def with_geometry(reader: "Reader", sample: "Sample", pellet: "Pellet") -> Target:
    """Return a known pellet with its geometry and what is missing of it."""
    geometry = reader.geometry(pellet)
    missing = [
        word
        for word, value in (
            ("thickness", geometry and geometry.thickness_cm),
            ("electrode diameter", geometry and geometry.electrode_diameter_cm),
        )
        if value is None
    ]
    if not missing:
        return Target(sample, pellet, geometry)
    return Target(
        sample, pellet, geometry, f"{' and '.join(missing)} of {pellet.label}: enter it with `nasicon pellet geometry`"
    )
