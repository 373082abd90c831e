"""Many things at a glance: what boards and lists show, each by a constant number of questions however large the lab."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from db.queries.access import id_of, to_value
from db.queries.concluding import newest_reading
from db.queries.descending import Descending
from db.queries.remembering import Remembering
from db.tables import TABLES
from db.values import FileStateName, ModelRun, Suggestion, SuggestionStateName
from db.values_overview import AnalysisBudget, FileGlance, RankedPellets, SampleGlance, StateCounts, TeachingHead
from nasicon_loop.core import Refusal

SINTERING = "sintering"
_AT_ONCE = 5000
"""Ids in one question: servers take some ten thousand."""


class Overlooking(Descending, Remembering):
    """What there is, many rows at a time."""

    def sample_glances(self, samples: Iterable[int] | None = None, *, label: str | None = None) -> list[SampleGlance]:
        """Return every sample, those with these ids, or the one with this label, with how far it came, by number."""
        sample, states = TABLES["sample"], TABLES["sample_state"]
        columns = [sample.c[name] for name in ("id", "label", "target_formula", "is_reference", "at")]
        query = (
            sa.select(*columns, states.c.state)
            .join(states, states.c.sample_id == sample.c.id)
            .where(sample.c.lab_id == self.lab.id)
            .order_by(sample.c.number)
        )
        if samples is not None:
            query = query.where(sample.c.id.in_(samples))
        if label is not None:
            query = query.where(sample.c.label == label.strip().upper())
        rows = self._connection.execute(query).all()
        only = None if label is None and samples is None else [row.id for row in rows]
        has_recipe = self._samples_in("recipe", only)
        has_pellet = self._samples_in("pellet", only)
        is_sintered = self._samples_in("firing", only, TABLES["firing"].c.step == SINTERING)
        has_result = self._samples_with_result(only)
        taken_back = self._samples_taken_back(only)
        of_files = self._file_states_by_sample(only)
        nothing: frozenset[FileStateName] = frozenset()
        return [
            SampleGlance(
                row.id,
                row.label,
                row.target_formula,
                row.is_reference,
                row.at,
                row.state,
                row.id in has_recipe,
                row.id in has_pellet,
                row.id in is_sintered,
                row.id in has_result,
                row.id in taken_back,
                of_files.get(row.id, nothing),
            )
            for row in rows
        ]

    def urgent_samples(self, limit: int) -> list[int]:
        """Return ids of samples: what waits for somebody, the furthest first; then done; then ended. The newest first.

        Where a result was taken back comes before what was measured, sintered, pressed, calcined, weighed, planned.
        """
        sample, states = TABLES["sample"].c, TABLES["sample_state"]
        pellet, firing, files = TABLES["pellet"].c, TABLES["firing"].c, TABLES["file_state"].c
        mine = files.lab_id == self.lab.id
        # sets that are made once: asked sample by sample, SQLite begins at the wrong end
        result = sample.id.in_(self._teaching_spectra(files.sample_id))
        back = sample.id.in_(self._taken_back())
        measured = sample.id.in_(sa.select(files.sample_id).where(mine, files.sample_id.is_not(None)))
        pressed = sample.id.in_(sa.select(pellet.sample_id).where(pellet.lab_id == self.lab.id))
        sintered = sample.id.in_(sa.select(firing.sample_id).where(firing.step == SINTERING))
        ways = (
            states.c.state == "abandoned",
            states.c.state == "failed",
            result,
            back,
            measured,
            pressed & sintered,
            pressed,
            states.c.state == "calcined",
            states.c.state == "weighed",
        )
        place = sa.case(*zip(ways, (9, 8, 7, 0, 1, 2, 3, 4, 5), strict=True), else_=6)
        query = (
            sa.select(sample.id)
            .join(states, states.c.sample_id == sample.id)
            .where(sample.lab_id == self.lab.id)
            .order_by(place, sample.id.desc())
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def sample_labels(self) -> list[str]:
        """Return the labels of all samples, by number."""
        sample = TABLES["sample"].c
        query = sa.select(sample.label).where(sample.lab_id == self.lab.id).order_by(sample.number)
        return list(self._connection.execute(query).scalars())

    def _samples_in(self, table: str, only: "list[int] | None", *wanted: "sa.ColumnElement[bool]") -> set[int]:
        column = TABLES[table].c
        query = sa.select(column.sample_id).where(column.lab_id == self.lab.id, *wanted).distinct()
        return self._ids(query, column.sample_id, only)

    def _ids(self, query: "sa.Select[Any]", column: "sa.ColumnElement[Any]", only: "list[int] | None") -> set[int]:
        asked = query if only is None else query.where(column.in_(only))
        return set(self._connection.execute(asked).scalars())

    def _samples_with_result(self, only: "list[int] | None") -> set[int]:
        files = TABLES["file_state"].c
        query = self._teaching_spectra(files.sample_id).distinct()
        return self._ids(query, files.sample_id, only)

    def _samples_taken_back(self, only: "list[int] | None") -> set[int]:
        return self._ids(self._taken_back().distinct(), TABLES["file_state"].c.sample_id, only)

    def _taken_back(self) -> "sa.Select[Any]":
        """The samples of files with a current analysis that was retracted."""
        states, files = TABLES["spectrum_state"], TABLES["file_state"]
        return (
            sa.select(files.c.sample_id)
            .join(states, states.c.raw_file_id == files.c.raw_file_id)
            .where(states.c.lab_id == self.lab.id, states.c.is_retracted, files.c.sample_id.is_not(None))
        )

    def _file_states_by_sample(self, only: "list[int] | None") -> dict[int, frozenset[FileStateName]]:
        files = TABLES["file_state"].c
        query = sa.select(files.sample_id, files.state).where(
            files.lab_id == self.lab.id, files.sample_id.is_not(None)
        ).distinct()  # fmt: skip
        if only is not None:
            query = query.where(files.sample_id.in_(only))
        found: dict[int, set[FileStateName]] = {}
        for sample_id, state in self._connection.execute(query):
            found.setdefault(sample_id, set()).add(state)
        return {sample_id: frozenset(names) for sample_id, names in found.items()}

    def _teaching_spectra(self, *columns: "sa.ColumnElement[Any]") -> "sa.Select[Any]":
        """The spectra that teach: as in `teaching_analyses`."""
        states, files = TABLES["spectrum_state"], TABLES["file_state"]
        return (
            sa.select(*columns)
            .select_from(states)
            .join(files, newest_reading())
            .where(states.c.lab_id == self.lab.id, states.c.standing == "teaches")
            .where(files.c.state.in_(("analysed", "held")))
        )

    def teaching_heads(
        self, *, samples: Iterable[int] | None = None, pellets: Iterable[int] | None = None
    ) -> list[TeachingHead]:
        """Return what may teach the model, oldest first: all, or of the samples or pellets with these ids."""
        files, analysis = TABLES["file_state"].c, TABLES["analysis"].c
        states = TABLES["spectrum_state"].c
        values = (analysis.sigma_total_s_cm, analysis.sigma_25_s_cm, analysis.sigma_25_s_cm_sd)
        query = (
            self._teaching_spectra(states.analysis_id, files.sample_id, files.pellet_id, *values)
            .join(TABLES["analysis"], analysis.id == states.analysis_id)
            .order_by(states.analysis_id)
        )
        column, ids = (files.sample_id, samples) if pellets is None else (files.pellet_id, pellets)
        asked = [query] if ids is None else [query.where(column.in_(few)) for few in _few(ids)]
        rows = [TeachingHead(*row) for one in asked for row in self._connection.execute(one)]
        return sorted(rows, key=lambda row: row.analysis_id)

    def ranked_pellets(self, learned_by: ModelRun | int | None = None, *, limit: int, offset: int = 0) -> RankedPellets:
        """Return the pellets of the highest sigma; `learned_by` is the run whose lessons count as learned.

        Finding the results that teach is nearly all of the cost, so they are counted on the same way.
        """
        files, analysis, lesson = TABLES["file_state"].c, TABLES["analysis"].c, TABLES["lesson"].c
        run = None if learned_by is None else id_of(learned_by)
        taught = (lesson.model_run_id == run) & (lesson.analysis_id == analysis.id)
        highest = sa.func.max(sa.func.coalesce(analysis.sigma_25_s_cm, analysis.sigma_total_s_cm)).label("highest")
        counted = sa.func.count().label("n"), sa.func.count(lesson.analysis_id).label("n_learned")
        of = (
            self._teaching_spectra(files.pellet_id, highest, *counted)
            .join(TABLES["analysis"], analysis.id == TABLES["spectrum_state"].c.analysis_id)
            .outerjoin(TABLES["lesson"], taught)
            .group_by(files.pellet_id)
            .subquery()
        ).c
        totals = sa.func.sum(of.n).over(), sa.func.sum(of.n_learned).over()
        query = sa.select(of.pellet_id, of.highest, *totals).order_by(of.highest.desc(), of.pellet_id)
        rows = self._connection.execute(query.limit(limit).offset(offset)).all()
        n = (int(rows[0][2]), int(rows[0][3])) if rows else (0, 0)
        return RankedPellets(tuple((row[0], row[1]) for row in rows), *n)

    def budgets(self, analyses: Iterable[int]) -> dict[int, AnalysisBudget]:
        """Return what is uncertain in the analyses with these ids; Refusal where a document does not tell it."""
        analysis = TABLES["analysis"].c
        columns = (analysis.id, analysis.sigma_25_s_cm, analysis.temperature_c, analysis.document["relative_budget"])
        found = {}
        for few in _few(analyses):
            query = sa.select(*columns).where(analysis.lab_id == self.lab.id, analysis.id.in_(few))
            for number, sigma, temperature, budget in self._connection.execute(query):
                if not isinstance(budget, dict):
                    raise Refusal("its document is damaged: there is no budget", f"analysis {number}")
                found[number] = AnalysisBudget(number, sigma, temperature, budget)
        return found

    def file_glances(
        self,
        states: Sequence[FileStateName] | None = None,
        *,
        is_analysed: bool = False,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[FileGlance]:
        """Return raw files with their newest verdicts, oldest first unless told otherwise.

        `states` and `is_analysed` (there is a current analysis) choose among them; `limit` takes the first of them.
        """
        raw, state, reading = TABLES["raw_file"], TABLES["file_state"], TABLES["reading"]
        sample, pellet, newest = TABLES["sample"], TABLES["pellet"], self._newest_analysis()
        label = sa.func.coalesce(pellet.c.label, sample.c.label)
        query = (
            sa.select(raw.c.id, raw.c.name, raw.c.at, state.c.state, label, reading.c.refusal, newest.label("made"))
            .join(state, state.c.raw_file_id == raw.c.id)
            .join(reading, reading.c.id == state.c.reading_id)
            .outerjoin(sample, sample.c.id == state.c.sample_id)
            .outerjoin(pellet, pellet.c.id == state.c.pellet_id)
            .where(raw.c.lab_id == self.lab.id, state.c.lab_id == self.lab.id)
            .order_by(raw.c.id.desc() if newest_first else raw.c.id)
        )
        if states is not None:
            query = query.where(state.c.state.in_(states))
        if is_analysed:
            query = query.where(newest.is_not(None))
        rows = self._connection.execute(query.limit(limit)).all()
        made = self._verdicts(row.made for row in rows if row.made is not None)
        nothing = (None, (), None, None)
        return [FileGlance(*row, *made.get(row.made, nothing)) for row in rows]

    def _newest_analysis(self) -> "sa.ScalarSelect[Any]":
        """The newest current analysis of a file's newest reading."""
        state, spectra = TABLES["file_state"].c, TABLES["spectrum_state"].c
        mine = (spectra.raw_file_id == state.raw_file_id) & (spectra.reading_id == state.reading_id)
        newest = sa.select(sa.func.max(spectra.analysis_id)).where(mine)
        return newest.correlate(TABLES["file_state"]).scalar_subquery()

    def _verdicts(self, ids: Iterable[int]) -> dict[int, tuple[Any, ...]]:
        analysis = TABLES["analysis"].c
        columns = (analysis.verdict, analysis.reasons, analysis.sigma_25_s_cm, analysis.sigma_25_s_cm_sd)
        found: dict[int, tuple[Any, ...]] = {}
        for few in _few(ids):
            query = sa.select(analysis.id, *columns).where(analysis.id.in_(few))
            for number, verdict, reasons, sigma, sd in self._connection.execute(query):
                found[number] = (verdict, tuple(reasons), sigma, sd)
        return found

    def state_counts(self) -> StateCounts:
        """Return how many there are of what in each state."""
        return StateCounts(
            self.count_states("file_state"),
            self.count_states("sample_state"),
            self.count_states("suggestion_state"),
        )

    def newest_suggestions(self, limit: int | None = None) -> list[tuple[Suggestion, SuggestionStateName]]:
        """Return suggestions with their states, newest first."""
        table, states = TABLES["suggestion"], TABLES["suggestion_state"]
        query = (
            self._select("suggestion")
            .add_columns(states.c.state)
            .join(states, states.c.suggestion_id == table.c.id)
            .order_by(table.c.number.desc())
            .limit(limit)
        )
        return [(to_value(Suggestion, row), row["state"]) for row in self._connection.execute(query).mappings()]


def _few(ids: Iterable[int]) -> Iterator[list[int]]:
    every = list(ids)
    return (every[begin : begin + _AT_ONCE] for begin in range(0, len(every), _AT_ONCE))
