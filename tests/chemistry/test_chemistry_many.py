"""Many compositions at once are the same compositions: sites, charges and cells, to the last digit."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasicon_loop.chemistry import (
    Composition,
    FormulaError,
    Substitution,
    cell,
    cell_arrays,
    dopants,
    doped_arrays,
    elements,
    substitute,
)

ORDER = {symbol: k for k, symbol in enumerate(elements())}
DOPANTS = [symbol for symbol in dopants() if symbol != "Si"]
PAIRS = [(), *((symbol,) for symbol in DOPANTS), *combinations(DOPANTS, 2)]
UNIT = 100


def table(site: tuple[tuple[str, Fraction], ...]) -> np.ndarray:
    row = np.zeros(len(ORDER))
    for symbol, amount in site:
        row[ORDER[symbol]] = float(amount)
    return row


def one_by_one(symbols: tuple[str, ...], amounts: tuple[int, ...], silicon: int) -> Composition | None:
    parts = [Substitution(s, Fraction(a, UNIT)) for s, a in zip(symbols, amounts, strict=True)]
    try:
        return substitute(parts, Fraction(silicon, UNIT))
    except FormulaError:
        return None


@settings(max_examples=300, deadline=None)
@given(
    symbols=st.sampled_from(PAIRS),
    amounts=st.tuples(st.integers(1, 120), st.integers(1, 120)),
    silicon=st.integers(0, 300),
)
def test_sites_charge_and_cell_are_those_of_one_composition(
    symbols: tuple[str, ...], amounts: tuple[int, int], silicon: int
) -> None:
    own = amounts[: len(symbols)]
    found, exists = doped_arrays(symbols, np.array([own], dtype=np.int64).reshape(1, -1), np.array([silicon]), UNIT)
    expected = one_by_one(symbols, own, silicon)
    assert bool(exists[0]) == (expected is not None)
    if expected is None:
        return
    assert found.composition(0) == expected
    assert expected.charge() == 0
    sites, on_site = expected.sites(), found.site_amounts()
    for name, site in (("A", sites.a), ("M", sites.m), ("X", sites.x)):
        assert (on_site[name][0] == table(site)).all(), name
    one, many = cell(expected), cell_arrays(on_site["A"], on_site["M"], on_site["X"])
    assert many.a_angstrom[0] == pytest.approx(one.a_angstrom, rel=1e-12)
    assert many.c_angstrom[0] == pytest.approx(one.c_angstrom, rel=1e-12)
    assert many.volume_angstrom3[0] == pytest.approx(one.volume_angstrom3, rel=1e-12)
    assert many.phase_probability_r3c[0] == pytest.approx(one.phase_probability_r3c, abs=1e-12)


def test_every_pair_of_dopants_sits_where_the_table_puts_it() -> None:
    for symbols in PAIRS:
        amounts = np.full((1, len(symbols)), 7, dtype=np.int64)
        found, exists = doped_arrays(symbols, amounts, np.array([200]), UNIT)
        assert exists.all()
        sites, on_site = found.composition(0).sites(), found.site_amounts()
        for name, site in (("A", sites.a), ("M", sites.m), ("X", sites.x)):
            assert (on_site[name][0] == table(site)).all(), symbols


FAMILIES = ["NaZr2P3O12", "Na4Zr2Si3O12", "LiTi2P3O12", "Na3.4Sc2Si0.4P2.6O12", "Na3Zr2Ge0.15Si1.85PO12", "NaGe2P3O12"]


def test_cells_of_other_families_agree_too() -> None:
    sites = [Composition.parse(formula).sites() for formula in FAMILIES]
    on_a, on_m, on_x = (np.array([table(getattr(one, name)) for one in sites]) for name in "amx")
    many = cell_arrays(on_a, on_m, on_x)
    for k, formula in enumerate(FAMILIES):
        one = cell(Composition.parse(formula))
        assert many.a_angstrom[k] == pytest.approx(one.a_angstrom, rel=1e-12)
        assert many.c_angstrom[k] == pytest.approx(one.c_angstrom, rel=1e-12)
        assert many.phase_probability_r3c[k] == pytest.approx(one.phase_probability_r3c, abs=1e-12)


@pytest.mark.parametrize("symbols", [("Mg", "Mg"), ("Xx",), ("Si",)])
def test_what_is_no_pair_of_dopants_is_refused(symbols: tuple[str, ...]) -> None:
    with pytest.raises(FormulaError, match="different ones of the table"):
        doped_arrays(symbols, np.ones((1, len(symbols)), dtype=np.int64), np.array([200]), UNIT)
