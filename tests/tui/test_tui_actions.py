"""The screens offer exactly what the action table says, by its keys, and the help and the palette come from it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from textual.binding import Binding

from nasicon_loop.lab import ACTIONS
from nasicon_loop.tui.app import LAB_SCREENS, NasiconApp
from nasicon_loop.tui.keys import PLACES, actions_of, in_keys, slug


def _bound(bindings: object) -> dict[str, str]:
    listed = Binding.make_bindings(bindings)  # type: ignore[arg-type]
    return {one.key: one.action for one in listed}


def test_every_action_is_offered_where_and_by_the_key_the_table_says() -> None:
    screens = {screen.PLACE: screen for screen in LAB_SCREENS}
    jumps = _bound(NasiconApp.BINDINGS)
    for action in ACTIONS:
        if action.screen is None:
            assert action.key is None
            assert action.why_not
            continue
        assert action.key is not None
        if action.key.isdigit():
            assert jumps[action.key] == f"jump('{action.screen}')"
        else:
            assert _bound(screens[action.screen].BINDINGS)[action.key] == f"do('{slug(action)}')"
            assert callable(getattr(screens[action.screen], f"do_{slug(action)}"))


def test_no_screen_does_what_the_table_does_not_know() -> None:
    for screen in LAB_SCREENS:
        done = {name.removeprefix("do_") for name in vars(screen) if name.startswith("do_")}
        assert done == {slug(action) for action in actions_of(screen.PLACE)}


def test_no_key_means_two_things() -> None:
    taken = [(action.screen, action.key) for action in ACTIONS if action.key and not action.key.isdigit()]
    assert len(taken) == len(set(taken))
    jumps = _bound(NasiconApp.BINDINGS)
    for screen in LAB_SCREENS:
        assert not set(_bound(screen.BINDINGS)) & set(jumps)


def test_every_place_has_a_screen_and_the_tab_bar_fits_80_columns() -> None:
    assert [screen.PLACE for screen in LAB_SCREENS] == [place.name for place in PLACES]
    assert len(" ".join(f"{place.digit} {place.title}" for place in PLACES)) <= 80


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("weigh: nasicon weigh NL-0001", "weigh: key 4 w"),
        ("calcine: nasicon fire NL-0001 --step calcination", "calcine: key 4 f"),
        ("nasicon train", "train: key 7 t"),
        ("nasicon recipe NL-0001", "plan: key 4 r"),
        ("nasicon pellet geometry NL-0001", "geometry: key 5 g"),
        ("review and sign: nasicon analysis accept", "review and sign: key 6 a"),
        ("there is no trained model yet; run `nasicon train`", "there is no trained model yet; run key 7 t"),
        ("nasicon db upgrade, or nasicon db restore BACKUP", "nasicon db upgrade, or nasicon db restore BACKUP"),
        ("measure; drop the file into inbox/", "measure; drop the file into inbox/"),
    ],
)
def test_command_lines_in_sentences_become_keys(said: str, shown: str) -> None:
    assert in_keys(said) == shown


def test_the_screens_start_without_the_heavy_packages() -> None:
    code = (
        "import sys, nasicon_loop.tui.app\n"
        "print([n for n in ('torch', 'pymatgen', 'matplotlib', 'impedance', 'scipy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_on_the_screens_names_all_of_them() -> None:
    page = (Path(__file__).parents[2] / "docs" / "tui.md").read_text(encoding="utf-8")
    for place in PLACES:
        assert f"| {place.digit} | {place.title} |" in page
    for picture in re.findall(r"\]\((pictures/[^)]+)\)", page):
        text = (Path(__file__).parents[2] / "docs" / picture).read_text(encoding="utf-8")
        assert "url(" not in text.replace("url(#", ""), "a picture needs no network"
