"""Temporary files of the ledger: only below the desk's private spool folder, gone as soon as they are not needed."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from models.labels import _l
from services.ledger.source import UnusableFile, digest_of

_CHUNK = 1 << 20


@contextmanager
def working_folder(spool: Path) -> Iterator[Path]:
    """A folder of one's own in the spool, removed with everything in it at the end, whatever happens."""
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(prefix="export-", dir=spool))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def uploaded(spool: Path, stream: IO[bytes], most_bytes: int) -> Iterator[tuple[Path, str]]:
    """An upload as a file in the spool, with its hash; gone at the end unless it was moved. UnusableFile: too large."""
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = spool / f"upload-{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            size = 0
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > most_bytes:
                    raise UnusableFile(
                        _l(
                            "The file is larger than %(size)s MB. Split it into smaller files.",
                            size=most_bytes // (1024 * 1024),
                        )
                    )
                out.write(chunk)
        yield draft, digest_of(draft)
    finally:
        draft.unlink(missing_ok=True)
