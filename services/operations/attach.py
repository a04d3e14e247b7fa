"""Add a file to a complaint, an accident or an investigation; history, and nobody can replace it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from models import Attachment, Complaint
from models.enums import EventKind
from services import audit, own_fields
from services.attachments.evidence import check_evidence_kind
from services.attachments.owners import Owner, owner_of
from services.attachments.store import FileStore, Staged
from services.errors import Invalid
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from services.workflow.steps import write_event


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What is said about a file: for evidence also when, where and by whom it was taken (R07-07)."""

    description: str | None = None
    is_evidence: bool = False
    taken_at: datetime | None = None
    taken_where: str | None = None
    taken_by: str | None = None
    evidence_kind: str | None = None
    """A code of the procedure's list; whatever is of a kind is evidence (R07-11)."""
    request_id: int | None = None
    """The request of an investigation that the file answers (R05-05)."""


def attach(
    work: UnitOfWork,
    store: FileStore,
    staged: Staged,
    *,
    complaint: str | None = None,
    accident: str | None = None,
    investigation: str | None = None,
    particulars: Particulars | None = None,
    field: str | None = None,
) -> Attachment:
    """Attach a staged file to exactly one record, named by its public id.

    NotFound for an unknown or foreign record, NotPermitted, Refused when the record is closed to additions.
    The file is in its place when the unit of work has committed, and gone when it has not. The same file under the same
    name on the same record is not added twice: a repeated request answers with the first. `field`: the code of a file
    field of the complaint's procedure whose value it becomes; Invalid when there is none.
    """
    store.keep_on_commit(work.session, staged)  # first: whatever is refused below takes the draft with it
    owner = owner_of(work, complaint=complaint, accident=accident, investigation=investigation)
    owner.check_open()
    if (twin := _twin(work, owner, staged)) is not None:
        return twin
    said = particulars or Particulars()
    check_evidence_kind(work, owner.complaint, said.evidence_kind)
    attachment = Attachment(
        **owner.keys(),
        filename=staged.filename,
        sha256=staged.sha256,
        size=staged.size,
        mime_type=staged.kind.mime_type,
        description=said.description,
        is_evidence=said.is_evidence or said.evidence_kind is not None,
        evidence_kind=said.evidence_kind,
        request_id=said.request_id,
        taken_at=said.taken_at,
        taken_where=said.taken_where,
        taken_by=said.taken_by,
        uploaded_by_id=work.actor.user_id,
    )
    work.session.add(attachment)
    work.session.flush()
    if field is not None and owner.complaint is not None:
        _put_into_field(work, owner.complaint, field, attachment)
    if owner.complaint is not None:
        write_event(
            work,
            owner.complaint,
            EventKind.ATTACHED,
            text=staged.filename,
            grant=owner.grant,
            attachment=attachment.public_id,
            sha256=staged.sha256,
        )
    work.record(
        audit.Draft(
            "attachment.add",
            "attachment",
            attachment.id,
            staged.filename[:120],
            owner.complaint,
            after={"filename": staged.filename, "sha256": staged.sha256, "size": staged.size},
            on_behalf_of_id=owner.grant.on_behalf_of_id if owner.grant else None,
        )
    )
    return attachment


def _put_into_field(work: UnitOfWork, complaint: Complaint, code: str, attachment: Attachment) -> None:
    procedure = procedure_of(work.session, complaint)
    cleaned = own_fields.clean(work.session, procedure, work.actor, {code: attachment.public_id}, complaint)
    if cleaned.faults:
        raise Invalid(cleaned.faults)
    own_fields.keep(work.session, complaint, procedure, cleaned.values)


def _twin(work: UnitOfWork, owner: Owner, staged: Staged) -> Attachment | None:
    query = sa.select(Attachment).where(
        Attachment.sha256 == staged.sha256,
        Attachment.filename == staged.filename,
        Attachment.withdrawn_at.is_(None),
    )
    for key, value in owner.keys().items():
        query = query.where(getattr(Attachment, key).is_not_distinct_from(value))
    return work.session.scalars(query).first()
