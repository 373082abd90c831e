"""Remembering: the only SQL of the project.

`create(url, lab_name, label_prefix)` makes a database, `open(url)` opens one, `upgrade(url)` brings an old one up to
date. A `Database` is entered by `read()` and `write(who=...)` only, which give a `Reader` and a `Writer`. Frozen values
(`db.values`, `db.lineage`) go in and out; table rows never leave. Everything here is loaded on first use, so importing
`db` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.backups import backup, restore
    from db.checking import check, repair
    from db.database import Database, open
    from db.lineage import (
        AnalysisBranch,
        Ancestry,
        Counts,
        FileBranch,
        Genealogy,
        PelletBranch,
        SpectrumBranch,
        TeachingRow,
    )
    from db.reader import Reader
    from db.schema import Upgrade, create, upgrade
    from db.values import (
        DECISIONS,
        FILE_STATES,
        SAMPLE_STATES,
        SUGGESTION_STATES,
        VERDICTS,
        Assignment,
        FileStateName,
        Finding,
        Firing,
        JournalEntry,
        Lab,
        Lesson,
        LiteratureEntry,
        LiteratureRow,
        ModelRun,
        Pellet,
        PelletGeometry,
        RawFile,
        RecipeVersion,
        Retraction,
        Sample,
        SampleStateName,
        Sighting,
        Signature,
        SpectrumHead,
        StoredAnalysis,
        StoredPrediction,
        StoredSpectrum,
        Suggestion,
        SuggestionStateName,
        Weighing,
    )
    from db.values_bench import (
        LOT_EVENTS,
        PHASES,
        Deviation,
        FurnaceLoad,
        LoadPlace,
        Lot,
        LotEvent,
        LotEventKind,
        LotStanding,
        PelletPhase,
        PhaseName,
        Place,
        RecipeSignature,
        WeighingEntry,
    )
    from db.values_quality import QUALITY_KINDS, QualityKind, QualityRecord
    from db.writer import Writer

__all__ = [
    "DECISIONS",
    "FILE_STATES",
    "LOT_EVENTS",
    "PHASES",
    "QUALITY_KINDS",
    "SAMPLE_STATES",
    "SUGGESTION_STATES",
    "VERDICTS",
    "AnalysisBranch",
    "Ancestry",
    "Assignment",
    "Counts",
    "Database",
    "Deviation",
    "FileBranch",
    "FileStateName",
    "Finding",
    "Firing",
    "FurnaceLoad",
    "Genealogy",
    "JournalEntry",
    "Lab",
    "Lesson",
    "LiteratureEntry",
    "LiteratureRow",
    "LoadPlace",
    "Lot",
    "LotEvent",
    "LotEventKind",
    "LotStanding",
    "ModelRun",
    "Pellet",
    "PelletBranch",
    "PelletGeometry",
    "PelletPhase",
    "PhaseName",
    "Place",
    "QualityKind",
    "QualityRecord",
    "RawFile",
    "Reader",
    "RecipeSignature",
    "RecipeVersion",
    "Retraction",
    "Sample",
    "SampleStateName",
    "Sighting",
    "Signature",
    "SpectrumBranch",
    "SpectrumHead",
    "StoredAnalysis",
    "StoredPrediction",
    "StoredSpectrum",
    "Suggestion",
    "SuggestionStateName",
    "TeachingRow",
    "Upgrade",
    "Weighing",
    "WeighingEntry",
    "Writer",
    "backup",
    "check",
    "create",
    "open",
    "repair",
    "restore",
    "upgrade",
]

_HOMES = {
    "AnalysisBranch": "lineage",
    "Ancestry": "lineage",
    "Counts": "lineage",
    "Database": "database",
    "FileBranch": "lineage",
    "Genealogy": "lineage",
    "PelletBranch": "lineage",
    "Reader": "reader",
    "SpectrumBranch": "lineage",
    "TeachingRow": "lineage",
    "Upgrade": "schema",
    "Writer": "writer",
    "backup": "backups",
    "check": "checking",
    "create": "schema",
    "open": "database",
    "repair": "checking",
    "restore": "backups",
    "upgrade": "schema",
    "Deviation": "values_bench",
    "FurnaceLoad": "values_bench",
    "Lot": "values_bench",
    "LotEvent": "values_bench",
    "LotStanding": "values_bench",
    "LoadPlace": "values_bench",
    "PelletPhase": "values_bench",
    "RecipeSignature": "values_bench",
    "WeighingEntry": "values_bench",
    "PHASES": "values_bench",
    "LOT_EVENTS": "values_bench",
    "LotEventKind": "values_bench",
    "PhaseName": "values_bench",
    "Place": "values_bench",
    "QUALITY_KINDS": "values_quality",
    "QualityKind": "values_quality",
    "QualityRecord": "values_quality",
}  # every other name lives in values


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"db.{_HOMES.get(name, 'values')}"), name)
    globals()[name] = value
    return value
