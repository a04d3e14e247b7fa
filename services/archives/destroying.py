"""What destroying a file takes away, and the stub that stays.

Everything that hangs on the case goes: rows, texts, stored files, the words of the audit trail and its salt. What stays
is who did which step when, and of the complaint what `STUB` names. The triggers of history and trail let it happen only
for a case on a signed register of destruction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    ArchiveRecord,
    ArchiveSeal,
    Attachment,
    AuditEntry,
    AuditSalt,
    Base,
    Complaint,
    ComplaintEvent,
    DocumentTemplate,
    IssuedDocument,
    NamedPerson,
    Notice,
    OutboxMessage,
)
from services.access.scope import apply
from services.actor import SYSTEM
from services.archives.contents import FILE_COLUMNS, ROOT, file_tables, rows_of
from services.attachments.store import FileStore

if TYPE_CHECKING:
    from services.unit_of_work import UnitOfWork

STUB = frozenset(
    {
        "id", "public_id", "version", "created_at", "number", "state", "received_at", "channel", "form", "category",
        "category_code", "nature", "received_out_of_hours", "is_anonymous", "is_repeat", "grade", "is_major",
        "procedure_version_id", "receiving_department_id", "department_id", "first_receiver_id", "handler_id",
        "responsible_id", "due_at", "due_is_lower_bound", "round", "refusals", "escalation_level", "is_confidential",
        "acknowledged_at", "accepted_at", "responsibility", "replied_at", "satisfaction", "closed_at", "close_kind",
        "master_id", "archived_at", "destroyed_at", "is_imported", "batch_id", "repeat_count",
    }
)  # fmt: skip
"""The columns of a complaint that outlive its content: number, dates, category, grade, result code, department, staff.
A column that is not named here is emptied."""

KEPT_ROWS = frozenset({ROOT, ComplaintEvent.__tablename__, NamedPerson.__tablename__})
"""Rows that stay without their words: the steps, and who may know that a confidential case exists."""
OF_ITS_OWN = frozenset({"accidents"})
"""Records that lead a life of their own: they are let go of, not destroyed."""
COPIES = (Notice, OutboxMessage)
"""Copies of words about a case in messages."""


@dataclass(frozen=True)
class Destroyed:
    """How much was taken away."""

    rows: int
    files: int
    entries: int


def destroy_content(work: UnitOfWork, store: FileStore, record: ArchiveRecord, mark: str) -> Destroyed:
    """Destroy the file of `record`, merged complaints included; `mark` stands where a text has to stand.

    The register that names every complaint of the file must have been signed and flushed before.
    """
    session = work.session
    session.flush()
    ids = rows_of(session, record.complaint_id, without=OF_ITS_OWN)
    cases = ids[ROOT]
    files = _files_of(session, ids)
    rows = _delete(session, {name: found for name, found in ids.items() if name not in KEPT_ROWS})
    _let_go(session, cases)
    for model in COPIES:
        _run(session, sa.delete(_table(model)).where(_table(model).c.complaint_id.in_(cases)))
    _empty_kept(session, cases)
    entries = _empty_trail(session, cases)
    _empty_complaints(session, cases, mark, work)
    _close_record(session, record, work)
    session.expire_all()
    unnamed = files - _still_named(session, files)
    store.remove_on_commit(session, unnamed)
    return Destroyed(rows, len(unnamed), entries)


def _table(model: type[Base]) -> sa.Table:
    return Base.metadata.tables[model.__tablename__]


def _run(session: Session, statement: Any) -> int:
    done: Any = session.execute(apply(statement, SYSTEM))
    return int(done.rowcount)


def _files_of(session: Session, ids: dict[str, list[int]]) -> set[str]:
    found: set[str] = set()
    for name, columns in FILE_COLUMNS.items():
        table = Base.metadata.tables[name]
        for column in columns:
            query = sa.select(table.c[column]).where(table.c.id.in_(ids.get(name, [])))
            found |= {value for value in session.scalars(apply(query, SYSTEM)) if value}
    return found


def _still_named(session: Session, files: set[str]) -> set[str]:
    """Files with the same content that another case or a template names."""
    columns = (
        Attachment.sha256,
        IssuedDocument.pdf_sha256,
        IssuedDocument.word_sha256,
        DocumentTemplate.sha256,
    )
    found: set[str] = set()
    for column in columns:
        query = sa.select(column).where(column.in_(files)).distinct()
        found |= set(session.scalars(apply(query, SYSTEM)))
    return found


def _delete(session: Session, ids: dict[str, list[int]]) -> int:
    """Remove the rows, those that refer to others first, and what from outside points at them."""
    gone = 0
    for table in reversed(file_tables()):
        found = ids.get(table.name)
        if not found:
            continue
        _let_go_of_rows(session, table, found, within=ids.keys())
        gone += _run(session, sa.delete(table).where(table.c.id.in_(found)))
    return gone


def _let_go_of_rows(session: Session, table: sa.Table, found: list[int], *, within: Any) -> None:
    for other in Base.metadata.tables.values():
        if other.name in within:
            continue
        for key in other.foreign_keys:
            if key.column.table is not table:
                continue
            pointing = key.parent.in_(found)
            change = (
                sa.update(other).where(pointing).values({key.parent.name: None})
                if key.parent.nullable
                else sa.delete(other).where(pointing)
            )
            _run(session, change)


def _let_go(session: Session, cases: list[int]) -> None:
    for name in OF_ITS_OWN:
        table = Base.metadata.tables[name]
        _run(session, sa.update(table).where(table.c.complaint_id.in_(cases)).values(complaint_id=None))


def _empty_kept(session: Session, cases: list[int]) -> None:
    events, named = _table(ComplaintEvent), _table(NamedPerson)
    _run(session, sa.update(events).where(events.c.complaint_id.in_(cases)).values(text=None, data={}))
    _run(session, sa.update(named).where(named.c.complaint_id.in_(cases)).values(reason=None))


def _empty_trail(session: Session, cases: list[int]) -> int:
    """The words of the trail and the salt; the digests in the chain stay."""
    entries, salts = _table(AuditEntry), _table(AuditSalt)
    emptied = _run(
        session,
        sa.update(entries)
        .where(entries.c.complaint_id.in_(cases))
        .values(subject_name=None, before=None, after=None, sealed=None, reason=None),
    )
    _run(session, sa.delete(salts).where(salts.c.complaint_id.in_(cases)))
    return emptied


def _empty_complaints(session: Session, cases: list[int], mark: str, work: UnitOfWork) -> None:
    table = _table(Complaint)
    values: dict[str, Any] = {"destroyed_at": work.now, "version": table.c.version + 1}
    for column in table.c:
        if column.name in STUB:
            continue
        values[column.name] = None if column.nullable else _blank(column, mark)
    _run(session, sa.update(table).where(table.c.id.in_(cases)).values(values))


def _blank(column: sa.Column[Any], mark: str) -> Any:
    if isinstance(column.type, sa.JSON):
        return {}
    if isinstance(column.type, sa.Boolean):
        return False
    if isinstance(column.type, sa.String):
        return mark
    raise TypeError(f"say what stands in complaints.{column.name} once the content is destroyed")


def _close_record(session: Session, record: ArchiveRecord, work: UnitOfWork) -> None:
    records, seals = _table(ArchiveRecord), _table(ArchiveSeal)
    _run(
        session,
        sa.update(records)
        .where(records.c.id == record.id)
        .values(destroyed_at=work.now, catalogue="", verified_at=None, verdict=None),
    )
    # The digest of the whole stays; those of single tables could be tried against guessed values.
    _run(
        session,
        sa.update(seals)
        .where(seals.c.archive_record_id == record.id)
        .values(manifest={"tables": {}, "files": []}),
    )
