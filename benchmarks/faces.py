"""How long a person waits for the command line."""

import sys
from pathlib import Path

from benchmarks.yardstick import median_seconds, yardstick_seconds

COMMANDS = (("--help",), ("recipe", "Na3Zr2Si2PO12", "--json"), ("fit", "--help"))


def run() -> str:
    """Return the section on the command line as Markdown."""
    nasicon = str(Path(sys.executable).with_name("nasicon"))
    yardstick = yardstick_seconds()
    lines = [
        "## Command line",
        "",
        f"Median of 10 whole processes. Yardstick: `python -c 'import numpy'` {yardstick:.3f} s.",
        "",
        "| command | s | of the yardstick |",
        "|---|---|---|",
    ]
    for arguments in COMMANDS:
        seconds = median_seconds([nasicon, *arguments])
        lines.append(f"| `nasicon {' '.join(arguments)}` | {seconds:.3f} | {seconds / yardstick:.1f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(run())
