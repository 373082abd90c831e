"""Several labs in one PostgreSQL database, with folders of their own: each imports, signs and checks only its own."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import db
from db.engines import resolved
from nasicon_loop import lab as ways
from nasicon_loop.core import Refusal
from nasicon_loop.lab.context import Lab, opened
from nasicon_loop.lab.folder import init
from nasicon_loop.lab.scan import scan_once

FLAGS: dict[str, Any] = {"watch.settle_seconds": 0.0, "watch.patience_seconds": 0.0, "measurement.temperature_c": 25.0}
N_LABS = 3
_numbers = count(1)


@pytest.fixture
def url(postgres_server: str) -> str:
    """An empty database."""
    name = f"shared{os.getpid()}_{next(_numbers)}"
    admin = sa.create_engine(resolved(f"{postgres_server}/postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return f"{postgres_server}/{name}"


@pytest.fixture
def labs(url: str, tmp_path: Path) -> Iterator[list[Lab]]:
    """Three labs in it."""
    with ExitStack() as stack:
        folders = [init(tmp_path / f"{n}", f"Lab {n}", "NL", url).path for n in range(N_LABS)]
        yield [stack.enter_context(opened(folder, flags=FLAGS, who=f"person {n}")) for n, folder in enumerate(folders)]


def test_each_lab_has_its_own(labs: list[Lab], bench: Any) -> None:
    """The same labels, the same bytes, numbers from one; and what one takes back the others keep."""

    def work(n: int, lab: Lab) -> None:
        for number in range(n + 1):
            label = ways.new_sample(lab, "Na3.36Zr1.92Cu0.08Si2.2P0.8O12").label
            ways.new_pellet(lab, label, ways.Dimensions(thickness_cm=0.127, electrode_diameter_cm=1.6))
            (lab.folder.inbox / f"{label}.csv").write_bytes(bench.csv(seed=number))
            scan_once(lab)

    threads = [threading.Thread(target=work, args=(n, lab)) for n, lab in enumerate(labs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n, lab in enumerate(labs):
        with lab.database.read() as reader:
            assert [sample.label for sample in reader.samples()] == [f"NL-{k:04}" for k in range(1, n + 2)]
            assert len(reader.teaching_analyses()) == len(reader.files()) == n + 1
            assert {line.who for line in reader.journal(limit=None)} == {f"person {n}"}
        assert db.check(lab.database, lab.folder.vault) == []
        assert len(ways.board(lab)) == n + 1
    with labs[0].database.read() as reader:
        (mine,) = reader.teaching_analyses()
    ways.retract_analysis(labs[0], mine.analysis_id, reason="wrong pellet")
    with pytest.raises(Refusal):
        ways.retract_analysis(labs[1], mine.analysis_id, reason="not ours")
    teaching = []
    for lab in labs:
        with lab.database.read() as reader:
            teaching.append(len(reader.teaching_analyses()))
    assert teaching == [0, 2, 3]


def test_one_lab_goes_back_to_its_backup_and_the_others_stay(labs: list[Lab], tmp_path: Path) -> None:
    for lab in labs:
        ways.new_sample(lab, "Na3Zr2Si2PO12")
    backup = ways.back_up(labs[0].folder.path, verify=True)
    for lab in labs:
        ways.new_sample(lab, "Na3Zr2Si2PO12")
    with pytest.raises(Refusal, match="a backup of the lab 'Lab 0', and this one is 'Lab 1'"):
        ways.restore_backup(labs[1].folder.path, backup)
    kept = ways.restore_backup(labs[0].folder.path, backup, verify=True)
    assert str(kept).startswith("Lab 0 (until ")
    found = []
    for lab in labs:
        with opened(lab.folder.path, who="after") as again, again.database.read() as reader:
            found.append(len(reader.samples()))
            assert db.check(again.database, again.folder.vault) == []
    assert found == [1, 2, 2]


def test_a_name_that_is_taken_is_refused_and_nothing_is_made(labs: list[Lab], url: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="there is a lab 'Lab 1' in this database already"):
        init(tmp_path / "again", "Lab 1", "NL", url)
    assert not (tmp_path / "again" / "lab.toml").exists()
