"""`python -m nasicon_loop.twin`: a whole campaign against a simulated laboratory."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nasicon_loop.core import Refusal, plain

_FAILED = 1


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    from nasicon_loop.twin.demo import DEFAULT_SEED

    parser = argparse.ArgumentParser(prog="python -m nasicon_loop.twin", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of suggest, make, measure, learn")
    parser.add_argument("--batch", type=int, default=4, help="samples per round")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="which hidden truth is drawn")
    parser.add_argument("--folder", type=Path, help="make the lab here (must not exist yet); default: a temporary one")
    parser.add_argument(
        "--keep", action=argparse.BooleanOptionalAction, default=True, help="leave the lab folder in place at the end"
    )
    arguments = parser.parse_args(given)
    if not 1 <= arguments.rounds <= 20 or not 1 <= arguments.batch <= 12 or arguments.seed < 0:
        parser.error("1 to 20 rounds, 1 to 12 samples a round, a seed from 0")
    return arguments


def main(given: Sequence[str] | None = None) -> int:
    """Run the demo; returns 0 when everything was as it must be, else 1."""
    arguments = _arguments(given)
    from rich.console import Console

    from nasicon_loop.twin.demo import run_demo
    from nasicon_loop.twin.outcome import closing_words, table

    screen = Console(markup=False, highlight=False, emoji=False)
    parent = None if arguments.folder else Path(tempfile.mkdtemp(prefix="nasicon-demo-"))
    folder = arguments.folder or (parent or Path()) / "lab"
    try:
        outcome = run_demo(folder, rounds=arguments.rounds, batch=arguments.batch, seed=arguments.seed)
    except Refusal as refusal:
        sys.stderr.write(f"demo: {plain(refusal, limit=2000)}\n")
        if folder.is_dir():
            sys.stderr.write(f"the lab so far lies at {plain(folder, limit=2000)}\n")
        return _FAILED
    except KeyboardInterrupt:
        sys.stderr.write(f"\nstopped; the lab so far lies at {plain(folder, limit=2000)}\n")
        return 130
    screen.print(table(outcome))
    for line in closing_words(outcome):
        screen.print(line, soft_wrap=True)
    if not arguments.keep:
        shutil.rmtree(parent or folder)
        screen.print("the lab folder was removed (--no-keep)")
    return _FAILED if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
