"""Recording the complainant's identity document; its number is sealed at once (R07-04)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Complaint
from models.labels import _l
from models.privacy import IdentityDocument, IdentityKind
from services.access.masking import reads_plainly
from services.access.permissions import Permission
from services.errors import Invalid, NotPermitted, Text
from services.records import grant_on_case, record_change, require_open, save
from services.sealing import blind_index, seal
from services.unit_of_work import UnitOfWork
from services.workflow.privacy import masked_number, number_faults, tidy
from services.workflow.steps import load


def record_identity(
    work: UnitOfWork, complaint_id: str, *, kind: IdentityKind | None, number: str | None
) -> IdentityDocument:
    """The document; entering it again replaces a mistyped one, which the audit trail tells without either number."""
    complaint: Complaint = load(work, complaint_id)
    grant = grant_on_case(work, Permission.COMPLAINT_REVEAL, complaint)
    if not reads_plainly(work.actor, complaint):
        raise NotPermitted
    require_open(complaint)
    typed = tidy(number or "")
    faults: dict[str, Text] = {}
    if kind is None:
        faults["kind"] = _l("Choose the kind of document.")
    fault = number_faults(kind, typed)
    if fault is not None:
        faults["number"] = fault
    if faults or kind is None:
        raise Invalid(faults)
    query = sa.select(IdentityDocument).where(IdentityDocument.complaint_id == complaint.id)
    record = work.session.scalars(query).first()
    verb = "edit" if record is not None else "create"
    record = record or IdentityDocument(complaint_id=complaint.id)
    record.kind, record.number_sealed = kind, seal(typed)
    record.number_index, record.number_masked = blind_index(typed), masked_number(typed)
    record.recorded_by_id = work.actor.user_id
    work.session.add(record)
    save(work, record)
    record_change(work, verb, record, None, grant=grant)
    return record
