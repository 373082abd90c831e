"""One target in one process: `python -m fuzz.harness TARGET --seconds 60 --folder .fuzz`.

Under atheris (libFuzzer, guided by coverage of our own code) or, with `--plain` or without atheris, by plain mutation.
A finding does not end the run: its input is kept by the place where it was raised, once, and the run goes on. At the
end one line of JSON tells executions and findings.
"""

import argparse
import json
import random
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fuzz.targets import Target

SLOW_S = 5.0
"""An input of a few kilobytes that takes longer than this is a finding too."""
_OURS = ("nasicon_loop", "instruments", "recipes", "db", "fuzz")


@dataclass
class Record:
    """What happened so far; `findings` is place -> first input's file."""

    target: str
    folder: Path
    n_runs: int = 0
    findings: dict[str, str] = field(default_factory=dict)
    slowest_s: float = 0.0

    def keep(self, place: str, data: bytes, text: str) -> None:
        """Keep the first input of each place."""
        if place in self.findings:
            return
        folder = self.folder / "findings"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.target}-{sha256(place.encode()).hexdigest()[:8]}"
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(f"{place}\n\n{text}", encoding="utf-8")
        self.findings[place] = path.name
        self.write()

    def write(self) -> None:
        """Write the record where the runner finds it, also when the process is ended from outside."""
        document = {
            "target": self.target,
            "executions": self.n_runs,
            "slowest_s": round(self.slowest_s, 3),
            "findings": self.findings,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{self.target}.json").write_text(json.dumps(document, indent=2), encoding="utf-8")


def place_of(error: BaseException) -> str:
    """Return what tells one finding from another: the error's type and the deepest line of our own."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        one
        for one in frames
        if any(f"/{name}/" in one.filename for name in _OURS) and "site-packages" not in one.filename
    ]
    last = ours[-1] if ours else frames[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def watched(record: Record, run: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """Return `run` with findings recorded instead of raised."""
    from fuzz.targets import attempt

    def one(data: bytes) -> None:
        begin = time.monotonic()
        try:
            attempt(run, data)
        except Exception as error:
            record.keep(place_of(error), data, traceback.format_exc())
        took = time.monotonic() - begin
        record.n_runs += 1
        if took > record.slowest_s:
            record.slowest_s = took
            if took > SLOW_S:
                record.keep(f"slow: more than {SLOW_S:g} s", data, f"{took:.1f} s for {len(data)} bytes")
        if record.n_runs % 500 == 0:
            record.write()

    return one


def main() -> None:
    """Run one target for its time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"))
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    guided = not options.plain and _has_atheris()
    if guided:
        import atheris

        with atheris.instrument_imports(include=list(_OURS[:3]), enable_loader_override=False):
            _import_targets()
    from fuzz.targets import TARGETS

    target = TARGETS[options.target]
    record = Record(target.name, options.folder)
    seeds = list(target.seeds())
    one = watched(record, target.make())
    for data in seeds:
        one(data)
    if guided:
        _guided(record, one, options, seeds, target)
    else:
        _unguided(one, options, seeds, target)
    record.write()


def _has_atheris() -> bool:
    try:
        import atheris  # noqa: F401
    except ImportError:
        return False
    return True


def _import_targets() -> None:
    """Import what is fuzzed, so that its branches are counted; lazy imports follow here too."""
    from importlib import import_module

    import_module("fuzz.targets")
    for name in ("instruments", "instruments.devices", "nasicon_loop.chemistry", "nasicon_loop.eis", "recipes"):
        module = import_module(name)
        for public in module.__all__:
            getattr(module, public)
    for name in ("lab.settings", "lab.names", "lab.tables", "eis.circuit", "predict.model"):
        import_module(f"nasicon_loop.{name}")
    for name in ("dc_trace", "run_folder", "registry", "devices.mt_sics", "devices.modbus_rtu", "devices.modbus_tcp"):
        import_module(f"instruments.{name}")
    from instruments.registry import available_readers

    available_readers()


def _guided(
    record: Record, one: Callable[[bytes], None], options: argparse.Namespace, seeds: list[bytes], target: "Target"
) -> None:
    import atheris

    corpus = options.folder / "corpus" / record.target
    corpus.mkdir(parents=True, exist_ok=True)
    for data in seeds:
        (corpus / sha256(data).hexdigest()[:16]).write_bytes(data)
    dictionary = options.folder / f"{record.target}.dict"
    dictionary.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words), encoding="ascii")
    arguments = [
        sys.argv[0], str(corpus), f"-max_len={target.max_bytes}", f"-max_total_time={int(options.seconds)}",
        "-timeout=60", "-rss_limit_mb=3000", "-verbosity=0", f"-seed={options.seed}", "-print_final_stats=0",
    ]  # fmt: skip
    if target.words:
        arguments.append(f"-dict={dictionary}")
    end = time.monotonic() + options.seconds + 5

    def until_end(data: bytes) -> None:
        one(data)
        if time.monotonic() > end:
            record.write()
            raise SystemExit(0)

    import atexit

    atexit.register(record.write)
    atheris.Setup(arguments, until_end)
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(chr(b) if 32 < b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in word.encode())


def _unguided(one: Callable[[bytes], None], options: argparse.Namespace, seeds: list[bytes], target: "Target") -> None:
    from fuzz.mutator import mutated

    source = random.Random(options.seed)  # noqa: S311 - reproducibility, not secrecy
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        one(mutated(seeds, target.words, target.max_bytes, source))


if __name__ == "__main__":
    main()
