"""The work on a complaint: handovers, history, time limits, and each decision taken."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.complaints import Complaint
from models.enums import (
    AssignmentKind,
    AssignmentStatus,
    Channel,
    ClockState,
    EventKind,
    ExtensionStatus,
    FollowUpResult,
    PauseReason,
    Responsibility,
    State,
)
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import Department, User
from models.types import Json, Moment, enum_type


class Assignment(Addressed, Versioned, Base):
    """A complaint sent to a department and a named person, awaiting or bearing their signature (R01-03)."""

    __tablename__ = "assignments"
    __table_args__ = (
        check(
            "status <> 'signed' OR (signed_at IS NOT NULL AND signed_by_id IS NOT NULL)", "signed_by_somebody"
        ),
        check("status <> 'refused' OR refusal_reason IS NOT NULL", "refused_with_reason"),
        check("status <> 'ended' OR ended_at IS NOT NULL", "ended_when"),
        sa.Index(
            "uq_assignments_open_lead",
            "complaint_id",
            unique=True,
            postgresql_where=sa.text("kind = 'lead' AND status IN ('awaiting', 'signed')"),
            sqlite_where=sa.text("kind = 'lead' AND status IN ('awaiting', 'signed')"),
        ),
        sa.Index(
            "uq_assignments_open_co",
            "complaint_id",
            "department_id",
            unique=True,
            postgresql_where=sa.text("kind = 'co_handling' AND status IN ('awaiting', 'signed')"),
            sqlite_where=sa.text("kind = 'co_handling' AND status IN ('awaiting', 'signed')"),
        ),
        sa.Index("ix_assignments_person", "person_id", "status"),
        sa.Index(
            "ix_assignments_awaiting",
            "complaint_id",
            "person_id",
            "department_id",
            postgresql_where=sa.text("status = 'awaiting'"),
            sqlite_where=sa.text("status = 'awaiting'"),
        ),
    )

    complaint_id: Mapped[int] = mapped_column(
        to("complaints"), index=True, info=field(_l("Complaint"), shows="complaint")
    )
    kind: Mapped[AssignmentKind] = mapped_column(
        enum_type(AssignmentKind, "assignment_kind"), info=field(_l("Kind"), default=True)
    )
    status: Mapped[AssignmentStatus] = mapped_column(
        enum_type(AssignmentStatus, "assignment_status"),
        info=field(_l("Status"), default=True, read_only=True),
    )
    round: Mapped[int] = mapped_column(default=1, info=field(_l("Round"), read_only=True))
    department_id: Mapped[int] = mapped_column(
        to("departments"), index=True, info=field(_l("Department"), shows="department", default=True)
    )
    department_name: Mapped[str] = mapped_column(sa.String(120), info=HIDDEN)  # as it was called then
    from_department_id: Mapped[int | None] = mapped_column(
        to("departments"), info=HIDDEN
    )  # whose people go on reading until the receiver has signed
    person_id: Mapped[int] = mapped_column(
        to("users"), info=field(_l("Person"), shows="person", default=True)
    )
    instruction: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Leader's instruction"), Sensitivity.INTERNAL, long_text=True)
    )
    coordinator: Mapped[str | None] = mapped_column(
        sa.String(200), info=field(_l("Coordinated by"))
    )  # who brings the departments of a joint case together (R15-13)
    instructed_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Instructed by"), shows="instructed_by")
    )
    sent_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Sent by"), shows="sent_by", read_only=True)
    )
    sent_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Sent at"), default=True, read_only=True))
    signed_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Signed by"), shows="signed_by", read_only=True)
    )
    signed_for_id: Mapped[int | None] = mapped_column(
        to("users"), info=HIDDEN
    )  # "for X", through a leave cover
    signed_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Signed at"), read_only=True))
    refusal_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reason for refusal"), long_text=True, read_only=True)
    )
    refusal_clause: Mapped[str | None] = mapped_column(
        sa.String(80), info=field(_l("Clause cited"), read_only=True)
    )
    opinion: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Opinion"), Sensitivity.INTERNAL, long_text=True, read_only=True)
    )
    opinion_at: Mapped[datetime | None] = mapped_column(Moment, info=HIDDEN)
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Ended at"), read_only=True))

    complaint: Mapped[Complaint] = relationship()
    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    person: Mapped[User] = relationship(foreign_keys=[person_id])
    instructed_by: Mapped[User | None] = relationship(foreign_keys=[instructed_by_id])
    sent_by: Mapped[User | None] = relationship(foreign_keys=[sent_by_id])
    signed_by: Mapped[User | None] = relationship(foreign_keys=[signed_by_id])


class ComplaintEvent(Addressed, Base):
    """One line of history. Rows are never changed or removed: triggers on both engines refuse it."""

    __tablename__ = "complaint_events"
    __table_args__ = (
        sa.Index("ix_complaint_events_complaint", "complaint_id", "id"),
        sa.Index(
            "ix_complaint_events_reopened",
            "at",
            "complaint_id",
            postgresql_where=sa.text("event = 'reopen'"),
            sqlite_where=sa.text("event = 'reopen'"),
        ),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), info=HIDDEN)
    at: Mapped[datetime] = mapped_column(Moment, info=field(_l("At"), default=True, read_only=True))
    event: Mapped[EventKind] = mapped_column(
        enum_type(EventKind, "event"), info=field(_l("Event"), default=True, read_only=True)
    )
    from_state: Mapped[State | None] = mapped_column(
        enum_type(State, "from_state"), info=field(_l("From state"), read_only=True)
    )
    to_state: Mapped[State | None] = mapped_column(
        enum_type(State, "to_state"), info=field(_l("To state"), read_only=True)
    )
    round: Mapped[int] = mapped_column(default=1, info=field(_l("Round"), read_only=True))
    actor_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    actor_name: Mapped[str] = mapped_column(sa.String(80), info=field(_l("By"), default=True, read_only=True))
    on_behalf_of_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    on_behalf_of_name: Mapped[str | None] = mapped_column(
        sa.String(80), info=field(_l("For"), read_only=True)
    )
    role: Mapped[str | None] = mapped_column(sa.String(40), info=HIDDEN)
    department_name: Mapped[str | None] = mapped_column(
        sa.String(120), info=field(_l("Department"), read_only=True)
    )
    text: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Text"), Sensitivity.INTERNAL, default=True, long_text=True, read_only=True)
    )
    clause: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Clause"), read_only=True))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=HIDDEN)

    complaint: Mapped[Complaint] = relationship()


class ClockRun(Addressed, Versioned, Base):
    """A time limit that runs, or ran, on a complaint or an accident. An edit of the record can't move it."""

    __tablename__ = "clock_runs"
    __table_args__ = (
        check("(complaint_id IS NULL) <> (accident_id IS NULL)", "one_subject"),
        check("state NOT IN ('met', 'missed') OR stopped_at IS NOT NULL", "stopped_when"),
        check("state <> 'paused' OR paused_at IS NOT NULL", "paused_when"),
        check("due_at >= started_at", "due_after_start"),
        sa.Index("ix_clock_runs_sweep", "state", "next_check_at", "id"),
    )

    complaint_id: Mapped[int | None] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    accident_id: Mapped[int | None] = mapped_column(to("accidents"), index=True, info=HIDDEN)
    code: Mapped[str] = mapped_column(sa.String(60), info=field(_l("Clock"), default=True))
    name_zh: Mapped[str] = mapped_column(sa.String(120), info=HIDDEN)
    name_en: Mapped[str] = mapped_column(sa.String(120), info=HIDDEN)
    clause: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Clause"), default=True))
    rule: Mapped[dict[str, Any]] = mapped_column(
        Json, info=HIDDEN
    )  # the rule as it stood when the clock started
    round: Mapped[int] = mapped_column(default=1, info=field(_l("Round")))
    start_event: Mapped[str] = mapped_column(sa.String(40), info=field(_l("Starts with")))
    state: Mapped[ClockState] = mapped_column(
        enum_type(ClockState, "clock_state"), info=field(_l("State"), default=True, read_only=True)
    )
    started_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Started at"), default=True))
    due_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Due"), default=True))
    due_on: Mapped[date | None] = mapped_column(
        sa.Date, info=HIDDEN
    )  # the last local day, for limits in days; empty for limits in hours
    original_due_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Original due"), default=True))
    is_lower_bound: Mapped[bool] = mapped_column(default=False, info=HIDDEN)
    missing_year: Mapped[int | None] = mapped_column(info=HIDDEN)
    extended_by: Mapped[int] = mapped_column(default=0, info=field(_l("Extended by")))
    paused_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Paused since")))
    pauses: Mapped[list[Any]] = mapped_column(Json, default=list, info=HIDDEN)
    stopped_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Stopped at"), default=True))
    warned: Mapped[list[Any]] = mapped_column(Json, default=list, info=HIDDEN)
    breached_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Passed at")))
    next_check_at: Mapped[datetime | None] = mapped_column(
        Moment, info=HIDDEN
    )  # when the sweep must look again; empty when nothing is left to happen

    complaint: Mapped[Complaint | None] = relationship()


