"""How the twin talks to the product: by commands only, and how its own command answers."""

import json
import os
import subprocess
import sys
import typing
from types import SimpleNamespace

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.lab.knowledge import _OF_THE_COMPOSITION
from nasicon_loop.twin import Surface, making, run_demo
from nasicon_loop.twin.__main__ import main
from nasicon_loop.twin.answers import numbered, with_keys
from nasicon_loop.twin.commands import Product, wait_for
from nasicon_loop.twin.demo import DEFAULT_SEED, _Campaign, _environment
from nasicon_loop.twin.making import Batch, fire_load, press, weigh_batch
from nasicon_loop.twin.outcome import Outcome, PelletOutcome, RefusedFile, closing_words, table
from nasicon_loop.twin.stage import Stage
from nasicon_loop.twin.workshop import Failure


class Spoken(Product):
    """A product that answers from a script and remembers what it was asked."""

    def __init__(self, folder, *, loses_reference=False):
        super().__init__(folder)
        self.said = []
        self.loses_reference = loses_reference

    def run(self, *arguments, allowed=(0,)):
        self.said.append(arguments)
        if arguments[:2] == ("sample", "new"):
            n_samples = sum(words[:2] == ("sample", "new") for words in self.said)
            return {"label": f"NL-{n_samples:04d}", "is_reference": "--reference" in arguments}
        if arguments[0] == "recipe":
            return {
                "target": "Na3.4Zr1.8Mg0.2Si2PO12",
                "precursors": [
                    {"name": "zirconia", "formula": "ZrO2", "mass_g": 3.5},
                    {"name": "magnesia", "formula": "MgO", "mass_g": 0.1},
                ],
            }
        if arguments[:2] == ("load", "new"):
            labels = arguments[3].split(",")
            is_last = [label == labels[-1] and not self.loses_reference for label in labels]
            places = [{"slot": one, "is_reference": last} for one, last in zip(labels, is_last, strict=True)]
            return {"number": 4, "places": places}
        if arguments[:2] == ("pellet", "new"):
            return {"label": f"{arguments[2]}-P1"}
        return {}


def one_load(product, seed=0, round_number=1):
    batches = [weigh_batch(product, seed, "--from-suggestion", "7"), weigh_batch(product, seed, "--reference")]
    fire_load(product, batches)
    return [press(product, Surface(seed), batch, round_number) for batch in batches]


def test_a_load_is_made_as_a_user_would(tmp_path):
    product = Spoken(tmp_path)
    made = one_load(product)
    words = [words[:2] if words[0] in ("sample", "load", "pellet") else words[:1] for words in product.said]
    batch = [("sample", "new"), ("recipe",), ("weigh",)]
    assert words == [*batch, *batch, *[("load", "new"), ("fire",)] * 2, *[("pellet", "new")] * 2]
    assert product.said[0] == ("sample", "new", "--from-suggestion", "7")
    weighed = dict(word.split("=") for word in product.said[2] if "=" in word)
    assert float(weighed["ZrO2"]) == pytest.approx(3.5, abs=0.003)
    assert float(weighed["MgO"]) == pytest.approx(0.1, abs=0.003)
    assert product.said[6] == ("load", "new", "--samples", "NL-0001,NL-0002", "--step", "calcination")
    assert product.said[7] == ("fire", "--load", "4")
    assert [one.batch.is_reference for one in made] == [False, True]
    assert f"{made[-1].pellet.shown_thickness_cm:.4f}" in product.said[-1]
    again = Spoken(tmp_path)
    one_load(again)
    assert again.said == product.said


def test_a_load_without_its_reference_stops_the_demo(tmp_path):
    with pytest.raises(Refusal, match="load 4: holds 2 samples, not 2 with a reference"):
        one_load(Spoken(tmp_path, loses_reference=True))


def test_a_sample_that_fails_is_written_off_with_its_reason_and_has_no_pellet(tmp_path):
    product = Spoken(tmp_path)
    batch = Batch("NL-0003", "Na3.4Zr1.8Mg0.2Si2PO12", is_reference=False)
    made = press(product, Surface(DEFAULT_SEED), batch, 1)
    assert made.failed == "porous"
    assert made.pellet is None
    assert product.said == [("sample", "fail", "NL-0003", "--reason", "porous after the sintering")]


