"""`nasicon data import FOLDER` and `nasicon train` on it: structures as a user has them, good, odd, malicious."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import db
from nasicon_loop import lab as ways
from nasicon_loop import predict
from nasicon_loop.chemistry import Composition, cif
from nasicon_loop.cli.app import app
from nasicon_loop.lab.learning import stability_rows, training_rows

FORMULA = "Na3.4Zr1.8Mg0.2Si2PO12"
GOOD = cif(Composition.parse(FORMULA), "R-3c")
STRETCHED = GOOD.replace("_cell_length_c   22.", "_cell_length_c   22.9 #")
QUARTZ = """data_quartz
_cell_length_a 4.9
_cell_length_b 4.9
_cell_length_c 5.4
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 120
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Si1 Si 0.47 0 0
O1 O 0.4 0.25 0.12
O2 O 0 0.4 0.3
"""
WITHOUT_SODIUM = "\n".join(row for row in GOOD.splitlines() if row[:3] != "A1_")
BROKEN = {
    "not_a_nasicon.cif": (QUARTZ, "NASICON"),
    "other_framework.cif": (GOOD.replace("0.29544", "0.52"), "lanterns"),
    "unbalanced.cif": (WITHOUT_SODIUM, "does not balance"),
    "huge.cif": ("#" * 50_000_000, "larger than 5 MB"),
    "quotes.cif": ("data_x\n_a '" + "'" * 100_000 + "\n", "2048"),
    "quotes_bomb.cif": ("data_x\nloop_\n_a\n" + "'\n" * 50_000, "not a readable CIF"),
    "text_bomb.cif": ("data_x\n_a\n;" + "x\n" * 100_000, "not a readable CIF"),
    "operations_bomb.cif": (
        GOOD.replace("loop_\n_atom", "\n".join(["'x,y,z'"] * 40_000) + "\nloop_\n_atom"),
        "too many",
    ),
    "code.cif": ("data_x\n_cell_length_a __import__('os').system('true')\n", "not a readable CIF"),
    "markup.cif": ("data_[bold red]x[/]\n_cell_length_a [link=file:///etc/passwd]1[/link]\n", "not a readable CIF"),
    "escape.cif": (GOOD.replace(" Mg ", " \x1b[31mMg "), "octahedral cations add up to 1.8"),
    "nan.cif": (GOOD.replace("0.63967", "nan"), "not a readable CIF"),
    "empty.cif": ("", "not a readable CIF"),
    "binary.cif": ("\0\x01\x02" * 100, "not a readable CIF"),
}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest model that there can be."""
    settings = replace(
        predict.Settings.default(),
        n_members=2,
        n_trunks=1,
        n_epochs=1,
        n_pretraining_epochs=1,
        n_folds=2,
        n_trees=2,
        channels=(2, 2, 2),
        hidden=(8,) * 6,
    )
    monkeypatch.setattr(predict.Settings, "default", classmethod(lambda _: settings))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of CIFs with two good ones."""
    path = tmp_path / "cifs"
    path.mkdir()
    (path / "written.cif").write_text(GOOD)
    (path / "stretched.cif").write_text(STRETCHED)
    return path


@pytest.fixture(scope="module")
def shipped(any_database: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab with the shipped table, to be copied."""
    return ways.create_lab(tmp_path_factory.mktemp("shipped") / "lab").folder


@pytest.fixture
def made(shipped: Path, copy_lab: Callable[[Path, Path], Path], tmp_path: Path) -> Path:
    """A lab of its own for a test."""
    return copy_lab(shipped, tmp_path / "lab")


def table(folder: Path, *rows: str, header: str = "file,sigma_s_cm,temperature_c,kind,source") -> Path:
    (folder / "properties.csv").write_text("\n".join([header, *rows]) + "\n")
    return folder


