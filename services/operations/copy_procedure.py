"""Copying a procedure into a draft."""

from __future__ import annotations

from models import ProcedureDraft
from models.draft_enums import DraftAct, DraftStatus
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Invalid
from services.organisation.checks import required
from services.procedures.drafting import with_version
from services.procedures.drafts import next_number, note_step, permitted, put_text, source_texts
from services.unit_of_work import UnitOfWork


def copy_procedure(work: UnitOfWork, code: str, purpose: str) -> ProcedureDraft:
    """A draft with the newest text of this procedure. Invalid for an unknown procedure or without a purpose."""
    grant = permitted(work, Permission.PROCEDURE_WRITE)
    required({"purpose": purpose}, "purpose")
    if len(purpose.strip()) > 300:
        raise Invalid({"purpose": _l("At most %(max)d characters.", max=300)})
    source = source_texts(work.session).get(code)
    if source is None:
        raise Invalid({"source": _l("There is no such procedure.")})
    assert work.actor.user_id is not None
    draft = ProcedureDraft(
        status=DraftStatus.EDITING,
        purpose=purpose.strip(),
        source_code=source.code,
        source_number=source.number,
        source_text=source.text,
        author_id=work.actor.user_id,
    )
    put_text(draft, with_version(source.text, next_number(work.session, code)))
    work.session.add(draft)
    note_step(work, draft, DraftAct.COPIED, grant, purpose.strip())
    return draft
