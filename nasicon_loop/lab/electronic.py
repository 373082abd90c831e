"""DC polarisations: what electrons carry through a pellet, with a lab or without."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.analysing import eis_geometry, eis_settings
from nasicon_loop.lab.making import pellet_of
from nasicon_loop.lab.temperature_series import usable_analyses

if TYPE_CHECKING:
    from db import QualityRecord, Reader
    from instruments import DcTrace
    from nasicon_loop.eis import Geometry, Polarisation
    from nasicon_loop.eis import Settings as EisSettings
    from nasicon_loop.lab.context import Lab

_ROOM_C = 25.0


@dataclass(frozen=True, slots=True)
class Polarised:
    """One polarisation: of which file and pellet, under which number it is kept (None without a lab), what it says."""

    file: str
    result: "Polarisation"
    label: str | None = None
    number: int | None = None
    note: str = ""

    def document(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        from dataclasses import asdict

        names = {"file": self.file, "label": self.label, "number": self.number, "note": self.note}
        return {"schema": 1, **names, **asdict(self.result)}


def polarise_file(
    path: Path,
    *,
    voltage_v: float | None = None,
    geometry: "Geometry | None" = None,
    sigma_total_s_cm: float | None = None,
    sigma_total_s_cm_sd: float | None = None,
    settings: "EisSettings | None" = None,
) -> Polarised:
    """Read current against time and return what it says; nothing is stored.

    `voltage_v` goes before the file's own voltage column. Raises Refusal for a file without such columns or a voltage.
    """
    import instruments

    said = _said_by(
        instruments.read_dc(path),
        path,
        voltage_v,
        geometry=geometry,
        sigma_and_sd_s_cm=(sigma_total_s_cm, sigma_total_s_cm_sd),
        settings=settings,
    )
    return Polarised(plain(path.name, limit=100), said)


def _said_by(
    trace: "DcTrace",
    path: Path,
    voltage_v: float | None,
    *,
    geometry: "Geometry | None",
    sigma_and_sd_s_cm: tuple[float | None, float | None],
    settings: "EisSettings | None",
) -> "Polarisation":
    from nasicon_loop import eis

    applied = voltage_v if voltage_v is not None else trace.voltage_v
    if applied is None:
        raise Refusal("holds no voltage: give the one applied with --voltage-v", plain(path))
    sigma, sd = sigma_and_sd_s_cm
    return eis.polarisation(
        trace.time_s,
        trace.current_a,
        applied,
        geometry=geometry,
        sigma_total_s_cm=sigma,
        sigma_total_s_cm_sd=sd,
        settings=settings,
    )


def polarise_pellet(
    lab: "Lab", path: Path, label: str, *, voltage_v: float | None = None, by: str | None = None
) -> Polarised:
    """Read the polarisation of a pellet, and keep its file and result in the lab.

    Its geometry and its newest accepted conductivity are used; without one there is no transference number. Raises
    Refusal, with nothing stored, for an unknown pellet, a pellet without geometry, or a file that is no polarisation.
    """
    import instruments
    from nasicon_loop.lab.vault import read_bounded

    with lab.database.read() as reader:
        pellet = pellet_of(reader, label)
        geometry = eis_geometry(reader.geometry(pellet), lab.settings)
        measured = [one for one in usable_analyses(reader, pellet) if one.sigma_total_s_cm is not None]
    if geometry is None:
        raise Refusal("needs thickness and electrode diameter first: nasicon pellet geometry", pellet.label)
    # the polarisation is made at room temperature: of a temperature series the sweep nearest to it
    near = min(measured, key=lambda one: (abs((one.temperature_c or _ROOM_C) - _ROOM_C), -one.id), default=None)
    measured_s_cm = (None, None) if near is None else (near.sigma_total_s_cm, near.sigma_total_s_cm_sd)
    data = read_bounded(path)  # read once: what is kept is what was read
    try:
        trace = instruments.read_dc_bytes(data)
    except instruments.UnreadableFile as refusal:
        raise Refusal(refusal.reason, plain(path)) from refusal
    said = _said_by(
        trace,
        path,
        voltage_v,
        geometry=geometry,
        sigma_and_sd_s_cm=measured_s_cm,
        settings=eis_settings(lab.settings),
    )
    found = Polarised(plain(path.name, limit=100), said)
    note = "" if near else "no accepted conductivity of this pellet yet: no transference number"
    sha256 = lab.folder.open_vault().add(data)
    document = {**found.document(), "label": pellet.label}
    with lab.database.write(who=lab.who) as writer:
        record = writer.add_quality(
            "polarisation", document, files={sha256: found.file}, pellet=pellet, who=plain(by) if by else None
        )
    return Polarised(found.file, found.result, pellet.label, record.id, note)


@dataclass(frozen=True, slots=True)
class KeptPolarisation:
    """A polarisation as the lab keeps it."""

    number: int
    file: str
    verdict: str
    sigma_e_s_cm: float | None
    sigma_e_s_cm_sd: float | None
    transference_number: float | None
    who: str
    at: datetime


def polarisations(lab: "Lab", label: str) -> list[KeptPolarisation]:
    """Return what polarisations of a pellet said, oldest first."""
    with lab.database.read() as reader:
        return [_kept(record) for record in _of(reader, label)]


def _of(reader: "Reader", label: str) -> "list[QualityRecord]":
    return reader.quality_records("polarisation", pellet=pellet_of(reader, label))


def _kept(record: "QualityRecord") -> KeptPolarisation:
    said = record.document
    return KeptPolarisation(
        record.id,
        str(said["file"]),
        str(said["verdict"]),
        said["sigma_e_s_cm"],
        said["sigma_e_s_cm_sd"],
        said["transference_number"],
        record.who,
        record.at,
    )
