"""Office hours, who is on duty, and what waits for the leader's written instruction."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, DutyShift, LeaderInstruction
from models.enums import DayKind
from models.reception_enums import DutyKind
from services.deadlines.calendar import is_worked
from services.deadlines.desk_calendar import DeskTime
from services.procedures.sections.reception import DutyRoster
from services.unit_of_work import UnitOfWork

_SATURDAY = 5
_LONGEST_REST = 60
"""Days. No holiday lasts longer; a walk past it means that no office hours can be found."""


def is_out_of_hours(duty: DutyRoster, at: datetime, time: DeskTime) -> bool:
    """Whether `at` lies outside the office hours of a working day."""
    local = at.astimezone(time.zone)
    if not _is_worked(local, time):
        return True
    return not any(hours.opens <= local.time() < hours.closes for hours in duty.office_hours)


def next_opening(duty: DutyRoster, at: datetime, time: DeskTime) -> datetime:
    """The first moment from `at` on at which the office is open."""
    local = at.astimezone(time.zone)
    for n in range(_LONGEST_REST):
        day = local + timedelta(days=n)
        if not _is_worked(day, time):
            continue
        for hours in sorted(duty.office_hours, key=lambda each: each.opens):
            opens = datetime.combine(day.date(), hours.opens, time.zone)
            closes = datetime.combine(day.date(), hours.closes, time.zone)
            if closes > local:
                return max(opens, local)
    raise ValueError("no office hours within sixty days")


def _is_worked(local: datetime, time: DeskTime) -> bool:
    kind = time.calendar.kind_or_none(local.date())
    if kind is None:
        # A year whose calendar nobody has entered: the ordinary week decides who receives, no due date hangs on it.
        kind = DayKind.REST if local.weekday() >= _SATURDAY else DayKind.WORK
    return is_worked(kind)


def on_duty(session: Session, kind: DutyKind, at: datetime) -> DutyShift | None:
    """The shift of this kind at `at`; of two the one that began last, which was entered to replace the other."""
    query = sa.select(DutyShift).where(
        DutyShift.kind == kind, DutyShift.starts_at <= at, DutyShift.ends_at > at
    )
    return session.scalars(query.order_by(DutyShift.starts_at.desc(), DutyShift.id.desc()).limit(1)).first()


def receiver_on_duty(session: Session, duty: DutyRoster, at: datetime) -> int | None:
    """Outside office hours whoever is on duty is the first receiver (R01-04)."""
    if duty.officer is None:
        return None
    shift = on_duty(session, DutyKind.OFFICER, at)
    return shift.user_id if shift else None


def ask_for_instruction(work: UnitOfWork, complaint: Complaint, duty: DutyRoster, time: DeskTime) -> None:
    """Lay it before the leader at the next opening (R01-06): the one who leads that week, or any leader in charge."""
    if duty.instruction is None:
        return
    appears_at = next_opening(duty, complaint.received_at, time)
    leading = on_duty(work.session, DutyKind.LEADER, appears_at)
    work.session.add(
        LeaderInstruction(
            complaint_id=complaint.id,
            asked_of_id=leading.user_id if leading else None,
            appears_at=appears_at,
        )
    )


def awaited_instruction(session: Session, complaint: Complaint) -> LeaderInstruction | None:
    """The instruction that the complaint still waits for."""
    query = sa.select(LeaderInstruction).where(
        LeaderInstruction.complaint_id == complaint.id, LeaderInstruction.given_at.is_(None)
    )
    return session.scalars(query.order_by(LeaderInstruction.id)).first()


def given_instruction(session: Session, complaint: Complaint) -> LeaderInstruction | None:
    """The leader's last written instruction on it."""
    query = sa.select(LeaderInstruction).where(
        LeaderInstruction.complaint_id == complaint.id, LeaderInstruction.given_at.is_not(None)
    )
    return session.scalars(query.order_by(LeaderInstruction.id.desc()).limit(1)).first()


def give(
    work: UnitOfWork,
    complaint: Complaint,
    text: str,
    department_id: int | None,
    *,
    by_id: int | None = None,
) -> LeaderInstruction:
    """Put an instruction (of `by_id`, or the actor's own) on record: the one that was awaited, or a new one."""
    row = awaited_instruction(work.session, complaint)
    if row is None:
        row = LeaderInstruction(complaint_id=complaint.id)
        work.session.add(row)
    row.text, row.department_id = text, department_id
    row.given_at, row.given_by_id = work.now, by_id or work.actor.user_id
    return row
