"""A campaign from the empty folder to the report, through the command line only, against the hidden truth."""

import time
from pathlib import Path
from typing import Any

from nasicon_loop.core import Refusal
from nasicon_loop.twin.answers import numbered, objects, with_keys
from nasicon_loop.twin.commands import DONE, SOME_REFUSED, Product, Watch, wait_for
from nasicon_loop.twin.files import export, file_name
from nasicon_loop.twin.inbox import drop
from nasicon_loop.twin.making import Batch, Made, fire_load, press, weigh_batch
from nasicon_loop.twin.outcome import Outcome, PelletOutcome, RefusedFile
from nasicon_loop.twin.spoiled import spoil
from nasicon_loop.twin.stage import Stage
from nasicon_loop.twin.surface import Surface

_UNDOPED = "Na3Zr2Si2PO12"
_FILE_TIMEOUT_S = 180.0
_TRAIN_TIMEOUT_S = 300.0
_SETTLED = frozenset({"analysed", "refused", "held"})
_STEPS_BEFORE, _STEPS_AFTER = 3, 2
_STEPS_PER_ROUND = 5  # suggest, weigh the reference, fire, measure, learn; each sample of the batch is one more
DEFAULT_SEED = 6
"""A truth in which the third sample does not hold, whatever it is: failures are to be seen, too."""


def _teaches_alone(batch: int) -> int:
    """Return at how many results the watch trains: a load in which nothing failed, with its reference."""
    return batch + 1


def _environment(batch: int) -> dict[str, str]:
    """Settings that a user would put into lab.toml: an inbox on a local disk needs less patience than a share."""
    return {
        "NASICON_WATCH_SETTLE_SECONDS": "1.0",
        "NASICON_WATCH_PATIENCE_SECONDS": "3.0",
        "NASICON_WATCH_POLL_SECONDS": "1.0",
        "NASICON_TRAINING_RETRAIN_AFTER_N_RESULTS": str(_teaches_alone(batch)),
    }


