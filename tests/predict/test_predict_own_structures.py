"""Rows with a structure of their own are learned on its image, beside rows that stand on prototypes."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from nasicon_loop.chemistry import Composition, cif
from nasicon_loop.predict import Row, Settings, StabilityRow, crystals_of_structures, load, train
from nasicon_loop.predict.crystals import crystals, joined
from nasicon_loop.predict.descriptors import fit_bases
from nasicon_loop.predict.hull import usable
from nasicon_loop.predict.image import crystal_images
from nasicon_loop.predict.table import tabulate

DOPED = "Na3.4Zr1.8Mg0.2Si2PO12"
WRITTEN = cif(Composition.parse(DOPED), "R-3c")
STRETCHED = WRITTEN.replace("_cell_length_c   22.", "_cell_length_c   22.9 #")


def with_structure(rows: list[Row], text: str | None) -> list[Row]:
    return [replace(row, structure=text if row.formula == DOPED else None) for row in rows]


def test_a_mixed_batch_has_each_row_on_its_own_geometry(literature: list[Row]) -> None:
    assert any(row.formula == DOPED for row in literature)
    mixed = tabulate(with_structure(literature, STRETCHED)).batch
    plain = tabulate(literature).batch
    bases = fit_bases(plain.amounts, np.array([row.log10_sigma for row in literature]))
    images, others = crystal_images(mixed, bases), crystal_images(plain, bases)
    own = crystal_images(crystals_of_structures([STRETCHED]), bases)[0]
    for row, image, other in zip(literature, images, others, strict=True):
        assert np.allclose(image, own if row.formula == DOPED else other, atol=1e-12)
    assert not np.allclose(own, others[[row.formula for row in literature].index(DOPED)], atol=1e-3)
    assert mixed.formulas == plain.formulas, "the order is that of the rows"


def test_batches_are_joined_with_and_without_structures() -> None:
    plain, own = crystals([DOPED, "NaZr2P3O12"]), crystals_of_structures([STRETCHED])
    bases = fit_bases(plain.amounts, np.array([-3.0, -6.0]))
    for one, other in ((plain, own), (own, plain), (plain, plain), (own, own)):
        apart = np.concatenate([crystal_images(one, bases), crystal_images(other, bases)])
        assert np.allclose(crystal_images(joined(one, other), bases), apart, atol=1e-12)
        backwards = np.arange(len(apart))[::-1].copy()
        assert np.allclose(crystal_images(joined(one, other).take(backwards), bases), apart[::-1], atol=1e-12)


def test_what_was_learned_depends_on_the_structure(tmp_path: Path, literature: list[Row], tiny: Settings) -> None:
    quick = replace(tiny, n_members=2, n_trunks=1, n_epochs=2, n_pretraining_epochs=1, n_trees=2, n_folds=2)
    models = [
        train(with_structure(literature, text), tmp_path / str(k), settings=quick, seed=1)
        for k, text in enumerate((None, WRITTEN, STRETCHED))
    ]
    means = [float(model.predict_crystals(crystals_of_structures([STRETCHED])).mean[0]) for model in models]
    assert len(set(means)) == 3
    assert len({str(model.manifest["networks_hash"]) for model in models}) == 3
    again = load(tmp_path / "2")
    assert float(again.predict_crystals(crystals_of_structures([STRETCHED])).mean[0]) == means[2]


def test_a_structure_that_cannot_be_read_costs_its_row_only(literature: list[Row]) -> None:
    rows = [*literature, replace(literature[0], row_id="broken", structure="data_x\n")]
    table = tabulate(rows)
    assert len(table.rows) == len(literature)
    assert table.skipped[0][0] == "broken"
    assert "CIF" in table.skipped[0][1]


def test_energies_are_learned_on_their_structures_too() -> None:
    rows = [StabilityRow("a", DOPED, 0.0, "x", STRETCHED), StabilityRow("b", "Zr2P3O12", 0.1, "x")]
    batch, energies, skipped = usable(rows)
    assert (list(energies), skipped) == ([0.0, 0.1], ())
    assert batch.own is not None
    assert list(batch.own.is_own) == [True, False]
