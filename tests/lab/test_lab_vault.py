"""Raw files stay what they were."""

import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.lab.vault import Vault, read_bounded


def test_bytes_come_back_under_their_hash(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    data = b"Time (s), Voltage (V)\r\n"
    sha256 = vault.add(data)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert vault.read_bytes(sha256) == data
    assert vault.file(sha256) == tmp_path / sha256[:2] / sha256
    assert vault.add(data) == sha256
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [sha256]


def test_many_at_once_keep_one(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    threads = [threading.Thread(target=vault.add, args=(b"same",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_changed_or_missing_file_is_refused_and_mended_by_adding_again(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    sha256 = vault.add(b"1234")
    vault.file(sha256).chmod(0o644)
    vault.file(sha256).write_bytes(b"1235")
    with pytest.raises(Refusal, match="was changed"):
        vault.read_bytes(sha256)
    vault.add(b"1234")
    assert vault.read_bytes(sha256) == b"1234"
    vault.file(sha256).unlink()
    with pytest.raises(Refusal, match="does not give the file back"):
        vault.read_bytes(sha256)


@pytest.mark.parametrize("text", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_only_a_hash_names_a_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refusal, match="not a SHA-256"):
        Vault(tmp_path).file(text)


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    sha256 = vault.add(b"kept")
    old, young = vault.file(sha256).with_name(".partial-a"), vault.file(sha256).with_name(".partial-b")
    old.write_bytes(b"x")
    young.write_bytes(b"x")
    os.utime(old, (time.time() - 7200,) * 2)
    assert vault.sweep() == 1
    assert young.exists()
    assert vault.read_bytes(sha256) == b"kept"


def test_reading_is_bounded_and_follows_no_link(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"12345")
    assert read_bounded(path, limit=5) == b"12345"
    with pytest.raises(Refusal, match="larger"):
        read_bounded(path, limit=4)
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    with pytest.raises(Refusal, match="symbolic link"):
        read_bounded(link)
    with pytest.raises(Refusal, match="no such file"):
        read_bounded(tmp_path / "b.csv")
    with pytest.raises(Refusal, match="not a file"):
        read_bounded(tmp_path)
