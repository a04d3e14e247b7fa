"""What the law asks where people want to see, correct or erase their data."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ArchiveRecord, Complaint, DataRequest, DataRequestCase
from models.labels import _l
from services.archives.retention import today_of
from services.errors import Reason

ANSWER_WITHIN_DAYS = 30
"""个人信息保护法 art. 50 says "promptly"; GB/T 35273-2020, 8.7 says thirty days. The desk takes the thirty days."""
DUTY_TO_KEEP = "《个人信息保护法》第四十七条第二款：法律、行政法规规定的保存期限未届满"
"""The ground on which erasure is refused while a file has to be kept."""


def cases_of_request(session: Session, request: DataRequest) -> list[Complaint]:
    """The complaints that the request is about."""
    query = (
        sa.select(Complaint)
        .join(DataRequestCase, DataRequestCase.complaint_id == Complaint.id)
        .where(DataRequestCase.request_id == request.id)
        .order_by(Complaint.id)
    )
    return list(session.scalars(query))


def against_erasing(session: Session, request: DataRequest, now: datetime) -> list[Reason]:
    """The complaints whose files have to be kept still: open ones, and archived ones before the end of retention."""
    today, found = today_of(session, now), []
    for case in cases_of_request(session, request):
        if case.destroyed_at is not None:
            continue
        file_of = case.master_id if case.master_id is not None else case.id
        record = session.scalars(
            sa.select(ArchiveRecord).where(
                ArchiveRecord.complaint_id == file_of, ArchiveRecord.ended_at.is_(None)
            )
        ).first()
        if record is None:
            message = _l("%(number)s is not archived; it is needed for its handling.", number=case.number)
            found.append(Reason("not_archived", message))
        elif record.review_on is None:
            found.append(Reason("for_ever", _l("%(number)s: is kept for ever.", number=case.number)))
        elif record.review_on > today:
            message = _l(
                "%(number)s: is kept until %(day)s.", number=case.number, day=record.review_on.isoformat()
            )
            found.append(Reason("retention_runs", message))
    return found
