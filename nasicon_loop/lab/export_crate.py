"""What the RO-Crate of an export says: who, with which devices and programs, under which licence, and what was done."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from nasicon_loop.core import Refusal, plain, utc_iso
from nasicon_loop.lab.versions import package_versions

if TYPE_CHECKING:
    from db import Reader
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.exporting import Original
    from nasicon_loop.report import Crate, CrateFile, TableShape

_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{1,60}")
_ADDRESS = re.compile(r"https?://[\x21-\x7e]{3,300}")
_MEDIA = {".csv": "text/csv", ".parquet": "application/vnd.apache.parquet", ".md": "text/markdown"}
_ORIGINAL_MEDIA = {
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".z": "text/plain",
    ".mpt": "text/plain",
    ".dta": "text/plain",
    ".par": "text/plain",
    ".xml": "application/xml",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BYTES = "application/octet-stream"


def license_entity(name: str | None) -> Mapping[str, Any]:
    """Return the licence as an entity: a SPDX name or a web address; Refusal for other text.

    Without a name it says that none was given: what others may do with the data is the lab's to say.
    """
    if name is None:
        words = "No licence was given. Ask the laboratory before using the data beyond reading them."
        return {"@id": "#license", "@type": "CreativeWork", "name": "No licence given", "description": words}
    if _ADDRESS.fullmatch(name):
        return {"@id": name, "@type": "CreativeWork", "name": name, "description": "The licence at this address."}
    if not _SPDX.fullmatch(name):
        raise Refusal("a licence is a SPDX name such as CC-BY-4.0, or a web address", plain(name))
    place = f"https://spdx.org/licenses/{name}"
    words = f"The licence {name} of the SPDX list."
    return {"@id": place, "@type": "CreativeWork", "name": name, "description": words}


def readme_head(
    reader: "Reader", made_at: str, license_: Mapping[str, Any], *, has_parquet: bool, has_files: bool
) -> list[str]:
    """Return the first paragraphs of the README."""
    run = reader.latest_model_run()
    model = "no model was trained yet" if run is None else f"newest model run {run.number}, data {run.data_hash}"
    kinds = "CSV and Parquet" if has_parquet else "CSV"
    lines = [
        f"# Results of {plain(reader.lab.name)}",
        f"Written {made_at} by nasicon_loop, of the lab's state at journal line {reader.max_journal_id()}; {model}. "
        f"Licence: {license_['name']}.",
        f"Every table as {kinds}. Units stand in the columns' names and below; fractions are fractions, times UTC. In "
        "CSV, text stands in quotes and numbers do not; an empty cell without quotes is one that is not known; text "
        "that a spreadsheet would take for a formula has an apostrophe in front, which is not part of it. Numbers are "
        "written so that reading them gives the same bits.",
        "What counts: analyses whose `standing` is `teaches`. A retracted one is told as such and must not be used.",
        "`ro-crate-metadata.json` describes this folder after RO-Crate 1.1, each file with its SHA-256.",
    ]
    if has_files:
        lines.append("`originals/` holds the bytes of the imported files, named by their SHA-256.")
    return lines


def crate_of(
    lab: "Lab",
    reader: "Reader",
    folder: Path,
    *,
    shapes: "Sequence[TableShape]",
    originals: "Sequence[Original]",
    formats: Sequence[str],
    license_: Mapping[str, Any],
    now: datetime,
) -> "Crate":
    """Return the crate of a folder that holds the tables, the README and the originals; `formats` of the files read."""
    from nasicon_loop.report import Crate, references

    name = plain(reader.lab.name)
    tables = list(_tables(folder, shapes))
    people = _people(lab, name)
    programs, devices = list(_programs(reader)), list(_devices(reader, formats))
    ids = [one.path for one in tables]
    export = {
        "@id": "#export",
        "@type": "CreateAction",
        "name": "Export from the laboratory's database",
        "endTime": utc_iso(now),
        "agent": {"@id": people[1]["@id"]},
        "instrument": references([one["@id"] for one in programs[:1]]),
        "result": references([_id(path) for path in ids]),
    }
    measured = list(_measurements(devices, originals))
    line = reader.max_journal_id()
    return Crate(
        name=f"Results of {name}",
        description=f"Samples, pellets, impedance spectra, analyses and suggestions of the laboratory {name}: NASICON "
        f"solid electrolytes made and measured in a closed loop with a model; the state at journal line {line}.",
        published_at=now,
        license_id=license_["@id"],
        version=f"journal line {line}",
        author_id=people[0]["@id"],
        files=(*tables, *(_original(one) for one in originals)),
        context=(license_, *people, *programs, *devices, export, *measured),
        mentions=("#export", *(one["@id"] for one in (*programs, *devices, *measured))),
    )


def _id(path: str) -> str:
    from nasicon_loop.report import file_id

    return file_id(path)


def _tables(folder: Path, shapes: "Sequence[TableShape]") -> "Iterable[CrateFile]":
    from nasicon_loop.report import CrateFile

    yield CrateFile("README.md", "README", "What every table and column is, with units.", _MEDIA[".md"])
    for shape in shapes:
        for ending in (".csv", ".parquet"):
            if (folder / f"{shape.name}{ending}").exists():
                columns = "Columns: " + ", ".join(column.name for column in shape.columns) + "."
                about = f"{shape.about} {columns}"
                yield CrateFile(f"{shape.name}{ending}", f"{shape.name}{ending}", about, _MEDIA[ending])


def _original(one: "Original") -> "CrateFile":
    from nasicon_loop.report import CrateFile

    told = f"The file as it was imported: {plain(one.about)}."
    media = _ORIGINAL_MEDIA.get(Path(one.place).suffix, _BYTES)
    return CrateFile(one.place, plain(one.name), told, media)


def _people(lab: "Lab", name: str) -> list[dict[str, Any]]:
    """The laboratory, and who exports."""
    return [
        {"@id": "#laboratory", "@type": "Organization", "name": name},
        {"@id": "#exporter", "@type": "Person", "name": plain(lab.who), "affiliation": {"@id": "#laboratory"}},
    ]


def _slug(*parts: str) -> str:
    """Return an @id of our own: different parts give different ones."""
    return "#" + "/".join(quote(plain(part), safe="") for part in parts)


def _programs(reader: "Reader") -> Iterable[dict[str, Any]]:
    """This program, the packages that it computes with, and the readers and engines that made what is stored."""

    def program(name: str, version: str, kind: str = "program") -> dict[str, Any]:
        told = {"name": plain(name), "version": plain(version)}
        return {"@id": _slug(kind, name, version), "@type": "SoftwareApplication", **told}

    for name, version in package_versions():
        yield program(name, version)
    readers = {(one.reader, one.reader_version or "") for one in reader.files() if one.reader}
    for name, version in sorted(readers):
        yield program(name, version, "reader")
    engines = {one.engine_version for one in reader.current_analyses(with_document=False)}
    for version in sorted(engines):
        yield program("nasicon_loop.eis", version, "engine")


def _devices(reader: "Reader", formats: Sequence[str]) -> Iterable[dict[str, Any]]:
    """What measured, as far as the lab knows it: by the formats of the files, serial numbers, and furnaces' names."""

    def device(kind: str, name: str, told: str) -> dict[str, Any]:
        about = {"name": f"{kind} {plain(name)}", "description": told}
        return {"@id": _slug(kind, name), "@type": "IndividualProduct", **about}

    for name in formats:
        yield device("analyser", name, f"Impedance analyser, known by the format of its files: {plain(name)}.")
    balances = {e.balance for sample in reader.samples() for e in reader.weighing_entries(sample) if e.balance}
    for name in sorted(balances):
        yield device("balance", name, "Balance, by its serial number.")
    for furnace, driver in sorted({(run.furnace, run.driver) for run in reader.furnace_runs()}):
        yield device("furnace", furnace, f"Furnace, driven as {plain(driver)}.")


def _measurements(devices: Sequence[dict[str, Any]], originals: "Sequence[Original]") -> Iterable[dict[str, Any]]:
    """Which device which originals came from."""
    from nasicon_loop.report import references

    by_id: dict[str, list[str]] = {}
    for one in originals:
        if one.format:
            by_id.setdefault(_slug("analyser", one.format), []).append(_id(one.place))
    for device in devices:
        if device["@id"] in by_id:
            yield {
                "@id": f"#measurement/{device['@id'][1:]}",
                "@type": "CreateAction",
                "name": f"Impedance spectroscopy with {device['name']}",
                "instrument": {"@id": device["@id"]},
                "result": references(by_id[device["@id"]]),
            }
