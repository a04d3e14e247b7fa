"""Naming one more person, or a deputy, on a confidential complaint (R15-19)."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.unit_of_work import UnitOfWork
from services.workflow.naming import name_people
from services.workflow.steps import begin
from services.workflow.typed import active_user, required


def name_person(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    user_id: int | None,
    reason: str,
    deputy: bool = False,
) -> Complaint:
    """They see the complaint from now on."""
    act = begin(work, complaint_id, EventKind.NAME_PERSON, version)
    user = active_user(work, user_id, "user_id")
    reason = required(reason, "reason", _l("Give the reason."), 200)
    name_people(work, act.complaint, [user.id], reason=reason, deputy=deputy)
    act.finish(text=reason, person=user.name, deputy=deputy)
    act.tell([user.id], "named")
    return act.complaint
