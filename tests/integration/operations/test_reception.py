"""Duty, reception days and the leader's written instruction."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Assignment, Complaint, DutyShift, LeaderInstruction, OutboxMessage, ReceptionSession, User
from models.enums import AssignmentStatus, Channel, EventKind, RoleName, State
from models.reception_enums import DutyKind
from services.access.scope import unscoped
from services.errors import Invalid
from services.listing import queues
from services.operations.plan_reception import plan_ahead
from services.operations.present_to_leaders import present_all
from tests.factories import House, actor_of, fire, register_complaint, take

E, R = EventKind, RoleName
SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY_NIGHT = datetime(2026, 3, 7, 22, 30, tzinfo=SHANGHAI)
MONDAY_MORNING = datetime(2026, 3, 9, 8, 0, tzinfo=SHANGHAI)


def on_duty(session: Session, user: User, kind: DutyKind, days: int = 7) -> DutyShift:
    start = datetime(2026, 3, 6, 17, 30, tzinfo=SHANGHAI)
    shift = DutyShift(kind=kind, user_id=user.id, starts_at=start, ends_at=start + timedelta(days=days))
    session.add(shift)
    session.commit()
    return shift


def at_night(session: Session, house: House) -> Complaint:
    return register_complaint(
        session,
        house[R.FIRST_RECEIVER],
        now=SATURDAY_NIGHT + timedelta(minutes=10),
        received_at=SATURDAY_NIGHT,
    )


def waiting(session: Session, complaint: Complaint) -> LeaderInstruction:
    return session.scalars(
        sa.select(LeaderInstruction).where(LeaderInstruction.complaint_id == complaint.id)
    ).one()


@pytest.mark.clause("R01-04")
def test_out_of_hours_the_person_on_duty_is_the_first_receiver(session: Session, house: House) -> None:
    on_duty(session, house[R.INVESTIGATOR], DutyKind.OFFICER)
    complaint = at_night(session, house)
    assert complaint.received_out_of_hours
    assert complaint.first_receiver_id == complaint.responsible_id == house[R.INVESTIGATOR].id
    by_day = register_complaint(
        session,
        house[R.FIRST_RECEIVER],
        now=MONDAY_MORNING + timedelta(hours=1),
        received_at=MONDAY_MORNING + timedelta(minutes=30),
    )
    assert not by_day.received_out_of_hours
    assert by_day.first_receiver_id == house[R.FIRST_RECEIVER].id


def test_without_anybody_on_duty_whoever_registers_is_the_first_receiver(
    session: Session, house: House
) -> None:
    complaint = at_night(session, house)
    assert complaint.first_receiver_id == house[R.FIRST_RECEIVER].id


@pytest.mark.parametrize(
    ("local", "outside"),
    [
        ("2026-03-09 07:59", True),
        ("2026-03-09 08:00", False),
        ("2026-03-09 12:00", True),
        ("2026-03-09 14:00", False),
        ("2026-03-09 17:30", True),
        ("2026-02-17 10:00", True),  # Spring Festival
        ("2026-02-14 10:00", False),  # a Saturday that is worked instead
    ],
)
def test_office_hours_follow_the_working_calendar(
    session: Session, house: House, local: str, outside: bool
) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)
    complaint = register_complaint(session, house[R.HANDLER], now=moment, received_at=moment)
    assert complaint.received_out_of_hours is outside


@pytest.mark.clause("R01-06")
def test_what_came_in_at_night_is_laid_before_the_leader_of_the_week_when_the_office_opens(
    session: Session, house: House
) -> None:
    on_duty(session, house[R.LEADER], DutyKind.LEADER)
    complaint = at_night(session, house)
    row = waiting(session, complaint)
    assert row.appears_at == MONDAY_MORNING
    assert row.asked_of_id == house[R.LEADER].id
    leader = actor_of(session, house[R.LEADER])
    other = actor_of(session, house[R.HEAD_OF_QUALITY])

    def inbox(actor: object, now: datetime) -> list[str]:
        with unscoped(session, "a test asks for a queue"):
            query = sa.select(Complaint.number).where(queues.to_instruct(actor, now))  # type: ignore[arg-type]
            return list(session.scalars(query))

    assert inbox(leader, MONDAY_MORNING - timedelta(minutes=1)) == []
    assert inbox(leader, MONDAY_MORNING) == [complaint.number]
    assert inbox(other, MONDAY_MORNING) == []
    session.commit()
    assert present_all(session, MONDAY_MORNING - timedelta(minutes=1)) == 0
    assert present_all(session, MONDAY_MORNING) == 1
    assert present_all(session, MONDAY_MORNING + timedelta(minutes=1)) == 0
    topics = session.execute(sa.select(OutboxMessage.recipient_id, OutboxMessage.topic)).all()
    assert (house[R.LEADER].id, "instruction.awaited") in [tuple(each) for each in topics]


@pytest.mark.clause("R01-06")
def test_what_was_solved_at_night_is_not_laid_before_anybody(session: Session, house: House) -> None:
    complaint = at_night(session, house)
    take(
        session, house, complaint, E.CLOSE_ON_SPOT, R.FIRST_RECEIVER, now=SATURDAY_NIGHT + timedelta(hours=1)
    )
    assert present_all(session, MONDAY_MORNING) == 0


@pytest.mark.clause("R01-07")
def test_the_instruction_names_the_department_and_goes_along_with_the_transfer(
    session: Session, house: House
) -> None:
    complaint = at_night(session, house)
    now = MONDAY_MORNING + timedelta(minutes=5)
    fire(
        session,
        house[R.LEADER],
        E.INSTRUCT,
        complaint,
        now=now,
        text="请内科核实后答复。",
        department_id=house.ward.id,
    )
    row = waiting(session, complaint)
    assert (row.text, row.department_id, row.given_by_id) == (
        "请内科核实后答复。",
        house.ward.id,
        house[R.LEADER].id,
    )
    take(session, house, complaint, E.ACCEPT, R.FIRST_RECEIVER, now=now)
    elsewhere = {"department_id": house.laboratory.id, "person_id": house.outsider.id}  # type: ignore[union-attr]
    with pytest.raises(Invalid) as refused:
        fire(session, house[R.FIRST_RECEIVER], E.TRANSFER, complaint, now=now, **elsewhere)
    assert set(refused.value.fields) == {"department_id"}
    fire(
        session,
        house[R.FIRST_RECEIVER],
        E.TRANSFER,
        complaint,
        now=now,
        department_id=house.ward.id,
        person_id=house[R.HANDLER].id,
    )
    sent = session.scalars(sa.select(Assignment).where(Assignment.status == AssignmentStatus.AWAITING)).one()
    assert (sent.instruction, sent.instructed_by_id) == ("请内科核实后答复。", house[R.LEADER].id)
    assert complaint.state is State.DISPATCHED


@pytest.mark.clause("R01-03")
def test_nothing_is_passed_on_without_the_leaders_instruction_and_it_waits_for_the_signature(
    session: Session, house: House
) -> None:
    complaint = register_complaint(session, house[R.FIRST_RECEIVER])
    take(session, house, complaint, E.ACCEPT, R.FIRST_RECEIVER)
    receiver = {"department_id": house.ward.id, "person_id": house[R.HANDLER].id}
    with pytest.raises(Invalid) as refused:
        fire(session, house[R.FIRST_RECEIVER], E.TRANSFER, complaint, **receiver)
    assert set(refused.value.fields) == {"instruction"}
    fire(
        session,
        house[R.FIRST_RECEIVER],
        E.TRANSFER,
        complaint,
        **receiver,
        instruction="请核实。",
        instructed_by_id=house[R.LEADER].id,
    )
    sent = session.scalars(sa.select(Assignment).where(Assignment.complaint_id == complaint.id)).one()
    assert (sent.status, sent.department_id, sent.person_id, sent.sent_by_id) == (
        AssignmentStatus.AWAITING,
        house.ward.id,
        house[R.HANDLER].id,
        house[R.FIRST_RECEIVER].id,
    )
    assert sent.signed_at is None
    take(session, house, complaint, E.SIGN_FOR, R.HANDLER)
    session.refresh(sent)
    assert (sent.signed_by_id, sent.signed_at is not None) == (house[R.HANDLER].id, True)


def test_an_instruction_by_word_of_mouth_settles_what_was_awaited(session: Session, house: House) -> None:
    complaint = at_night(session, house)
    take(session, house, complaint, E.ACCEPT, R.FIRST_RECEIVER, now=MONDAY_MORNING)
    take(
        session,
        house,
        complaint,
        E.TRANSFER,
        R.FIRST_RECEIVER,
        now=MONDAY_MORNING,
        instructed_by_id=house[R.LEADER].id,
    )
    assert waiting(session, complaint).given_by_id == house[R.LEADER].id
    assert present_all(session, MONDAY_MORNING + timedelta(hours=1)) == 0


@pytest.mark.clause("R01-17", "R01-18")
def test_reception_days_are_planned_from_the_procedure(session: Session, house: House) -> None:
    now = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    added = plan_ahead(session, now)
    rows = session.scalars(sa.select(ReceptionSession).order_by(ReceptionSession.held_on)).all()
    assert len(rows) == added
    presidents = [row for row in rows if row.code == "president"]
    assert [row.held_on for row in presidents] == [date(2026, 2, 15), date(2026, 3, 15), date(2026, 4, 15)]
    first = presidents[1]
    assert first.starts_at == datetime(2026, 3, 15, 16, 30, tzinfo=SHANGHAI)
    assert first.ends_at == datetime(2026, 3, 15, 21, 0, tzinfo=SHANGHAI)
    assert first.place == "医院接待室"
    heads = [row for row in rows if row.code == "heads"]
    assert {row.held_on.isoweekday() for row in heads} == {5}
    assert (heads[0].ends_at - heads[0].starts_at) == timedelta(hours=1, minutes=30)
    assert heads[0].starts_at.astimezone(SHANGHAI).strftime("%H:%M") == "16:00"
    session.commit()
    assert plan_ahead(session, now) == 0


@pytest.mark.clause("R01-17", "R01-18")
def test_a_complaint_is_received_at_a_sitting(session: Session, house: House) -> None:
    plan_ahead(session, datetime(2026, 3, 1, 8, 0, tzinfo=UTC))
    for code in ("president", "heads"):
        sitting = session.scalars(
            sa.select(ReceptionSession).where(
                ReceptionSession.code == code, ReceptionSession.held_on >= date(2026, 3, 1)
            )
        ).first()
        assert sitting is not None
        complaint = register_complaint(
            session,
            house[R.FIRST_RECEIVER],
            now=sitting.ends_at,
            received_at=sitting.starts_at,
            channel=Channel.RECEPTION_DAY,
            extra={"reception_session_id": sitting.id},
        )
        assert complaint.reception_session is sitting
