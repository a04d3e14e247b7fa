"""Saving the text of a draft, with whatever faults it still has."""

from __future__ import annotations

from models import ProcedureDraft
from models.draft_enums import DraftAct, DraftStatus
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Invalid
from services.procedures.drafts import load_draft, note_step, permitted, put_text
from services.unit_of_work import UnitOfWork

MOST_CHARACTERS = 500_000


def edit_procedure_draft(work: UnitOfWork, address: str, version: int | None, text: str) -> ProcedureDraft:
    """The draft with this text. NotFound, Stale, Refused once it is submitted; Invalid for a text that is too long."""
    grant = permitted(work, Permission.PROCEDURE_WRITE)
    draft = load_draft(work, address, version, DraftStatus.EDITING)
    text = text.replace("\r\n", "\n")
    if len(text) > MOST_CHARACTERS:
        raise Invalid({"text": _l("At most %(max)d characters.", max=MOST_CHARACTERS)})
    if text != draft.text:
        put_text(draft, text)
        note_step(work, draft, DraftAct.EDITED, grant)
    return draft
