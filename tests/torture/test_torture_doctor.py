"""A lab folder is broken in every way we know; the doctor names each, and what it prescribes mends it."""

import hashlib
import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

import instruments
from db.engines import resolved
from instruments import registry
from instruments.sim import xm_studio_csv
from nasicon_loop import predict
from nasicon_loop.cli.app import app
from nasicon_loop.lab import Symptom, examine
from nasicon_loop.lab.caring import back_up
from nasicon_loop.lab.folder import LabFolder
from nasicon_loop.lab.settings import load_settings
from nasicon_loop.predict import pretraining

RELEASE_0001 = Path(__file__).parents[1] / "db" / "data" / "release_0001.sql"
TINY = replace(predict.Settings.default(), n_members=2, n_trunks=1, n_epochs=1, n_pretraining_epochs=1, n_folds=2,
               n_trees=2, channels=(2, 2, 2), hidden=(8, 8, 8, 8, 8, 8))  # fmt: skip


@pytest.fixture(scope="module")
def healthy(workshop: Any) -> Path:
    """A lab with a measured sample, a model that learned from it, and a backup."""
    lab: Path = workshop.fresh()
    assert workshop.do("retraining", lab, 1)[0] == 0
    back_up(lab)
    return lab


@pytest.fixture
def lab(healthy: Path, copy_lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to break, with everything in its own folder."""
    monkeypatch.setattr(predict.Settings, "default", classmethod(lambda _: TINY))
    monkeypatch.setattr(pretraining, "N_MIXTURES", 50)
    monkeypatch.setenv("NASICON_MEASUREMENT_TEMPERATURE_C", "25")
    monkeypatch.setenv("NASICON_WATCH_SETTLE_SECONDS", "0")
    monkeypatch.setenv("NASICON_WATCH_PATIENCE_SECONDS", "0")
    monkeypatch.setenv("NASICON_TRAINING_RETRAIN_AFTER_N_RESULTS", "0")
    folder: Path = copy_lab(healthy, tmp_path / "my lab")
    monkeypatch.setenv("NASICON_LAB", str(folder))
    return folder


def bad(lab: Path) -> list[Symptom]:
    return [symptom for symptom in examine(lab) if not symptom.is_fine]


def sql(lab: Path, statement: str) -> None:
    """Change the database behind our back."""
    engine = sa.create_engine(resolved(load_settings(LabFolder(lab)).database_url(LabFolder(lab))))
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def sweep(seed: int) -> bytes:
    """One short sweep of a pellet."""
    frequency_hz = np.logspace(6, 0, 25)
    omega = 2 * np.pi * frequency_hz
    impedance = 30.31 + seed + 1 / (1j * omega * 2e-8 + 1 / (35.35 + 50.0 * (1 - 1j) / np.sqrt(omega)))
    return bytes(xm_studio_csv(frequency_hz, impedance, started_at=datetime(2024, 6, 20, tzinfo=UTC)))


def raw_file(lab: Path) -> Path:
    return next(path for path in (lab / "vault").rglob("*") if path.is_file())


def lose_a_folder(lab: Path) -> None:
    (lab / "reports").rmdir()


def lose_a_projection(lab: Path) -> None:
    sql(lab, "UPDATE file_state SET state = 'held'")


def lose_a_vault_file(lab: Path) -> None:
    raw_file(lab).unlink()


def change_a_vault_file(lab: Path) -> None:
    raw_file(lab).chmod(0o644)
    raw_file(lab).write_bytes(b"1,2,3\n")


def change_a_fact(lab: Path) -> None:
    sql(lab, "UPDATE sample SET note = 'better than it was'")


def damage_the_weights(lab: Path) -> None:
    for path in (lab / "models").glob("*/weights.safetensors"):
        path.write_bytes(path.read_bytes()[:-9])


def lose_the_models(lab: Path) -> None:
    shutil.rmtree(lab / "models")
    (lab / "models").mkdir()


def truncate_the_database(lab: Path) -> None:
    whole = (lab / "lab.db").read_bytes()
    (lab / "lab.db").write_bytes(whole[: len(whole) // 3])


def lose_the_database(lab: Path) -> None:
    (lab / "lab.db").unlink()


def age_the_schema(lab: Path) -> None:
    (lab / "lab.db").unlink()
    with closing(sqlite3.connect(lab / "lab.db")) as connection:
        connection.executescript(RELEASE_0001.read_text(encoding="utf-8"))


def let_files_wait(lab: Path) -> None:
    (lab / "inbox" / "a note.csv").write_bytes(b"milk\n")


def link_into_the_inbox(lab: Path) -> None:
    (lab.parent / "elsewhere.csv").write_bytes(b"elsewhere\n")
    (lab / "inbox" / "a link.csv").symlink_to(lab.parent / "elsewhere.csv")


def age_a_reading(lab: Path) -> None:
    sql(lab, "UPDATE reading SET reader_version = '0.0.1' WHERE id = 1")


def orphan_a_vault_file(lab: Path) -> None:
    # what a power cut between vault and database leaves, when the file is no longer in the inbox
    data = b"x,y\n"
    name = hashlib.sha256(data).hexdigest()
    (lab / "vault" / name[:2]).mkdir(exist_ok=True)
    (lab / "vault" / name[:2] / name).write_bytes(data)


@dataclass(frozen=True)
class Case:
    """A breakage, what the doctor calls it, and the command it must prescribe."""

    breaks: Callable[[Path], None]
    what: str
    remedy: str
    left: tuple[str, ...] = ()  # what is rightly still said after the remedy


OF_A_FILE = (truncate_the_database, lose_the_database, age_the_schema)
CASES = [
    Case(lose_a_folder, "folder reports/", "mkdir"),
    Case(lose_a_projection, "database: projection", "nasicon db check --repair"),
    Case(lose_a_vault_file, "database: vault missing", "nasicon import"),
    Case(change_a_vault_file, "database: vault changed", "nasicon import"),
    Case(orphan_a_vault_file, "database: vault orphan", "nasicon import"),
    Case(change_a_fact, "database: fact changed", "nasicon db restore"),
    Case(damage_the_weights, "model", "nasicon train"),
    Case(lose_the_models, "model", "nasicon train"),
    Case(truncate_the_database, "database", "nasicon db restore"),
    Case(lose_the_database, "database", "nasicon db restore"),
    Case(
        age_the_schema,
        "database",
        "nasicon db upgrade",
        ("database: vault missing", "database: vault orphan", "model", "watch"),
    ),
    Case(let_files_wait, "watch", "nasicon watch"),
    Case(link_into_the_inbox, "inbox", "cp -RL", ("watch",)),
    Case(age_a_reading, "readings", "nasicon fit --all --reanalyse", ("database: fact changed",)),
]


def take(remedy: str) -> None:
    """Do what the doctor prescribed, word for word."""
    words = shlex.split(remedy)
    if words == ["nasicon", "watch"]:
        words.append("--once")
    if "&&" in words:
        cut = words.index("&&")
        subprocess.run(words[:cut], check=True)
        words = words[cut + 1 :]
    if words[0] == "nasicon":
        result = CliRunner().invoke(app, words[1:])
        assert result.exit_code in (0, 1), result.output  # 1: a file was refused, and kept
    else:
        subprocess.run(words, check=True)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.breaks.__name__, marks=[pytest.mark.sqlite] if case.breaks in OF_A_FILE else [])
        for case in CASES
    ],
)
def test_the_doctor_names_it_and_the_remedy_mends_it(case: Case, lab: Path) -> None:
    assert bad(lab) == []
    case.breaks(lab)
    named = [symptom for symptom in bad(lab) if symptom.what == case.what]
    assert named
    for symptom in named:
        assert symptom.remedy.startswith(case.remedy)
        assert symptom.detail
    take(named[0].remedy)
    assert {symptom.what for symptom in bad(lab)} <= set(case.left)


def test_ten_at_once_are_all_named_and_the_remedies_mend_them(lab: Path) -> None:
    names = [f"NL-0002 {number}.csv" for number in range(3)]
    for number, name in enumerate(names):
        (lab / "inbox" / name).write_bytes(sweep(number))
    take("nasicon watch")
    back_up(lab)
    by_hash = {hashlib.sha256((lab / "inbox" / name).read_bytes()).hexdigest(): name for name in names}
    first, second, _ = sorted(by_hash)
    (lab / "vault" / first[:2] / first).unlink()
    (lab / "vault" / second[:2] / second).chmod(0o644)
    (lab / "vault" / second[:2] / second).write_bytes(b"flipped")
    (lab / "protocols").rmdir()
    others = (
        orphan_a_vault_file, lose_a_folder, lose_a_projection, change_a_fact, damage_the_weights, let_files_wait,
        link_into_the_inbox, set_the_clock_back,
    )  # fmt: skip
    for breaks in others:
        breaks(lab)
    named = {(symptom.what, symptom.remedy.partition(" '")[0]) for symptom in bad(lab)}
    assert named >= {
        ("folder protocols/", "mkdir"),
        ("folder reports/", "mkdir"),
        ("database: projection", "nasicon db check --repair"),
        ("database: vault missing", "nasicon import"),
        ("database: vault changed", "nasicon import"),
        ("database: vault orphan", "nasicon import"),
        ("database: fact changed", "nasicon db restore"),
        ("clock", "timedatectl set-ntp true"),
        ("model", "nasicon train"),
        ("watch", "nasicon watch"),
        ("inbox", "cp -RL"),
    }
    vault = [symptom for symptom in bad(lab) if symptom.what.startswith("database: vault")]
    for sha256 in (first, second):
        assert any(symptom.remedy == f"nasicon import '{lab / 'inbox' / by_hash[sha256]}'" for symptom in vault)
    for _ in range(20):
        left = [symptom for symptom in bad(lab) if symptom.what != "clock"]
        if not left:
            break
        take(left[0].remedy)
    assert [symptom for symptom in bad(lab) if symptom.what != "clock"] == []


def test_a_newer_schema_wants_a_newer_program(lab: Path) -> None:
    sql(lab, "UPDATE alembic_version SET version_num = '9999'")
    (symptom,) = bad(lab)
    assert (symptom.what, symptom.remedy) == ("database", "pip install --upgrade nasicon_loop")
    assert "9999" in symptom.detail


def test_an_unknown_key_in_the_settings(lab: Path) -> None:
    toml = lab / "lab.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("settle_seconds", "setle_seconds"), encoding="utf-8")
    (symptom,) = bad(lab)
    assert symptom.what == "lab.toml"
    assert "[watch] setle_seconds: unknown key" in symptom.detail
    assert str(toml) in symptom.remedy
    toml.write_text(text, encoding="utf-8")
    assert bad(lab) == []


def set_the_clock_back(lab: Path) -> None:
    sql(lab, "UPDATE journal SET at = '2099-01-01 00:00:00.000000' WHERE id = (SELECT max(id) FROM journal)")


def test_a_clock_that_was_set_back(lab: Path) -> None:
    set_the_clock_back(lab)
    (symptom,) = bad(lab)
    assert (symptom.what, symptom.remedy) == ("clock", "timedatectl set-ntp true")


def test_a_plug_in_that_does_not_load(lab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    (site / "odd_reader-1.dist-info").mkdir(parents=True)
    (site / "odd_reader-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-reader\nVersion: 1\n")
    (site / "odd_reader-1.dist-info" / "entry_points.txt").write_text(
        "[nasicon_loop.readers]\nodd = odd_reader:READER\n"
    )
    (site / "odd_reader.py").write_text("import no_such_package\n")
    monkeypatch.syspath_prepend(str(site))
    registry._resolved.cache_clear()
    try:
        (symptom,) = bad(lab)
        assert symptom.what == "reader plug-in odd"
        assert "no_such_package" in symptom.detail
        assert "pip uninstall odd_reader" in symptom.remedy
        assert len(instruments.available_readers()) > 5
    finally:
        registry._resolved.cache_clear()


def test_another_package_named_db(lab: Path, tmp_path: Path) -> None:
    (tmp_path / "other" / "db").mkdir(parents=True)
    (tmp_path / "other" / "db" / "__init__.py").write_text("def open(): ...\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "other")}
    done = subprocess.run(
        [sys.executable, "-m", "nasicon_loop.cli", "doctor", "--json"],
        env=environment, capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    said = {one["what"]: one for one in json.loads(done.stdout)}
    assert done.returncode == 1
    assert not said["package db"]["is_fine"]
    assert str(tmp_path / "other") in said["package db"]["detail"]
    assert "unset PYTHONPATH" in said["package db"]["remedy"]
    assert said["package recipes"]["is_fine"]


def test_a_server_that_does_not_answer(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pg8000")
    monkeypatch.setenv("NASICON_DATABASE_URL", "postgresql://lab@127.0.0.1:1/lab")
    (symptom,) = bad(lab)
    assert symptom.what == "database"
    assert "does not answer" in symptom.detail
    assert "start the PostgreSQL server" in symptom.remedy
