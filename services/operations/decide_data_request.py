"""Deciding on a person's request about their data, and carrying the decision out."""

from __future__ import annotations

import sqlalchemy as sa

from models import Complaint, ComplaintEvent, DataRequest, DataRequestCase
from models.enums import EventKind
from models.labels import _l
from models.privacy_requests import DataDecision, DataRequestKind, DataRequestStatus
from services import audit
from services.access.permissions import Permission
from services.archives.data_requests import against_erasing, cases_of_request
from services.errors import Invalid, NotPermitted, Reason, Refused
from services.records import load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.typed import optional, required


def decide_data_request(
    work: UnitOfWork,
    request_id: int,
    version: int | None = None,
    *,
    decision: DataDecision,
    reason: str | None,
    legal_ground: str | None = None,
) -> DataRequest:
    """Granted, granted in part, or refused: the latter two with the legal ground.

    Erasure is refused by the desk itself while the duty to keep a file runs (个人信息保护法 art. 47 para. 2).
    """
    request: DataRequest = load_record(work, DataRequest, request_id, version)
    grant = work.actor.grant_for(Permission.DATA_REQUEST_DECIDE)
    if grant is None:
        raise NotPermitted
    if request.status is not DataRequestStatus.OPEN:
        raise Refused([Reason("decided", _l("This request is decided already."))])
    if request.kind is DataRequestKind.ERASURE and decision is not DataDecision.REFUSED:
        reasons = against_erasing(work.session, request, work.now)
        if reasons:
            raise Refused(reasons)
    ground = optional(legal_ground, "legal_ground", 300)
    if decision is not DataDecision.GRANTED and ground is None:
        raise Invalid({"legal_ground": _l("Name the legal ground for what is not granted.")})
    earlier = audit.values_of(request)
    request.decision, request.legal_ground = decision, ground
    request.decision_reason = required(reason, "reason", _l("Write down the reasons."))
    request.status = (
        DataRequestStatus.REFUSED if decision is DataDecision.REFUSED else DataRequestStatus.TO_DO
    )
    request.decided_by_id, request.decided_at = work.actor.user_id, work.now
    save(work, request)
    record_change(work, "decide", request, earlier, grant=grant)
    return request


def carry_out_data_request(
    work: UnitOfWork, request_id: int, version: int | None = None, *, what: str | None
) -> DataRequest:
    """Carried out. Refused while what was granted has not happened: no copy made, nothing corrected, not destroyed."""
    request: DataRequest = load_record(work, DataRequest, request_id, version)
    grant = work.actor.grant_for(Permission.DATA_REQUEST_WRITE)
    if grant is None:
        raise NotPermitted
    if request.status is not DataRequestStatus.TO_DO:
        raise Refused([Reason("not_to_do", _l("There is nothing to carry out."))])
    reference = _reference(work, request)
    earlier = audit.values_of(request)
    said = required(what, "what", _l("Say what was done, and how the person was told."))
    request.done_what = f"{said}\n{reference}" if reference else said
    request.status, request.done_at, request.done_by_id = DataRequestStatus.DONE, work.now, work.actor.user_id
    save(work, request)
    record_change(work, "done", request, earlier, grant=grant)
    return request


def _reference(work: UnitOfWork, request: DataRequest) -> str:
    """What on the record shows that it happened. Refused when nothing does."""
    if request.kind is DataRequestKind.COPY:
        if request.copied_at is None:
            raise Refused([Reason("no_copy", _l("Make the copy first."))])
        return f"SHA-256 {request.copy_sha256}"
    if request.kind is DataRequestKind.ERASURE:
        left = [case.number for case in cases_of_request(work.session, request) if case.destroyed_at is None]
        if left:
            message = _l("Still to be destroyed under two signatures: %(numbers)s.", numbers=", ".join(left))
            raise Refused([Reason("not_destroyed", message)])
        return ""
    kinds = [EventKind.CORRECT]
    if request.kind is DataRequestKind.SUPPLEMENT:
        kinds += [EventKind.NOTE, EventKind.ATTACHED]
    steps = work.session.execute(
        sa.select(ComplaintEvent.at, Complaint.number)
        .join(Complaint, Complaint.id == ComplaintEvent.complaint_id)
        .join(DataRequestCase, DataRequestCase.complaint_id == Complaint.id)
        .where(DataRequestCase.request_id == request.id)
        .where(ComplaintEvent.event.in_(kinds), ComplaintEvent.at >= request.received_at)
        .order_by(ComplaintEvent.id)
    ).all()
    if not steps:
        message = _l(
            "Nothing on these complaints was corrected since the request came in; correct it there first."
        )
        raise Refused([Reason("not_corrected", message)])
    return "\n".join(f"{number} {at:%Y-%m-%d %H:%M} UTC" for at, number in steps)
