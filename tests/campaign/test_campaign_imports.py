"""Importing the room is cheap and gives what it promises."""

import subprocess
import sys


def test_importing_the_room_loads_nothing_heavy():
    code = (
        "import sys, nasicon_loop.campaign as c; heavy = {'numpy', 'torch', 'pandas', 'matplotlib', 'sklearn'};"
        "print(sorted(heavy & set(sys.modules))); c.propose, c.stream_candidates; print(callable(c.propose))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "True"]
