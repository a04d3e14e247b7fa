"""A solution offered to the customer (R04-16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models import Complaint, Solution
from models.enums import EventKind
from models.labels import _l
from models.remedy_enums import SolutionAnswer
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid
from services.records import grant_for_record, put_values, record_change, require_open, save
from services.unit_of_work import UnitOfWork
from services.workflow.remedies import may_offer
from services.workflow.steps import write_event


def offer_solution(work: UnitOfWork, complaint_id: int | None, *, values: Mapping[str, Any]) -> Solution:
    """The offer, its answer outstanding. Invalid for a kind that the procedure doesn't list (R04-06)."""
    complaint = work.session.scalars(sa.select(Complaint).where(Complaint.id == (complaint_id or 0))).first()
    if complaint is None:
        raise Invalid({"complaint_id": _l("Pick the complaint that the solution is for.")})
    require_open(complaint)
    solution = Solution(
        complaint_id=complaint.id, answer=SolutionAnswer.OPEN, offered_by_id=work.actor.user_id
    )
    put_values(solution, values)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, complaint)
    if (
        solution.offered_on is not None
        and solution.offered_on > work.now.astimezone(desk_zone(work.session)).date()
    ):
        raise Invalid({"offered_on": _l("This can't lie in the future.")})
    if not may_offer(work.session, complaint, solution.kind):
        raise Invalid({"kind": _l("The procedure doesn't list this kind of solution.")})
    work.session.add(solution)
    save(work, solution)
    record_change(work, "create", solution, grant=grant)
    write_event(work, complaint, EventKind.MEASURE_RECORDED, text=solution.text, grant=grant, done="offered")
    return solution
