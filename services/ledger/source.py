"""Opens an old ledger (xlsx, xls or csv) and hands out its rows as they stand; refuses what could harm the desk."""

from __future__ import annotations

import csv
import hashlib
import logging
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from models.labels import _l
from services.errors import DeskError
from services.ledger import sheets
from services.ledger.bulk import one_ahead
from services.ledger.helper import Helper
from services.ledger.sheets import Row

log = logging.getLogger("desk.ledger")

MOST_UNPACKED = 768 * 1024 * 1024
MOST_CELLS = 12_000_000
MOST_ROWS = 200_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FILLED_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*[^/]>')
_CHUNK = 1 << 20
_LONG = 2 << 20
"""Bytes of a workbook from which another process reads it."""


class UnusableFile(DeskError):
    """The file cannot be read as a ledger; nothing was taken from it."""


@dataclass(frozen=True)
class Sheet:
    """One sheet of an opened file. Rows may be read more than once; row 1 is the first line of the file."""

    name: str
    rows: _Rows

    def __iter__(self) -> Iterator[Row]:
        return self.rows.read()

    def top(self, lines: int) -> list[Row]:
        """The first lines."""
        return self.rows.top(lines)

    def from_beside(self) -> Iterator[Row]:
        """All of them, a long sheet read by another process while this one works on what it got."""
        return self.rows.from_beside()


class _Rows:
    total = 0
    """Lines of the sheet, as far as they are known once reading has begun."""

    def read(self) -> Iterator[Row]:
        raise NotImplementedError

    def top(self, lines: int) -> list[Row]:
        return [[*row] for row in islice(self.read(), lines)]

    def from_beside(self) -> Iterator[Row]:
        return self.read()


class NoRows(_Rows):
    """Of a sheet that is only spoken of."""

    def read(self) -> Iterator[Row]:
        return iter(())


