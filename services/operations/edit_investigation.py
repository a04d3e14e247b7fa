"""Changing an investigation that is under way: its plan, its team, what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models import Investigation
from models.enums import EventKind, InvestigationStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.access.visibility import refresh_visibility
from services.errors import Reason, Refused
from services.records import (
    case_of,
    grant_for_record,
    load_record,
    put_values,
    record_change,
    require_open,
    save,
)
from services.unit_of_work import UnitOfWork
from services.workflow.investigations import put_rows, team
from services.workflow.steps import tell, write_event
from services.workflow.teams import check_team, may_appoint, with_group
from services.workflow.typed import active_user


def edit_investigation(
    work: UnitOfWork,
    investigation_id: int,
    version: int | None,
    *,
    values: Mapping[str, Any],
    members: Sequence[Mapping[str, Any]],
    findings: Sequence[Mapping[str, Any]],
) -> Investigation:
    """The changed investigation. Refused once it is finished; else as services.operations.edit_record."""
    investigation: Investigation = load_record(work, Investigation, investigation_id, version)
    grant = grant_for_record(work, Permission.INVESTIGATION_WRITE, investigation)
    complaint = case_of(work, investigation)
    assert complaint is not None
    require_open(complaint)
    if investigation.status is InvestigationStatus.FINISHED:
        raise Refused([Reason("finished", _l("The investigation is finished; its record stands."))])
    earlier, known = audit.values_of(investigation), set(team(work, investigation))
    if values.get("leader_id") != investigation.leader_id:
        active_user(work, values.get("leader_id"), "leader_id")
    if values.get("group_id", investigation.group_id) != investigation.group_id:
        members = with_group(work, complaint, values.get("group_id"), values.get("leader_id"), members)
    check_team(work, complaint, values.get("leader_id"), members)
    put_values(investigation, values)
    further = put_rows(work, investigation, members, findings)
    if "members" in further:
        may_appoint(work, complaint)
    if further and audit.differences(investigation, earlier) == ({}, {}):
        investigation.version += 1  # somebody with the old rows open must notice
    save(work, investigation)
    if not record_change(work, "edit", investigation, earlier, grant=grant, further=further):
        return investigation
    if "findings" in further:
        write_event(
            work, complaint, EventKind.INVESTIGATED, text=investigation.title, grant=grant, done="findings"
        )
    refresh_visibility(work.session, complaint)
    tell(
        work,
        complaint,
        set(team(work, investigation)) - known,
        "investigation.opened",
        title=investigation.title,
    )
    return investigation
