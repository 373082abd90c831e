"""The packages that CI ran with, as `constraints.txt` pins them."""

import re
from collections.abc import Mapping
from importlib.metadata import distributions

NOT_OURS = frozenset(("pip", "setuptools", "wheel", "nasicon-loop"))
"""What is installed and needs no pin: the installer, and this project."""
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


def unpinned(pins: Mapping[str, str], installed: Mapping[str, str]) -> list[str]:
    """Return problems: what is installed without a pin, or in another version, was not audited."""
    problems = []
    for name, version in sorted(installed.items()):
        if name not in pins and name not in NOT_OURS:
            problems.append(f"NOT PINNED: {name} {version} is installed, and constraints.txt does not name it")
        elif name in pins and _public(pins[name]) != _public(version):
            problems.append(f"NOT PINNED: {name} {version} is installed, and constraints.txt says {pins[name]}")
    return problems


def _public(version: str) -> str:
    """Leave out what a builder added: 2.13.0+cpu is 2.13.0, built for processors."""
    return version.partition("+")[0]


def installed() -> dict[str, str]:
    """Return normalised name -> version of what is installed beside us."""
    return {normalised(one.metadata["Name"]): one.version for one in distributions() if one.metadata["Name"]}