def run(lab: Path, *words: object, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [*map(str, words), "--lab", str(lab), "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.mark.usefixtures("tiny")
def test_rows_with_a_structure_are_trained_on_its_image(made: Path, folder: Path) -> None:
    table(folder, "written.cif,1e-3,25,total,Ada 2020", "stretched,1e-4,25,total,Ben 2021")
    done = run(made, "data", "import", folder)
    assert (done["n_new"], done["refused"]) == (2, [])
    assert run(made, "data", "import", folder)["n_known"] == 2
    shown = {row["structure_name"]: row for row in run(made, "data", "show", FORMULA) if row["structure_name"]}
    assert set(shown) == {"written.cif", "stretched.cif"}
    assert [row["line"] for row in shown.values()] == [2, 3]
    with ways.opened(made) as lab:
        rows = {row.source: row for row in training_rows(lab)[0] if row.structure is not None}
        assert rows["Ada 2020"].structure == GOOD
        assert rows["Ben 2021"].structure == STRETCHED
        assert db.check(lab.database, lab.folder.vault) == []
    trained = run(made, "train")
    with ways.opened(made) as lab:
        model = predict.load(lab.folder.models / trained["run"]["directory"])
        used = [row for row in training_rows(lab)[0] if row.origin == "literature"]
        assert model.manifest["data_hash"] == predict.data_hash(used)
        plain = [replace(row, structure=None) for row in used]
        assert model.manifest["data_hash"] != predict.data_hash(plain)


@pytest.mark.usefixtures("tiny")
def test_a_structure_that_the_vault_lost_is_said_and_comes_back_with_the_folder(made: Path, folder: Path) -> None:
    table(folder, "written.cif,1e-3,25,total,Ada 2020", "stretched,1e-4,25,total,Ben 2021")
    run(made, "data", "import", folder)
    with ways.opened(made) as lab:
        kept = next(row for row in training_rows(lab)[0] if row.structure == GOOD)
    assert kept
    row = next(row for row in run(made, "data", "show", FORMULA) if row["structure_name"] == "written.cif")
    sha256 = row["structure_sha256"]
    lost = made / "vault" / sha256[:2] / sha256
    lost.unlink()
    refused = run(made, "train", code=1)
    assert sha256 in refused["file"]
    assert "import the folder with written.cif again" in refused["error"]
    run(made, "data", "import", folder)
    assert run(made, "train")["run"]["number"] == 1


def test_a_folder_that_was_imported_by_formula_only_is_not_counted_twice(made: Path, folder: Path) -> None:
    """Versions before 0006 kept the composition and forgot the structure."""
    (folder / "stretched.cif").unlink()
    table(folder, "written.cif,1e-3,25,total,Ada 2020")
    with ways.opened(made) as lab:
        n_before = len(training_rows(lab)[0])
        entry = db.LiteratureEntry(
            formula=FORMULA,
            mobile_ion="Na",
            sigma_s_cm=1e-3,
            temperature_c=25.0,
            kind="total",
            source="Ada 2020",
            dataset="properties",
        )
        with lab.database.write(who="old") as writer:
            writer.add_literature([entry])
        run(made, "data", "import", folder)
        rows = training_rows(lab)[0]
        assert len(rows) == n_before + 1
        assert [row.structure for row in rows if row.source == "Ada 2020"] == [GOOD]
    old = next(row for row in run(made, "data", "show", FORMULA) if row["source"] == "Ada 2020")
    told = run(made, "data", "show", str(old["id"]))
    assert (told["file_name"], told["why_not"]) == (None, "it came again with its structure")


def test_energies_above_the_hull_keep_their_structures(made: Path, folder: Path) -> None:
    (folder / "stretched.cif").unlink()
    table(folder, "written.cif,12,me", header="file,e_hull_meV_atom,source")
    run(made, "data", "import", folder)
    with ways.opened(made) as lab:
        (row,) = stability_rows(lab)
    assert row.structure == GOOD
    told = run(made, "data", "show", "stability-1")
    assert (told["structure_name"], told["line"], told["value"]) == ("written.cif", 2, 0.012)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,  # partial occupancies, no oxidation states: as `nasicon data cif` writes it
        lambda text: text.replace(" Zr ", " Zr4+ ").replace(" Na ", " Na+ "),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "# [bold]hello[/] \x1b[31m\n" + text,
    ],
    ids=["partial occupancies", "oxidation states", "windows", "hostile comment"],
)
def test_odd_but_good_files_are_taken(made: Path, tmp_path: Path, change: Any) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "odd.cif").write_bytes(change(GOOD).encode())
    table(folder, "odd.cif,1e-3,25,total,Ada 2020")
    assert run(made, "data", "import", folder)["n_new"] == 1
    with ways.opened(made) as lab:
        assert sum(row.structure is not None for row in training_rows(lab)[0]) == 1


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_file_is_one_clear_line_and_the_others_are_done(made: Path, folder: Path, name: str) -> None:
    text, reason = BROKEN[name]
    (folder / name).write_text(text)
    table(folder, "written.cif,1e-3,25,total,Ada 2020", f"{name},1e-3,25,total,Eve 2022", "stretched,1e-4,25,total,Ben")
    done = run(made, "data", "import", folder, code=1)
    assert done["n_new"] == 2
    (refused,) = done["refused"]
    assert refused["file"] == f"{folder / 'properties.csv'}:3"
    assert name in refused["error"]
    assert reason in refused["error"]
    assert len(refused["error"]) < 700
    human = CliRunner().invoke(app, ["data", "import", str(folder), "--lab", str(made)])
    assert human.exit_code == 1
    assert human.output.count("refused  ") == 1
    assert "\x1b" not in human.output
    with ways.opened(made) as lab:
        assert db.check(lab.database, lab.folder.vault) == [], "nothing of the refused file is left in the vault"


