"""What somebody still has in hand, and handing it over to a successor.

Confidential complaints are left out: whoever looks here may not learn of them (services.organisation.confidential).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Assignment, Complaint, Department, Investigation, LeaveCover, Measure, User
from models.enums import (
    OPEN_STATES,
    AssignmentStatus,
    EventKind,
    InvestigationStatus,
    MeasureStatus,
    RoleName,
)
from models.labels import LazyString, _l
from services.access.permissions import Permission
from services.access.scope import unscoped
from services.access.visibility import refresh_visibility
from services.audit import Draft
from services.errors import Invalid, Reason, Refused
from services.organisation.checks import active_user, load, record_change, require
from services.unit_of_work import UnitOfWork
from services.workflow.people import SIGNING_ROLES, holders
from services.workflow.steps import tell, write_event

_OPEN = (AssignmentStatus.AWAITING, AssignmentStatus.SIGNED)
_TAKES_CASES = (*SIGNING_ROLES, RoleName.FIRST_RECEIVER, RoleName.HEAD_OF_QUALITY)


@dataclass(frozen=True)
class Duty:
    """One kind of thing in hand, and how many of it."""

    kind: str
    count: int
    message: LazyString


@dataclass
class InHand:
    """Everything in hand that can be shown and handed over."""

    complaints: list[Complaint]
    assignments: list[Assignment]
    measures: list[Measure]
    investigations: list[Investigation]
    covers: list[LeaveCover]
    departments: list[Department]


def open_duties(session: Session, user_id: int, now: datetime) -> list[Duty]:
    """What this person still has in hand, one entry a kind; empty when nothing is."""
    found = in_hand(session, user_id, now)
    cases = {one.id for one in found.complaints} | {one.complaint_id for one in found.assignments}
    counts: list[tuple[str, int, LazyString]] = [
        ("cases", len(cases), _l("%(count)s complaints to work on or sign for.", count=len(cases))),
        (
            "investigations",
            len(found.investigations),
            _l("%(count)s investigations to lead.", count=len(found.investigations)),
        ),
        ("measures", len(found.measures), _l("%(count)s measures to carry out.", count=len(found.measures))),
        ("covers", len(found.covers), _l("%(count)s leave covers.", count=len(found.covers))),
        (
            "departments",
            len(found.departments),
            _l("%(count)s departments to head or to be in charge of.", count=len(found.departments)),
        ),
    ]
    return [Duty(kind, count, message) for kind, count, message in counts if count]


def in_hand(session: Session, user_id: int, now: datetime) -> InHand:
    """The records behind `open_duties`, without anything confidential."""
    ordinary = sa.select(Complaint.id).where(Complaint.is_confidential.is_(False))
    with unscoped(session, "what stands in the way of disabling an account; shown as counts"):
        return InHand(
            complaints=list(
                session.scalars(
                    sa.select(Complaint).where(
                        Complaint.is_confidential.is_(False),
                        Complaint.state.in_(OPEN_STATES),
                        sa.or_(Complaint.handler_id == user_id, Complaint.responsible_id == user_id),
                    )
                )
            ),
            assignments=list(
                session.scalars(
                    sa.select(Assignment)
                    .join(Complaint, Complaint.id == Assignment.complaint_id)
                    .where(Complaint.is_confidential.is_(False), Complaint.state.in_(OPEN_STATES))
                    .where(Assignment.person_id == user_id, Assignment.status.in_(_OPEN))
                )
            ),
            measures=list(
                session.scalars(
                    sa.select(Measure).where(
                        Measure.owner_id == user_id,
                        Measure.status == MeasureStatus.PLANNED,
                        sa.or_(Measure.complaint_id.is_(None), Measure.complaint_id.in_(ordinary)),
                    )
                )
            ),
            investigations=list(
                session.scalars(
                    sa.select(Investigation).where(
                        Investigation.leader_id == user_id,
                        Investigation.status == InvestigationStatus.OPEN,
                        Investigation.complaint_id.in_(ordinary),
                    )
                )
            ),
            covers=list(
                session.scalars(
                    sa.select(LeaveCover).where(
                        sa.or_(LeaveCover.principal_id == user_id, LeaveCover.deputy_id == user_id),
                        LeaveCover.ended_at.is_(None),
                        LeaveCover.ends_at > now,
                    )
                )
            ),
            departments=list(
                session.scalars(
                    sa.select(Department).where(
                        Department.ended_on.is_(None),
                        sa.or_(Department.leader_id == user_id, Department.leader_in_charge_id == user_id),
                    )
                )
            ),
        )


def hand_over_duties(
    work: UnitOfWork, key: int | str, successor_id: int | None, reason: str = ""
) -> list[Duty]:
    """Move everything in hand to a successor; returns what was moved.

    Refused, with a reason for each department, when the successor holds no role there that works on complaints.
    """
    require(work, Permission.USER_WRITE)
    user = load(work, User, key)
    successor = active_user(work, successor_id, "successor_id")
    if successor.id == user.id:
        raise Invalid({"successor_id": _l("Choose somebody else.")})
    moved = open_duties(work.session, user.id, work.now)
    found = in_hand(work.session, user.id, work.now)
    with unscoped(work.session, "moves the cases of a person who leaves; none of them is shown"):
        _check_successor(work, successor, found, user)
        for assignment in found.assignments:
            assignment.person_id = successor.id
        cases = {one.id: one for one in found.complaints}
        for assignment in found.assignments:
            cases.setdefault(
                assignment.complaint_id, work.session.get_one(Complaint, assignment.complaint_id)
            )
        for investigation in found.investigations:
            investigation.leader_id = successor.id
            cases.setdefault(
                investigation.complaint_id, work.session.get_one(Complaint, investigation.complaint_id)
            )
        for measure in found.measures:
            measure.owner_id = successor.id
        for complaint in cases.values():
            reassign(work, complaint, user, successor, reason)
        work.session.flush()
    for cover in found.covers:
        _move_cover(work, cover, user, successor)
    for department in found.departments:
        if department.leader_id == user.id:
            department.leader_id = successor.id
        if department.leader_in_charge_id == user.id:
            department.leader_in_charge_id = successor.id
        record_change(work, "department.edited", department, reason.strip() or None)
    work.record(
        Draft(
            "user.duties_handed_over",
            "user",
            user.id,
            user.name,
            after={"to": successor.name, **{duty.kind: duty.count for duty in moved}},
            reason=reason.strip() or None,
        )
    )
    return moved


def reassign(work: UnitOfWork, complaint: Complaint, user: User, successor: User, reason: str = "") -> None:
    """One complaint goes from one person to another, with a line of history. Its state and clocks stay."""
    if complaint.handler_id == user.id:
        complaint.handler_id = successor.id
    if complaint.responsible_id == user.id:
        complaint.responsible_id = successor.id
    work.session.flush()
    write_event(
        work,
        complaint,
        EventKind.HANDED_OVER,
        text=reason.strip() or None,
        person_id=successor.id,
        person=successor.name,
        from_person=user.name,
    )
    refresh_visibility(work.session, complaint)
    work.record(
        Draft(
            "complaint.handed_over",
            "complaint",
            complaint.id,
            complaint.number,
            complaint,
            before={"person": user.name},
            after={"person": successor.name},
            reason=reason.strip() or None,
        )
    )
    tell(work, complaint, [successor.id], "handed_over", person=user.name)


def _check_successor(work: UnitOfWork, successor: User, found: InHand, user: User) -> None:
    departments = {assignment.department_id for assignment in found.assignments}
    departments |= {
        one.department_id for one in found.complaints if one.handler_id == user.id and one.department_id
    }
    reasons = []
    for department_id in sorted(departments):
        if successor.id not in holders(work.session, _TAKES_CASES, department_id):
            name = work.session.get_one(Department, department_id).name
            reasons.append(
                Reason("no_role", _l("%(name)s holds no role that works on complaints of %(department)s.",
                                     name=successor.name, department=name))
            )  # fmt: skip
    if reasons:
        raise Refused(reasons)


def _move_cover(work: UnitOfWork, cover: LeaveCover, user: User, successor: User) -> None:
    """A cover ends; where the person was the deputy, the successor stands in for the time that is left."""
    cover.ended_at = work.now
    record_change(work, "cover.ended", cover)
    if cover.deputy_id == user.id and cover.principal_id != successor.id:
        new = LeaveCover(
            principal_id=cover.principal_id,
            deputy_id=successor.id,
            starts_at=max(cover.starts_at, work.now),
            ends_at=cover.ends_at,
            reason=cover.reason,
            arranged_by_id=work.actor.user_id,
        )
        work.session.add(new)
        record_change(work, "cover.arranged", new)
