"""What every room stands on: refusals, progress, time, files, executors, units. Imports the standard library only."""

from nasicon_loop.core.clock import Clock, SystemClock, utc_iso
from nasicon_loop.core.cluster import Cluster, executor_of, joined
from nasicon_loop.core.executor import Executor, Inline
from nasicon_loop.core.files import read_bounded, refuse_as_target, write_whole, written_whole
from nasicon_loop.core.jsonable import to_json
from nasicon_loop.core.numbers import with_sd
from nasicon_loop.core.processes import Processes
from nasicon_loop.core.progress import Progress, Silent
from nasicon_loop.core.refusal import Refusal
from nasicon_loop.core.text import plain

__all__ = [
    "Clock",
    "Cluster",
    "Executor",
    "Inline",
    "Processes",
    "Progress",
    "Refusal",
    "Silent",
    "SystemClock",
    "executor_of",
    "joined",
    "plain",
    "read_bounded",
    "refuse_as_target",
    "to_json",
    "utc_iso",
    "with_sd",
    "write_whole",
    "written_whole",
]
