"""Recording that an issued document went to somebody: complainant, department, leadership or an authority."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from models import DocumentDelivery, IssuedDocument, OutboxMessage
from models.enums import Channel, DeliveryKind, EventKind
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.documents.subjects import Case, grant_to_issue
from services.errors import Invalid, NotFound, Reason, Refused
from services.identity.actors import actor_for
from services.procedures.sections.documents import Audience
from services.records import save
from services.unit_of_work import UnitOfWork
from services.workflow.people import only_named
from services.workflow.privacy import require_consent
from services.workflow.steps import write_event
from services.workflow.typed import active_user, not_in_future, open_department, optional, required


def deliver_document(
    work: UnitOfWork,
    document_id: str,
    *,
    kind: DeliveryKind | None,
    department_id: int | None = None,
    user_id: int | None = None,
    recipient: str | None = None,
    channel: Channel | None = None,
    sent_at: datetime | None = None,
    remark: str | None = None,
) -> DocumentDelivery:
    """The recorded delivery; whoever works here is told, and can read the document from then on.

    Refused when a document that holds internal matter would leave the organisation (R03-13).
    """
    document = work.session.scalars(
        sa.select(IssuedDocument)
        .where(IssuedDocument.public_id == document_id)
        .with_for_update(of=IssuedDocument)
    ).first()
    if document is None:
        raise NotFound
    case = Case(document.accident.complaint if document.accident else document.complaint, document.accident)
    grant_to_issue(work, case)
    if kind is None:
        raise Invalid({"kind": _l("Say to whom it went.")})
    delivery = DocumentDelivery(
        document_id=document.id,
        kind=kind,
        sent_at=not_in_future(work, sent_at, "sent_at"),
        remark=optional(remark, "remark", 300),
        recorded_by_id=work.actor.user_id,
    )
    if kind in (DeliveryKind.COMPLAINANT, DeliveryKind.AUTHORITY):
        _outside(delivery, document, channel, recipient)
        told: list[int | None] = []
    else:
        told = _inside(work, delivery, case, department_id, user_id)
    if kind is DeliveryKind.AUTHORITY and case.complaint is not None:
        require_consent(work.session, case.complaint, delivery.recipient or "")
    if delivery.sent_at < document.issued_at.replace(second=0, microsecond=0):
        raise Invalid({"sent_at": _l("It can't have gone out before it was issued.")})
    work.session.add(delivery)
    save(work, delivery)
    _record(work, document, delivery, case)
    _tell(work, case, told, document)
    return delivery


def _tell(work: UnitOfWork, case: Case, people: list[int | None], document: IssuedDocument) -> None:
    """Whoever got it may read the paper and not the case: the notice leads to the document, not to the complaint.

    Of a confidential complaint it hangs on the case, so that only people named there are told.
    """
    secret = case.complaint if case.complaint is not None and case.complaint.is_confidential else None
    for person in dict.fromkeys(people):
        if person is not None and person != work.actor.user_id:
            payload = {
                "by": work.actor.name,
                "document": document.number,
                "document_address": document.public_id,
            }
            work.session.add(
                OutboxMessage(
                    recipient_id=person,
                    complaint_id=secret.id if secret else None,
                    topic="document.received",
                    payload=payload,
                    next_attempt_at=work.now,
                )
            )


def _outside(
    delivery: DocumentDelivery, document: IssuedDocument, channel: Channel | None, recipient: str | None
) -> None:
    if not Audience(document.audience).leaves:
        raise Refused(
            [
                Reason(
                    "internal",
                    _l("This form is internal and may not leave the organisation; issue one for outside."),
                )
            ]
        )
    if channel is None:
        raise Invalid({"channel": _l("Say how it was sent.")})
    delivery.channel = channel
    if delivery.kind is DeliveryKind.AUTHORITY:
        delivery.recipient = required(recipient, "recipient", _l("Name the authority or body."), 200)


def _inside(
    work: UnitOfWork, delivery: DocumentDelivery, case: Case, department_id: int | None, user_id: int | None
) -> list[int | None]:
    if delivery.kind is DeliveryKind.DEPARTMENT:
        department = open_department(work, department_id, "department_id")
        if case.complaint is not None and case.complaint.is_confidential:
            raise Refused(
                [
                    Reason(
                        "confidential",
                        _l("A confidential complaint goes to named people, never to a department."),
                    )
                ]
            )
        delivery.department_id = department.id
        return [department.leader_id]
    user = active_user(work, user_id, "user_id")
    if not actor_for(work.session, user, work.now).may(Permission.COMPLAINT_APPROVE):
        raise Invalid({"user_id": _l("Choose a leader or the head of quality.")})
    if case.complaint is not None and not only_named(work.session, case.complaint, [user.id]):
        raise Invalid({"user_id": _l("This person is not named on the confidential complaint.")})
    delivery.user_id = user.id
    return [user.id]


def _record(work: UnitOfWork, document: IssuedDocument, delivery: DocumentDelivery, case: Case) -> None:
    place = delivery.department.name if delivery.department else delivery.user.name if delivery.user else None
    to_whom = place or delivery.recipient or str(delivery.kind.value)
    moment = delivery.sent_at.astimezone(desk_zone(work.session)).strftime("%Y-%m-%d %H:%M")
    if case.complaint is not None:
        write_event(
            work,
            case.complaint,
            EventKind.DOCUMENT_DELIVERED,
            text=f"{document.name_zh} {document.number} → {to_whom} {moment}",
            document=document.public_id,
            kind=delivery.kind,
        )
    work.record(
        audit.Draft(
            "document.deliver",
            "issued_document",
            document.id,
            document.number,
            case.complaint,
            after={"kind": delivery.kind.value, "to": to_whom, "sent_at": delivery.sent_at.isoformat()},
            reason=delivery.remark,
        )
    )
