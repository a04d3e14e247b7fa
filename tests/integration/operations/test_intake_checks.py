"""Checks before acceptance and investigation, the investigation that opens at once, the papers of oral complaints."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, Complaint, ComplaintCheck, Investigation, RequestedMaterial
from models.enums import (
    Channel,
    ComplaintForm,
    EventKind,
    InvestigationStatus,
    PartyKind,
    PartySide,
    RoleName,
    State,
)
from models.intake_enums import CheckOutcome, MaterialStatus
from services.access.scope import unscoped
from services.attachments.store import FileStore
from services.deadlines.desk_calendar import desk_time
from services.documents.forms import form_of
from services.errors import Invalid, NotFound, NotPermitted, Refused
from services.operations.attach import attach
from services.operations.issue_document import issue_document
from services.operations.open_investigation import open_investigation
from services.operations.receive_material import receive_material
from services.operations.record_checks import Answer, record_checks
from services.operations.register import NewParty
from services.operations.request_material import request_material
from services.procedures.of_complaint import procedure_of
from services.reports.worklist import worklist
from services.unit_of_work import UnitOfWork
from tests.factories import (
    NOW,
    House,
    actor_of,
    create_complaint,
    create_house,
    fire,
    register_complaint,
    reread,
    take,
)
from tests.factories.full_house import png
from tests.integration.operations.looking import rows
from tests.support.client import settings_for

C, E, R, M = CheckOutcome, EventKind, RoleName, MaterialStatus
NOBODY = (NewParty(PartySide.COMPLAINANT, kind=PartyKind.ANONYMOUS),)
LATER = NOW + timedelta(hours=1)


def check(
    session: Session, house: House, complaint: Complaint, role: RoleName = R.FIRST_RECEIVER, **said: Answer
) -> list[ComplaintCheck]:
    with UnitOfWork(session, actor_of(session, house[role]), NOW) as work:
        return record_checks(work, complaint.public_id, said)


def in_the_way(session: Session, house: House, complaint: Complaint) -> list[str]:
    """What stands in the way of the acceptance, each reason leading to the panel where it is settled."""
    with pytest.raises(Refused) as caught:
        fire(session, house[R.FIRST_RECEIVER], E.ACCEPT, complaint.public_id)
    session.rollback()
    reasons = [reason for reason in caught.value.reasons if reason.link == "checks"]
    assert all("R" in str(reason.message) for reason in reasons), "the clause is told"
    return [reason.code for reason in caught.value.reasons]


def investigate(session: Session, house: House, complaint: Complaint) -> Investigation:
    values = {"title": "质量调查", "leader_id": house[R.INVESTIGATOR].id}
    with UnitOfWork(session, actor_of(session, house[R.HEAD_OF_QUALITY]), NOW) as work:
        return open_investigation(work, complaint.id, values=values)


@pytest.mark.clause("R07-09", "R07-17")
def test_analysis_gates_acceptance_and_confirmation_the_investigation(session: Session) -> None:
    house = create_house(session, "enterprise-chapters")
    session.commit()
    complaint = register_complaint(session, house[R.FIRST_RECEIVER], parties=NOBODY)
    assert in_the_way(session, house, complaint) == [
        "missing_complainant_name",
        "unchecked_preliminary_analysis",
    ]
    complaint = register_complaint(session, house[R.FIRST_RECEIVER])
    for said in (Answer(None, "像是产品问题"), Answer(C.PASSED), Answer(C.NOT_POSSIBLE, "不适用")):
        with pytest.raises(Invalid):
            check(session, house, complaint, preliminary_analysis=said)
        session.rollback()
    check(session, house, complaint, preliminary_analysis=Answer(C.NOT_PASSED, "未购买本公司产品。"))
    assert in_the_way(session, house, complaint) == ["blocked_preliminary_analysis"]
    check(session, house, complaint, preliminary_analysis=Answer(C.PASSED, "封口开裂，属本公司产品。"))
    fire(session, house[R.FIRST_RECEIVER], E.ACCEPT, complaint.public_id)

    with pytest.raises(Refused) as caught:
        investigate(session, house, complaint)
    session.rollback()
    assert [reason.code for reason in caught.value.reasons] == ["unchecked_confirmed_with_complainant"]
    check(
        session,
        house,
        complaint,
        R.HEAD_OF_QUALITY,
        confirmed_with_complainant=Answer(C.NOT_POSSIBLE, "停机"),
    )
    assert investigate(session, house, complaint).status is InvestigationStatus.OPEN


@pytest.mark.clause("R11-04")
def test_identity_problem_and_evidence_are_each_verified_before_acceptance(session: Session) -> None:
    house = create_house(session, "company-24h-3d-7d")
    session.commit()
    complaint = register_complaint(session, house[R.FIRST_RECEIVER], nature="opinion")
    assert in_the_way(session, house, complaint) == [
        "unchecked_identity",
        "unchecked_problem",
        "unchecked_evidence",
    ]
    check(
        session,
        house,
        complaint,
        identity=Answer(C.NOT_PASSED, "订单号不符。"),
        problem=Answer(C.PASSED),
        evidence=Answer(C.NOT_PASSED, "缺购货单。"),
    )
    assert in_the_way(session, house, complaint) == ["blocked_identity"], "lacking evidence is put down only"
    check(session, house, complaint, identity=Answer(C.NOT_POSSIBLE, "代他人投诉，待补证明。"))
    assert fire(session, house[R.FIRST_RECEIVER], E.ACCEPT, complaint.public_id).state is State.ACCEPTED

    anonymous = register_complaint(session, house[R.FIRST_RECEIVER], parties=NOBODY, nature="opinion")
    assert in_the_way(session, house, anonymous) == ["unchecked_problem", "unchecked_evidence"]


@pytest.mark.clause("R06-02")
def test_relevance_is_on_record_before_acceptance(session: Session) -> None:
    house = create_house(session, "production")
    session.commit()
    complaint = register_complaint(session, house[R.FIRST_RECEIVER], product="减速机")
    assert in_the_way(session, house, complaint) == ["unchecked_relevance"]
    check(session, house, complaint, relevance=Answer(C.NOT_PASSED, "不是本公司产品。"))
    assert in_the_way(session, house, complaint) == ["blocked_relevance"]
    check(session, house, complaint, relevance=Answer(C.PASSED))
    assert fire(session, house[R.FIRST_RECEIVER], E.ACCEPT, complaint.public_id).state is State.ACCEPTED


def test_who_checked_what_and_when_stays_on_record(session: Session) -> None:
    house = create_house(session, "production")
    session.commit()
    complaint = create_complaint(session, house, product="减速机")
    with pytest.raises(NotPermitted):
        check(session, house, complaint, R.HANDLER, relevance=Answer(C.PASSED))
    session.rollback()
    with pytest.raises(NotFound):
        check(session, house, complaint, identity=Answer(C.PASSED))
    session.rollback()
    with pytest.raises(Invalid) as caught:
        check(session, house, complaint, relevance=Answer(C.NOT_PASSED, " "))
    session.rollback()
    assert set(caught.value.fields) == {"note_relevance"}
    check(session, house, complaint, relevance=Answer(C.NOT_PASSED, "型号未列入目录。"))
    check(session, house, complaint, relevance=Answer(C.PASSED))
    assert check(session, house, complaint, relevance=Answer(C.PASSED)) == [], "nothing new to record"
    kept = rows(session, ComplaintCheck, complaint)
    assert [(row.outcome, row.checked_by_id, row.checked_at) for row in kept] == [
        (C.NOT_PASSED, house[R.FIRST_RECEIVER].id, NOW),
        (C.PASSED, house[R.FIRST_RECEIVER].id, NOW),
    ]
    with unscoped(session, "a test reads the audit trail"):
        query = sa.select(sa.func.count()).where(AuditEntry.action == "complaint_check.create")
        assert session.scalar(query) == 2
    refused = take(session, house, complaint, E.REFUSE, R.FIRST_RECEIVER, reason="与本公司产品无关。")
    with pytest.raises(Refused):
        check(session, house, refused, relevance=Answer(C.NOT_PASSED, "补记"))


@pytest.mark.clause("R03-03")
def test_acceptance_opens_the_investigation_and_refusal_needs_a_reason(session: Session) -> None:
    house = create_house(session, "customer-service")
    house.office.leader_id = house[R.HEAD_OF_QUALITY].id
    session.commit()
    turned_away = register_complaint(session, house[R.FIRST_RECEIVER])
    with pytest.raises(Invalid) as caught:
        take(session, house, turned_away, E.REFUSE, R.FIRST_RECEIVER, reason=" ")
    assert "reason" in caught.value.fields
    session.rollback()
    take(session, house, turned_away, E.REFUSE, R.FIRST_RECEIVER)
    assert rows(session, Investigation, turned_away) == []

    complaint = register_complaint(session, house[R.FIRST_RECEIVER])
    fire(session, house[R.FIRST_RECEIVER], E.ACCEPT, complaint.public_id)
    [opened] = rows(session, Investigation, complaint)
    assert (opened.status, opened.started_at) == (InvestigationStatus.OPEN, NOW)
    assert (opened.title, opened.leader_id) == (complaint.summary, house[R.HEAD_OF_QUALITY].id)

    chosen = register_complaint(session, house[R.FIRST_RECEIVER])
    leader = house[R.INVESTIGATOR].id
    fire(session, house[R.FIRST_RECEIVER], E.ACCEPT, chosen.public_id, leader_id=leader)
    assert rows(session, Investigation, chosen)[0].leader_id == leader
    secret = register_complaint(
        session,
        house[R.FIRST_RECEIVER],
        confidential=True,
        named_user_ids=(house[R.FIRST_RECEIVER].id, house[R.LEADER].id),
    )
    with pytest.raises(Invalid):
        fire(session, house[R.FIRST_RECEIVER], E.ACCEPT, secret.public_id, leader_id=leader)
    session.rollback()
    fire(session, house[R.FIRST_RECEIVER], E.ACCEPT, secret.public_id)
    assert rows(session, Investigation, secret)[0].leader_id == house[R.FIRST_RECEIVER].id


def test_elsewhere_acceptance_opens_nothing(session: Session) -> None:
    house = create_house(session, "three-level")
    session.commit()
    complaint = create_complaint(session, house, "accepted")
    assert rows(session, Investigation, complaint) == []
    assert rows(session, RequestedMaterial, complaint) == []


# --- written material of oral complaints (R15-16) -------------------------------------------------------------------


@pytest.fixture
def station(session: Session) -> House:
    made = create_house(session, "construction-supervision")
    session.commit()
    return made


def oral(session: Session, house: House, **typed: Any) -> Complaint:
    typed = {"channel": Channel.HOTLINE, "form": ComplaintForm.ORAL, "own": {"origin": "direct"}} | typed
    return register_complaint(session, house[R.FIRST_RECEIVER], **typed)


def ask(session: Session, house: House, complaint: Complaint, *codes: str, **changed: Any) -> None:
    typed = {"codes": codes, "how": "电话告知"} | changed
    with UnitOfWork(session, actor_of(session, house[R.FIRST_RECEIVER]), NOW) as work:
        request_material(work, complaint.public_id, **typed)


def material(session: Session, complaint: Complaint) -> dict[str, RequestedMaterial]:
    return {row.code: row for row in rows(session, RequestedMaterial, complaint)}


def waiting(session: Session, house: House) -> int:
    """How many cases the first receiver's worklist shows as lacking their papers."""
    actor = actor_of(session, house[R.FIRST_RECEIVER])
    session.info["actor"] = actor
    queues = {queue.spec.key: queue for queue in worklist(session, actor, NOW, desk_time(session))}
    return queues["material"].count


