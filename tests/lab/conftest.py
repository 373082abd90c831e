"""A laboratory with a bench: real folder, real database, spectra in the layout that XM-studio writes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from instruments.sim import xm_studio_csv
from nasicon_loop import lab as ways
from nasicon_loop.core import Cluster, Processes
from nasicon_loop.lab.context import Lab, opened
from nasicon_loop.lab.folder import init
from nasicon_loop.lab.settings import load_settings

QUICK: dict[str, Any] = {
    "measurement__temperature_c": 25.0,
    "measurement__temperature_sd_c": 0.5,
    "watch__settle_seconds": 0.0,
    "watch__patience_seconds": 0.0,
    "watch__poll_seconds": 0.05,
    "training__retrain_after_n_results": 0,
}
STARTED_AT = datetime(2024, 6, 20, 6, 58, 13, tzinfo=UTC)


def pellet_sweep(r_ohm: float, r_ct_ohm: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The paper's circuit, 1 MHz to 1 Hz: R0-p(C1,R1-W1) with 2e-8 F, A = 50 ohm s^-1/2 and 0.3 % noise."""
    frequency_hz = np.logspace(6, 0, 61)
    omega = 2 * np.pi * frequency_hz
    faradaic = r_ct_ohm + 50.0 * (1 - 1j) / np.sqrt(omega)
    impedance = r_ohm + 1 / (1j * omega * 2e-8 + 1 / faradaic)
    noise = np.random.default_rng(seed).normal(size=(2, 61))
    return frequency_hz, impedance + 0.003 * np.abs(impedance) * (noise[0] + 1j * noise[1]) / np.sqrt(2)


@dataclass
class Bench:
    """What a person at the bench does."""

    lab: Lab

    @staticmethod
    def csv(r_ohm: float = 30.31, r_ct_ohm: float = 35.35, seed: int = 0, *, newline: str = "\r\n") -> bytes:
        """One sweep as XM-studio exports it; other `seed`, other noise."""
        return xm_studio_csv(*pellet_sweep(r_ohm, r_ct_ohm, seed), started_at=STARTED_AT, newline=newline)

    @staticmethod
    def two_sweeps() -> bytes:
        """Two sweeps of one pellet in one file."""
        sweeps = [pellet_sweep(30.31, 35.35, 1), pellet_sweep(30.31, 35.35, 2)]
        return xm_studio_csv(sweeps, started_at=STARTED_AT)

    def drop(self, name: str, data: bytes) -> Path:
        """Put a file into the inbox."""
        path = self.lab.folder.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.part")  # a watch without patience would read half a file
        unfinished.write_bytes(data)
        return unfinished.replace(path)

    def sample(self, n_pellets: int = 1, *, measured: bool = True) -> str:
        """Make a sample with pellets 0.127 cm thick and 1.6 cm of electrode."""
        with self.lab.database.write(who="bench") as writer:
            sample = writer.add_sample("Na3.36Zr1.92Cu0.08Si2.2P0.8O12")
            for _ in range(n_pellets):
                pellet = writer.add_pellet(sample)
                if measured:
                    writer.add_geometry(pellet, thickness_cm=0.127, electrode_diameter_cm=1.6)
        return sample.label

    def with_settings(self, **flags: Any) -> Lab:
        """The same lab with other settings, `section_key=value` written `section__key`."""
        given = {name.replace("__", "."): value for name, value in {**QUICK, **flags}.items()}
        return replace(self.lab, settings=load_settings(self.lab.folder, given))

    def pellet(self, label: str) -> str:
        """Press one more pellet."""
        with self.lab.database.write(who="bench") as writer:
            return writer.add_pellet(writer.sample(label)).label

    def measure(self, pellet_label: str, thickness_cm: float = 0.127, electrode_diameter_cm: float = 1.6) -> None:
        """Enter a pellet's geometry."""
        with self.lab.database.write(who="bench") as writer:
            writer.add_geometry(
                writer.pellet(pellet_label), thickness_cm=thickness_cm, electrode_diameter_cm=electrode_diameter_cm
            )


@pytest.fixture(scope="session")
def new_lab(any_database: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab as `init` makes it, to be copied: making the database takes longer than most tests."""
    return init(tmp_path_factory.mktemp("new") / "lab").path


@pytest.fixture
def bench(
    new_lab: Path, copy_lab: Callable[[Path, Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """An open lab at 25 °C whose inbox settles at once."""
    monkeypatch.delenv("NASICON_LAB", raising=False)
    folder = copy_lab(new_lab, tmp_path / "lab")
    with opened(folder, flags={name.replace("__", "."): value for name, value in QUICK.items()}, who="bench") as lab:
        yield Bench(lab)


@pytest.fixture(scope="session")
def literate_lab(new_lab: Path, keep_lab: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab that knows the literature and has a model, to be copied."""
    folder: Path = keep_lab(new_lab, tmp_path_factory.mktemp("literate") / "lab")
    with pytest.MonkeyPatch.context() as patch, ways.opened(folder, who="bench") as lab:
        train_for_a_moment(patch)
        ways.import_data(lab)
        ways.train_model(lab)
    return folder


@pytest.fixture(scope="session")
def busy_lab(any_database: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab with samples and files in every state that the long story has, to be copied."""
    from benchmarks.large_lab import make

    folder: Path = tmp_path_factory.mktemp("busy") / "lab"
    make(folder, 25, 100)
    return folder


def train_for_a_moment(patch: pytest.MonkeyPatch) -> None:
    """Let trainings have the members, trunks and folds of the default, but few epochs and trees."""
    from nasicon_loop.predict import Settings

    brief = replace(Settings.default(), n_epochs=10, n_pretraining_epochs=2, n_trees=20)
    patch.setattr(Settings, "default", classmethod(lambda cls: brief))


@pytest.fixture
def literate(  # type: ignore[no-untyped-def]
    literate_lab: Path, bench, copy_lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """A bench whose lab knows the literature and has a model."""
    train_for_a_moment(monkeypatch)
    folder = copy_lab(literate_lab, tmp_path / "literate")
    flags = {name.replace("__", "."): value for name, value in QUICK.items()}
    with ways.opened(folder, flags=flags, who="bench") as lab:
        yield type(bench)(lab)


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes]:
    """Two worker processes that stay: to start them takes longer than what they do."""
    with Processes(2) as workers:
        yield workers


@pytest.fixture(scope="session")
def scheduler() -> Iterator[str]:
    """A scheduler on this machine with two worker processes of one thread."""
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def cluster(scheduler: str) -> Iterator[Cluster]:
    """The scheduler, joined."""
    with Cluster(scheduler) as joined:
        yield joined
