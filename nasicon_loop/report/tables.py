"""Tables on disk as CSV and Parquet, written a few rows at a time: spectra have millions of points.

In CSV, text stands in quotes and numbers do not; a number is written so that reading it gives the same bits. Text that
a spreadsheet would take for a formula gets an apostrophe in front; Parquet has no formulas and keeps it as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from nasicon_loop.core import Refusal, plain, utc_iso

Kind = Literal["text", "number", "count", "flag", "time"]
Cell = str | float | int | bool | datetime | None

_MAX_TEXT = 1_000_000
_CHUNK = 20_000
_FORMULA_BEGINS = frozenset("=+-@＝＋－＠")
"""With what a spreadsheet begins to compute (OWASP, "CSV Injection"), in full width too; tabs are spaces by then."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `unit` is empty for what has none; `about` says in a sentence what stands in it."""

    name: str
    kind: Kind
    about: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table's name (also its files'), what a row is, and its columns."""

    name: str
    about: str
    columns: tuple[Column, ...]


def neutral(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: with an apostrophe in front where it would."""
    return f"'{text}" if text.lstrip()[:1] in _FORMULA_BEGINS and text.strip() else text


def csv_cell(kind: Kind, value: Cell) -> str:
    """Return a cell as it stands in a CSV file; None is an empty cell without quotes, empty text one with quotes."""
    if value is None:
        return ""
    if kind == "text":
        return '"' + neutral(_text(value)).replace('"', '""') + '"'
    if kind == "flag":
        return "true" if value else "false"
    if kind == "time":
        return utc_iso(value) if isinstance(value, datetime) else ""
    return str(int(value)) if kind == "count" else repr(float(value))  # type: ignore[arg-type]


def _text(value: Cell) -> str:
    return plain(value, limit=_MAX_TEXT)


def refuse_without_parquet() -> None:
    """Refuse when pyarrow is not installed; nothing is loaded."""
    if find_spec("pyarrow") is None:
        raise Refusal('needs pyarrow: pip install "nasicon_loop[parquet]"; CSV is written without', "--parquet")


class TableFiles:
    """Open files of several tables in a folder; give rows by the table's name, in the order of its columns."""

    def __init__(self, folder: Path, shapes: Sequence[TableShape], *, parquet: bool = False) -> None:
        if parquet:
            refuse_without_parquet()
        self._shapes = {shape.name: shape for shape in shapes}
        self._waiting: dict[str, list[Sequence[Cell]]] = {shape.name: [] for shape in shapes}
        self._n_rows = dict.fromkeys(self._shapes, 0)
        self._folder, self._has_parquet = folder, parquet
        self._open = ExitStack()
        self._texts: dict[str, TextIOWrapper] = {}
        self._parquets: dict[str, Any] = {}

    def __enter__(self) -> "TableFiles":
        for name, shape in self._shapes.items():
            stream = self._open.enter_context((self._folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            stream.write(",".join(column.name for column in shape.columns) + "\n")
            self._texts[name] = stream
            if self._has_parquet:
                self._parquets[name] = self._open.enter_context(_parquet(self._folder / f"{name}.parquet", shape))
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        try:
            if kind is None:
                for name in self._shapes:
                    self._flush(name)
        finally:
            self._open.close()

    def add(self, name: str, rows: Iterable[Sequence[Cell]]) -> None:
        """Write rows to the table of this name."""
        waiting = self._waiting[name]
        waiting.extend(rows)
        if len(waiting) >= _CHUNK:
            self._flush(name)

    @property
    def n_rows(self) -> Mapping[str, int]:
        """Rows by table, those included that wait to be written."""
        return {name: n + len(self._waiting[name]) for name, n in self._n_rows.items()}

    def _flush(self, name: str) -> None:
        rows, shape = self._waiting[name], self._shapes[name]
        if not rows:
            return
        kinds = [column.kind for column in shape.columns]
        self._texts[name].writelines(
            ",".join(map(csv_cell, kinds, row)) + "\n" for row in rows if _fits(shape, row)
        )  # fmt: skip
        if name in self._parquets:
            _append(self._parquets[name], shape, rows)
        self._n_rows[name] += len(rows)
        self._waiting[name] = []


def _fits(shape: TableShape, row: Sequence[Cell]) -> bool:
    if len(row) != len(shape.columns):
        raise ValueError(f"{shape.name}: a row of {len(row)} cells for {len(shape.columns)} columns")
    return True


def _parquet(path: Path, shape: TableShape) -> Any:
    """Open a Parquet file; each column's unit and meaning stand in its schema."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    types = {
        "text": pa.string(),
        "number": pa.float64(),
        "count": pa.int64(),
        "flag": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
    }
    fields = [
        pa.field(one.name, types[one.kind], metadata={"unit": one.unit, "description": one.about})
        for one in shape.columns
    ]
    return ParquetWriter(path, pa.schema(fields, metadata={"description": shape.about}))


def _append(writer: Any, shape: TableShape, rows: Sequence[Sequence[Cell]]) -> None:
    import pyarrow as pa

    columns = list(zip(*rows, strict=True))
    arrays = [
        pa.array([_parquet_cell(column.kind, value) for value in values], type=writer.schema.field(k).type)
        for k, (column, values) in enumerate(zip(shape.columns, columns, strict=True))
    ]
    writer.write_table(pa.Table.from_arrays(arrays, schema=writer.schema))


def _parquet_cell(kind: Kind, value: Cell) -> Cell:
    if value is None or kind == "time":
        return value
    if kind == "text":
        return _text(value)
    return float(value) if kind == "number" else value  # type: ignore[arg-type]


def readme(shapes: Sequence[TableShape], n_rows: Mapping[str, int], head: Sequence[str]) -> str:
    """Return a page of Markdown that says what every table and column is; `head` are its first paragraphs."""
    parts = [*head]
    for shape in shapes:
        parts += [f"## {shape.name}", f"{shape.about} {n_rows.get(shape.name, 0)} rows."]
        lines = ["| column | kind | unit | what |", "|---|---|---|---|"]
        lines += [
            f"| `{one.name}` | {one.kind} | {one.unit or '-'} | {one.about.replace('|', chr(92) + '|')} |"
            for one in shape.columns
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"