class Pause(Stamped, Base):
    """An interval in which the clocks that the procedure lists stand still, with its typed reason."""

    __tablename__ = "pauses"
    __table_args__ = (
        check("ended_at IS NULL OR ended_at >= started_at", "ends_after_start"),
        sa.Index(
            "uq_pauses_open",
            "complaint_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        ),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), info=HIDDEN)
    reason: Mapped[PauseReason] = mapped_column(
        enum_type(PauseReason, "pause_reason"), info=field(_l("Reason"))
    )
    text: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Explanation"), long_text=True))
    started_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("From")))
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Until")))
    started_by_id: Mapped[int | None] = mapped_column(to("users"), info=field(_l("By"), shows="started_by"))
    started_by: Mapped[User | None] = relationship(foreign_keys=[started_by_id])


class Extension(Stamped, Base):
    """An extension asked for or granted: reason, who allowed it, and that the complainant was told (R01-16)."""

    __tablename__ = "extensions"
    __table_args__ = (
        check("amount > 0", "positive"),
        check("status <> 'granted' OR told_complainant_at IS NOT NULL", "complainant_told"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    clock_run_id: Mapped[int] = mapped_column(to("clock_runs"), index=True, info=HIDDEN)
    status: Mapped[ExtensionStatus] = mapped_column(
        enum_type(ExtensionStatus, "extension_status"), info=field(_l("Status"), read_only=True)
    )
    amount: Mapped[int] = mapped_column(info=field(_l("Amount")))
    unit: Mapped[str] = mapped_column(sa.String(20), info=field(_l("Unit")))
    reason: Mapped[str] = mapped_column(sa.Text, info=field(_l("Reason"), long_text=True))
    requested_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    granted_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    told_complainant_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Complainant told at"))
    )
    told_how: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("How told")))


