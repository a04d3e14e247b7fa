"""The sweep: each threshold once, nothing lost, nobody forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from models import Accident, ClockRun, Complaint, NamedPerson
from models.enums import AccidentGrade, ClockState, EventKind, RoleName, State
from services.actor import SYSTEM
from services.deadlines import clocks
from services.operations import sweep as sweeping
from services.operations.sweep import sweep_all as sweep
from services.procedures.registry import load_packs
from services.procedures.vocabulary import ClockEvent
from services.sealing import use_key
from tests.factories.organisation import House, create_house
from tests.integration.deadlines.cases import at, create_complaint, history, local, messages

WARNED, BREACHED = EventKind.CLOCK_WARNED, EventKind.CLOCK_BREACHED


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    session.commit()
    return made


def accepted(session: Session, house: House, **values: object) -> Complaint:
    """Accepted on Friday 13 February 2026; due on the 24th, warned from the 24th on."""
    complaint = create_complaint(session, department_id=house.ward.id, **values)
    session.commit()
    with at(session, "2026-02-13 09:30") as work:
        clocks.start_clocks(work, complaint, ClockEvent.ACCEPTED)
    return complaint


def events(session: Session, complaint: Complaint) -> list[EventKind]:
    return [event.event for event in history(session, complaint.id)]


@pytest.mark.clause("R01-12")
def test_a_clock_warns_then_breaks_each_once(session: Session, house: House) -> None:
    complaint = accepted(session, house, first_receiver_id=house[RoleName.FIRST_RECEIVER].id)
    assert sweep(session, local("2026-02-23 23:59")).warned == 0
    assert sweep(session, local("2026-02-24 00:00")).warned == 1
    assert sweep(session, local("2026-02-24 12:00")).warned == 0
    assert events(session, complaint) == [WARNED]
    assert sweep(session, local("2026-02-24 23:59")).breached == 0
    assert sweep(session, local("2026-02-25 00:00")).breached == 1
    assert sweep(session, local("2026-02-26 00:00")) == sweeping.SweepReport()
    assert events(session, complaint) == [WARNED, BREACHED, EventKind.ESCALATE]
    assert complaint.escalation_level == 1
    told = {message.recipient_id for message in messages(session, "clock_breached")}
    assert told == {house[RoleName.FIRST_RECEIVER].id, house[RoleName.DEPARTMENT_HEAD].id}
    assert [m.recipient_id for m in messages(session, "escalated")] == [house[RoleName.DEPARTMENT_HEAD].id]


def test_a_missed_week_fires_every_threshold_once(session: Session, house: House) -> None:
    complaint = accepted(session, house)
    report = sweep(session, local("2026-03-10 08:00"))
    assert (report.warned, report.breached) == (1, 1)
    assert sweep(session, local("2026-03-10 08:01")) == sweeping.SweepReport()
    run = clocks.runs_of(session, complaint)[0]
    assert run.breached_at == local("2026-02-25 00:00")
    assert history(session, complaint.id, BREACHED)[0].at == local("2026-03-10 08:00")


def test_escalation_never_resets_a_clock(session: Session, house: House) -> None:
    complaint = accepted(session, house)
    run = clocks.runs_of(session, complaint)[0]
    before = (run.started_at, run.due_at, run.original_due_at)
    sweep(session, local("2026-03-10 08:00"))
    session.expire_all()
    assert (run.started_at, run.due_at, run.original_due_at) == before
    assert run.state is ClockState.RUNNING
    assert complaint.due_at == run.due_at


def test_a_complaint_without_department_or_handler_reaches_somebody(session: Session, house: House) -> None:
    complaint = create_complaint(session)
    session.commit()
    with at(session, "2026-02-13 09:30") as work:
        clocks.start_clocks(work, complaint, ClockEvent.ACCEPTED)
    sweep(session, local("2026-03-10 08:00"))
    assert messages(session, "escalated")
    assert messages(session, "clock_warned")


def test_a_confidential_complaint_is_escalated_to_named_people_only(session: Session, house: House) -> None:
    use_key(Fernet.generate_key().decode())
    complaint = accepted(session, house, is_confidential=True)
    with at(session, "2026-02-13 10:00") as work:
        named = {house[RoleName.LEADER].id: False, house[RoleName.INVESTIGATOR].id: True}
        for user_id, is_deputy in named.items():
            work.session.add(NamedPerson(complaint_id=complaint.id, user_id=user_id, is_deputy=is_deputy))
    sweep(session, local("2026-03-10 08:00"))
    told = {
        m.recipient_id
        for topic in ("clock_warned", "clock_breached", "escalated")
        for m in messages(session, topic)
    }
    assert told and told <= set(named)


def test_one_that_fails_holds_up_nobody(
    session: Session, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = accepted(session, house), accepted(session, house)
    fire = sweeping._fire

    def fail_first(work, run, complaint, time, report):  # type: ignore[no-untyped-def]
        if complaint.id == broken.id:
            raise RuntimeError("刘女士 13800000000")
        fire(work, run, complaint, time, report)

    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "_fire", fail_first)
        report = sweep(session, local("2026-03-10 08:00"), batch=1)
    assert len(report.failed) == 1
    assert BREACHED in events(session, sound)
    assert events(session, broken) == []
    sweep(session, local("2026-03-10 08:01"))
    assert BREACHED in events(session, broken)


def test_stopped_paused_and_ended_ones_are_left_alone(session: Session, house: House) -> None:
    complaint = accepted(session, house)
    with at(session, "2026-02-14 09:00") as work:
        clocks.stop_clocks(work, complaint, ClockEvent.TRANSFERRED)
    ended = accepted(session, house)
    with at(session, "2026-02-14 09:00"):
        ended.state, ended.closed_at, ended.end_reason = (
            State.REFUSED,
            local("2026-02-14 09:00"),
            "不属于本院",
        )
    assert sweep(session, local("2026-03-10 08:00")) == sweeping.SweepReport()
    assert events(session, complaint) == events(session, ended) == []


def test_imported_history_is_silent(session: Session, house: House) -> None:
    complaint = create_complaint(session, is_imported=True, department_id=house.ward.id)
    session.commit()
    assert clocks.runs_of(session, complaint) == []
    assert sweep(session, local("2026-12-01 08:00")) == sweeping.SweepReport()


def test_a_lower_bound_warns_and_never_breaks(session: Session, house: House) -> None:
    complaint = create_complaint(session, department_id=house.ward.id)
    session.commit()
    with at(session, "2026-12-30 09:30") as work:
        clocks.start_clocks(work, complaint, ClockEvent.ACCEPTED)
    run = clocks.runs_of(session, complaint)[0]
    assert run.is_lower_bound
    report = sweep(session, run.due_at + timedelta(days=30))
    assert (report.warned, report.breached) == (2, 0)
    assert sweep(session, run.due_at + timedelta(days=31)) == sweeping.SweepReport()
    assert EventKind.CLOCK_BREACHED not in events(session, complaint)


def test_an_extension_warns_again_before_the_new_end(session: Session, house: House) -> None:
    complaint = create_complaint(session, state=State.ACCEPTED, department_id=house.ward.id)
    session.commit()
    with at(session, "2026-02-13 09:30") as work:
        run = clocks.start_clocks(work, complaint, ClockEvent.TRANSFERRED)[0]
    assert sweep(session, local("2026-03-12 08:00")).warned == 3
    with at(session, "2026-03-12 09:00") as work:
        clocks.extend_clock(work, complaint, run, 10)
    report = sweep(session, local("2026-03-22 08:00"))
    assert (report.warned, report.breached) == (2, 0)
    assert sweep(session, local("2026-03-23 00:00")).breached == 1


def test_an_accident_clock_runs_without_a_complaint(session: Session, house: House) -> None:
    procedure = load_packs()["medical-device-aftersales"]
    accident = Accident(
        number="SG-2026-000001",
        title="器械漏电",
        grade=AccidentGrade.MAJOR,
        status="reported",
        happened_at=local("2026-02-13 09:30"),
        reported_at=local("2026-02-13 10:00"),
        department_id=house.ward.id,
        reported_by_id=house[RoleName.HANDLER].id,
        facts="使用中漏电",
    )
    session.add(accident)
    session.commit()
    with at(session, "2026-02-13 10:00") as work:
        started = clocks.start_clocks(
            work,
            accident,
            ClockEvent.ACCIDENT_HAPPENED,
            accident.happened_at,
            procedure=procedure,
            codes={"authority_report"},
        )
    assert [(run.code, run.due_at) for run in started] == [("authority_report", local("2026-02-14 09:30"))]
    assert sweep(session, local("2026-02-14 09:30")).breached == 0
    assert sweep(session, local("2026-02-14 09:31")).breached == 1
    assert house[RoleName.HANDLER].id in {
        m.recipient_id for m in messages(session, "accident_clock_breached")
    }


def test_the_worker_runs_it_as_the_desk_itself(session: Session, house: House) -> None:
    accepted(session, house)
    session.info["actor"] = None
    sweep(session, local("2026-03-10 08:00"))
    assert session.info.get("actor") is None
    assert SYSTEM.is_system
    assert ClockRun.__tablename__ == "clock_runs"
