"""Files that want more than to be read: links, devices, bombs, code in places where code was run elsewhere."""

import contextlib
import io
import json
import os
import pickle
import stat
import sys
import zipfile
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from instruments import UnreadableFile, read_bytes
from instruments.readers import xlsx
from instruments.run_folder import about
from nasicon_loop.chemistry import Composition, FormulaError, cif, composition_of_cif
from nasicon_loop.core import Refusal
from nasicon_loop.eis import Analysis, analyse, paper_spectrum
from nasicon_loop.lab import import_data, import_files
from nasicon_loop.lab.context import Lab, opened
from nasicon_loop.lab.folder import init
from nasicon_loop.lab.scan import scan_once
from nasicon_loop.predict import load
from nasicon_loop.predict.ensemble import Balance

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and modes of POSIX")
CODE = "[x for x in ().__class__.__base__.__subclasses__()][0]('touch owned')"


@posix
def test_links_in_the_inbox_lead_nowhere(lab: Lab, tmp_path: Path, sweep: bytes) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_bytes(sweep)
    (lab.folder.inbox / "file.csv").symlink_to(outside / "secret.csv")
    (lab.folder.inbox / "folder").symlink_to(outside, target_is_directory=True)
    (lab.folder.inbox / "loop").symlink_to(lab.folder.inbox, target_is_directory=True)
    (lab.folder.inbox / "password.csv").symlink_to("/etc/passwd")
    report = scan_once(lab)
    assert (report.results, report.n_files) == ((), 0)
    assert not list(lab.folder.vault.glob("*/*"))
    named = import_files(lab, [lab.folder.inbox / "password.csv"])[0]
    assert named.state == "refused"
    assert "symbolic link" in (named.refusal or "")


@posix
def test_pipes_and_devices_neither_hang_nor_fill_the_vault(lab: Lab) -> None:
    os.mkfifo(lab.folder.inbox / "pipe.csv")
    assert scan_once(lab).n_files == 0
    for path in (lab.folder.inbox / "pipe.csv", Path("/dev/zero")):
        result = import_files(lab, [path])[0]
        assert result.state == "refused"


@pytest.mark.sqlite
@posix
def test_modes_of_what_a_lab_keeps(lab: Lab, tmp_path: Path, sweep: bytes) -> None:
    (lab.folder.inbox / "a.csv").write_bytes(sweep)
    scan_once(lab)
    (kept,) = lab.folder.vault.glob("*/*")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o444
    assert kept.name == sha256(sweep).hexdigest()
    before = os.umask(0)  # the worst that an account can be set to
    try:
        folder = init(tmp_path / "open")
        with opened(
            folder.path, flags={"watch.settle_seconds": 0.0, "watch.patience_seconds": 0.0}, who="bench"
        ) as other:
            (folder.inbox / "a.csv").write_bytes(sweep)
            (result,) = scan_once(other).results
    finally:
        os.umask(before)
    assert result.is_new
    kept = [path for path in (folder.path, *folder.path.rglob("*")) if path.parent != folder.inbox]
    assert [str(path) for path in kept if stat.S_IMODE(path.stat().st_mode) & 0o022] == [], (
        "others may not write results"
    )


@posix
def test_a_database_url_with_its_password_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = init(tmp_path / "lab", database_url=f"sqlite:///{tmp_path / 'elsewhere.db'}")
    assert stat.S_IMODE(folder.toml.stat().st_mode) == 0o600


def test_names_inside_tables_are_names_and_not_paths(lab: Lab, tmp_path: Path) -> None:
    secret = tmp_path / "secret.cif"
    secret.write_text(cif(Composition.parse("Na3Zr2Si2PO12")), encoding="utf-8")
    folder = tmp_path / "cifs"
    folder.mkdir()
    names = ["../secret.cif", str(secret), "..\\secret", "a\0b", "sub/../../secret"]
    rows = "".join(f'"{name}",1e-4,25\n' for name in names)
    (folder / "table.csv").write_text("file,sigma_s_cm,temperature_c\n" + rows, encoding="utf-8")
    done = import_data(lab, folder)
    assert done.n_new == 0
    assert len(done.refusals) == len(names)


def workbook(sheet: bytes) -> bytes:
    """A workbook with this worksheet."""
    from openpyxl import Workbook

    stream, packed = io.BytesIO(), io.BytesIO()
    Workbook().save(stream)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, sheet if part.endswith("sheet1.xml") else old.read(part))
    return packed.getvalue()


