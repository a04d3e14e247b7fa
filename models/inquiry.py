"""What an investigation leaves behind beside its findings: conversations, visits, samples, requests, decisions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.cases import Investigation
from models.enums import InquiryKind, MemoDecision, RequestKind
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import Department, User
from models.types import Json, Moment, enum_type


class InvestigationRecord(Addressed, Stamped, Base):
    """One conversation, visit, sample or meeting: when, where, with whom, what. Written once (R11-10, R15-21)."""

    __tablename__ = "investigation_records"
    __table_args__ = (
        check("kind NOT IN ('contact', 'interview', 'meeting') OR people IS NOT NULL", "with_whom"),
        check("kind NOT IN ('site_visit', 'meeting') OR place IS NOT NULL", "where"),
        check(
            "kind <> 'meeting' OR (cause IS NOT NULL AND responsibility IS NOT NULL AND plan IS NOT NULL)",
            "meeting_settles",
        ),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    investigation_id: Mapped[int] = mapped_column(to("investigations"), index=True, info=HIDDEN)
    kind: Mapped[InquiryKind] = mapped_column(enum_type(InquiryKind, "inquiry_kind"), info=field(_l("Kind")))
    happened_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("When")))
    place: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Where")))
    people: Mapped[str | None] = mapped_column(
        sa.String(300), info=field(_l("With whom"), Sensitivity.INTERNAL)
    )
    content: Mapped[str] = mapped_column(
        sa.Text, info=field(_l("What was said or found"), Sensitivity.INTERNAL, long_text=True)
    )
    laboratory: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Laboratory")))
    result: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Result"), long_text=True))
    cause: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Cause"), long_text=True))
    responsibility: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Responsibility"), Sensitivity.INTERNAL, long_text=True)
    )
    plan: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Resolution plan"), long_text=True))
    recorded_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Recorded by"), shows="recorded_by", read_only=True)
    )

    investigation: Mapped[Investigation] = relationship()
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])

    def __str__(self) -> str:
        return self.kind.value


class InvestigationRequest(Addressed, Versioned, Stamped, Base):
    """What another department is asked for, as a task of a named person there, with its answer (R05-05, R07-15)."""

    __tablename__ = "investigation_requests"
    __table_args__ = (
        check("(answered_at IS NULL) = (answer IS NULL)", "answered_when"),
        check("answered_at IS NULL OR answered_by_id IS NOT NULL", "answered_by_somebody"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    investigation_id: Mapped[int] = mapped_column(to("investigations"), index=True, info=HIDDEN)
    kind: Mapped[RequestKind] = mapped_column(enum_type(RequestKind, "request_kind"), info=field(_l("Kind")))
    department_id: Mapped[int] = mapped_column(
        to("departments"), info=field(_l("Department"), shows="department")
    )
    person_id: Mapped[int] = mapped_column(to("users"), index=True, info=field(_l("Person"), shows="person"))
    wanted: Mapped[str] = mapped_column(sa.Text, info=field(_l("What is needed"), long_text=True))
    due_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Due")))
    asked_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    asked_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Asked at"), read_only=True))
    answer: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Answer"), Sensitivity.INTERNAL, long_text=True, read_only=True)
    )
    answered_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Answered by"), shows="answered_by", read_only=True)
    )
    answered_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Answered at"), read_only=True)
    )

    investigation: Mapped[Investigation] = relationship()
    department: Mapped[Department] = relationship()
    person: Mapped[User] = relationship(foreign_keys=[person_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])

    def __str__(self) -> str:
        return self.kind.value


class InternalMemo(Addressed, Versioned, Stamped, Base):
    """An internal memo (内联单) to the manager in charge: facts and opinion up, the decision down (R05-10)."""

    __tablename__ = "internal_memos"
    __table_args__ = (
        check("(decision IS NULL) = (decided_at IS NULL)", "decided_when"),
        check("decision IS NULL OR decision_text IS NOT NULL", "decided_in_words"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    investigation_id: Mapped[int] = mapped_column(to("investigations"), index=True, info=HIDDEN)
    manager_id: Mapped[int] = mapped_column(
        to("users"), index=True, info=field(_l("Manager in charge"), shows="manager")
    )
    facts: Mapped[str] = mapped_column(sa.Text, info=field(_l("Facts"), Sensitivity.INTERNAL, long_text=True))
    opinion: Mapped[str] = mapped_column(
        sa.Text, info=field(_l("Opinion"), Sensitivity.INTERNAL, long_text=True)
    )
    sent_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Sent by"), shows="sent_by", read_only=True)
    )
    sent_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Sent at"), read_only=True))
    decision: Mapped[MemoDecision | None] = mapped_column(
        enum_type(MemoDecision, "memo_decision"), info=field(_l("Decision"), read_only=True)
    )
    decision_text: Mapped[str | None] = mapped_column(
        sa.Text,
        info=field(_l("Decision in words"), Sensitivity.INTERNAL, long_text=True, read_only=True),
    )
    decided_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Decided at"), read_only=True))
    decided_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)

    investigation: Mapped[Investigation] = relationship()
    manager: Mapped[User] = relationship(foreign_keys=[manager_id])
    sent_by: Mapped[User | None] = relationship(foreign_keys=[sent_by_id])

    def __str__(self) -> str:
        return str(self.sent_at.date())


class QualityDecision(Addressed, Stamped, Base):
    """What quality management decides on the report, and what it was weighed by (R11-08, R11-11)."""

    __tablename__ = "quality_decisions"

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    investigation_id: Mapped[int] = mapped_column(to("investigations"), index=True, info=HIDDEN)
    cause: Mapped[str] = mapped_column(sa.Text, info=field(_l("Cause"), long_text=True))
    responsibility: Mapped[str] = mapped_column(
        sa.Text, info=field(_l("Responsibility"), Sensitivity.INTERNAL, long_text=True)
    )
    decision: Mapped[str] = mapped_column(
        sa.Text, info=field(_l("Decision"), Sensitivity.INTERNAL, long_text=True)
    )
    weighed: Mapped[dict[str, Any]] = mapped_column(
        Json, default=dict, info=HIDDEN
    )  # what was said to each criterion of the procedure, by its code
    decided_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Decided by"), shows="decided_by", read_only=True)
    )
    decided_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Decided at"), read_only=True))

    investigation: Mapped[Investigation] = relationship()
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    def __str__(self) -> str:
        return str(self.decided_at.date())


class ResolutionPlan(Addressed, Stamped, Base):
    """The plan by which a complaint is settled, and the tasks it was sent out with (R03-05)."""

    __tablename__ = "resolution_plans"

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    investigation_id: Mapped[int] = mapped_column(to("investigations"), index=True, info=HIDDEN)
    text: Mapped[str] = mapped_column(
        sa.Text, info=field(_l("Resolution plan"), Sensitivity.INTERNAL, long_text=True)
    )
    tasks: Mapped[list[Any]] = mapped_column(
        Json, default=list, info=HIDDEN
    )  # what each department was told to do, as it was told
    notified_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Sent by"), shows="notified_by", read_only=True)
    )
    notified_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Sent at"), read_only=True))

    investigation: Mapped[Investigation] = relationship()
    notified_by: Mapped[User | None] = relationship(foreign_keys=[notified_by_id])

    def __str__(self) -> str:
        return str(self.notified_at.date())


class InvestigationWaiver(Addressed, Stamped, Base):
    """Why a complaint is answered without an investigation, where its level leaves that open (R10-06)."""

    __tablename__ = "investigation_waivers"

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    round: Mapped[int] = mapped_column(info=field(_l("Round"), read_only=True))
    reason: Mapped[str] = mapped_column(sa.Text, info=field(_l("Reason"), long_text=True))
    waived_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("By"), shows="waived_by", read_only=True)
    )
    waived_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("At"), read_only=True))

    waived_by: Mapped[User | None] = relationship(foreign_keys=[waived_by_id])

    def __str__(self) -> str:
        return str(self.waived_at.date())
