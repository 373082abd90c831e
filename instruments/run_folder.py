"""XM-studio's run folder `<run>.data`: which of its files hold results, and what the others tell about the run.

    <run>.data/<name>_0.data          results, read by `readers.xm_native`
    <run>.data/Experiment.infoRun     the set-up as run, XML; every `Value` is in SI units, `Units` is for display only
    <run>.data/LogFile.txt            `0<tab>00:00:00.000<tab>XM-studio ECS 3.6.8657    Experiment Start time: 2024-...`

Only names and bytes here: `instruments.reading` opens the files.
"""

import re
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from instruments.errors import UnreadableFile
from nasicon_loop.core import plain

SETTINGS = "Experiment.infoRun"
LOG = "LogFile.txt"
MAX_RESULTS = 16
MAX_SIDE_FILE_BYTES = 4 * 1024 * 1024
NOT_GEOMETRY = (
    "area and thickness in XM-studio's set-up are its defaults until someone types others: they are not used, give the"
    " pellet's own"
)
_RESULT = re.compile(r".+_[0-9]{1,3}\.data", re.IGNORECASE)
_STARTED = re.compile(
    r"(XM-studio[^\t]*?)\s+Experiment Start time: ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})"
)
_OFFSET = re.compile(r"T[0-9:.]+([+-][0-9]{2}:[0-9]{2}|Z)$")
_VALUES = {
    "setup_area_cm2": ("CellSetup/Area", 1e4),
    "setup_thickness_cm": ("CellSetup/Thickness", 1e2),
    "setup_start_frequency_hz": (".//ImpedanceSetup/StartFrequency", 1.0),
    "setup_end_frequency_hz": (".//ImpedanceSetup/EndFrequency", 1.0),
    "setup_ac_level": (".//ImpedanceSetup/AcLevel", 1.0),
    "setup_integration_s": (".//ImpedanceSetup/IntegrationTime", 1.0),
}


def result_names(names: Iterable[str]) -> list[str]:
    """Return the names of the result files in a folder's listing, in order; empty when it is no run folder.

    Raises `UnreadableFile` for a run without results, or with more than `MAX_RESULTS`.
    """
    listing = sorted(names)
    results = [name for name in listing if _RESULT.fullmatch(name)]
    if not results and SETTINGS in listing:
        raise UnreadableFile(
            "is an XM-studio run folder without a result file (*_0.data): copy the whole folder, or in XM-studio use"
            " Graph Setup > Export all and drop the CSV"
        )
    if len(results) > MAX_RESULTS:
        raise UnreadableFile(f"holds {len(results)} result files, a run has at most {MAX_RESULTS}: name one of them")
    return results


def about(settings: bytes | None, log: bytes | None) -> tuple[dict[str, Any], list[str]]:
    """Return metadata and warnings from the set-up and the log, as far as they are there.

    Raises `UnreadableFile` for a set-up with a document type or entities: XM-studio writes none.
    """
    metadata: dict[str, Any] = {}
    warnings: list[str] = []
    offset = ""
    if settings is not None:
        root = _parsed(settings)
        metadata |= _settings(root)
        header = root.find("FileHeader")
        found = _OFFSET.search(header.get("LastModDate", "")) if header is not None else None
        offset = found[1] if found else ""
        warnings.append(NOT_GEOMETRY)
    else:
        warnings.append(f"{SETTINGS} is missing: the run's settings are not known")
    started = _STARTED.search(log[:2000].decode("utf-8-sig", errors="replace")) if log is not None else None
    if started:  # the log writes the PC's clock without its offset; the set-up, saved in the same minute, has it
        metadata["software"] = plain(started[1], limit=40)
        metadata["started_at"] = started[2] + offset
    return metadata, warnings


def _parsed(settings: bytes) -> ElementTree.Element:
    text = settings.decode("utf-8-sig", errors="replace")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnreadableFile(f"{SETTINGS} declares a document type or entities: not written by XM-studio, not read")
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - no document type, so nothing that could expand
    except (ElementTree.ParseError, ValueError) as problem:
        raise UnreadableFile(f"{SETTINGS} is damaged ({plain(problem, limit=60)}): name the *_0.data file") from None


def _settings(root: ElementTree.Element) -> dict[str, Any]:
    metadata: dict[str, Any] = {"experiment": plain(root.findtext("Name", ""), limit=80)}
    kinds = [plain(kind.text or "", limit=40) for kind in root.iter("StepType")]
    metadata["setup_steps"] = kinds[:20]
    for key, (path, factor) in _VALUES.items():
        element = root.find(path)
        value = _number(element.get("Value", "")) if element is not None else None
        if value is not None:
            metadata[key] = value * factor
    return metadata


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e30 else None  # also not NaN
