"""Attaching, withdrawing and reading files: scope, states, and nothing left behind by a failure."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, Attachment, AuditEntry, Complaint, ComplaintEvent, Investigation, User
from models.enums import AccidentStatus, EventKind, RoleName, State
from services.access.permissions import Permission
from services.access.roles import ROLE_PERMISSIONS
from services.access.scope import unscoped
from services.access.visibility import refresh_visibility
from services.actor import SYSTEM, Actor
from services.attachments.checking import named_hashes
from services.attachments.store import FileStore, Staged
from services.errors import Invalid, NotFound, NotPermitted, Refused
from services.identity import actor_for
from services.operations.attach import Particulars, attach
from services.operations.read_attachment import read_attachment
from services.operations.withdraw_attachment import withdraw_attachment
from services.unit_of_work import UnitOfWork
from tests.factories.complaints import create_complaint, make_confidential
from tests.factories.organisation import House, create_house
from tests.support.client import settings_for
from tests.unit.attachments import samples

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(settings_for("sqlite:///unused", tmp_path))


@pytest.fixture
def house(session: Session) -> Iterator[House]:
    made = create_house(session)
    session.commit()
    yield made


@pytest.fixture
def case(session: Session, house: House) -> Complaint:
    complaint = create_complaint(session, house)
    session.commit()
    return complaint


def public_id(session: Session, record: Complaint | Attachment) -> str:
    with unscoped(session, "test"):
        found: str = record.public_id
        return found


def person(session: Session, user: User) -> Actor:
    return actor_for(session, user, NOW)


def letter(store: FileStore, name: str = "投诉信.pdf", content: bytes = samples.PDF) -> Staged:
    return store.stage(io.BytesIO(content), name)


def everything(session: Session, model: type) -> list:
    with unscoped(session, "test"):
        return list(session.scalars(sa.select(model).order_by(model.id)))


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_with_history_and_audit(
    session: Session, house: House, case: Complaint, store: FileStore
) -> None:
    with UnitOfWork(session, person(session, house[RoleName.HANDLER]), NOW) as work:
        attach(
            work,
            store,
            letter(store),
            complaint=case.public_id,
            particulars=Particulars(description="原件扫描", is_evidence=True),
        )
    (row,) = everything(session, Attachment)
    assert (row.filename, row.mime_type, row.is_evidence) == ("投诉信.pdf", "application/pdf", True)
    assert row.uploaded_by_id == house[RoleName.HANDLER].id
    assert store.path(row.sha256).read_bytes() == samples.PDF
    (event,) = everything(session, ComplaintEvent)
    assert (event.event, event.text, event.data["sha256"]) == (EventKind.ATTACHED, "投诉信.pdf", row.sha256)
    assert [entry.action for entry in everything(session, AuditEntry)] == ["attachment.add"]


def test_a_failing_transaction_leaves_no_file_and_no_row(
    session: Session, house: House, case: Complaint, store: FileStore, tmp_path: Path
) -> None:
    case_id = case.public_id
    handler = person(session, house[RoleName.HANDLER])
    with pytest.raises(RuntimeError, match="power cut"), UnitOfWork(session, handler, NOW) as work:
        attach(work, store, letter(store), complaint=case_id)
        raise RuntimeError("power cut")
    assert files_below(tmp_path) == []
    assert everything(session, Attachment) == [] and everything(session, ComplaintEvent) == []


def test_the_same_request_twice_adds_one(
    session: Session, house: House, case: Complaint, store: FileStore
) -> None:
    case_id = case.public_id
    for name in ("信.pdf", "信.pdf", "副本.pdf"):
        with UnitOfWork(session, person(session, house[RoleName.HANDLER]), NOW) as work:
            attach(work, store, letter(store, name), complaint=case_id)
    assert [row.filename for row in everything(session, Attachment)] == ["信.pdf", "副本.pdf"]
    assert len(list(store.stored())) == 1, "one content, one file"
    assert len(everything(session, ComplaintEvent)) == 2


@pytest.mark.parametrize("role", RoleName)
def test_who_may_attach(
    session: Session, house: House, case: Complaint, store: FileStore, tmp_path: Path, role: RoleName
) -> None:
    """Everybody whose role carries it and who sees the case; the others, each with their own refusal."""
    case_id = case.public_id
    sees = role is not RoleName.ADMINISTRATOR
    may = Permission.COMPLAINT_ATTACH in ROLE_PERMISSIONS[role]
    assert may is (role not in (RoleName.ADMINISTRATOR, RoleName.AUDITOR, RoleName.ARCHIVIST))
    actor = person(session, house[role])
    if may:
        with UnitOfWork(session, actor, NOW) as work:
            attach(work, store, letter(store), complaint=case_id)
        assert len(everything(session, Attachment)) == 1
        return
    with pytest.raises(NotPermitted if sees else NotFound), UnitOfWork(session, actor, NOW) as work:
        attach(work, store, letter(store), complaint=case_id)
    assert files_below(tmp_path) == []


def test_a_foreign_case_is_as_unknown_as_none(
    session: Session, house: House, case: Complaint, store: FileStore, tmp_path: Path
) -> None:
    assert house.outsider is not None
    outsider = person(session, house.outsider)
    for address in (case.public_id, "nosuchrecord"):
        with pytest.raises(NotFound), UnitOfWork(session, outsider, NOW) as work:
            attach(work, store, letter(store), complaint=address)
    with UnitOfWork(session, SYSTEM, NOW) as work:
        kept = attach(work, store, letter(store), complaint=case.public_id)
    file_id = public_id(session, kept)
    for address in (file_id, "nosuchrecord"):
        with pytest.raises(NotFound), UnitOfWork(session, outsider, NOW) as work:
            read_attachment(work, address, "download")
        with pytest.raises(NotFound), UnitOfWork(session, outsider, NOW) as work:
            withdraw_attachment(work, address, "误传")


def test_a_confidential_file_is_for_named_people_and_sealed(
    session: Session, house: House, case: Complaint, store: FileStore
) -> None:
    make_confidential(session, case, house[RoleName.HANDLER])
    session.commit()
    case_id = public_id(session, case)
    with UnitOfWork(session, person(session, house[RoleName.HANDLER]), NOW) as work:
        file_id = attach(work, store, letter(store, "举报.pdf"), complaint=case_id).public_id
    for role in (RoleName.ADMINISTRATOR, RoleName.AUDITOR, RoleName.LEADER, RoleName.DEPARTMENT_HEAD):
        with pytest.raises(NotFound), UnitOfWork(session, person(session, house[role]), NOW) as work:
            read_attachment(work, file_id, "download")
    with UnitOfWork(session, person(session, house[RoleName.HANDLER]), NOW) as work:
        read_attachment(work, file_id, "download")
    entries = everything(session, AuditEntry)
    assert [entry.action for entry in entries] == ["attachment.add", "attachment.download"]
    assert all(entry.sealed and entry.subject_name is None and entry.after is None for entry in entries)


@pytest.mark.parametrize("state", [State.ARCHIVED, State.MERGED])
def test_a_filed_complaint_takes_nothing_more(
    session: Session, house: House, store: FileStore, tmp_path: Path, state: State
) -> None:
    master = create_complaint(session, house)
    filed = create_complaint(
        session,
        house,
        state,
        closed_at=NOW,
        archived_at=NOW if state is State.ARCHIVED else None,
        master_id=master.id if state is State.MERGED else None,
    )
    session.commit()
    case_id = public_id(session, filed)
    with pytest.raises(Refused), UnitOfWork(session, person(session, house[RoleName.HANDLER]), NOW) as work:
        attach(work, store, letter(store), complaint=case_id)
    assert files_below(tmp_path) == []


def test_a_withdrawn_file_stays(session: Session, house: House, case: Complaint, store: FileStore) -> None:
    handler = person(session, house[RoleName.HANDLER])
    with UnitOfWork(session, handler, NOW) as work:
        file_id = attach(work, store, letter(store), complaint=case.public_id).public_id
    with pytest.raises(Invalid), UnitOfWork(session, handler, NOW) as work:
        withdraw_attachment(work, file_id, "   ")
    with UnitOfWork(session, handler, NOW) as work:
        withdraw_attachment(work, file_id, "传错了")
    (row,) = everything(session, Attachment)
    assert (row.withdrawn_at, row.withdrawn_reason) == (NOW, "传错了")
    assert store.path(row.sha256).exists() and row.sha256 in named_hashes(session)
    with pytest.raises(Refused), UnitOfWork(session, handler, NOW) as work:
        withdraw_attachment(work, file_id, "再一次")
    with UnitOfWork(session, handler, NOW) as work:
        read_attachment(work, file_id, "download")
    assert [event.event for event in everything(session, ComplaintEvent)] == [
        EventKind.ATTACHED,
        EventKind.ATTACHMENT_WITHDRAWN,
    ]


def test_files_of_accidents_and_investigations(
    session: Session, house: House, case: Complaint, store: FileStore
) -> None:
    with unscoped(session, "test"):
        accident = Accident(
            number="SG-2026-001",
            title="输液泵故障",
            happened_at=NOW,
            reported_at=NOW,
            department_id=house.ward.id,
            facts="报警后停机。",
        )
        investigation = Investigation(
            complaint_id=case.id, title="调查", leader_id=house[RoleName.INVESTIGATOR].id, started_at=NOW
        )
        session.add_all([accident, investigation])
        session.flush()
        refresh_visibility(session, case)
        session.commit()
        ids = accident.public_id, investigation.public_id
    investigator = person(session, house[RoleName.INVESTIGATOR])
    with UnitOfWork(session, investigator, NOW) as work:
        attach(work, store, letter(store, "事故.pdf"), accident=ids[0])
        attach(work, store, letter(store, "询问笔录.pdf"), investigation=ids[1])
    first, second = everything(session, Attachment)
    assert (first.complaint_id, first.accident_id is not None, first.investigation_id) == (None, True, None)
    assert (second.complaint_id, second.accident_id) == (case.id, None)
    assert second.investigation_id is not None
    assert len(everything(session, ComplaintEvent)) == 1, "an accident of its own has no complaint's history"
    assert house.outsider is not None
    for key, address in (("accident", ids[0]), ("investigation", ids[1])):
        with pytest.raises(NotFound), UnitOfWork(session, person(session, house.outsider), NOW) as work:
            attach(work, store, letter(store), **{key: address})
    with unscoped(session, "test"):
        accident.status, accident.closed_at = AccidentStatus.CLOSED, NOW
        session.commit()
    with pytest.raises(Refused), UnitOfWork(session, investigator, NOW) as work:
        attach(work, store, letter(store), accident=ids[0])


def test_a_file_hangs_on_one_record(
    session: Session, house: House, case: Complaint, store: FileStore
) -> None:
    with pytest.raises(ValueError, match="exactly one"), UnitOfWork(session, SYSTEM, NOW) as work:
        attach(work, store, letter(store), complaint=case.public_id, accident="x")
