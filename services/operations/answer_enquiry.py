"""Answering a query, a piece of feedback or a suggestion."""

from __future__ import annotations

from models import Enquiry
from models.labels import _l
from models.reception_enums import EnquiryStatus
from services import audit
from services.access.permissions import Permission
from services.errors import NotPermitted, Reason, Refused
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.records import load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.enquiries import kind_of, may_answer, tell_of_enquiry
from services.workflow.typed import required


def answer_enquiry(
    work: UnitOfWork, enquiry_id: int, version: int | None = None, *, answer: str | None
) -> Enquiry:
    """Answered, by the post that the procedure names; whoever recorded it is told.

    NotPermitted for another post, Refused when it has its answer, Invalid without words.
    """
    enquiry: Enquiry = load_record(work, Enquiry, enquiry_id, version)
    grant = work.actor.grant_for(Permission.ENQUIRY_ANSWER)
    in_force = current_version(work.session)
    kind = kind_of(parsed(in_force), enquiry.kind) if in_force else None
    if grant is None or not may_answer(work.session, work.actor, kind, enquiry):
        raise NotPermitted
    if enquiry.status is EnquiryStatus.ANSWERED:
        raise Refused([Reason("answered", _l("It has been answered already."))])
    earlier = audit.values_of(enquiry)
    enquiry.answer = required(answer, "answer", _l("Write down the answer."))
    enquiry.status, enquiry.answered_at = EnquiryStatus.ANSWERED, work.now
    enquiry.answered_by_id = work.actor.user_id
    save(work, enquiry)
    record_change(work, "answer", enquiry, earlier, grant=grant)
    tell_of_enquiry(work, enquiry, [enquiry.recorded_by_id, enquiry.responsible_id], "enquiry.answered")
    return enquiry
