"""Current states, kept by one function per journal event.

The same functions run in two places: in the transaction that writes a journal line (over `db.store.SqlStore`), and in
`replay` over the whole journal (over `db.states.MemoryStore`). So what is stored can always be proved
from the journal alone, and rebuilt from it. A handler sees nothing but the line and the states.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from db.states import (
    FileState,
    LotState,
    MemoryStore,
    PelletState,
    SampleState,
    SpectrumState,
    Store,
    SuggestionState,
)
from db.values import FileStateName, JournalEntry, Standing

_GRAM_DECIMALS = 9
"""Sums of masses are kept to the nanogram, so that taking out and putting back gives the same number."""


def standing_of(state: SpectrumState) -> Standing:
    """Return whether a spectrum's current analysis teaches, waits for a signature, or is out.

    After a retraction, a newer analysis of the same spectrum waits too: what a person took back does not return by
    itself.
    """
    if state.analysis_id is None or state.verdict == "rejected" or state.is_retracted or state.decision == "rejected":
        return "out"
    if (state.verdict == "review" or state.was_retracted) and state.decision != "accepted":
        return "waits"
    return "teaches" if state.has_sigma else "out"


def _lacks_analysis(spectrum: SpectrumState, pellet: PelletState) -> bool:
    if spectrum.analysis_id is None:
        return True
    if spectrum.verdict == "rejected" or spectrum.is_retracted:
        return False  # it has no number that a geometry could change, or a person closed it
    older = spectrum.geometry_id is None or (pellet.geometry_id or 0) > spectrum.geometry_id
    return older or spectrum.geometry_pellet_id != pellet.pellet_id


def file_state_of(file: FileState, pellet: PelletState | None, spectra: Iterable[SpectrumState]) -> FileStateName:
    """Return the name of the state a file is in."""
    steps: tuple[tuple[bool, FileStateName], ...] = (
        (file.is_refused, "refused"),
        (file.is_duplicate, "duplicate"),
        (file.sample_id is None, "unassigned"),
        (file.pellet_id is None, "needs pellet"),
    )
    for holds, name in steps:
        if holds:
            return name
    if pellet is None or not (pellet.has_thickness and pellet.has_electrode):
        return "needs geometry"
    found = list(spectra)
    if not found or any(_lacks_analysis(spectrum, pellet) for spectrum in found):
        return "needs analysis"
    return "held" if any(spectrum.standing == "waits" for spectrum in found) else "analysed"


def _settle(store: Store, file: FileState) -> None:
    pellet = None if file.pellet_id is None else store.get(PelletState, file.pellet_id)
    spectra = [] if file.reading_id is None else store.where(SpectrumState, "reading_id", file.reading_id)
    store.put(replace(file, state=file_state_of(file, pellet, spectra)))


def _settle_spectrum(store: Store, spectrum: SpectrumState) -> None:
    store.put(replace(spectrum, standing=standing_of(spectrum)))
    file = store.get(FileState, spectrum.raw_file_id)
    if file is not None:
        _settle(store, file)


def _sample_created(store: Store, entry: JournalEntry) -> None:
    store.put(SampleState(entry.subject_id, "planned"))
    suggestion_id = entry.data.get("suggestion_id")
    if suggestion_id is not None:
        store.put(SuggestionState(suggestion_id, "accepted"))


def _sample_weighed(store: Store, entry: JournalEntry) -> None:
    state = store.get(SampleState, entry.subject_id)
    if state is not None and state.state in {"planned", "failed"}:
        store.put(replace(state, state="weighed"))


def _sample_fired(store: Store, entry: JournalEntry) -> None:
    state = store.get(SampleState, entry.subject_id)
    if state is not None and state.state != "abandoned" and str(entry.data["step"]).lower().startswith("calcin"):
        store.put(replace(state, state="calcined"))


def _sample_state(store: Store, entry: JournalEntry) -> None:
    store.put(SampleState(entry.subject_id, str(entry.data["state"])))


def _suggestion_state(store: Store, entry: JournalEntry) -> None:
    store.put(SuggestionState(entry.subject_id, str(entry.data["state"])))


def _pellet_made(store: Store, entry: JournalEntry) -> None:
    store.put(PelletState(entry.subject_id))


def _pellet_measured(store: Store, entry: JournalEntry) -> None:
    given = set(entry.data["given"])
    state = store.get(PelletState, entry.subject_id) or PelletState(entry.subject_id)
    bears = {"thickness_cm", "thickness_cm_sd", "electrode_diameter_cm", "electrode_diameter_cm_sd"}
    if not given & bears:
        return
    store.put(
        PelletState(
            pellet_id=state.pellet_id,
            has_thickness=state.has_thickness or "thickness_cm" in given,
            has_electrode=state.has_electrode or "electrode_diameter_cm" in given,
            geometry_id=entry.fact_id,
        )
    )
    for file in store.where(FileState, "pellet_id", state.pellet_id):
        _settle(store, file)


def _file_imported(store: Store, entry: JournalEntry) -> None:
    store.put(FileState(entry.subject_id))


def _file_read(store: Store, entry: JournalEntry) -> None:
    file = store.get(FileState, entry.subject_id)
    if file is not None:
        refused, duplicate = entry.data["refusal"] is not None, entry.data["duplicate_of"] is not None
        _settle(store, replace(file, reading_id=entry.fact_id, is_refused=refused, is_duplicate=duplicate))


def _file_assigned(store: Store, entry: JournalEntry) -> None:
    file = store.get(FileState, entry.subject_id)
    if file is not None:
        _settle(store, replace(file, sample_id=entry.data["sample_id"], pellet_id=entry.data["pellet_id"]))


def _spectrum_stored(store: Store, entry: JournalEntry) -> None:
    if entry.fact_id is not None:
        _settle_spectrum(store, SpectrumState(entry.fact_id, entry.subject_id, entry.data["reading_id"]))


def _analysis_made(store: Store, entry: JournalEntry) -> None:
    data = entry.data
    spectrum = store.get(SpectrumState, data["spectrum_id"])
    if spectrum is None:
        return
    made = replace(
        spectrum,
        analysis_id=entry.subject_id,
        geometry_id=data["geometry_id"],
        geometry_pellet_id=data["geometry_pellet_id"],
        verdict=data["verdict"],
        has_sigma=data["has_sigma"],
        decision=None,
        is_retracted=False,
        was_retracted=spectrum.was_retracted or spectrum.is_retracted,
    )
    _settle_spectrum(store, made)


def _analysis_signed(store: Store, entry: JournalEntry) -> None:
    spectrum = store.get(SpectrumState, entry.data["spectrum_id"])
    if spectrum is not None and spectrum.analysis_id == entry.subject_id:
        _settle_spectrum(store, replace(spectrum, decision=entry.data["decision"]))


def _analysis_retracted(store: Store, entry: JournalEntry) -> None:
    spectrum = store.get(SpectrumState, entry.data["spectrum_id"])
    if spectrum is None:
        return
    if spectrum.analysis_id == entry.subject_id:
        _settle_spectrum(store, replace(spectrum, is_retracted=True))
    else:
        _settle_spectrum(store, replace(spectrum, was_retracted=True))


def _lot_added(store: Store, entry: JournalEntry) -> None:
    store.put(LotState(entry.subject_id, "open", float(entry.data["amount_g"]), entry.data["opened_on"]))


def _lot_event(store: Store, entry: JournalEntry) -> None:
    lot, kind = store.get(LotState, entry.subject_id), entry.data["kind"]
    if lot is None:
        return
    if kind == "opened":
        store.put(replace(lot, state="open", opened_on=entry.data["on_date"]))
    elif kind == "fired":
        store.put(replace(lot, fired_on=entry.data["on_date"]))
    elif kind == "counted":
        store.put(replace(lot, left_g=float(entry.data["left_g"])))
    elif kind == "closed":
        store.put(replace(lot, state="closed"))


def _weighing_entered(store: Store, entry: JournalEntry) -> None:
    """Take what lies in the vessel from its lot, and give back what an earlier entry for it had taken."""
    data = entry.data
    for lot_id, grams in ((data["returned_lot_id"], data["returned_g"]), (data["lot_id"], -data["mass_g"])):
        lot = None if lot_id is None else store.get(LotState, lot_id)
        if lot is not None:
            store.put(replace(lot, left_g=round(lot.left_g + grams, _GRAM_DECIMALS)))


HANDLERS: Mapping[str, Callable[[Store, JournalEntry], None]] = {
    "sample.created": _sample_created,
    "sample.weighed": _sample_weighed,
    "sample.fired": _sample_fired,
    "sample.state": _sample_state,
    "suggestion.made": lambda store, entry: store.put(SuggestionState(entry.subject_id, "open")),
    "suggestion.accepted": _suggestion_state,
    "suggestion.rejected": _suggestion_state,
    "suggestion.held": _suggestion_state,
    "suggestion.reopened": _suggestion_state,
    "lot.added": _lot_added,
    "lot.event": _lot_event,
    "weighing.entered": _weighing_entered,
    "pellet.made": _pellet_made,
    "pellet.measured": _pellet_measured,
    "file.imported": _file_imported,
    "file.read": _file_read,
    "file.refused": _file_read,
    "file.assigned": _file_assigned,
    "spectrum.stored": _spectrum_stored,
    "analysis.made": _analysis_made,
    "analysis.signed": _analysis_signed,
    "analysis.retracted": _analysis_retracted,
}
"""Event -> what it does to the states. Events that are not here change none."""


_OF_RESULTS = {"pellet", "file", "spectrum", "analysis"}
RESULT_EVENTS = frozenset(event for event in HANDLERS if event.split(".")[0] in _OF_RESULTS)
"""The events that change the states of files and spectra: without one of them the same results teach as before."""


def apply(store: Store, entry: JournalEntry) -> None:
    """Let one journal line change the states."""
    handler = HANDLERS.get(entry.event)
    if handler is not None:
        handler(store, entry)


def replay(entries: Iterable[JournalEntry]) -> MemoryStore:
    """Return the states that a journal (oldest first) leads to."""
    store = MemoryStore()
    for entry in entries:
        apply(store, entry)
    return store
