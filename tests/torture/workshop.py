"""A process that does a lab's work and is killed at a chosen write point.

It loads everything once, then reads orders from standard input, one JSON object a line, and forks a child for each; the
child wraps `os.fsync`, `os.replace`, `os.rename`, the writing SQL statements and the commits, and sends itself SIGKILL
before or after the one that was ordered. The product has no hook for this.

An order is `{"story", "lab", "seed", "log", "at": ["name", "before", nth] | null, "url"}`; the answer is the exit code.
The points that a child passes stand in the file `log`.
"""

import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

import db
from instruments import registry
from instruments.sim import xm_studio_csv
from nasicon_loop import lab as ways
from nasicon_loop import predict
from nasicon_loop.eis import engine
from nasicon_loop.lab.context import Lab
from nasicon_loop.lab.learning import train_model
from nasicon_loop.lab.rereading import read_again
from nasicon_loop.lab.scan import scan_once
from nasicon_loop.predict import pretraining

FORMULA = "Na3.36Zr1.92Cu0.08Si2.2P0.8O12"
FLAGS: dict[str, Any] = {
    "measurement.temperature_c": 25.0,
    "watch.settle_seconds": 0.0,
    "watch.patience_seconds": 0.0,
    "training.retrain_after_n_results": 1,
}
TINY = replace(predict.Settings.default(), n_members=2, n_trunks=1, n_epochs=1, n_pretraining_epochs=1, n_folds=2,
               n_trees=2, channels=(2, 2, 2), hidden=(8, 8, 8, 8, 8, 8))  # fmt: skip
WRITES = ("INSERT", "UPDATE", "DELETE")


