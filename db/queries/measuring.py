"""Raw files, where they were seen, what they are assigned to, and their spectra."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from db.queries.access import Access, id_of, to_value
from db.tables import TABLES
from db.types import storable
from db.values import (
    Assignment,
    FileStateName,
    Pellet,
    RawFile,
    Sample,
    Sighting,
    SpectrumHead,
    StoredSpectrum,
)
from nasicon_loop.core import Refusal


@cache
def _all_files() -> "sa.Select[Any]":
    """A lab's files with their newest readings, oldest first."""
    raw, states, reading = TABLES["raw_file"], TABLES["file_state"], TABLES["reading"]
    what = [column for column in reading.c if column.name not in {"id", "lab_id", "raw_file_id", "at"}]
    lab: sa.BindParameter[int] = sa.bindparam("lab")
    return (
        sa.select(raw, reading.c.id.label("reading_id"), *what)
        .join(states, states.c.raw_file_id == raw.c.id)
        .join(reading, reading.c.id == states.c.reading_id)
        .where(raw.c.lab_id == lab, states.c.lab_id == lab)
        .order_by(raw.c.id)
    )


@cache
def _one_file(column: str) -> "sa.Select[Any]":
    return _all_files().where(TABLES["raw_file"].c[column] == sa.bindparam("wanted"))


class Measuring(Access):
    """What came from the instruments."""

    def _files(self) -> "sa.Select[Any]":
        return _all_files().params(lab=self.lab.id)

    def files(self, state: FileStateName | None = None, *, limit: int | None = None, offset: int = 0) -> list[RawFile]:
        """Return the raw files, oldest first, all or those in one state."""
        query = self._files()
        if state is not None:
            query = query.where(TABLES["file_state"].c.state == state)
        return self._values(RawFile, query, limit=limit, offset=offset)

    def files_of_sample(self, sample: Sample | int) -> list[RawFile]:
        """Return the files that are assigned to a sample, with or without a pellet."""
        return self._values(RawFile, self._files().where(TABLES["file_state"].c.sample_id == id_of(sample)))

    def files_of_pellet(self, pellet: Pellet | int) -> list[RawFile]:
        """Return the files that are assigned to a pellet."""
        return self._values(RawFile, self._files().where(TABLES["file_state"].c.pellet_id == id_of(pellet)))

    def file(self, raw_file_id: int) -> RawFile:
        """Return a raw file by its id; Refusal when there is none."""
        found = self._file_by("id", raw_file_id)
        if found is None:
            raise Refusal(f"there is no file with id {raw_file_id} in this lab", self.lab.name)
        return found

    def file_by_sha(self, sha256: str) -> RawFile | None:
        """Return the file with these bytes, or None."""
        return self._file_by("sha256", sha256)

    def _file_by(self, column: str, wanted: Any) -> RawFile | None:
        found = self._connection.execute(_one_file(column), {"lab": self.lab.id, "wanted": wanted})
        row = found.mappings().first()
        return None if row is None else to_value(RawFile, row)

    def file_state(self, raw_file: RawFile | int) -> FileStateName:
        """Return where a file stands; Refusal when there is no such file."""
        states = TABLES["file_state"]
        query = self._select("file_state").where(states.c.raw_file_id == id_of(raw_file))
        row = self._connection.execute(query).mappings().first()
        if row is None:
            raise Refusal(f"there is no file with id {id_of(raw_file)} in this lab", self.lab.name)
        state: FileStateName = row["state"]
        return state

    def file_states(self) -> dict[int, FileStateName]:
        """Return the state of every file, by file id."""
        return self._pairs("raw_file_id", "state", "file_state")

    def assignment(self, raw_file: RawFile | int) -> Assignment | None:
        """Return the assignment that counts: the newest. None when there never was one."""
        return self._fact(Assignment, "assignment", raw_file_id=id_of(raw_file))

    def assignments(self, raw_file: RawFile | int) -> list[Assignment]:
        """Return all assignments of a file, oldest first."""
        return self._facts(Assignment, "assignment", raw_file_id=id_of(raw_file))

    def sightings(self) -> dict[str, Sighting]:
        """Return the newest sighting of every path: the scan's index."""
        seen = TABLES["sighting"]
        newest = sa.select(sa.func.max(seen.c.id)).where(seen.c.lab_id == self.lab.id).group_by(seen.c.path)
        found = self._values(Sighting, self._select("sighting").where(seen.c.id.in_(newest)))
        return {sighting.path: sighting for sighting in found}

    def sighting(self, path: str) -> Sighting | None:
        """Return the newest sighting of one path."""
        return self._fact(Sighting, "sighting", path=storable(path))

    def sightings_of(self, raw_file: RawFile | int) -> list[Sighting]:
        """Return where a file's bytes were seen, oldest first."""
        return self._facts(Sighting, "sighting", raw_file_id=id_of(raw_file))

    def _sweeps(self, raw_file: RawFile | int) -> "sa.Select[Any]":
        spectrum, states = TABLES["spectrum"], TABLES["file_state"]
        return (
            self._select("spectrum")
            .join(states, states.c.reading_id == spectrum.c.reading_id)
            .where(states.c.raw_file_id == id_of(raw_file), spectrum.c.raw_file_id == id_of(raw_file))
            .order_by(spectrum.c.sweep)
        )

    def spectra(self, raw_file: RawFile | int) -> list[StoredSpectrum]:
        """Return the spectra of a file's newest reading, by sweep."""
        return self._values(StoredSpectrum, self._sweeps(raw_file))

    def spectrum_heads(self, raw_file: RawFile | int) -> list[SpectrumHead]:
        """Return the same without their numbers."""
        columns = [column for column in TABLES["spectrum"].c if not column.name.endswith(("blob", "metadata"))]
        return self._values(SpectrumHead, self._sweeps(raw_file).with_only_columns(*columns))

    def spectrum(self, spectrum_id: int) -> StoredSpectrum:
        """Return a spectrum by its id; Refusal when there is none."""
        return self._known(StoredSpectrum, "spectrum", "spectrum with id", id=spectrum_id)
