"""A database of each kind, and a story that fills one."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

import db

_labs = count(1)


@pytest.fixture(scope="session")
def fresh_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with nothing in it, made once and copied often."""
    path = tmp_path_factory.mktemp("fresh") / "lab.db"
    db.create(path, "Lab").close()
    return path


@pytest.fixture
def lite(fresh_lab: Path, tmp_path: Path) -> Iterator[db.Database]:
    """A fresh SQLite database."""
    with db.open(shutil.copy(fresh_lab, tmp_path / "lab.db")) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[db.Database]:
    """A fresh lab: an SQLite file of its own, or a lab among others on the PostgreSQL server."""
    if request.param == "sqlite":
        yield request.getfixturevalue("lite")
        return
    with db.create(f"{request.getfixturevalue('postgres_server')}/postgres", f"Lab {next(_labs)}") as opened:
        yield opened


@dataclass
class Story:
    """What `tell` wrote."""

    run: db.ModelRun
    suggestion: db.Suggestion
    sample: db.Sample
    pellet: db.Pellet
    geometry: db.PelletGeometry
    file: db.RawFile
    spectrum: db.StoredSpectrum
    analysis: db.StoredAnalysis
    second_run: db.ModelRun
    content: bytes


def _at_the_bench(writer: db.Writer, sample: db.Sample, pellet: db.Pellet) -> None:
    """One of each fact that version 0002 brought."""
    lot = writer.add_lot("ZrO2", lot_number="Z-12", amount_g=100.0, assay=0.99, opened_on="2026-11-01")
    writer.add_lot_event(lot, "fired", on_date="2026-11-20")
    writer.add_weighing_entry(sample, "ZrO2", 3.781, lot=lot, operator="Ada")
    recipe = writer.recipe(sample)
    if recipe is not None:
        writer.sign_recipe(recipe, who="Ada")
    writer.add_deviation(sample, "milled 2 h", who="Ada", recipe=recipe)
    load = writer.add_load(
        "sintering", [db.Place(sample.id, "1", "own lid")], program={"top_c": 1220.0}, set_temperature_c=1225.0,
        hours=24.0, offset_c=-5.0, calibrated_on="2026-10-01", without_reference="first load",
    )  # fmt: skip
    writer.add_firing(
        sample, "sintering", temperature_c=1220.0, hours=24.0, furnace_load=load, set_temperature_c=1225.0
    )
    writer.add_phase(pellet, "R-3c", second_phases={"ZrO2": 0.035}, who="Ada")
    writer.add_quality("polarisation", {"current_a": 2e-9}, files={}, pellet=pellet, who="Ada")


@pytest.fixture
def tell() -> Callable[[db.Database, Path | None], Story]:
    """A function that takes a lab once round the ring, and puts the file's bytes into a vault."""

    def told(database: db.Database, vault: Path | None = None) -> Story:
        content = b"Frequency,Z\n1,2\n"
        sha256 = hashlib.sha256(content).hexdigest()
        with database.write(who="nasicon train") as writer:
            run = writer.add_model_run(
                directory="models/1", data_hash="d1", settings={"epochs": 3}, metrics={"mae": 0.4},
                n_literature_rows=1, n_lab_rows=0, seed=7, trigger="command",
            )  # fmt: skip
            suggestion = writer.add_suggestion(
                model_run=run, formula="Na3.4Zr1.8Mg0.2Si2PO12", dopant="Mg", log10_sigma_mean=-3.1,
                log10_sigma_sd=0.4, quantiles={"0.05": -3.8, "0.95": -2.5}, acquisition=0.2,
                reason="near the best", batch=writer.next_batch(),
            )  # fmt: skip
            writer.add_predictions(run, {suggestion.formula: (-3.1, 0.4), "Na3Zr2Si2PO12": (-3.5, 0.2)})
            writer.add_literature(
                [
                    db.LiteratureEntry(
                        formula="Na3Zr2Si2PO12", mobile_ion="Na", sigma_s_cm=6.7e-4, temperature_c=25.0,
                        kind="total", source="Hong 1976", dataset="shipped",
                    )
                ]
            )  # fmt: skip
        with database.write(who="Ada") as writer:
            sample = writer.add_sample(suggestion.formula, suggestion=suggestion, note="first")
            writer.add_recipe(sample, {"precursors": [{"name": "ZrO2", "mass_g": 3.78}]})
            writer.add_weighing(
                sample, masses_g={"ZrO2": 3.781}, weighed_formula="Na3.41Zr1.8Mg0.2Si2PO12",
                batched_formula="Na3.8Zr1.8Mg0.2Si2P1.1O12.4", excess_fraction=0.15, operator="Ada",
            )  # fmt: skip
            writer.add_firing(sample, "calcination", temperature_c=1100.0, hours=12.0)
            writer.add_firing(sample, "sintering", temperature_c=1220.0, hours=24.0)
            pellet = writer.add_pellet(sample)
            _at_the_bench(writer, sample, pellet)
        if vault is not None:
            (vault / sha256[:2]).mkdir(parents=True)
            (vault / sha256[:2] / sha256).write_bytes(content)
        with database.write(who="nasicon import") as writer:
            raw, _ = writer.add_file(
                sha256, size_bytes=len(content), name="NL-0001_a.csv", numbers_sha256="n1", reader="xm_studio",
                reader_version="1",
            )  # fmt: skip
            writer.add_sighting(raw, "/inbox/NL-0001_a.csv", mtime_ns=10**18, size_bytes=len(content))
            spectrum = writer.add_spectrum(
                raw, 1, frequency_hz=[1e5, 1e3, 10.0], impedance_ohm=[90 - 1j, 100 - 20j, 110 - 300j],
                metadata={"n_sweeps": 1}, temperature_c=25.0, temperature_c_sd=1.0, temperature_source="command",
            )  # fmt: skip
            writer.assign(raw, pellet=pellet, how="file name")
            geometry = writer.add_geometry(pellet, thickness_cm=0.112, electrode_diameter_cm=1.6, mass_g=0.598)
            analysis = writer.add_analysis(
                spectrum, engine_version="1", verdict="accepted", reasons=["good"], document={"chi2": 1e-4},
                geometry=geometry, r_total_ohm=58.0, r_total_ohm_sd=0.3, sigma_total_s_cm=9.6e-4,
                sigma_total_s_cm_sd=2e-5, sigma_25_s_cm=9.6e-4, sigma_25_s_cm_sd=2e-5, temperature_c=25.0, kk_rms=1e-3,
            )  # fmt: skip
            second = writer.add_model_run(
                directory="models/2", data_hash="d2", settings={"epochs": 3}, metrics={"mae": 0.3},
                n_literature_rows=1, n_lab_rows=1, seed=7, trigger="automatic", lessons={analysis.id: 0.05},
            )  # fmt: skip
        return Story(run, suggestion, sample, pellet, geometry, raw, spectrum, analysis, second, content)

    return told


@pytest.fixture
def spawn(tmp_path: Path) -> Callable[..., "subprocess.Popen[str]"]:
    """A function that runs a Python text in a process of its own."""
    numbers = count(1)

    def started(text: str, *arguments: object) -> "subprocess.Popen[str]":
        script = tmp_path / f"script{next(numbers)}.py"
        script.write_text(text, encoding="utf-8")
        command = [sys.executable, "-W", "error", str(script), *map(str, arguments)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    return started
