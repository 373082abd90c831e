"""How the twin talks to the product: by commands only, and how its own command answers."""

import json
import os
import subprocess
import sys

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.twin import Surface, run_demo
from nasicon_loop.twin.__main__ import main
from nasicon_loop.twin.answers import numbered, with_keys
from nasicon_loop.twin.commands import Product, wait_for
from nasicon_loop.twin.making import make_pellet
from nasicon_loop.twin.outcome import Outcome, PelletOutcome, RefusedFile, closing_words, table


class Spoken(Product):
    """A product that answers from a script and remembers what it was asked."""

    def __init__(self, folder):
        super().__init__(folder)
        self.said = []

    def run(self, *arguments, allowed=(0,)):
        self.said.append(arguments)
        if arguments[:2] == ("sample", "new"):
            return {"label": "NL-0001"}
        if arguments[0] == "recipe":
            return {
                "target": "Na3.4Zr1.8Mg0.2Si2PO12",
                "precursors": [
                    {"name": "zirconia", "formula": "ZrO2", "mass_g": 3.5},
                    {"name": "magnesia", "formula": "MgO", "mass_g": 0.1},
                ],
            }
        if arguments[:2] == ("pellet", "new"):
            return {"label": "NL-0001-P1"}
        return {}


def test_a_pellet_is_made_as_a_user_would(tmp_path):
    product = Spoken(tmp_path)
    pellet = make_pellet(product, Surface(0), 7)
    assert [words[0] for words in product.said] == ["sample", "recipe", "weigh", "fire", "fire", "pellet"]
    assert product.said[0] == ("sample", "new", "--from-suggestion", "7")
    weighed = dict(word.split("=") for word in product.said[2] if "=" in word)
    assert float(weighed["ZrO2"]) == pytest.approx(3.5, abs=0.003)
    assert float(weighed["MgO"]) == pytest.approx(0.1, abs=0.003)
    assert f"{pellet.shown_thickness_cm:.4f}" in product.said[-1]
    again = Spoken(tmp_path)
    make_pellet(again, Surface(0), 7)
    assert again.said == product.said


def test_a_command_that_fails_says_so_in_its_own_words(tmp_path):
    with pytest.raises(Refusal, match=r"exit code 2.*"):
        Product(tmp_path).run("no-such-command")


def test_waiting_ends(tmp_path):
    assert wait_for(lambda: 3, what="a number", timeout_s=1.0) == 3
    with pytest.raises(Refusal, match=r"did not happen"):
        wait_for(lambda: None, what="nothing", timeout_s=0.05, pause_s=0.01)


def test_answers_are_found_by_name():
    document = json.loads('[{"number": 3, "formula": "A"}, {"x": [{"number": 4, "formula": "B", "verdict": null}]}]')
    assert numbered(document) == [3, 4]
    assert with_keys(document, "verdict")[0]["formula"] == "B"


LONGEST = "Na3.22Zr1.96Mo0.04Si2.38P0.62O12"


def outcome(tmp_path, *problems):
    pellet = PelletOutcome(1, "NL-0001-P1", LONGEST, -3.0, 1.1e-3, 1.0e-3, 5e-5, "accepted")
    lost = PelletOutcome(1, "NL-0002-P1", "Na3Zr2Si2PO12", -3.3, 5e-4, None, None, "rejected")
    refused = RefusedFile(1, "NL-0001-P1_dc.csv", "a DC step", "no impedance in [red]it[/red]")
    return Outcome(
        tmp_path, (pellet, lost), (refused,), tmp_path / "report.html", (tmp_path / "best.png",), -3.3, problems, 9, 1.0
    )


def test_the_table_shows_truth_and_measurement_within_80_columns(tmp_path):
    from rich.console import Console

    screen = Console(width=80, record=True, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    screen.print(table(outcome(tmp_path)))
    screen.file.close()
    text = screen.export_text()
    for word in ("10", "11", "10.00 ± 0.50", LONGEST, "accepted", "rejected"):
        assert word in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    assert outcome(tmp_path).pellets[0].error_fraction == pytest.approx(-0.0909, abs=1e-3)


def test_the_closing_words_name_refused_files_gain_pictures_and_problems(tmp_path):
    lines = "\n".join(closing_words(outcome(tmp_path, "a file was not refused")))
    assert "refused  NL-0001-P1_dc.csv (a DC step): no impedance in [red]it[/red]" in lines
    assert "2 times the undoped" in lines
    assert str(tmp_path / "best.png") in lines
    assert "PROBLEM  a file was not refused" in lines


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(Refusal, match="not empty"):
        run_demo(tmp_path)
    assert main(["--folder", str(tmp_path), "--no-keep"]) == 1
    assert "not empty" in capsys.readouterr().err
    assert (tmp_path / "mine.txt").read_text() == "keep me"


@pytest.mark.parametrize("wrong", [["--rounds", "0"], ["--batch", "99"], ["--seed", "-1"]])
def test_wrong_usage_is_exit_code_two(wrong, capsys):
    with pytest.raises(SystemExit) as caught:
        main(wrong)
    assert caught.value.code == 2
    capsys.readouterr()


def test_the_twin_imports_neither_the_model_nor_the_database():
    code = (
        "import sys, nasicon_loop.twin.__main__, nasicon_loop.twin.demo;"
        "print(sorted(n for n in sys.modules if n in {'torch', 'db', 'nasicon_loop.predict', 'nasicon_loop.lab'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
