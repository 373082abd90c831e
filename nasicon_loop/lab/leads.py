"""Short and open of the cables: kept in the vault and the journal, taken off every sweep that comes after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from db import QualityRecord, Reader
    from instruments import Spectrum
    from nasicon_loop.eis import Analysis, Leads
    from nasicon_loop.lab.context import Lab


@dataclass(frozen=True, slots=True)
class LeadsRow:
    """One correction in the lab's history; the newest holds. Without files it ended the one before.

    `r_ohm` is the median resistance of the short, `l_h` its inductance at the highest frequency.
    """

    number: int
    short: str | None
    open: str | None
    f_min_hz: float | None
    f_max_hz: float | None
    r_ohm: float | None
    l_h: float | None
    is_current: bool
    who: str
    note: str
    at: datetime


def read_leads(short: Path | None, opened: Path | None) -> "Leads":
    """Return the correction that the files of a short and an open describe (the first sweep of each).

    Raises Refusal for a file that cannot be read, and for what is no short or no open.
    """
    from nasicon_loop.eis import Leads

    return Leads(_first(short), _first(opened), _name(short), _name(opened))


def _name(path: Path | None) -> str:
    return "" if path is None else plain(path.name, limit=100)


def _first(path: Path | None) -> "Spectrum | None":
    import instruments

    return None if path is None else instruments.read(path)[0]


def set_leads(
    lab: "Lab", *, short: Path | None = None, opened: Path | None = None, by: str | None = None, note: str = ""
) -> LeadsRow:
    """Take the lead correction into use: it is taken off what is imported or analysed from now on.

    Raises Refusal, with nothing changed, for files that are no short and no open.
    """
    from nasicon_loop.eis import Leads
    from nasicon_loop.lab.reading import take_sweep

    taken = {path: take_sweep(path) for path in (short, opened) if path is not None}
    shorted, open_ = (None if path is None else taken[path][0] for path in (short, opened))
    leads = Leads(shorted, open_, _name(short), _name(opened))
    hashes = lab.folder.open_vault().add_all([data for _, data in taken.values()])
    files = dict(zip(hashes, map(_name, taken), strict=True))
    document = {"short": _numbers(leads.short, short), "open": _numbers(leads.open, opened)}
    with lab.database.write(who=lab.who) as writer:
        record = writer.add_quality("leads", document, files=files, who=plain(by) if by else None, note=plain(note))
    return _row(record, is_current=True)


def clear_leads(lab: "Lab", *, reason: str, by: str | None = None) -> LeadsRow:
    """End the correction: other cables, another holder. Raises Refusal without a reason or where none holds."""
    if not reason.strip():
        raise Refusal("say why: the journal keeps it", "leads")
    with lab.database.read() as reader:
        if current_leads(reader) is None:
            raise Refusal("no lead correction holds", "leads")
    with lab.database.write(who=lab.who) as writer:
        nothing: dict[str, Any] = {"short": None, "open": None}
        record = writer.add_quality("leads", nothing, files={}, who=plain(by) if by else None, note=plain(reason))
    return _row(record, is_current=True)


def leads_history(lab: "Lab") -> list[LeadsRow]:
    """Return every correction that held, oldest first."""
    with lab.database.read() as reader:
        records = reader.quality_records("leads")
    return [_row(record, is_current=record is records[-1]) for record in records]


def current_leads(reader: "Reader") -> "Leads | None":
    """Return the correction that holds now."""
    record = reader.newest_quality("leads")
    return None if record is None else _leads(record)


def without_leads(spectra: "Sequence[Spectrum]", leads: "Leads | None") -> "tuple[list[Spectrum], str | None]":
    """Return the spectra with the leads taken off, or as they are with the reason why that could not be done."""
    if leads is None:
        return list(spectra), None
    try:
        return [leads.corrected(spectrum) for spectrum in spectra], None
    except Refusal as refusal:
        return list(spectra), f"leads not corrected: {refusal.where} {refusal.reason}"


def as_analysed(reader: "Reader", spectrum: "Spectrum", analysis: "Analysis") -> "Spectrum":
    """Return the spectrum as the analysis saw it: without the leads where these were taken off."""
    number = (analysis.leads or {}).get("record")
    leads = None if number is None else _leads(reader.quality_record(int(number)))
    return spectrum if leads is None else leads.corrected(spectrum)


def _leads(record: "QualityRecord") -> "Leads | None":
    from nasicon_loop.eis import Leads

    short, opened = record.document.get("short"), record.document.get("open")
    if short is None and opened is None:
        return None
    short_name, open_name = (str(part["name"]) if part else "" for part in (short, opened))
    return Leads(_spectrum(short), _spectrum(opened), short_name, open_name, record.id)


def _numbers(spectrum: "Spectrum | None", path: Path | None) -> dict[str, Any] | None:
    if spectrum is None:
        return None
    z = spectrum.impedance_ohm
    numbers = {"frequency_hz": spectrum.frequency_hz, "real_ohm": z.real, "imaginary_ohm": z.imag}
    return {"name": _name(path), **{name: values.tolist() for name, values in numbers.items()}}


def _spectrum(part: "Mapping[str, Any] | None") -> "Spectrum | None":
    import numpy as np

    from instruments import Spectrum

    if part is None:
        return None
    return Spectrum(part["frequency_hz"], np.array(part["real_ohm"]) + 1j * np.array(part["imaginary_ohm"]))


def _row(record: "QualityRecord", *, is_current: bool) -> LeadsRow:
    from statistics import median

    short, opened = record.document.get("short"), record.document.get("open")
    first = short or opened
    hertz = first["frequency_hz"] if first else None
    inductance = None
    if short:
        top = max(range(len(short["frequency_hz"])), key=lambda k: short["frequency_hz"][k])
        inductance = short["imaginary_ohm"][top] / (6.283185307179586 * short["frequency_hz"][top])
    return LeadsRow(
        record.id,
        short and short["name"],
        opened and opened["name"],
        min(hertz) if hertz else None,
        max(hertz) if hertz else None,
        median(short["real_ohm"]) if short else None,
        inductance,
        is_current,
        record.who,
        record.note,
        record.at,
    )
