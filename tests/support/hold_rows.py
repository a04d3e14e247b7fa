"""A hold of a complaint with the notice to its purchaser, for the matrix of routes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Complaint, Hold, HoldNotice
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
