"""Deciding that the organisation keeps the procedure it works by."""

from __future__ import annotations

from models import ProcedureAdoption
from models.draft_enums import AdoptionStatus
from models.labels import _l
from services.access.permissions import Permission
from services.access.separation import involved
from services.errors import Reason, Refused
from services.organisation import checks
from services.procedures.drafts import permitted
from services.unit_of_work import UnitOfWork


def decline_procedure(work: UnitOfWork, address: str, version: int | None, reason: str) -> ProcedureAdoption:
    """The proposal, declined with a reason."""
    permitted(work, Permission.PROCEDURE_APPROVE)
    checks.required({"reason": reason}, "reason")
    adoption = checks.load(work, ProcedureAdoption, address, version)
    if adoption.status is not AdoptionStatus.PROPOSED:
        raise Refused([Reason("decided", _l("This proposal has been decided already."))])
    if involved(work.actor, adoption.proposed_by_id):
        raise Refused([Reason("second_person", _l("A second person decides on what you proposed."))])
    adoption.status, adoption.decided_at = AdoptionStatus.DECLINED, work.now
    adoption.decided_by_id = work.actor.user_id
    adoption.decision = reason.strip()
    checks.record_change(work, "procedure_adoption.declined", adoption, adoption.decision)
    return adoption
