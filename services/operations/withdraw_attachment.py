"""Mark a file as withdrawn. It stays, and stays readable: nothing that was once on a case disappears."""

from __future__ import annotations

import sqlalchemy as sa

from models import Attachment
from models.enums import EventKind
from models.labels import _l
from services import audit
from services.attachments.owners import owner_of_attachment
from services.errors import Invalid, NotFound, Reason, Refused
from services.unit_of_work import UnitOfWork
from services.workflow.steps import write_event

LONGEST_REASON = 300


def withdraw_attachment(work: UnitOfWork, public_id: str, reason: str) -> Attachment:
    """Withdraw the file with this public id.

    NotFound for an unknown or foreign one, NotPermitted, Refused when it is withdrawn already or the record is closed
    to changes, Invalid without a reason.
    """
    attachment = work.session.scalars(
        sa.select(Attachment).where(Attachment.public_id == public_id).with_for_update(of=Attachment)
    ).first()
    if attachment is None:
        raise NotFound
    owner = owner_of_attachment(work, attachment)
    owner.check_open()
    if attachment.withdrawn_at is not None:
        raise Refused([Reason("already_withdrawn", _l("This file has been withdrawn already."))])
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": _l("Say why the file is withdrawn.")})
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": _l("At most %(count)s characters.", count=LONGEST_REASON)})
    attachment.withdrawn_at = work.now
    attachment.withdrawn_reason = reason
    work.session.flush()
    if owner.complaint is not None:
        write_event(
            work,
            owner.complaint,
            EventKind.ATTACHMENT_WITHDRAWN,
            text=f"{attachment.filename}: {reason}",
            grant=owner.grant,
            attachment=attachment.public_id,
        )
    work.record(
        audit.Draft(
            "attachment.withdraw",
            "attachment",
            attachment.id,
            attachment.filename[:120],
            owner.complaint,
            reason=reason,
            on_behalf_of_id=owner.grant.on_behalf_of_id if owner.grant else None,
        )
    )
    return attachment
