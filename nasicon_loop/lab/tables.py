"""Tables of measured conductivities and computed stabilities: the shipped one, a user's CSV, a folder of CIFs.

Pure reading into frozen values; the database is somebody else's business.
"""

import csv
import hashlib
import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nasicon_loop.chemistry import Composition, FormulaError
from nasicon_loop.core import Refusal, plain, read_bounded
from nasicon_loop.lab.table_columns import Columns, recognise

SHIPPED = Path(__file__).parent / "data" / "literature.csv"
MAX_TABLE_BYTES = 50_000_000
FETCHED_TABLE = "provenance.csv"
"""What `nasicon data fetch` writes beside its structures: no table of properties."""
ROOM_TEMPERATURE_RANGE_C = (15.0, 35.0)
KINDS = ("total", "bulk", "grain boundary", "unknown")
SPOILING_FLAGS = frozenset(
    {"composite", "cold_sintered", "undersintered", "glass_ceramic", "thin_film", "upper_bound", "outlier", "conflict"}
    | {"temperature_unverified", "temperature_assumed", "suspect_value", "machine_extracted", "value_recalled"}
    | {"formula_doubtful", "not_on_sites", "charge_imbalance"}
)
"""Flags with which a conductivity says nothing of what its composition does."""

_WARM_C, _MOST_COOL_S_CM, _MOST_WARM_S_CM = 50.0, 0.1, 1.0
"""No NASICON conducts better: the best reported are 0.015 S/cm (bulk) near 25 °C and 0.38 S/cm at 300 °C."""
_MAX_SIGMA_S_CM, _MAX_TEMPERATURE_C, _MIN_TEMPERATURE_C = 100.0, 1500.0, -273.0


@dataclass(frozen=True, slots=True)
class LiteratureValue:
    """One measured conductivity. `formula` is canonical; `kind` is one of `KINDS`; `doi` only where it was verified.

    `is_usable`: near room temperature, not a grain-boundary value, and no flag of `SPOILING_FLAGS`.
    """

    formula: str
    mobile_ion: str
    sigma_s_cm: float
    temperature_c: float
    kind: str
    activation_energy_ev: float | None
    sintering_c: float | None
    sintering_h: float | None
    source: str
    doi: str | None
    dataset: str
    flags: tuple[str, ...]
    is_usable: bool


@dataclass(frozen=True, slots=True)
class StabilityValue:
    """One computed energy above the convex hull at 0 K, in meV per atom; negative is below the hull of all others."""

    formula: str
    e_hull_mev_atom: float
    formation_energy_ev_atom: float | None
    source: str


Value = LiteratureValue | StabilityValue


Keep = Callable[[bytes], str]
"""Keeps the bytes of a structure and returns their SHA-256."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row stands in its table, and the structure file that it names."""

    line: int
    structure_name: str | None = None
    structure_sha256: str | None = None


class TableRead(NamedTuple):
    """What a table held: good rows with their origins, and one refusal (`path:line: reason`) for each bad one.

    `remarks` are told in the same form of rows that are kept all the same.
    """

    rows: tuple[Value, ...]
    refusals: tuple[Refusal, ...]
    origins: tuple[Origin, ...]
    file_name: str
    file_sha256: str
    remarks: tuple[Refusal, ...]


def read_literature(path: Path | None = None) -> list[LiteratureValue]:
    """Return all conductivities of a table, by default the shipped one; Refusal when a single row is bad."""
    read = read_table(path or SHIPPED)
    if read.refusals:
        raise read.refusals[0]
    return [row for row in read.rows if isinstance(row, LiteratureValue)]


