"""After-sales: the business department tries first and may inquire; quality management manages its own (R14-03)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Complaint, Enquiry
from models.enums import Channel, EventKind, RoleName, State
from models.hold_enums import DepartmentDuty
from models.reception_enums import EnquiryStatus
from services.actor import SYSTEM
from services.errors import Invalid, NotFound, NotPermitted, Refused
from services.operations.answer_enquiry import answer_enquiry
from services.operations.record_enquiry import record_enquiry
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, House, actor_of, create_complaint, create_user, register_complaint, take
from tests.integration.operations.looking import rows

E, R = EventKind, RoleName
QUALITY = {"category_code": "product", "product": "血压计"}


@pytest.fixture
def shared(session: Session, service: House) -> House:
    """The laboratory does quality management; the ward is the business department."""
    session.info["actor"] = SYSTEM
    service.laboratory.duty = DepartmentDuty.QUALITY
    session.commit()
    return service


def faults(caught: Any) -> dict[str, str]:
    return {key: str(text) for key, text in caught.value.fields.items()}


@pytest.mark.clause("R14-03")
def test_a_quality_complaint_goes_to_quality_management_and_to_nobody_else(
    session: Session, shared: House
) -> None:
    complaint = create_complaint(session, shared, "accepted", **QUALITY)
    with pytest.raises(Invalid) as caught:
        take(session, shared, complaint, E.TRANSFER, R.FIRST_RECEIVER)
    assert "检验科" in faults(caught)["department_id"] and "R14-03" in faults(caught)["department_id"]
    with pytest.raises(Invalid) as caught:
        take(session, shared, complaint, E.TAKE_ON, R.FIRST_RECEIVER)
    assert set(faults(caught)) == {"handler_id"}
    there = {"department_id": shared.laboratory.id, "person_id": shared.outsider.id}  # type: ignore[union-attr]
    assert take(session, shared, complaint, E.TRANSFER, R.FIRST_RECEIVER, **there).state is State.DISPATCHED
    service = create_complaint(session, shared, "accepted", category_code="service", product="血压计")
    assert take(session, shared, service, E.TRANSFER, R.FIRST_RECEIVER).department_id == shared.ward.id


@pytest.mark.clause("R14-03")
def test_one_that_turns_out_to_be_about_quality_is_handed_over_first(session: Session, shared: House) -> None:
    complaint = create_complaint(session, shared, "in_work", category_code="service", product="血压计")
    take(session, shared, complaint, E.CORRECT, R.HANDLER, values={"category_code": "product"})
    with pytest.raises(Refused) as caught:
        take(session, shared, complaint, E.SUBMIT_OPINION, R.HANDLER)
    assert "not_its_department" in [reason.code for reason in caught.value.reasons]


def test_without_a_department_for_it_the_head_of_qualitys_own_counts(
    session: Session, service: House
) -> None:
    complaint = create_complaint(session, service, "accepted", **QUALITY)
    taken = take(session, service, complaint, E.TAKE_ON, R.HEAD_OF_QUALITY)
    assert (taken.state, taken.department_id) == (State.IN_WORK, service.office.id)


@pytest.mark.clause("R14-03")
def test_the_business_department_answers_at_once_where_it_can(session: Session, shared: House) -> None:
    complaint = create_complaint(session, shared, **QUALITY)
    assert take(session, shared, complaint, E.CLOSE_ON_SPOT, R.HANDLER).state is State.CLOSED


@pytest.mark.clause("R14-03")
def test_where_it_cannot_it_inquires_and_the_answer_is_on_record(session: Session, shared: House) -> None:
    complaint = create_complaint(session, shared, "in_work", category_code="service", product="血压计")
    with pytest.raises(Invalid) as caught:
        inquire(session, shared, None)
    assert set(faults(caught)) == {"complaint_id"}
    asked = inquire(session, shared, complaint)
    lab_worker = shared.outsider
    assert lab_worker is not None
    stranger = create_user(
        session, "外科承办人", R.HANDLER, department=shared.office, for_department=shared.office
    )
    session.commit()
    for user, refusal in ((shared[R.HANDLER], NotPermitted), (stranger, NotFound)):
        with pytest.raises(refusal), UnitOfWork(session, actor_of(session, user), NOW) as work:
            answer_enquiry(work, asked.id, answer="不知")
    with UnitOfWork(session, actor_of(session, lab_worker), NOW) as work:
        answer_enquiry(work, asked.id, answer="该批次检验合格。")
    [kept] = rows(session, Enquiry, complaint)
    assert (kept.status, kept.answer) == (EnquiryStatus.ANSWERED, "该批次检验合格。")
    assert (kept.content, kept.department_id) == ("请查该批次的检验记录。", shared.laboratory.id)


def test_nothing_is_inquired_about_a_confidential_case(session: Session, shared: House) -> None:
    secret = register_complaint(
        session, shared[R.HANDLER], confidential=True, named_user_ids=(shared[R.LEADER].id,)
    )
    with pytest.raises(Invalid) as caught:
        inquire(session, shared, secret)
    assert set(faults(caught)) == {"complaint_id"}
    assert rows(session, Enquiry, secret) == []


def inquire(session: Session, house: House, complaint: Complaint | None) -> Enquiry:
    values = {
        "title": "批次查询",
        "content": "请查该批次的检验记录。",
        "channel": Channel.INTERNAL,
        "received_at": NOW,
        "department_id": house.laboratory.id,
        "complaint_id": complaint.id if complaint else None,
    }
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        return record_enquiry(work, "business_query", values)
