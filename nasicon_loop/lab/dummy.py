"""The daily dummy cell: known resistors measured like a pellet, so that a drifting instrument is noticed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.analysing import eis_settings
from nasicon_loop.lab.leads import current_leads, without_leads

if TYPE_CHECKING:
    from db import QualityRecord, Reader
    from instruments import Spectrum
    from nasicon_loop.eis import Settings as EisSettings
    from nasicon_loop.lab.context import Lab

_RESISTIVE = 0.05  # |Im| / Re of a plain resistor, in the middle of its points


@dataclass(frozen=True, slots=True)
class DummyReading:
    """One reading. `deviation` is from `nominal_ohm`, None where lab.toml gave none; `warning` says what to do."""

    number: int
    file: str
    r_total_ohm: float
    r_total_ohm_sd: float
    nominal_ohm: float | None
    deviation: float | None
    is_off: bool
    warning: str
    who: str
    at: datetime


def add_dummy(lab: "Lab", path: Path, *, by: str | None = None, note: str = "") -> DummyReading:
    """Read the dummy cell's file (its first sweep), keep it, and compare it with the nominal value of lab.toml.

    Raises Refusal for a file without an impedance, and where no resistance can be told from it.
    """
    from nasicon_loop.lab.reading import take_sweep

    spectrum, data = take_sweep(path)
    with lab.database.read() as reader:
        (spectrum,), problem = without_leads([spectrum], current_leads(reader))
    r_ohm, sd_ohm, doubt = _resistance(spectrum, eis_settings(lab.settings))
    document = {
        "r_total_ohm": r_ohm,
        "r_total_ohm_sd": sd_ohm,
        "nominal_ohm": lab.settings.dummy.r_ohm,
        "doubts": [said for said in (doubt, problem) if said],
    }
    files = {lab.folder.open_vault().add(data): plain(path.name, limit=100)}
    with lab.database.write(who=lab.who) as writer:
        record = writer.add_quality("dummy", document, files=files, who=plain(by) if by else None, note=plain(note))
    return _reading(lab, record)


def _resistance(spectrum: "Spectrum", settings: "EisSettings") -> tuple[float, float, str]:
    """Return R_total with its sd, and what is doubtful of it."""
    import numpy as np

    from nasicon_loop import eis

    analysis = eis.analyse(spectrum, settings=settings)
    if analysis.r_total_ohm is not None and analysis.r_total_ohm_sd is not None:
        return (
            analysis.r_total_ohm,
            analysis.r_total_ohm_sd,
            "" if analysis.verdict == "accepted" else analysis.reasons[0],
        )
    z = np.asarray(spectrum.impedance_ohm)
    if float(np.median(np.abs(z.imag) / np.maximum(np.abs(z.real), 1e-300))) > _RESISTIVE or np.median(z.real) <= 0:
        raise Refusal(f"tells no resistance: {'; '.join(analysis.reasons)}", "dummy cell")
    slow = z.real[np.argsort(spectrum.frequency_hz)[: max(3, len(z) // 2)]]
    return float(np.median(slow)), float(np.std(slow) / np.sqrt(len(slow))), ""


def dummy_history(lab: "Lab") -> list[DummyReading]:
    """Return every reading of the dummy cell, oldest first."""
    with lab.database.read() as reader:
        return [_reading(lab, record) for record in reader.quality_records("dummy")]


def dummy_remarks(lab: "Lab", reader: "Reader") -> list[str]:
    """Return what an import should say: the newest reading is off or old. Nothing where lab.toml names no dummy."""
    rules = lab.settings.dummy
    if rules.r_ohm is None:
        return []
    record = reader.newest_quality("dummy")
    if record is None:
        return ["no reading of the dummy cell yet: measure it today, then `nasicon dummy add FILE`"]
    reading = _reading(lab, record)
    age = lab.clock.now() - record.at
    old = [] if age <= timedelta(hours=rules.max_age_hours) else [_age(age)]
    return [*([reading.warning] if reading.is_off else []), *old]


def _age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600.0
    shown = f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
    return f"the last reading of the dummy cell is {shown} old: measure it today, then `nasicon dummy add FILE`"


def _reading(lab: "Lab", record: "QualityRecord") -> DummyReading:
    rules = lab.settings.dummy
    r_ohm, sd_ohm = float(record.document["r_total_ohm"]), float(record.document["r_total_ohm_sd"])
    nominal = rules.r_ohm if rules.r_ohm is not None else record.document.get("nominal_ohm")
    deviation = None if nominal is None else r_ohm / float(nominal) - 1.0
    is_off = deviation is not None and abs(deviation) > rules.limit_percent / 100.0
    warning = ""
    if is_off and nominal is not None and deviation is not None:
        warning = (
            f"the dummy cell reads {r_ohm:.5g} ohm, {deviation:+.1%} from its {float(nominal):.5g} ohm "
            f"(limit {rules.limit_percent:g} %): check cables and calibration before trusting today's results"
        )
    name = next(iter(record.files.values()), "")
    warning = "; ".join([*([warning] if warning else []), *record.document.get("doubts", ())])
    return DummyReading(
        record.id, name, r_ohm, sd_ohm, nominal, deviation, is_off, warning, record.who, record.at
    )  # fmt: skip
