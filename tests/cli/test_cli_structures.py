"""`nasicon predict` with structure files as a user has them: good, odd, foreign, huge, malicious."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nasicon_loop import lab as ways
from nasicon_loop import predict
from nasicon_loop.chemistry import Composition, cif
from nasicon_loop.cli.app import app

FORMULA = "Na3.4Zr1.8Mg0.2Si2PO12"
GOOD = cif(Composition.parse(FORMULA), "R-3c")


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab with the smallest model that there can be."""
    folder = tmp_path_factory.mktemp("taught") / "lab"
    tiny = replace(
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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(predict.Settings, "default", classmethod(lambda _: tiny))
        ways.create_lab(folder)
        with ways.opened(folder) as lab:
            ways.train_model(lab)
    return folder


def run(lab: Path, *things: object) -> tuple[int, list[dict[str, object]]]:
    result = CliRunner().invoke(app, ["predict", *map(str, things), "--lab", str(lab), "--json"])
    return result.exit_code, json.loads(result.stdout)


def test_a_file_is_predicted_on_its_own_structure(taught: Path, tmp_path: Path) -> None:
    """The same composition with a longer c is another structure, and so another number."""
    written, stretched = tmp_path / "one.cif", tmp_path / "two.CIF"
    written.write_text(GOOD)
    stretched.write_text(GOOD.replace("_cell_length_c   22.", "_cell_length_c   22.9 #"))
    code, records = run(taught, written, FORMULA, stretched)
    assert code == 0
    one, formula, two = records
    assert [record["formula"] for record in records] == [FORMULA] * 3
    assert (one["structure"], two["structure"]) == (str(written), str(stretched))
    assert "structure" not in formula
    assert two["log10_sigma_mean"] != one["log10_sigma_mean"]


def test_partial_occupancies_and_missing_or_present_oxidation_states(taught: Path, tmp_path: Path) -> None:
    plain, charged = tmp_path / "plain.cif", tmp_path / "charged.cif"
    plain.write_text(GOOD)
    charged.write_text(GOOD.replace(" Zr ", " Zr4+ ").replace(" Na ", " Na+ "))
    code, (one, other) = run(taught, plain, charged)
    assert code == 0
    assert one["log10_sigma_mean"] == other["log10_sigma_mean"]


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
BAD = {
    "quartz.cif": (QUARTZ, "NASICON"),
    "other_framework.cif": (GOOD.replace("0.29544", "0.52"), "lanterns"),
    "huge.cif": ("#" * 50_000_000, "50000000 bytes"),
    "code.cif": ("data_x\n_cell_length_a __import__('os').system('true')\n", "not a readable CIF"),
    "escape.cif": (GOOD.replace(" Mg ", " \x1b[31mMg "), "octahedral cations add up to 1.8"),
    "bomb.cif": (GOOD.replace("loop_\n_atom", "\n".join(["'x,y,z'"] * 40_000) + "\nloop_\n_atom"), "are too many"),
    "nan.cif": (GOOD.replace("0.63967", "nan"), "not a readable CIF"),
    "long_line.cif": ("data_" + "a" * 100_000, "2048"),
    "empty.cif": ("", "not a readable CIF"),
    "binary.cif": ("\0\x01\x02" * 100, "not a readable CIF"),
    "without_sodium.cif": ("\n".join(row for row in GOOD.splitlines() if row[:3] != "A1_"), "does not balance"),
}


def test_each_broken_file_is_one_clear_line_and_the_others_are_done(taught: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.cif"
    good.write_text(GOOD)
    for name, (text, _) in BAD.items():
        (tmp_path / name).write_text(text)
    things = [*(tmp_path / name for name in BAD), "Na3Zr1.8Mg0.2Si2PO12", tmp_path / "nowhere.cif", tmp_path, good]
    things[-2] = tmp_path / "folder.cif"
    (tmp_path / "folder.cif").mkdir()
    code, records = run(taught, *things)
    assert code == 1
    done = [record for record in records if "log10_sigma_mean" in record]
    assert [record["structure"] for record in done] == [str(good)]
    refused = [json.dumps(record) for record in records if "log10_sigma_mean" not in record]
    reasons = [reason for _, reason in BAD.values()] + ["does not balance", "no such file", "not a file"]
    assert len(refused) == len(reasons)
    for line, reason in zip(refused, reasons, strict=True):
        assert reason in line
        assert len(line) < 700
    human = CliRunner().invoke(app, ["predict", *map(str, things), "--lab", str(taught)])
    assert human.exit_code == 1
    assert human.output.count("refused") == len(reasons)
    assert "\x1b[31mMg" not in human.output