class Points:
    """Counts the write points that are passed, writes them down, and kills at the one that was ordered."""

    def __init__(self, log: str, at: list[Any] | None) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._at = None if at is None else (str(at[0]), str(at[1]), int(at[2]))
        self._seen: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def around(self, what: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function` with a point before and one after it."""

        def wrapped(*arguments: Any, **options: Any) -> Any:
            name = f"{_place()} {what}"
            self.passed(name, "before")
            result = function(*arguments, **options)
            self.passed(name, "after")
            return result

        return wrapped

    def passed(self, name: str, phase: str) -> None:
        """Write the point down; die here when it is the one."""
        with self._lock:
            self._seen[name, phase] += 1
            os.write(self._log, f"{phase} {name}\n".encode())
            if self._at == (name, phase, self._seen[name, phase]):
                os.kill(os.getpid(), signal.SIGKILL)

    def wrap(self) -> None:
        """Put the points around what writes."""
        os.fsync = self.around("fsync", os.fsync)
        os.replace = self.around("replace", os.replace)
        os.rename = self.around("rename", os.rename)
        commit = self.around("commit", DefaultDialect.do_commit)
        DefaultDialect.do_commit = commit  # type: ignore[method-assign]
        sa.event.listen(sa.Engine, "before_cursor_execute", self._statement)

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(WRITES):
            self.passed(f"{_place()} statement", "before")


def _place() -> str:
    """The innermost function of the product's upper rooms that is being executed."""
    frame = sys._getframe(2)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        name = frame.f_code.co_name
        if module.startswith(("nasicon_loop.lab.", "nasicon_loop.predict.")) and not name.startswith("<"):
            return f"{module.removeprefix('nasicon_loop.')}.{name}"
        frame = frame.f_back  # type: ignore[assignment]
    return "elsewhere"


def sweep(seed: int, *, newline: str = "\r\n") -> bytes:
    """One sweep of a pellet of 30 + 35 ohm, 25 points, as XM-studio exports it."""
    frequency_hz = np.logspace(6, 0, 25)
    omega = 2 * np.pi * frequency_hz
    impedance = 30.31 + 1 / (1j * omega * 2e-8 + 1 / (35.35 + 50.0 * (1 - 1j) / np.sqrt(omega)))
    noise = np.random.default_rng(seed).normal(size=(2, frequency_hz.size))
    noisy = impedance + 0.003 * np.abs(impedance) * (noise[0] + 1j * noise[1]) / np.sqrt(2)
    return bytes(xm_studio_csv(frequency_hz, noisy, started_at=datetime(2024, 6, 20, tzinfo=UTC), newline=newline))


def drop(lab: Lab, name: str, data: bytes) -> None:
    """Put a file into the inbox, when it is not there yet."""
    path = lab.folder.inbox / name
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)


def prepare(lab: Lab, _seed: int) -> None:
    """A lab with a little literature, a sample to be made, and a measured one whose result taught nobody yet."""
    with lab.database.write(who="workshop") as writer:
        writer.add_literature(
            [
                db.LiteratureEntry(
                    formula=f"Na{3 + x / 20:g}Zr2Si{2 + x / 20:g}P{1 - x / 20:g}O12", mobile_ion="Na",
                    sigma_s_cm=1e-4 * (x + 1), temperature_c=25.0, kind="total", source=f"paper {x}", dataset="test",
                )
                for x in range(10)
            ]
        )  # fmt: skip
    size = ways.Dimensions(thickness_cm=0.127, electrode_diameter_cm=1.6)
    for _ in range(2):
        label = ways.new_sample(lab, FORMULA).label
        ways.sample_sheet(lab, label)
    ways.new_pellet(lab, label, size)


def importing(lab: Lab, seed: int) -> None:
    """Good, refused, exported again, and one that was read while it was being written."""
    half = sweep(seed + 1)
    half = half[: half.rindex(b"\n", 0, len(half) * 3 // 4) + 1]
    drop(lab, "NL-0002 a.csv", sweep(seed))
    drop(lab, "notes.csv", b"bring milk %d\n" % seed)
    drop(lab, "NL-0002 a again.csv", sweep(seed, newline="\n"))
    with lab.database.read() as reader:
        is_first = "NL-0002 b.csv" not in {file.name for file in reader.files()}
    if is_first:
        drop(lab, "NL-0002 b.csv", half)
        scan_once(lab)
    drop(lab, "NL-0002 b.csv", sweep(seed + 1))
    scan_once(lab)


def bulk(lab: Lab, seed: int) -> None:
    """Several files in one transaction, without analyses; then their analyses."""
    watch = lab.settings.watch.model_copy(update={"analyse": False})
    for number in range(4):
        drop(lab, f"NL-0002 bulk {number}.csv", sweep(100 * seed + number))
    scan_once(replace(lab, settings=lab.settings.model_copy(update={"watch": watch})))
    ways.complete(lab)


def rereading(lab: Lab, seed: int) -> None:
    """Files of an older reader, read again by one whose numbers are others, and by one who gives the same."""
    importing(lab, seed)
    for version, factor in (("older still", 1.0), ("next", 1.5)):
        with another_reader(version, factor):
            read_again(lab)


@contextmanager
def another_reader(version: str, factor: float) -> Iterator[None]:
    """Let XM-studio's files be read by another version, whose impedances are `factor` times as large."""
    found, broken = registry.resolve(())
    real = next(one for one in found if one.name == "xm_studio")

    class Changed:
        name, claims = real.name, real.claims

        def __init__(self) -> None:
            self.version = version

        def read(self, data: bytes) -> list[Any]:
            return [replace(one, impedance_ohm=factor * one.impedance_ohm) for one in real.read(data)]

    readers = (*(one for one in found if one is not real), Changed())
    before = registry._resolved
    registry._resolved = lambda: (readers, broken)  # type: ignore[assignment]
    try:
        yield
    finally:
        registry._resolved = before


def weighing(lab: Lab, seed: int) -> None:
    """One precursor after the other, the last but one a little off."""
    for number, formula in enumerate(line.formula for line in ways.weighing_progress(lab, "NL-0001").lines):
        progress = ways.weighing_progress(lab, "NL-0001")
        line = next(one for one in progress.lines if one.formula == formula)
        if formula in progress.missing:
            ways.weigh(lab, "NL-0001", {formula: line.target_g * (1.004 if number == seed % 4 else 1.0)})


def firing(lab: Lab, _seed: int) -> None:
    """Both furnace steps of a sample, and a pellet of it."""
    for step in ("calcination", "sintering"):
        with lab.database.read() as reader:
            done = {one.step for one in reader.firings(reader.sample("NL-0001"))}
        if step not in done:
            ways.record_firing(lab, "NL-0001", step)


def training(lab: Lab, _seed: int) -> None:
    """A first model, unless there is one."""
    with lab.database.read() as reader:
        run = reader.latest_model_run()
    if run is None:
        train_model(lab)


def retraining(lab: Lab, seed: int) -> None:
    """What the watch's child does after a result came: network taken over, correction anew."""
    training(lab, seed)
    drop(lab, "NL-0002 a.csv", sweep(seed))
    scan_once(lab)
    train_model(lab, automatic=True)


STORIES = {
    story.__name__: story for story in (prepare, importing, bulk, rereading, weighing, firing, training, retraining)
}


def remember_analyses() -> dict[Any, Any]:
    """Fit each sweep once: a fit writes nothing, and hundreds of children have the same sweeps to fit.

    Return what is remembered.
    """
    known: dict[Any, Any] = {}
    real = engine.analyse

    def analyse(spectrum: Any, geometry: Any = None, *, settings: Any = None) -> Any:
        key = (spectrum.impedance_ohm.tobytes(), geometry, spectrum.temperature_c, spectrum.temperature_source)
        if key not in known:
            known[key] = real(spectrum, geometry, settings=settings)
        return known[key]

    engine.analyse = analyse
    return known


def work(order: dict[str, Any]) -> None:
    """Do one order; the process ends with it."""
    points = Points(order["log"], order["at"])
    with ways.opened(order["lab"], flags=FLAGS, who="workshop") as lab:
        points.wrap()
        STORIES[order["story"]](lab, order["seed"])


def main() -> None:
    """Fork a child for each order."""
    predict.Settings.default = classmethod(lambda _: TINY)  # type: ignore[assignment, method-assign]
    pretraining.N_MIXTURES = 50
    known = remember_analyses()
    for line in sys.stdin:
        order = json.loads(line)
        if order["story"] == "warm":  # in this process, for all children
            warm(order["seed"], order["lab"])
            print(0 if known else 1, flush=True)  # nothing remembered: the import has another way to its fits by now
            continue
        child = os.fork()
        if child == 0:
            code = 1
            try:
                work(order)
                code = 0
            except BaseException as error:
                Path(order["log"] + ".error").write_text(repr(error))
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def warm(seed: int, lab: str) -> None:
    """Load what is loaded on first use, and do the fits of a seed, in a lab that is thrown away."""
    for story in (rereading, bulk, training):
        with ways.opened(lab, flags=FLAGS, who="workshop") as opened:
            story(opened, seed)


if __name__ == "__main__":
    main()
