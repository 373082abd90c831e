"""The plots of the screen Spectrum: which there are, where their points lie, and that the keys turn to them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.app import App, ComposeResult

from nasicon_loop.core import Refusal
from nasicon_loop.lab import HandFit, Lab, analysis_view, import_files, refit_analysis, spectrum_plots
from nasicon_loop.tui.themes import palette
from nasicon_loop.tui.widgets.panel import PanelPlot, on_axis
from nasicon_loop.tui.widgets.pointing import Pointing, on_panel

SIZES = [(80, 24), (120, 40), (160, 50)]


@pytest.fixture
def number(lab: Lab, spectrum: Callable[..., bytes], tmp_path: Path) -> int:
    path = tmp_path / "NL-0001.csv"
    path.write_bytes(spectrum())
    found = import_files(lab, [path])[0].sweeps[0].analysis_id
    assert found is not None
    return int(found)


class PlotApp(App[None]):
    """One panel."""

    def compose(self) -> ComposeResult:
        """Draw it."""
        yield PanelPlot()


def test_panels_are_computed_from_what_is_stored(lab: Lab, number: int) -> None:
    view = analysis_view(lab, number)
    plots = spectrum_plots(lab, view)
    f, z = view.spectrum.frequency_hz, view.spectrum.impedance_ohm
    kept = np.setdiff1d(np.arange(len(f)), view.analysis.masked)
    modulus, phase, left, test = (plots[name] for name in ("modulus", "phase", "residuals", "kramers-kronig"))
    np.testing.assert_allclose(modulus.series[0].y, np.abs(z[kept]))
    np.testing.assert_allclose(phase.series[0].y, -np.degrees(np.angle(z[kept])))
    gap = 100 * (z - view.analysis.impedance_at(f)) / np.abs(z)
    np.testing.assert_allclose(left.series[0].y, gap.real[kept])
    np.testing.assert_allclose(left.series[1].y, gap.imag[kept])
    rms = float(np.sqrt(np.mean(np.concatenate([test.series[0].y, test.series[1].y]) ** 2))) / 100
    assert rms == pytest.approx(view.analysis.kk_rms, rel=0.3), "the same test as the gate, without degrees of freedom"
    assert len(plots["drt"].series[0].x) > 10
    # the arc of 135 ohm and 20 nF has its apex at 59 kHz
    assert any(abs(np.log10(mark.x / (135.0 * 2e-8))) < 0.2 for mark in plots["drt"].marks)


@pytest.mark.parametrize("size", SIZES)
async def test_a_point_is_drawn_where_its_logarithm_lies(lab: Lab, number: int, size: tuple[int, int]) -> None:
    panel = spectrum_plots(lab, analysis_view(lab, number))["modulus"]
    app = PlotApp()
    async with app.run_test(size=size) as pilot:
        plot = app.query_one(PanelPlot)
        plot.draw(panel, palette("nasicon-dark"))
        await pilot.pause()
        columns, _rows = plot.cells
        for value, _ in panel.x.ticks:
            share = np.log(value / panel.x.low) / np.log(panel.x.high / panel.x.low)
            column, _row = plot.get_pixel_from_coordinate(float(on_axis(panel.x, value)), 1.0)
            assert column == pytest.approx(1 + share * (columns - 1), abs=1.01)
        lines = ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
        assert sum("10" in word for word in " ".join(lines[-2:]).split()) >= 3, "decades can be read"
        assert any("o" in line for line in lines[1:-3])


@pytest.mark.parametrize("size", [(48, 6), *SIZES])
@pytest.mark.parametrize("name", ["modulus", "phase", "residuals", "kramers-kronig", "drt"])
async def test_two_ticks_at_least_tell_the_scale(lab: Lab, number: int, name: str, size: tuple[int, int]) -> None:
    panel = spectrum_plots(lab, analysis_view(lab, number))[name]
    app = PlotApp()
    async with app.run_test(size=size) as pilot:
        plot = app.query_one(PanelPlot)
        plot.draw(panel, palette("nasicon-dark"))
        await pilot.pause()
        lines = ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
        assert sum(bool(line[:7].strip()) for line in lines[:-1]) >= 2, "\n".join(lines)


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_turns_through_all_plots(lab: Lab, keyboard: Any, number: int, size: tuple[int, int]) -> None:
    async with keyboard(lab, size) as hands:
        await hands.go("6", "equal axes")
        for title in ("phase / °", "KK test residual", "γ(ln τ)", "equal axes"):
            await hands.press("p")
            await hands.see(title)
            assert all(len(line.rstrip()) <= size[0] for line in hands.lines)
            assert ("zoom" in hands.text) == (title == "equal axes"), "what the bar shows is what works"
            assert "p plot" in hands.text
            assert ("for looking only" in " ".join(hands.text.split())) == (title == "γ(ln τ)")


async def test_too_short_a_spectrum_says_why_it_has_no_relaxation_times(
    lab: Lab, keyboard: Any, spectrum: Callable[..., bytes], tmp_path: Path
) -> None:
    lines = spectrum().splitlines(keepends=True)
    (tmp_path / "NL-0001.csv").write_bytes(b"".join(lines[:-53]))
    import_files(lab, [tmp_path / "NL-0001.csv"])
    async with keyboard(lab) as hands:
        await hands.go("6", "equal axes")
        await hands.press("p", "p")
        await hands.see("no circuit was fitted")
        await hands.press("p")
        await hands.see("relaxation times need 10")


def made(lab: Lab) -> list[Any]:
    """All analyses of the only sweep, oldest first."""
    with lab.database.read() as reader:
        return list(reader.analyses(reader.analysis(1).spectrum_id))


async def test_points_are_marked_by_keys_left_out_and_taken_back(lab: Lab, keyboard: Any, number: int) -> None:
    async with keyboard(lab) as hands:
        await hands.go("6", "equal axes")
        assert "u undo" not in hands.text, "there is nothing before the first"
        await hands.press("full_stop", "space", "greater_than_sign", "space", "full_stop", "space", "space")
        await hands.see("point 11: 79.4 kHz")
        await hands.see("2 of 61 marked")
        await hands.press("p", "comma")
        await hands.see("point 10: 100 kHz")
        await hands.see("Z′")
        await hands.press("c")
        await hands.see("0,10")
        await hands.press("enter")
        await hands.type("1:1")
        await hands.press("ctrl+s")
        await hands.see("say why")
        await hands.press("backspace", "9", *["enter"] * 3)
        await hands.type("the contact moved")
        await hands.press("ctrl+s")
        await hands.see("analysis 2 review")
        await hands.see("u undo")
        f = analysis_view(lab, 2).spectrum.frequency_hz
        low = np.flatnonzero((f >= 1) & (f <= 9)).tolist()
        old, new = made(lab)
        assert (old.made_by, old.verdict) == ("nasicon", "accepted"), "nothing is overwritten"
        assert (new.made_by, new.verdict) == ("Kim", "review")
        assert new.document["left_out"] == [0, 10, *low]
        assert set(new.document["left_out"]) <= set(new.document["masked"])
        assert f"{len(low) + 2} of 61 points left out by hand, made by hand by Kim" in new.reasons[-1]
        with lab.database.read() as reader:
            line = reader.journal(event="analysis.made", limit=1)[0]
        assert (line.who, line.data["who"], line.data["reason"]) == ("Kim", "Kim", "the contact moved")
        await hands.press("u")
        await hands.see("Back from analysis 2 to 1")
        await hands.type("it had not")
        await hands.press("ctrl+s")
        await hands.see("analysis 3 accepted")
    assert [one.document["left_out"] for one in made(lab)] == [[], new.document["left_out"], []]
    with lab.database.read() as reader:
        assert reader.current_analysis(old.spectrum_id).id == 3
        line = reader.journal(event="analysis.made", limit=1)[0]
    assert line.data["reason"] == "Kim went back to analysis 1 from 2: it had not"


async def test_a_circuit_is_chosen_by_its_number(lab: Lab, keyboard: Any, number: int) -> None:
    async with keyboard(lab) as hands:
        await hands.go("6", "equal axes")
        await hands.press("c")
        await hands.see("5:R0-p(R1,CPE1)-CPE2")
        await hands.press("enter", "enter")
        await hands.type("99")
        await hands.press("ctrl+s")
        await hands.see("say why")
        await hands.press("enter", "enter")
        await hands.type("simpler")
        await hands.press("ctrl+s")
        await hands.see("is none of")
        await hands.press("up", "up", "backspace", "backspace", "5", "ctrl+s")
        await hands.see("analysis 2 review")
    old, new = made(lab)
    assert new.circuit_string.removeprefix("L0-") == "R0-p(R1,CPE1)-CPE2"
    assert new.document["left_out"] == []
    assert old.verdict == "accepted"


def test_the_cursor_stays_on_the_points_and_marks_are_taken_back(lab: Lab, number: int) -> None:
    pointing = Pointing.of(analysis_view(lab, number))
    assert pointing.toggled() == pointing, "no cursor, no mark"
    assert pointing.moved(1).cursor == 0
    assert pointing.moved(-1).cursor == 60
    assert pointing.moved(1).moved(-5).cursor == 0
    marked = pointing.moved(1).moved(99).toggled()
    assert marked.marks == {60}
    assert marked.toggled().marks == frozenset()
    made_with = Pointing(61, frozenset({3}), frozenset({4}), 5)
    fresh, back, cursor = (places for places, _, _ in made_with.overlays(palette("nasicon-dark")))
    assert (fresh, back, cursor) == ([4], [3], [5])


@pytest.mark.parametrize("name", ["modulus", "phase", "residuals"])
def test_a_point_is_found_on_every_panel(lab: Lab, number: int, name: str) -> None:
    view = analysis_view(lab, number)
    f = view.spectrum.frequency_hz
    panel = spectrum_plots(lab, view)[name]
    x, y = on_panel(panel, f, [7])
    assert set(x) == {f[7]}
    assert len(y) == (2 if name == "residuals" else 1)
    if name == "modulus":
        assert y[0] == pytest.approx(abs(view.spectrum.impedance_ohm[7]))
    assert len(on_panel(panel, f, [])[0]) == 0


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        ("7", "LOW:HIGH"),
        ("9:1", "lower one first"),
        ("a:2", "not a number"),
        ("2e9:3e9", "no point"),
        ("0:9e5", "left"),
    ],
)
def test_what_cannot_be_left_out_is_refused_and_nothing_is_stored(
    lab: Lab, number: int, left_out: str, why: str
) -> None:
    def refit() -> None:
        wish = HandFit.parse("R0-p(R1,CPE1)", "R0,R1", leave_out=[left_out])
        refit_analysis(lab, number, wish, by="Ada", reason="trying")

    with pytest.raises(Refusal, match=why):
        refit()
    with pytest.raises(Refusal):
        analysis_view(lab, number + 1)
