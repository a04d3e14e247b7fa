"""Opening an investigation of a complaint: its leader and members may read the case from now on (R02-09)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from models import Complaint, Investigation
from models.enums import EventKind, InformedOf, InvestigationStatus
from models.labels import _l
from services.access.permissions import Permission
from services.access.visibility import refresh_visibility
from services.errors import Invalid
from services.records import grant_on_case, put_values, record_change, require_open, save
from services.unit_of_work import UnitOfWork
from services.workflow.informing import inform
from services.workflow.investigations import put_rows, team
from services.workflow.steps import tell, write_event
from services.workflow.teams import check_team, may_appoint, with_group
from services.workflow.typed import active_user


def open_investigation(
    work: UnitOfWork,
    complaint_id: int | None,
    *,
    values: Mapping[str, Any],
    members: Sequence[Mapping[str, Any]] = (),
    findings: Sequence[Mapping[str, Any]] = (),
) -> Investigation:
    """The investigation, under way. `values` are its form fields (title, leader_id, group_id, plan, standard …).

    Invalid without a complaint in scope, and with a team smaller than the procedure wants; NotPermitted without
    INVESTIGATION_WRITE on it, Refused when it has ended or when the team is somebody else's to appoint.
    """
    complaint = work.session.scalars(sa.select(Complaint).where(Complaint.id == complaint_id)).first()
    if complaint is None:
        raise Invalid({"complaint_id": _l("Pick the complaint that is investigated.")})
    grant = grant_on_case(work, Permission.INVESTIGATION_WRITE, complaint)
    require_open(complaint)
    may_appoint(work, complaint)
    leader = active_user(work, values.get("leader_id"), "leader_id")
    members = with_group(work, complaint, values.get("group_id"), leader.id, members)
    check_team(work, complaint, leader.id, members)
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
