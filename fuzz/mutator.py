"""Mutation without coverage, where atheris does not install: weaker, but the same targets and findings."""

import random
from collections.abc import Sequence

_ODD = (b"\x00", b"\xff", b"\x1b[2J", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"-", b"1e309", b"nan", b"\r", b"\n" * 9)


def mutated(seeds: Sequence[bytes], words: Sequence[str], max_bytes: int, source: random.Random) -> bytes:
    """Return one seed after one to eight changes: bits, bytes, cuts, copies, words, splices of another seed."""
    data = bytearray(source.choice(seeds))
    pieces = [*_ODD, *(word.encode() for word in words)]
    for _ in range(source.randint(1, 8)):
        _change(data, pieces, seeds, source)
    return bytes(data[:max_bytes])


def _change(data: bytearray, pieces: Sequence[bytes], seeds: Sequence[bytes], source: random.Random) -> None:
    at = source.randint(0, len(data))
    end = min(len(data), at + source.randint(1, 32))
    kind = source.randrange(6)
    if kind == 0 and at < len(data):
        data[at] ^= 1 << source.randrange(8)
    elif kind == 1 and at < len(data):
        data[at] = source.randrange(256)
    elif kind == 2:
        del data[at:end]
    elif kind == 3:
        data[at:at] = data[at:end] * source.randint(1, 4)
    elif kind == 4:
        data[at:at] = source.choice(pieces)
    else:
        other = source.choice(seeds)
        begin = source.randint(0, len(other))
        data[at:at] = other[begin : begin + source.randint(1, 64)]
