"""No row that teaches shares with a held-out row what the split names."""

import numpy as np
import pytest

from nasicon_loop.predict import Row
from nasicon_loop.predict.fitting import systems
from nasicon_loop.predict.splits import SPLITS, families, folds_of, leave_one_element_out, one_per_composition
from nasicon_loop.predict.table import Table, tabulate


@pytest.fixture(scope="module")
def table(literature: list[Row]) -> Table:
    again = [
        Row(f"again-{row.row_id}", row.formula, row.log10_sigma + 0.1, 0.1, 25.0, "unknown", f"b {k % 7}", "literature")
        for k, row in enumerate(literature[::3])
    ]
    return tabulate([*literature, *again])


@pytest.mark.parametrize("split", SPLITS)
def test_nothing_is_shared(table: Table, split: str) -> None:
    folds = list(folds_of(table, split, 3, seed=1))
    asked = np.concatenate([fold.out for fold in folds])
    assert len(asked) == len(set(asked))
    system, formula = systems(table.batch), np.array(table.batch.formulas)
    source = np.array([row.source for row in table.rows])
    for fold in folds:
        assert not set(fold.seen) & set(fold.out)
        if split.startswith("source"):
            assert not set(source[fold.seen]) & set(source[fold.out])
        if split == "source and formula":
            assert not set(formula[fold.seen]) & set(formula[fold.out])
        if split == "chemical system":
            assert not set(system[fold.seen]) & set(system[fold.out])


def test_one_row_per_composition(table: Table) -> None:
    chosen = one_per_composition(table)
    formulas = [table.batch.formulas[i] for i in chosen]
    assert len(formulas) == len(set(formulas))
    assert all(15 <= table.rows[i].temperature_c <= 35 for i in chosen)
    assert all(table.rows[i].kind == "total" for i in chosen if formulas.count(table.batch.formulas[i]) > 1)


def test_an_element_left_out(table: Table) -> None:
    (fold,) = leave_one_element_out(table, "Mg")
    assert all("Mg" in table.batch.formulas[i] for i in fold.out)
    assert not any("Mg" in table.batch.formulas[i] for i in fold.seen)
    assert list(leave_one_element_out(table, "Cs")) == []


def test_families(table: Table) -> None:
    assert set(families(table)) == {"phosphate", "silico-phosphate"}
    assert families(tabulate([Row("l", "LiTi2P3O12", -5.0, 0.1, 25.0, "total", "", "literature")])) == ("lithium",)
