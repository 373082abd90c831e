"""The command line as a surface: every action is there, every page of help works, nothing heavy is loaded for it."""

import json
import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from nasicon_loop import lab
from nasicon_loop.cli.app import app
from nasicon_loop.lab.actions import ACTIONS

HEAVY = ("torch", "pymatgen", "impedance", "matplotlib", "pandas", "scipy", "sklearn", "sqlmodel", "alembic", "textual")


def _commands() -> list[str]:
    root = get_command(app)
    found = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        children = getattr(command, "commands", None)
        found += [f"{name} {child}" for child in children] if children else [name]
    return found


def test_the_command_line_offers_exactly_the_action_table() -> None:
    assert set(_commands()) == {action.command for action in ACTIONS}


def test_every_action_is_a_function_of_the_lab() -> None:
    assert {action.function for action in ACTIONS if action.function} <= set(lab.__all__)
    for action in ACTIONS:
        if action.function:
            assert callable(getattr(lab, action.function))


@pytest.mark.parametrize("command", _commands())
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [*command.split(), "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


def _loaded_by(*arguments: str) -> set[str]:
    """Run a command in a process of its own and return which heavy packages it loaded."""
    code = (
        "import sys, json\n"
        "from nasicon_loop.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('@@' + json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.rpartition("@@")[2]))


def test_help_loads_nothing_heavy() -> None:
    assert _loaded_by("--help") == set()


def test_a_recipe_for_a_formula_loads_nothing_heavy() -> None:
    assert _loaded_by("recipe", "Na3Zr2Si2PO12", "--json") == set()


def test_wrong_usage_is_exit_code_2_and_a_refusal_exit_code_1(tmp_path: object) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["recipe"]).exit_code == 2
    refused = runner.invoke(app, ["recipe", "Na9Zr2Si2PO12", "--json"])
    assert refused.exit_code == 1
    assert "charge" in json.loads(refused.stdout)["error"]


def test_without_a_lab_a_command_says_where_to_find_one(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.delenv("NASICON_LAB", raising=False)
    result = CliRunner().invoke(app, ["campaign", "status"])
    assert result.exit_code == 1
    assert "nasicon init" in result.stderr
