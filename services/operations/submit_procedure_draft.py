"""Handing a draft to a second person."""

from __future__ import annotations

from models import ProcedureDraft
from models.draft_enums import DraftAct, DraftStatus
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Reason, Refused
from services.procedures.drafting import examine
from services.procedures.drafts import faults_among_others, load_draft, note_step, permitted
from services.unit_of_work import UnitOfWork


def submit_procedure_draft(
    work: UnitOfWork, address: str, version: int | None, note: str | None = None
) -> ProcedureDraft:
    """The draft awaiting the second person. Refused while it has faults."""
    grant = permitted(work, Permission.PROCEDURE_WRITE)
    draft = load_draft(work, address, version, DraftStatus.EDITING)
    examined = examine(draft.text)
    faults = list(examined.faults)
    if examined.procedure is not None:
        faults += faults_among_others(work.session, examined.procedure, examined.text)
    if faults:
        message = _l("The draft has %(count)s faults; mend them first.", count=len(faults))
        raise Refused([Reason("faults", message)])
    draft.status = DraftStatus.SUBMITTED
    draft.submitted_by_id = work.actor.user_id
    draft.decided_by_id = None
    note_step(work, draft, DraftAct.SUBMITTED, grant, note)
    return draft
