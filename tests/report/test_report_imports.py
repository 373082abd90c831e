"""Importing the room does not load matplotlib."""

import subprocess
import sys


def test_importing_the_room_loads_nothing_heavy():
    code = (
        "import sys, nasicon_loop.report as r; heavy = {'numpy', 'matplotlib', 'scipy'};"
        "print(sorted(heavy & set(sys.modules))); r.SpectrumView; print('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "False"]
