"""Writing what came from the instruments."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from db.commands.recording import Recording
from db.queries.access import id_of, to_value
from db.tables import TABLES
from db.types import storable
from db.values import AssignedBy, Assignment, Pellet, RawFile, Sample, Sighting, StoredSpectrum
from nasicon_loop.core import Refusal

_SHA256_LENGTH = 64


@cache
def _first_with() -> "sa.Select[Any]":
    reading, states = TABLES["reading"], TABLES["file_state"]
    return (
        sa.select(sa.func.min(reading.c.raw_file_id))
        .join(states, states.c.reading_id == reading.c.id)
        .where(reading.c.lab_id == sa.bindparam("lab"), reading.c.numbers_sha256 == sa.bindparam("numbers"))
        .where(reading.c.raw_file_id != sa.bindparam("own"), reading.c.duplicate_of.is_(None))
        .where(states.c.raw_file_id == reading.c.raw_file_id)
    )


class MeasuringWriter(Recording):
    """Raw files, sightings, assignments, spectra."""

    def add_file(
        self,
        sha256: str,
        *,
        size_bytes: int,
        name: str,
        numbers_sha256: str | None = None,
        reader: str | None = None,
        reader_version: str | None = None,
        refusal: str | None = None,
    ) -> tuple[RawFile, bool]:
        """Add a file by the hash of its bytes; return it and whether it is new. The same bytes give the one record.

        `refusal` is the reason why no reader took it (then `numbers_sha256` is None). When an earlier file has the same
        `numbers_sha256`, this one is a re-export: `duplicate_of` names the earlier one, and it gets no spectra.
        """
        known = self.file_by_sha(sha256)
        if known is not None:
            return known, False
        if len(sha256) != _SHA256_LENGTH or set(sha256) - set("0123456789abcdef"):
            raise Refusal("a file is named by the 64 hexadecimal digits of its SHA-256", name)
        values = {"sha256": sha256, "size_bytes": size_bytes, "name": name}
        with self._together():
            row = self._fact_row("raw_file", "file.imported", values, data={"sha256": sha256, "name": storable(name)})
            self._add_reading(row["id"], numbers_sha256, reader, reader_version, refusal)
        return self.file(row["id"]), True

    def add_reading(
        self,
        raw_file: RawFile | int,
        *,
        numbers_sha256: str | None = None,
        reader: str | None = None,
        reader_version: str | None = None,
        refusal: str | None = None,
    ) -> RawFile:
        """Add what a newer reader made of a file's bytes. It counts from now on; its spectra are to be added next."""
        known = self.file(id_of(raw_file))
        self._add_reading(known.id, numbers_sha256, reader, reader_version, refusal)
        return self.file(known.id)

    def confirm_reading(self, raw_file: RawFile | int, *, by: str) -> None:
        """Note that today's readers (`by` says which) make of a file's bytes what its reading holds already."""
        known = self.file(id_of(raw_file))
        self._line("file.confirmed", ("raw_file", known.id), {"by": storable(by)})

    def _add_reading(
        self, raw_file_id: int, numbers: str | None, reader: str | None, version: str | None, refusal: str | None
    ) -> None:
        values = {
            "raw_file_id": raw_file_id,
            "numbers_sha256": numbers,
            "reader": reader,
            "reader_version": version,
            "refusal": refusal,
            "duplicate_of": self._earlier_with(numbers, raw_file_id),
        }
        event = "file.read" if refusal is None else "file.refused"
        data = {name: values[name] for name in ("reader", "refusal", "duplicate_of")}
        self._fact_row("reading", event, values, subject=("raw_file", raw_file_id), data=data)

    def _earlier_with(self, numbers_sha256: str | None, raw_file_id: int) -> int | None:
        """The first other file whose newest reading has these numbers and is not itself a duplicate."""
        if numbers_sha256 is None:
            return None
        wanted = {"lab": self.lab.id, "numbers": numbers_sha256, "own": raw_file_id}
        found: int | None = self._connection.execute(_first_with(), wanted).scalar()
        return found

    def add_sighting(self, raw_file: RawFile | int, path: str, *, mtime_ns: int, size_bytes: int) -> Sighting:
        """Note where a file's bytes were seen (telemetry: no journal line). Seen again unchanged, it is one."""
        values = {
            "raw_file_id": self.file(id_of(raw_file)).id,
            "path": storable(path),
            "mtime_ns": mtime_ns,
            "size_bytes": size_bytes,
        }
        known = self.sighting(path)
        if known is not None and all(getattr(known, name) == value for name, value in values.items()):
            return known
        return to_value(Sighting, self._insert("sighting", values))

    def assign(
        self,
        raw_file: RawFile | int,
        *,
        sample: Sample | int | None = None,
        pellet: Pellet | int | None = None,
        how: AssignedBy,
    ) -> Assignment:
        """Say which sample and pellet a file belongs to; the latest wins, neither makes it unassigned again.

        A pellet alone brings its sample. Refusal when the pellet is of another sample.
        """
        known = self.file(id_of(raw_file))
        sample_id = None if sample is None else self.sample_by_id(id_of(sample)).id
        pellet_id = None
        if pellet is not None:
            pressed = self.pellet_by_id(id_of(pellet))
            if sample_id not in {None, pressed.sample_id}:
                raise Refusal("the pellet is of another sample", pressed.label)
            sample_id, pellet_id = pressed.sample_id, pressed.id
        data = {"sample_id": sample_id, "pellet_id": pellet_id, "how": how}
        values = {"raw_file_id": known.id, **data}
        return self._record(
            Assignment, "assignment", "file.assigned", values, subject=("raw_file", known.id), data=data
        )

    def add_spectrum(
        self,
        raw_file: RawFile | int,
        sweep: int,
        *,
        frequency_hz: Sequence[float] | Any,
        impedance_ohm: Sequence[complex] | Any,
        metadata: Mapping[str, Any],
        temperature_c: float | None = None,
        temperature_c_sd: float | None = None,
        temperature_source: str | None = None,
    ) -> StoredSpectrum:
        """Add one sweep of a file's newest reading; arrays of shape (n_points,).

        Refusal when the file was refused or is a re-export, or when the arrays do not fit together.
        """
        known = self.file(id_of(raw_file))
        if known.refusal is not None:
            raise Refusal(f"the file was refused and has no spectra: {known.refusal}", known.name)
        if known.duplicate_of is not None:
            raise Refusal("the file repeats the numbers of an earlier one; its spectra are there", known.name)
        frequency, impedance = packed(frequency_hz, impedance_ohm, known.name)
        values = {
            "raw_file_id": known.id,
            "reading_id": known.reading_id,
            "sweep": sweep,
            "n_points": len(frequency) // 8,
            "frequency_blob": frequency,
            "impedance_blob": impedance,
            "metadata": metadata,
            "temperature_c": temperature_c,
            "temperature_c_sd": temperature_c_sd,
            "temperature_source": temperature_source,
        }
        data = {"reading_id": known.reading_id, "sweep": sweep, "n_points": values["n_points"]}
        return self._record(
            StoredSpectrum, "spectrum", "spectrum.stored", values, subject=("raw_file", known.id), data=data
        )


def packed(frequency_hz: Any, impedance_ohm: Any, where: str) -> tuple[bytes, bytes]:
    """Return frequencies and impedances (n,) as little-endian float64 bytes; Refusal when they do not fit together."""
    import numpy as np

    frequency = np.asarray(frequency_hz, dtype="<f8")
    impedance = np.asarray(impedance_ohm, dtype="<c16")
    if frequency.ndim != 1 or frequency.shape != impedance.shape or not frequency.size:
        raise Refusal("a spectrum needs as many impedances as frequencies, and at least one", where)
    if not (np.isfinite(frequency).all() and np.isfinite(impedance).all()):
        raise Refusal("a spectrum cannot hold infinite or missing values", where)
    return frequency.tobytes(), impedance.tobytes()
