"""A structure file and the prototype give the same image for the same structure; real files keep their own."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nasicon_loop.chemistry import Composition, cif, positions_of_cif
from nasicon_loop.core import Refusal
from nasicon_loop.predict import crystals_of_structures
from nasicon_loop.predict.crystals import Crystals, crystals
from nasicon_loop.predict.descriptors import SiteBasis, fit_bases
from nasicon_loop.predict.geometry import CLASSES
from nasicon_loop.predict.image import crystal_images, site_contents

DOPED = ["Na3.4Zr1.8Mg0.2Si2PO12", "Na3.2Zr1.8Sc0.2Si2PO12", "Na3.4Zr1.8Ca0.2Si2PO12", "Na3Zr2Ge0.15Si1.85PO12"]
ODD = ["Li1.3Ti1.7Al0.3P3O12", "Na3Zr1.88Y0.12Si2PO11.94", "Na4Zr2Si3O12", "Na3.36Zr1.92Cu0.08Si2.2P0.8O12"]
EMPTY_A2 = ["NaZr2P3O12", "LiTi2P3O12", "Ca0.5Zr2P3O12"]
FORMULAS = [*DOPED, *ODD, *EMPTY_A2]


@pytest.fixture(scope="module")
def bases() -> dict[str, SiteBasis]:
    return fit_bases(crystals(FORMULAS).amounts, np.linspace(-7.0, -3.0, len(FORMULAS)))


def text_of(formula: str, phase: str = "R-3c") -> str:
    return cif(Composition.parse(formula), phase)


def of_phase(formula: str, phase: str) -> Crystals:
    return replace(crystals([formula]), p_r3c=np.array([1.0 if phase == "R-3c" else 0.0]))


@pytest.mark.parametrize("phase", ["R-3c", "C2/c"])
@pytest.mark.parametrize("formula", [*DOPED, *ODD])
def test_both_paths_give_the_same_image(formula: str, phase: str, bases: dict[str, SiteBasis]) -> None:
    ours, read = of_phase(formula, phase), crystals_of_structures([text_of(formula, phase)])
    assert np.abs(crystal_images(ours, bases) - crystal_images(read, bases)).max() < 1e-6
    assert np.abs(site_contents(ours, bases) - site_contents(read, bases)).max() < 1e-9
    assert read.p_r3c[0] == ours.p_r3c[0]
    assert read.formulas == ours.formulas
    if phase == "R-3c":
        assert read.c_angstrom[0] == pytest.approx(ours.c_angstrom[0], abs=1e-8)
        assert read.a_angstrom[0] == pytest.approx(ours.a_angstrom[0], abs=1e-8)


@pytest.mark.parametrize(("phase", "apart"), [("R-3c", 1e-6), ("C2/c", 3e-3)])
@pytest.mark.parametrize("formula", EMPTY_A2)
def test_empty_cavities_are_found_from_the_framework(
    formula: str, phase: str, apart: float, bases: dict[str, SiteBasis]
) -> None:
    """The file does not name them; in C2/c the prototype's fifth decimal moves them by 1e-4 Å."""
    ours, read = of_phase(formula, phase), crystals_of_structures([text_of(formula, phase)])
    assert np.abs(crystal_images(ours, bases) - crystal_images(read, bases)).max() < apart


def rewritten(text: str, *, primitive: bool, repeat: tuple[int, int, int] = (1, 1, 1), shift: float = 0.0) -> str:
    """The same crystal in another cell, in P1, from another origin."""
    from pymatgen.core import Structure
    from pymatgen.io.cif import CifParser, CifWriter

    structure: Structure = CifParser.from_str(text).parse_structures(primitive=False)[0]
    if primitive:
        structure = structure.get_primitive_structure()
    structure = structure * repeat
    structure.translate_sites(range(len(structure)), [shift, 0.3 * shift, 0.0])
    return str(CifWriter(structure, significant_figures=12))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("phase", ["R-3c", "C2/c"])
@pytest.mark.parametrize("cell", [{"primitive": True}, {"primitive": False, "repeat": (1, 2, 1), "shift": 0.137}])
def test_the_setting_of_the_cell_does_not_matter(phase: str, cell: dict, bases: dict[str, SiteBasis]) -> None:  # type: ignore[type-arg]
    text = text_of(DOPED[0], phase)
    one, other = (crystals_of_structures([item]) for item in (text, rewritten(text, **cell)))
    assert np.abs(crystal_images(one, bases) - crystal_images(other, bases)).max() < 1e-5
    assert other.c_angstrom[0] == pytest.approx(one.c_angstrom[0], abs=1e-6)
    assert other.p_r3c[0] == one.p_r3c[0]


