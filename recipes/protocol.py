"""Protocols as data: steps with their conditions, read from TOML and checked key by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from nasicon_loop.core import Refusal, plain
from recipes.furnace import Hold
from recipes.precursors import OVERLAY_NAME
from recipes.toml_files import Keys, load

SHIPPED = Path(__file__).parent / "protocols"
STATUSES = ("required", "recommended", "unresolved")
KINDS = ("mill", "fire", "press", "note")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a step: required, recommended or unresolved."""

    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a protocol. Which numbers are set depends on `kind`: mill, fire, press, note."""

    name: str
    kind: str
    text: str
    hours: float | None = None
    temperature_c: float | None = None
    dwell_h: float | None = None
    ramp_c_min: float | None = None
    pressure_mpa: float | None = None
    die_diameter_mm: float | None = None
    holds: tuple[Hold, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Protocol:
    """A named sequence of steps with its source.

    `excess_loss_fraction` is the share of the declared excess that is assumed to evaporate in the furnace.
    """

    name: str
    title: str
    source: str
    steps: tuple[Step, ...]
    excess_loss_fraction: float = 1.0


def protocols(extra_folder: Path | None = None) -> Mapping[str, Protocol]:
    """Return the shipped protocols by name, overlaid with those of a lab's protocols folder.

    `precursors.toml` in that folder is the precursor table and is left to `precursor_table`. Raises Refusal
    (`path: reason`) for a file that is not a protocol, an unknown key, a wrong type or a number out of range.
    """
    found: dict[str, Protocol] = {}
    for folder in (SHIPPED, extra_folder):
        if folder is None or not folder.is_dir():
            continue
        paths = sorted(path for path in folder.glob("*.toml") if path.name != OVERLAY_NAME)
        here = [_read(path, path.stat().st_mtime_ns) for path in paths]
        names = [item.name for item in here]
        for path, name in zip(paths, names, strict=True):
            if names.count(name) > 1:
                raise Refusal(f"protocol `{name}` is defined twice in this folder", path)
        found |= {item.name: item for item in here}
    return MappingProxyType(found)


def find_protocol(name: str, extra_folder: Path | None = None) -> Protocol:
    """Return the protocol of that name; Refusal that lists the known ones."""
    known = protocols(extra_folder)
    if name not in known:
        raise Refusal(f"no such protocol; there are {', '.join(known)}", plain(name, limit=60))
    return known[name]


@lru_cache(maxsize=32)
def _read(path: Path, _mtime_ns: int) -> Protocol:
    top = Keys(load(path), str(path))
    top.integer("schema")
    if top.text("kind") != "protocol":
        raise Refusal('must say `kind = "protocol"`', path)
    item = Protocol(
        top.text("name"),
        top.text("title"),
        top.text("source", ""),
        tuple(_step(entry) for entry in top.tables("step")),
        top.number("excess_loss_fraction", 0, 1, 1.0),
    )
    top.done()
    if not item.steps:
        raise Refusal("has no [[step]]", path)
    names = [step.name for step in item.steps]
    for name in names:
        if names.count(name) > 1:
            raise Refusal(f"step `{name}` is listed twice", path)
    return item


def _step(entry: Keys) -> Step:
    name, kind, text = entry.text("name"), entry.text("kind"), entry.text("text")
    entry.where += f" ({name})"
    if kind not in KINDS:
        raise Refusal(f"`kind` must be one of {', '.join(KINDS)}", entry.where)
    conditions = tuple(_condition(item) for item in entry.tables("condition"))
    if kind == "mill":
        step = Step(name, kind, text, hours=entry.number("hours", 0, 1000), conditions=conditions)
    elif kind == "fire":
        step = _firing(entry, name, text, conditions)
    elif kind == "press":
        step = Step(
            name,
            kind,
            text,
            pressure_mpa=entry.number("pressure_mpa", 1, 5000),
            die_diameter_mm=entry.number("die_diameter_mm", 1, 200),
            conditions=conditions,
        )
    else:
        step = Step(name, kind, text, conditions=conditions)
    entry.done()
    return step


def _firing(entry: Keys, name: str, text: str, conditions: tuple[Condition, ...]) -> Step:
    return Step(
        name,
        "fire",
        text,
        temperature_c=entry.number("temperature_c", 50, 2000),
        dwell_h=entry.number("dwell_h", 0, 1000),
        ramp_c_min=entry.number("ramp_c_min", 0.01, 100),
        holds=tuple(_hold(item) for item in entry.tables("hold")),
        conditions=conditions,
    )


def _hold(entry: Keys) -> Hold:
    hold = Hold(
        entry.number("temperature_c", 50, 2000),
        entry.number("dwell_h", 0, 1000),
        entry.texts("gases"),
        entry.text("text"),
    )
    entry.done()
    return hold


def _condition(entry: Keys) -> Condition:
    item = Condition(entry.text("status"), entry.text("text"))
    entry.done()
    if item.status not in STATUSES:
        raise Refusal(f"`status` must be one of {', '.join(STATUSES)}", entry.where)
    return item
