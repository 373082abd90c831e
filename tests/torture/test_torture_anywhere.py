"""Real `nasicon` processes, killed at any moment at all."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import db
from nasicon_loop.lab import locking
from nasicon_loop.lab.context import opened

N_SEEDS, N_KILLS = 20, 4
ENVIRONMENT = {
    **os.environ,
    "NASICON_WATCH_SETTLE_SECONDS": "0",
    "NASICON_WATCH_PATIENCE_SECONDS": "0",
    "NASICON_MEASUREMENT_TEMPERATURE_C": "25",
    "NASICON_TRAINING_RETRAIN_AFTER_N_RESULTS": "0",
}


def nasicon(*words: str) -> "subprocess.Popen[str]":
    """Start a command."""
    command = [sys.executable, "-m", "nasicon_loop.cli", *words]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)


@pytest.mark.torture
@pytest.mark.timeout(3000)
def test_commands_killed_at_any_moment(workshop: Any) -> None:
    n_kills = n_files = 0
    for seed in range(N_SEEDS):
        rng = random.Random(seed)  # noqa: S311 - chooses moments
        folder: Path = workshop.fresh()
        other: Path = workshop.fresh()
        assert workshop.do("importing", other, seed)[0] == 0
        for number, path in enumerate(sorted((other / "inbox").iterdir())):
            (folder / "inbox" / f"{number} {path.name}").write_bytes(path.read_bytes())
        lab = ("--lab", str(folder))
        words = [("watch", *lab), ("weigh", "NL-0001", "--as-planned", *lab), ("train", *lab), ("watch", *lab)]
        for kill in range(N_KILLS):
            with nasicon(*words[kill]) as process:
                time.sleep(rng.uniform(0.3, 4.0))
                n_kills += process.poll() is None
                process.send_signal(signal.SIGKILL)
        assert not locking.is_held(folder / "logs" / "watch.lock")
        for last in (("watch", "--once", *lab), ("weigh", "NL-0001", *lab), ("train", *lab)):
            with nasicon(*last) as process:
                assert process.wait() == 0, last
        with opened(folder, who="test") as found:
            assert [str(finding) for finding in db.check(found.database, found.folder.vault)] == []
            with found.database.read() as reader:
                files = reader.files()
                assert len(files) == len(list((folder / "inbox").iterdir()))
                assert len(reader.weighings(reader.sample("NL-0001"))) <= 1
                assert reader.model_runs()
            n_files += len(files)
    print(f"\n{N_SEEDS} seeds, {n_kills} processes killed, {n_files} files, 0 lost")
