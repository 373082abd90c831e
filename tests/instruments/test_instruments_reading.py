"""From paths and registries to readers: what happens at the edge."""

import os
from datetime import UTC, datetime
from importlib.metadata import EntryPoint

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from instruments import UnreadableFile, available_readers, broken_readers, numbers_sha256, read, read_bytes, reading
from instruments.registry import BUILT_IN, GROUP, Reader, resolve
from instruments.sim import smart_csv, xm_native_data, xm_studio_csv, zplot_text
from instruments.spectrum import Spectrum

F = np.logspace(6, 0, 25)
Z = 30 + 50 / (1 + 2j * np.pi * F * 50e-6)
XM = xm_studio_csv(F, Z, started_at=datetime(2024, 1, 15, 10, tzinfo=UTC))


def refusal(path):
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    assert caught.value.where == str(path)
    assert "\n" not in str(caught.value)
    return caught.value.reason


def test_a_file_is_read_whatever_it_is_called(tmp_path):
    for name in ("NL-0001.csv", "noextension", "a.z", "ünï cödé; (2).txt"):
        path = tmp_path / name
        path.write_bytes(XM)
        (spectrum,) = read(path)
        assert spectrum.metadata["name"] == name
        assert spectrum.metadata["reader"] == "xm_studio"
    assert read(str(path)) == [spectrum]


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real.csv").write_bytes(XM)
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert read(tmp_path / "link.csv")[0].n_points == 25


def test_folders_missing_files_pipes_and_odd_names_are_refused(tmp_path):
    assert "folder" in refusal(tmp_path)
    assert "does not exist" in refusal(tmp_path / "no.csv")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    assert "does not exist" in refusal(tmp_path / "dangling")
    os.mkfifo(tmp_path / "pipe")
    assert "pipe" in refusal(tmp_path / "pipe")
    (tmp_path / "empty.csv").touch()
    assert "0 bytes" in refusal(tmp_path / "empty.csv")
    assert "cannot be opened" in refusal(str(tmp_path / "a\0b"))


def test_a_file_that_goes_on_and_on_is_refused_by_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    (tmp_path / "big.csv").write_bytes(XM)
    assert "more than" in refusal(tmp_path / "big.csv")
    with pytest.raises(UnreadableFile, match="more than"):
        read_bytes(XM)
    monkeypatch.undo()
    monkeypatch.setattr(reading, "MAX_LINES", 20)
    with pytest.raises(UnreadableFile, match="lines, more than 20"):
        read_bytes(XM)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"PK\x03\x04rest", "Excel"),
        (b"PK\x03\x04 [Content_Types].xml", "damaged or unusual Excel"),
        (b"\xd0\xcf\x11\xe0", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"BIO-LOGIC MODULAR FILE\x1a", r"\.mpr"),
        (b"SMaRT_Data\0\0", "SMaRT"),
        (b"SQLite format 3\0", "database"),
        (b"\0\1\2\3 anything", "binary file"),
        (b"   \r\n \r\n", "blank lines"),
        (b"Dear diary,\ntoday we sintered.\n", "no reader knows"),
        (b"1e6,30,-1\n1e5,31,-2\n", r"no heading.*3 columns.*Frequency \(Hz\)"),
        (b"1e6 30 -1\n1e5 31 -2\n", "no heading.*3 columns"),
    ],
)
def test_what_is_often_dropped_by_mistake_is_named(head, words):
    with pytest.raises(UnreadableFile, match=words):
        read_bytes(head)


def test_the_readers_found_are_the_built_in_ones_and_none_is_broken():
    assert {reader.name for reader in available_readers()} >= set(BUILT_IN)
    assert broken_readers() == ()


def test_without_package_metadata_the_built_in_readers_are_there():
    loaded, broken = resolve([])
    assert {reader.name for reader in loaded} == set(BUILT_IN)
    assert broken == ()


