"""Analyses, signatures, retractions, and which analyses teach."""

from typing import Any

import sqlalchemy as sa

from db.lineage import TeachingRow
from db.queries.access import Access, id_of, to_value
from db.queries.making import overlay
from db.tables import TABLES
from db.values import (
    Firing,
    Pellet,
    PelletGeometry,
    RawFile,
    Retraction,
    Sample,
    Signature,
    Standing,
    StoredAnalysis,
    StoredSpectrum,
    Verdict,
    Weighing,
)
from db.values_bench import PelletPhase


def newest_reading() -> "sa.ColumnElement[bool]":
    """A spectrum counts while its reading is the newest of its file."""
    states, files = TABLES["spectrum_state"].c, TABLES["file_state"].c
    return (files.raw_file_id == states.raw_file_id) & (files.reading_id == states.reading_id)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


class Concluding(Access):
    """What was concluded from the spectra."""

    def _analyses(self, with_document: bool) -> "sa.Select[Any]":
        analysis = TABLES["analysis"]
        columns: list[Any] = [column for column in analysis.c if column.name != "document"]
        empty = sa.literal({}, sa.JSON).label("document")
        columns.append(analysis.c.document if with_document else empty)
        return sa.select(*columns).where(analysis.c.lab_id == self.lab.id).order_by(analysis.c.id)

    def analysis(self, analysis_id: int) -> StoredAnalysis:
        """Return an analysis by its id, with its document; Refusal when there is none."""
        return self._known(StoredAnalysis, "analysis", "analysis with id", id=analysis_id)

    def analyses(self, spectrum: StoredSpectrum | int, *, with_document: bool = True) -> list[StoredAnalysis]:
        """Return every analysis of a spectrum, oldest first."""
        query = self._analyses(with_document).where(TABLES["analysis"].c.spectrum_id == id_of(spectrum))
        return self._values(StoredAnalysis, query)

    def current_analysis(self, spectrum: StoredSpectrum | int) -> StoredAnalysis | None:
        """Return the current (newest) analysis of a spectrum."""
        return self._fact(StoredAnalysis, "analysis", spectrum_id=id_of(spectrum))

    def current_analyses(
        self,
        *,
        raw_file: RawFile | int | None = None,
        pellet: Pellet | int | None = None,
        sample: Sample | int | None = None,
        verdict: Verdict | None = None,
        standing: Standing | None = None,
        with_document: bool = True,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[StoredAnalysis]:
        """Return the current analyses of the newest readings' spectra, oldest first.

        `standing` "waits" gives those that wait for a signature, "teaches" those that teach.
        """
        states, files, analysis = TABLES["spectrum_state"], TABLES["file_state"], TABLES["analysis"]
        query = (
            self._analyses(with_document)
            .join(states, states.c.analysis_id == analysis.c.id)
            .join(files, newest_reading())
            .where(states.c.lab_id == self.lab.id)
        )
        if raw_file is not None:
            query = query.where(states.c.raw_file_id == id_of(raw_file))
        if pellet is not None:
            query = query.where(files.c.pellet_id == id_of(pellet))
        if sample is not None:
            query = query.where(files.c.sample_id == id_of(sample))
        if verdict is not None:
            query = query.where(states.c.verdict == verdict)
        if standing is not None:
            query = query.where(states.c.standing == standing)
        return self._values(StoredAnalysis, query, limit=limit, offset=offset)

    def standing(self, analysis: StoredAnalysis | int) -> Standing:
        """Return whether an analysis teaches, waits for a signature, or is out (superseded ones are out)."""
        states = TABLES["spectrum_state"]
        found = self._connection.execute(
            self._select("spectrum_state").where(states.c.analysis_id == id_of(analysis))
        ).mappings().first()  # fmt: skip
        standing: Standing = "out" if found is None else found["standing"]
        return standing

    def signatures(self, analysis: StoredAnalysis | int) -> list[Signature]:
        """Return the signatures under an analysis, oldest first; the newest counts."""
        return self._facts(Signature, "signature", analysis_id=id_of(analysis))

    def retractions(self, analysis: StoredAnalysis | int) -> list[Retraction]:
        """Return the retractions of an analysis, oldest first."""
        return self._facts(Retraction, "retraction", analysis_id=id_of(analysis))

    def teaching_analyses(self) -> list[TeachingRow]:
        """Return what may teach the model, oldest first: accepted, or reviewed and signed; not retracted; with sigma.

        The file must be assigned to a pellet whose newest geometry the analysis used. A spectrum of which an earlier
        analysis was retracted teaches again only when a person signed the newer one.
        """
        sample = self._by_key(Sample, "sample", "id")
        pellet = self._by_key(Pellet, "pellet", "id")
        weighing = self._by_key(Weighing, "weighing", "sample_id")
        sintering = self._sinterings()
        geometry = self.overlaid_geometries()
        signer = self._by_key(Signature, "signature", "analysis_id")
        phase = self._by_key(PelletPhase, "pellet_phase", "pellet_id")
        load = self._pairs("id", "number", "furnace_load")
        rows = []
        for row in self._connection.execute(self._teaching()).mappings():
            made, part = sample[row["sample_id"]], pellet.get(row["pellet_id"])
            weighed, fired = weighing.get(made.id), sintering.get(made.id)
            shape = None if part is None else geometry.get(part.id)
            signed = signer.get(row["analysis_id"])
            found = None if part is None else phase.get(part.id)
            joined: dict[str, Any] = {
                **row,
                "sample_label": made.label,
                "is_reference": made.is_reference,
                "suggestion_id": made.suggestion_id,
                "pellet_label": part and part.label,
                "target_formula": made.target_formula,
                "weighed_formula": weighed and weighed.weighed_formula,
                "batched_formula": weighed and weighed.batched_formula,
                "excess_fraction": weighed and weighed.excess_fraction,
                "sintering_c": fired and fired.temperature_c,
                "sintering_h": fired and fired.hours,
                "sintering_load": None if fired is None else load.get(fired.furnace_load_id),
                "started_at": _text(row["sweep_metadata"].get("started_at")),
                "relative_density": shape and shape.relative_density,
                "signed_by": signed and signed.who,
                "phase": found.phase if found else "unknown",
                "second_phases": found.second_phases if found else {},
            }
            rows.append(to_value(TeachingRow, joined))
        return rows

    def _teaching(self) -> "sa.Select[Any]":
        states, files, analysis = TABLES["spectrum_state"], TABLES["file_state"], TABLES["analysis"]
        spectrum = TABLES["spectrum"]
        wanted = [column for column in analysis.c if column.name not in {"id", "document"}]
        return (
            sa.select(analysis.c.id.label("analysis_id"), files.c.raw_file_id, files.c.sample_id, files.c.pellet_id)
            .add_columns(*wanted, spectrum.c["metadata"].label("sweep_metadata"))
            .join(states, states.c.analysis_id == analysis.c.id)
            .join(spectrum, spectrum.c.id == analysis.c.spectrum_id)
            .join(files, newest_reading())
            .where(states.c.lab_id == self.lab.id, states.c.standing == "teaches")
            .where(files.c.state.in_(("analysed", "held")))
            .order_by(analysis.c.id)
        )

    def _by_key(self, kind: type[Any], table: str, key: str) -> dict[int, Any]:
        """The newest fact per key."""
        return {getattr(fact, key): fact for fact in self._facts(kind, table)}

    def _sinterings(self) -> dict[int, Firing]:
        firings: list[Firing] = self._facts(Firing, "firing")
        return {fired.sample_id: fired for fired in firings if fired.step.lower().startswith("sinter")}

    def overlaid_geometries(self) -> dict[int, PelletGeometry]:
        """Return the overlaid geometry of every pellet that has one, by pellet id."""
        by_pellet: dict[int, list[PelletGeometry]] = {}
        for fact in self._facts(PelletGeometry, "pellet_geometry"):
            by_pellet.setdefault(fact.pellet_id, []).append(fact)
        merged = {pellet_id: overlay(facts) for pellet_id, facts in by_pellet.items()}
        return {pellet_id: geometry for pellet_id, geometry in merged.items() if geometry is not None}
