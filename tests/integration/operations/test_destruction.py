"""The end of retention: two signatures, content gone for good, a stub, and a trail that is whole without its words."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    ArchiveRecord,
    ArchiveSeal,
    AuditEntry,
    AuditSalt,
    Base,
    Complaint,
    ComplaintCheck,
    Destruction,
    DestructionItem,
)
from models.archive_enums import DestructionStatus
from models.enums import EventKind, PartySide, RoleName
from models.intake_enums import CheckOutcome
from models.privacy import IdentityKind
from services.access.scope import unscoped
from services.archives.contents import file_tables
from services.archives.destroying import KEPT_ROWS, STUB
from services.attachments.store import FileStore
from services.audit import _content_digest, verify_chain
from services.errors import Invalid, NotPermitted, Refused
from services.operations.attach import Particulars, attach
from services.operations.extend_retention import extend_retention
from services.operations.propose_destruction import propose_destruction
from services.operations.record_identity import record_identity
from services.operations.register import NewParty
from services.operations.sign_destruction import decline_destruction, sign_destruction
from services.search import contains, faults, words_of
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, House, actor_of, create_complaint, take
from tests.factories.documents import CONTENT, DIGEST
from tests.factories.inquiries import finish, investigate
from tests.integration.operations.looking import rows
from tests.support.client import settings_for
from tests.unit.attachments import samples

E = EventKind
R = RoleName
LATER = NOW.replace(year=NOW.year + 11)
SECRETS = ("李某某", "13912345678", "护士态度恶劣", "110101199001011237")


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    made = FileStore(settings_for("sqlite:///unused", tmp_path))
    place = made.path(DIGEST)
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT)
    return made


def at_work(session: Session, house: House, role: RoleName, now: object = LATER) -> UnitOfWork:
    session.rollback()
    return UnitOfWork(session, actor_of(session, house[role]), now)  # type: ignore[arg-type]


def archived(session: Session, house: House, store: FileStore | None = None) -> Complaint:

    complaint = create_complaint(
        session,
        house,
        "in_work",
        content="护士态度恶劣，" * 3,
        parties=(NewParty(PartySide.COMPLAINANT, name="李某某", phone="13912345678"),),
    )
    if store is not None:
        with at_work(session, house, R.HANDLER, NOW) as work:
            attach(
                work,
                store,
                store.stage(io.BytesIO(samples.PDF), "登记表.pdf"),
                complaint=complaint.public_id,
                particulars=Particulars(description="李某某提交"),
            )
        with at_work(session, house, R.HANDLER, NOW) as work:
            record_identity(work, complaint.public_id, kind=IdentityKind.ID_CARD, number="110101199001011237")
        _checked(session, house, complaint)
        finish(session, house, investigate(session, house, complaint))
    for event, role in (
        (E.SUBMIT_OPINION, R.HANDLER),
        (E.APPROVE, R.LEADER),
        (E.REPLY, R.FIRST_RECEIVER),
        (E.START_FOLLOW_UP, R.FIRST_RECEIVER),
        (E.FOLLOW_UP, R.FIRST_RECEIVER),
        (E.CLOSE, R.LEADER),
        (E.ARCHIVE, R.ARCHIVIST),
    ):
        take(session, house, complaint, event, role)
    return complaint


def _checked(session: Session, house: House, complaint: Complaint) -> None:
    session.rollback()
    checked = ComplaintCheck(
        complaint_id=complaint.id,
        code="identity",
        outcome=CheckOutcome.PASSED,
        note="身份证 110101199001011237",
        checked_by_id=house[R.HANDLER].id,
        checked_at=NOW,
    )
    session.add(checked)
    session.commit()


def record_id_of(session: Session, complaint: Complaint) -> int:
    [record] = rows(session, ArchiveRecord, complaint)
    return int(record.id)


def proposed(session: Session, house: House, *records: int) -> int:
    with at_work(session, house, R.ARCHIVIST) as work:
        return propose_destruction(work, records, opinion="保管期满，无继续保存价值。").id


def everything(session: Session) -> str:
    """Every value of every table as text."""
    with unscoped(session, "a test looks for what should be gone"):
        return "\n".join(
            str(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in session.execute(sa.select(table).execution_options(desk_scope="core"))
        )


def test_two_signatures_and_everything_but_the_stub_is_gone(
    session: Session, house: House, store: FileStore
) -> None:
    gone, stays = archived(session, house, store), archived(session, house)
    gone_id, number, digest = gone.id, gone.number, None
    record = record_id_of(session, gone)
    [seal] = rows(session, ArchiveSeal, gone)
    digest = seal.digest
    with unscoped(session, "a test looks at the trail"):
        hashes = dict(session.execute(sa.select(AuditEntry.id, AuditEntry.entry_hash)).all())
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        session.execute(sa.delete(ComplaintCheck.__table__).execution_options(desk_scope="core"))
    session.rollback()
    before = everything(session)
    assert all(secret in before for secret in SECRETS[:3])
    assert len(list(store.stored())) == 2
    register = proposed(session, house, record)
    with at_work(session, house, R.LEADER) as work:
        sign_destruction(work, store, register, remark="同意销毁。")

    session.rollback()
    [stub] = [one for one in rows_all(session, Complaint) if one.id == gone_id]
    assert (stub.number, stub.grade, stub.category) == (number, stub.grade, stub.category)
    assert stub.destroyed_at == LATER and stub.received_at and stub.closed_at and stub.department_id
    assert stub.complainant_name is stub.complainant_phone is stub.result is stub.request is None
    assert stub.summary == stub.content and "XH-2037-000001" in stub.summary
    after = everything(session)
    left = [line for line in after.splitlines() if any(secret in line for secret in SECRETS)]
    assert left, "the other case keeps its values"
    with unscoped(session, "a test counts what is left of a file"):
        for table in file_tables():
            if "complaint_id" in table.c and table.name not in KEPT_ROWS:
                query = sa.select(sa.func.count()).select_from(table).where(table.c.complaint_id == gone_id)
                assert session.scalar(query.execution_options(desk_scope="core")) == 0, table.name
        entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.complaint_id == gone_id)).all()
        words = [one.action for one in entries if (one.before, one.after, one.reason) != (None, None, None)]
        assert words == ["complaint.destroyed"], "the trail keeps who, what, when; and that it was destroyed"
        assert all(one.content_digest for one in entries if one.action != "complaint.destroyed")
        salts = session.scalars(sa.select(AuditSalt.complaint_id)).all()
        assert gone_id not in salts and stays.id in salts
        assert (
            hashes.items()
            <= dict(session.execute(sa.select(AuditEntry.id, AuditEntry.entry_hash)).all()).items()
        )
    assert list(verify_chain(session)) == [] and list(faults(session.connection())) == []
    assert found(session, house, "护士态度") == {stays.id}
    assert found(session, house, number) == {gone_id}, "the stub is found by its number"
    [stub_seal] = rows(session, ArchiveSeal, gone)
    assert stub_seal.digest == digest and stub_seal.manifest == {"tables": {}, "files": []}
    assert [one.name for one in store.stored()] == [DIGEST], "a file that another case names stays"
    [item] = rows(session, DestructionItem, gone)
    assert item.row_count > 10 and item.file_count == 1 and item.entry_count > 10
    assert (item.seal_digest, item.destruction.status) == (digest, DestructionStatus.CARRIED_OUT)
    with pytest.raises(Refused):
        take(session, house, gone, E.REOPEN, R.LEADER)


def found(session: Session, house: House, words: str) -> set[int]:
    """Ids of the complaints that the leader finds."""
    query = sa.select(Complaint.id).where(contains(words_of(words), actor_of(session, house[R.LEADER])))
    with unscoped(session, "a test searches"):
        return set(session.scalars(query))


def rows_all(session: Session, model: type) -> list:
    with unscoped(session, "a test looks at every row"):
        return list(session.scalars(sa.select(model)))


def test_a_value_that_somebody_kept_matches_no_digest_of_the_trail_any_more(
    session: Session, house: House, store: FileStore
) -> None:
    """With the salt the words of an entry can be tried against its digest; without it they can't."""

    complaint = archived(session, house)
    with unscoped(session, "a test keeps an entry as somebody with an old print-out would"):
        entry = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.complaint_id == complaint.id).order_by(AuditEntry.id)
        ).first()
        salt = session.scalar(sa.select(AuditSalt.salt).where(AuditSalt.complaint_id == complaint.id))
    assert entry is not None and salt is not None
    assert _content_digest(entry, salt) == entry.content_digest
    assert _content_digest(entry, "") != entry.content_digest


