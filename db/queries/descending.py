"""Genealogy both ways: from a sample down to the lessons, from an analysis up to the suggestion."""

from dataclasses import replace

from db.lineage import AnalysisBranch, Ancestry, FileBranch, Genealogy, PelletBranch, SpectrumBranch
from db.queries.bench import Bench
from db.queries.concluding import Concluding
from db.queries.furnace import Furnaces
from db.queries.learning import Learning
from db.queries.making import Making
from db.queries.measuring import Measuring
from db.queries.quality import Quality
from db.values import ModelRun, Pellet, RawFile, Sample, SpectrumHead, StoredAnalysis, Suggestion


class Descending(Making, Bench, Furnaces, Measuring, Quality, Concluding, Learning):
    """Who descends from whom."""

    def genealogy(self, label: str) -> Genealogy:
        """Return everything that descends from a sample, and what it descends from; Refusal for an unknown label."""
        sample = self.sample(label)
        suggestion, suggested_by = self._origin(sample)
        loose = [raw for raw in self.files_of_sample(sample) if self._pellet_of(raw) is None]
        return Genealogy(
            sample=sample,
            state=self.sample_state(sample),
            suggestion=suggestion,
            suggestion_state=None if suggestion is None else self.suggestion_state(suggestion.number),
            suggested_by=suggested_by,
            recipes=tuple(self.recipes(sample)),
            weighings=tuple(self.weighings(sample)),
            firings=tuple(self.firings(sample)),
            entries=tuple(self.weighing_entries(sample)),
            recipe_signatures=tuple(s for recipe in self.recipes(sample) for s in self.recipe_signatures(recipe)),
            deviations=tuple(self.deviations(sample)),
            loads=tuple(self.loads_of_sample(sample)),
            pellets=tuple(self._pellet_branch(pellet) for pellet in self.pellets(sample)),
            files_without_pellet=tuple(self._file_branch(raw) for raw in loose),
        )

    def genealogy_of_analysis(self, analysis_id: int) -> Ancestry:
        """Return the way back from an analysis to its suggestion; Refusal for an unknown id."""
        analysis = self.analysis(analysis_id)
        spectrum = self._known(SpectrumHead, "spectrum", "spectrum with id", id=analysis.spectrum_id)
        raw = self.file(spectrum.raw_file_id)
        assignment = self.assignment(raw)
        sample_id = None if assignment is None else assignment.sample_id
        sample = None if sample_id is None else self.sample_by_id(sample_id)
        pellet = self._pellet_of(raw)
        suggestion, suggested_by = (None, None) if sample is None else self._origin(sample)
        return Ancestry(
            analysis=self._analysis_branch(analysis),
            spectrum=spectrum,
            file=raw,
            sightings=tuple(self.sightings_of(raw)),
            assignment=assignment,
            pellet=pellet,
            geometry=None if pellet is None else self.geometry(pellet),
            sample=sample,
            weighing=None if sample is None else self.weighing(sample),
            suggestion=suggestion,
            suggested_by=suggested_by,
        )

    def _origin(self, sample: Sample) -> tuple[Suggestion | None, ModelRun | None]:
        if sample.suggestion_id is None:
            return None, None
        suggestion = self.suggestion_by_id(sample.suggestion_id)
        run_id = suggestion.model_run_id
        return suggestion, None if run_id is None else self.model_run_by_id(run_id)

    def _pellet_of(self, raw: RawFile) -> Pellet | None:
        assignment = self.assignment(raw)
        pellet_id = None if assignment is None else assignment.pellet_id
        return None if pellet_id is None else self.pellet_by_id(pellet_id)

    def _pellet_branch(self, pellet: Pellet) -> PelletBranch:
        files = tuple(self._file_branch(raw) for raw in self.files_of_pellet(pellet))
        return PelletBranch(pellet, self.geometry(pellet), files, self.phase(pellet))

    def _file_branch(self, raw: RawFile) -> FileBranch:
        spectra = tuple(
            SpectrumBranch(head, tuple(map(self._analysis_branch, self.analyses(head.id, with_document=False))))
            for head in self.spectrum_heads(raw)
        )
        return FileBranch(raw, self.file_state(raw), self.assignment(raw), spectra)

    def _analysis_branch(self, analysis: StoredAnalysis) -> AnalysisBranch:
        current = self.current_analysis(analysis.spectrum_id)
        return AnalysisBranch(
            analysis=replace(analysis, document={}),
            standing=self.standing(analysis),
            is_current=current is not None and current.id == analysis.id,
            signatures=tuple(self.signatures(analysis)),
            retractions=tuple(self.retractions(analysis)),
            taught=tuple(self.runs_taught_by(analysis)),
        )