@pytest.mark.clause("R15-16")
@pytest.mark.parametrize("channel", [Channel.HOTLINE, Channel.VISIT])
def test_oral_complaints_are_asked_for_papers_and_their_receipt_is_on_record(
    session: Session, station: House, tmp_path: Path, channel: Channel
) -> None:
    complaint = oral(session, station, channel=channel, form=ComplaintForm.WRITTEN)
    assert {row.status for row in material(session, complaint).values()} == {M.TO_REQUEST}
    assert waiting(session, station) == 1
    fire(session, station[R.FIRST_RECEIVER], E.ACCEPT, complaint.public_id)  # it stops nothing

    for wrong in ({"how": " "}, {"codes": ()}, {"codes": ("sworn_statement",)}, {"at": LATER}):
        with pytest.raises(Invalid):
            ask(session, station, complaint, "written_account", **wrong)
        session.rollback()
    ask(session, station, complaint, "written_account", "declaration_of_truth")
    asked = material(session, complaint)["declaration_of_truth"]
    assert (asked.status, asked.requested_at, asked.requested_by_id, asked.how) == (
        M.REQUESTED,
        NOW,
        station[R.FIRST_RECEIVER].id,
        "电话告知",
    )
    assert waiting(session, station) == 1

    store = FileStore(settings_for("sqlite:///unused", tmp_path))
    with UnitOfWork(session, actor_of(session, station[R.FIRST_RECEIVER], LATER), LATER) as work:
        scan = attach(work, store, store.stage(BytesIO(png()), "声明.png"), complaint=complaint.public_id)
        receive_material(
            work, complaint.public_id, codes=["declaration_of_truth"], supplied=True, attachment=scan
        )
    got = material(session, complaint)["declaration_of_truth"]
    assert (got.status, got.received_at, got.received_by_id) == (
        M.RECEIVED,
        LATER,
        station[R.FIRST_RECEIVER].id,
    )
    assert got.attachment_id is not None and waiting(session, station) == 1, (
        "the written account is still out"
    )
    with UnitOfWork(session, actor_of(session, station[R.FIRST_RECEIVER], LATER), LATER) as work:
        receive_material(
            work, complaint.public_id, codes=["written_account"], supplied=False, note="投诉人不愿书写。"
        )
    assert material(session, complaint)["written_account"].status is M.NOT_SUPPLIED
    assert waiting(session, station) == 0


