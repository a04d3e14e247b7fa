"""The zip package of a workbook, written from front to back, with parts that were deflated before.

Python's zipfile deflates whatever it is given, by itself and slowly; a sheet of a ledger comes as finished pieces.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from services.ledger.deflate import END, Piece, deflated, joined_crc

LARGEST = 0xFFFF_FFFF - 1
"""What a plain zip can say; beyond it the longer fields of zip64 are used."""
_UNSAID = 0xFFFF_FFFF
_FIRST_OF_JANUARY_1980 = 0x0021
_DEFLATED = 8


@dataclass
class Stream:
    """Pieces put one behind the other: how long they are, and their common checksum."""

    size: int = 0
    length: int = 0
    crc: int = 0

    def add(self, piece: Piece) -> None:
        self.crc = joined_crc(self.crc, piece.crc, piece.length)
        self.size += len(piece.data)
        self.length += piece.length

    def add_all(self, other: Stream) -> None:
        self.crc = joined_crc(self.crc, other.crc, other.length)
        self.size += other.size
        self.length += other.length


class Package:
    """Writes parts into an open file; `digest` is the SHA-256 of what was written so far."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._at = 0
        self._directory: list[bytes] = []
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    @property
    def size(self) -> int:
        return self._at

    def add(self, name: str, content: bytes) -> None:
        """A part as it is."""
        piece = deflated(content)
        stream = Stream()
        stream.add(piece)
        self.add_stream(name, stream, [piece.data])

    def add_stream(self, name: str, stream: Stream, chunks: Iterable[bytes]) -> None:
        """A part that was deflated in pieces: `chunks` are their bytes in order, `stream` what they come to."""
        size, begin = stream.size + len(END), self._at
        self._write(_local_header(name, stream, size))
        for chunk in chunks:
            self._write(chunk)
        self._write(END)
        self._directory.append(_directory_entry(name, stream, size, begin))

    def close(self) -> None:
        """Write the table of contents. The file stays open."""
        begin = self._at
        for entry in self._directory:
            self._write(entry)
        count, size = len(self._directory), self._at - begin
        if begin > LARGEST:
            self._write(
                struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, begin)
                + struct.pack("<4sIQI", b"PK\6\7", 0, begin + size, 1)
            )
        self._write(struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, size, _said(begin), 0))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self._at += len(data)


def _said(number: int) -> int:
    return _UNSAID if number > LARGEST else number


def _local_header(name: str, stream: Stream, size: int) -> bytes:
    long = max(size, stream.length) > LARGEST
    extra = struct.pack("<HHQQ", 1, 16, stream.length, size) if long else b""
    sizes = (_UNSAID, _UNSAID) if long else (size, stream.length)
    return (
        struct.pack(
            "<4sHHHHHIIIHH",
            b"PK\3\4", 45 if long else 20, 0, _DEFLATED, 0, _FIRST_OF_JANUARY_1980, stream.crc, *sizes,
            len(name), len(extra),
        )
        + name.encode("ascii")
        + extra
    )  # fmt: skip


def _directory_entry(name: str, stream: Stream, size: int, begin: int) -> bytes:
    long = [number for number in (stream.length, size, begin) if number > LARGEST]
    extra = struct.pack(f"<HH{len(long)}Q", 1, 8 * len(long), *long) if long else b""
    version = 45 if long else 20
    return (
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\1\2", version, version, 0, _DEFLATED, 0, _FIRST_OF_JANUARY_1980, stream.crc, _said(size),
            _said(stream.length), len(name), len(extra), 0, 0, 0, 0, _said(begin),
        )
        + name.encode("ascii")
        + extra
    )  # fmt: skip
