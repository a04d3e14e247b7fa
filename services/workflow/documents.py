"""Gates of the documents that a procedure requires before a step (internal memo, handling report, notice of result)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, DocumentDelivery, IssuedDocument
from models.enums import DeliveryKind, State
from models.labels import _l
from services.documents.forms import forms_of, required_before
from services.errors import Reason
from services.procedures.schema import Procedure
from services.procedures.sections.documents import Audience, RequiredDocument
from services.workflow.gates import Situation
from services.workflow.remedies import applies

_ENDED_EARLY = frozenset({State.REFUSED, State.STATUTORY_ROUTE, State.REFERRED})
"""These were told the reason of their ending; no result was come to that a document could hold."""


def documents_before_opinion(s: Situation) -> list[Reason]:
    return _missing(s, "submit_opinion")


def documents_before_reply(s: Situation) -> list[Reason]:
    return _missing(s, "reply")


def documents_before_closing(s: Situation) -> list[Reason]:
    return _missing(s, "close")


def documents_before_filing(s: Situation) -> list[Reason]:
    """No file without the written result, memo or report that the procedure names (R01-11, R05-12, R10-09)."""
    return [] if s.complaint.state in _ENDED_EARLY or s.complaint.is_imported else _missing(s, "archive")


def _missing(s: Situation, step: str) -> list[Reason]:
    reachable = not s.complaint.not_notifiable_reason
    of_record = IssuedDocument.complaint_id == s.complaint.id
    return missing_documents(
        s.session, s.procedure, step, of_record, complainant_reachable=reachable, complaint=s.complaint
    )


def missing_documents(
    session: Session,
    procedure: Procedure,
    step: str,
    of_record: sa.ColumnElement[bool],
    *,
    complainant_reachable: bool = True,
    complaint: Complaint | None = None,
) -> list[Reason]:
    """The documents that the procedure wants before `step` and the record lacks: never issued, or never handed on.

    Nothing has to be handed to a complainant who could not be told, which is on record with its reason. A document
    that only some complaints need is asked of those (R05-13).
    """
    found = []
    for required in required_before(procedure, step):
        if complaint is not None and not applies(session, complaint, required.when):
            continue
        names = forms_of(procedure)[required.form].names
        issued = sa.select(IssuedDocument.id).where(of_record, IssuedDocument.form == required.form)
        if session.scalar(issued.limit(1)) is None:
            message = _l("%(document)s has not been issued yet.", document=f"《{names.zh}》{names.en}")
            found.append(Reason("document_missing", message, "documents"))
        elif required.delivered_to is Audience.COMPLAINANT and not complainant_reachable:
            continue
        elif required.delivered_to and not _delivered(session, required, issued):
            message = _l(
                "%(document)s has not been handed on yet: %(whom)s.",
                document=f"《{names.zh}》{names.en}",
                whom=DeliveryKind(required.delivered_to.value).label,
            )
            found.append(Reason("document_not_delivered", message, "documents"))
    return found


def _delivered(session: Session, required: RequiredDocument, issued: sa.Select[int]) -> bool:
    query = sa.select(DocumentDelivery.id).where(
        DocumentDelivery.document_id.in_(issued), DocumentDelivery.kind == required.delivered_to
    )
    return session.scalar(query.limit(1)) is not None
