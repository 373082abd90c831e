"""Use case: NASICON structures from OPTIMADE providers, as a folder of CIFs with a table of where they come from."""

import csv
import hashlib
import io
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Progress, Refusal, plain, read_bounded, utc_iso, write_whole
from nasicon_loop.lab.tables import FETCHED_TABLE

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.optimade import Bounds

PROVENANCE = FETCHED_TABLE
COLUMNS = ("file", "provider", "id", "formula", "framework", "last_modified", "fetched_at", "url", "sha256")
SITES_RANGE = (36, 500)
"""Positions in a cell: two formula units of NaZr2(PO4)3 have 36, a doubled monoclinic cell with split sites 500."""
MAX_STRUCTURES = 5000
_MAX_REFUSALS = 500
_MAX_PROVENANCE_BYTES = 20_000_000
_PROVIDERS = Path(__file__).parent / "data" / "providers.toml"
_SYMBOL = re.compile(r"[A-Z][a-z]?")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch did. `n_foreign`: answers that the filter lets pass and that are no NASICON."""

    folder: Path
    n_new: int
    n_known: int
    n_foreign: int
    files: tuple[str, ...]
    refusals: tuple[Refusal, ...]


@lru_cache(maxsize=1)
def providers() -> Mapping[str, Mapping[str, str]]:
    """Return the OPTIMADE providers that are known by name."""
    return tomllib.loads(_PROVIDERS.read_text(encoding="utf-8"))


def nasicon_filter(ion: str = "Na", elements: Sequence[str] = ()) -> str:
    """Return the OPTIMADE filter for oxides with `ion`, all `elements`, and P, Si or S, of a NASICON's cell size."""
    for symbol in (ion, *elements):
        if not _SYMBOL.fullmatch(symbol):
            raise Refusal("is not the symbol of an element", plain(symbol, limit=20))
    every = ",".join(f'"{symbol}"' for symbol in dict.fromkeys(("O", ion, *elements)))
    low, high = SITES_RANGE
    return (
        f'elements HAS ALL {every} AND elements HAS ANY "P","Si","S" AND nelements>=4 AND nelements<=9 '
        f"AND nsites>={low} AND nsites<={high}"
    )


def fetch_structures(
    lab: "Lab",
    names: Sequence[str] = (),
    *,
    url: str | None = None,
    ion: str = "Na",
    elements: Sequence[str] = (),
    limit: int = 100,
    output: Path | None = None,
    bounds: "Bounds | None" = None,
    progress: Progress | None = None,
) -> Fetched:
    """Fetch NASICON structures from providers by name, and from `url`, into a folder (default: `structures/`).

    At most `limit` new ones; those in the folder's table already are left alone, so an interrupted fetch goes on where
    it was. What is no NASICON by its composition is not kept; `framework` in the table says whether its positions form
    one. A provider that fails costs its own rest only: what came before is kept, and the refusal says why. Raises
    Refusal for unknown names and a folder that cannot be written.
    """
    if not 1 <= limit <= MAX_STRUCTURES:
        raise Refusal(f"at most {MAX_STRUCTURES} structures are fetched at once", "--limit")
    sources = _sources(names, url)
    wanted = nasicon_filter(ion, elements)
    shelf = _Shelf.opened(output or lab.folder.path / "structures")
    if progress is not None:
        progress.start("structures", limit)
    refusals: list[Refusal] = []
    for name, base in sources:
        try:
            now = utc_iso(lab.clock.now())
            _from_one(
                shelf, name, base, wanted, limit=limit, bounds=bounds, now=now, refusals=refusals, progress=progress
            )
        except Refusal as refusal:
            refusals.append(refusal)
    return Fetched(shelf.folder, len(shelf.new), shelf.n_known, shelf.n_foreign, tuple(shelf.new), tuple(refusals))


def _sources(names: Sequence[str], url: str | None) -> list[tuple[str, str]]:
    from nasicon_loop.lab.optimade import structures_url

    known = providers()
    for name in names:
        if name not in known:
            raise Refusal(f"no provider of this name; there are {', '.join(known)}, any other by --url", plain(name))
    sources = [(name, known[name]["url"]) for name in dict.fromkeys(names)]
    if url is not None:
        host = re.sub(r"[^a-z0-9.]+", "-", structures_url(url).split("/")[2].lower()).strip("-.") or "url"
        sources.append((host, url))
    if not sources:
        raise Refusal(f"name a provider ({', '.join(known)}) or give --url", "data fetch")
    return sources


