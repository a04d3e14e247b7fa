"""Commissioning an appraisal that the complainant asked for: a qualified body or experts (R15-14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models import Appraisal, Complaint
from models.enums import EventKind
from models.labels import _l
from models.remedy_enums import AppraisalBody, AppraisalResult
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, Reason, Refused, Text
from services.procedures.of_complaint import procedure_of
from services.records import grant_for_record, put_values, record_change, require_open, save
from services.unit_of_work import UnitOfWork
from services.workflow.steps import write_event


def commission_appraisal(
    work: UnitOfWork, complaint_id: int | None, *, values: Mapping[str, Any]
) -> Appraisal:
    """The appraisal, its result outstanding; who advances the cost is what the procedure says."""
    complaint = work.session.scalars(sa.select(Complaint).where(Complaint.id == (complaint_id or 0))).first()
    if complaint is None:
        raise Invalid({"complaint_id": _l("Pick the complaint that the appraisal is for.")})
    require_open(complaint)
    rule = procedure_of(work.session, complaint).appraisals
    if rule is None:
        raise Refused([Reason("no_appraisals", _l("The procedure of this complaint knows no appraisal."))])
    appraisal = Appraisal(
        complaint_id=complaint.id, result=AppraisalResult.OPEN, advanced_by=rule.advanced_by
    )
    put_values(appraisal, values)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, complaint)
    faults = _faults(work, appraisal)
    if faults:
        raise Invalid(faults)
    work.session.add(appraisal)
    save(work, appraisal)
    record_change(work, "create", appraisal, grant=grant)
    text = f"{appraisal.subject} · {appraisal.body}"
    write_event(
        work,
        complaint,
        EventKind.INVESTIGATED,
        text=text,
        clause=", ".join(rule.clause),
        grant=grant,
        done="appraisal_commissioned",
    )
    return appraisal


def _faults(work: UnitOfWork, appraisal: Appraisal) -> dict[str, Text]:
    today = work.now.astimezone(desk_zone(work.session)).date()
    faults: dict[str, Text] = {}
    if appraisal.body_kind is AppraisalBody.QUALIFIED and not (appraisal.qualification or "").strip():
        faults["qualification"] = _l("Only a qualified body may be commissioned: enter its certificate.")
    if appraisal.requested_on > today:
        faults["requested_on"] = _l("This can't lie in the future.")
    if not appraisal.requested_on <= appraisal.commissioned_on <= today:
        faults["commissioned_on"] = _l("Between the request and today.")
    return faults
