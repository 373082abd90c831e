"""`python -m audit [--licences-only]`: exit code 0 when every pin was looked up, none is vulnerable, none is GPL."""

import argparse
import sys
from pathlib import Path

from audit.licences import licences
from audit.pins import installed, read_pins, unpinned
from audit.vulnerabilities import look_up

CONSTRAINTS = Path(__file__).resolve().parents[1] / "constraints.txt"


def main() -> int:
    """List licences, look vulnerabilities up, say what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m audit")
    parser.add_argument("--licences-only", action="store_true", help="without a network")
    options = parser.parse_args()
    try:
        pins = read_pins(CONSTRAINTS.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"{CONSTRAINTS.name}: {error}", file=sys.stderr)
        return 1
    found = licences(pins)
    for licence in found:
        print(f"{licence.name:32} {pins[licence.name]:20} {licence.kind:14} {licence.text}")
    problems = [f"{one.kind}: {one.name}: {one.text}" for one in found if one.kind in ("GPL", "unknown")]
    problems += unpinned(pins, installed())
    weak = [one.name for one in found if one.kind == "weak copyleft"]
    print(f"\n{len(pins)} packages pinned; weak copyleft (used unchanged, as libraries): {', '.join(weak) or 'none'}")
    if not options.licences_only:
        problems += look_up(pins)
    for problem in problems:
        print(problem, file=sys.stderr)
    print("audit: nothing found" if not problems else f"audit: {len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
