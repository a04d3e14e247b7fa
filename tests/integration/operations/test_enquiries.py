"""Queries, feedback, suggestions, letters and visits, as each procedure has them; each gets its answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Enquiry, OutboxMessage, User
from models.enums import Channel, RoleName
from models.reception_enums import EnquiryStatus
from services.access.scope import unscoped
from services.errors import Invalid, NotFound, NotPermitted, Refused
from services.operations.answer_enquiry import answer_enquiry
from services.operations.record_enquiry import record_enquiry
from services.unit_of_work import UnitOfWork
from tests.factories import actor_of, create_house, create_user

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
R = RoleName


def of(clause: str, *values: Any) -> Any:
    """A case of a table of tests that shows this clause."""
    return pytest.param(*values, marks=pytest.mark.clause(clause))


def record(session: Session, user: User, kind: str, **changed: Any) -> Enquiry:
    values = {
        "title": "标签不清",
        "content": "包装标签上的有效期看不清。",
        "channel": Channel.HOTLINE,
        "received_at": NOW - timedelta(hours=1),
        **changed,
    }
    with UnitOfWork(session, actor_of(session, user), NOW) as work:
        return record_enquiry(work, kind, values)


def answer(session: Session, user: User, enquiry: Enquiry, text: str = "已更换标签。") -> Enquiry:
    with UnitOfWork(session, actor_of(session, user), NOW) as work:
        return answer_enquiry(work, enquiry.id, answer=text)


def told(session: Session) -> set[tuple[int, str]]:
    with unscoped(session, "a test looks into the outbox"):
        return {
            tuple(row) for row in session.execute(sa.select(OutboxMessage.recipient_id, OutboxMessage.topic))
        }


@pytest.mark.clause("R09-13")
def test_a_quality_query_is_answered_by_quality_management_with_the_stores_head_responsible(
    session: Session,
) -> None:
    store = create_house(session, "medical-device-store")
    session.commit()
    query = record(session, store[R.HANDLER], "quality_query", department_id=store.ward.id)
    assert query.responsible_id == store[R.DEPARTMENT_HEAD].id
    assert {
        (store[R.HEAD_OF_QUALITY].id, "enquiry.recorded"),
        (store[R.DEPARTMENT_HEAD].id, "enquiry.recorded"),
    } <= told(session)
    for role in (R.DEPARTMENT_HEAD, R.HANDLER, R.LEADER):
        with pytest.raises(NotPermitted):
            answer(session, store[role], query)
    answer(session, store[R.HEAD_OF_QUALITY], query)
    assert (query.status, query.answer, query.answered_by_id) == (
        EnquiryStatus.ANSWERED,
        "已更换标签。",
        store[R.HEAD_OF_QUALITY].id,
    )
    assert (store[R.HANDLER].id, "enquiry.answered") in told(session)
    with pytest.raises(Refused):
        answer(session, store[R.HEAD_OF_QUALITY], query)


@pytest.mark.parametrize(
    ("procedure", "kind", "channel", "answering"),
    [
        of("R10-13", "three-level", "feedback", Channel.ONLINE, R.HEAD_OF_QUALITY),
        of("R04-12", "general-quality", "suggestion", Channel.INTERNAL, R.HEAD_OF_QUALITY),
        of("R13-13", "pharma-manufacturer", "letter", Channel.LETTER, R.HEAD_OF_QUALITY),
        of("R13-13", "pharma-manufacturer", "visit", Channel.VISIT, R.HEAD_OF_QUALITY),
        of("R12-05", "complaint-analysis", "suggestion", Channel.EMAIL, R.FIRST_RECEIVER),
    ],
)  # fmt: skip
def test_the_kinds_of_each_procedure_are_recorded_and_answered(
    session: Session, procedure: str, kind: str, channel: Channel, answering: RoleName
) -> None:
    house = create_house(session, procedure)
    session.commit()
    made = record(session, house[R.HANDLER], kind, channel=channel)
    assert made.number == "ZX-2026-000001"
    assert made.status is EnquiryStatus.OPEN
    with pytest.raises(NotFound):
        answer(
            session, house[R.INVESTIGATOR], made
        )  # recorded for no department: only who looks after all sees it
    with pytest.raises(NotPermitted):
        answer(session, house[R.LEADER], made)
    answer(session, house[answering], made)
    assert made.status is EnquiryStatus.ANSWERED


@pytest.mark.parametrize(
    ("procedure", "kind"),
    [
        pytest.param("quality-system-admin-office", "suggestion_to_department", marks=pytest.mark.clause("R16-07")),
        pytest.param("production", "market_feedback", marks=pytest.mark.clause("R06-11")),
    ],
)  # fmt: skip
def test_what_goes_to_a_department_is_answered_by_its_head(
    session: Session, procedure: str, kind: str
) -> None:
    house = create_house(session, procedure)
    session.commit()
    with pytest.raises(Invalid) as refused:
        record(session, house[R.FIRST_RECEIVER], kind, channel=Channel.INTERNAL)
    assert set(refused.value.fields) == {"department_id"}
    made = record(
        session, house[R.FIRST_RECEIVER], kind, channel=Channel.INTERNAL, department_id=house.ward.id
    )
    assert (house[R.DEPARTMENT_HEAD].id, "enquiry.recorded") in told(session)
    with pytest.raises(NotPermitted):
        answer(session, house[R.HEAD_OF_QUALITY], made)
    answer(session, house[R.DEPARTMENT_HEAD], made)
    assert made.answered_by_id == house[R.DEPARTMENT_HEAD].id


def test_an_unknown_kind_a_wrong_channel_and_the_future_are_told_at_their_fields(session: Session) -> None:
    house = create_house(session, "general-quality")
    session.commit()
    with pytest.raises(Invalid) as refused:
        record(session, house[R.HANDLER], "quality_query")
    assert set(refused.value.fields) == {"kind"}
    with pytest.raises(Invalid) as refused:
        record(
            session, house[R.HANDLER], "suggestion", channel=Channel.FAX, received_at=NOW + timedelta(days=1)
        )
    assert set(refused.value.fields) == {"channel", "received_at"}
    with pytest.raises(NotPermitted):
        record(session, house[R.AUDITOR], "suggestion", channel=Channel.INTERNAL)


def test_another_department_sees_none_of_it(session: Session) -> None:
    house = create_house(session, "quality-system-admin-office")
    session.commit()
    made = record(
        session,
        house[R.FIRST_RECEIVER],
        "suggestion_to_department",
        channel=Channel.INTERNAL,
        department_id=house.ward.id,
    )
    stranger = create_user(
        session, "外科承办人", R.HANDLER, department=house.laboratory, for_department=house.laboratory
    )
    session.commit()
    seen = {}
    for who in (house[R.HANDLER], house[R.HEAD_OF_QUALITY], stranger, house[R.ADMINISTRATOR]):
        session.info["actor"] = actor_of(session, who)
        seen[who.name] = session.scalars(sa.select(Enquiry.number)).all()
    assert seen == {
        house[R.HANDLER].name: [made.number],
        house[R.HEAD_OF_QUALITY].name: [made.number],
        stranger.name: [],
        house[R.ADMINISTRATOR].name: [],
    }
