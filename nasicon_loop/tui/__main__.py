"""`python -m nasicon_loop.tui FOLDER`: what `nasicon tui` starts."""

import sys
from pathlib import Path

from nasicon_loop.lab import opened
from nasicon_loop.tui import run

if __name__ == "__main__":
    with opened(Path(sys.argv[1])) as lab:
        run(lab)
