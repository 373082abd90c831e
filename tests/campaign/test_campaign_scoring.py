"""The four parts of the score: physics, gaps, honesty about what they are worth, and the paper's compounds."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from nasicon_loop.campaign import (
    PARTS,
    WEIGHTS,
    Known,
    Question,
    Scale,
    Settings,
    diffusion_log10,
    limits,
    literature,
    measured_values,
    pairs_of,
    paper_compounds,
    score_dopants,
    single_hits,
    spearman,
    weights_used,
    window_width_v,
    windows,
)
from nasicon_loop.campaign.ranks import part_remarks, spread_remarks
from nasicon_loop.chemistry import Composition, dopants
from nasicon_loop.core import Refusal

SPACE = Settings(
    amounts=(Fraction(1, 50), Fraction(1, 20), Fraction(1, 10), Fraction(1, 5)),
    silicon=tuple(Fraction(k, 10) for k in (18, 20, 22, 24)),
)
KNOWN = (Known("Na3Zr2Si2PO12", -3.25, "10.1/one"), Known("Na3.4Zr1.8Mg0.2Si2PO12", -2.9, "10.1/two"))
BONUS = {"Mg": 0.4, "Zn": 0.25, "Sc": 0.2, "Tm": 0.22, "Fe": 0.1}


def question() -> Question:
    return Question(SPACE, -3.3, limits(literature(KNOWN), SPACE))


def test_nernst_einstein_for_the_undoped_compound() -> None:
    # 18 Na in 1625 Å3: 1.11e22 per cm3; 1e-3 S/cm at 25 °C gives 1.45e-8 cm2/s
    value = diffusion_log10(np.array([-3.0]), np.array([3.0]), np.array([1625.0]))[0]
    density = 18 / 1625e-24
    assert 10**value == pytest.approx(1e-3 * 1.380649e-23 * 298.15 / (density * 1.602176634e-19**2))
    assert 10**value == pytest.approx(1.45e-8, rel=0.01)


def test_a_score_is_the_weighted_mean_of_the_parts_that_are_there() -> None:
    scale = Scale((-4.0, 1.0, 0.0, -9.0), (-2.0, 3.0, 1.0, -7.0))
    full, gap = np.array([-3.0, 3.0, 0.0, -7.0]), np.array([-3.0, np.nan, np.nan, -7.0])
    assert scale.score(np.stack([full, gap])) == pytest.approx([0.85 * 0.5 + 0.05 + 0.05, (0.85 * 0.5 + 0.05) / 0.9])
    assert sum(weights_used(gap).values()) == pytest.approx(1.0)
    assert set(weights_used(gap)) == {"conductivity", "diffusion"}
    assert sum(WEIGHTS) == pytest.approx(1.0)
    assert scale.score(np.array([[-1.0, 3.0, 1.0, -6.0]]))[0] > 1.0


def test_a_part_without_range_counts_the_same_for_all() -> None:
    scale = Scale((-4.0, 2.3, float("nan"), -9.0), (-2.0, 2.3, float("nan"), -7.0))
    normal = scale.normalised(np.array([[-3.0, 2.3, np.nan, -8.0]]))
    assert normal[0, 1] == 1.0
    assert np.isnan(normal[0, 2])


def test_the_window_is_the_hosts_narrowed_by_redox_couples_and_unknown_where_nobody_knows() -> None:
    host = window_width_v(())
    assert host == pytest.approx(2.30)
    assert window_width_v(("Mg",)) == host
    assert window_width_v(("Ti",)) == pytest.approx(3.41 - 2.1)
    assert window_width_v(("Fe", "V")) == pytest.approx(3.4 - 2.5)
    assert window_width_v(("Mg", "Cu")) is None


def test_every_dopant_has_a_line_and_every_number_a_source() -> None:
    table = windows()
    assert set(dopants()) | {"Na3Zr2Si2PO12"} == set(table)
    for one in table.values():
        has_number = one.low_v is not None or one.high_v is not None
        assert not has_number or one.source
        assert (one.status == "couple") == (has_number and one.element != "Na3Zr2Si2PO12")
        assert one.status != "unknown" or not has_number


def test_rank_correlation_is_spearmans() -> None:
    one = np.array([1.0, 2.0, 3.0, 4.0, np.nan])
    assert spearman(one, one**3) == pytest.approx(1.0)
    assert spearman(one, -one) == pytest.approx(-1.0)
    assert spearman(one, np.array([1.0, 1.0, 2.0, 2.0, 5.0])) == pytest.approx(0.894, abs=1e-3)
    assert spearman(one, np.full(5, 2.0)) is None
    assert spearman(one[:2], one[:2]) is None


def test_a_constant_part_an_echo_and_a_gap_are_said() -> None:
    sigma = np.linspace(-4.0, -2.0, 9)
    parts = np.stack([sigma, np.full(9, 2.3), np.full(9, np.nan), sigma - 5.0], axis=1)
    parts[3, 1] = np.nan
    names = ("Li", "K", "Mg", "Cu", "Zn", "Sc", "Y", "Al", "Ga")
    correlations = tuple(tuple(spearman(a, b) for b in parts.T) for a in parts.T)
    text = "\n".join(part_remarks(parts, names, correlations))
    assert "90 % of the score is sigma" in text
    assert "window: no data for 1 of 9 dopants (Cu)" in text
    assert "window: the same for every dopant that has it" in text
    assert "stability: no data; not scored" in text
    assert "diffusion: ranks the dopants as the conductivity does (rho 1.00)" in text
    assert "estimate" in text


def test_a_ranking_finer_than_the_predictions_is_said() -> None:
    assert "cannot be told apart" in spread_remarks(np.array([-3.0, -2.8]), np.array([0.5, 0.5]))[0]
    assert spread_remarks(np.array([-6.0, -2.8]), np.array([0.3, 0.3])) == ()


def test_all_dopants_are_scored_and_the_best_is_one(smooth) -> None:
    scoring = score_dopants(smooth(BONUS, stable=("Mg", "Sc")), question(), literature(KNOWN))
    by_element = {one.element: one for one in scoring.dopants}
    assert list(by_element) == list(dopants())
    assert by_element["Cd"].is_blocked
    assert by_element["Cd"].hit is None
    assert by_element["Mg"].n_support_rows == 1
    scored = [one.hit for one in scoring.dopants if one.hit is not None]
    assert all(hit.chance >= 0.5 and hit.score is not None and 0 <= hit.score <= 1 for hit in scored)
    mg = by_element["Mg"].hit
    assert mg is not None
    assert mg.score == max(hit.score or 0.0 for hit in scored)
    assert mg.parts[PARTS.index("stability")] is not None
    assert by_element["Zn"].hit.parts[PARTS.index("stability")] is None
    assert scoring.correlations[0][0] == pytest.approx(1.0)


def test_nothing_left_is_refused(smooth) -> None:
    narrow = replace(question(), settings=replace(SPACE, min_sodium=Fraction(4)))
    with pytest.raises(Refusal, match="widen"):
        score_dopants(smooth(), narrow, literature(KNOWN))


def test_the_papers_compounds_are_as_printed_and_get_a_place(smooth) -> None:
    compounds = paper_compounds()
    assert len(compounds) == 17
    for one in compounds:
        composition = Composition.parse(one.formula)
        cations = float(composition.charge()) + 2 * float(composition.get("O"))
        assert cations == pytest.approx(one.charge, abs=1e-9)
        assert bool(one.remark) == (one.charge != 24.0 or one.dopant == "Y")
    scoring = score_dopants(smooth(BONUS), question(), literature(KNOWN))
    assert [place.compound for place in scoring.paper] == list(compounds)
    for place in scoring.paper:
        assert 1 <= place.rank <= scoring.n_candidates + 1
        assert 0 <= place.percentile <= 1
    ranks = [place.rank for place in sorted(scoring.paper, key=lambda place: -place.score)]
    assert ranks == sorted(ranks)
    assert scoring.paper_correlation is not None


def test_the_labs_median_overrides(smooth) -> None:
    lab = [Known("Na3.4Zr1.8Mg0.2Si2PO12", value, "NL", is_lab=True) for value in (-2.0, -2.2, -1.0)]
    values = measured_values([*KNOWN, *lab])
    assert list(values.values()) == [-2.0]
    scoring = score_dopants(smooth(), replace(question(), measured=values), literature(KNOWN))
    mg = next(one.hit for one in scoring.dopants if one.element == "Mg")
    assert (mg.formula, mg.mean) == ("Na3.4Zr1.8Mg0.2Si2PO12", -2.0)


def test_pairs_with_silicon_and_alone_come_from_one_dopant(smooth) -> None:
    asked = replace(question(), by="sigma")
    pairs = {(one.first, one.second): one.hit for one in pairs_of(single_hits(smooth({"Mg": 0.4}), asked))}
    alone, with_silicon = pairs["Mg", "Mg"], pairs["Mg", "Si"]
    assert alone.value >= with_silicon.value
    assert with_silicon.silicon != 2.0
    assert ("Si", "Si") in pairs
    assert ("Cd", "Cd") not in pairs
