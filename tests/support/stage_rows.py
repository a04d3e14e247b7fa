"""Rows that the matrix of routes is tried on: a hold with the notice to its purchaser, a time limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    ArchiveLoan,
    ClockRun,
    Complaint,
    DataRequest,
    DataRequestCase,
    Destruction,
    DestructionItem,
    DutyShift,
    Enquiry,
    Hold,
    HoldNotice,
    Job,
    Liability,
    ReceptionSession,
    Training,
    User,
)
from models.archive_enums import LoanKind
from models.enums import Channel
from models.hold_enums import NoticeKind
from models.job_enums import JobStatus
from models.privacy_requests import DataRequestKind
from models.reception_enums import DutyKind


def finished_export(user: User) -> Job:
    """A file that this person may fetch."""
    return Job(
        kind="export",
        user_id=user.id,
        status=JobStatus.DONE,
        progress=100,
        arguments={
            "table": "complaints", "permission": "complaint:read", "params": [], "columns": ["number"],
            "title": "投诉台账", "locale": "zh_Hans_CN",
        },
        result={
            "rows": 1, "size": 5, "filename": "投诉台账.xlsx", "expires_at": "2999-01-01T00:00:00+00:00",
            "rights": {"audiences": [], "people": [], "reveals": False},
        },
    )  # fmt: skip


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


LIABLE = {
    "names": {"zh": "首问责任人承担连带责任", "en": "The first-asked person is jointly liable"},
    "of": "first_receiver",
    "excused_by": "approver",
    "confirmed_by": "head_of_quality",
    "clause": ["R16-10"],
}
"""As the procedure of R16 says it, on a clock of any other."""


def liability_row(run: ClockRun, person_id: int, **values: Any) -> Liability:
    """Somebody answers for this run, whose rule is made to say so."""
    run.rule = {**run.rule, "liability": LIABLE}
    given = {
        "complaint_id": run.complaint_id,
        "clock_run_id": run.id,
        "clause": "R16-10",
        "breached_at": run.due_at,
    }
    return Liability(**given, person_id=person_id, **values)


def enquiry_row(number: str, department_id: int, case: Complaint | None, now: datetime) -> Enquiry:
    """A suggestion to this department; of a confidential case it is hidden with it."""
    return Enquiry(
        number=number,
        kind="suggestion",
        kind_name="建议",
        title="改进导诊",
        content="增设导诊台。",
        channel=Channel.INTERNAL,
        received_at=now,
        department_id=department_id,
        complaint_id=case.id if case else None,
    )


def reception_rows(session: Session, user: User) -> dict[str, Any]:
    """A duty, a sitting of a reception day and a training."""
    at = datetime(2026, 3, 15, 8, tzinfo=UTC)
    rows: dict[str, Any] = {
        "shift": DutyShift(
            kind=DutyKind.OFFICER, user_id=user.id, starts_at=at, ends_at=at + timedelta(hours=14)
        ),
        "sitting": ReceptionSession(
            code="president",
            title="接待日",
            held_on=date(2026, 3, 15),
            starts_at=at,
            ends_at=at + timedelta(hours=4),
        ),
        "training": Training(user_id=user.id, topic="投诉处理", held_on=date(2026, 3, 2), hours=2),
    }
    session.add_all(rows.values())
    session.flush()
    return rows


def archive_rows(
    session: Session, case: Complaint, record_id: int, user_id: int, now: datetime
) -> dict[str, Any]:
    """What hangs on an archived file: a loan, a register of destruction, somebody's request about their data."""
    rows: dict[str, Any] = {
        "loan": ArchiveLoan(
            archive_record_id=record_id,
            complaint_id=case.id,
            kind=LoanKind.PAPER,
            reader_name="上级单位",
            purpose="复核",
            taken_at=now,
        ),
        "destruction": Destruction(
            number=f"XH-{case.number}",
            opinion="保管期满",
            proposed_by_id=user_id,
            proposed_at=now,
            items=[
                DestructionItem(
                    archive_record_id=record_id,
                    complaint_id=case.id,
                    file_number=f"档案 {case.number}",
                    retention_ended_on=now.date(),
                    seal_digest="0" * 64,
                )
            ],
        ),
        "data_request": DataRequest(
            number=f"GR-{case.number}",
            kind=DataRequestKind.COPY,
            applicant="张某",
            contact="13800000000",
            subject="张某",
            standing="本人",
            identity_checked="身份证",
            wish="复制",
            received_at=now,
            due_on=now.date(),
            cases=[DataRequestCase(complaint_id=case.id)],
        ),
    }
    session.add_all(rows.values())
    session.flush()
    return rows
