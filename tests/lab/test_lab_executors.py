"""Re-analysis and cross-validation give the same bits here, in processes and on a cluster, also past a dead worker."""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from nasicon_loop import eis
from nasicon_loop.chemistry import dope
from nasicon_loop.cli.app import app
from nasicon_loop.core import Cluster, Executor, Inline, Processes
from nasicon_loop.eis import engine, repeats
from nasicon_loop.lab import import_files, reanalyse
from nasicon_loop.lab.context import opened

MARK = "NASICON_TEST_MARK"


@pytest.fixture
def aged(bench: Any, copy_lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A function that gives a copy of a lab whose four analyses were made by an engine of long ago."""
    bench.sample()
    folder, real = tmp_path / "files", eis.analyse_many
    folder.mkdir()
    for k in range(4):
        (folder / f"NL-0001-P1_{k}.csv").write_bytes(bench.csv(30.31, 35.35, seed=k))

    def old(*given: Any, **more: Any) -> Any:
        return [replace(one, engine_version="0.9.0") for one in real(*given, **more)]

    with monkeypatch.context() as patch:
        patch.setattr(repeats, "analyse_many", old)
        import_files(bench.lab, [folder])
    bench.lab.database.close()
    return lambda name: copy_lab(bench.lab.folder.path, tmp_path / name)


def documents(folder: Path) -> list[Any]:
    with opened(folder, who="test") as lab, lab.database.read() as reader:
        return [analysis.document for analysis in reader.current_analyses()]


def test_an_analysis_anew_is_the_same_everywhere(
    aged: Callable[[str], Path], processes: Processes, cluster: Cluster, scheduler: str
) -> None:
    found = {}
    for name, executor in {"here": Inline(), "there": processes, "far": cluster}.items():
        with opened(aged(name), who="test") as lab:
            assert reanalyse(lab, executor=executor).n_done == 4
        found[name] = documents(lab.folder.path)
    folder = aged("command")
    words = ["fit", "--all", "--reanalyse", "--executor", scheduler, "--lab", str(folder), "--json"]
    done = CliRunner().invoke(app, words)
    assert json.loads(done.stdout)["n_done"] == 4
    assert found["here"] == found["there"] == found["far"] == documents(folder)
    assert {one["engine_version"] for one in found["here"]} == {eis.ENGINE_VERSION}


def _analyse_or_die(item: Any, seed: int) -> Any:
    """Die at the first item that is done anywhere, as when the system takes the memory back."""
    mark = Path(os.environ[MARK])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return engine._analyse_item(item, seed)


class Deadly:
    """An executor one of whose workers is killed in the middle."""

    def __init__(self, inner: Executor) -> None:
        self.inner = inner

    def map(self, _fn: Any, items: Any, *, seed: int, progress: Any = None) -> Any:
        return self.inner.map(_analyse_or_die, items, seed=seed, progress=progress)


@pytest.mark.skipif(sys.platform == "win32", reason="kills with a POSIX signal")
def test_a_worker_killed_in_the_middle_changes_nothing(
    aged: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MARK, str(tmp_path / "mark"))
    with opened(aged("whole"), who="test") as lab:
        reanalyse(lab)
    with opened(aged("killed"), who="test") as other:
        assert reanalyse(other, executor=Deadly(Processes(2))).n_done == 4
    assert (tmp_path / "mark").exists()
    assert documents(other.folder.path) == documents(lab.folder.path)


def small_question() -> tuple[list[Any], Any]:
    """Rows to learn from, and settings with which that takes a moment."""
    from nasicon_loop.predict import Row, Settings  # not in the workers of the tests above

    tiny = replace(
        Settings.default(),
        n_members=2,
        n_trunks=2,
        n_epochs=1,
        n_pretraining_epochs=1,
        n_trees=2,
        n_folds=2,
        channels=(2, 2, 2),
        hidden=(8, 8, 8, 8, 8, 8),
    )
    pairs = [(d, a) for d in ("Mg", "Sc", "Zn", "Y", "Ti") for a in (1, 2, 3, 4)]
    rows = [
        Row(f"lit-{k}", dope(d, Fraction(a, 20)).formula, -3.2 - 0.03 * k, 0.1, 25.0, "total", f"{k % 6}", "literature")
        for k, (d, a) in enumerate(pairs)
    ]
    return rows, tiny


class Told:
    """What a training said of its progress: steps announced and steps done, by name."""

    def __init__(self) -> None:
        self.stages: dict[str, list[int]] = {}

    def start(self, what: str, total: int) -> None:
        self.stages[what] = [total, 0]
        self._now = what

    def advance(self, n_steps: int = 1, detail: str = "") -> None:
        self.stages[self._now][1] += n_steps

    def finish(self) -> None:
        assert self.stages[self._now][0] == self.stages[self._now][1]


def stabilities(n: int) -> list[Any]:
    """Energies above hull, just enough to be learned."""
    from nasicon_loop.predict import StabilityRow

    pairs = [(d, Fraction(a, 200)) for d in ("Mg", "Sc", "Zn", "Y", "Ti") for a in range(1, n // 5 + 1)]
    return [StabilityRow(f"e-{k}", dope(d, a).formula, 0.001 * (k % 40), "test") for k, (d, a) in enumerate(pairs)]


def test_a_training_is_the_same_everywhere(processes: Processes, cluster: Cluster, tmp_path: Path) -> None:
    """Trunks that learn energies, members, and the trees of every fold: to the last bit of every weight."""
    from nasicon_loop.predict import train

    rows, tiny = small_question()
    told = {}
    for name, executor in {"here": Inline(), "there": processes, "far": cluster}.items():
        told[name] = Told()
        train(
            rows,
            tmp_path / name,
            settings=tiny,
            seed=3,
            executor=executor,
            stability=stabilities(200),
            progress=told[name],
        )
    here, *others = ((tmp_path / name / "weights.safetensors").read_bytes() for name in ("here", "there", "far"))
    assert others == [here, here]
    items = tiny.n_trunks + tiny.n_folds + 1  # the members of each trunk, the trees of each fold, and of all rows
    assert told["far"].stages == told["there"].stages == {"learning stabilities": [2, 2], "training": [items] * 2}
    assert told["here"].stages == {"learning stabilities": [2, 2], "training": [items] * 2}, "an epoch a trunk"


def test_a_training_without_energies_and_the_papers_are_the_same_elsewhere(cluster: Cluster, tmp_path: Path) -> None:
    from nasicon_loop.predict import Settings, train

    rows, tiny = small_question()
    paper = replace(Settings.paper(), n_members=2, n_epochs=2, n_folds=2, channels=tiny.channels, hidden=tiny.hidden)
    for settings, first in ((tiny, "learning compositions"), (paper, "5-fold cross-validation")):
        told, made = Told(), {}
        for name, executor in {"here": Inline(), "far": cluster}.items():
            place = tmp_path / settings.preset / name
            model = train(rows, place, settings=settings, seed=3, executor=executor, progress=told)
            made[name] = (place / "weights.safetensors").read_bytes(), dict(model.manifest["metrics"])
        assert made["here"] == made["far"]
        assert list(told.stages) == [first, "training"]


def test_nasicon_train_takes_an_executor(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import db
    from nasicon_loop.predict import Settings

    rows, tiny = small_question()
    with bench.lab.database.write(who="test") as writer:
        writer.add_literature(
            [
                db.LiteratureEntry(
                    formula=row.formula, mobile_ion="Na", sigma_s_cm=10**row.log10_sigma, temperature_c=25.0,
                    kind="total", source=row.source, dataset="test",
                )
                for row in rows
            ]
        )  # fmt: skip
    monkeypatch.setattr(Settings, "default", classmethod(lambda _: tiny))
    models = bench.lab.folder.models
    weights = []
    for word in ("inline", "processes:1"):
        before = set(models.iterdir())
        words = ["train", "--seed", "5", "--executor", word, "--lab", str(bench.lab.folder.path), "--json"]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        (made,) = set(models.iterdir()) - before
        weights.append((made / "weights.safetensors").read_bytes())
        shutil.rmtree(made)  # else the next would take its networks over
    assert weights[0] == weights[1]


@pytest.mark.parametrize(
    ("word", "said"),
    [("tcp://127.0.0.1:9", "needs Dask: pip install 'nasicon_loop[cluster]'"), ("threads", "is one of: inline")],
)
def test_what_is_no_executor_is_refused_before_anything_is_trained(
    word: str, said: str, bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = CliRunner().invoke(app, ["train", "--executor", word, "--lab", str(bench.lab.folder.path)])
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_folds_are_the_same_everywhere(processes: Processes, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    from nasicon_loop.predict import validate, validation

    rows, tiny = small_question()
    monkeypatch.setattr(validation, "BASELINES", {"mean": validation.BASELINES["mean"]})
    here, there, far = (
        validate(rows, settings=tiny, seed=3, executor=executor, splits=("random",))
        for executor in (Inline(), processes, cluster)
    )
    assert here.scores == there.scores == far.scores
    for name, means in here.held_out_means.items():
        assert np.array_equal(there.held_out_means[name], means, equal_nan=True)
        assert np.array_equal(far.held_out_means[name], means, equal_nan=True)
