"""The tree of blocks in XM-studio's binary `_0.data`: which steps a run had, and the records of each.

Little-endian. A block is a header of 38 bytes, `n_chars` UTF-16 characters of NUL-separated keys and values, and, for a
step (kind 6), records of 148 bytes. Header: u16 kind, u16 4, u32 n_chars, i64 offset of the next sibling (-2: none),
i64 offset of the first child (-3: none), i64 offset of the records, i32 number of records, u16 0. Kinds: 3 group,
7 loop, 8 turn of a loop, 6 step. Blocks follow one another depth first without a gap, so the file is walked once from
front to back and the offsets must agree with that. Read in one genuine file of 21 steps (XM-studio ECS 3.6); the record
layout was compared with 83 exports of the same run and two others.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instruments.errors import UnreadableFile
from nasicon_loop.core import plain

EXPORT = "in XM-studio use Graph Setup > Export all and drop the CSV"
HEADER = struct.Struct("<HHIqqqiH")
KINDS = (3, 6, 7, 8)
STEP = 6
RECORD = np.dtype(
    {
        "names": [
            "ticks",
            "voltage_v",
            "current_a",
            "v_range",
            "i_range",
            "frequency_hz",
            "a_re",
            "a_im",
            "v_re",
            "v_im",
        ],
        "formats": ["<i8", "<f4", "<f4", "u1", "u1", "<f8", "<f4", "<f4", "<f4", "<f4"],
        "offsets": [0, 8, 12, 22, 23, 48, 68, 72, 76, 80],
        "itemsize": 148,
    }
)
"""One sample: `ticks` of 100 ns since the start of the run; `frequency_hz` is NaN in a DC sample, infinite where a
sweep begins, and finite in a measured point, whose impedance is (v_re + i v_im) / (a_re + i a_im)."""
_MARK = "ST\0".encode("utf-16-le")
_MAX_BLOCKS = 20_000
_MAX_CHARS = 16_384
_MAX_KEYS = 64


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run: names from the group down to the step itself, its place in the tree, its records (n,)."""

    names: tuple[str, ...]
    place: str
    records: NDArray[np.void]


def is_native(head: bytes) -> bool:
    """Say whether a file begins as a result file: the header of a group and, soon after, the key of a start time."""
    return head.startswith(b"\x03\0\x04\0") and _MARK in head[:2000]


def is_block(data: bytes, offset: int) -> bool:
    """Say whether a block header of a known kind stands at an offset."""
    if offset + HEADER.size > len(data):
        return False
    kind, four, n_chars, *_ = HEADER.unpack_from(data, offset)
    return kind in KINDS and four == 4 and 0 < n_chars <= _MAX_CHARS


def steps_of(data: bytes) -> list[Step]:
    """Return the steps of a run in order; `UnreadableFile` where the bytes are not as the layout says."""
    steps: list[Step] = []
    names: dict[str, str] = {}
    offset, n_blocks = 0, 0
    while offset < len(data):
        n_blocks += 1
        if n_blocks > _MAX_BLOCKS:
            raise UnreadableFile(f"has more than {_MAX_BLOCKS} steps and loops: {EXPORT}")
        if not is_block(data, offset):
            raise _not_as_known(offset, "no block of a known kind: cut off, still being written, or of another version")
        kind, _, n_chars, following, child, start, n_records, _ = HEADER.unpack_from(data, offset)
        begin = offset + HEADER.size + 2 * n_chars
        keys = _keys(data[offset + HEADER.size : begin])
        place = keys.get("SN", "")
        names[place] = keys.get("NM", "")
        end = begin + n_records * RECORD.itemsize if kind == STEP else begin
        is_as_told = (start == begin and n_records >= 0) if kind == STEP else child in (begin, -2, -3)
        if not is_as_told or 0 <= following <= offset:
            raise _not_as_known(offset, "offsets that do not fit")
        if end > len(data):
            raise _not_as_known(offset, "fewer records than it announces: cut off, or still being written")
        if kind == STEP:
            records = np.frombuffer(data, RECORD, n_records, begin)
            steps.append(Step(_ancestry(names, place), place, records))
        offset = end
    return steps


def _not_as_known(offset: int, what: str) -> UnreadableFile:
    return UnreadableFile(f"XM-studio's native binary result file has at byte {offset} {what}; {EXPORT}")


def _keys(area: bytes) -> dict[str, str]:
    fields = area.decode("utf-16-le", errors="replace").split("\0")[: 2 * _MAX_KEYS]
    return {key: plain(value, limit=80) for key, value in zip(fields[::2], fields[1::2], strict=False) if key}


def _ancestry(names: Mapping[str, str], place: str) -> tuple[str, ...]:
    """Return the names on the way to `place` ("0.1.2.1": group 0, loop 1 in it, its turn 2, step 1)."""
    parts = place.split(".")[:_MAX_KEYS]
    above = (names.get(".".join(parts[:depth]), "") for depth in range(1, len(parts) + 1))
    return tuple(name for name in above if name)
