"""Whether a file still is what its seal says, and where it differs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ArchiveRecord, ArchiveSeal, AuditEntry
from services.access.scope import unscoped
from services.archives.manifest import Manifest, manifest_of
from services.attachments.store import FileStore, digest_of
from services.sealing import unseal


class Fault(StrEnum):
    """In which way a part of a file differs from its seal."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    FILE_MISSING = "file_missing"
    FILE_CHANGED = "file_changed"
    SEAL = "seal"


@dataclass(frozen=True)
class Difference:
    """One part that differs: a table, a stored file by its hash, or the seal itself."""

    fault: Fault
    name: str
    sealed: int = 0
    found: int = 0


def differences(
    session: Session, store: FileStore, record: ArchiveRecord, seal: ArchiveSeal
) -> list[Difference]:
    """Every part that is not as it was sealed; none when the file is intact. Reads each stored file once."""
    sealed = Manifest.from_json(seal.manifest)
    with unscoped(session, "a seal covers the whole file; only names of tables and numbers are given out"):
        stands = manifest_of(
            session, record.complaint_id, {name: part.columns for name, part in sealed.parts.items()}
        )
        found = (
            []
            if _seal_is_sound(session, record, seal, sealed)
            else [Difference(Fault.SEAL, record.file_number)]
        )
    return [*found, *_tables(sealed, stands), *_files(store, sealed)]


def _tables(sealed: Manifest, stands: Manifest) -> list[Difference]:
    found = []
    for name in sorted({*sealed.parts, *stands.parts}):
        then, now = sealed.parts.get(name), stands.parts.get(name)
        rows_then, rows_now = (then.rows if then else 0), (now.rows if now else 0)
        if then == now:
            continue
        fault = Fault.CHANGED
        if rows_then != rows_now:
            fault = Fault.ADDED if rows_now > rows_then else Fault.REMOVED
        found.append(Difference(fault, name, rows_then, rows_now))
    return found


def _files(store: FileStore, sealed: Manifest) -> list[Difference]:
    found = []
    for sha256 in sealed.files:
        file = store.path(sha256)
        if not file.is_file():
            found.append(Difference(Fault.FILE_MISSING, sha256))
        elif digest_of(file) != sha256:
            found.append(Difference(Fault.FILE_CHANGED, sha256))
    return found


def _seal_is_sound(session: Session, record: ArchiveRecord, seal: ArchiveSeal, sealed: Manifest) -> bool:
    """The seal agrees with itself, with the record, and with what the audit trail has in its chain."""
    if not sealed.digest == seal.digest == record.digest:
        return False
    last = session.scalars(
        sa.select(AuditEntry)
        .where(
            AuditEntry.subject_type == "archive_record",
            AuditEntry.subject_id == record.id,
            AuditEntry.action == "archive_record.seal",
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return False
    said = unseal(last.sealed)["after"] if last.sealed else last.after or {}
    return bool(said.get("digest") == seal.digest)