def test_the_second_signature_is_another_person_of_another_post(
    session: Session, house: House, store: FileStore
) -> None:
    record = record_id_of(session, archived(session, house))
    for role in (R.LEADER, R.HANDLER):
        with pytest.raises(NotPermitted), at_work(session, house, role) as work:
            propose_destruction(work, [record], opinion="期满")
    with pytest.raises(Invalid), at_work(session, house, R.ARCHIVIST) as work:
        propose_destruction(work, [record], opinion=" ")
    register = proposed(session, house, record)
    for role in (R.ARCHIVIST, R.AUDITOR, R.HANDLER):
        with pytest.raises(NotPermitted), at_work(session, house, role) as work:
            sign_destruction(work, store, register)
    with unscoped(session, "a test makes the proposer a signer"):
        session.execute(sa.update(Destruction).values(proposed_by_id=house[R.LEADER].id))
        session.commit()
    with pytest.raises(Refused), at_work(session, house, R.LEADER) as work:
        sign_destruction(work, store, register)
    with at_work(session, house, R.HEAD_OF_QUALITY) as work:
        sign_destruction(work, store, register)
    with pytest.raises(Refused), at_work(session, house, R.HEAD_OF_QUALITY) as work:
        sign_destruction(work, store, register)


def test_what_is_still_kept_is_not_proposed(session: Session, house: House) -> None:
    record = record_id_of(session, archived(session, house))
    with pytest.raises(Refused) as caught, at_work(session, house, R.ARCHIVIST, NOW) as work:
        propose_destruction(work, [record], opinion="期满")
    assert [reason.code for reason in caught.value.reasons] == ["retention_runs"]
    with at_work(session, house, R.ARCHIVIST) as work:
        extend_retention(work, record, until_on=None, for_ever=True, reason="具有长期查考价值。")
    with pytest.raises(Refused) as caught, at_work(session, house, R.ARCHIVIST) as work:
        propose_destruction(work, [record], opinion="期满")
    assert [reason.code for reason in caught.value.reasons] == ["for_ever"]


