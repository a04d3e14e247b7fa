"""Giving a draft up: it stays to be read, and is changed no more."""

from __future__ import annotations

from models import ProcedureDraft
from models.draft_enums import DraftAct, DraftStatus
from services.access.permissions import Permission
from services.organisation.checks import required
from services.procedures.drafts import load_draft, note_step, permitted
from services.unit_of_work import UnitOfWork


def withdraw_procedure_draft(
    work: UnitOfWork, address: str, version: int | None, reason: str
) -> ProcedureDraft:
    """The draft withdrawn, with the reason. Refused once it is published."""
    grant = permitted(work, Permission.PROCEDURE_WRITE)
    required({"reason": reason}, "reason")
    draft = load_draft(work, address, version, DraftStatus.EDITING, DraftStatus.SUBMITTED)
    draft.status = DraftStatus.WITHDRAWN
    note_step(work, draft, DraftAct.WITHDRAWN, grant, reason.strip())
    return draft