def read_table(path: Path, keep: Keep | None = None) -> TableRead:
    """Return what a CSV file, or a folder of CIFs with one CSV of properties, holds.

    Columns are found by name, units are part of the names (`sigma_s_cm`, `Conductivity (mS/cm)`, `log10_sigma_s_cm`,
    `temperature_c`, `T (K)`, `e_hull_meV_atom`); other columns are left alone. A row without temperature is refused,
    the others still count. In a folder the CSV's `file` column names the CIF of each row, whose bytes go to `keep` when
    the row is good. Raises Refusal when the whole table cannot be read: no such file, too large, not UTF-8, columns
    missing or without unit.
    """
    if path.is_dir():
        tables = sorted(path.glob("*.csv"))
        tables = [table for table in tables if table.name != FETCHED_TABLE] or tables
        if len(tables) != 1:
            raise Refusal(f"a folder of CIFs needs exactly one CSV with their properties; it has {len(tables)}", path)
        return _read(tables[0], folder=path, keep=keep or _hash)
    return _read(path, folder=None, keep=keep or _hash)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(path: Path, folder: Path | None, keep: Keep) -> TableRead:
    data = _bytes(path, MAX_TABLE_BYTES)
    lines = _cells(path, data)
    _, header = next(lines, (1, []))
    columns = recognise(header, f"{path}:1")
    _check_columns(columns, path, folder)
    rows: list[Value] = []
    origins: list[Origin] = []
    refusals: list[Refusal] = []
    remarks: list[Refusal] = []
    named: set[str] = set()
    for number, cells in lines:
        where = f"{path}:{number}"
        if len(cells) != columns.width:
            refusals.append(Refusal(f"has {len(cells)} cells, the header has {columns.width}", where))
            continue
        named.add(columns.text(cells, "file"))
        try:
            composition, name, structure = _subject(columns, cells, folder)
            row = _value(columns, cells, composition, path)
        except (ValueError, Refusal) as error:
            refusals.append(Refusal(str(error), where))
            continue
        rows.append(row)
        origins.append(Origin(number, name, None if structure is None else keep(structure)))
        remarks += [Refusal(remark, where) for remark in _remarks(row, composition)]
    if folder is not None:
        orphans = sorted(cif for cif in folder.glob("*.cif") if not {cif.name, cif.stem} & named)
        refusals += [Refusal(f"no row of {path.name} names it", cif) for cif in orphans]
    return TableRead(tuple(rows), tuple(refusals), tuple(origins), plain(path.name), _hash(data), tuple(remarks))


def _cells(path: Path, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) of the rows that are not empty; comma, semicolon or tab, whatever the header uses."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise Refusal("is not UTF-8 text", path) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise Refusal(f"is not a table: {error}", f"{path}:{reader.line_num}") from error


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _bytes(path: Path, limit: int) -> bytes:
    try:
        return read_bounded(path, limit)
    except OSError as error:
        raise Refusal(f"cannot be read: {error.strerror}", path) from error


def _check_columns(columns: Columns, path: Path, folder: Path | None) -> None:
    name = "formula" if folder is None else "file"
    if name not in columns.texts:
        raise Refusal(f"has no column {name!r}", f"{path}:1")
    if not {"sigma_s_cm", "e_hull_mev_atom"} & set(columns.numbers):
        raise Refusal("has neither sigma_s_cm (or log10_sigma_s_cm) nor e_hull_meV_atom", f"{path}:1")
    if "sigma_s_cm" in columns.numbers and "temperature_c" not in columns.numbers:
        raise Refusal("has conductivities but no column temperature_c", f"{path}:1")


def _subject(
    columns: Columns, cells: Sequence[str], folder: Path | None
) -> tuple[Composition, str | None, bytes | None]:
    """Return what a row is about: its composition and, in a folder, name and bytes of the CIF that holds it."""
    from nasicon_loop.lab.structures import crystal_of_text, structure_bytes

    if folder is None:
        return Composition.parse(columns.text(cells, "formula")), None, None
    name = columns.text(cells, "file")
    if not name or Path(name).name != name or "\\" in name or "\0" in name:
        raise Refusal(f"{plain(name, limit=60)!r} is not the plain name of a file in this folder")
    cif = folder / (name if name.lower().endswith(".cif") else f"{name}.cif")
    data = structure_bytes(cif)
    crystal = crystal_of_text(data.decode("utf-8", errors="replace"), plain(cif.name))
    return Composition.parse(crystal.formulas[0]), plain(cif.name), data


def _remarks(row: Value, composition: Composition) -> Iterator[str]:
    if isinstance(row, LiteratureValue) and is_too_high(row.sigma_s_cm, row.temperature_c):
        told = f"{row.sigma_s_cm:g} S/cm at {row.temperature_c:g} °C"
        yield f"{row.formula}: {told} is more than any NASICON conducts (mS/cm?); kept, and it does not teach"
    if isinstance(row, LiteratureValue) and row.is_usable and (charge := unbalanced(composition)):
        yield f"{row.formula} does not balance: {charge:+.2f} per 12 O; the flag charge_imbalance sets it aside"


