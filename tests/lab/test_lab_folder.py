"""Making and finding a lab folder, and the locks in it."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.lab import locking
from nasicon_loop.lab.context import opened
from nasicon_loop.lab.folder import LabFolder, find, init
from nasicon_loop.lab.locking import exclusive, is_held
from nasicon_loop.lab.settings import load_settings


def test_a_new_lab_can_be_opened(tmp_path: Path) -> None:
    folder = init(tmp_path / "my lab", name="NASICON group", label_prefix="AB")
    assert sorted(path.name for path in folder.path.iterdir() if path.is_dir()) == [
        "inbox", "logs", "models", "protocols", "reports", "vault",
    ]  # fmt: skip
    assert load_settings(folder).lab.name == "NASICON group"
    with opened(folder.path, who="Ada") as lab, lab.database.write(who=lab.who) as writer:
        assert writer.add_sample("Na3Zr2Si2PO12").label == "AB-0001"


def test_init_works_in_an_empty_folder_and_after_an_interruption(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    folder = init(tmp_path, name="one")
    folder.toml.unlink()  # as when it was killed right before the last step
    with pytest.raises(Refusal, match="begin it so again"):
        init(tmp_path, name="two")
    assert init(tmp_path, name="one").toml.is_file()


def test_init_never_touches_a_lab_nor_a_folder_of_somebody(tmp_path: Path) -> None:
    folder = init(tmp_path / "a")
    before = folder.toml.read_bytes(), folder.database.read_bytes()
    with pytest.raises(Refusal, match="is a lab already"):
        init(tmp_path / "a", name="other")
    assert (folder.toml.read_bytes(), folder.database.read_bytes()) == before
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.docx").touch()
    with pytest.raises(Refusal, match="is not empty"):
        init(tmp_path / "b")
    (tmp_path / "c").touch()
    with pytest.raises(Refusal, match="is a file"):
        init(tmp_path / "c")
    with pytest.raises(Refusal, match="label_prefix"):
        init(tmp_path / "d", label_prefix="N L")
    assert not (tmp_path / "d").exists()


def test_a_lab_is_found_by_flag_then_variable_then_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (init(tmp_path / name) for name in ("first", "second", "third"))
    deep = third.inbox / "2024" / "june"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    monkeypatch.delenv("NASICON_LAB", raising=False)
    assert find().path == third.path
    monkeypatch.setenv("NASICON_LAB", str(second.path))
    assert find().path == second.path
    assert find(first.path).path == first.path
    with pytest.raises(Refusal, match=r"not a lab folder \(--lab\).*nasicon init"):
        find(tmp_path)
    monkeypatch.setenv("NASICON_LAB", str(tmp_path))
    with pytest.raises(Refusal, match=r"not a lab folder \(NASICON_LAB\)"):
        find()
    monkeypatch.delenv("NASICON_LAB")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refusal, match="no lab here or above"):
        find()


def test_paths_in_the_lab_are_written_so_that_the_lab_can_move(tmp_path: Path) -> None:
    folder = LabFolder(tmp_path / "lab")
    assert folder.portable(folder.inbox / "a" / "b.csv") == "inbox/a/b.csv"
    assert folder.portable(tmp_path / "b.csv") == (tmp_path / "b.csv").as_posix()


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "watch.lock"
    assert not is_held(path)
    with exclusive(path, "taken"):
        assert is_held(path)
        with pytest.raises(Refusal, match="taken"), exclusive(path, "taken"):
            pass
    assert not is_held(path)
    with exclusive(path, "taken"):
        pass


def test_whoever_only_looks_takes_the_lock_from_nobody(tmp_path: Path) -> None:
    path = tmp_path / "watch.lock"
    with path.open("w") as looker:
        assert locking._try_lock(looker.fileno(), is_glance=True)
        assert not is_held(path)
        end = threading.Timer(0.05, locking._unlock, [looker.fileno()])
        end.start()
        with exclusive(path, "taken"):
            assert is_held(path)
        end.join()
    assert not is_held(path)


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "watch.lock"
    code = (
        "import sys, time; from pathlib import Path; from nasicon_loop.lab.locking import exclusive\n"
        "with exclusive(Path(sys.argv[1]), 'taken'): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        assert is_held(path)
        holder.kill()
    deadline = time.monotonic() + 30
    while is_held(path) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_held(path)
