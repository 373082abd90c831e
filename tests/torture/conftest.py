"""The workshop as a child process, and labs to work in."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import db
from db.engines import resolved
from nasicon_loop.lab.caring import copy_database
from nasicon_loop.lab.context import opened
from nasicon_loop.lab.folder import init

_numbers = count(1)


@dataclass
class Workshop:
    """The child process, and a prepared lab that is copied for each order."""

    process: "subprocess.Popen[str]"
    folder: Path
    prepared: Path
    copy: Callable[[Path, Path], Path]

    def fresh(self) -> Path:
        """Return a copy of the prepared lab."""
        return self.copy(self.prepared, self.folder / f"lab{next(_numbers)}")

    def warm(self, *seeds: int) -> None:
        """Let the child load what is loaded on first use, and do the fits of these seeds, in labs thrown away."""
        for seed in seeds:
            assert self.ask(story="warm", lab=str(self.fresh()), seed=seed) == 0

    def ask(self, **order: Any) -> int:
        """Give an order and return what it gave."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def do(self, story: str, lab: Path, seed: int, at: tuple[str, str, int] | None = None) -> tuple[int, list[str]]:
        """Do a story in a lab; return the exit code (-9 when it was killed) and the points that were passed."""
        log = self.folder / f"points{next(_numbers)}"
        code = self.ask(story=story, lab=str(lab), seed=seed, log=str(log), at=at)
        error = log.with_name(log.name + ".error")
        assert code in (0, -9), error.read_text() if error.exists() else code
        return code, log.read_text().splitlines() if log.exists() else []


@pytest.fixture(scope="session")
def workshop(keep_lab: Callable[[Path, Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """The child, loaded once."""
    folder = tmp_path_factory.mktemp("workshop")
    prepared = init(folder / "prepared").path
    script = Path(__file__).with_name("workshop.py")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        shop = Workshop(process, folder, prepared, keep_lab)
        assert shop.do("prepare", prepared, 0)[0] == 0
        yield shop
        assert process.stdin is not None
        process.stdin.close()


def move_to(server: str, folder: Path) -> Path:
    """Move a lab folder's database to PostgreSQL, as a user would, to one of its own."""
    name = f"torture{os.getpid()}_{next(_numbers)}"
    admin = sa.create_engine(resolved(f"{server}/postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    admin.dispose()
    url = f"{server}/{name}"
    copy_database(str(folder), url)
    (folder / "lab.db").unlink()
    toml = folder / "lab.toml"
    text = toml.read_text(encoding="utf-8")
    assert 'url = ""' in text
    toml.write_text(text.replace('url = ""', f'url = "{url}"'), encoding="utf-8")
    return folder


@pytest.fixture
def on_server(postgres_server: str) -> Callable[[Path], Path]:
    """A function that moves a lab folder's database to PostgreSQL."""
    return lambda folder: move_to(postgres_server, folder)


@pytest.fixture
def on_own_server(own_cluster: Any) -> Callable[[Path], Path]:
    """The same, to a cluster that the test may stop and start."""
    return lambda folder: move_to(own_cluster.url, folder)


@pytest.fixture
def summary() -> Callable[[Path], dict[str, Any]]:
    """A function that says all that a lab holds, without ids and times, after proving it sound."""
    return _summary


def _summary(folder: Path) -> dict[str, Any]:
    with opened(folder, who="summary") as lab:
        assert [str(finding) for finding in db.check(lab.database, lab.folder.vault)] == []
        vault = lab.folder.open_vault()
        vault.sweep(-1.0)
        with lab.database.read() as reader:
            files = sorted(_file(reader, file) for file in reader.files())
            kept = [path.name for path in lab.folder.vault.rglob("*") if path.is_file()]
            assert sorted(kept) == sorted(file.sha256 for file in reader.files())
            samples = [_sample(reader, sample) for sample in reader.samples()]
            runs = reader.model_runs()
            lessons = [[lesson.analysis_id for lesson in reader.lessons(run)] for run in runs]
            models = {path.name for path in lab.folder.models.iterdir()}
            assert {run.directory for run in runs} <= models
            assert not [name for name in models if name.startswith(".")]
        return {
            "files": files,
            "samples": samples,
            "lessons": [len(one) for one in lessons],
        }


def _file(reader: db.Reader, file: db.RawFile) -> tuple[Any, ...]:
    spectra = reader.spectra(file)
    analyses = [reader.analyses(spectrum, with_document=False) for spectrum in spectra]
    said = [(one.verdict, one.sigma_total_s_cm, len(reader.retractions(one))) for found in analyses for one in found]
    assignment = reader.assignment(file)
    owner = None if assignment is None else (assignment.sample_id, assignment.pellet_id)
    return file.name, file.sha256, reader.file_state(file), str(owner), len(spectra), str(said)


def _sample(reader: db.Reader, sample: db.Sample) -> tuple[Any, ...]:
    entries = [(entry.precursor, entry.mass_g) for entry in reader.weighing_entries(sample)]
    weighed = [one.weighed_formula for one in reader.weighings(sample)]
    fired = [(one.step, one.temperature_c, one.hours) for one in reader.firings(sample)]
    notes = [one.text for one in reader.deviations(sample)]
    return sample.label, reader.sample_state(sample), entries, weighed, fired, notes
