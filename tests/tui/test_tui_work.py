"""The loop by keys only, at 80x24. What counts is what the database says afterwards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nasicon_loop.lab import Dimensions, Lab, import_files, new_pellet, new_sample

FORMULA = "Na3.4Zr1.8Mg0.2Si2PO12"


def taught(lab: Lab) -> list[Any]:
    """What the next training learns from."""
    with lab.database.read() as reader:
        return list(reader.teaching_analyses())


def pressed(lab: Lab) -> str:
    """A sample with one measured pellet."""
    label = new_sample(lab, FORMULA).label
    new_pellet(lab, label, Dimensions(thickness_cm=0.112, electrode_diameter_cm=1.6))
    return label


def measured(lab: Lab, folder: Path, data: bytes, name: str = "NL-0001.csv") -> None:
    """A file that was imported."""
    path = folder / name
    path.write_bytes(data)
    import_files(lab, [path])


def suggest(lab: Lab, n: int = 3) -> None:
    """Suggestions as a model would make them."""
    with lab.database.write(who="model") as writer:
        for index in range(n):
            writer.add_suggestion(
                model_run=None,
                formula=f"Na3.{index + 1}Zr1.9Mg0.1Si2PO12" if index else FORMULA,
                dopant="Mg",
                log10_sigma_mean=-3.0,
                log10_sigma_sd=0.4,
                quantiles={"0.5": -3.0},
                acquisition=0.1,
                reason="nearest known [red]thing[/red]",
                batch=1,
            )


async def test_a_whole_round_at_the_bench(
    lab: Lab, keyboard: Any, spectrum: Callable[..., bytes], tmp_path: Path
) -> None:
    (tmp_path / "NL-0001.csv").write_bytes(spectrum())
    async with keyboard(lab) as hands:
        await hands.press("n")
        await hands.type(FORMULA)
        await hands.press("ctrl+s")
        await hands.see("NL-0001")
        await hands.go("4", "r plans one")
        await hands.press("r", "2", "ctrl+s")
        await hands.see("BENCH SHEET")
        await hands.press("p")
        await hands.see("exactly as on the sheet")
        await hands.press("y")
        await hands.see(": weighed")
        await hands.press("f", "ctrl+s")
        await hands.see(": calcined")
        await hands.go("5", "p new pellet")
        await hands.press("p")
        await hands.type("0.112")
        await hands.press("enter")
        await hands.type("1,6")
        await hands.press("ctrl+s")
        await hands.see("electrode 1.6 cm")
        await hands.go("4", ": pressed")
        await hands.press("f", "ctrl+s")
        await hands.see(": sintered")
        await hands.go("2", "nothing was imported yet")
        await hands.press("o")
        await hands.type(str(tmp_path / "NL-0001.csv"))
        await hands.press("ctrl+s")
        await hands.see("✓ accepted")
        await hands.press("enter")
        await hands.see("accepted, teaches")
        assert [row.pellet_label for row in taught(lab)] == ["NL-0001-P1"]
        await hands.press("t")
        await hands.type("wrong electrode")
        await hands.press("ctrl+s")
        await hands.see("there is no way back")
        await hands.press("y")
        await hands.see("accepted, out")
    assert taught(lab) == []
    with lab.database.read() as reader:
        sample = reader.sample("NL-0001")
        assert [firing.step for firing in reader.firings(sample)] == ["calcination", "sintering"]
        assert reader.weighing(sample).operator == "Kim"
        retraction = next(line for line in reader.journal(event="analysis.retracted"))
        assert retraction.who == "Kim"
        assert retraction.data["reason"] == "wrong electrode"


async def test_masses_are_typed_and_what_is_missing_is_said_without_losing_the_rest(lab: Lab, keyboard: Any) -> None:
    label = new_sample(lab, "Na3Zr2Si2PO12").label
    async with keyboard(lab) as hands:
        await hands.go("4", "r plans one")
        await hands.press("r", "ctrl+s")
        await hands.see("BENCH SHEET")
        await hands.press("w")
        await hands.type("0.3100")
        await hands.press("ctrl+s")
        await hands.see("no mass for")
        await hands.press("tab")
        await hands.type("0.15")
        await hands.press("tab")
        await hands.type("0.24")
        await hands.press("ctrl+s")
        await hands.see(": weighed")
    with lab.database.read() as reader:
        assert sorted(reader.weighing(reader.sample(label)).masses_g.values()) == [0.15, 0.24, 0.31]


async def test_an_unassigned_file_gets_its_owner(
    lab: Lab, keyboard: Any, spectrum: Callable[..., bytes], tmp_path: Path
) -> None:
    pressed(lab)
    measured(lab, tmp_path, spectrum(), "whose.csv")
    async with keyboard(lab) as hands:
        await hands.go("2", "! unassigned")
        await hands.press("a")
        await hands.type("NL-0009")
        await hands.press("enter")
        await hands.see("Esc leave")
        assert taught(lab) == []
        await hands.press("backspace", "1", "enter")
        await hands.see("✓ analysed")
    assert [row.sample_label for row in taught(lab)] == ["NL-0001"]


async def test_a_doubtful_fit_teaches_once_a_person_signed_it(
    lab: Lab, keyboard: Any, spectrum: Callable[..., bytes], tmp_path: Path
) -> None:
    pressed(lab)
    measured(lab, tmp_path, spectrum(3, 0.06))
    async with keyboard(lab) as hands:
        await hands.go("6", "review, waits")
        assert taught(lab) == []
        await hands.press("a", "ctrl+s")
        await hands.see("needs a reason")
        await hands.type("looked at it")
        await hands.press("enter", *["backspace"] * 3)
        await hands.type("Ann")
        await hands.press("enter")
        await hands.see("review, teaches")
        assert [row.signed_by for row in taught(lab)] == ["Ann"]
        await hands.press("x")
        await hands.type("no")
        await hands.press("ctrl+s")
        await hands.see("review, out")
    assert taught(lab) == []


async def test_suggestions_are_decided_and_become_samples(lab: Lab, keyboard: Any) -> None:
    suggest(lab)
    async with keyboard(lab) as hands:
        await hands.go("3", "3 suggestions, 3 open")
        await hands.press("x")
        await hands.see("✗ rejected")
        await hands.press("down", "h")
        await hands.see("? held")
        await hands.press("a")
        await hands.see("✓ accepted")
        await hands.press("down", "m")
        await hands.see("Begin a sample")
        await hands.press("y")
        await hands.see("NL-0001 begun")
    with lab.database.read() as reader:
        assert reader.suggestion_states() == {1: "accepted", 2: "accepted", 3: "rejected"}
        assert [(one.target_formula, one.suggestion_id) for one in reader.samples()] == [(FORMULA, 1)]


@pytest.mark.parametrize(("key", "state"), [("f", "failed"), ("x", "abandoned")])
async def test_the_end_of_a_sample_needs_a_reason_and_a_yes(lab: Lab, keyboard: Any, key: str, state: str) -> None:
    label = new_sample(lab, FORMULA).label
    async with keyboard(lab) as hands:
        await hands.go("5", ": planned")
        await hands.press(key)
        await hands.type("cracked")
        await hands.press("ctrl+s")
        await hands.see("there is no way back")
        await hands.press("n")
        with lab.database.read() as reader:
            assert set(reader.sample_states().values()) == {"planned"}
        await hands.press("ctrl+s")
        await hands.see("there is no way back")
        await hands.press("y")
        await hands.see(f"{label} is {state}")
    with lab.database.read() as reader:
        assert set(reader.sample_states().values()) == {state}


async def test_geometry_that_comes_later_completes_the_record(
    lab: Lab, keyboard: Any, spectrum: Callable[..., bytes], tmp_path: Path
) -> None:
    label = new_sample(lab, FORMULA).label
    new_pellet(lab, label)
    measured(lab, tmp_path, spectrum())
    async with keyboard(lab) as hands:
        await hands.go("5", "no geometry yet")
        await hands.press("g", "enter")
        await hands.type("0.112")
        await hands.press("enter")
        await hands.type("wide")
        await hands.press("ctrl+s")
        await hands.see("is not a number")
        await hands.press(*["backspace"] * 4)
        await hands.type("1.6")
        await hands.press("ctrl+s")
        await hands.see("✓ analysed")
    (row,) = taught(lab)
    assert row.sigma_25_s_cm == pytest.approx(0.112 / (165.3 * 3.14159 / 4 * 1.6**2), rel=0.02)
