"""Shutting a department complained about, and everybody in it, out of a confidential case (R15-19)."""

from __future__ import annotations

import sqlalchemy as sa

from models import AccusedDepartment, Complaint, NamedPerson
from models.labels import _l
from services.access.accused import accused_people
from services.access.permissions import Permission
from services.access.visibility import refresh_visibility
from services.errors import Invalid, Reason, Refused
from services.records import grant_on_case, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.naming import check_named
from services.workflow.steps import load
from services.workflow.typed import open_department


def accuse_department(work: UnitOfWork, complaint_id: str, *, department_id: int | None) -> AccusedDepartment:
    """The bar. Whoever was named from there is named no longer; somebody who can decide has to remain."""
    complaint: Complaint = load(work, complaint_id)
    grant = grant_on_case(work, Permission.COMPLAINT_MARK_CONFIDENTIAL, complaint)
    if not complaint.is_confidential:
        raise Refused([Reason("open", _l("Mark the complaint confidential first."))])
    department = open_department(work, department_id, "department_id")
    known = sa.select(AccusedDepartment.id).where(
        AccusedDepartment.complaint_id == complaint.id, AccusedDepartment.department_id == department.id
    )
    if work.session.scalar(known) is not None:
        raise Invalid({"department_id": _l("This department is shut out already.")})
    record = AccusedDepartment(complaint_id=complaint.id, department_id=department.id)
    work.session.add(record)
    save(work, record)
    query = sa.select(NamedPerson).where(
        NamedPerson.complaint_id == complaint.id, NamedPerson.ended_at.is_(None)
    )
    named = list(work.session.scalars(query))
    barred = accused_people(work.session, complaint.id, {one.user_id for one in named})
    if work.actor.user_id in barred:
        raise Invalid({"department_id": _l("You belong to this department: somebody else has to do this.")})
    faults = check_named(work, {one.user_id for one in named} - barred, field="department_id")
    if faults:
        raise Invalid(faults)
    for one in named:
        if one.user_id in barred:
            one.ended_at = work.now
    if complaint.responsible_id in barred:
        complaint.responsible_id = work.actor.user_id
    if complaint.handler_id in barred:
        complaint.handler_id = None
    refresh_visibility(work.session, complaint)
    record_change(work, "create", record, grant=grant)
    return record
