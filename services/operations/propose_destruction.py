"""The first signature: files whose retention has ended are appraised and put on a register of destruction."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from models import ArchiveRecord, Destruction, DestructionItem, OutboxMessage
from models.archive_enums import DestructionStatus
from models.enums import RoleName
from models.labels import _l
from services.access.permissions import Permission
from services.access.roles import ROLE_PERMISSIONS
from services.archives.contents import cases_of
from services.archives.retention import against_destroying, on_open_register, today_of
from services.errors import Invalid, NotFound, NotPermitted, Reason, Refused
from services.records import record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.numbers import take_number
from services.workflow.people import holders
from services.workflow.typed import required

SERIES = "XH"
"""Prefix of the registers' numbers (销毁)."""


def propose_destruction(work: UnitOfWork, record_ids: Collection[int], *, opinion: str | None) -> Destruction:
    """The register, awaiting the second signature; those who may give it are told.

    Refused for a file that is still kept, is lent, or stands on another register.
    """
    grant = work.actor.grant_for(Permission.DESTRUCTION_PROPOSE)
    if grant is None or work.actor.user_id is None:
        raise NotPermitted
    if not record_ids:
        raise Invalid({"files": _l("Choose the files.")})
    opinion = required(opinion, "opinion", _l("Write down why these files need not be kept any longer."))
    query = sa.select(ArchiveRecord).where(ArchiveRecord.id.in_(record_ids)).order_by(ArchiveRecord.id)
    records = work.session.scalars(query.with_for_update(of=ArchiveRecord)).all()
    if len(records) != len(set(record_ids)):
        raise NotFound
    today = today_of(work.session, work.now)
    reasons = [reason for record in records for reason in against_destroying(work.session, record, today)]
    reasons += [
        Reason("listed", _l("%(number)s: stands on another register.", number=record.file_number))
        for record in records
        if on_open_register(work.session, record)
    ]
    if reasons:
        raise Refused(reasons)
    destruction = Destruction(
        number=take_number(work.session, SERIES, today.year),
        status=DestructionStatus.PROPOSED,
        opinion=opinion,
        proposed_by_id=work.actor.user_id,
        proposed_at=work.now,
    )
    destruction.items = [
        DestructionItem(
            archive_record_id=record.id,
            complaint_id=case,
            file_number=record.file_number,
            retention_ended_on=record.review_on,
            seal_digest=record.digest,
        )
        for record in records
        for case in cases_of(work.session, record.complaint_id)
    ]
    work.session.add(destruction)
    save(work, destruction)
    record_change(work, "propose", destruction, grant=grant)
    _tell(work, destruction)
    return destruction


def _tell(work: UnitOfWork, destruction: Destruction) -> None:
    roles = [role for role in RoleName if Permission.DESTRUCTION_SIGN in ROLE_PERMISSIONS[role]]
    for person in holders(work.session, roles, None):
        if person != work.actor.user_id:
            work.session.add(
                OutboxMessage(
                    recipient_id=person,
                    topic="destruction.proposed",
                    payload={"by": work.actor.name, "number": destruction.number},
                    next_attempt_at=work.now,
                )
            )
