"""The complaint, the parties to it, and who may see it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.complaint_indexes import INDEXES
from models.enums import (
    Category,
    Channel,
    CloseKind,
    ComplaintForm,
    FollowUpResult,
    PartyKind,
    PartySide,
    Responsibility,
    State,
)
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import Department, User
from models.phones import phone_key
from models.procedures import ProcedureVersion
from models.reception import ReceptionSession
from models.types import Json, Moment, bytewise, enum_type


class Complaint(Addressed, Versioned, Stamped, Base):
    """One complaint from receipt to archive. Its state changes only through an operation."""

    __tablename__ = "complaints"
    __table_args__ = (
        check("round >= 1", "round_counts_from_one"),
        check("refusals >= 0", "refusals_not_negative"),
        check("escalation_level >= 0", "escalation_not_negative"),
        check("state <> 'dispatched' OR department_id IS NOT NULL", "dispatched_somewhere"),
        check(
            "state NOT IN ('in_work', 'awaiting_approval') OR (department_id IS NOT NULL AND handler_id IS NOT NULL)",
            "in_work_has_handler",
        ),
        check(
            "state NOT IN ('replied', 'following_up') OR replied_at IS NOT NULL OR not_notifiable_reason IS NOT NULL",
            "replied_has_reply",
        ),
        check(
            "state NOT IN ('closed', 'refused', 'merged', 'statutory_route', 'referred', 'archived')"
            " OR closed_at IS NOT NULL",
            "ended_has_moment",
        ),
        check("state <> 'closed' OR close_kind IS NOT NULL", "closed_has_kind"),
        check("state <> 'merged' OR master_id IS NOT NULL", "merged_has_master"),
        check("master_id IS NULL OR master_id <> id", "not_its_own_master"),
        check("state <> 'archived' OR archived_at IS NOT NULL", "archived_has_moment"),
        check("state <> 'refused' OR end_reason IS NOT NULL", "refused_has_reason"),
        sa.UniqueConstraint("batch_id", "import_key", name="uq_complaints_import_key"),
        *INDEXES,
    )

    number: Mapped[str] = mapped_column(
        bytewise(40), unique=True, info=field(_l("Number"), default=True, read_only=True)
    )
    state: Mapped[State] = mapped_column(
        enum_type(State, "state"), info=field(_l("State"), default=True, read_only=True)
    )
    summary: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Subject"), default=True))
    received_at: Mapped[datetime] = mapped_column(
        Moment,
        info=field(
            _l("Received at"),
            default=True,
            help=_l("When the complaint reached us, not when it is typed in."),
        ),
    )
    channel: Mapped[Channel] = mapped_column(enum_type(Channel, "channel"), info=field(_l("Channel")))
    form: Mapped[ComplaintForm] = mapped_column(
        enum_type(ComplaintForm, "form"), default=ComplaintForm.WRITTEN, info=field(_l("Form"))
    )
    category: Mapped[Category] = mapped_column(
        enum_type(Category, "category"), default=Category.OTHER, info=field(_l("Category"), default=True)
    )
    category_code: Mapped[str | None] = mapped_column(
        sa.String(40),
        index=True,
        info=field(
            _l("Category of the procedure"),
            coded=True,
            help=_l("The categories are those of the procedure in force."),
        ),
    )
    nature: Mapped[str | None] = mapped_column(
        sa.String(40), index=True, info=field(_l("Nature"), coded=True)
    )
    content: Mapped[str] = mapped_column(sa.Text, info=field(_l("Content"), long_text=True, listed=True))
    request: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Remedy sought"), long_text=True, filter=False)
    )
    grounds: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Facts and grounds"), long_text=True, filter=False)
    )
    product: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Product, project or service")))
    batch: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Batch or part")))
    place: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Place")))
    occurred_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Happened on")))
    source_reference: Mapped[str | None] = mapped_column(
        sa.String(80), index=True, info=field(_l("Sender's reference"))
    )
    passed_on_by: Mapped[str | None] = mapped_column(
        sa.String(200), info=field(_l("Passed on by"), filter=False)
    )
    received_out_of_hours: Mapped[bool] = mapped_column(
        default=False, info=field(_l("Received out of hours"), read_only=True, import_=False)
    )
    reception_session_id: Mapped[int | None] = mapped_column(
        to("reception_sessions"),
        index=True,
        info=field(
            _l("Reception session"),
            shows="reception_session",
            import_=False,
            help=_l("When it was received on a reception day."),
        ),
    )
    customer_due_on: Mapped[date | None] = mapped_column(
        sa.Date, info=field(_l("Answer wanted by"), help=_l("A date set by the complainant, if any."))
    )
    # The complainant's name and telephone stand here as well as in parties: lists and ledgers of a million rows
    # read them without a join. The parties operation keeps both in step.
    complainant_name: Mapped[str | None] = mapped_column(
        sa.String(200), info=field(_l("Complainant"), Sensitivity.PERSONAL, default=True, read_only=True)
    )
    complainant_phone: Mapped[str | None] = mapped_column(
        sa.String(80), info=field(_l("Complainant's telephone"), Sensitivity.PERSONAL, read_only=True)
    )
    complainant_kind: Mapped[str | None] = mapped_column(
        sa.String(40), index=True, info=field(_l("Kind of complainant"), coded=True, read_only=True)
    )
    is_anonymous: Mapped[bool] = mapped_column(default=False, info=field(_l("Anonymous"), read_only=True))
    is_repeat: Mapped[bool] = mapped_column(default=False, info=field(_l("Repeated complaint")))
    repeat_count: Mapped[int] = mapped_column(
        default=0,
        server_default="0",
        info=field(_l("Times reported again"), read_only=True, import_=False, filter=False),
    )
    grade: Mapped[str | None] = mapped_column(bytewise(40), info=field(_l("Grade"), read_only=True))
    grade_reason: Mapped[str | None] = mapped_column(
        sa.Text,
        info=field(_l("Reason for grade"), long_text=True, read_only=True, listed=False, filter=False),
    )

    is_major: Mapped[bool] = mapped_column(
        default=False, server_default=sa.false(), info=field(_l("Major complaint"), read_only=True)
    )
    procedure_version_id: Mapped[int] = mapped_column(
        to("procedure_versions"),
        index=True,
        info=field(_l("Procedure"), shows="procedure_version", read_only=True),
    )
    first_receiver_id: Mapped[int | None] = mapped_column(
        to("users"), index=True, info=field(_l("First receiver"), shows="first_receiver", read_only=True)
    )
    receiving_department_id: Mapped[int | None] = mapped_column(
        to("departments"),
        info=field(_l("Receiving department"), shows="receiving_department", read_only=True),
    )
    department_id: Mapped[int | None] = mapped_column(
        to("departments"), info=field(_l("Department"), shows="department", default=True, read_only=True)
    )
    handler_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Handler"), shows="handler", default=True, read_only=True)
    )
    responsible_id: Mapped[int | None] = mapped_column(
        to("users"),
        index=True,
        info=field(
            _l("Answers for it"),
            shows="responsible",
            read_only=True,
            help=_l("The sender answers for a complaint until the receiver has signed for it."),
        ),
    )
    due_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Due"), default=True, read_only=True, import_=False)
    )
    due_is_lower_bound: Mapped[bool] = mapped_column(default=False, info=HIDDEN)
    round: Mapped[int] = mapped_column(default=1, info=field(_l("Round"), read_only=True, filter=False))
    refusals: Mapped[int] = mapped_column(
        default=0, info=field(_l("Signatures refused"), read_only=True, filter=False)
    )
    escalation_level: Mapped[int] = mapped_column(
        default=0, info=field(_l("Escalation level"), read_only=True)
    )
    paused_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Paused since"), read_only=True))
    supervised_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Supervised since"), read_only=True)
    )
    is_confidential: Mapped[bool] = mapped_column(
        default=False, info=field(_l("Confidential"), read_only=True, export=False)
    )
    acknowledged_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Acknowledged at"), read_only=True, filter=False)
    )
    accepted_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Accepted at"), read_only=True)
    )
    result: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Result"), long_text=True, read_only=True)
    )
    responsibility: Mapped[Responsibility | None] = mapped_column(
        enum_type(Responsibility, "responsibility"), info=field(_l("Responsibility"), read_only=True)
    )
    reply_text: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reply"), long_text=True, read_only=True)
    )
    replied_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Replied at"), read_only=True))
    not_notifiable_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reason for no reply"), long_text=True, read_only=True, filter=False)
    )
    satisfaction: Mapped[FollowUpResult | None] = mapped_column(
        enum_type(FollowUpResult, "satisfaction"), info=field(_l("Satisfaction"), read_only=True)
    )
    closed_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Closed at"), read_only=True))
    close_kind: Mapped[CloseKind | None] = mapped_column(
        enum_type(CloseKind, "close_kind"), info=field(_l("Manner of closing"), read_only=True)
    )
    end_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reason for ending"), long_text=True, read_only=True, filter=False)
    )
    master_id: Mapped[int | None] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    # Values of the fields that the procedure declares, by code; services.own_fields declares, checks and shows them.
    own_values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}", info=HIDDEN)
    archived_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Archived at"), read_only=True)
    )
    destroyed_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Content destroyed at"), read_only=True, import_=False)
    )  # from then on the row is a stub
    is_imported: Mapped[bool] = mapped_column(default=False, info=field(_l("Imported"), read_only=True))
    batch_id: Mapped[int | None] = mapped_column(to("ledger_batches"), info=HIDDEN)
    import_key: Mapped[str | None] = mapped_column(sa.String(64), info=HIDDEN)

    procedure_version: Mapped[ProcedureVersion] = relationship()
    first_receiver: Mapped[User | None] = relationship(foreign_keys=[first_receiver_id])
    receiving_department: Mapped[Department | None] = relationship(foreign_keys=[receiving_department_id])
    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    responsible: Mapped[User | None] = relationship(foreign_keys=[responsible_id])
    master: Mapped[Complaint | None] = relationship(remote_side="Complaint.id", foreign_keys=[master_id])
    reception_session: Mapped[ReceptionSession | None] = relationship(foreign_keys=[reception_session_id])
    parties: Mapped[list[Party]] = relationship(back_populates="complaint", order_by="Party.id")
    typed_values: Mapped[list[ComplaintValue]] = relationship(viewonly=True)

    def __str__(self) -> str:
        return self.number


class Party(Versioned, Base):
    """A complainant or a party complained about, with the personal data that the procedure asks for."""

    __tablename__ = "parties"
    __table_args__ = (
        check("kind = 'anonymous' OR name IS NOT NULL", "named_unless_anonymous"),
        sa.Index("ix_parties_phone_key", "phone_key", "id"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    side: Mapped[PartySide] = mapped_column(enum_type(PartySide, "side"), info=field(_l("Side")))
    kind: Mapped[PartyKind] = mapped_column(
        enum_type(PartyKind, "kind"), default=PartyKind.PERSON, info=field(_l("Person or organisation"))
    )
    name: Mapped[str | None] = mapped_column(
        sa.String(200), info=field(_l("Name of person or organisation"), Sensitivity.PERSONAL)
    )
    phone: Mapped[str | None] = mapped_column(
        sa.String(80), info=field(_l("Telephone"), Sensitivity.PERSONAL)
    )
    phone_key: Mapped[str | None] = mapped_column(sa.String(40), info=HIDDEN)
    email: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("E-mail"), Sensitivity.PERSONAL))
    address: Mapped[str | None] = mapped_column(
        sa.String(300), info=field(_l("Address"), Sensitivity.PERSONAL)
    )
    complainant_kind: Mapped[str | None] = mapped_column(
        sa.String(40), info=field(_l("Kind of complainant"), coded=True)
    )
    notes: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Notes"), Sensitivity.INTERNAL, long_text=True)
    )

    complaint: Mapped[Complaint] = relationship(back_populates="parties")

    @validates("phone")
    def _keep_key(self, _name: str, phone: str | None) -> str | None:
        """The number as it is compared goes and changes with the number."""
        self.phone_key = phone_key(phone)
        return phone


class ComplaintValue(Base):
    """A value of a field that a procedure declares, once more in a typed column: filters and order have their index.

    Kept in step with `Complaint.own_values` by services.own_fields. Several choices are several rows; long texts and
    files have none.
    """

    __tablename__ = "complaint_values"
    __table_args__ = (
        check(
            "text IS NOT NULL OR number IS NOT NULL OR day IS NOT NULL"
            " OR user_id IS NOT NULL OR department_id IS NOT NULL",
            "holds_a_value",
        ),
        sa.Index("ix_complaint_values_complaint", "complaint_id", "code"),
        sa.Index("ix_complaint_values_text", "code", "text", "complaint_id"),
        sa.Index("ix_complaint_values_number", "code", "number", "complaint_id"),
        sa.Index("ix_complaint_values_day", "code", "day", "complaint_id"),
        sa.Index("ix_complaint_values_user", "user_id", "code"),
        sa.Index("ix_complaint_values_department", "department_id", "code"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), info=HIDDEN)
    code: Mapped[str] = mapped_column(sa.String(40), info=HIDDEN)
    text: Mapped[str | None] = mapped_column(bytewise(500), info=HIDDEN)
    number: Mapped[Decimal | None] = mapped_column(sa.Numeric(18, 4), info=HIDDEN)
    day: Mapped[date | None] = mapped_column(sa.Date, info=HIDDEN)
    user_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    department_id: Mapped[int | None] = mapped_column(to("departments"), info=HIDDEN)


class NamedPerson(Stamped, Base):
    """A person named on a confidential complaint: nobody else can tell that it exists (R15-19)."""

    __tablename__ = "named_persons"
    __table_args__ = (
        sa.Index(
            "uq_named_persons_open",
            "complaint_id",
            "user_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        ),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), info=HIDDEN)
    user_id: Mapped[int] = mapped_column(to("users"), index=True, info=field(_l("Person"), shows="user"))
    is_deputy: Mapped[bool] = mapped_column(default=False, info=field(_l("Named deputy")))
    named_by_id: Mapped[int | None] = mapped_column(to("users"), info=field(_l("Named by"), shows="named_by"))
    reason: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Reason")))
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Ended at"), read_only=True))

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    named_by: Mapped[User | None] = relationship(foreign_keys=[named_by_id])


class ComplaintVisibility(Base):
    """Who may see which complaint, kept in step by services.access.visibility.

    "Own or co-handled or named" as a live condition defeats every ordered index; as rows it is one look-up.
    An audience is "*" (readers of all), "d7" (department), "u5" (person) or "c5" (named on a confidential one).
    """

    __tablename__ = "complaint_visibility"
    __table_args__ = (
        sa.UniqueConstraint("audience", "complaint_id", name="uq_complaint_visibility_audience"),
        sa.Index("ix_complaint_visibility_complaint", "complaint_id"),
        sa.Index("ix_complaint_visibility_received", "audience", "received_at", "complaint_id"),
        sa.Index("ix_complaint_visibility_due", "audience", "due_at", "complaint_id"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), info=HIDDEN)
    audience: Mapped[str] = mapped_column(sa.String(20), info=HIDDEN)
    # Those of the complaint, once more: what a department sees is then one range of an index in the list's own order.
    received_at: Mapped[datetime] = mapped_column(Moment, info=HIDDEN)
    due_at: Mapped[datetime | None] = mapped_column(Moment, info=HIDDEN)
