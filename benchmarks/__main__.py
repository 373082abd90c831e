"""`make bench`: run every benchmark, print its section, and keep all of them in RESULTS.md."""

import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "RESULTS.md"
NOT_BENCHMARKS = {"__init__", "__main__", "yardstick", "large_lab"}


def names() -> list[str]:
    """Return the benchmark modules: those in this folder that have `run`."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in NOT_BENCHMARKS)


def sections(wanted: list[str]) -> list[str]:
    """Run the wanted benchmarks one after the other."""
    done = []
    for name in wanted:
        module = import_module(f"benchmarks.{name}")
        if not hasattr(module, "run"):
            continue
        print(f"... {name}", file=sys.stderr)
        section = module.run()
        print(section + "\n")
        done.append(section)
    return done


def main() -> None:
    """Run what the command line names, else everything; only a full run is kept."""
    wanted = sys.argv[1:] or names()
    done = sections(wanted)
    if not sys.argv[1:]:
        head = f"# Results\n\n{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, 2 cores.\n"
        RESULTS.write_text("\n\n".join([head, *done]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
