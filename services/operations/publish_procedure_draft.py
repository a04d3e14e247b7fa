"""Publishing a draft as a new version, by a second person."""

from __future__ import annotations

from models import ProcedureDraft
from models.draft_enums import DraftAct, DraftStatus
from models.labels import _l
from services.access.permissions import Permission
from services.access.separation import involved
from services.errors import Reason, Refused
from services.procedures.drafting import examine, with_version
from services.procedures.drafts import (
    faults_among_others,
    load_draft,
    next_number,
    note_step,
    permitted,
    put_text,
    writers_of,
)
from services.procedures.published import publish_text
from services.unit_of_work import UnitOfWork


def publish_procedure_draft(
    work: UnitOfWork, address: str, version: int | None, remark: str | None = None
) -> ProcedureDraft:
    """The draft, published: complaints registered from now on follow it where the organisation works by its code.

    Refused for whoever had a hand in the text or stands in for them, and while it has faults.
    """
    grant = permitted(work, Permission.PROCEDURE_APPROVE)
    draft = load_draft(work, address, version, DraftStatus.SUBMITTED)
    if involved(work.actor, *writers_of(work.session, draft)):
        raise Refused([Reason("second_person", _l("A second person publishes what you had a hand in."))])
    put_text(draft, with_version(draft.text, next_number(work.session, draft.code)))
    examined = examine(draft.text)
    if examined.procedure is None or faults_among_others(work.session, examined.procedure, draft.text):
        raise Refused([Reason("faults", _l("The draft has faults by now; return it to be mended."))])
    published = publish_text(work.session, examined.procedure, draft.text, work.now)
    draft.status = DraftStatus.PUBLISHED
    draft.published_version_id = published.id
    draft.decided_by_id = work.actor.user_id
    note_step(work, draft, DraftAct.PUBLISHED, grant, (remark or "").strip() or None)
    return draft
