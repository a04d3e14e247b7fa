"""Giving a submitted draft back to those who write it."""

from __future__ import annotations

from models import ProcedureDraft
from models.draft_enums import DraftAct, DraftStatus
from services.access.permissions import Permission
from services.organisation.checks import required
from services.procedures.drafts import load_draft, note_step, permitted
from services.unit_of_work import UnitOfWork


def return_procedure_draft(
    work: UnitOfWork, address: str, version: int | None, reason: str
) -> ProcedureDraft:
    """The draft being edited again, with what the second person wants changed."""
    grant = permitted(work, Permission.PROCEDURE_APPROVE)
    required({"reason": reason}, "reason")
    draft = load_draft(work, address, version, DraftStatus.SUBMITTED)
    draft.status = DraftStatus.EDITING
    draft.decided_by_id = work.actor.user_id
    note_step(work, draft, DraftAct.RETURNED, grant, reason.strip())
    return draft
