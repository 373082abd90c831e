"""What holds on all screens: 80x24, changes by others, harmless text, help, palette, messages, leaving."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key

from nasicon_loop.lab import Lab, import_files, new_sample, opened
from nasicon_loop.tui.app import LAB_SCREENS
from nasicon_loop.tui.keys import PLACES, actions_of, place
from nasicon_loop.tui.screens.journal import JournalScreen

NASTY = "[red]x[/red] \x1b[31m[@click=app.bell]y"
HARMLESS = "[red]x[/red] \N{REPLACEMENT CHARACTER}[31m[@click"
TABS = " ".join(f"{place.digit} {place.title}" for place in PLACES)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_tabs_headline_and_keys_are_never_cut(
    lab: Lab, keyboard: Any, spectrum: Callable[..., bytes], tmp_path: Path, size: tuple[int, int]
) -> None:
    new_sample(lab, "Na3.36Zr1.92Cu0.08Si2.2P0.8O12", note="a long story " * 20)
    (tmp_path / "NL-0001.csv").write_bytes(spectrum())
    import_files(lab, [tmp_path / "NL-0001.csv"])
    async with keyboard(lab, size) as hands:
        for screen in LAB_SCREENS:
            await hands.press(place(screen.PLACE).digit)
            await hands.headline(place(screen.PLACE).title)
            lines = hands.lines
            assert len(lines) == size[1]
            assert all(len(line.rstrip()) <= size[0] for line in lines)
            assert lines[0].startswith(TABS)
            bar = " ".join(lines[-3:])
            front = hands.app.front
            assert front is not None
            for action in actions_of(screen.PLACE):
                if front.can(action.name.replace(" ", "_")):
                    assert f"{action.key} {action.name}" in bar
            for word in ("Esc back", "? help", "q quit"):
                assert word in bar


async def test_what_others_do_appears_by_itself(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.see("0 samples")
        with opened(lab.folder.path) as other:
            new_sample(other, "Na3Zr2Si2PO12")
        await hands.see("1 samples")
        await hands.press("n")
        await hands.see("New sample")
        with opened(lab.folder.path) as other:
            new_sample(other, "Na3Zr2Si2PO12")
        await hands.press("escape")
        await hands.see("2 samples")


async def test_text_from_files_and_people_stays_text(
    lab: Lab, keyboard: Any, spectrum: Callable[..., bytes], tmp_path: Path
) -> None:
    with lab.database.write(who=NASTY) as writer:  # past the use case, which makes notes harmless before they are kept
        writer.add_sample("Na3Zr2Si2PO12", note=NASTY)
    path = tmp_path / "NL-0001 [red]x \x1b[31m.csv"
    path.write_bytes(spectrum())
    import_files(lab, [path])
    with lab.database.read() as reader:
        assert reader.files()[0].name.startswith("NL-0001 [red]x")
    async with keyboard(lab, (120, 40)) as hands:
        await hands.go("5", HARMLESS)
        await hands.see("NL-0001 [red]x")
        await hands.go("2", "NL-0001 [red]x")
        await hands.press("enter")
        await hands.see("NL-0001 [red]x")
        await hands.go("8", "[red]x[/red]")
        await hands.press("2", "a")
        await hands.see("File 1: NL-0001 [red]x")
        await hands.press("escape")
        hands.app.say_refusal(ValueError(NASTY))
        await hands.see(HARMLESS)
        assert "\x1b" not in hands.text


async def test_help_and_palette_come_from_the_table(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.go("3", "0 suggestions")
        await hands.press("question_mark")
        for action in actions_of("suggestions"):
            await hands.see(action.help)
        await hands.see("nasicon suggest")
        await hands.press("escape", "ctrl+p")
        await hands.type("new sample")
        await hands.see("Board: new sample")
        await hands.press("enter")
        await hands.see("target formula")
        await hands.type("Na3Zr2Si2PO12")
        await hands.press("ctrl+s")
        await hands.see("NL-0001 begun")
    with lab.database.read() as reader:
        assert [one.target_formula for one in reader.samples()] == ["Na3Zr2Si2PO12"]


async def test_a_refusal_is_one_line_and_changes_nothing(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.press("n")
        await hands.type("Na3.5Zr2Si2PO12")
        await hands.press("ctrl+s")
        await hands.see("charge")
        await hands.see("Na3.5Zr2Si2PO12")
        await hands.press("escape")
        await hands.see("0 samples")
    with lab.database.read() as reader:
        assert reader.samples() == []


async def test_keys_typed_faster_than_they_are_taken_reach_their_own_lines(lab: Lab, keyboard: Any) -> None:
    typed = ["Na3Zr2Si2PO12", "\t", "y", "\r", "wrong", "\x15", "secx", "\x7f", "ond note", "\x13"]
    names = {"\t": "tab", "\r": "enter", "\x13": "ctrl+s", "\x15": "ctrl+u", "\x7f": "backspace"}
    async with keyboard(lab) as hands:
        await hands.press("n")
        await hands.see("target formula")
        for key in "".join(typed):
            hands.app.post_message(Key(names.get(key, key), key))  # nothing is taken before all are there
        await hands.see("NL-0001 begun")
    with lab.database.read() as reader:
        found = [(one.target_formula, one.is_reference, one.note) for one in reader.samples()]
    assert found == [("Na3Zr2Si2PO12", True, "second note")]


async def test_a_change_is_read_once_though_the_screen_is_opened_and_the_poll_sees_it(
    lab: Lab, keyboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_loads, load = [], JournalScreen.load

    def counted(screen: JournalScreen) -> Any:
        n_loads.append(1)
        return load(screen)

    monkeypatch.setattr(JournalScreen, "load", counted)
    async with keyboard(lab) as hands:
        new_sample(lab, "Na3Zr2Si2PO12")
        await hands.go("8", "sample.created")
        token = lab.database.change_token()
        await hands.until(lambda: hands.app.token == token and not hands.app.front._is_reading)
        assert len(n_loads) == 1
        new_sample(lab, "Na3Zr2Si2PO12", note="another")
        await hands.until(lambda: len(n_loads) == 2)


async def test_esc_goes_back_and_the_theme_changes(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.go("8", "of the journal")
        await hands.go("7", "not learned yet")
        await hands.press("escape")
        await hands.see("of the journal")
        await hands.press("escape")
        await hands.see("0 samples")
        await hands.press("f2")
        await hands.until(lambda: hands.app.theme == "nasicon-light")


async def test_theme_and_size_that_changed_meanwhile_hold_on_a_screen_seen_before(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.go("8", "of the journal")
        journal, dark = hands.app.front, hands.app.front.query_one("#headline").rich_style
        await hands.go("1", "0 samples")
        await hands.press("f2")
        await hands.pilot.resize_terminal(120, 30)
        await hands.go("8", "of the journal")
        await hands.until(lambda: "-wide" in journal.classes and len(hands.lines) == 30)
        light = hands.app.front.query_one("#headline").rich_style
        assert light.bgcolor != dark.bgcolor
        await hands.go("2", "0 files")
        assert hands.app.front.query_one("#headline").rich_style == light


async def test_the_doctor_finds_what_is_broken(lab: Lab, keyboard: Any) -> None:
    lab.folder.reports.rmdir()
    async with keyboard(lab) as hands:
        await hands.go("9", "✗ BAD")
        await hands.see("folder reports/")
        await hands.press("c")
        await hands.see("the database is whole")
        lab.folder.reports.mkdir()
        await hands.press("d")
        await hands.until(lambda: "folder reports/" not in hands.lines[3])


async def test_q_leaves(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.press("q")
        await hands.until(lambda: not hands.app.is_running)
