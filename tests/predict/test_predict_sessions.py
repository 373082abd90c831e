"""What pellets of one furnace load share: a reference that reads low takes part of it upon the session."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.predict import Model, Row, Settings, data_hash, load, stability_hash, train
from nasicon_loop.predict.correction import SESSION_SD, Correction
from nasicon_loop.predict.crystals import crystals
from nasicon_loop.predict.rows import StabilityRow

UNDOPED, DOPED, OTHER = "Na3Zr2Si2PO12", "Na3.4Zr1.8Mg0.2Si2PO12", "Na3.1Zr1.9Y0.1Si2PO12"
SCALE, SCATTER = 0.5, 0.2


def lab_row(number: int, formula: str, session: str | None = None) -> Row:
    is_reference = formula == UNDOPED and session is not None
    return Row(f"lab-{number}", formula, -3.3, 0.05, 25.0, "total", "us", "lab", {}, session, is_reference)


def corrected(*told: tuple[str, str | None, float]) -> Correction:
    """What rows (formula, session, result minus networks in dex) teach."""
    rows = tuple(lab_row(k, formula, session) for k, (formula, session, _) in enumerate(told))
    residual = np.array([value for *_, value in told])
    return Correction(rows, crystals([row.formula for row in rows]), residual, np.full(len(rows), SCALE), SCATTER)


def shift(correction: Correction, formula: str) -> float:
    batch = crystals([formula])
    return float(correction.apply(batch, np.array([25.0]), ["total"], np.array([SCALE]))[0][0])


def loads(reference_of_a: float) -> list[tuple[str, str | None, float]]:
    """Four loads with a reference each; in A and B lies a doped pellet that reads 0.3 dex low."""
    references = [(UNDOPED, load, value) for load, value in zip("ABCD", (reference_of_a, 0.0, 0.0, 0.0), strict=True)]
    return [*references, (DOPED, "A", -0.3), (OTHER, "B", -0.3)]


def test_a_low_reference_takes_part_of_its_companions_low_value_upon_the_session() -> None:
    low, fine = corrected(*loads(-0.3)), corrected(*loads(0.0))
    without = corrected(*((formula, None, value) for formula, _, value in loads(-0.3)))
    assert shift(low, DOPED) > 0.9 * shift(without, DOPED), "the dopant's effect shrinks"
    assert -0.3 < shift(without, DOPED) < 0 > shift(low, DOPED), "but it does not vanish"
    assert shift(low, DOPED) - shift(fine, DOPED) > 0.04
    assert abs(shift(low, OTHER) - shift(fine, OTHER)) < 0.02, "another session is hardly touched"


def test_the_sessions_offset_is_known_answer_algebra() -> None:
    """Two pellets of compositions that the networks know exactly: only session and scatter are left."""
    pair = corrected((UNDOPED, "A", -0.3), (DOPED, "A", -0.3))
    exact = replace(pair, scale=np.full(2, 1e-9))
    (offset,) = exact.sessions()
    noise = SCATTER**2 + 0.05**2
    wanted = -0.3 * 2 * SESSION_SD**2 / (noise + SESSION_SD**2)
    assert offset.offset == pytest.approx(wanted, rel=1e-6)
    left = SESSION_SD**2 - 2 * SESSION_SD**4 / (noise + SESSION_SD**2)
    assert offset.sd == pytest.approx(left**0.5, rel=1e-6)
    assert (offset.session, offset.n_rows, offset.n_references) == ("A", 2, 1)


def test_offsets_name_the_session_that_is_off() -> None:
    by_name = {one.session: one.offset for one in corrected(*loads(-0.3)).sessions()}
    assert set(by_name) == {"A", "B"}, "of a session with one pellet nothing can be said"
    assert by_name["A"] < -0.05
    assert by_name["A"] < by_name["B"] - 0.02


def test_a_session_of_one_pellet_is_no_session_to_the_bit() -> None:
    alone = corrected((UNDOPED, "A", -0.3), (DOPED, "B", 0.2))
    without = corrected((UNDOPED, None, -0.3), (DOPED, None, 0.2))
    for formula in (UNDOPED, DOPED, OTHER):
        assert shift(alone, formula) == shift(without, formula)
    assert alone.sessions() == ()


def test_the_spread_never_grows_by_knowing_the_session() -> None:
    batch = crystals([UNDOPED, DOPED, OTHER])
    arguments = (batch, np.full(3, 25.0), ["total"] * 3, np.full(3, SCALE))
    reduction = corrected(*loads(-0.3)).apply(*arguments)[1]
    assert (reduction >= 0).all()
    assert (reduction <= SCALE**2).all()


def test_hashes_of_rows_without_what_is_new_are_those_of_earlier_versions() -> None:
    published = Row("1", UNDOPED, -3.3, 0.1, 25.0, "total", "somebody 1999", "literature")
    ours = Row("lab-1", UNDOPED, -3.3, 0.1, 25.0, "total", "NL-0001-P1", "lab", {"sintering_c": 1200.0})
    wanted = "c793af4cbe9b92eca1cfb96bb3fc60a9e261e059ca332e39054784c2752c14c3"
    assert data_hash([published, ours]) == wanted
    others = [replace(ours, session="A"), replace(ours, is_reference=True)]
    hashes = {data_hash([published, one]) for one in others} | {data_hash([replace(published, structure="x"), ours])}
    assert len(hashes | {wanted}) == 4
    energy = StabilityRow("s", UNDOPED, 0.01, "x")
    assert stability_hash([energy]) == "97049cf0990180b77635227978801953e851d24cd44d38c5fa89fc9cfb6ca278"
    assert stability_hash([replace(energy, structure="x")]) != stability_hash([energy])


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "literature", "session": "A"},
        {"origin": "literature", "is_reference": True},
        {"origin": "lab", "structure": "data_"},
    ],
)
def test_who_may_have_what(wrong: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        Row("1", UNDOPED, -3.3, 0.1, 25.0, "total", "x", **wrong)  # type: ignore[arg-type]


def test_sessions_travel_with_the_model_and_a_retraction_undoes_them(
    tmp_path: Path, literature: list[Row], tiny: Settings, model_directory: Path, model: Model
) -> None:
    told = [replace(lab_row(k, formula, "load 1"), log10_sigma=-4.0) for k, formula in enumerate((UNDOPED, DOPED))]
    arguments = {"settings": tiny, "seed": 1, "previous": model_directory}
    trained = train([*literature, *told], tmp_path / "one", **arguments)  # type: ignore[arg-type]
    (offset,) = trained.manifest["sessions"]
    assert (offset["session"], offset["n_references"]) == ("load 1", 1)
    assert offset["offset"] < 0
    again = load(tmp_path / "one")
    assert [row.session for row in again.correction.rows] == ["load 1", "load 1"]
    assert (again.predict([DOPED]).mean == trained.predict([DOPED]).mean).all()
    back = train(literature, tmp_path / "two", **arguments)  # type: ignore[arg-type]
    assert (back.predict([DOPED]).mean == model.predict([DOPED]).mean).all()