def test_declined_then_kept_longer_with_a_reason(session: Session, house: House, store: FileStore) -> None:
    complaint = archived(session, house)
    record = record_id_of(session, complaint)
    register = proposed(session, house, record)
    with pytest.raises(Refused), at_work(session, house, R.ARCHIVIST) as work:
        propose_destruction(work, [record], opinion="再次鉴定")
    with pytest.raises(Refused), at_work(session, house, R.ARCHIVIST) as work:
        extend_retention(work, record, until_on=date(2040, 1, 1), reason="诉讼未结。")
    with pytest.raises(Invalid), at_work(session, house, R.LEADER) as work:
        decline_destruction(work, register, reason="")
    with at_work(session, house, R.LEADER) as work:
        decline_destruction(work, register, reason="涉诉，暂缓。")
    with pytest.raises(Invalid), at_work(session, house, R.ARCHIVIST) as work:
        extend_retention(work, record, until_on=LATER.date() - timedelta(days=3000), reason="诉讼未结。")
    with at_work(session, house, R.ARCHIVIST) as work:
        extend_retention(work, record, until_on=date(2040, 1, 1), reason="诉讼未结。")
    [kept] = rows(session, ArchiveRecord, complaint)
    assert (kept.review_on, kept.destroyed_at) == (date(2040, 1, 1), None)


@pytest.mark.parametrize("statement", [
    "UPDATE complaint_events SET text = NULL, data = '{}'",
    "UPDATE audit_entries SET subject_name = NULL, before = NULL, after = NULL, sealed = NULL, reason = NULL",
])  # fmt: skip
def test_without_a_signed_register_the_database_refuses_to_empty(
    session: Session, house: House, statement: str
) -> None:
    complaint = archived(session, house)
    proposed(session, house, record_id_of(session, complaint))
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        session.execute(sa.text(statement).execution_options(desk_scope="core"))
    session.rollback()


def test_after_it_nothing_but_the_words_can_be_changed(
    session: Session, house: House, store: FileStore
) -> None:
    complaint = archived(session, house)
    case = complaint.id
    register = proposed(session, house, record_id_of(session, complaint))
    with at_work(session, house, R.LEADER) as work:
        sign_destruction(work, store, register)
    for statement in (
        f"UPDATE audit_entries SET actor_name = 'x' WHERE complaint_id = {case}",
        f"UPDATE audit_entries SET reason = 'x' WHERE complaint_id = {case}",
        f"UPDATE complaint_events SET text = 'x' WHERE complaint_id = {case}",
        f"DELETE FROM complaint_events WHERE complaint_id = {case}",
        f"DELETE FROM audit_entries WHERE complaint_id = {case}",
    ):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"):
            session.execute(sa.text(statement).execution_options(desk_scope="core"))
        session.rollback()


def test_entries_emptied_without_the_line_that_says_so_break_the_chain(
    session: Session, house: House
) -> None:
    """Whoever forges a signed register in the database still has the trail against them."""
    complaint = archived(session, house)
    case = complaint.id
    register = proposed(session, house, record_id_of(session, complaint))
    session.rollback()
    core = {"desk_scope": "core"}
    forged = {"status": "carried_out", "decided_by_id": house[R.LEADER].id, "decided_at": LATER}
    registers, entries = Destruction.__table__, AuditEntry.__table__
    session.execute(
        sa.update(registers).where(registers.c.id == register).values(forged).execution_options(**core)
    )
    nothing = dict.fromkeys(("subject_name", "before", "after", "sealed", "reason"))
    session.execute(
        sa.update(entries).where(entries.c.complaint_id == case).values(nothing).execution_options(**core)
    )
    session.commit()
    assert len(list(verify_chain(session))) > 5


def test_every_column_of_a_complaint_is_in_the_stub_or_can_be_emptied() -> None:
    columns = {column.name for column in Complaint.__table__.c}
    assert columns >= STUB
    personal = {
        "complainant_name", "complainant_phone", "content", "summary", "request", "grounds", "place", "result",
        "reply_text", "end_reason", "own_values", "grade_reason", "import_key",
    }  # fmt: skip
    assert not personal & STUB and personal <= columns
