"""Beginning an investigation, and its rows: its team and its findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from models import Complaint, Department, Finding, Investigation, InvestigationMember, User
from models.enums import EventKind, InformedOf, InvestigationStatus
from models.labels import _l
from services.access.visibility import refresh_visibility
from services.actor import Grant
from services.errors import Invalid
from services.procedures.of_complaint import procedure_of
from services.records import put_values, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.informing import inform
from services.workflow.people import only_named
from services.workflow.steps import tell, write_event
from services.workflow.typed import active_user

Rows = Sequence[Mapping[str, Any]]


def begin_investigation(
    work: UnitOfWork,
    complaint: Complaint,
    values: Mapping[str, Any],
    members: Rows = (),
    findings: Rows = (),
    *,
    grant: Grant | None,
) -> Investigation:
    """An investigation under way, with its history; its team reads the case and is told."""
    investigation = Investigation(
        complaint_id=complaint.id, status=InvestigationStatus.OPEN, started_at=work.now
    )
    put_values(investigation, values)
    work.session.add(investigation)
    save(work, investigation)
    further = put_rows(work, investigation, members, findings)
    record_change(work, "open", investigation, grant=grant, further=further)
    write_event(work, complaint, EventKind.INVESTIGATED, text=investigation.title, grant=grant, done="opened")
    refresh_visibility(work.session, complaint)
    tell(work, complaint, team(work, investigation), "investigation.opened", title=investigation.title)
    inform(work, complaint, InformedOf.INVESTIGATION_OPENED, investigation.title)
    return investigation


def open_on_acceptance(
    work: UnitOfWork, complaint: Complaint, leader_id: int | None, *, grant: Grant | None
) -> Investigation | None:
    """The investigation that the acceptance opens where the procedure says so (R03-03); None elsewhere.

    Its team can be completed afterwards: without it the investigation can't be finished.
    """
    rule = procedure_of(work.session, complaint).intake.acceptance
    if rule is None or not rule.opens_investigation:
        return None
    leader = _leader(work, complaint, leader_id)
    values = {"title": complaint.summary[:200], "leader_id": leader}
    return begin_investigation(work, complaint, values, grant=grant)


def _leader(work: UnitOfWork, complaint: Complaint, chosen: int | None) -> int | None:
    """Whoever was chosen; else the head of the department that received it, else whoever accepts it."""
    if chosen is not None:
        if only_named(work.session, complaint, [active_user(work, chosen, "leader_id").id]):
            return chosen
        raise Invalid({"leader_id": _l("Not named on the complaint: name this person first.")})
    department = work.session.get(Department, complaint.receiving_department_id or 0)
    head = department.leader_id if department else None
    able = only_named(work.session, complaint, [head]) if head is not None else []
    return head if able else work.actor.user_id or complaint.first_receiver_id


def put_rows(work: UnitOfWork, investigation: Investigation, members: Rows, findings: Rows) -> dict[str, Any]:
    """Make team and findings what the rows say: changed, added, taken out. Returns what changed, for the audit."""
    ids = [row["user_id"] for row in members if row.get("user_id") is not None]
    if len(ids) != len(set(ids)):
        raise Invalid({"members": _l("A person can be in the team only once.")})
    changed: dict[str, Any] = {}
    before, after = _names(work, investigation), None
    if _put(work, InvestigationMember, investigation, members, ("user_id", "part")):
        after = _names(work, investigation)
        changed["members"] = {"from": before, "to": after}
    if _put(work, Finding, investigation, findings, ("allegation", "verdict", "facts")):
        query = sa.select(Finding.allegation, Finding.verdict).where(
            Finding.investigation_id == investigation.id
        )
        changed["findings"] = [
            f"{row.allegation[:80]}: {row.verdict.value}" for row in work.session.execute(query)
        ]
    return changed


def _put(
    work: UnitOfWork, model: Any, investigation: Investigation, rows: Rows, keys: tuple[str, ...]
) -> bool:
    """Whether anything changed. Rows without any value are left out; ids of other investigations are unknown here."""
    query = sa.select(model).where(model.investigation_id == investigation.id)
    known = {row.id: row for row in work.session.scalars(query)}
    kept: set[int] = set()
    changed = False
    for values in rows:
        if all(values.get(key) in (None, "") for key in keys):
            continue
        row = known.get(values.get("id") or 0)
        if row is None:
            row = model(investigation_id=investigation.id)
            work.session.add(row)
        else:
            kept.add(row.id)
        for key in keys:
            if getattr(row, key) != values.get(key):
                setattr(row, key, values.get(key))
                changed = True
    for row_id, row in known.items():
        if row_id not in kept:
            work.session.delete(row)
            changed = True
    work.session.flush()
    return changed


def _names(work: UnitOfWork, investigation: Investigation) -> list[str]:
    query = (
        sa.select(User.name)
        .join(InvestigationMember, InvestigationMember.user_id == User.id)
        .where(InvestigationMember.investigation_id == investigation.id)
        .order_by(User.name)
    )
    return list(work.session.scalars(query))


def team(work: UnitOfWork, investigation: Investigation) -> list[int]:
    """Leader and members."""
    query = sa.select(InvestigationMember.user_id).where(
        InvestigationMember.investigation_id == investigation.id
    )
    return [investigation.leader_id, *work.session.scalars(query)]
