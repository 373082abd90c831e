"""What a lab's results tell of how far pellets scatter, how wrong the networks are, and of sodium and silicon."""

import numpy as np
import pytest

from nasicon_loop.predict import Row
from nasicon_loop.predict.correction import Correction
from nasicon_loop.predict.crystals import crystals
from nasicon_loop.predict.strengths import MIN_COMPOSITIONS, Strengths, Weighed, grid, weighed

SCALE, SCATTER = 0.5, 0.2
DOPED = (
    "Na3.4Zr1.8Mg0.2Si2PO12", "Na3.2Zr1.9Mg0.1Si2PO12", "Na3.1Zr1.9Y0.1Si2PO12", "Na3.2Zr1.8Y0.2Si2PO12",
    "Na3.1Zr1.9Sc0.1Si2PO12", "Na3.2Zr1.8Sc0.2Si2PO12", "Na3.1Zr1.9In0.1Si2PO12", "Na3.2Zr1.9Zn0.1Si2PO12",
)  # fmt: skip
SERIES = tuple(f"Na{1 + k / 10:g}Zr2Si{k / 10:g}P{3 - k / 10:g}O12" for k in range(18, 25))


def corrected(told: list[tuple[str, float]]) -> Correction:
    """What rows (formula, result minus networks in dex) teach."""
    rows = tuple(
        Row(f"lab-{k}", formula, -3.3, 0.02, 25.0, "total", "us", "lab") for k, (formula, _) in enumerate(told)
    )
    residual = np.array([value for _, value in told])
    return Correction(rows, crystals([row.formula for row in rows]), residual, np.full(len(rows), SCALE), SCATTER)


def asked(correction: Correction, formula: str) -> tuple[float, float]:
    """Shift (dex) and variance taken away (dex^2) there."""
    shift, reduction = correction.apply(crystals([formula]), np.array([25.0]), ["total"], np.array([SCALE]))
    return float(shift[0]), float(reduction[0])


def mean_of(correction: Correction, name: str) -> float:
    return sum(one.weight * float(getattr(one.strengths, name)) for one in correction.strengths())


def test_before_enough_compositions_everything_is_as_usual() -> None:
    few = corrected([(formula, 1.0) for formula in DOPED[: MIN_COMPOSITIONS - 1]])
    assert few.strengths() == (Weighed(Strengths(1.0, 0.0, SCATTER), 1.0),)
    assert corrected([]).strengths() == few.strengths()
    assert asked(corrected([]), DOPED[0]) == (0.0, 0.0)


@pytest.mark.parametrize(("spread", "is_wide"), [(0.02, False), (0.45, True)])
def test_replicates_tell_how_far_pellets_scatter(spread: float, is_wide: bool) -> None:
    lab = corrected([(formula, sign * spread) for formula in DOPED for sign in (-1, 1, -1, 1)])
    assert (mean_of(lab, "scatter_sd") > 0.3) is is_wide
    assert (mean_of(lab, "scatter_sd") < 0.2) is not is_wide


def test_a_lab_that_finds_everything_elsewhere_widens_what_it_has_not_measured() -> None:
    near = corrected([(formula, 0.05 * (-1) ** k) for k, formula in enumerate(DOPED) for _ in range(2)])
    far = corrected([(formula, 0.9 * (-1) ** (k // 2)) for k, formula in enumerate(DOPED) for _ in range(2)])
    assert mean_of(near, "own") < 0.8
    assert mean_of(far, "own") > 1.2
    other = "Na3.2Zr1.8Fe0.2Si2PO12"
    assert asked(far, other)[1] < 0 < asked(near, other)[1], "less than nothing is taken away, and more than nothing"


def test_what_sodium_and_silicon_do_is_learned_across_dopants() -> None:
    def value(formula: str) -> float:
        batch = crystals([formula])
        return 0.4 - 4.0 * (float(batch.amounts["A"].sum()) - 3.1) ** 2

    made = [formula for formula in (*SERIES, *DOPED) for _ in range(2)]
    lab = corrected([(formula, value(formula)) for formula in made])
    assert mean_of(lab, "lattice_sd") > 0.15, "before: 0.125"
    poor, good = "Na3.6Zr1.8Ca0.2Si2.2P0.8O12", "Na3.1Zr1.9Er0.1Si2PO12"  # dopants that the lab never had
    assert asked(lab, good)[0] > asked(lab, poor)[0] + 0.1


def test_weights_add_up_and_results_of_no_preference_change_nothing() -> None:
    before = grid(SCATTER)
    assert sum(one.weight for one in before) == pytest.approx(1.0)
    after = weighed(before, [-3.0] * len(before))
    assert [one.weight for one in after] == pytest.approx([one.weight for one in before])
    sure = weighed(before, [0.0, *[-1000.0] * (len(before) - 1)])
    assert sure == (Weighed(before[0].strengths, 1.0),)


def test_the_order_of_the_rows_does_not_matter_and_a_row_taken_back_is_forgotten() -> None:
    told = [(formula, 0.3 * (-1) ** k) for k, formula in enumerate(DOPED)]
    forth, back = corrected(told), corrected(told[::-1])
    assert asked(forth, SERIES[0]) == pytest.approx(asked(back, SERIES[0]), abs=1e-9)
    again = corrected([*told, (SERIES[3], -1.5)][:-1])
    assert asked(again, SERIES[0]) == asked(forth, SERIES[0])
