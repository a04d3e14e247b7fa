"""The kinds of file the desk takes, and whether a content is what its name says.

Programs, HTML, SVG and anything unknown are refused, and so are archives: what is in them cannot be checked.
"""

from __future__ import annotations

import codecs
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import puremagic


class Preview(StrEnum):
    """How a browser may show a file inside the desk; NONE means as a download only."""

    NONE = ""
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    TEXT = "text"


@dataclass(frozen=True)
class Kind:
    """A type of file: what it is served as, how it may be shown, and the signature its content must bear."""

    mime_type: str
    signatures: frozenset[str]
    preview: Preview = Preview.NONE


def _kind(mime_type: str, signatures: str, preview: Preview = Preview.NONE) -> Kind:
    return Kind(mime_type, frozenset(signatures.split()), preview)


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."

KINDS: dict[str, Kind] = {
    ".jpg": _kind("image/jpeg", ".jpg", Preview.IMAGE),
    ".jpeg": _kind("image/jpeg", ".jpg", Preview.IMAGE),
    ".png": _kind("image/png", ".png", Preview.IMAGE),
    ".gif": _kind("image/gif", ".gif", Preview.IMAGE),
    ".webp": _kind("image/webp", ".webp", Preview.IMAGE),
    ".bmp": _kind("image/bmp", ".bmp", Preview.IMAGE),
    ".tif": _kind("image/tiff", ".tif"),
    ".tiff": _kind("image/tiff", ".tif"),
    ".heic": _kind("image/heic", ".heif .heic"),
    ".pdf": _kind("application/pdf", ".pdf"),
    ".ofd": _kind("application/ofd", "zip:OFD.xml"),
    ".docx": _kind(_OPEN_XML + "wordprocessingml.document", "zip:word/document.xml"),
    ".xlsx": _kind(_OPEN_XML + "spreadsheetml.sheet", "zip:xl/workbook.xml"),
    ".pptx": _kind(_OPEN_XML + "presentationml.presentation", "zip:ppt/presentation.xml"),
    ".odt": _kind(_OPEN_DOCUMENT + "text", "zip:content.xml"),
    ".ods": _kind(_OPEN_DOCUMENT + "spreadsheet", "zip:content.xml"),
    ".doc": _kind("application/msword", "ole:WordDocument"),
    ".wps": _kind("application/vnd.ms-works", "ole:WordDocument"),
    ".xls": _kind("application/vnd.ms-excel", "ole:Workbook ole:Book"),
    ".et": _kind("application/vnd.ms-excel", "ole:Workbook ole:Book"),
    ".ppt": _kind("application/vnd.ms-powerpoint", "ole:PowerPoint"),
    ".dps": _kind("application/vnd.ms-powerpoint", "ole:PowerPoint"),
    ".txt": _kind("text/plain", "text", Preview.TEXT),
    ".csv": _kind("text/csv", "text", Preview.TEXT),
    ".mp3": _kind("audio/mpeg", ".mp3", Preview.AUDIO),
    ".wav": _kind("audio/wav", ".wav", Preview.AUDIO),
    ".m4a": _kind("audio/mp4", ".m4a .mp4", Preview.AUDIO),
    ".aac": _kind("audio/aac", ".aac", Preview.AUDIO),
    ".ogg": _kind("audio/ogg", ".ogg .oga", Preview.AUDIO),
    ".amr": _kind("audio/amr", ".amr"),
    ".mp4": _kind("video/mp4", ".mp4 .m4v", Preview.VIDEO),
    ".webm": _kind("video/webm", ".webm", Preview.VIDEO),
    ".mov": _kind("video/quicktime", ".mov"),
    ".3gp": _kind("video/3gpp", ".3gp"),
    ".avi": _kind("video/x-msvideo", ".avi"),
}
"""By file ending. A signature is puremagic's ending for it, a member a zip must hold, a stream an OLE file must hold,
or plain text."""

ACCEPT = ",".join(sorted(KINDS))
"""For the file chooser of the browser."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MACROS = "vbaproject.bin"
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<?php", b"#!", b"mz")
_BLOCK = 1 << 20


def fits(kind: Kind, file: Path) -> bool:
    """Whether the content of `file` is of this kind."""
    return any(_bears(file, signature) for signature in kind.signatures)


def _bears(file: Path, signature: str) -> bool:
    family, _, rest = signature.partition(":")
    if family == "zip":
        return _zip_holds(file, rest)
    if family == "ole":
        return _ole_holds(file, rest)
    if family == "text":
        return text_encoding(file) is not None
    with file.open("rb") as content:
        try:
            return signature in {found.extension for found in puremagic.magic_stream(content)}
        except (puremagic.PureError, ValueError):
            return False


def _zip_holds(file: Path, member: str) -> bool:
    """Names only: nothing is unpacked. Office files with macros are refused."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    return member in names and not any(name.lower().endswith(_MACROS) for name in names)


def _ole_holds(file: Path, stream: str) -> bool:
    """Whether a stream of this name stands in the old Office container (an installer is one, too)."""
    name = stream.encode("utf-16-le")
    with file.open("rb") as content:
        block = content.read(_BLOCK)
        if not block.startswith(_OLE):
            return False
        while block:
            if name in block:
                return True
            more = content.read(_BLOCK)
            block = block[-len(name) :] + more if more else b""
    return False


def text_encoding(file: Path) -> str | None:
    """utf-8 or gb18030 when the whole file decodes as text that is no markup or script; None otherwise."""
    with file.open("rb") as content:
        head = content.read(256).removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if head.startswith(_MARKUP):
        return None
    return next((encoding for encoding in ("utf-8", "gb18030") if _decodes(file, encoding)), None)


def _decodes(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with file.open("rb") as content:
            while block := content.read(_BLOCK):
                if b"\0" in block:
                    return False
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
