"""Files that people name: read within bounds, written whole or not at all."""

import os
import stat
import sys
from pathlib import Path

import pytest

from nasicon_loop.core import Refusal, read_bounded, refuse_as_target, write_whole, written_whole

posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes, devices and modes of POSIX")


def test_a_file_is_read_up_to_its_bound_and_not_beyond(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"12345")
    assert read_bounded(path, 5) == b"12345"
    with pytest.raises(Refusal, match=r"larger than 4 bytes \(5 bytes\); tables are not"):
        read_bounded(path, 4, advice="tables are not")
    with path.open("wb") as stream:
        stream.truncate(2**40)  # never read: the size says enough
    with pytest.raises(Refusal, match="larger than 5 MB"):
        read_bounded(path, 5_000_000)
    with pytest.raises(Refusal, match="larger than 200 MB"):
        read_bounded(path, 200 * 2**20)


@posix
def test_what_is_no_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for place, reason in {
        tmp_path: "a folder",
        tmp_path / "none": "no such file",
        tmp_path / "pipe": "pipe, socket or device",
        tmp_path / "link": "pipe, socket or device",
        Path("/dev/zero"): "pipe, socket or device",
        tmp_path / "a\0b": "not the name of a file",
    }.items():
        with pytest.raises(Refusal, match=reason) as refused:
            read_bounded(place, 10)
        assert str(refused.value).isprintable()
    with pytest.raises(OSError, match="symbolic links"):
        read_bounded(tmp_path / "circle", 10)
    with pytest.raises(Refusal, match="not followed"):
        read_bounded(tmp_path / "link", 10, follow_links=False)


def test_what_is_written_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.html"
    write_whole(path, b"first", make_parents=True)

    def write_half() -> None:
        with written_whole(path) as draft:
            draft.write_bytes(b"half of the sec")
            assert draft.suffix == ".html"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert path.read_bytes() == b"first"
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises(Refusal, match="cannot be written"):
        write_whole(path / "below a file", b"x", make_parents=True)
    with pytest.raises(Refusal, match="cannot be written"):
        write_whole(tmp_path / "no folder" / "a.html", b"x")


@posix
def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"first")
    with pytest.raises(Refusal, match="No space left on device"), written_whole(path):
        raise OSError(28, "No space left on device")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_links_are_followed_and_rights_stay(tmp_path: Path) -> None:
    path = tmp_path / "real.txt"
    path.write_bytes(b"first")
    path.chmod(0o640)
    (tmp_path / "link.txt").symlink_to(path)
    write_whole(tmp_path / "link.txt", b"second")
    assert (tmp_path / "link.txt").is_symlink()
    assert path.read_bytes() == b"second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@posix
def test_a_pipe_device_or_folder_is_no_place_for_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe", Path("/dev/null"), tmp_path / "a\0b"):
        with pytest.raises(Refusal):
            refuse_as_target(place)
        with pytest.raises(Refusal):
            write_whole(place, b"x")
    refuse_as_target(tmp_path / "free")
