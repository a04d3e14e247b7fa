"""Linking a complaint that is on record as a repeat of an earlier one (R06-09)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.repeats import bring_about, earlier_one, link, record_link
from services.workflow.steps import begin
from services.workflow.typed import required


def link_repeat(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, number: str | None, reason: str | None
) -> Complaint:
    """Marked as a repeat of the complaint with `number`, with what the procedure wants for repeats."""
    act = begin(work, complaint_id, EventKind.CORRECT, version)
    reason = required(reason, "reason", _l("Say why it is a repeat."))
    number = required(number, "number", _l("Give the number."))
    found = work.session.scalar(sa.select(Complaint.public_id).where(Complaint.number == number))
    if found is None:
        raise Invalid({"number": _l("There is no such complaint.")})
    was_repeat = act.complaint.is_repeat
    row = link(work, act.complaint, earlier_one(work, found, "number"), reason, "number")
    record_link(work, act.complaint, row, "create")
    act.finish(text=reason, reason=reason, done="repeat_linked", repeat_of=number)
    if not was_repeat:
        bring_about(work, act.complaint)
    return act.complaint
