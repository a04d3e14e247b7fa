"""Rows that the matrix of routes is tried on: a hold with the notice to its purchaser, a time limit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ClockRun, Complaint, Hold, HoldNotice
from models.hold_enums import NoticeKind


def hold_rows(session: Session, case: Complaint, number: str, now: datetime) -> dict[str, Any]:
    """Hold and notice, by the names that the expectations give them."""
    hold = Hold(
        number=number,
        complaint_id=case.id,
        product="血压计",
        reason="停用",
        ordered_at=now,
        stops_sale=True,
    )
    session.add(hold)
    session.flush()
    notice = HoldNotice(hold_id=hold.id, kind=NoticeKind.STOP, outside="购货单位")
    session.add(notice)
    session.flush()
    return {"hold": hold, "hold_notice": notice}


def clock_of_case(session: Session, case: Complaint, now: datetime) -> ClockRun:
    """A time limit of the case: its own, or one made up where the procedure has started none yet."""
    run = session.scalars(sa.select(ClockRun).where(ClockRun.complaint_id == case.id).limit(1)).first()
    if run is None:
        model = session.scalars(sa.select(ClockRun).order_by(ClockRun.id).limit(1)).one()
        kept = {column.key: getattr(model, column.key) for column in sa.inspect(ClockRun).column_attrs}
        for key in ("id", "public_id", "version"):
            kept.pop(key)
        run = ClockRun(**(kept | {"complaint_id": case.id}))
        session.add(run)
        session.flush()
    return run
