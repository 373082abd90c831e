"""What there is to see: samples, inbox, one sample's story, one analysis, the journal, how the campaign stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.lab.pooling import pellet_results

if TYPE_CHECKING:
    from db import Genealogy, JournalEntry, Reader, Sample, StoredAnalysis, TeachingRow
    from instruments import Spectrum
    from nasicon_loop.eis import Analysis
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.pictures import PlotKind

WAITING_STATES = ("unassigned", "needs pellet", "needs geometry", "needs analysis", "held")


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One sample on the board. `stage` is the furthest it came; sigma is its newest accepted result at 25 °C."""

    label: str
    formula: str
    state: str
    stage: str
    waits_for: str
    is_reference: bool
    sigma_25_s_cm: float | None
    sigma_25_s_cm_sd: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One imported file with its newest verdict."""

    number: int
    name: str
    state: str
    label: str | None
    verdict: str | None
    reason: str
    analysis_id: int | None
    sigma_25_s_cm: float | None
    sigma_25_s_cm_sd: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AnalysisView:
    """One analysis with the spectrum it was made from."""

    number: int
    name: str
    label: str | None
    standing: str
    spectrum: "Spectrum"
    analysis: "Analysis"

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon analysis show --json` prints."""
        from nasicon_loop.lab.documents import analysis_document

        return {
            "analysis": self.number,
            "file": self.name,
            "label": self.label,
            "standing": self.standing,
            **analysis_document(self.analysis),
            "notes": list(self.analysis.notes),
            "gates": list(self.analysis.gates),
            "candidates": list(self.analysis.candidates),
            "masked": list(self.analysis.masked),
            "relative_budget": dict(self.analysis.relative_budget),
        }

    def draw(self, path: Path, kind: "PlotKind" = "nyquist") -> Path:
        """Draw the spectrum with its fit: one kind of plot, or all on one sheet."""
        from nasicon_loop.lab.pictures import draw_spectrum

        title = f"{self.label or self.name}, analysis {self.number}"
        return draw_spectrum(self.spectrum, self.analysis, path, title=title, kind=kind)


@dataclass(frozen=True, slots=True)
class CampaignState:
    """How the campaign stands."""

    lab: str
    counts: Mapping[str, Mapping[str, int]]
    best_label: str | None
    best_formula: str | None
    best_sigma_25_s_cm: float | None
    best_sigma_25_s_cm_sd: float | None
    n_results: int
    n_waiting_files: int
    model_run: int | None
    model_at: datetime | None
    n_results_not_learned: int
    next_step: str


def board(lab: "Lab") -> list[BoardRow]:
    """Return every sample with how far it came and what it waits for."""
    with lab.database.read() as reader:
        states = reader.sample_states()
        results, taken_back = _newest_results(reader), _taken_back(reader)
        return [
            _board_row(reader, sample, states[sample.id], results.get(sample.id), is_taken_back=sample.id in taken_back)
            for sample in reader.samples()
        ]


def _newest_results(reader: "Reader") -> dict[int, "TeachingRow"]:
    return {row.sample_id: row for row in pellet_results(reader)}


def _taken_back(reader: "Reader") -> set[int]:
    """Return the ids of samples with a result that was retracted and not made anew."""
    found = set()
    for line in reader.journal(event="analysis.retracted", limit=None):
        way = reader.genealogy_of_analysis(line.subject_id)
        if way.sample is not None and way.analysis.is_current:
            found.add(way.sample.id)
    return found


def _board_row(
    reader: "Reader", sample: "Sample", state: str, result: "TeachingRow | None", *, is_taken_back: bool
) -> BoardRow:
    stage, waits_for = _stage(reader, sample, state, result)
    if is_taken_back and stage == "measured":
        stage, waits_for = (
            "retracted",
            f"its result was taken back, measure again: nasicon campaign impact {sample.label}",
        )
    return BoardRow(
        sample.label,
        sample.target_formula,
        state,
        stage,
        waits_for,
        sample.is_reference,
        result.sigma_25_s_cm if result else None,
        result.sigma_25_s_cm_sd if result else None,
        sample.at,
    )


def _stage(reader: "Reader", sample: "Sample", state: str, result: "TeachingRow | None") -> tuple[str, str]:
    """How far a sample came, and what a person has to do next."""
    if state in ("failed", "abandoned"):
        return state, ""
    if result is not None:
        return "analysed", ""
    return _measured_stage(reader, sample) or _bench_stage(reader, sample, state)


def _measured_stage(reader: "Reader", sample: "Sample") -> tuple[str, str] | None:
    states = {reader.file_state(file) for file in reader.files_of_sample(sample)}
    if not states:
        return None
    for state, wish in (
        ("needs pellet", "say which pellet: nasicon inbox assign"),
        ("needs geometry", f"nasicon pellet geometry {sample.label}"),
        ("held", "review and sign: nasicon analysis accept"),
    ):
        if state in states:
            return "measured", wish
    return "measured", "look at the verdicts; measure again"


