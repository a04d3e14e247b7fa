"""Issued documents, written straight into the tables: how they come about is tested with the documents."""

from __future__ import annotations

import hashlib
from datetime import datetime
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, Complaint, DocumentDelivery, IssuedDocument
from models.enums import Channel, DeliveryKind, RoleName
from services.access.scope import unscoped
from services.documents.forms import forms_of, required_before
from services.procedures.of_complaint import parsed, procedure_of
from services.procedures.published import current_version
from services.procedures.schema import Procedure
from services.procedures.sections.documents import RequiredDocument
from tests.factories.organisation import House

_numbers = count(1)
CONTENT = b"issued before the test began"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
"""What such a document holds; whoever lets people open it puts CONTENT into the store."""


def put_required_documents(
    session: Session, house: House, public_id: str, step: str, *, now: datetime
) -> None:
    """Whatever document the procedure wants before `step`, as if it had been issued and handed on."""
    with unscoped(session, "a test puts into the file what the procedure wants there"):
        complaint = session.scalars(sa.select(Complaint).where(Complaint.public_id == public_id)).one()
        _put(session, house, complaint, procedure_of(session, complaint), step, now)


def put_accident_documents(session: Session, house: House, accident_id: int, *, now: datetime) -> None:
    """Whatever document the organisation's procedure wants before an accident is closed."""
    version = current_version(session)
    assert version is not None
    with unscoped(session, "a test puts into the file what the procedure wants there"):
        accident = session.get_one(Accident, accident_id)
        _put(session, house, accident, parsed(version), "close_accident", now)


def _put(
    session: Session,
    house: House,
    record: Complaint | Accident,
    procedure: Procedure,
    step: str,
    now: datetime,
) -> None:
    on_complaint = isinstance(record, Complaint)
    for required in required_before(procedure, step):
        form = forms_of(procedure)[required.form]
        document = IssuedDocument(
            complaint_id=record.id if on_complaint else None,
            accident_id=None if on_complaint else record.id,
            number=f"{record.number}-T{next(_numbers):02d}",
            form=form.code,
            name_zh=form.names.zh,
            name_en=form.names.en,
            audience=form.audience.value,
            round=record.round if isinstance(record, Complaint) else 1,
            language="zh",
            template=f"{procedure.code}/{procedure.version}",
            content_hash=DIGEST,
            pdf_sha256=DIGEST,
            pdf_size=len(CONTENT),
            word_sha256=DIGEST,
            word_size=len(CONTENT),
            issued_by_id=house[RoleName.HANDLER].id,
            issued_at=now,
        )
        document.deliveries = _deliveries(required, house, now)
        session.add(document)
    session.commit()


def _deliveries(required: RequiredDocument, house: House, now: datetime) -> list[DocumentDelivery]:
    if required.delivered_to is None:
        return []
    kind = DeliveryKind(required.delivered_to.value)
    outside = kind in (DeliveryKind.COMPLAINANT, DeliveryKind.AUTHORITY)
    return [
        DocumentDelivery(
            kind=kind,
            sent_at=now,
            department_id=house.ward.id if kind is DeliveryKind.DEPARTMENT else None,
            user_id=house[RoleName.LEADER].id if kind is DeliveryKind.LEADERSHIP else None,
            channel=Channel.LETTER if outside else None,
            recipient="主管部门" if kind is DeliveryKind.AUTHORITY else None,
        )
    ]
