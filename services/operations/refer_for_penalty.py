"""Putting a responsible party forward to the authority for penalty (R15-18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models import Complaint, Measure, PenaltyReferral
from models.enums import EventKind, MeasureKind, MeasureStatus
from models.labels import _l
from models.remedy_enums import PenaltyGround
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, Reason, Refused
from services.procedures.of_complaint import procedure_of
from services.records import grant_for_record, put_values, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.steps import write_event


def refer_for_penalty(
    work: UnitOfWork, complaint_id: int | None, *, values: Mapping[str, Any]
) -> PenaltyReferral:
    """The referral. Refused where the procedure has none; on the ground of lateness only with an overdue order."""
    complaint = work.session.scalars(sa.select(Complaint).where(Complaint.id == (complaint_id or 0))).first()
    if complaint is None:
        raise Invalid({"complaint_id": _l("Pick the complaint that it is about.")})
    rule = procedure_of(work.session, complaint).penalty_referrals
    if rule is None:
        raise Refused(
            [Reason("no_referral", _l("The procedure of this complaint knows no referral for penalty."))]
        )
    referral = PenaltyReferral(complaint_id=complaint.id)
    put_values(referral, values)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, complaint)
    today = work.now.astimezone(desk_zone(work.session)).date()
    if referral.referred_on > today:
        raise Invalid({"referred_on": _l("This can't lie in the future.")})
    if referral.ground is PenaltyGround.OVERDUE and not _overdue_order(work, complaint, today):
        message = _l(
            "No rectification order of this complaint is overdue; record it with its deadline first."
        )
        raise Invalid({"ground": message})
    work.session.add(referral)
    save(work, referral)
    record_change(work, "create", referral, grant=grant)
    write_event(
        work,
        complaint,
        EventKind.MEASURE_RECORDED,
        text=referral.facts,
        clause=", ".join(rule.clause),
        grant=grant,
        authority=referral.authority,
        done="penalty_referred",
    )
    return referral


def _overdue_order(work: UnitOfWork, complaint: Complaint, today: Any) -> bool:
    query = sa.select(Measure.id).where(
        Measure.complaint_id == complaint.id,
        Measure.kind == MeasureKind.RECTIFICATION,
        Measure.status == MeasureStatus.PLANNED,
        Measure.due_on < today,
    )
    return work.session.scalar(query.limit(1)) is not None
