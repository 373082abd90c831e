"""SIGKILL at every write point; after a restart everything is there, once."""

import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

STORIES = ("importing", "bulk", "rereading", "weighing", "firing", "training", "retraining")
PAGE = Path(__file__).parents[2] / "docs" / "crash_safety.md"
N_LONG, N_SERVER = 240, 30

Summary = Callable[[Path], dict[str, Any]]


def points_in(lines: list[str]) -> Counter[tuple[str, str]]:
    """How often each (name, phase) was passed."""
    return Counter((line.partition(" ")[2], line.partition(" ")[0]) for line in lines)


class Ledger:
    """What was killed and what came of it."""

    def __init__(self, workshop: Any, summary: Summary, move: Callable[[Path], Path] = lambda lab: lab) -> None:
        self.shop, self.summary, self.move = workshop, summary, move
        self.whole: dict[tuple[str, int], tuple[dict[str, Any], Counter[tuple[str, str]]]] = {}
        self.killed: set[tuple[str, str]] = set()
        self.found: set[tuple[str, str]] = set()
        self.n_kills = self.n_files = 0

    def undisturbed(self, story: str, seed: int) -> tuple[dict[str, Any], Counter[tuple[str, str]]]:
        """What a story gives when nobody disturbs it, and the points that it passes."""
        if (story, seed) not in self.whole:
            lab = self.move(self.shop.fresh())
            code, lines = self.shop.do(story, lab, seed)
            assert code == 0
            self.whole[story, seed] = self.summary(lab), points_in(lines)
            self.found |= set(self.whole[story, seed][1])
            shutil.rmtree(lab)
        return self.whole[story, seed]

    def kill(self, story: str, seed: int, *kills: tuple[str, str, int]) -> None:
        """Kill a story at each of the points in turn, let it finish, and compare."""
        expected, _ = self.undisturbed(story, seed)
        lab = self.move(self.shop.fresh())
        for at in kills:
            code, _ = self.shop.do(story, lab, seed, at)
            if code == -9:
                self.n_kills += 1
                self.killed.add(at[:2])
        assert self.shop.do(story, lab, seed)[0] == 0
        assert self.summary(lab) == expected, f"{story}, seed {seed}, killed at {kills}"
        self.n_files += len(expected["files"])
        shutil.rmtree(lab)


def listed_points() -> set[str]:
    """The names in the table of docs/crash_safety.md; in those below it stand commands."""
    point = r"^\| `(\S+ (?:fsync|replace|rename|statement|commit))` \|"
    return set(re.findall(point, PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_write_point_is_survived_and_listed(workshop: Any, summary: Summary) -> None:
    ledger, rng = Ledger(workshop, summary), random.Random(1)  # noqa: S311 - chooses a point
    workshop.warm(1)
    for story in STORIES:
        for (name, phase), n_times in sorted(ledger.undisturbed(story, 1)[1].items()):
            if (name, phase) not in ledger.killed:
                ledger.kill(story, 1, (name, phase, rng.randint(1, n_times)))
    assert ledger.killed == ledger.found
    assert {name for name, _ in ledger.found} == listed_points()
    print(f"{len(ledger.found)} points found, {len(ledger.killed)} killed, {ledger.n_files} files, 0 lost")


@pytest.mark.parametrize(
    ("story", "order"),
    [
        ("importing", ["lab.vault._written fsync", "lab.vault._put replace", "lab.vault._flush_folder fsync",
                       "lab.importing._store statement", "lab.importing._write commit"]),
        ("training", ["predict.store._write_file fsync", "predict.store._swap rename",
                      "predict.store._flush_folder fsync", "lab.learning._keep statement",
                      "lab.learning._keep commit"]),
    ],
)  # fmt: skip
def test_nothing_is_recorded_before_it_is_on_the_disk(workshop: Any, story: str, order: list[str]) -> None:
    """What a power cut would lose of files is never named by the database."""
    code, lines = workshop.do(story, workshop.fresh(), 1)
    assert code == 0
    done = 0  # how many of the steps were ended since the last commit
    for name, phase in ((line.partition(" ")[2], line.partition(" ")[0]) for line in lines):
        if name in order:
            step = order.index(name)
            assert phase == "after" or step <= done, f"{name} began too early"
            done = max(done, step + 1) if phase == "after" or "statement" in name else done
            done = 0 if name.endswith("commit") and phase == "after" else done
    assert order[-1] in {line.partition(" ")[2] for line in lines}


@pytest.mark.torture
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_hundreds_of_kills_lose_nothing(
    workshop: Any, summary: Summary, kind: str, request: pytest.FixtureRequest
) -> None:
    is_server = kind == "postgres"
    ledger = Ledger(workshop, summary, *([request.getfixturevalue("on_server")] if is_server else []))
    n_seeds = N_SERVER if is_server else N_LONG
    workshop.warm(*range(1, 9))
    for seed, story in zip(range(1, n_seeds + 1), cycle(STORIES), strict=False):
        rng, content = random.Random(seed), seed % 8 + 1  # noqa: S311 - chooses points
        counted = ledger.undisturbed(story, content)[1]
        kills = []
        for _ in range(rng.randint(1, 3)):  # killed again while it recovers
            point = rng.choice(sorted(counted))
            kills.append((*point, rng.randint(1, counted[point])))
        ledger.kill(story, content, *kills)
    n_points = f"{len(ledger.killed)} of {len(ledger.found)} points"
    print(f"\n{kind}: {n_seeds} seeds, {ledger.n_kills} kills at {n_points}, {ledger.n_files} files, 0 lost")
