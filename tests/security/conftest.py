"""A laboratory that somebody has put hostile files into."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from instruments.sim import xm_studio_csv
from nasicon_loop.lab.context import Lab, opened
from nasicon_loop.lab.folder import init

QUICK = {
    "measurement.temperature_c": 25.0,
    "watch.settle_seconds": 0.0,
    "watch.patience_seconds": 0.0,
    "training.retrain_after_n_results": 0,
}


@pytest.fixture(scope="session")
def empty_lab(any_database: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab as `init` makes it, to be copied."""
    return init(tmp_path_factory.mktemp("security") / "lab").path


@pytest.fixture
def lab(
    empty_lab: Path, copy_lab: Callable[[Path, Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lab]:
    """An open lab whose inbox settles at once."""
    monkeypatch.delenv("NASICON_LAB", raising=False)
    folder = copy_lab(empty_lab, tmp_path / "lab")
    with opened(folder, flags=QUICK, who="bench") as open_lab:
        yield open_lab


@pytest.fixture(scope="session")
def sweep() -> bytes:
    """A good file."""
    frequency_hz = np.logspace(6, 0, 31)
    omega = 2j * np.pi * frequency_hz
    impedance_ohm = 30.0 + 1 / (omega * 2e-8 + 1 / (35.0 + 100.0 / np.sqrt(omega)))
    return xm_studio_csv(frequency_hz, impedance_ohm, started_at=datetime(2024, 6, 20, 6, 58, 13, tzinfo=UTC))
