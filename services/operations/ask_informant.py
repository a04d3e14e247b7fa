"""Asking to read who the informant is, a second person's decision, and the reading itself (R15-19)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from models import Complaint, Informant, InformantRequest, NamedPerson
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import NotFound, NotPermitted, Reason, Refused
from services.records import grant_on_case, load_record, record_change, save
from services.sealing import unseal
from services.unit_of_work import UnitOfWork
from services.workflow.informants import is_readable
from services.workflow.steps import load, tell
from services.workflow.typed import required


def ask_informant(work: UnitOfWork, complaint_id: str, *, reason: str | None) -> InformantRequest:
    """The request; the other named people are told that one waits, without the reason."""
    complaint: Complaint = load(work, complaint_id)
    grant = grant_on_case(work, Permission.COMPLAINT_REVEAL, complaint)
    if work.session.scalar(sa.select(Informant.id).where(Informant.complaint_id == complaint.id)) is None:
        raise Refused([Reason("unprotected", _l("No informant is protected on this complaint."))])
    record = InformantRequest(
        complaint_id=complaint.id,
        asked_by_id=work.actor.user_id,
        asked_at=work.now,
        reason=required(reason, "reason", _l("Say what you need it for.")),
    )
    work.session.add(record)
    save(work, record)
    record_change(work, "create", record, grant=grant)
    named = sa.select(NamedPerson.user_id).where(
        NamedPerson.complaint_id == complaint.id, NamedPerson.ended_at.is_(None)
    )
    tell(work, complaint, work.session.scalars(named).all(), "informant.asked")
    return record


def _load(work: UnitOfWork, address: str) -> tuple[InformantRequest, Complaint]:
    found = work.session.scalar(sa.select(InformantRequest.id).where(InformantRequest.public_id == address))
    if found is None:
        raise NotFound
    record: InformantRequest = load_record(work, InformantRequest, found)
    return record, work.session.get_one(Complaint, record.complaint_id)


def decide_informant(work: UnitOfWork, address: str, *, granted: bool) -> InformantRequest:
    """Agreed or declined, by somebody who can decide and did not ask."""
    record, complaint = _load(work, address)
    grant = grant_on_case(work, Permission.COMPLAINT_NAME_PERSON, complaint)
    if record.asked_by_id in work.actor.people:
        raise Refused([Reason("own_request", _l("Somebody else has to decide on your request."))])
    if record.decided_at is not None:
        raise Refused([Reason("decided", _l("This request is decided already."))])
    earlier = audit.values_of(record)
    record.is_granted, record.decided_at, record.decided_by_id = granted, work.now, work.actor.user_id
    save(work, record)
    record_change(work, "decide", record, earlier, grant=grant)
    tell(work, complaint, [record.asked_by_id], "informant.decided")
    return record


def read_informant(work: UnitOfWork, address: str) -> list[dict[str, Any]]:
    """Name and contact, for who asked and was agreed to, within a day. Each reading is on record."""
    record, complaint = _load(work, address)
    grant = grant_on_case(work, Permission.COMPLAINT_REVEAL, complaint)
    if record.asked_by_id != work.actor.user_id:
        raise NotPermitted
    if not is_readable(record.decided_at, record.is_granted, work.now):
        message = _l("Nobody agreed to it, or the agreement is older than a day. Ask again.")
        raise Refused([Reason("not_agreed", message)])
    informant = work.session.scalars(sa.select(Informant).where(Informant.complaint_id == complaint.id)).one()
    record.viewed_at = work.now
    save(work, record)
    record_change(work, "read", record, grant=grant, reason=record.reason)
    return list(unseal(informant.identity_sealed))
