"""Confirming that one has read a version of the procedure (R04-13)."""

from __future__ import annotations

import sqlalchemy as sa

from models import ProcedureVersion, ReadingConfirmation
from models.labels import _l
from services import audit
from services.errors import NotFound, NotPermitted, Reason, Refused
from services.procedures.of_complaint import parsed
from services.unit_of_work import UnitOfWork


def confirm_reading(work: UnitOfWork, version_id: int) -> ReadingConfirmation:
    """The confirmation; confirming twice changes nothing.

    NotFound for an unknown version, Refused when the procedure asks for no confirmation, NotPermitted when signed out.
    """
    if work.actor.user_id is None:
        raise NotPermitted
    version = work.session.get(ProcedureVersion, version_id)
    if version is None:
        raise NotFound
    if parsed(version).reading is None:
        raise Refused([Reason("no_reading", _l("This procedure asks for no confirmation."))])
    known = work.session.scalars(
        sa.select(ReadingConfirmation).where(
            ReadingConfirmation.user_id == work.actor.user_id,
            ReadingConfirmation.procedure_version_id == version.id,
        )
    ).first()
    if known is not None:
        return known
    confirmation = ReadingConfirmation(
        user_id=work.actor.user_id, procedure_version_id=version.id, confirmed_at=work.now
    )
    work.session.add(confirmation)
    work.session.flush()
    work.record(
        audit.Draft(
            "procedure_version.read", "procedure_version", version.id, f"{version.code} {version.number}"
        )
    )
    return confirmation
