"""The department that was asked answers; production records come as files (R05-05, R07-15)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Attachment, InvestigationRequest
from models.enums import EventKind, RequestKind, RoleName
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid, NotPermitted, Reason, Refused
from services.records import load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.inquiries import enter
from services.workflow.people import holders
from services.workflow.steps import tell, write_event
from services.workflow.typed import required


def answer_request(
    work: UnitOfWork, request_id: int, version: int | None = None, *, answer: str | None
) -> InvestigationRequest:
    """The answered request. By the person asked, who stands in for them, or the head of the department.

    Invalid when production records are asked for and no file answers the request.
    """
    request: InvestigationRequest = load_record(work, InvestigationRequest, request_id, version)
    entered = enter(work, request.investigation_id, permission=Permission.INVESTIGATION_ANSWER)
    heads = holders(work.session, [RoleName.DEPARTMENT_HEAD], request.department_id)
    if not work.actor.is_system and not {request.person_id, *heads} & work.actor.people:
        raise NotPermitted
    if request.answered_at is not None:
        raise Refused([Reason("answered", _l("This request is answered already."))])
    answer = required(answer, "answer", _l("Write down the answer."))
    files = work.session.scalar(
        sa.select(sa.func.count(Attachment.id)).where(
            Attachment.request_id == request.id, Attachment.withdrawn_at.is_(None)
        )
    )
    if request.kind is RequestKind.PRODUCTION_RECORDS and not files:
        raise Invalid({"files": _l("Add the production records as files.")})
    earlier = audit.values_of(request)
    request.answer = answer
    request.answered_at = work.now
    request.answered_by_id = work.actor.user_id
    save(work, request)
    record_change(work, "answer", request, earlier, grant=entered.grant)
    write_event(
        work,
        entered.complaint,
        EventKind.INVESTIGATED,
        text=answer,
        grant=entered.grant,
        done="answered",
        department=request.department.name,
    )
    people = [entered.investigation.leader_id, request.asked_by_id]
    tell(work, entered.complaint, people, "request.answered")
    return request