def _bench_stage(reader: "Reader", sample: "Sample", state: str) -> tuple[str, str]:
    label = sample.label
    has_pellet = bool(reader.pellets(sample))
    is_sintered = any(firing.step == "sintering" for firing in reader.firings(sample))
    has_recipe = reader.recipe(sample) is not None
    stages = (
        (has_pellet and is_sintered, "sintered", "measure; drop the file into inbox/"),
        (has_pellet, "pressed", f"sinter: nasicon fire {label} --step sintering"),
        (state == "calcined", "calcined", f"press: nasicon pellet new {label}"),
        (state == "weighed", "weighed", f"calcine: nasicon fire {label} --step calcination"),
        (has_recipe, "planned", f"weigh: nasicon weigh {label}"),
    )
    return next(((stage, wish) for is_so, stage, wish in stages if is_so), ("planned", f"nasicon recipe {label}"))


def inbox(lab: "Lab", *, only_waiting: bool = False) -> list[InboxRow]:
    """Return the imported files, newest last, with verdicts; `only_waiting` those that a person must act on."""
    with lab.database.read() as reader:
        states = reader.file_states()
        rows = []
        for file in reader.files():
            state = states[file.id]
            if only_waiting and state not in WAITING_STATES:
                continue
            assignment = reader.assignment(file)
            label = None
            if assignment is not None and assignment.pellet_id is not None:
                label = reader.pellet_by_id(assignment.pellet_id).label
            elif assignment is not None and assignment.sample_id is not None:
                label = reader.sample_by_id(assignment.sample_id).label
            analyses = reader.current_analyses(raw_file=file, with_document=False)
            newest = analyses[-1] if analyses else None
            rows.append(
                InboxRow(
                    file.id,
                    file.name,
                    state,
                    label,
                    newest.verdict if newest else None,
                    _inbox_reason(file.refusal, newest),
                    newest.id if newest else None,
                    newest.sigma_25_s_cm if newest else None,
                    newest.sigma_25_s_cm_sd if newest else None,
                    file.at,
                )
            )
    return rows


def _inbox_reason(refusal: str | None, newest: "StoredAnalysis | None") -> str:
    if refusal is not None:
        return refusal
    return "; ".join(newest.reasons) if newest else ""


def sample_story(lab: "Lab", label: str) -> "Genealogy":
    """Return everything about a sample, from the suggestion to the model runs it taught."""
    with lab.database.read() as reader:
        pellet = reader.find_pellet(label)
        known = reader.sample_by_id(pellet.sample_id).label if pellet else label
        return reader.genealogy(known)


def analysis_view(lab: "Lab", number: int) -> AnalysisView:
    """Return one analysis with its spectrum; Refusal for an unknown number."""
    from nasicon_loop.lab.analysing import analysis_of, from_stored
    from nasicon_loop.lab.leads import as_analysed

    with lab.database.read() as reader:
        stored = reader.analysis(number)
        ancestry = reader.genealogy_of_analysis(number)
        analysis = analysis_of(stored)
        spectrum = as_analysed(reader, from_stored(reader.spectrum(stored.spectrum_id)), analysis)
    owner = ancestry.pellet or ancestry.sample
    return AnalysisView(
        number,
        ancestry.file.name,
        owner.label if owner else None,
        ancestry.analysis.standing,
        spectrum,
        analysis,
    )


def journal(lab: "Lab", *, limit: int = 40, subject: str | None = None) -> "list[JournalEntry]":
    """Return the newest journal rows, newest first; `subject` a sample's or pellet's label."""
    with lab.database.read() as reader:
        if subject is None:
            return reader.journal(limit=limit)
        pellet = reader.find_pellet(subject)
        if pellet is not None:
            return reader.journal("pellet", pellet.id, limit=limit)
        return reader.journal("sample", reader.sample(subject).id, limit=limit)


def campaign_state(lab: "Lab") -> CampaignState:
    """Return how the campaign stands and what to do next."""
    with lab.database.read() as reader:
        counts = reader.counts()
        results = reader.teaching_analyses()
        pellets = pellet_results(reader)
        run = reader.latest_model_run()
        known = {lesson.analysis_id for lesson in reader.lessons(run)} if run else set()
        name = reader.lab.name
    best = max(pellets, key=lambda row: row.sigma_25_s_cm or row.sigma_total_s_cm, default=None)
    n_waiting = sum(counts.files.get(state, 0) for state in WAITING_STATES)
    n_unlearned = sum(row.analysis_id not in known for row in results)
    return CampaignState(
        lab=name,
        counts={"files": counts.files, "samples": counts.samples, "suggestions": counts.suggestions},
        best_label=best.pellet_label or best.sample_label if best else None,
        best_formula=best.formula if best else None,
        best_sigma_25_s_cm=best.sigma_25_s_cm if best else None,
        best_sigma_25_s_cm_sd=best.sigma_25_s_cm_sd if best else None,
        n_results=len(results),
        n_waiting_files=n_waiting,
        model_run=run.number if run else None,
        model_at=run.at if run else None,
        n_results_not_learned=n_unlearned,
        next_step=_next_step(run is not None, n_waiting, n_unlearned, counts.suggestions),
    )


def _next_step(is_trained: bool, n_waiting: int, n_unlearned: int, suggestions: Mapping[str, int]) -> str:
    if not is_trained:
        return "nasicon train"
    if n_waiting:
        return f"{n_waiting} files wait for somebody: nasicon inbox list --waiting"
    if n_unlearned:
        return f"{n_unlearned} results are not learned yet: nasicon train"
    if suggestions.get("open", 0):
        return "suggestions are open: nasicon suggest --list"
    return "nasicon suggest -n 4"