def test_links_pipes_and_paths_out_of_the_folder_are_not_followed(made: Path, folder: Path, tmp_path: Path) -> None:
    import os

    (tmp_path / "secret.cif").write_text(GOOD)
    (folder / "link.cif").symlink_to(tmp_path / "secret.cif")
    names = ["link.cif", "../secret.cif", "missing.cif"]
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.cif")
        names.append("pipe.cif")
    table(
        folder, *(f"{name},1e-3,25,total,x" for name in names), "written,1e-3,25,total,x", "stretched,1e-3,25,total,y"
    )
    done = run(made, "data", "import", folder, code=1)
    reasons = " / ".join(line["error"] for line in done["refused"])
    assert len(done["refused"]) == len(names)
    for part in ("symbolic link", "not the plain name", "no such file"):
        assert part in reasons
    assert done["n_new"] == 2


def test_a_formula_that_does_not_balance_is_kept_and_said(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("formula,sigma_s_cm,temperature_c\nNa3.6Zr1.8Mg0.2Si2PO12,1e-3,25\n")
    done = run(made, "data", "import", path)
    assert done["n_new"] == 1
    (remark,) = done["remarks"]
    assert remark["file"] == f"{path}:2"
    assert "does not balance: +0.20" in remark["remark"]
    human = CliRunner().invoke(app, ["data", "import", str(path), "--lab", str(made)])
    assert "kept  " in human.output
    refused = CliRunner().invoke(app, ["predict", "Na3.6Zr1.8Mg0.2Si2PO12", "--lab", str(made)])
    assert "does not balance: +0.20" in refused.output + refused.stderr


def test_the_table_of_a_fetch_is_no_table_of_properties(made: Path, folder: Path) -> None:
    (folder / "provenance.csv").write_text("file,provider\nwritten.cif,cod\n")
    table(folder, "written.cif,1e-3,25,total,Ada 2020", "stretched,1e-4,25,total,Ben 2021")
    assert run(made, "data", "import", folder)["n_new"] == 2
