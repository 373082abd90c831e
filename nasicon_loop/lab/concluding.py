"""From the sweeps of a file to analyses, with all that is known beside them: leads, neighbours in time, the sample."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal
from nasicon_loop.lab.analysing import analysis_of, eis_geometry, eis_settings, from_stored
from nasicon_loop.lab.dummy import dummy_remarks
from nasicon_loop.lab.leads import current_leads, without_leads

if TYPE_CHECKING:
    from db import Reader, Sample, StoredAnalysis
    from instruments import Spectrum
    from nasicon_loop.eis import Analysis, Repeat
    from nasicon_loop.eis import Settings as EisSettings
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.targets import Target

REDOX_ACTIVE = ("Fe", "Co", "Cu", "Mn", "V", "Ce", "Ti")
"""Elements whose two valences side by side let electrons hop: a leaky tail is a finding there."""


Batch = list[tuple[int, "Spectrum", "Analysis"]]
"""What was concluded and is not stored yet: pellet, sweep, analysis."""


def conclude(
    lab: "Lab",
    target: "Target",
    spectra: "Sequence[Spectrum]",
    *,
    file_id: int | None = None,
    batch: Batch | None = None,
) -> "tuple[list[Analysis], tuple[str, ...]]":
    """Return one analysis per sweep of a file, and remarks in words.

    The lab's lead correction is taken off first, where it covers the frequencies. Sweeps are held against each other,
    and against the pellet's latest ones of the same session, those in `batch` among them; `batch` grows by these. A
    geometry that no pellet can have gives no conductivity.
    """
    if not spectra:
        return [], ()
    from nasicon_loop import eis

    gates = eis_settings(lab.settings)
    remarks = []
    try:
        shape = eis_geometry(target.geometry, lab.settings)
    except Refusal as refusal:
        shape = None
        remarks.append(f"{target.label}: {refusal.reason}")
    with lab.database.read() as reader:
        leads = current_leads(reader)
        remarks += dummy_remarks(lab, reader)
        found = _of_pellet(reader, target.pellet_id, file_id) if target.pellet_id is not None else []
    now = lab.clock.now()
    found += [(one, made, now) for pellet_id, one, made in batch or [] if pellet_id == target.pellet_id]
    earlier = earlier_sweeps(found, spectra, gates, at=now)
    seen, problem = without_leads(spectra, leads)
    remarks += [problem] if problem else []
    analyses = eis.analyse_repeats(seen, shape, settings=gates, earlier=earlier)
    if batch is not None and target.pellet_id is not None:
        batch += [(target.pellet_id, one, made) for one, made in zip(spectra, analyses, strict=True)]
    if target.sample is not None and any(eis.is_leaky(one) for one in analyses):
        remarks += leak_remark(target.sample, target.label or target.sample.label)
    return analyses, tuple(remarks)


def leak_remark(sample: "Sample", label: str) -> list[str]:
    """Return what to do about a leaky tail where the sample has an element of two valences."""
    from nasicon_loop.chemistry import Composition

    elements = [symbol for symbol in Composition.parse(sample.target_formula).elements if symbol in REDOX_ACTIVE]
    if not elements:
        return []
    return [
        f"the low-frequency tail leaks, and {', '.join(elements)} can pass electrons on: "
        f"measure it with `nasicon polarisation FILE --sample {label}`"
    ]


def earlier_sweeps(
    found: "Sequence[tuple[Spectrum, Analysis, datetime]]",
    spectra: "Sequence[Spectrum]",
    rules: "EisSettings",
    *,
    at: datetime,
) -> "list[Repeat]":
    """Return the latest of the pellet's sweeps before these, at their temperature, where it is of the same session.

    `found` has each sweep with its analysis and the time at which it came in, for files that tell no time.
    """
    from nasicon_loop.eis import Repeat

    begin, is_told = started(spectra[0].metadata, at)
    before = []
    for place, (spectrum, analysis, came_in) in enumerate(found):
        other, is_other_told = started(spectrum.metadata, came_in)
        is_session = timedelta(0) < begin - other <= timedelta(hours=rules.session_hours)
        repeat = Repeat.of(spectrum, analysis)
        if repeat is None or is_told != is_other_told or not is_session:
            continue
        if _is_near(repeat.temperature_c, spectra[0].temperature_c, rules.repeat_kelvin):
            before.append((other, place, repeat))
    return [max(before, key=lambda one: one[:2])[2]] if before else []


def _of_pellet(reader: "Reader", pellet_id: int, file_id: int | None) -> "list[tuple[Spectrum, Analysis, datetime]]":
    """Return the pellet's sweeps that count, of other files, with their analyses and the times they came in."""
    found = []
    for stored in reader.current_analyses(pellet=pellet_id):
        spectrum = reader.spectrum(stored.spectrum_id)
        if spectrum.raw_file_id != file_id and _counts(reader, stored):
            found.append((from_stored(spectrum), analysis_of(stored), spectrum.at))
    return found


def started(metadata: Mapping[str, Any], otherwise: datetime) -> tuple[datetime, bool]:
    """Return when a sweep began and True, or `otherwise` and False where the file does not tell."""
    try:
        moment = datetime.fromisoformat(str(metadata.get("started_at", "")))
    except ValueError:
        return otherwise, False
    return (moment, True) if moment.tzinfo else (moment.replace(tzinfo=UTC), True)


def _is_near(one_c: float | None, other_c: float | None, kelvin: float) -> bool:
    if one_c is None or other_c is None:
        return one_c is other_c
    return abs(one_c - other_c) <= kelvin


def _counts(reader: "Reader", stored: "StoredAnalysis") -> bool:
    """Whether nobody took it back or rejected it."""
    if stored.verdict == "rejected" or reader.retractions(stored):
        return False
    signatures = reader.signatures(stored)
    return not signatures or signatures[-1].decision == "accepted"
