"""Use case of exporting: what the lab found out as tables in a folder that is an RO-Crate, whole or not at all."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Progress, Refusal, Silent, plain, utc_iso

if TYPE_CHECKING:
    from db import Reader
    from nasicon_loop.lab.context import Lab

_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the export lies, rows by table, and how many of the vault's files are in it.

    `known_to` is the number of the journal's last line: with it, the same state of the lab can be named again.
    """

    folder: Path
    known_to: int
    n_rows: Mapping[str, int]
    n_originals: int
    formats: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon export --json` prints."""
        return {
            "schema": 1,
            "folder": str(self.folder),
            "journal_line": self.known_to,
            "formats": list(self.formats),
            "rows": dict(self.n_rows),
            "n_originals": self.n_originals,
        }


@dataclass(frozen=True, slots=True)
class Original:
    """A file of the vault that goes along, and its place in the export; `format` is empty where nothing read it."""

    sha256: str
    name: str
    place: str
    format: str
    about: str


def export_lab(
    lab: "Lab",
    folder: Path,
    *,
    parquet: bool = False,
    with_files: bool = False,
    license_name: str | None = None,
    progress: Progress | None = None,
) -> Exported:
    """Write all tables as CSV (and Parquet), a README and the RO-Crate's metadata into a new folder.

    Everything is of one state of the lab, whoever works meanwhile. `with_files` takes the vault's originals along;
    `license_name` is a SPDX name (CC-BY-4.0) or a web address. Raises Refusal for a folder that holds anything, a name
    that is no licence, Parquet without pyarrow, and an original that the vault no longer has; nothing is written then.
    """
    from nasicon_loop import report
    from nasicon_loop.lab.export_crate import crate_of, license_entity, readme_head

    license_ = license_entity(license_name)
    if parquet:
        report.refuse_without_parquet()
    with _whole_folder(folder) as draft, lab.database.read() as reader:
        tables = _sheets()
        formats = _formats(reader)
        originals = list(_originals(reader, formats)) if with_files else []
        bar = progress or Silent()
        bar.start("export", len(reader.samples()) + len(reader.files()) + len(originals) + 2)
        with report.TableFiles(draft, [sheet.shape for sheet in tables], parquet=parquet) as files:
            _pour(reader, files, bar, with_files=with_files)
        for original in originals:
            _copy(lab, original, draft)
            bar.advance(detail=plain(original.name))
        shapes, now = [sheet.shape for sheet in tables], lab.clock.now()
        head = readme_head(reader, utc_iso(now), license_, has_parquet=parquet, has_files=with_files)
        (draft / "README.md").write_text(report.readme(shapes, files.n_rows, head), encoding="utf-8", newline="\n")
        devices = sorted(set(formats.values()))
        crate = crate_of(
            lab, reader, draft, shapes=shapes, originals=originals, formats=devices, license_=license_, now=now
        )
        text = report.metadata(crate, draft)
        (draft / report.METADATA_NAME).write_text(text, encoding="utf-8", newline="\n")
        bar.advance(detail="metadata")
        faults = report.crate_faults(draft)
        if faults:  # the disk, or a fault of ours: neither may be published
            raise Refusal(f"the export is not sound: {plain('; '.join(faults[:3]), limit=500)}", folder)
        known_to, n_rows = reader.max_journal_id(), files.n_rows
    bar.advance(detail=plain(folder.name))
    bar.finish()
    return Exported(folder, known_to, n_rows, len(originals), ("csv", "parquet") if parquet else ("csv",))


def _sheets() -> "tuple[Any, ...]":
    from nasicon_loop.lab.export_learning import LEARNING
    from nasicon_loop.lab.export_making import MAKING
    from nasicon_loop.lab.export_measuring import MEASURING

    return (*MAKING, *MEASURING, *LEARNING)


def _pour(reader: "Reader", files: Any, bar: Progress, *, with_files: bool) -> None:
    from nasicon_loop.lab.export_learning import learning_rows
    from nasicon_loop.lab.export_making import known_of, making_rows
    from nasicon_loop.lab.export_measuring import measuring_rows, standings_of

    known = known_of(reader)
    for sample in reader.samples():
        for name, row in making_rows(reader, sample, known):
            files.add(name, [row])
        bar.advance(detail=sample.label)
    standings = standings_of(reader)
    for file in reader.files():
        for name, rows in measuring_rows(reader, file, standings, with_files=with_files):
            files.add(name, rows)
        bar.advance(detail=plain(file.name))
    for name, row in learning_rows(reader):
        files.add(name, [row])


def _formats(reader: "Reader") -> dict[int, str]:
    """The formats of the files that were read, by file id."""
    heads = ((file.id, reader.spectra(file)) for file in reader.files() if file.reader is not None)
    return {file_id: str(spectra[0].metadata.get("format", "unknown")) for file_id, spectra in heads if spectra}


def _originals(reader: "Reader", formats: Mapping[int, str]) -> Iterator[Original]:
    """The files that were imported, and those behind leads, dummy cell and polarisations; each of its bytes once."""
    from db import QUALITY_KINDS
    from nasicon_loop.lab.export_measuring import original_of, original_place

    seen: set[str] = set()
    for file in reader.files():
        seen.add(file.sha256)
        found = formats.get(file.id, "")
        told = f"format {found}" if found else f"refused: {file.refusal}" if file.refusal else "without spectra"
        yield Original(file.sha256, file.name, original_of(file), found, told)
    for kind in QUALITY_KINDS:
        for record in reader.quality_records(kind):
            for sha256, name in sorted(record.files.items()):
                if sha256 not in seen:
                    seen.add(sha256)
                    yield Original(sha256, name, original_place(sha256, name), "", f"behind the record of {kind}")


def _copy(lab: "Lab", original: Original, draft: Path) -> None:
    """Copy bytes out of the vault, proved against their hash."""
    target = draft / original.place
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(lab.folder.open_vault().read_bytes(original.sha256))


@contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """Give a hidden folder to write to; it becomes `folder` in one step when the block ends well.

    However it ends, nothing half is left. Raises Refusal for a place where something lies already.
    """
    where = plain(folder, limit=_LONGEST)
    _refuse_taken(folder, where)
    target = Path(os.path.realpath(folder))
    draft = target.with_name(f".{secrets.token_hex(6)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir(0o755)
        yield draft
        for path in sorted(draft.rglob("*")):
            _flush(path)
        with contextlib.suppress(FileNotFoundError):
            target.rmdir()  # an empty one; Windows does not rename over it
        draft.rename(target)
    except OSError as error:
        raise Refusal(f"cannot be written ({error.strerror or error})", where) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _refuse_taken(folder: Path, where: str) -> None:
    try:
        if not folder.exists():
            return
        if not folder.is_dir():
            raise Refusal("is not a folder", where)
        if next(folder.iterdir(), None) is not None:
            raise Refusal("is not empty: give the name of a new folder", where)
    except OSError as error:
        raise Refusal(f"cannot be written ({error.strerror or error})", where) from error
    except ValueError as error:  # a null character
        raise Refusal("is not the name of a folder", where) from error


def _flush(path: Path) -> None:
    """Have a file on disk before its folder takes its name."""
    if path.is_file():
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())