def test_a_batch_is_its_members_in_any_order(bases: dict[str, SiteBasis]) -> None:
    batch = crystals_of_structures([text_of(DOPED[0]), text_of(EMPTY_A2[0]), text_of(DOPED[1], "C2/c")])
    images = crystal_images(batch, bases)
    assert np.allclose(crystal_images(batch.take(np.array([2, 0])), bases), images[[2, 0]], atol=1e-9)
    assert crystals(FORMULAS).take(np.array([0])).own is None


def test_split_and_interstitial_positions_count_by_their_occupancy() -> None:
    """Half of A1 moved 0.6 Å along c twice over is still one ion; 3 % of Zr inside the lantern is no second lantern."""
    rows = [line for line in text_of("NaZr2P3O12").splitlines() if not line.startswith("A1_")]
    rows += ["A1_Na Na 12 0.0 0.0 0.02614 0.5", "M_in Zr 6 0.0 0.0 0.25 0.03"]
    read = crystals_of_structures(["\n".join(rows)])
    assert read.own is not None
    occupied = {name: float(table.sum()) for name, table in read.own.amounts.items()}
    assert occupied == pytest.approx({"A1": 1.0, "A2": 0.0, "M": 2.03, "X": 3.0, "O": 12.0})
    m = CLASSES.index("M")
    to_oxygen = read.own.geometry[0, CLASSES.index("A1"), CLASSES.index("O")]
    assert to_oxygen[:14].sum() == pytest.approx(6.0, abs=0.01)  # the antiprism, now from 2.2 to 3.0 Å
    assert read.own.geometry[0, m, m].sum() > 1.0


def test_oxidation_states_are_not_looked_at(bases: dict[str, SiteBasis]) -> None:
    plain = text_of(DOPED[0])
    charged = plain
    for symbol, state in (("Na", "+"), ("Zr", "4+"), ("Mg", "2+"), ("Si", "4+"), ("P", "5+"), ("O", "2-")):
        charged = charged.replace(f" {symbol} ", f" {symbol}{state} ")
    assert charged != plain
    one, other = (crystal_images(crystals_of_structures([text]), bases) for text in (plain, charged))
    assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("0.29544", "0.52", "lanterns"),
        ("0.63967", "0.00000", "in no cavity"),
        ("_cell_length_a", "_cell_length_a 1e200 #", "axis longer than"),
        ("_cell_length_a", "_cell_length_a 30 #", "per formula unit"),
        (" Mg 12", " Xx 12", "do not know"),
        ("0.63967", "nan", "not a readable CIF"),
    ],
)
def test_what_is_no_nasicon_is_said_in_one_line(old: str, new: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason) as refused:
        crystals_of_structures([text_of(DOPED[0]).replace(old, new)])
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_germanium_and_calcium_are_placed_by_their_oxygens() -> None:
    text = text_of("NaGe2.5P2.5O12").replace("X_P", "X_Ge2")
    kinds = {
        (site[0][0], kind)
        for site, kind in zip(positions_of_cif(text).contents, positions_of_cif(text).kinds, strict=True)
    }
    assert {kind for _, kind in kinds} == {"A", "M", "X", "O"}


REFUSED_FILES = {"kbo.cif", "lrh.cif"}  # Li2Sr2Al(PO4)3, and P2_1/c Li2.5V2(PO4)3: other frameworks


def test_refined_structures_are_classified(shared: Path) -> None:
    files = sorted((shared / "data" / "cifs" / "obelix").glob("*.cif"))
    refused, n_read = set(), 0
    for path in files:
        try:
            crystal = crystals_of_structures([path.read_text(encoding="utf-8")])
        except Refusal:
            refused.add(path.name)
            continue
        n_read += 1
        assert crystal.own is not None
        assert crystal.own.amounts["A1"].sum() <= 1.01
        assert 20.0 < crystal.c_angstrom[0] < 23.0
    assert refused == REFUSED_FILES
    assert n_read == len(files) - 2
