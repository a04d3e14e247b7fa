"""What the file of a case holds before it is archived, how long it is kept, and how it is found again."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ArchiveRecord, Attachment, Complaint, Measure, Opinion, Reply
from models.enums import Channel, EventKind, FollowUpResult, PartyKind, PartySide, RoleName, State
from services.access.scope import unscoped
from services.archives.sealing import standing_seal
from services.attachments.checking import check_files, named_hashes
from services.attachments.store import FileStore
from services.errors import Invalid, Refused
from services.listing import ListQuery
from services.operations.attach import Particulars, attach
from services.operations.drop_measure import drop_measure
from services.operations.register import NewParty
from services.operations.withdraw_attachment import withdraw_attachment
from services.unit_of_work import UnitOfWork
from tests.factories import (
    NOW,
    House,
    actor_of,
    create_complaint,
    create_house,
    fire,
    reread,
    take,
)
from tests.factories.inquiries import finish, investigate
from tests.integration.operations.looking import last_event, rows, told, values
from tests.support.client import settings_for
from tests.unit.attachments import samples

E = EventKind
R = RoleName
NOTHING = {"absent_reason": None}
BY_A_UNIT = {"parties": (NewParty(PartySide.COMPLAINANT, PartyKind.ORGANISATION, name="某大药房"),)}
A_MEDICINE = {"product": "阿莫西林胶囊", "batch": "20260301"}

Housed = Callable[[str], House]


@pytest.fixture
def housed(session: Session) -> Housed:
    def make(procedure: str) -> House:
        made = create_house(session, procedure)
        session.commit()
        return made

    return make


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(settings_for("sqlite:///unused", tmp_path))


def put_file(
    session: Session, house: House, complaint: Complaint, store: FileStore, content: bytes = samples.PDF
) -> Attachment:
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        return attach(
            work,
            store,
            store.stage(io.BytesIO(content), "进货凭证.pdf"),
            complaint=complaint.public_id,
            particulars=Particulars(description="原件备份", is_evidence=True),
        )


def lacks(session: Session, house: House, complaint: Complaint) -> set[str]:
    """What archiving without any explanation says is missing."""
    try:
        take(session, house, complaint, E.ARCHIVE, R.ARCHIVIST, **NOTHING)
    except Refused as refused:
        return {reason.code for reason in refused.reasons}
    except Invalid as invalid:
        return set(invalid.fields)
    return set()


def close(session: Session, house: House, complaint: Complaint) -> None:
    """Closed, after the measures of the approval were found unnecessary."""
    for measure in rows(session, Measure, complaint):
        with UnitOfWork(session, actor_of(session, house[R.HEAD_OF_QUALITY]), NOW) as work:
            drop_measure(work, measure.id, None, reason="库存已售完。")
    take(session, house, complaint, E.CLOSE, R.LEADER)


@pytest.mark.clause("R08-06")
def test_the_file_of_a_distributor_holds_complaint_investigation_evidence_and_handling(
    session: Session, housed: Housed, store: FileStore
) -> None:
    house = housed("pharma-distributor-classic-a")
    complaint = create_complaint(session, house, "satisfied", **BY_A_UNIT)
    public_id = complaint.public_id
    close(session, house, complaint)

    with pytest.raises(Invalid) as caught:
        take(session, house, complaint, E.ARCHIVE, R.ARCHIVIST, **NOTHING)
    said = str(caught.value.fields["absent_reason"])
    assert said.count("R08-06") == 2, "investigation and evidence are missing, each with its clause"

    with unscoped(session, "a test makes a file incomplete"):
        opinions = session.scalars(sa.select(Opinion.id).where(Opinion.complaint_id == complaint.id)).all()
    other = create_complaint(session, house)
    with unscoped(session, "a test makes a file incomplete"):
        session.execute(sa.update(Opinion).where(Opinion.id.in_(opinions)).values(complaint_id=other.id))
        session.commit()
    assert lacks(session, house, complaint) == {"file_lacks_handling"}
    with unscoped(session, "a test mends the file"):
        session.execute(sa.update(Opinion).where(Opinion.id.in_(opinions)).values(complaint_id=complaint.id))
        session.execute(sa.update(Complaint).where(Complaint.id == complaint.id).values(content=" "))
        session.commit()
    assert lacks(session, house, complaint) == {"file_lacks_complaint"}
    with unscoped(session, "a test mends the file"):
        session.execute(sa.update(Complaint).where(Complaint.id == complaint.id).values(content="药片变色"))
        session.commit()

    take(session, house, complaint, E.ARCHIVE, R.ARCHIVIST, absent_reason="来电咨询，无需取证。")
    [record] = rows(session, ArchiveRecord, complaint)
    assert "来电咨询，无需取证。" in record.catalogue, "the catalogue says why a part is missing"
    assert reread(session, public_id).state is State.ARCHIVED


@pytest.mark.clause("R08-06")
def test_with_investigation_and_evidence_nothing_needs_explaining(
    session: Session, housed: Housed, store: FileStore
) -> None:
    house = housed("pharma-distributor-classic-a")
    complaint = create_complaint(session, house, "in_work", **BY_A_UNIT)
    put_file(session, house, complaint, store)
    finish(session, house, investigate(session, house, complaint))
    for event, role in (
        (E.SUBMIT_OPINION, R.HANDLER),
        (E.APPROVE, R.HEAD_OF_QUALITY),
        (E.REPLY, R.FIRST_RECEIVER),
        (E.START_FOLLOW_UP, R.FIRST_RECEIVER),
        (E.FOLLOW_UP, R.FIRST_RECEIVER),
    ):
        take(session, house, complaint, event, role)
    close(session, house, complaint)
    assert lacks(session, house, complaint) == set()
    assert rows(session, ArchiveRecord, complaint)[0].catalogue == "登记表、答复函"


@pytest.mark.parametrize(
    ("procedure", "years"),
    [
        pytest.param("pharma-manufacturer", 6, marks=pytest.mark.clause("R13-03")),
        pytest.param("construction-supervision", 10, marks=pytest.mark.clause("R15-20")),
    ],
)
def test_records_are_complete_before_they_are_kept(
    session: Session, housed: Housed, procedure: str, years: int
) -> None:
    house = housed(procedure)
    complaint = create_complaint(session, house, "closed", **A_MEDICINE)
    other = create_complaint(session, house)
    for model, part in ((Opinion, "handling"), (Reply, "reply")):
        with unscoped(session, "a test makes a file incomplete"):
            ids = session.scalars(sa.select(model.id).where(model.complaint_id == complaint.id)).all()
        for target, missing in ((other, {f"file_lacks_{part}"}), (complaint, None)):
            with unscoped(session, "a test makes a file incomplete"):
                session.execute(sa.update(model).where(model.id.in_(ids)).values(complaint_id=target.id))
                session.commit()
            if missing is not None:
                assert lacks(session, house, complaint) == missing
    for content, missing in ((" ", {"file_lacks_complaint"}), ("药片变色", None)):
        with unscoped(session, "a test makes a file incomplete"):
            session.execute(sa.update(Complaint).where(Complaint.id == complaint.id).values(content=content))
            session.commit()
        if missing is not None:
            assert lacks(session, house, complaint) == missing
    take(session, house, complaint, E.ARCHIVE, R.ARCHIVIST)
    [record] = rows(session, ArchiveRecord, complaint)
    assert (record.retention_years, record.review_on.year if record.review_on else 0) == (years, 2026 + years)
    assert values(session, complaint)["archived_at"] == NOW
    assert last_event(session, complaint).text == record.file_number
    seal = standing_seal(session, record.id)
    assert seal is not None and seal.digest == record.digest


@pytest.mark.clause("R13-03")
def test_a_drug_maker_says_why_there_was_no_investigation(session: Session, housed: Housed) -> None:
    house = housed("pharma-manufacturer")
    complaint = create_complaint(session, house, "closed", **A_MEDICINE)
    with pytest.raises(Invalid) as caught:
        take(session, house, complaint, E.ARCHIVE, R.ARCHIVIST, **NOTHING)
    assert "R13-03" in str(caught.value.fields["absent_reason"])


@pytest.mark.clause("R14-05")
def test_every_complaint_gets_its_answer_before_it_is_filed(session: Session, housed: Housed) -> None:
    house = housed("medical-device-aftersales")
    complaint = create_complaint(session, house, "replied")
    take(session, house, complaint, E.ESCALATE, R.HANDLER)
    take(session, house, complaint, E.ESCALATE, R.HANDLER)
    assert house[R.HEAD_OF_QUALITY].id in told(session, complaint, "escalated"), "quality management is told"
    with pytest.raises(Refused) as caught:
        take(session, house, complaint, E.CLOSE, R.LEADER)
    assert {reason.code for reason in caught.value.reasons} == {"no_follow_up"}, "it is tracked to its end"
    take(session, house, complaint, E.START_FOLLOW_UP, R.FIRST_RECEIVER)
    take(session, house, complaint, E.FOLLOW_UP, R.FIRST_RECEIVER, result=FollowUpResult.SATISFIED)
    take(session, house, complaint, E.CLOSE, R.LEADER)
    other = create_complaint(session, house)
    with unscoped(session, "a test makes a file incomplete"):
        ids = session.scalars(sa.select(Reply.id).where(Reply.complaint_id == complaint.id)).all()
        session.execute(sa.update(Reply).where(Reply.id.in_(ids)).values(complaint_id=other.id))
        session.commit()
    assert lacks(session, house, complaint) == {"file_lacks_reply"}


@pytest.mark.clause("R14-05")
def test_who_cannot_be_reached_is_filed_with_the_attempts(session: Session, housed: Housed) -> None:
    house = housed("medical-device-aftersales")
    complaint = create_complaint(session, house, "approved")
    with pytest.raises(Invalid) as caught:
        take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, text=None, channel=None)
    assert set(caught.value.fields) == {"text"}
    fire(
        session,
        house[R.FIRST_RECEIVER],
        E.REPLY,
        complaint,
        not_notifiable_reason="3月8日、9日、10日三次去电无人接听，信函退回。",
    )
    take(session, house, complaint, E.CLOSE, R.LEADER)
    take(session, house, complaint, E.ARCHIVE, R.ARCHIVIST)
    assert values(session, complaint)["state"] is State.ARCHIVED


@pytest.mark.clause("R14-05")
def test_an_answer_by_telephone_will_do_for_an_after_sales_service(session: Session, housed: Housed) -> None:
    house = housed("medical-device-aftersales")
    complaint = create_complaint(session, house, "approved")
    take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER, channel=Channel.HOTLINE)
    assert values(session, complaint)["state"] is State.REPLIED


@pytest.mark.clause("R03-07")
def test_what_is_archived_is_found_by_number_subject_and_product(session: Session, housed: Housed) -> None:
    house = housed("customer-service")
    complaint = create_complaint(session, house, "closed", summary="包装破损", product="净水器X5")
    create_complaint(session, house, "closed", summary="送货迟延")
    take(session, house, complaint, E.ARCHIVE, R.ARCHIVIST, file_number="KF-2026-0042")
    [record] = rows(session, ArchiveRecord, complaint)
    assert record.review_on is not None and record.review_on.year == 2031, "kept for five years"
    number = reread(session, complaint.public_id).number
    for role in (R.ARCHIVIST, R.AUDITOR, R.HANDLER):
        actor = actor_of(session, house[role])
        session.info["actor"] = actor
        for text in (number, "包装破损", "净水器X5", "包装 净水器"):
            query = ListQuery.from_params(Complaint, f"q={text}&f.state=archived", actor, ZoneInfo("UTC"))
            assert [row.id for row in query.iterate(session)] == [record.complaint_id], text
        query = ListQuery.from_params(Complaint, "q=送货迟延&f.state=archived", actor, ZoneInfo("UTC"))
        assert not list(query.iterate(session)), "not filed yet"
        files = ListQuery.from_params(ArchiveRecord, "q=KF-2026-0042", actor, ZoneInfo("UTC"))
        assert [row.id for row in files.iterate(session)] == [record.id]
    session.info["actor"] = outsider = actor_of(session, house.outsider)
    query = ListQuery.from_params(Complaint, f"q={number}", outsider, ZoneInfo("UTC"))
    assert not list(query.iterate(session)), "another department finds nothing"


@pytest.mark.clause("R07-07")
def test_an_original_cannot_be_replaced_silently(
    session: Session, housed: Housed, store: FileStore, tmp_path: Path
) -> None:
    house = housed("enterprise-chapters")
    complaint = create_complaint(session, house, "in_work")
    first = put_file(session, house, complaint, store)
    second = put_file(session, house, complaint, store, samples.PDF + b"\n% another")
    kept = rows(session, Attachment, complaint)
    assert [row.filename for row in kept] == ["进货凭证.pdf", "进货凭证.pdf"], "a second file stands beside"
    assert kept[0].sha256 != kept[1].sha256
    assert store.path(kept[0].sha256).read_bytes() == samples.PDF
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        withdraw_attachment(work, second.public_id, "误传")
    assert store.path(kept[1].sha256).exists(), "what was withdrawn stays"
    assert last_event(session, complaint).event is E.ATTACHMENT_WITHDRAWN
    store.path(kept[0].sha256).chmod(0o600)
    store.path(kept[0].sha256).write_bytes(b"%PDF-1.4 forged")
    faults = list(check_files(store, named_hashes(session)))
    assert [(fault.sha256, fault.what) for fault in faults] == [(kept[0].sha256, "changed")]
    assert first.public_id
