"""Reading the number of an identity document, and finding cases by it: with a reason, and on record (R07-04)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Complaint
from models.labels import _l
from models.privacy import IdentityDocument
from services import audit
from services.access.masking import may_reveal, own_cases
from services.access.permissions import Permission
from services.errors import Invalid, NotFound, NotPermitted
from services.sealing import blind_index, unseal
from services.unit_of_work import UnitOfWork
from services.workflow.privacy import tidy
from services.workflow.steps import load
from services.workflow.typed import required


def show_identity(work: UnitOfWork, complaint_id: str, *, reason: str | None) -> str:
    """The whole number, for whoever may read the personal data of the case."""
    complaint = load(work, complaint_id)
    if not may_reveal(work.actor, complaint):
        raise NotPermitted
    why = required(reason, "reason", _l("Say what you need it for."))
    query = sa.select(IdentityDocument).where(IdentityDocument.complaint_id == complaint.id)
    record = work.session.scalars(query).first()
    if record is None:
        raise NotFound
    work.record(
        audit.Draft("identity_document.reveal", "identity_document", record.id, None, complaint, reason=why)
    )
    return str(unseal(record.number_sealed))


def find_by_identity(work: UnitOfWork, *, number: str | None, reason: str | None) -> list[Complaint]:
    """The actor's own cases in which exactly this number is recorded. The number itself is kept nowhere."""
    if not work.actor.may(Permission.COMPLAINT_REVEAL):
        raise NotPermitted
    typed = tidy(number or "")
    if not typed:
        raise Invalid({"number": _l("Give the number of the document.")})
    why = required(reason, "reason", _l("Say what you need it for."))
    found = list(
        work.session.scalars(
            sa.select(Complaint)
            .join(IdentityDocument, IdentityDocument.complaint_id == Complaint.id)
            .where(IdentityDocument.number_index == blind_index(typed), own_cases(Complaint, work.actor))
            .order_by(Complaint.id.desc())
        )
    )
    work.record(
        audit.Draft("identity_document.search", "identity_document", after={"found": len(found)}, reason=why)
    )
    return found
