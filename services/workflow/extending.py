"""What asking for an extension and granting one have in common."""

from __future__ import annotations

import sqlalchemy as sa

from models import ClockRun, Complaint
from models.labels import _l
from services.deadlines.clocks import days_left_to_extend
from services.deadlines.runs import OPEN
from services.errors import Invalid, Text
from services.unit_of_work import UnitOfWork


def extendable_run(
    work: UnitOfWork, complaint: Complaint, clock_id: str | None, amount: int | None
) -> tuple[ClockRun, int]:
    """The clock and the amount, both checked against what the procedure allows in all (R01-16).

    `clock_id` is the public id of the run, or the clock's code: over many complaints only that is the same.
    """
    run = work.session.scalars(
        sa.select(ClockRun)
        .where(
            sa.or_(ClockRun.public_id == (clock_id or ""), ClockRun.code == (clock_id or "")),
            ClockRun.complaint_id == complaint.id,
            ClockRun.state.in_(OPEN),
        )
        .order_by(ClockRun.id.desc())
        .limit(1)
    ).first()
    faults: dict[str, Text] = {}
    if run is None or run.state not in OPEN:
        raise Invalid({"clock": _l("Choose the time limit.")})
    left = days_left_to_extend(run)
    if amount is None or amount < 1:
        faults["amount"] = _l("Give the number of days.")
    elif amount > left:
        faults["amount"] = _l("At most %(left)s more are allowed for this time limit.", left=left)
    if faults or amount is None:
        raise Invalid(faults)
    return run, amount
