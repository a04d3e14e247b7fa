"""Placing holds and telling of them. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Department, Hold, HoldNotice, Opinion, OutboxMessage, Party, RoleGrant, User
from models.enums import EventKind, PartySide, Responsibility
from models.hold_enums import DepartmentDuty, HoldStatus, NoticeKind
from models.labels import _l
from services.actor import Actor, Grant
from services.deadlines.desk_calendar import desk_zone
from services.errors import Reason, Refused
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import Procedure
from services.procedures.sections.holds import HoldRule
from services.records import record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.numbers import take_number
from services.workflow.steps import write_event

PREFIX = "ZT"
STOPPABLE = ("sale", "dispatch", "use", "production")


def place_due_holds(
    work: UnitOfWork, complaint: Complaint, after: str, grant: Grant | None = None
) -> list[Hold]:
    """The holds that the procedure wants after this step (R08-05, R17-06, R18-06), each once a complaint.

    After an approval only when the opinion upholds the complaint: goods found sound are not stopped.
    """
    procedure = procedure_of(work.session, complaint)
    placed = []
    for rule in procedure.holds:
        if rule.after != after or not concerns(rule, procedure, complaint):
            continue
        if after == "approved" and _found_sound(work.session, complaint):
            continue
        known = sa.select(Hold.id).where(Hold.complaint_id == complaint.id, Hold.rule_code == rule.code)
        if work.session.scalar(known.limit(1)) is None:
            placed.append(_by_rule(work, complaint, rule, grant))
    return placed


def concerns(rule: HoldRule, procedure: Procedure, complaint: Complaint) -> bool:
    """Whether a complaint is of one of the rule's categories; by the desk's own where no finer one is known."""
    if complaint.category_code is not None:
        return complaint.category_code in rule.categories
    return complaint.category in {
        kind.category for kind in procedure.categories if kind.code in rule.categories
    }


def _found_sound(session: Session, complaint: Complaint) -> bool:
    query = sa.select(Opinion.responsibility).where(
        Opinion.complaint_id == complaint.id, Opinion.approved_at.is_not(None)
    )
    return session.scalars(query.order_by(Opinion.id.desc()).limit(1)).first() is Responsibility.NONE


def _by_rule(work: UnitOfWork, complaint: Complaint, rule: HoldRule, grant: Grant | None) -> Hold:
    hold = Hold(
        complaint_id=complaint.id,
        rule_code=rule.code,
        clause=", ".join(rule.clause) or None,
        product=complaint.product or complaint.summary,
        batch=complaint.batch,
        isolates=rule.isolate,
        reason=rule.names.zh,
        needs_neighbours=rule.neighbours_checked,
        **{f"stops_{what}": what in rule.stops for what in STOPPABLE},
    )
    place(work, complaint, hold, rule.tells, grant=grant)
    if rule.purchaser_stops:
        for name in purchasers_of(work.session, complaint):
            work.session.add(HoldNotice(hold_id=hold.id, kind=NoticeKind.STOP, outside=name))
    work.session.flush()
    return hold


def purchasers_of(session: Session, complaint: Complaint) -> list[str]:
    """Who bought the goods: the complainants, as far as they are known by name."""
    query = sa.select(Party.name).where(
        Party.complaint_id == complaint.id, Party.side == PartySide.COMPLAINANT, Party.name.is_not(None)
    )
    return [str(name)[:200] for name in dict.fromkeys(session.scalars(query)) if name]


def place(
    work: UnitOfWork,
    complaint: Complaint,
    hold: Hold,
    tells: Iterable[DepartmentDuty],
    *,
    departments: Collection[int] = (),
    grant: Grant | None = None,
) -> None:
    """Number and save the hold, write history, and tell the departments that do this work and those named."""
    year = work.now.astimezone(desk_zone(work.session)).year
    hold.number = take_number(work.session, PREFIX, year, confidential=complaint.is_confidential)
    hold.status = HoldStatus.OPEN
    hold.ordered_at, hold.ordered_by_id = work.now, work.actor.user_id
    work.session.add(hold)
    save(work, hold)
    record_change(work, "place", hold, grant=grant)
    write_event(
        work,
        complaint,
        EventKind.HOLD,
        text=" ".join(filter(None, (hold.product, hold.batch))),
        clause=hold.clause,
        grant=grant,
        hold=hold.number,
    )
    for duty in tells:
        found = _doing(work.session, duty)
        if not found:
            # Nobody carries this task: the notice stands open until a department is named for it.
            work.session.add(HoldNotice(hold_id=hold.id, kind=NoticeKind.STOP, duty=duty))
        for department in found:
            tell_department(work, complaint, hold, department, NoticeKind.STOP, duty)
    for department_id in departments:
        department = work.session.get_one(Department, department_id)
        tell_department(work, complaint, hold, department, NoticeKind.STOP)
    work.session.flush()


def _doing(session: Session, duty: DepartmentDuty) -> list[Department]:
    query = sa.select(Department).where(Department.duty == duty, Department.ended_on.is_(None))
    return list(session.scalars(query.order_by(Department.id)))


def tell_department(
    work: UnitOfWork,
    complaint: Complaint,
    hold: Hold,
    department: Department,
    kind: NoticeKind,
    duty: DepartmentDuty | None = None,
) -> HoldNotice:
    """A notice to a department, and a message to each of its people; none leaves a confidential complaint."""
    told = [] if complaint.is_confidential else people_of(work.session, department)
    notice = HoldNotice(
        hold_id=hold.id,
        kind=kind,
        duty=duty,
        department_id=department.id,
        sent_at=work.now if told else None,
    )
    work.session.add(notice)
    send_messages(work, hold, told, kind)
    return notice


def send_messages(work: UnitOfWork, hold: Hold, people: Iterable[int], kind: NoticeKind) -> None:
    """Into the outbox. Without the complaint: those who stop the goods need not be able to see it."""
    for person in people:
        work.session.add(
            OutboxMessage(
                recipient_id=person,
                complaint_id=None,
                topic="hold.placed" if kind is NoticeKind.STOP else "hold.released",
                payload={
                    "by": work.actor.name,
                    "hold": hold.number,
                    "product": " ".join(filter(None, (hold.product, hold.batch))),
                    "hold_address": hold.public_id,
                },
                next_attempt_at=work.now,
            )
        )


def people_of(session: Session, department: Department) -> list[int]:
    """The active people of a department who hold any role, its head first."""
    query = (
        sa.select(User.id)
        .where(User.is_active, sa.or_(User.department_id == department.id, User.id == department.leader_id))
        .where(
            sa.exists().where(
                RoleGrant.user_id == User.id,
                RoleGrant.ended_at.is_(None),
                RoleGrant.confirmed_at.is_not(None),
            )
        )
        .order_by(User.id != (department.leader_id or 0), User.id)
    )
    return list(session.scalars(query))


def notices_of(session: Session, hold: Hold) -> list[HoldNotice]:
    query = sa.select(HoldNotice).where(HoldNotice.hold_id == hold.id)
    return list(session.scalars(query.order_by(HoldNotice.id)))


def require_open_hold(hold: Hold) -> None:
    """Refused once the hold is released: a new one is placed instead."""
    if hold.status is HoldStatus.RELEASED:
        raise Refused([Reason("released", _l("This hold is released; place a new one if need be."))])


def missing_for_release(hold: Hold) -> list[Reason]:
    """What must be on record before the goods move again."""
    found = []
    if (hold.stops_production or hold.isolates) and hold.executed_at is None:
        found.append(
            Reason("execution", _l("How the stop and the isolation were carried out is not recorded yet."))
        )
    if hold.needs_neighbours and hold.neighbours_checked_at is None:
        found.append(Reason("neighbours", _l("The neighbouring batches have not been checked yet.")))
    return found


def belongs_to(actor: Actor, department: Department | None) -> bool:
    """People of the department, its head, and whoever holds a role for it."""
    if department is None:
        return False
    return (
        actor.department_id == department.id
        or department.leader_id in actor.people
        or any(grant.department_id == department.id for grant in actor.grants)
    )
