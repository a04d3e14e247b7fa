"""The folder of files: each under the SHA-256 of its content, outside the web root.

A file is first written to the private spool folder and checked there. It moves to its place in one rename, right before
the transaction that names it commits; when the transaction fails the draft goes, and nothing is left behind. Only a
power cut between the two leaves a file that no row names, which `sweep_orphans` finds.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import event
from sqlalchemy.orm import Session

from models.labels import _l
from services.attachments.kinds import KINDS, Kind, fits
from services.attachments.names import clean_filename, extension_of
from services.errors import Invalid
from settings import Settings

_BLOCK = 1 << 18
_HASH = re.compile(r"[0-9a-f]{64}")
_STAGED = "desk_staged_files"
_LEAVING = "desk_leaving_files"
ORPHAN_AFTER_SECONDS = 3600
"""A file younger than this may belong to a transaction that has not committed yet."""


@dataclass(frozen=True)
class Staged:
    """A checked file in the spool folder, not yet in its place."""

    draft: Path
    filename: str
    sha256: str
    size: int
    kind: Kind

    def discard(self) -> None:
        self.draft.unlink(missing_ok=True)


class FileStore:
    """The files of one desk."""

    def __init__(self, settings: Settings) -> None:
        self.root = settings.attachments_dir
        self._spool = settings.spool_dir
        self._limit = settings.upload_max_bytes
        self._limit_mb = settings.upload_max_mb

    def stage(self, stream: IO[bytes], given_name: str | None) -> Staged:
        """Write an upload to the spool folder and check it.

        Invalid({"file": …}) for a name, type, size or content that is not taken; then, as after a broken stream,
        nothing is left.
        """
        filename = clean_filename(given_name)
        kind = KINDS.get(extension_of(filename))
        if not filename:
            raise Invalid({"file": _l("The file has no name.")})
        if kind is None:
            raise Invalid({"file": _l("%(name)s: files of this type are not accepted.", name=filename)})
        self._spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._spool / f"upload-{secrets.token_hex(8)}"
        try:
            sha256, size = self._write(stream, draft, filename)
            if not fits(kind, draft):
                raise Invalid({"file": _l("%(name)s: the content is not what the name says.", name=filename)})
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return Staged(draft, filename, sha256, size, kind)

    def _write(self, stream: IO[bytes], draft: Path, filename: str) -> tuple[str, int]:
        digest = hashlib.sha256()
        size = 0
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > self._limit:
                    message = _l("%(name)s is larger than %(limit)s MB.", name=filename, limit=self._limit_mb)
                    raise Invalid({"file": message})
                digest.update(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        if size == 0:
            raise Invalid({"file": _l("%(name)s is empty.", name=filename)})
        return digest.hexdigest(), size

    def keep_on_commit(self, session: Session, staged: Staged) -> None:
        """Put the file in its place when the session commits; throw the draft away when it rolls back."""
        if _STAGED not in session.info:
            session.info[_STAGED] = []
            event.listen(session, "before_commit", _keep_all)
            event.listen(session, "after_rollback", _discard_all)
        session.info[_STAGED].append((self, staged))

    def keep(self, staged: Staged) -> None:
        """Move a staged file to its place. The same content is kept once."""
        place = self.path(staged.sha256)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._locked(fcntl.LOCK_SH):
            if place.exists():
                os.utime(place)  # so that a sweep of orphans leaves it alone
                staged.discard()
            else:
                os.replace(staged.draft, place)
        _sync_folder(place.parent)

    def remove_on_commit(self, session: Session, hashes: Collection[str]) -> None:
        """Take these files away once the session has committed. What a crash leaves behind the hourly sweep finds."""
        if _LEAVING not in session.info:
            session.info[_LEAVING] = []
            event.listen(session, "after_commit", _remove_all)
            event.listen(session, "after_rollback", _leave_all)
        session.info[_LEAVING] += [(self, sha256) for sha256 in sorted(hashes)]

    def remove(self, sha256: str) -> None:
        """Take a file away that no row names any more."""
        with self._locked(fcntl.LOCK_EX):
            self.path(sha256).unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the content with this hash stands. ValueError for anything that is no hash."""
        if not _HASH.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def stored(self) -> Iterator[Path]:
        """Every file in the store."""
        return (file for file in sorted(self.root.glob("??/??/*")) if _HASH.fullmatch(file.name))

    def sweep_orphans(self, named: Collection[str]) -> list[str]:
        """Remove the files whose hash is not among `named` and that are older than an hour; returns their hashes."""
        oldest = time.time() - ORPHAN_AFTER_SECONDS
        gone = []
        for file in self.stored():
            if file.name in named:
                continue
            with self._locked(fcntl.LOCK_EX):
                if file.stat().st_mtime < oldest:
                    file.unlink()
                    gone.append(file.name)
        return gone

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        """Between looking at a file and removing it nobody may come to rely on it."""
        with (self.root / ".lock").open("w") as lock:
            fcntl.flock(lock, kind)
            yield


def digest_of(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _keep_all(session: Session) -> None:
    if session.in_nested_transaction():
        return
    while waiting := session.info[_STAGED]:
        store, staged = waiting[0]
        store.keep(staged)
        waiting.pop(0)


def _discard_all(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for _store, staged in session.info[_STAGED]:
        staged.discard()
    session.info[_STAGED].clear()


def _remove_all(session: Session) -> None:
    if session.in_nested_transaction():
        return
    while leaving := session.info[_LEAVING]:
        store, sha256 = leaving.pop(0)
        store.remove(sha256)


def _leave_all(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info[_LEAVING].clear()


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut as well as the content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
