"""What there is to see: samples, inbox, one sample's story, one analysis, the journal, how the campaign stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.lab.pooling import pooled_rows
from nasicon_loop.lab.remembered import results_so_far

if TYPE_CHECKING:
    from db import FileGlance, FileStateName, Genealogy, JournalEntry, Reader, SampleGlance, TeachingHead
    from instruments import Spectrum
    from nasicon_loop.eis import Analysis
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.pictures import PlotKind

WAITING_STATES: "tuple[FileStateName, ...]" = ("unassigned", "needs pellet", "needs geometry", "needs analysis", "held")


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
class BoardPage:
    """The first rows of the board, and how many samples there are."""

    rows: tuple[BoardRow, ...]
    n_samples: int


@dataclass(frozen=True, slots=True)
class InboxPage:
    """The newest files, and how many there are in all, wait for somebody, and were refused."""

    rows: tuple[InboxRow, ...]
    n_files: int
    n_waiting: int
    n_refused: int


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
            "left_out": list(self.analysis.left_out),
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
    """Return every sample by number, with how far it came and what it waits for."""
    with lab.database.read() as reader:
        return _board_rows(reader, reader.sample_glances())


def board_page(lab: "Lab", limit: int) -> BoardPage:
    """Return the first `limit` samples by urgency: what waits for somebody, the furthest first, then what is done."""
    with lab.database.read() as reader:
        ids = reader.urgent_samples(limit)
        glances = {one.id: one for one in reader.sample_glances(ids)}
        rows = _board_rows(reader, [glances[one] for one in ids])
        n_samples = sum(reader.count_states("sample_state").values())
    return BoardPage(tuple(rows), n_samples)


def board_row(lab: "Lab", label: str) -> BoardRow | None:
    """Return one sample of the board, None when there is none of that label."""
    with lab.database.read() as reader:
        return next(iter(_board_rows(reader, reader.sample_glances(label=label))), None)


def sample_labels(lab: "Lab") -> list[str]:
    """Return the labels of all samples, by number."""
    with lab.database.read() as reader:
        return reader.sample_labels()


def _board_rows(reader: "Reader", glances: "Sequence[SampleGlance]") -> list[BoardRow]:
    heads = reader.teaching_heads(samples=[one.id for one in glances if one.has_result])
    newest = {row.sample_id: row for row in pooled_rows(reader, heads)}
    return [_board_row(one, newest.get(one.id)) for one in glances]


def _board_row(one: "SampleGlance", result: "TeachingHead | None") -> BoardRow:
    stage, waits_for = _stage(one)
    return BoardRow(
        one.label,
        one.target_formula,
        one.state,
        stage,
        waits_for,
        one.is_reference,
        result.sigma_25_s_cm if result else None,
        result.sigma_25_s_cm_sd if result else None,
        one.at,
    )


def _stage(one: "SampleGlance") -> tuple[str, str]:
    """How far a sample came, and what a person has to do next."""
    if one.state in ("failed", "abandoned"):
        return one.state, ""
    if one.has_result:
        return "analysed", ""
    if one.file_states and one.is_taken_back:
        return "retracted", f"measure again, its result was taken back: nasicon campaign impact {one.label}"
    return _measured_stage(one) if one.file_states else _bench_stage(one)


def _measured_stage(one: "SampleGlance") -> tuple[str, str]:
    for state, wish in (
        ("needs pellet", "say which pellet: nasicon inbox assign"),
        ("needs geometry", f"nasicon pellet geometry {one.label}"),
        ("held", "review and sign: nasicon analysis accept"),
    ):
        if state in one.file_states:
            return "measured", wish
    return "measured", "look at the verdicts; measure again"


def _bench_stage(one: "SampleGlance") -> tuple[str, str]:
    label = one.label
    stages = (
        (one.has_pellet and one.is_sintered, "sintered", "measure; drop the file into inbox/"),
        (one.has_pellet, "pressed", f"sinter: nasicon fire {label} --step sintering"),
        (one.state == "calcined", "calcined", f"press: nasicon pellet new {label}"),
        (one.state == "weighed", "weighed", f"calcine: nasicon fire {label} --step calcination"),
        (one.has_recipe, "planned", f"weigh: nasicon weigh {label}"),
    )
    return next(((stage, wish) for is_so, stage, wish in stages if is_so), ("planned", f"nasicon recipe {label}"))


def inbox(lab: "Lab", *, only_waiting: bool = False) -> list[InboxRow]:
    """Return the imported files, newest last, with verdicts; `only_waiting` those that a person must act on."""
    with lab.database.read() as reader:
        return [_inbox_row(one) for one in reader.file_glances(WAITING_STATES if only_waiting else None)]


def inbox_page(lab: "Lab", limit: int, *, only_waiting: bool = False) -> InboxPage:
    """Return the newest `limit` files, newest first, and how many there are, wait, and were refused."""
    wanted = WAITING_STATES if only_waiting else None
    with lab.database.read() as reader:
        rows = tuple(_inbox_row(one) for one in reader.file_glances(wanted, newest_first=True, limit=limit))
        files = reader.count_states("file_state")
    n_waiting = sum(files.get(state, 0) for state in WAITING_STATES)
    return InboxPage(rows, sum(files.values()), n_waiting, files.get("refused", 0))


def newest_analysis(lab: "Lab") -> int | None:
    """Return the number of the analysis of the newest file that has one."""
    with lab.database.read() as reader:
        found = reader.file_glances(is_analysed=True, newest_first=True, limit=1)
    return found[0].analysis_id if found else None


def _inbox_row(one: "FileGlance") -> InboxRow:
    return InboxRow(
        one.id,
        one.name,
        one.state,
        one.label,
        one.verdict,
        one.refusal if one.refusal is not None else "; ".join(one.reasons),
        one.analysis_id,
        one.sigma_25_s_cm,
        one.sigma_25_s_cm_sd,
        one.at,
    )


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
        run = reader.latest_model_run()
        counts = reader.state_counts()
        results = results_so_far(lab.database, reader, run)
        best = results.best
        sample = reader.sample_by_id(best.sample_id) if best else None
        pellet = reader.pellet_by_id(best.pellet_id) if best and best.pellet_id is not None else None
        weighing = reader.weighing(sample) if sample else None
        name = reader.lab.name
    n_waiting = sum(counts.files.get(state, 0) for state in WAITING_STATES)
    owner = pellet or sample
    return CampaignState(
        lab=name,
        counts={"files": counts.files, "samples": counts.samples, "suggestions": counts.suggestions},
        best_label=owner.label if owner else None,
        best_formula=(weighing.weighed_formula if weighing else None) or (sample.target_formula if sample else None),
        best_sigma_25_s_cm=best.sigma_25_s_cm if best else None,
        best_sigma_25_s_cm_sd=best.sigma_25_s_cm_sd if best else None,
        n_results=results.n_teaching,
        n_waiting_files=n_waiting,
        model_run=run.number if run else None,
        model_at=run.at if run else None,
        n_results_not_learned=results.n_not_learned,
        next_step=_next_step(run is not None, n_waiting, results.n_not_learned, counts.suggestions),
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
