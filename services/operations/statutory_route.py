"""Ending the complaint here because a statutory route is open: expert determination, litigation (R01-15)."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.deadlines import clocks
from services.unit_of_work import UnitOfWork
from services.workflow.assignments import end_all
from services.workflow.steps import begin
from services.workflow.typed import required


def statutory_route(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, route: str, explanation: str
) -> Complaint:
    """Directed to `route`, with the explanation given to the complainant."""
    act = begin(work, complaint_id, EventKind.STATUTORY_ROUTE, version)
    route = required(route, "route", _l("Name the route."))
    explanation = required(
        explanation, "explanation", _l("Write down what was explained to the complainant.")
    )
    act.complaint.closed_at = work.now
    act.complaint.end_reason = f"{route}\n{explanation}"
    end_all(work, act.complaint)
    clocks.void_clocks(work, act.complaint, work.now)
    return act.finish(text=explanation, route=route)
