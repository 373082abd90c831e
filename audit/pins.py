"""The packages that CI ran with, as `constraints.txt` pins them."""

import re

_PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*==\s*(?P<version>[A-Za-z0-9.!+_-]+)\s*(?:;.*)?")


def normalised(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(text: str) -> dict[str, str]:
    """Return normalised name -> version. Raises ValueError for a line that pins nothing: it would not be audited."""
    pins = {}
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.partition("#")[0].strip()
        if not bare:
            continue
        match = _PIN.fullmatch(bare)
        if match is None:
            raise ValueError(f"line {number} pins no version: {bare}")
        pins[normalised(match["name"])] = match["version"]
    return pins
