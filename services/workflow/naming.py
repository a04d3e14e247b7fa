"""Naming the people of a confidential complaint: at least one of them can decide on it (R15-19)."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from models import Complaint, NamedPerson, User
from models.enums import RoleName
from models.labels import _l
from services.access.accused import accused_people
from services.errors import Reason, Refused, Text
from services.unit_of_work import UnitOfWork
from services.workflow.people import holders

_DECIDES = (RoleName.LEADER, RoleName.HEAD_OF_QUALITY)


def check_named(work: UnitOfWork, user_ids: Collection[int], field: str) -> dict[str, Text]:
    """What is wrong with a choice of people, by field."""
    known = set(work.session.scalars(sa.select(User.id).where(User.id.in_(user_ids), User.is_active)))
    if known != set(user_ids) or not user_ids:
        return {field: _l("Name people who work here.")}
    if not known & set(holders(work.session, _DECIDES)):
        return {
            field: _l("Name at least one leader or the head of quality: somebody has to be able to decide.")
        }
    return {}


def name_people(
    work: UnitOfWork,
    complaint: Complaint,
    user_ids: Collection[int],
    *,
    reason: str | None = None,
    deputy: bool = False,
) -> list[NamedPerson]:
    """Name them on the complaint; those who are named already stay so, and may become deputies."""
    if accused_people(work.session, complaint.id, user_ids):
        message = _l("Nobody of a department that the complaint is about can be named on it.")
        raise Refused([Reason("accused", message)])
    query = sa.select(NamedPerson).where(
        NamedPerson.complaint_id == complaint.id, NamedPerson.ended_at.is_(None)
    )
    named = {one.user_id: one for one in work.session.scalars(query)}
    for user_id in set(user_ids) & set(named):
        named[user_id].is_deputy = named[user_id].is_deputy or deputy
    added = [
        NamedPerson(
            complaint_id=complaint.id,
            user_id=user_id,
            is_deputy=deputy,
            named_by_id=work.actor.user_id,
            reason=reason,
        )
        for user_id in sorted(set(user_ids) - set(named))
    ]
    work.session.add_all(added)
    return added