def digest_of(path: Path) -> str:
    """SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_sheets(path: Path) -> list[Sheet]:
    """The sheets of the file in their order. What kind it is, is told by its content, not by its name.

    UnusableFile when it is empty, protected by a password, broken, or unpacks to more than the desk takes.
    """
    with path.open("rb") as file:
        begin = file.read(8)
    if not begin:
        raise UnusableFile(_l("The file is empty."))
    if begin.startswith(b"PK"):
        _check_package(path)
        return _workbook_sheets(path)
    if begin == _OLE:
        if _contains(path, _ENCRYPTED):
            raise UnusableFile(_protected())
        return _workbook_sheets(path)
    if begin.startswith(b"%PDF") or begin[:4] in (b"\x89PNG", b"\xff\xd8\xff\xe0"):
        raise UnusableFile(_not_a_ledger())
    return [Sheet(path.stem, _CsvRows(path))]


def sheet_of(path: Path, name: str) -> Sheet:
    """A sheet of a file that `open_sheets` has opened before: nothing is looked through again."""
    with path.open("rb") as file:
        is_workbook = file.read(8).startswith((b"PK", _OLE))
    return Sheet(name, _SheetRows(path, name) if is_workbook else _CsvRows(path))


def _not_a_ledger() -> str:
    return str(_l("This is no ledger that the desk can read. Use xlsx, xls or csv."))


def _protected() -> str:
    return str(_l("The file is protected by a password. Save it without one and try again."))


def _broken() -> str:
    return str(
        _l("The file is broken or incomplete. Open it in a spreadsheet program, save it anew and try again.")
    )


def _too_large() -> str:
    return str(_l("The file unpacks to more than the desk takes. Split it into smaller files."))


class _SheetRows(_Rows):
    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def read(self) -> Iterator[Row]:
        try:
            with CalamineWorkbook.from_path(str(self.path)) as book:
                sheet = book.get_sheet_by_name(self.name)
                self.total = sheets.height_of(sheet)
                yield from sheets.rows_of(sheet)
        except (CalamineError, OSError, ValueError) as error:
            raise UnusableFile(_broken()) from error

    def top(self, lines: int) -> list[Row]:
        try:
            book = sheets.top_of(self.path, lines)
            if book is not None:
                return list(islice(sheets.rows_of(book.get_sheet_by_name(self.name)), lines))
        except (CalamineError, OSError, ValueError):
            log.info("the beginning of a sheet cannot be read by itself")  # read whole, it may be well
        return super().top(lines)

    def from_beside(self) -> Iterator[Row]:
        if self.path.stat().st_size < _LONG:
            yield from self.read()
            return
        given = 0
        helper = Helper(sheets.__name__)
        try:
            with one_ahead(sheets.from_beside(helper, self.path, self.name)) as answers:
                for found in answers:
                    if isinstance(found, int):
                        self.total = found
                        continue
                    yield from found
                    given += len(found)
        except ValueError as error:
            raise UnusableFile(_broken()) from error
        except (EOFError, OSError) as error:
            # Nothing is lost with a process that was ended from outside: the rest is read here.
            log.warning("the process that reads a ledger is gone (%s)", type(error).__name__)
            yield from islice(self.read(), given, None)
        finally:
            helper.end()


def _workbook_sheets(path: Path) -> list[Sheet]:
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            names = list(book.sheet_names)
    except PasswordError as error:
        raise UnusableFile(_protected()) from error
    except (ZipError, XmlError, CalamineError, OSError, ValueError) as error:
        raise UnusableFile(_broken()) from error
    if not names:
        raise UnusableFile(_l("The file has no sheet."))
    return [Sheet(name, _SheetRows(path, name)) for name in names]


def _check_package(path: Path) -> None:
    """Unpack everything once, counting: the sizes a package claims for itself prove nothing.

    Also finds the far corner of every sheet: the reader keeps a sheet as a full rectangle, so two cells far apart
    would take all memory.
    """
    unpacked = 0
    try:
        with zipfile.ZipFile(path) as package:
            for entry in package.infolist():
                if entry.flag_bits & 1:
                    raise UnusableFile(_protected())
                with package.open(entry) as content:
                    is_sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
                    corner = _Corner() if is_sheet else None
                    while chunk := content.read(_CHUNK):
                        unpacked += len(chunk)
                        if unpacked > MOST_UNPACKED or (corner and corner.is_beyond(chunk)):
                            raise UnusableFile(_too_large())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise UnusableFile(_broken()) from error


class _Corner:
    """The largest row and column that hold something in a sheet's XML, fed in chunks."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self._rest = b""

    def is_beyond(self, chunk: bytes) -> bool:
        text = self._rest + chunk
        if cells := _FILLED_CELL.findall(text):
            self.column = max(self.column, *map(_number_of, {letters for letters, _digits in cells}))
            self.row = max(self.row, *map(int, {digits for _letters, digits in cells}))
        self._rest = text[-200:]
        return self.row > MOST_ROWS or self.row * self.column > MOST_CELLS


def _number_of(letters: bytes) -> int:
    """The number of a column."""
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column


def _contains(path: Path, wanted: bytes) -> bool:
    with path.open("rb") as file:
        rest = b""
        while chunk := file.read(_CHUNK):
            if wanted in rest + chunk:
                return True
            rest = chunk[-len(wanted) :]
    return False


class _CsvRows(_Rows):
    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding = _encoding_of(path)
        with self._open() as file:
            self.delimiter = _delimiter_of(file.read(64 * 1024))

    def _open(self) -> IO[str]:
        return self.path.open(encoding=self.encoding, newline="")

    def read(self) -> Iterator[Row]:
        csv.field_size_limit(10_000_000)
        try:
            with self._open() as file:
                for number, row in enumerate(csv.reader(file, delimiter=self.delimiter, strict=True)):
                    if number >= MOST_ROWS:
                        raise UnusableFile(_too_large())
                    yield row
        except csv.Error as error:
            raise UnusableFile(_broken()) from error


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        begin = file.read(4)
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        with suppress(UnicodeDecodeError, UnicodeError), path.open(encoding=encoding, newline="") as file:
            while text := file.read(_CHUNK):
                if "\x00" in text:
                    raise UnusableFile(_not_a_ledger())
            return encoding
    raise UnusableFile(
        _l("The text of the file is neither UTF-8 nor GB18030. Save it as “CSV UTF-8” and try again.")
    )


def _delimiter_of(sample: str) -> str:
    lines = [line for line in sample.splitlines()[:20] if line.strip()]
    counts = {mark: sum(line.count(mark) for line in lines) for mark in (",", "\t", ";", "|")}
    return max(counts, key=lambda mark: counts[mark])