def test_a_broken_plug_in_is_reported_and_the_others_still_read():
    plugins = [
        EntryPoint("gone", "no_such_module:READER", GROUP),
        EntryPoint("wrong", "instruments.spectrum:Spectrum", GROUP),
        EntryPoint("nameless", "instruments.errors:NOTHING", GROUP),
        EntryPoint("zplot", "instruments.readers.smart:READER", GROUP),
    ]
    loaded, broken = resolve(plugins)
    assert {reader.name for reader in loaded} == set(BUILT_IN)
    reasons = {problem.name: problem.reason for problem in broken}
    assert "no_such_module" in reasons["gone"]
    assert "claims" in reasons["wrong"]
    assert "NOTHING" in reasons["nameless"]
    assert "taken" in reasons["zplot"]


class Pretender:
    """Claims everything that begins with F."""

    def __init__(self, name: str) -> None:
        self.name, self.version = name, "9"

    def claims(self, head: bytes) -> bool:
        return head.startswith(b"F")

    def read(self, data: bytes) -> list[Spectrum]:
        return [Spectrum(F, Z)]


def test_a_specific_reader_goes_before_the_generic_one_and_two_specific_ones_are_an_error(monkeypatch):
    data = b"Frequency (Hz), Z' (Ohm), Z'' (Ohm)\n" + b"".join(b"%d, 1, -1\n" % k for k in range(1, 9))
    assert isinstance(Pretender("p"), Reader)
    assert read_bytes(data)[0].metadata["reader"] == "delimited"
    monkeypatch.setattr(reading, "available_readers", lambda: (*available_readers(), Pretender("p")))
    assert read_bytes(data)[0].metadata["reader"] == "p"
    monkeypatch.setattr(reading, "available_readers", lambda: (Pretender("p"), Pretender("q")))
    with pytest.raises(UnreadableFile, match=r"several readers \(p, q\)"):
        read_bytes(data)


def test_no_two_specific_readers_claim_what_our_writers_write():
    for data in (
        XM,
        zplot_text(F, Z),
        zplot_text(F, Z, layout="short"),
        zplot_text(F, Z, layout="bare"),
        smart_csv(F, Z),
        xm_native_data(F, Z),
    ):
        claimants = [r.name for r in available_readers() if r.claims(data) and not getattr(r, "is_generic", False)]
        assert len(claimants) == 1, claimants


def attempt(data):
    outcome: object
    try:
        outcome = numbers_sha256(read_bytes(data, "fuzz"))
    except UnreadableFile as refusal:
        outcome = refusal.reason
    assert outcome
    assert "\n" not in str(outcome)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000))
@example(b"\xff\xfe")
@example(b"\xff\xfeE\x00x")
@example(b"Experiment:")
@example(b"Experiment:, \nTime (s)")
@example(b"ZPLOT2 ASCII")
@example(b"Exported SMaRT Impedance Data\nResult Number")
@example(b"f;Z';Z''\n")
@example("f;Z';Z''\n٣;1;2\n".encode())
def test_arbitrary_bytes_give_spectra_or_a_reason(data):
    attempt(data)


@settings(max_examples=200, deadline=None)
@given(
    start=st.sampled_from(
        [XM, zplot_text(F, Z), zplot_text(F, Z, layout="bare"), smart_csv(F, Z), xm_native_data(F, Z)]
    ),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 20), st.binary(max_size=8)), max_size=4),
    cut=st.integers(0, 6000),
)
def test_damaged_files_give_spectra_or_a_reason(start, changes, cut):
    data = bytearray(start)
    for place, length, new in changes:
        data[place : place + length] = new
    attempt(bytes(data[:cut]))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="fZ'\"zReIm()|/-Ohm kMHz[],;\t\n .0123456789eE+-#%°", max_size=300))
def test_text_that_looks_like_headings_gives_spectra_or_a_reason(text):
    attempt(("Freq (Hz),Z' (Ohm),Z'' (Ohm)\n" + text).encode())
    attempt(text.encode())
