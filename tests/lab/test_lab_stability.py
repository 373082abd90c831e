"""A table of computed stabilities: imported once, learned first, and told with every prediction."""

from pathlib import Path

import pytest

import db
from nasicon_loop.lab import create_lab, import_data, opened
from nasicon_loop.lab.learning import stability_rows


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "stability.csv"
    lines = ["formula,e_hull_meV_atom,formation_energy_eV_atom"]
    lines += ["Na3Zr2Si2PO12,4.5,-3.0", "MgZr(SO4)3,-60.26,-1.89", "NaZr2(PO4)3,0.0,-2.9"]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_energies_are_stored_once(tmp_path: Path, table: Path) -> None:
    made = create_lab(tmp_path / "lab")
    with opened(made.folder) as lab:
        first, second = import_data(lab, table), import_data(lab, table)
        assert (first.n_new, second.n_new) == (3, 0)
        found = {row.formula: row.energy_above_hull_ev for row in stability_rows(lab)}
        assert found["Na3Zr2Si2PO12"] == pytest.approx(0.0045)
        assert min(found.values()) == pytest.approx(-0.06026)  # a framework without an ion can be stable
        assert db.check(lab.database) == []
