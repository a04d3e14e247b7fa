"""Deciding that the organisation works by another procedure, by a second person."""

from __future__ import annotations

from models import Organisation, ProcedureAdoption
from models.draft_enums import AdoptionStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.access.separation import involved
from services.errors import Reason, Refused
from services.organisation import checks
from services.procedures.drafts import permitted, source_texts
from services.procedures.published import PublishedVersionChanged, publish_pack
from services.procedures.reading import InvalidProcedure
from services.unit_of_work import UnitOfWork


def adopt_procedure(
    work: UnitOfWork, address: str, version: int | None, remark: str | None = None
) -> ProcedureAdoption:
    """The proposal, adopted: complaints registered from now on follow the new procedure, running ones keep theirs."""
    permitted(work, Permission.PROCEDURE_APPROVE)
    adoption = checks.load(work, ProcedureAdoption, address, version)
    if adoption.status is not AdoptionStatus.PROPOSED:
        raise Refused([Reason("decided", _l("This proposal has been decided already."))])
    if involved(work.actor, adoption.proposed_by_id):
        raise Refused([Reason("second_person", _l("A second person decides on what you proposed."))])
    organisation = work.session.get(Organisation, 1)
    source = source_texts(work.session).get(adoption.code)
    if organisation is None or source is None:
        raise Refused([Reason("unknown", _l("There is no such procedure."))])
    if source.pack is not None:
        try:
            publish_pack(work.session, source.pack, work.now)
        except (PublishedVersionChanged, InvalidProcedure) as changed:
            raise Refused([Reason("changed", str(changed))]) from changed
    former = organisation.procedure_code
    organisation.procedure_code = adoption.code
    adoption.status, adoption.decided_at = AdoptionStatus.ADOPTED, work.now
    adoption.decided_by_id = work.actor.user_id
    adoption.decision = (remark or "").strip() or None
    checks.record_change(work, "procedure_adoption.adopted", adoption, adoption.decision)
    work.record(
        audit.Draft(
            "organisation.procedure_changed",
            "organisation",
            1,
            organisation.name,
            before={"procedure_code": former},
            after={"procedure_code": adoption.code},
            reason=adoption.reason,
        )
    )
    return adoption
