"""`--plot` and `--plot-kind` as a user types them."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from typer.testing import CliRunner

from instruments.sim import xm_studio_csv
from nasicon_loop.cli.app import app
from nasicon_loop.cli.fit import PlotKind as TypedKind
from nasicon_loop.eis import paper_spectrum
from nasicon_loop.lab.pictures import PlotKind

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def pellets(tmp_path):
    spectrum = paper_spectrum(30.31, 35.35, seed=1).spectrum
    paths = [tmp_path / folder / "pellet.csv" for folder in ("one", "two")]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(xm_studio_csv(spectrum.frequency_hz, spectrum.impedance_ohm, started_at=START))
    return [str(path) for path in paths]


def run(*arguments):
    return CliRunner().invoke(app, ["fit", *arguments])


def test_one_file_gives_the_picture_that_was_asked_for(tmp_path, pellets):
    sizes = {}
    for kind in get_args(PlotKind):
        target = tmp_path / f"{kind}.png"
        assert run(pellets[0], "--plot", str(target), "--plot-kind", kind).exit_code == 0
        sizes[kind] = target.stat().st_size
    assert len(set(sizes.values())) == 5
    assert run(pellets[0], "--plot", str(tmp_path / "default.png")).exit_code == 0
    assert (tmp_path / "default.png").read_bytes() == (tmp_path / "nyquist.png").read_bytes()


def test_files_of_one_name_do_not_overwrite_each_others_pictures(tmp_path, pellets):
    assert run(*pellets, "--plot", str(tmp_path / "out"), "--plot-kind", "drt").exit_code == 0
    found = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert found == ["pellet_sweep1_drt.png", "pellet_sweep1_drt_2.png"]


def test_wrong_kinds_and_endings_are_said_before_anything_is_written(tmp_path, pellets):
    assert run(pellets[0], "--plot", str(tmp_path / "x.png"), "--plot-kind", "cole").exit_code == 2
    assert run(pellets[0], "--plot", str(tmp_path / "x.pdf")).exit_code == 1
    assert run(*pellets, "--plot", str(tmp_path / "x.png")).exit_code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_command_line_and_lab_know_the_same_kinds():
    assert get_args(TypedKind) == get_args(PlotKind)