@pytest.mark.parametrize("formula", ["Na3Zr2Si2PO12", "Na3.4Zr1.8Mg0.2Si2PO12", "Na3.4Zr1.6La0.4Si2PO12"])
def test_a_failure_is_seen_with_the_default_seed_whatever_is_suggested(formula, tmp_path):
    assert press(Spoken(tmp_path), Surface(DEFAULT_SEED), Batch("NL-0003", formula, is_reference=False), 1).failed


def test_every_failure_is_told_in_words_that_the_campaign_learns_from(tmp_path):
    for reason in making._SEEN.values():
        assert _OF_THE_COMPOSITION.search(reason)
    assert set(making._SEEN) == set(typing.get_args(Failure))


class Learning(Product):
    """A product with results that the model does not know, until it is told to train."""

    def __init__(self, folder, n_left):
        super().__init__(folder)
        self.n_left, self.n_trainings = n_left, 0

    def run(self, *arguments, allowed=(0,)):
        if arguments == ("train",):
            self.n_trainings, self.n_left = self.n_trainings + 1, 0
        return {"n_results_not_learned": self.n_left}


@pytest.mark.parametrize("n_left", [1, 4])
def test_what_is_too_little_for_the_watch_to_train_on_is_trained_by_command(n_left, tmp_path):
    product = Learning(tmp_path, n_left)
    _Campaign(product, Surface(0), batch=4)._learn(1, SimpleNamespace(check=lambda: None), Stage(1, is_silent=True))
    assert product.n_trainings == 1
    assert _environment(4)["NASICON_TRAINING_RETRAIN_AFTER_N_RESULTS"] == "5", "a whole load, the reference included"


class Board(Product):
    """A product that tells the states of the samples."""

    def __init__(self, folder, **states):
        super().__init__(folder)
        self.states = states

    def run(self, *arguments, allowed=(0,)):
        return [{"label": label, "state": state} for label, state in self.states.items()]


def test_a_failure_that_the_lab_does_not_know_is_a_problem_and_so_is_one_that_was_none(tmp_path):
    campaign = _Campaign(Board(tmp_path, A="failed", B="calcined", C="failed"), Surface(0), batch=2)
    campaign.pellets = [
        PelletOutcome(1, label, "Na3Zr2Si2PO12", -3.0, None, None, None, "failed", failed="cracked") for label in "AB"
    ]
    campaign._check_failures()
    assert [problem.split()[0] for problem in campaign.problems] == ["B", "C"]


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
    pellet = PelletOutcome(1, "NL-0001", LONGEST, -3.0, 1.1e-3, 1.0e-3, 5e-5, "accepted")
    lost = PelletOutcome(1, "NL-0002", LONGEST, -2.0, None, None, None, "failed", failed="second phase")
    undoped = PelletOutcome(1, "NL-0003", "Na3Zr2Si2PO12", -3.3, 5e-4, None, None, "rejected", is_reference=True)
    refused = RefusedFile(1, "NL-0001-P1_dc.csv", "a DC step", "no impedance in [red]it[/red]")
    kept = RefusedFile(1, "NL-0001-P1_area.csv", "units per area", "", is_refused=False)
    return Outcome(
        tmp_path,
        (pellet, lost, undoped),
        (refused, kept),
        tmp_path / "report.html",
        (tmp_path / "best.png",),
        -3.3,
        problems,
        9,
        1.0,
    )


def test_the_table_shows_truth_and_measurement_within_80_columns(tmp_path):
    from rich.console import Console

    screen = Console(width=80, record=True, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    screen.print(table(outcome(tmp_path)))
    screen.file.close()
    text = screen.export_text()
    for word in ("10", "11", "10.00 ± 0.50", LONGEST, "accepted", "rejected", "second phase", "failed", "(reference)"):
        assert word in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    assert outcome(tmp_path).pellets[0].error_fraction == pytest.approx(-0.0909, abs=1e-3)


def test_the_closing_words_name_refused_files_gain_pictures_and_problems(tmp_path):
    lines = "\n".join(closing_words(outcome(tmp_path, "a file was not refused")))
    assert (
        "furnace loads 1, samples 3 (1 undoped references): 1 accepted, 1 rejected, 1 failed; bad files refused: 1 of 2"
    ) in lines
    assert f"failed   NL-0002 {LONGEST}: second phase" in lines
    assert "refused  NL-0001-P1_dc.csv (a DC step): no impedance in [red]it[/red]" in lines
    assert "NL-0001-P1_area.csv" not in lines, "what was not refused is not listed as refused"
    assert "2 times the undoped" in lines, "the best of what was measured: the better one failed"
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
