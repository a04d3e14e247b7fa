"""Checking the items of an inspection on one complaint of its sample, or on the whole."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from models import Inspection, InspectionCase, InspectionFinding
from models.analysis_enums import CheckVerdict, InspectionStatus
from models.labels import _l
from services.access.permissions import Permission
from services.access.separation import involved
from services.errors import Invalid, NotFound, NotPermitted, Reason, Refused
from services.records import grant_for_record, load_record, record_change, save
from services.reports.inspecting import checked
from services.unit_of_work import UnitOfWork

Findings = Mapping[str, tuple[CheckVerdict | None, str | None]]


def check_items(
    work: UnitOfWork, inspection_id: int, version: int | None, complaint_id: int | None, *, findings: Findings
) -> Inspection:
    """The findings by item code. Every item gets a verdict, and whatever does not conform a word on what was found.

    NotFound for a complaint that is not in the sample, Invalid at `verdict_<item>` and `note_<item>`.
    """
    inspection: Inspection = load_record(work, Inspection, inspection_id, version)
    grant = grant_for_record(work, Permission.INSPECTION_WRITE, inspection)
    if not involved(work.actor, inspection.led_by_id):
        raise NotPermitted(_l("Only the person who leads the inspection writes in it."))
    if inspection.status is not InspectionStatus.OPEN:
        raise Refused([Reason("concluded", _l("The inspection is concluded; its record stands."))])
    _require_subject(work, inspection, complaint_id)
    items = [item["code"] for item in inspection.checklist]
    _require_whole(items, findings)
    known = checked(work.session, inspection)
    for item in items:
        verdict, note = findings[item]
        row = known.get((complaint_id, item))
        if row is None:
            row = InspectionFinding(inspection_id=inspection.id, complaint_id=complaint_id, item=item)
            work.session.add(row)
        row.verdict, row.note = verdict or CheckVerdict.NOT_APPLICABLE, (note or "").strip() or None
        row.found_at, row.found_by_id = work.now, work.actor.user_id
    save(work, inspection)
    failed = [item for item in items if findings[item][0] is CheckVerdict.FAILS]
    record_change(work, "check_items", inspection, {}, grant=grant, further={"failed": failed})
    return inspection


def _require_subject(work: UnitOfWork, inspection: Inspection, complaint_id: int | None) -> None:
    """A sample is checked case by case, an inspection without one on the whole."""
    if complaint_id is None and not inspection.sample_size:
        return
    query = sa.select(InspectionCase.id).where(
        InspectionCase.inspection_id == inspection.id, InspectionCase.complaint_id == complaint_id
    )
    if work.session.scalar(query) is None:
        raise NotFound


def _require_whole(items: list[str], findings: Findings) -> None:
    faults = {}
    for item in items:
        verdict, note = findings.get(item, (None, None))
        if verdict is None:
            faults[f"verdict_{item}"] = _l("Choose what the check came to.")
        elif verdict is CheckVerdict.FAILS and not (note or "").strip():
            faults[f"note_{item}"] = _l("Say what does not conform.")
    if faults:
        raise Invalid(faults)
