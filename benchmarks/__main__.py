"""`make bench`: run every benchmark, print its section, and keep all of them in RESULTS.md.

`python -m benchmarks NAME ...` runs some of them and puts each section in the place of the one with the same heading,
where there is one; with NASICON_BENCH_QUICK=1 they are only printed.
"""

import os
import platform
import re
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


def replaced(whole: str, section: str) -> str:
    """Return the results with the section in the place of the one of the same heading; alone it is not added."""
    heading = re.escape(section.partition("\n")[0])
    return re.sub(rf"^{heading}\n.*?(?=^## |\Z)", lambda _: section.rstrip() + "\n\n", whole, flags=re.M | re.S)


def main() -> None:
    """Run what the command line names, else everything."""
    wanted = sys.argv[1:] or names()
    done = sections(wanted)
    if not sys.argv[1:]:
        head = f"# Results\n\n{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, 2 cores.\n"
        RESULTS.write_text("\n\n".join([head, *done]) + "\n", encoding="utf-8")
    elif not os.environ.get("NASICON_BENCH_QUICK"):
        whole = RESULTS.read_text(encoding="utf-8")
        for section in done:
            whole = replaced(whole, section)
        RESULTS.write_text(whole.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