def test_few_bytes_that_make_many_elements_are_refused_before_parsing() -> None:
    bomb = workbook(b"<worksheet>" + b"<a/>" * (xlsx.MAX_TAGS + 1) + b"</worksheet>")
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableFile, match="XML tags"):
        read_bytes(bomb)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/x">%a;]><x/>',
    ],
)
def test_xml_with_entities_is_refused_in_every_encoding(text: str) -> None:
    with pytest.raises(UnreadableFile):
        about(text.encode(), None)
    for encoding in ("utf-16", "utf-32"):  # read as UTF-8 it is no XML at all
        with pytest.raises(UnreadableFile):
            about(text.encode(encoding), None)


def test_deep_xml_ends_in_words() -> None:
    with pytest.raises(UnreadableFile, match="damaged"):
        about(b"<a>" * 100_000, None)
    about(b"<a>" * 100_000 + b"</a>" * 100_000, None)


@pytest.mark.parametrize(
    "line",
    [
        f"_space_group_magn.transform_BNS_Pp_abc  '{CODE};0,0,0'",
        f'_symmetry_equiv_pos_as_xyz "{CODE},y,z"',
        f"_cell_length_a '{CODE}'",
    ],
)
def test_a_cif_is_not_a_program(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pymatgen before 2024.2.20 evaluated such lines (CVE-2024-23346)."""
    monkeypatch.chdir(tmp_path)
    text = cif(Composition.parse("Na3Zr2Si2PO12"))
    with contextlib.suppress(FormulaError):
        composition_of_cif(f"{text}\n{line}\n")
    assert list(tmp_path.iterdir()) == []


def model_folder(tmp_path: Path, weights: bytes, **manifest: Any) -> Path:
    document = {"format": "nasicon_loop.predict", "format_version": 1, **manifest}
    (tmp_path / "weights.safetensors").write_bytes(weights)
    text = json.dumps(document | {"weights_sha256": sha256(weights).hexdigest()})
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    return tmp_path


class Touch:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_weights_are_never_unpickled(tmp_path: Path) -> None:
    owned = tmp_path / "owned"
    payload = pickle.dumps(Touch(owned))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:  # as torch.save writes it
        archive.writestr("archive/data.pkl", payload)
    arrays = io.BytesIO()
    np.savez(arrays, allow_pickle=True, x=np.array([Touch(owned)], dtype=object))
    for number, weights in enumerate((payload, stream.getvalue(), arrays.getvalue())):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(Refusal, match="safetensors"):
            load(model_folder(folder, weights))
    assert not owned.exists()


def test_a_manifest_cannot_ask_for_all_memory(tmp_path: Path) -> None:
    from safetensors.numpy import save

    weights = save({"member0.prior_dual": np.zeros(3, np.float32)})
    folder = model_folder(
        tmp_path,
        weights,
        settings={"hidden": [10**7] * 6, "n_members": 1, "n_trunks": 1},
        lab_rows=[],
        **asdict(Balance()),
        target_mean=0.0,
        target_sd=1.0,
    )
    with pytest.raises(Refusal, match="larger than"):
        load(folder)


def test_a_circuit_from_a_document_passes_the_grammar_before_impedance_sees_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    document = analyse(paper_spectrum(30.31, 35.35, seed=1).spectrum).to_dict()
    for circuit in ("__import__('os').system('touch owned')", "R0-p(R1,open('owned','w'))", "R0];exit()", "R0\n-R1"):
        stored = Analysis.from_dict(document | {"circuit_string": circuit})
        for use in (lambda one=stored: one.circuit, lambda one=stored: one.impedance_at([1.0])):
            with pytest.raises(Refusal):
                use()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_stored_analysis_is_refused_and_told_in_one_line() -> None:
    document = analyse(paper_spectrum(30.31, 35.35, seed=1).spectrum).to_dict()
    assert Analysis.from_dict(document).to_dict() == document
    for wrong in (
        {"r_total_ohm": "65"},
        {"r_total_ohm": -1.0},
        {"temperature_c": -300.0},
        {"parameters": {"R0\x1b": "x"}},
        {"reasons": [1]},
        {"masked": [0.5]},
        {"gates": [{"\x1b[2J": 1}]},
        {"randles": 5},
        {"circuit_string": 5},
    ):
        with pytest.raises(Refusal, match="damaged") as caught:
            Analysis.from_dict(document | wrong)
        assert str(caught.value).isprintable()
