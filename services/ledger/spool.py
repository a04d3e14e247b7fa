"""Temporary files of the ledger: only below the desk's private spool folder, gone as soon as they are not needed."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from models.labels import _l
from services.errors import DeskError
from services.ledger.source import UnusableFile, digest_of

_KEPT = re.compile(r"import-(\d+)-([0-9a-f]{64})")
_CHUNK = 1 << 20
ABANDONED_AFTER = 2 * 3600
"""Seconds after which an upload that was not imported is removed when the next one comes."""


@contextmanager
def working_folder(spool: Path) -> Iterator[Path]:
    """A folder of one's own in the spool, removed with everything in it at the end, whatever happens."""
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(prefix="export-", dir=spool))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class UploadedLedgers:
    """Files handed in for import, kept between the steps of the wizard: by owner and content hash."""

    def __init__(self, spool: Path, owner: int, most_bytes: int) -> None:
        self.spool, self.owner, self.most_bytes = spool, owner, most_bytes

    def keep(self, stream: IO[bytes]) -> str:
        """Write an upload to the spool; its hash is the name under which `path` finds it. UnusableFile: too large."""
        self.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.spool / f"upload-{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                size = 0
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > self.most_bytes:
                        raise UnusableFile(
                            _l("The file is larger than %(size)s MB.", size=self.most_bytes // (1024 * 1024))
                        )
                    out.write(chunk)
            sha256 = digest_of(draft)
            self.forget_all()
            self._forget_abandoned()
            draft.rename(self._place(sha256))
        finally:
            draft.unlink(missing_ok=True)
        return sha256

    def path(self, sha256: str) -> Path:
        """Where the file is. DeskError when it is no longer kept."""
        place = self._place(sha256)
        if not _KEPT.fullmatch(place.name) or not place.is_file():
            raise DeskError(_l("The file is no longer kept. Choose it again."))
        return place

    def forget_all(self) -> None:
        """Remove every file of this owner: one import at a time."""
        for file in self.spool.glob(f"import-{self.owner}-*"):
            file.unlink(missing_ok=True)

    def _forget_abandoned(self) -> None:
        """Uploads that nobody went on with hold personal data: they don't stay for long."""
        oldest = time.time() - ABANDONED_AFTER
        for file in self.spool.glob("import-*"):
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < oldest:
                    file.unlink()

    def _place(self, sha256: str) -> Path:
        return self.spool / f"import-{self.owner}-{sha256}"