class Supervision(Stamped, Base):
    """A supervision order (督办) with its demand, its due moment and the answer to it."""

    __tablename__ = "supervisions"

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    demand: Mapped[str] = mapped_column(sa.Text, info=field(_l("Demand"), long_text=True))
    due_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Due")))
    ordered_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Ended at")))


class Opinion(Stamped, Base):
    """The handler's opinion and the approver's signature under it, with the meaning of the signature."""

    __tablename__ = "opinions"
    __table_args__ = (
        check("approved_at IS NULL OR returned_at IS NULL", "approved_or_returned"),
        check(
            "approved_by_id IS NULL OR approved_by_id <> submitted_by_id OR exemption_id IS NOT NULL",
            "approver_is_not_submitter",
        ),
        check("(approved_at IS NULL) = (approved_by_id IS NULL)", "approved_by_somebody"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    round: Mapped[int] = mapped_column(info=field(_l("Round")))
    result: Mapped[str] = mapped_column(sa.Text, info=field(_l("Result"), long_text=True))
    responsibility: Mapped[Responsibility] = mapped_column(
        enum_type(Responsibility, "opinion_responsibility"), info=field(_l("Responsibility"))
    )
    no_measures_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reason for no measures"), long_text=True)
    )
    submitted_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    submitted_for_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    approved_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    approved_for_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    exemption_id: Mapped[int | None] = mapped_column(to("exemptions"), info=HIDDEN)
    approved_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Approved at")))
    meaning: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Meaning of the signature")))
    content_hash: Mapped[str | None] = mapped_column(sa.String(64), info=HIDDEN)
    returned_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Returned at")))
    return_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reason for return"), long_text=True)
    )


class Reply(Stamped, Base):
    """A reply given, or the reason why none could be given."""

    __tablename__ = "replies"
    __table_args__ = (check("text IS NOT NULL OR not_notifiable_reason IS NOT NULL", "text_or_reason"),)

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    round: Mapped[int] = mapped_column(info=field(_l("Round")))
    text: Mapped[str | None] = mapped_column(sa.Text, info=field(_l("Reply"), long_text=True))
    channel: Mapped[Channel | None] = mapped_column(
        enum_type(Channel, "reply_channel"), info=field(_l("Channel"))
    )
    sent_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Sent at")))
    sent_by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    together_with_id: Mapped[int | None] = mapped_column(
        to("users"), info=HIDDEN
    )  # whose agreement the reply carries, where the procedure asks for two (R05-04)
    not_notifiable_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reason for no reply"), long_text=True)
    )


class FollowUp(Stamped, Base):
    """What the complainant said to the result (R04-07)."""

    __tablename__ = "follow_ups"

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    round: Mapped[int] = mapped_column(info=field(_l("Round")))
    at: Mapped[datetime] = mapped_column(Moment, info=field(_l("At")))
    channel: Mapped[Channel] = mapped_column(
        enum_type(Channel, "follow_up_channel"), info=field(_l("Channel"))
    )
    result: Mapped[FollowUpResult] = mapped_column(
        enum_type(FollowUpResult, "follow_up_result"), info=field(_l("Result"))
    )
    words: Mapped[str] = mapped_column(sa.Text, info=field(_l("Complainant's words"), long_text=True))
    execution: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("How the solution was carried out"), long_text=True)
    )
    by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