def run_demo(
    folder: Path, *, rounds: int = 3, batch: int = 4, seed: int = DEFAULT_SEED, is_silent: bool = False
) -> Outcome:
    """Run the campaign in a new lab `folder`; a Refusal when a command fails or something does not come in time."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise Refusal("is not empty; give a folder that does not exist yet", folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"the lab cannot be made here ({error.strerror}); choose another folder", folder) from error
    started = time.monotonic()
    folder = folder.resolve()
    campaign = _Campaign(Product(folder, _environment(batch)), Surface(seed), batch)
    total = _STEPS_BEFORE + rounds * (_STEPS_PER_ROUND + batch) + _STEPS_AFTER
    with Stage(total, is_silent=is_silent) as stage:
        campaign.begin(stage)
        with campaign.product.watch(folder / "logs" / "demo-watch.txt") as watch:
            for number in range(1, rounds + 1):
                campaign.round(number, watch, stage)
        return campaign.end(stage, started)


class _Campaign:
    """The user at the bench: knows the hidden truth only to make pellets, never to choose."""

    def __init__(self, product: Product, surface: Surface, batch: int) -> None:
        self.product, self.surface, self.batch = product, surface, batch
        self.pellets: list[PelletOutcome] = []
        self.refused: list[RefusedFile] = []
        self.problems: list[str] = []

    def begin(self, stage: Stage) -> None:
        """Make the lab, load the shipped literature, train once."""
        stage.tell("nasicon init")
        self.product.run("init", str(self.product.folder))
        stage.step()
        stage.tell("nasicon data import (shipped literature)")
        self.product.run("data", "import", allowed=(DONE, SOME_REFUSED))
        stage.step()
        stage.tell("nasicon train (network on the literature)")
        self.product.run("train")
        stage.step()

    def round(self, number: int, watch: Watch, stage: Stage) -> None:
        """Suggest, make, measure, learn."""
        stage.tell(f"round {number}: nasicon suggest -n {self.batch}")
        suggested = self.product.run("suggest", "-n", str(self.batch))
        numbers = numbered(suggested)
        if len(numbers) != self.batch:
            raise Refusal(f"gave {len(numbers)} suggestions, {self.batch} were asked for", "nasicon suggest")
        for found in with_keys(suggested, "number", "formula", "reason"):
            stage.note(f"round {number}: {found['formula']}: {found['reason']}")
        for change in _changes(suggested):
            stage.note(f"round {number}: {change}")
        self.product.run("suggest", *(word for one in numbers for word in ("--accept", str(one))))
        stage.step()
        made = self._make(number, numbers, stage)
        self._measure(number, [one for one in made if one.pellet is not None], watch, stage)
        self.pellets += [self._read_back(number, one) for one in made]
        self._learn(number, watch, stage)

    def _make(self, number: int, numbers: list[int], stage: Stage) -> list[Made]:
        """Weigh the round's samples and an undoped reference, fire them in one load, press what held."""
        batches: list[Batch] = []
        for place, suggestion in enumerate(numbers, start=1):
            stage.tell(f"round {number}: sample {place} of {self.batch}: recipe, weigh")
            batches.append(weigh_batch(self.product, self.surface.seed, "--from-suggestion", str(suggestion)))
            stage.step()
        if not any(batch.is_reference for batch in batches):  # the campaign may have asked for one itself
            stage.tell(f"round {number}: the undoped reference: recipe, weigh")
            batches.append(weigh_batch(self.product, self.surface.seed, "--reference"))
        stage.step()
        stage.tell(f"round {number}: one furnace load of {len(batches)}: calcine, sinter, press")
        fire_load(self.product, batches)
        made = [press(self.product, self.surface, batch, number) for batch in batches]
        for one in made:
            if one.failed is not None:
                stage.note(f"round {number}: {one.batch.label} ({one.batch.formula}) failed: {one.failed}")
        stage.step()
        return made

    def _measure(self, number: int, made: list[Made], watch: Watch, stage: Stage) -> None:
        """Write the files of what held, and one that is no good; wait until the watch has seen to all of them."""
        pellets = [one.pellet for one in made if one.pellet is not None]
        inbox = self.product.folder / "inbox"
        names = {file_name(pellet) for pellet in pellets}
        for place, pellet in enumerate(pellets):
            stage.tell(f"round {number}: the potentiostat writes {file_name(pellet)}")
            drop(export(pellet, round_number=number, place=place), inbox / file_name(pellet))
        if pellets:
            victim = pellets[(number - 1) % len(pellets)]
            spoiler, data = spoil(export(victim, round_number=number, place=len(pellets)), number, self.surface.seed)
            bad_name = f"{victim.label}_{spoiler.name}.csv"
            drop(data, inbox / bad_name)
            stage.tell(f"round {number}: waiting for nasicon watch")
            rows = self._wait_for_files({*names, bad_name}, watch)
            self._check_refusal(number, bad_name, spoiler.what, rows[bad_name])
        stage.step()

    def _wait_for_files(self, names: set[str], watch: Watch) -> dict[str, dict[str, Any]]:
        """Return the inbox's row of every name, when none of them is on its way any more."""

        def settled() -> dict[str, dict[str, Any]] | None:
            watch.check()
            found = {str(row["name"]): row for row in with_keys(self.product.run("inbox", "list"), "name", "state")}
            waiting = [name for name in names if name not in found or found[name]["state"] not in _SETTLED]
            return None if waiting else found

        answer: dict[str, dict[str, Any]] = wait_for(
            settled, what=f"import of {len(names)} files", timeout_s=_FILE_TIMEOUT_S
        )
        return answer

    def _check_refusal(self, number: int, name: str, what: str, row: dict[str, Any]) -> None:
        said = str(row.get("reason") or "")
        is_refused = row["state"] == "refused"
        self.refused.append(RefusedFile(number, name, what, said, is_refused))
        if not is_refused:
            self.problems.append(f"{name} ({what}) was not refused: {row['state']}")

    def _read_back(self, number: int, made: Made) -> PelletOutcome:
        """Return what the product says of a sample now, beside what is true of it."""
        found = [] if made.pellet is None else self._analyses(made.batch.label)
        last = found[-1] if found else {}
        return PelletOutcome(
            number,
            made.batch.label,
            made.batch.formula,
            made.true_log10_sigma,
            None if made.pellet is None else made.pellet.sigma_25_s_cm,
            last.get("sigma_25_s_cm"),
            last.get("sigma_25_s_cm_sd"),
            "failed" if made.failed else str(last.get("verdict", "none")),
            failed=made.failed,
            is_reference=made.batch.is_reference,
        )

    def _analyses(self, label: str) -> list[dict[str, Any]]:
        story = self.product.run("sample", "show", label)
        found = [one for one in with_keys(story, "verdict") if "sigma_25_s_cm" in one]
        if not found:
            self.problems.append(f"{label} has no analysis")
        return found

    def _learn(self, number: int, watch: Watch, stage: Stage) -> None:
        """Wait for the training that the watch starts by itself; what it leaves over, train by command."""
        stage.tell(f"round {number}: the model learns from the new results")

        def learned() -> bool:
            watch.check()
            n_left = _n_unlearned(self.product.run("campaign", "status"))
            if 0 < n_left < _teaches_alone(self.batch):  # the watch will not; refused while it is still at it
                self.product.run("train", allowed=(DONE, SOME_REFUSED))
            return n_left == 0

        wait_for(learned, what="training on the new results", timeout_s=_TRAIN_TIMEOUT_S, pause_s=2.0)
        stage.step()

    def end(self, stage: Stage, started: float) -> Outcome:
        """Write the report, check the database, sum up."""
        stage.tell("nasicon report")
        written = self.product.run("report")
        stage.step()
        stage.tell("nasicon db check")
        checked = self.product.run("db", "check", allowed=(DONE, SOME_REFUSED))
        stage.step()
        self._check_failures()
        if findings := _findings(checked):
            self.problems.append(f"nasicon db check found: {findings[0]}")
        return Outcome(
            folder=self.product.folder,
            pellets=tuple(self.pellets),
            refused=tuple(self.refused),
            html=Path(written["html"]),
            pictures=tuple(Path(_path(picture)) for picture in written["pictures"]),
            reference_log10_sigma=self.surface.log10_sigma(_UNDOPED),
            problems=tuple(self.problems),
            n_commands=self.product.n_commands,
            seconds=time.monotonic() - started,
        )

    def _check_failures(self) -> None:
        """Whatever failed, and nothing else, has to stand as failed in the lab."""
        rows = with_keys(self.product.run("sample", "list"), "label", "state")
        recorded = {str(row["label"]) for row in rows if row["state"] == "failed"}
        happened = {one.label for one in self.pellets if one.failed}
        self.problems += [f"{label} is not recorded as it was: failed" for label in sorted(recorded ^ happened)]


def _changes(suggested: Any) -> list[str]:
    """Return what changed since the batch before, where the answer says it (once, or with every suggestion)."""
    return list(dict.fromkeys(str(line) for found in with_keys(suggested, "changes") for line in found["changes"]))


def _n_unlearned(status: Any) -> int:
    """Return how many results the current model has not learned from."""
    return int(with_keys(status, "n_results_not_learned")[0]["n_results_not_learned"])


def _path(picture: Any) -> str:
    return str(picture["path"]) if isinstance(picture, dict) else str(picture)


def _findings(checked: Any) -> list[str]:
    found = checked.get("findings", []) if isinstance(checked, dict) else checked
    return [" ".join(str(value) for value in one.values()) for one in objects(found)] + [
        one for one in found if isinstance(one, str)
    ]
