"""Proposing that the organisation works by another procedure."""

from __future__ import annotations

import sqlalchemy as sa

from models import Organisation, ProcedureAdoption
from models.draft_enums import AdoptionStatus
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Invalid, NotFound, Reason, Refused
from services.organisation.checks import record_change, required
from services.procedures.drafts import permitted, source_texts
from services.procedures.published import current_version
from services.unit_of_work import UnitOfWork


def propose_procedure(work: UnitOfWork, code: str, reason: str) -> ProcedureAdoption:
    """The proposal, for a second person to decide. Nothing changes until then."""
    permitted(work, Permission.PROCEDURE_WRITE)
    required({"reason": reason}, "reason")
    organisation = work.session.get(Organisation, 1)
    if organisation is None:
        raise NotFound
    source = source_texts(work.session).get(code)
    if source is None:
        raise Invalid({"code": _l("There is no such procedure.")})
    current = current_version(work.session)
    if current is not None and (current.code, current.number) == (code, source.number):
        raise Invalid({"code": _l("The organisation works by it already.")})
    waiting = sa.select(ProcedureAdoption.id).where(ProcedureAdoption.status == AdoptionStatus.PROPOSED)
    if work.session.scalar(waiting.limit(1)) is not None:
        raise Refused([Reason("waiting", _l("Another proposal still awaits its decision."))])
    assert work.actor.user_id is not None
    adoption = ProcedureAdoption(
        code=code,
        former_code=organisation.procedure_code,
        status=AdoptionStatus.PROPOSED,
        reason=reason.strip(),
        proposed_by_id=work.actor.user_id,
    )
    work.session.add(adoption)
    record_change(work, "procedure_adoption.proposed", adoption, reason.strip())
    return adoption
