"""The crystal image shows the coordination that crystallography finds."""

import numpy as np
import pytest

from nasicon_loop.chemistry import doped_arrays
from nasicon_loop.predict.crystals import crystals, doped_crystals
from nasicon_loop.predict.descriptors import SITES, fit_bases
from nasicon_loop.predict.geometry import CLASSES, N_DISTANCES, STEP_ANGSTROM, neighbour_counts
from nasicon_loop.predict.image import IMAGE_SHAPE, crystal_images, site_contents
from nasicon_loop.predict.shell_counts import N_PAIRS, PAIR_OF, SHARE_OF_PAIR, pair_counts

A, C = np.array([9.1863]), np.array([22.181])  # Na4Zr2Si3O12, Tran Qui et al. 1981
FORMULAS = ["Na3Zr2Si2PO12", "NaZr2P3O12", "Na3.4Zr1.8Mg0.2Si2PO12", "LiTi2P3O12", "Na3.2Zr1.8Sc0.2Si2PO12"]


def counted(phase: str, centre: str, neighbour: str, below_angstrom: float) -> float:
    counts = neighbour_counts(phase, A, C)[0, CLASSES.index(centre), CLASSES.index(neighbour)]
    inside = int(below_angstrom / STEP_ANGSTROM) + 1
    return float(counts[:inside].sum())


@pytest.mark.parametrize("phase", ["R-3c", "C2/c"])
def test_octahedra_tetrahedra_and_cavities(phase: str) -> None:
    assert counted(phase, "M", "O", 2.5) == pytest.approx(6.0)
    assert counted(phase, "X", "O", 2.0) == pytest.approx(4.0)
    assert counted(phase, "A1", "O", 2.75) == pytest.approx(6.0)
    assert counted(phase, "M", "M", 0.0) == pytest.approx(1.0)  # itself


def test_both_forms_of_one_volume_look_alike() -> None:
    """The monoclinic form is a small distortion: total neighbours within 6 Å differ by little."""
    one, other = (neighbour_counts(phase, A, C)[0][:, :, :24].sum(axis=2) for phase in ("R-3c", "C2/c"))
    assert np.abs(one - other).max() < 2.5


def test_mean_distance_to_oxygen_is_the_bond_length() -> None:
    counts = neighbour_counts("R-3c", A, C)[0, CLASSES.index("M"), CLASSES.index("O")][:11]
    assert counts @ np.arange(11) * STEP_ANGSTROM / counts.sum() == pytest.approx(2.072, abs=0.002)


def test_image_is_a_smooth_function_of_the_cell() -> None:
    a = np.linspace(8.8, 9.2, 201)
    counts = neighbour_counts("R-3c", a, np.full(201, 22.9))
    assert np.abs(np.diff(counts, axis=0)).max() < 1.2


def bases_of(formulas: list[str]):  # type: ignore[no-untyped-def]
    batch = crystals(formulas)
    return batch, fit_bases(batch.amounts, np.linspace(-7.0, -3.0, len(formulas)))


def test_many_at_once_is_the_same_as_one_by_one() -> None:
    batch, bases = bases_of(FORMULAS)
    together = crystal_images(batch, bases)
    assert together.shape == (len(FORMULAS), *IMAGE_SHAPE)
    assert together.shape[-1] == N_DISTANCES
    for i, formula in enumerate(FORMULAS):
        assert np.allclose(crystal_images(crystals([formula]), bases)[0], together[i], atol=1e-12)


def test_contents_are_occupancy_and_mixture() -> None:
    batch, bases = bases_of(FORMULAS)
    content = site_contents(batch, bases)
    a1, a2, m = (CLASSES.index(name) for name in ("A1", "A2", "M"))
    assert content[0, a1, 0] == pytest.approx(1.0)
    assert content[0, a2, 0] == pytest.approx(2 / 3)
    assert content[1, a2, 0] == pytest.approx(0.0)
    assert np.abs(content[0, m, 6:]).max() == pytest.approx(0.0, abs=1e-6)  # only Zr: no spread
    assert np.abs(content[2, m, 6:]).max() > 0.01


def test_descriptors_are_screened_and_rotated_to_five() -> None:
    _, bases = bases_of(FORMULAS)
    for site in SITES:
        basis = bases[site]
        n_kept = int((basis.weights > 0).sum())
        assert 5 <= n_kept < len(basis.names)  # electronegativity and its difference to O say the same
        assert basis.loadings.T @ basis.loadings == pytest.approx(np.eye(5), abs=1e-9)
        assert (np.diff(basis.explained) <= 1e-12).all()
        assert np.isfinite(basis.values()).all()


def test_the_fast_counts_are_the_plain_ones() -> None:
    random = np.random.default_rng(3)
    a, c = random.uniform(8.2, 9.6, 400), random.uniform(20.5, 24.0, 400)
    for spread in (1.0, 0.001):  # cells far apart, and cells so alike that hardly a shell crosses a column
        a_now, c_now = 9.05 + spread * (a - 9.05), 22.9 + spread * (c - 22.9)
        for phase in ("R-3c", "C2/c"):
            counts = pair_counts(phase, a_now, c_now).T.reshape(-1, N_PAIRS, N_DISTANCES)
            around = counts[:, PAIR_OF] * SHARE_OF_PAIR[:, :, None]
            assert np.allclose(around, neighbour_counts(phase, a_now, c_now), rtol=0, atol=1e-11)


def test_single_precision_changes_no_pixel_by_more_than_a_millionth() -> None:
    batch, bases = bases_of(FORMULAS)
    exact, single = crystal_images(batch, bases), crystal_images(batch, bases, np.float32)
    assert single.dtype == np.float32
    scale = np.abs(exact).max(axis=(0, 2, 3), keepdims=True)
    assert np.abs(single - exact).max() <= 1e-6 * scale.max()
    assert (np.abs(single - exact) <= 1e-6 * np.maximum(scale, 1e-12)).all()


def test_doped_arrays_become_the_crystals_of_their_formulas() -> None:
    amounts = np.array([[k, 1 + k % 7] for k in range(1, 30)])
    doped, exists = doped_arrays(("Mg", "Ge"), amounts, np.arange(185, 214), 100)
    assert exists.all()
    many = doped_crystals(doped)
    one_by_one = crystals([doped.composition(k) for k in range(len(doped))])
    assert len(many) == len(one_by_one) == 29
    assert many.formulas == ()
    for site in SITES:
        assert (many.amounts[site] == one_by_one.amounts[site]).all()
    for name in ("charge", "a_angstrom", "c_angstrom", "p_r3c"):
        assert np.allclose(getattr(many, name), getattr(one_by_one, name), rtol=1e-12, atol=1e-12)
    some = many.take(np.array([3, 1]))
    assert len(some) == 2
    assert some.a_angstrom[1] == many.a_angstrom[1]
