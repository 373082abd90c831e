"""From the sweeps of a file to analyses, with all that is known beside them: leads, neighbours in time, the sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal
from nasicon_loop.lab.analysing import eis_geometry, eis_settings, from_stored
from nasicon_loop.lab.automatic import for_signature
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


_LOOK_BACK = 20


@dataclass(frozen=True, slots=True)
class Before:
    """A sweep from before: when it began, whether its file told so (else: when it came in), and what it says."""

    began: datetime
    is_told: bool
    repeat: "Repeat"


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
    remarks = list(dict.fromkeys(str(word) for one in spectra for word in one.metadata.get("warnings", ())))
    try:
        shape = eis_geometry(target.geometry, lab.settings)
    except Refusal as refusal:
        shape = None
        remarks.append(f"{target.label}: {refusal.reason}")
    with lab.database.read() as reader:
        leads = current_leads(reader)
        remarks += dummy_remarks(lab, reader)
        found = sweeps_of_pellet(reader, target.pellet_id, file_id, look_back=_LOOK_BACK)
    now = lab.clock.now()
    for pellet_id, one, made in batch or []:
        repeat = eis.Repeat.of(one, made)
        if pellet_id == target.pellet_id and repeat is not None:
            found.append(Before(*started(one.metadata, now), repeat))
    earlier = earlier_sweeps(found, spectra, gates, at=now)
    seen, problem = without_leads(spectra, leads)
    remarks += [problem] if problem else []
    analyses = eis.analyse_repeats(seen, shape, settings=gates, earlier=earlier)
    analyses = [for_signature(lab, one) for one in analyses]
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
    found: "Sequence[Before]", spectra: "Sequence[Spectrum]", rules: "EisSettings", *, at: datetime
) -> "list[Repeat]":
    """Return the latest of the pellet's sweeps before these, at their temperature, where it is of the same session."""
    begin, is_told = started(spectra[0].metadata, at)
    before = [
        (one.began, place, one.repeat)
        for place, one in enumerate(found)
        if one.is_told == is_told
        and timedelta(0) < begin - one.began <= timedelta(hours=rules.session_hours)
        and _is_near(one.repeat.temperature_c, spectra[0].temperature_c, rules.repeat_kelvin)
    ]
    return [max(before, key=lambda one: one[:2])[2]] if before else []


def sweeps_of_pellet(
    reader: "Reader", pellet_id: int | None, file_id: int | None, *, look_back: int | None = None
) -> "list[Before]":
    """Return the pellet's sweeps that count, of other files: all, or the `look_back` newest."""
    if pellet_id is None:
        return []
    from nasicon_loop.eis import Repeat, goes_up

    found = []
    for stored in reader.current_analyses(pellet=pellet_id, with_document=False)[-(look_back or 0) :]:
        if stored.r_total_ohm is None or not _counts(reader, stored):
            continue
        kept = reader.spectrum(stored.spectrum_id)
        if kept.raw_file_id != file_id:
            sd = stored.r_total_ohm_sd or 0.0
            repeat = Repeat(stored.r_total_ohm, sd, stored.temperature_c, goes_up(from_stored(kept)))
            found.append(Before(*started(kept.metadata, kept.at), repeat))
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
