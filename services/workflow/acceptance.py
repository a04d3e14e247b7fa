"""What the procedure requires before a complaint is accepted."""

from __future__ import annotations

import sqlalchemy as sa

from models import Attachment, Party
from models.enums import ComplaintForm, PartySide
from models.labels import LazyString, _l
from services.errors import Reason
from services.procedures.vocabulary import Field
from services.workflow.gates import Situation

FIELD_LABELS: dict[Field, LazyString] = {
    Field.COMPLAINANT_NAME: _l("complainant's name"),
    Field.COMPLAINANT_PHONE: _l("complainant's telephone or e-mail"),
    Field.COMPLAINANT_ADDRESS: _l("complainant's address"),
    Field.COMPLAINANT_ORGANISATION: _l("complainant's organisation"),
    Field.PARTY_COMPLAINED_ABOUT: _l("the party complained about"),
    Field.CONTENT: _l("the content"),
    Field.REQUEST: _l("the remedy sought"),
    Field.GROUNDS: _l("facts and grounds"),
    Field.RECEIVED_AT: _l("the moment of receipt"),
    Field.EVIDENCE: _l("evidence (photo, video or document)"),
    Field.WRITTEN_MATERIAL: _l("written material for an oral complaint"),
    Field.PRODUCT_NAME: _l("the product"),
    Field.BATCH_NUMBER: _l("the batch"),
    Field.STORE: _l("the store"),
    Field.THIRD_PARTY_NAME: _l("the third party's name"),
    Field.THIRD_PARTY_REFERENCE: _l("the third party's reference"),
}


def acceptance_complete(s: Situation) -> list[Reason]:
    """What the procedure requires before acceptance (R02-06, R02-07, R15-16): the missing ones are named."""
    complaint = s.complaint
    parties = list(s.session.scalars(sa.select(Party).where(Party.complaint_id == complaint.id)))
    complainants = [p for p in parties if p.side is PartySide.COMPLAINANT]

    def has_evidence() -> bool:
        query = sa.select(Attachment.id).where(
            Attachment.complaint_id == complaint.id, Attachment.withdrawn_at.is_(None)
        )
        return s.session.scalar(query.limit(1)) is not None

    present = {
        Field.COMPLAINANT_NAME: lambda: any(p.name for p in complainants),
        Field.COMPLAINANT_PHONE: lambda: any(p.phone or p.email for p in complainants),
        Field.COMPLAINANT_ADDRESS: lambda: any(p.address for p in complainants),
        Field.COMPLAINANT_ORGANISATION: lambda: any(p.name for p in complainants),
        Field.PARTY_COMPLAINED_ABOUT: lambda: any(p.side is PartySide.COMPLAINED_ABOUT for p in parties),
        Field.CONTENT: lambda: bool(complaint.content.strip()),
        Field.REQUEST: lambda: bool(complaint.request),
        Field.GROUNDS: lambda: bool(complaint.grounds),
        Field.RECEIVED_AT: lambda: True,
        Field.EVIDENCE: has_evidence,
        Field.WRITTEN_MATERIAL: lambda: complaint.form is not ComplaintForm.ORAL or has_evidence(),
        Field.PRODUCT_NAME: lambda: bool(complaint.product),
        Field.BATCH_NUMBER: lambda: bool(complaint.batch),
        Field.STORE: lambda: bool(complaint.place),
        Field.THIRD_PARTY_NAME: lambda: bool(complaint.passed_on_by),
        Field.THIRD_PARTY_REFERENCE: lambda: bool(complaint.source_reference),
    }
    return [
        Reason(
            f"missing_{rule.field.value}",
            _l(
                "Missing for acceptance: %(field)s (%(clause)s).",
                field=FIELD_LABELS[rule.field],
                clause=", ".join(rule.clause) or _l("own rule"),
            ),
            "summary",
        )
        for rule in s.procedure.intake.required_for_acceptance
        if not present[rule.field]()
    ]
