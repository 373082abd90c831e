"""A lab after years: thousands of samples and tens of thousands of spectra, written through the database's Writer.

python -m benchmarks.large_lab FOLDER [N_SAMPLES N_SPECTRA]
"""

import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

N_SAMPLES, N_SPECTRA = 10_000, 30_000
_SIGMAS = ("sigma_total_s_cm", "sigma_25_s_cm")
_AT_ONCE = 250
_SWEEPS_OF_A_PELLET = 4
_MEASURED_FROM = 5
"""Of twenty samples five are on their way or ended; the others are measured."""


def make(folder: Path, n_samples: int = N_SAMPLES, n_spectra: int = N_SPECTRA) -> None:
    """Make a lab folder with that many samples and spectra, each spectrum a file of its own with its analysis."""
    from nasicon_loop.lab import create_lab, opened

    create_lab(folder, name="large", prefix="NL")
    with opened(folder, who="benchmark") as lab:
        lines = _Lines(lab, *_measured())
        _suggest(lab, n_samples // 2 + 1)
        for begin in range(0, n_samples, _AT_ONCE):
            with lab.database.write(who="benchmark") as writer:
                for number in range(begin, min(begin + _AT_ONCE, n_samples)):
                    _sample(writer, number, lines, n_spectra)
        with lab.database.write(who="benchmark") as writer:
            for number in range(lines.n_files, n_spectra):
                lines.file(writer, None, None, number)
        _train(lab)


def _measured() -> tuple[Any, Any]:
    """One spectrum and what the engine says of it."""
    from nasicon_loop.eis import Geometry, analyse, paper_spectrum

    spectrum = paper_spectrum(30.31, 35.35, seed=1).spectrum
    geometry = Geometry(thickness_cm=0.127, electrode_diameter_cm=1.6)
    return spectrum, analyse(replace(spectrum, temperature_c=25.0, temperature_c_sd=0.5), geometry)


class _Lines:
    """Files of one pellet after the other, all with the same curve and another sigma."""

    def __init__(self, lab: Any, spectrum: Any, analysis: Any) -> None:
        from nasicon_loop.lab.analysing import columns

        self.n_files = 0
        self._lab = lab
        self._recipes: dict[str, Any] = {}
        self._spectrum = spectrum
        self._kept = columns(analysis)
        self._sigma = analysis.sigma_total_s_cm

    def recipe(self, number: int) -> Any:
        """The planned recipe of a sample's composition."""
        import recipes
        from nasicon_loop.lab.sheets import planned_recipe

        formula = _formula(number)
        if formula not in self._recipes:
            self._recipes[formula] = recipes.to_dict(planned_recipe(self._lab, formula))
        return self._recipes[formula]

    def file(self, writer: Any, pellet: Any, geometry: Any, number: int, verdict: str = "accepted") -> Any:
        """Add one file; with a pellet it is assigned and analysed."""
        self.n_files += 1
        name = hashlib.sha256(str(number).encode()).hexdigest()
        raw, _ = writer.add_file(name, size_bytes=4000, name=f"run {number}.csv", numbers_sha256=name, reader="xm")
        if pellet is not None:
            writer.assign(raw, pellet=pellet, how="name")
        spectrum = writer.add_spectrum(
            raw,
            1,
            frequency_hz=self._spectrum.frequency_hz,
            impedance_ohm=self._spectrum.impedance_ohm,
            metadata={"started_at": "2024-06-20T06:58:13+00:00"},
        )
        made = {**self._kept, "verdict": verdict, "reasons": [] if verdict == "accepted" else ["noise of 3 %"]}
        sigma = None if pellet is None else self._sigma * _spread(pellet.id, number)
        made |= dict.fromkeys(_SIGMAS, sigma)
        if pellet is None:
            made |= dict.fromkeys(("sigma_total_s_cm_sd", "sigma_25_s_cm_sd"))
        made["document"] = {**made["document"], "sigma_total_s_cm": sigma, "sigma_25_s_cm": sigma, "verdict": verdict}
        return writer.add_analysis(spectrum, geometry=geometry, **made)


def _spread(pellet: int, sweep: int) -> float:
    """Pellets differ by up to a decade and a half, sweeps of one pellet by some per cent."""
    among_pellets: float = 10 ** ((pellet * 7919 % 1000) / 667 - 1.2)
    return among_pellets * (1 + 0.01 * (sweep % 5))


def _suggest(lab: Any, n: int) -> None:
    with lab.database.write(who="benchmark") as writer:
        for number in range(n):
            writer.add_suggestion(
                model_run=None,
                formula=_formula(number),
                dopant="Mg",
                log10_sigma_mean=-3.0,
                log10_sigma_sd=0.4,
                quantiles={"0.05": -3.7, "0.5": -3.0, "0.95": -2.3},
                acquisition=0.1,
                reason="expected -3.00 +- 0.40; nearest known Na3.4Zr1.8Mg0.2Si2PO12 (-2.9); 4 rows with Mg",
                batch=number // 4 + 1,
            )


def _train(lab: Any) -> None:
    """A model run that learned all but the newest results."""
    with lab.database.write(who="benchmark") as writer:
        taught = [row.analysis_id for row in writer.teaching_analyses()]
        writer.add_model_run(
            directory="0001",
            data_hash="0" * 64,
            settings={},
            metrics={},
            n_literature_rows=142,
            n_lab_rows=len(taught),
            seed=0,
            trigger="benchmark",
            lessons=dict.fromkeys(taught[:-100], 0.05),
        )


def _formula(number: int) -> str:
    amount = 0.01 * (1 + number % 40)
    return f"Na{3 + 2 * amount:.2f}Zr{2 - amount:.2f}Mg{amount:.2f}Si2PO12"


def _sample(writer: Any, number: int, lines: _Lines, n_spectra: int) -> None:
    """Add one sample, with as much of its life as its place among twenty says."""
    place = number % 20
    sample = writer.add_sample(_formula(number), suggestion=number // 3 + 1 if number % 3 == 0 else None)
    if place == 0:
        return
    writer.add_recipe(sample, lines.recipe(number))
    if place == 1:
        return
    writer.add_weighing(
        sample,
        masses_g={"Na2CO3": 1.0, "ZrO2": 2.0, "SiO2": 1.0, "NH4H2PO4": 1.0, "MgO": 0.1},
        weighed_formula=_formula(number),
        batched_formula=_formula(number),
        excess_fraction=0.1,
        operator="Kim",
    )
    if place == 2:
        return
    writer.add_firing(sample, step="calcination", temperature_c=900.0, hours=12.0)
    if place == 3:
        writer.set_sample_state(sample, "failed", "cracked")
        return
    pellet = writer.add_pellet(sample)
    geometry = writer.add_geometry(pellet, thickness_cm=0.127, electrode_diameter_cm=1.6, relative_density=0.93)
    if place == 4:
        return
    writer.add_firing(sample, step="sintering", temperature_c=1200.0, hours=12.0)
    for sweep in range(_SWEEPS_OF_A_PELLET):
        if lines.n_files < n_spectra - 50:
            verdict = "review" if place == _MEASURED_FROM else "accepted"
            made = lines.file(writer, pellet, geometry, lines.n_files, verdict)
            if place == _MEASURED_FROM + 1 and number % 1000 == place:
                writer.retract(made, reason=f"sweep {sweep}: wrong electrode")


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:4]))
