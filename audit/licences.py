"""Under which licences the pinned packages come, by their own metadata."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Literal

Kind = Literal["permissive", "weak copyleft", "GPL", "unknown"]

_GPL = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
_LGPL = re.compile(r"\bLGPL|GNU (Lesser|Library) General Public|Lesser General Public", re.IGNORECASE)
_WEAK = re.compile(r"\bMPL\b|Mozilla Public|\bEPL\b|Eclipse Public|CDDL", re.IGNORECASE)
_KNOWN = re.compile(
    r"\bMIT\b|BSD|Apache|\bISC\b|\bPSF\b|Python Software Foundation|PSF-2|Unlicense|zlib|\b0BSD\b|CC0|Public Domain"
    r"|\bHPND\b|CNRI|Artistic|Zope|\bZPL\b|MIT-CMU",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(r"with\s+(?:the\s+)?(?:GCC|Bootloader|Classpath)[\w .-]*exception", re.IGNORECASE)
_SHORT = 120
READ_IN_THE_SOURCE = {"atheris": "Apache-2.0"}
"""Packages whose metadata tell nothing, and what the headers of their files say."""
ELSEWHERE = Path(__file__).with_name("elsewhere.csv")
"""Pinned packages that live in an environment of their own (extra `provider`), and what the metadata of their wheels
say."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A package's licence in its own words (`text`), and what that means for us."""

    name: str
    text: str
    kind: Kind


def licence_of(name: str, fields: Mapping[str, Sequence[str]]) -> Licence:
    """Return the licence that metadata fields tell: the expression before classifiers before the free field."""
    expression = _first(fields, "License-Expression")
    classifiers = [
        value.rpartition(" :: ")[2]
        for value in fields.get("Classifier", ())
        if value.startswith("License ::") and not value.endswith("OSI Approved")
    ]
    free = _first(fields, "License").strip().partition("\n")[0]
    text = expression or "; ".join(classifiers) or free
    return Licence(name, text[:_SHORT] or "none told", kind_of(text))


def kind_of(text: str) -> Kind:
    """Return what a licence text means. "A OR B" is the mildest of them, anything else the strictest."""
    if not text.strip():
        return "unknown"
    choices: list[Kind] = [_strictest(part) for part in re.split(r"\s+OR\s+", text)]
    order: tuple[Kind, ...] = ("permissive", "weak copyleft", "unknown", "GPL")
    return min(choices, key=order.index)


def _strictest(text: str) -> Kind:
    bare = _EXCEPTION.sub("", text)
    without_lesser = _LGPL.sub("", re.sub(r"GNU (Lesser|Library) General Public[^;]*", "LGPL", bare))
    if _GPL.search(without_lesser) and not _EXCEPTION.search(text):
        return "GPL"
    if _LGPL.search(bare) or _WEAK.search(bare):
        return "weak copyleft"
    return "permissive" if _KNOWN.search(bare) else "unknown"


def licences(pins: Mapping[str, str]) -> list[Licence]:
    """Return the licences of pinned packages (name -> version): as installed here, else as read from that version.

    One that is neither is unknown.
    """
    elsewhere = _elsewhere()
    found = []
    for name, version in pins.items():
        try:
            message = metadata(name)
        except PackageNotFoundError:
            text = elsewhere.get((name, version))
            found.append(Licence(name, text or "not installed here", kind_of(text or "")))
            continue
        keys = ("License-Expression", "License", "Classifier")
        licence = licence_of(name, {key: message.get_all(key) or [] for key in keys})
        read = READ_IN_THE_SOURCE.get(name, "")
        found.append(Licence(name, read, kind_of(read)) if licence.kind == "unknown" and read else licence)
    return found


def _elsewhere() -> dict[tuple[str, str], str]:
    with ELSEWHERE.open(encoding="utf-8", newline="") as lines:
        return {(row["name"], row["version"]): row["licence"] for row in csv.DictReader(lines)}


def _first(fields: Mapping[str, Sequence[str]], key: str) -> str:
    values = fields.get(key, ())
    return values[0] if values else ""