@pytest.mark.clause("R15-16")
def test_the_declaration_of_truth_can_be_printed(session: Session, station: House, tmp_path: Path) -> None:
    complaint = oral(session, station)
    rule = procedure_of(session, complaint).intake.oral_material
    assert rule is not None and rule.items[1].form is not None
    form = form_of(procedure_of(session, complaint), rule.items[1].form, "complaint")
    store = FileStore(settings_for("sqlite:///unused", tmp_path))
    with UnitOfWork(session, actor_of(session, station[R.FIRST_RECEIVER]), NOW) as work:
        issued = issue_document(work, store, form.code, complaint=complaint.public_id)
        name, digest = issued.name_zh, issued.pdf_sha256
    assert name == "投诉材料真实性声明" and store.path(digest).stat().st_size > 0


@pytest.mark.clause("R15-16")
def test_what_came_in_writing_is_asked_for_nothing(session: Session, station: House) -> None:
    complaint = oral(session, station, channel=Channel.LETTER, form=ComplaintForm.WRITTEN)
    assert material(session, complaint) == {}
    spoken = oral(session, station, channel=Channel.SUPERIOR)
    assert set(material(session, spoken)) == {"written_account", "declaration_of_truth"}
    take(session, station, spoken, E.CORRECT, R.FIRST_RECEIVER, values={"form": ComplaintForm.WRITTEN})
    assert {row.status for row in material(session, spoken).values()} == {M.NOT_NEEDED}
    take(session, station, spoken, E.CORRECT, R.FIRST_RECEIVER, values={"channel": Channel.VISIT})
    assert {row.status for row in material(session, spoken).values()} == {M.TO_REQUEST}


def test_receipt_follows_a_request(session: Session, station: House) -> None:
    complaint = oral(session, station)
    early, soon = NOW - timedelta(minutes=5), NOW + timedelta(minutes=5)

    def receive(**changed: Any) -> None:
        typed = {"codes": ["written_account"], "supplied": True, "at": soon} | changed
        with UnitOfWork(session, actor_of(session, station[R.HANDLER], LATER), LATER) as work:
            receive_material(work, complaint.public_id, **typed)

    handed = reread(session, complaint.public_id)
    take(session, station, handed, E.ACCEPT, R.FIRST_RECEIVER)
    take(session, station, handed, E.TRANSFER, R.FIRST_RECEIVER)
    take(session, station, handed, E.SIGN_FOR, R.HANDLER)
    with pytest.raises(Invalid):
        receive()
    session.rollback()
    ask(session, station, complaint, "written_account")
    for wrong in ({"at": early}, {"at": LATER + timedelta(hours=1)}, {"supplied": False}):
        with pytest.raises(Invalid):
            receive(**wrong)
        session.rollback()
    receive(supplied=False, note="电话无人接听。")
    receive()
    assert material(session, complaint)["written_account"].status is M.RECEIVED
    with pytest.raises(Invalid):
        receive()
