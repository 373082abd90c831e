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

STORIES = ("importing", "bulk", "weighing", "firing", "training", "retraining")
PAGE = Path(__file__).parents[2] / "docs" / "crash_safety.md"
SEEDS = (1, 2)
N_LONG = 240

Summary = Callable[[Path], dict[str, Any]]


def points_in(lines: list[str]) -> Counter[tuple[str, str]]:
    """How often each (name, phase) was passed."""
    return Counter((line.partition(" ")[2], line.partition(" ")[0]) for line in lines)


class Ledger:
    """What was killed and what came of it."""

    def __init__(self, workshop: Any, summary: Summary) -> None:
        self.shop, self.summary = workshop, summary
        self.whole: dict[tuple[str, int], tuple[dict[str, Any], Counter[tuple[str, str]]]] = {}
        self.killed: set[tuple[str, str]] = set()
        self.found: set[tuple[str, str]] = set()
        self.n_kills = self.n_files = 0

    def undisturbed(self, story: str, seed: int) -> tuple[dict[str, Any], Counter[tuple[str, str]]]:
        """What a story gives when nobody disturbs it, and the points that it passes."""
        if (story, seed) not in self.whole:
            lab = self.shop.fresh()
            code, lines = self.shop.do(story, lab, seed)
            assert code == 0
            self.whole[story, seed] = self.summary(lab), points_in(lines)
            self.found |= set(self.whole[story, seed][1])
            shutil.rmtree(lab)
        return self.whole[story, seed]

    def kill(self, story: str, seed: int, *kills: tuple[str, str, int]) -> None:
        """Kill a story at each of the points in turn, let it finish, and compare."""
        expected, _ = self.undisturbed(story, seed)
        lab = self.shop.fresh()
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
    """The names in the table of docs/crash_safety.md."""
    return set(re.findall(r"^\| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_write_point_is_survived_and_listed(workshop: Any, summary: Summary) -> None:
    ledger, rng = Ledger(workshop, summary), random.Random(1)
    workshop.ask(story="warm", lab=str(workshop.prepared), seeds=[1])
    for story in STORIES:
        for (name, phase), n_times in sorted(ledger.undisturbed(story, 1)[1].items()):
            if (name, phase) not in ledger.killed:
                ledger.kill(story, 1, (name, phase, rng.randint(1, n_times)))
    assert ledger.killed == ledger.found
    assert {name for name, _ in ledger.found} == listed_points()
    print(f"{len(ledger.found)} points found, {len(ledger.killed)} killed, {ledger.n_files} files, 0 lost")


@pytest.mark.torture
@pytest.mark.timeout(3000)
def test_hundreds_of_kills_lose_nothing(workshop: Any, summary: Summary) -> None:
    ledger = Ledger(workshop, summary)
    workshop.ask(story="warm", lab=str(workshop.prepared), seeds=list(range(1, 9)))
    for seed, story in zip(range(1, N_LONG + 1), cycle(STORIES), strict=False):
        rng, content = random.Random(seed), seed % 8 + 1
        counted = ledger.undisturbed(story, content)[1]
        kills = []
        for _ in range(rng.randint(1, 3)):  # killed again while it recovers
            point = rng.choice(sorted(counted))
            kills.append((*point, rng.randint(1, counted[point])))
        ledger.kill(story, content, *kills)
    print(f"\n{N_LONG} seeds, {ledger.n_kills} kills at {len(ledger.killed)} of {len(ledger.found)} points, "
          f"{ledger.n_files} files, 0 lost")  # fmt: skip
