"""What the procedure requires before a complaint is accepted."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from models import Attachment, Party
from models.enums import ComplaintForm, PartySide
from models.labels import LazyString, _l, in_both
from services.errors import Reason, Text
from services.procedures.vocabulary import Field
from services.workflow.gates import Situation
from services.workflow.procedure_words import missing_for_acceptance

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
    Field.CHANNEL: _l("the channel"),
    Field.FORM: _l("written, oral or electronic"),
    Field.CATEGORY: _l("the category"),
    Field.NATURE: _l("the nature"),
    Field.COMPLAINANT_KIND: _l("the kind of complainant"),
    Field.OCCURRED_ON: _l("the day it happened"),
    Field.EVIDENCE: _l("evidence (photo, video or document)"),
    Field.WRITTEN_MATERIAL: _l("written material for an oral complaint"),
    Field.PRODUCT_NAME: _l("the product"),
    Field.BATCH_NUMBER: _l("the batch"),
    Field.STORE: _l("the store"),
    Field.THIRD_PARTY_NAME: _l("the third party's name"),
    Field.THIRD_PARTY_REFERENCE: _l("the third party's reference"),
    Field.CUSTOMER_DATE: _l("the date by which the customer wants an answer"),
}

ENTERED_AT: dict[Field, str] = {
    Field.COMPLAINANT_NAME: "people",
    Field.COMPLAINANT_PHONE: "people",
    Field.COMPLAINANT_ADDRESS: "people",
    Field.COMPLAINANT_ORGANISATION: "people",
    Field.COMPLAINANT_KIND: "people",
    Field.PARTY_COMPLAINED_ABOUT: "people",
    Field.CONTENT: "record:content",
    Field.REQUEST: "record:request",
    Field.GROUNDS: "record:grounds",
    Field.RECEIVED_AT: "record:received_at",
    Field.CHANNEL: "record:channel",
    Field.FORM: "record:form",
    Field.CATEGORY: "record:category_code",
    Field.NATURE: "record:nature",
    Field.OCCURRED_ON: "record:occurred_on",
    Field.EVIDENCE: "evidence",
    Field.WRITTEN_MATERIAL: "evidence",
    Field.PRODUCT_NAME: "record:product",
    Field.BATCH_NUMBER: "record:batch",
    Field.STORE: "record:place",
    Field.THIRD_PARTY_NAME: "record:passed_on_by",
    Field.THIRD_PARTY_REFERENCE: "record:source_reference",
    Field.CUSTOMER_DATE: "record:customer_due_on",
}
"""Where on the case's page it is entered; `record:` and a field lead to that field of the correction form."""


def _present(s: Situation) -> dict[Field, Callable[[], bool]]:
    """Whether each of the desk's own fields has been recorded, asked only where it matters."""
    complaint = s.complaint
    parties = list(s.session.scalars(sa.select(Party).where(Party.complaint_id == complaint.id)))
    complainants = [p for p in parties if p.side is PartySide.COMPLAINANT]

    def has_evidence() -> bool:
        query = sa.select(Attachment.id).where(
            Attachment.complaint_id == complaint.id, Attachment.withdrawn_at.is_(None)
        )
        return s.session.scalar(query.limit(1)) is not None

    return {
        Field.COMPLAINANT_NAME: lambda: any(p.name for p in complainants),
        Field.COMPLAINANT_PHONE: lambda: any(p.phone or p.email for p in complainants),
        Field.COMPLAINANT_ADDRESS: lambda: any(p.address for p in complainants),
        Field.COMPLAINANT_ORGANISATION: lambda: any(p.name for p in complainants),
        Field.PARTY_COMPLAINED_ABOUT: lambda: any(p.side is PartySide.COMPLAINED_ABOUT for p in parties),
        Field.CONTENT: lambda: bool(complaint.content.strip()),
        Field.REQUEST: lambda: bool(complaint.request),
        Field.GROUNDS: lambda: bool(complaint.grounds),
        Field.RECEIVED_AT: lambda: True,
        Field.CHANNEL: lambda: True,
        Field.FORM: lambda: True,
        Field.CATEGORY: lambda: bool(complaint.category_code) or not s.procedure.categories,
        Field.NATURE: lambda: bool(complaint.nature),
        Field.COMPLAINANT_KIND: lambda: bool(complaint.complainant_kind),
        Field.OCCURRED_ON: lambda: bool(complaint.occurred_on),
        Field.EVIDENCE: has_evidence,
        Field.WRITTEN_MATERIAL: lambda: complaint.form is not ComplaintForm.ORAL or has_evidence(),
        Field.PRODUCT_NAME: lambda: bool(complaint.product),
        Field.BATCH_NUMBER: lambda: bool(complaint.batch),
        Field.STORE: lambda: bool(complaint.place),
        Field.THIRD_PARTY_NAME: lambda: bool(complaint.passed_on_by),
        Field.THIRD_PARTY_REFERENCE: lambda: bool(complaint.source_reference),
        Field.CUSTOMER_DATE: lambda: bool(complaint.customer_due_on),
    }


def still_asked(s: Situation) -> list[Text]:
    """What the procedure asks for at registration and has not been recorded yet."""
    present = _present(s)
    found: list[Text] = []
    for rule in s.procedure.intake.asked_at_registration:
        if isinstance(rule.field, Field):
            if not present[rule.field]():
                found.append(FIELD_LABELS[rule.field])
            continue
        declared = s.procedure.declared_field(rule.field)
        if declared is not None and s.complaint.own_values.get(rule.field) in (None, "", []):
            found.append(in_both(declared.names.zh, declared.names.en))
    return found


def acceptance_complete(s: Situation) -> list[Reason]:
    """What the procedure requires before acceptance (R02-06, R02-07, R15-16): the missing ones are named."""
    present = _present(s)
    missing = [
        Reason(
            f"missing_{rule.field.value}",
            _l(
                "Missing for acceptance: %(field)s (%(clause)s).",
                field=FIELD_LABELS[rule.field],
                clause=", ".join(rule.clause) or _l("own rule"),
            ),
            ENTERED_AT[rule.field],
        )
        for rule in s.procedure.intake.required_for_acceptance
        if isinstance(rule.field, Field) and not present[rule.field]()
    ]
    return missing + missing_for_acceptance(s) + _anonymous(s)


def _anonymous(s: Situation) -> list[Reason]:
    """Registration takes everybody; where the procedure takes no anonymous complaints, acceptance waits for a name."""
    if s.procedure.intake.anonymous.allowed or not s.complaint.is_anonymous:
        return []
    clause = ", ".join(s.procedure.intake.anonymous.clause) or _l("own rule")
    message = _l(
        "This procedure accepts no anonymous complaints: record who complains (%(clause)s).", clause=clause
    )
    return [Reason("anonymous", message, "people")]