def _from_one(
    shelf: "_Shelf",
    name: str,
    base: str,
    wanted: str,
    *,
    limit: int,
    bounds: "Bounds | None",
    now: str,
    refusals: list[Refusal],
    progress: Progress | None,
) -> None:
    from nasicon_loop.lab.optimade import structure_pages

    for page in structure_pages(base, wanted, bounds):
        for entry in page:
            if len(shelf.new) >= limit:
                break
            try:
                is_new = shelf.put(name, base, entry, now)
            except Refusal as refusal:
                refusals.append(Refusal(refusal.reason, f"{name} {refusal.where}"))
                if len(refusals) >= _MAX_REFUSALS:
                    raise Refusal(f"{len(refusals)} broken structures; no more are asked for", name) from refusal
                continue
            if is_new and progress is not None:
                progress.advance(1, shelf.new[-1])
        shelf.write_table()
        if len(shelf.new) >= limit:
            return


@dataclass(slots=True)
class _Shelf:
    """The folder and its table."""

    folder: Path
    rows: dict[tuple[str, str], dict[str, str]]
    new: list[str]
    n_known: int = 0
    n_foreign: int = 0

    @classmethod
    def opened(cls, folder: Path) -> "_Shelf":
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refusal(f"cannot be made ({error.strerror})", folder) from error
        rows = {}
        for row in _table(folder / PROVENANCE):
            if Path(row["file"]).name == row["file"] and (folder / row["file"]).is_file():
                rows[row["provider"], row["id"]] = row
        return cls(folder, rows, [])

    def put(self, provider: str, base: str, entry: Mapping[str, Any], now: str) -> bool:
        """Keep one structure; False when it is known or no NASICON. Refusal when it cannot be read."""
        from nasicon_loop.chemistry import FormulaError, composition_of_cif
        from nasicon_loop.lab.optimade_cif import cif_of_entry, entry_id, last_modified

        identity = entry_id(entry)
        if (provider, identity) in self.rows:
            self.n_known += 1
            return False
        text = cif_of_entry(entry)
        try:
            formula = composition_of_cif(text).formula
        except FormulaError:
            self.n_foreign += 1
            return False
        name = _file_name(provider, identity)
        write_whole(self.folder / name, text.encode())
        self.rows[provider, identity] = {
            "file": name,
            "provider": provider,
            "id": identity,
            "formula": formula,
            "framework": _framework(text),
            "last_modified": last_modified(entry),
            "fetched_at": now,
            "url": base,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        }
        self.new.append(name)
        return True

    def write_table(self) -> None:
        """Write the table as one step, after the files that it names."""
        stream = io.StringIO()
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(self.rows[key][name]) for name in COLUMNS} for key in sorted(self.rows))
        write_whole(self.folder / PROVENANCE, stream.getvalue().encode())


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; what we write begins with a letter or a digit anyway."""
    return text if text[:1].isalnum() or not text else f"'{text}"


def _framework(text: str) -> str:
    from nasicon_loop.predict import crystals_of_structures

    try:
        crystals_of_structures([text])
    except Refusal as refusal:
        return plain(refusal.reason.removeprefix("is not a NASICON framework: "), limit=100)
    return "NASICON"


def _file_name(provider: str, identity: str) -> str:
    """A name that no file system reads otherwise; the hash keeps apart what would look alike."""
    slug = re.sub(r"[^a-z0-9-]", "_", identity.lower())[:60]
    mark = "" if slug == identity else f"-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
    return f"{provider}-{slug}{mark}.cif"


def _table(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    try:
        text = read_bounded(path, _MAX_PROVENANCE_BYTES).decode("utf-8")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except (OSError, ValueError, csv.Error) as error:
        raise Refusal(
            "is not the table that `data fetch` wrote; move it away or choose another folder", path
        ) from error
    if any(set(row) != set(COLUMNS) or None in row.values() for row in rows):
        raise Refusal("is not the table that `data fetch` wrote; move it away or choose another folder", path)
    return rows
