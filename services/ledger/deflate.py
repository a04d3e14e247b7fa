"""Deflate in pieces that can be made apart and joined: the fast library where it is installed, zlib elsewhere.

A piece ends on a byte with a full flush and looks back at nothing before it, so pieces made by several processes, put
one behind the other and closed with END, are one deflate stream. The checksum of the whole follows from theirs.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

try:
    from isal import isal_zlib
except ImportError:  # no wheel for this machine: the same files, more slowly
    isal_zlib = None  # type: ignore[assignment,unused-ignore]

END = b"\x03\x00"
"""An empty last block: closes a stream that was made in pieces."""
_ISAL_LEVEL, _ZLIB_LEVEL = 2, 4


@dataclass(frozen=True)
class Piece:
    """Deflated bytes, and the length and checksum of what they stand for."""

    data: bytes
    crc: int
    length: int


def deflated(raw: bytes) -> Piece:
    """One piece of a stream."""
    library: Any = isal_zlib or zlib
    level = _ZLIB_LEVEL if isal_zlib is None else _ISAL_LEVEL
    making = library.compressobj(level, library.DEFLATED, -15)
    return Piece(making.compress(raw) + making.flush(library.Z_FULL_FLUSH), library.crc32(raw), len(raw))


def joined_crc(first: int, second: int, length: int) -> int:
    """The checksum of two texts one behind the other, from theirs and the length of the second."""
    if isal_zlib is not None:
        joined: int = isal_zlib.crc32_combine(first, second, length)
        return joined
    return _combined(first, second, length)


def _combined(first: int, second: int, length: int) -> int:
    """As zlib's own crc32_combine, which Python does not hand out: `length` zero bytes are appended to the first."""
    operator = [0xEDB88320] + [1 << bit for bit in range(31)]  # one zero bit
    operator = _squared(_squared(operator))  # four
    while length:
        operator = _squared(operator)
        if length & 1:
            first = _times(operator, first)
        length >>= 1
    return first ^ second


def _times(matrix: list[int], vector: int) -> int:
    result = 0
    for row in matrix:
        if not vector:
            break
        if vector & 1:
            result ^= row
        vector >>= 1
    return result


def _squared(matrix: list[int]) -> list[int]:
    return [_times(matrix, row) for row in matrix]