def unbalanced(composition: Composition) -> float:
    """Return the charge per 12 O with the usual oxidation states, zero where printed or refined decimals explain it."""
    from nasicon_loop.lab.structures import REFINED_CHARGE

    charge = float(composition.normalised().charge()) if composition.get("O") else 0.0
    return charge if abs(charge) > REFINED_CHARGE else 0.0


def _value(columns: Columns, cells: Sequence[str], composition: Composition, path: Path) -> Value:
    """Return one row as a value; ValueError or Refusal with the reason when it is none."""
    source = columns.text(cells, "source") or columns.text(cells, "doi") or path.name
    e_hull = columns.number(cells, "e_hull_mev_atom")
    if e_hull is not None:
        _in_range("e_hull_mev_atom", e_hull, -1e5, 1e5)
        formation = columns.number(cells, "formation_energy_ev_atom")
        return StabilityValue(composition.formula, e_hull, formation, plain(source))
    sigma, temperature = columns.number(cells, "sigma_s_cm"), columns.number(cells, "temperature_c")
    if sigma is None or temperature is None:
        raise ValueError(f"has no {'temperature' if sigma is not None else 'conductivity'}")
    if not 0 < sigma <= _MAX_SIGMA_S_CM:
        raise ValueError(f"sigma is {sigma:g} S/cm; it lies above 0 and at most at {_MAX_SIGMA_S_CM:g}")
    _in_range("temperature_c", temperature, _MIN_TEMPERATURE_C, _MAX_TEMPERATURE_C)
    kind = _kind(columns.text(cells, "kind"))
    flags = _flags(columns.text(cells, "flags"), composition, is_suspect=is_too_high(sigma, temperature))
    return LiteratureValue(
        formula=composition.formula,
        mobile_ion=_mobile_ion(columns.text(cells, "mobile_ion"), composition),
        sigma_s_cm=sigma,
        temperature_c=temperature,
        kind=kind,
        activation_energy_ev=_optional(columns, cells, "activation_energy_ev", 5.0),
        sintering_c=_optional(columns, cells, "sintering_c", 3000.0),
        sintering_h=_optional(columns, cells, "sintering_h", 10_000.0),
        source=plain(source),
        doi=plain(columns.text(cells, "doi")) or None,
        dataset=plain(columns.text(cells, "dataset") or path.stem),
        flags=flags,
        is_usable=_is_usable(columns.text(cells, "usable"), temperature, kind, flags),
    )


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{name} is {value:g}; it lies between {low:g} and {high:g}")


def _optional(columns: Columns, cells: Sequence[str], name: str, high: float) -> float | None:
    value = columns.number(cells, name)
    if value is not None:
        _in_range(name, value, 0.0, high)
    return value


def _kind(text: str) -> str:
    kind = {"": "unknown", "gb": "grain boundary"}.get(text.lower(), text.lower())
    if kind not in KINDS:
        raise ValueError(f"kind {plain(text, limit=40)!r} is none of {', '.join(KINDS)}")
    return kind


def _mobile_ion(text: str, composition: Composition) -> str:
    if text and not composition.get(text):
        raise ValueError(f"the mobile ion {plain(text, limit=20)!r} does not occur in {composition.formula}")
    return text or composition.mobile_ion


def is_too_high(sigma_s_cm: float, temperature_c: float) -> bool:
    """Say whether a conductivity is beyond any NASICON's at its temperature: mostly a wrong unit."""
    return sigma_s_cm > (_MOST_COOL_S_CM if temperature_c <= _WARM_C else _MOST_WARM_S_CM)


def _flags(text: str, composition: Composition, *, is_suspect: bool) -> tuple[str, ...]:
    flags = [plain(flag.strip(), limit=60) for flag in text.split(";") if flag.strip()]
    try:
        composition.sites()
    except FormulaError:
        flags.append("not_on_sites")
    if is_suspect:
        flags.append("suspect_value")
    return tuple(dict.fromkeys(flags))


def _is_usable(text: str, temperature_c: float, kind: str, flags: tuple[str, ...]) -> bool:
    """Return whether a row can teach; a table may say `no` for reasons of its own, its `yes` does not overrule ours."""
    if text.lower() not in ("", "yes", "no"):
        raise ValueError(f"usable is yes or no, not {plain(text, limit=20)!r}")
    low, high = ROOM_TEMPERATURE_RANGE_C
    near = low <= temperature_c <= high
    return text.lower() != "no" and near and kind != "grain boundary" and not SPOILING_FLAGS & set(flags)
