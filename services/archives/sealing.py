"""Putting a seal on a file, and putting a new one on it when the desk itself changes an archived case.

The unit of work notes which rows it writes. Where one of them belongs to a file that bears a seal, the file is sealed
anew in the same transaction, and the former digest stays in the history. What changes a row by another way breaks the
seal, and the check tells which table it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, object_session

from models import ArchiveRecord, ArchiveSeal, Complaint
from models.archive_enums import SealOccasion
from services import audit
from services.access.scope import apply, unscoped
from services.actor import SYSTEM
from services.archives.contents import ROOT, file_table_names, file_tables, references
from services.archives.manifest import ALGORITHM, Manifest, manifest_of

if TYPE_CHECKING:
    from services.unit_of_work import UnitOfWork

_TABLES = {table.name: table for table in file_tables()}


def seal_file(
    work: UnitOfWork, record: ArchiveRecord, occasion: SealOccasion, cause: str | None = None
) -> ArchiveSeal:
    """A new seal over the file as it stands; the one before ends. `record` may be new: it is flushed here."""
    work.session.flush()
    return _put(work, record, manifest_of(work.session, record.complaint_id), occasion, cause)


def _put(
    work: UnitOfWork, record: ArchiveRecord, manifest: Manifest, occasion: SealOccasion, cause: str | None
) -> ArchiveSeal:
    former = record.digest
    end_seal(work, record)
    record.digest, record.sealed_rows, record.sealed_files = (
        manifest.digest,
        manifest.rows,
        len(manifest.files),
    )
    record.seal_algorithm = ALGORITHM
    record.verified_at = record.verdict = None
    work.session.add(record)
    work.session.flush()
    seal = ArchiveSeal(
        archive_record_id=record.id,
        complaint_id=record.complaint_id,
        occasion=occasion,
        cause=cause,
        algorithm=ALGORITHM,
        digest=manifest.digest,
        row_count=manifest.rows,
        file_count=len(manifest.files),
        manifest=manifest.as_json(),
        sealed_by_id=work.actor.user_id,
        sealed_at=work.now,
    )
    work.session.add(seal)
    work.session.flush()
    work.sealed.add(record.id)
    case = work.session.get_one(Complaint, record.complaint_id)
    work.record(
        audit.Draft(
            "archive_record.seal",
            "archive_record",
            record.id,
            record.file_number,
            case,
            before={"digest": former} if former else {},
            after={"digest": seal.digest, "sealed_rows": seal.row_count, "sealed_files": seal.file_count},
        )
    )
    return seal


def standing_seal(session: Session, record_id: int) -> ArchiveSeal | None:
    """The seal that the file bears now."""
    query = sa.select(ArchiveSeal).where(
        ArchiveSeal.archive_record_id == record_id, ArchiveSeal.ended_at.is_(None)
    )
    with unscoped(session, "the seal of a file that the caller has loaded or checks as the desk itself"):
        return session.scalars(query).first()


def end_seal(work: UnitOfWork, record: ArchiveRecord) -> None:
    """No seal stands any more, as when the case is taken up again."""
    if record.id is None:
        return
    seal = standing_seal(work.session, record.id)
    if seal is not None:
        seal.ended_at = work.now
        work.session.flush()


class Touched:
    """The rows of files that a session writes while it is watched."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[int, Any] = {}
        self._new: set[int] = set()
        event.listen(session, "before_flush", self._note)

    def stop(self) -> None:
        event.remove(self._session, "before_flush", self._note)

    def _note(self, session: Session, *_: Any) -> None:
        names = file_table_names()
        for record in session.new:
            if record.__tablename__ in names:
                self._found[id(record)] = record
                if isinstance(record, Complaint):
                    self._new.add(id(record))
        for record in (*session.dirty, *session.deleted):
            if record.__tablename__ in names and (record in session.deleted or session.is_modified(record)):
                self._found[id(record)] = record

    def cases(self) -> set[int]:
        """The complaints, known before, whose files were written to."""
        new = {record.id for key, record in self._found.items() if key in self._new}
        found: set[int] = set()
        for record in self._found.values():
            found |= self._cases_of(record)
        return {case for case in found - new if self._may_be_archived(case)}

    def _cases_of(self, record: Any) -> set[int]:
        if isinstance(record, Complaint):
            return {record.id}
        case = record.__dict__.get("complaint_id")
        return {case} if case is not None else self._above(record.__table__, record.__dict__)

    def _above(self, table: sa.Table, values: Any) -> set[int]:
        found: set[int] = set()
        for column, target in references(table):
            key = values.get(column.name)
            if key is None:
                continue
            if target == ROOT:
                found.add(key)
                continue
            above = _TABLES[target]
            row = self._session.execute(apply(sa.select(above).where(above.c.id == key), SYSTEM)).first()
            if row is not None:
                found |= self._above(above, row._mapping)
        return found

    def _may_be_archived(self, case: int) -> bool:
        """Without asking the database where the complaint is at hand."""
        at_hand = self._session.identity_map.get(sa.orm.util.identity_key(Complaint, case))
        if at_hand is None or object_session(at_hand) is None or "archived_at" not in at_hand.__dict__:
            return True
        return at_hand.__dict__["archived_at"] is not None


def seal_anew(work: UnitOfWork, touched: Touched, cause: str | None) -> None:
    """New seals for the archived files that this unit of work has changed."""
    session = work.session
    session.flush()
    cases = touched.cases()
    if not cases:
        return
    complaint = Complaint.__table__.c
    masters = sa.select(complaint.master_id).where(complaint.id.in_(cases), complaint.master_id.is_not(None))
    query = sa.select(ArchiveRecord).where(
        sa.or_(ArchiveRecord.complaint_id.in_(cases), ArchiveRecord.complaint_id.in_(masters)),
        ArchiveRecord.ended_at.is_(None),
        ArchiveRecord.destroyed_at.is_(None),
        ArchiveRecord.sealed_rows.is_not(None),
    )
    with unscoped(session, "a file that this unit of work has changed is sealed anew, whoever may read it"):
        records = session.scalars(query).all()
        for record in records:
            if record.id in work.sealed:
                continue
            manifest = manifest_of(session, record.complaint_id)
            if manifest.digest != record.digest:
                _put(work, record, manifest, SealOccasion.CHANGED, cause)
