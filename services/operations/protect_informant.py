"""Taking the informant's name out of a confidential case: the case keeps an alias (R15-19)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Complaint, Informant
from models.enums import EventKind, PartyKind, PartySide
from models.labels import _l
from services.access.permissions import Permission
from services.access.scope import unscoped
from services.deadlines.desk_calendar import desk_time
from services.errors import Reason, Refused
from services.records import grant_on_case, record_change, save
from services.sealing import seal
from services.unit_of_work import UnitOfWork
from services.workflow.informants import next_alias
from services.workflow.parties import keep_first_complainant
from services.workflow.steps import load, write_event

SEALED = ("name", "phone", "email", "address", "notes")


def protect_informant(work: UnitOfWork, complaint_id: str) -> Informant:
    """The informant under an alias; name and contact are sealed apart from the case. Refused on an open case."""
    complaint: Complaint = load(work, complaint_id)
    grant = grant_on_case(work, Permission.COMPLAINT_MARK_CONFIDENTIAL, complaint)
    if not complaint.is_confidential:
        raise Refused([Reason("open", _l("Mark the complaint confidential first."))])
    if work.session.scalar(sa.select(Informant.id).where(Informant.complaint_id == complaint.id)):
        raise Refused([Reason("protected", _l("The informant is protected already."))])
    informants = [
        party
        for party in complaint.parties
        if party.side is PartySide.COMPLAINANT and party.kind is not PartyKind.ANONYMOUS
    ]
    if not informants:
        raise Refused([Reason("anonymous", _l("Nobody gave a name: there is nothing to hide."))])
    year = work.now.astimezone(desk_time(work.session).zone).year
    with unscoped(work.session, "the next alias, whoever's case took the last one"):
        alias = next_alias(work.session, year)
    identity = [{key: getattr(party, key) for key in SEALED} for party in informants]
    record = Informant(
        complaint_id=complaint.id,
        alias=alias,
        identity_sealed=seal(identity),
        protected_by_id=work.actor.user_id,
    )
    work.session.add(record)
    for party in informants:
        party.name, party.phone, party.email, party.address, party.notes = alias, None, None, None, None
    keep_first_complainant(complaint)
    save(work, record)
    record_change(work, "create", record, grant=grant)
    write_event(work, complaint, EventKind.NOTE, text=alias, grant=grant, done="informant_protected")
    return record
