"""Requests of people about data of their own (个人信息保护法 art. 44–47), each with its decision."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.complaints import Complaint
from models.enums import Labelled
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import User
from models.types import Moment, enum_type


class DataRequestKind(Labelled):
    """What somebody asks for."""

    COPY = "copy", _l("Copy of my data")
    CORRECTION = "correction", _l("Correction")
    SUPPLEMENT = "supplement", _l("Supplement")
    ERASURE = "erasure", _l("Erasure")


class DataRequestStatus(Labelled):
    """Where a request stands."""

    OPEN = "open", _l("To be decided")
    TO_DO = "to_do", _l("To be carried out")
    DONE = "done", _l("Carried out")
    REFUSED = "refused", _l("Not granted")


class DataDecision(Labelled):
    """How a request was decided."""

    GRANTED = "granted", _l("Granted in full")
    PARTLY = "partly", _l("Granted in part")
    REFUSED = "refused", _l("Not granted")


class DataRequest(Addressed, Versioned, Stamped, Base):
    """Somebody asks for a copy, a correction, a supplement or the erasure of their data."""

    __tablename__ = "data_requests"
    __table_args__ = (
        check("(decision IS NULL) = (status = 'open')", "decided_when"),
        check("decision IS NULL OR (decided_at IS NOT NULL AND decision_reason IS NOT NULL)", "decided_how"),
        check("decision IS NULL OR decision = 'granted' OR legal_ground IS NOT NULL", "refused_with_ground"),
        check("status <> 'done' OR (done_at IS NOT NULL AND done_what IS NOT NULL)", "done_what"),
    )

    number: Mapped[str] = mapped_column(
        sa.String(40), unique=True, info=field(_l("Number"), default=True, read_only=True)
    )
    kind: Mapped[DataRequestKind] = mapped_column(
        enum_type(DataRequestKind, "data_request_kind"), info=field(_l("Kind of request"), default=True)
    )
    status: Mapped[DataRequestStatus] = mapped_column(
        enum_type(DataRequestStatus, "data_request_status"),
        default=DataRequestStatus.OPEN,
        info=field(_l("Status"), default=True, read_only=True),
    )
    applicant: Mapped[str] = mapped_column(
        sa.String(200), info=field(_l("Who asks"), Sensitivity.PERSONAL, default=True)
    )
    contact: Mapped[str] = mapped_column(
        sa.String(200), info=field(_l("Contact"), Sensitivity.PERSONAL, help=_l("Where the answer goes."))
    )
    subject: Mapped[str] = mapped_column(
        sa.String(200),
        info=field(
            _l("Whose data"),
            Sensitivity.PERSONAL,
            help=_l("The name as it stands on the complaints, also when somebody else asks for them."),
        ),
    )
    standing: Mapped[str] = mapped_column(
        sa.String(200),
        info=field(
            _l("In which capacity"),
            help=_l("The person themselves, by power of attorney, as close relative …"),
        ),
    )
    identity_checked: Mapped[str] = mapped_column(
        sa.String(300),
        info=field(
            _l("How identity was checked"),
            help=_l("Which document was seen, or which number was called back. Don't write its number here."),
        ),
    )
    wish: Mapped[str] = mapped_column(
        sa.Text,
        info=field(_l("What exactly is asked for"), Sensitivity.PERSONAL, long_text=True),
    )
    received_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Received at"), default=True))
    due_on: Mapped[date] = mapped_column(sa.Date, info=field(_l("Answer by"), default=True, read_only=True))
    recorded_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Recorded by"), shows="recorded_by", read_only=True)
    )
    decision: Mapped[DataDecision | None] = mapped_column(
        enum_type(DataDecision, "data_decision"),
        info=field(_l("Decision on the request"), default=True, read_only=True),
    )
    decision_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Reasons given"), Sensitivity.PERSONAL, long_text=True, read_only=True)
    )
    legal_ground: Mapped[str | None] = mapped_column(
        sa.String(300), info=field(_l("Legal ground"), read_only=True)
    )
    decided_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Decided by"), shows="decided_by", read_only=True)
    )
    decided_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Decided at"), read_only=True))
    copied_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Copy made at"), read_only=True))
    copy_sha256: Mapped[str | None] = mapped_column(
        sa.String(64), info=field(_l("SHA-256 of the copy"), read_only=True)
    )
    done_what: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("What was done"), Sensitivity.PERSONAL, long_text=True, read_only=True)
    )
    done_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Request carried out by"), shows="done_by", read_only=True)
    )
    done_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Request carried out at"), read_only=True)
    )

    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    done_by: Mapped[User | None] = relationship(foreign_keys=[done_by_id])
    cases: Mapped[list[DataRequestCase]] = relationship(
        back_populates="request", order_by="DataRequestCase.id"
    )

    def __str__(self) -> str:
        return self.number


class DataRequestCase(Base):
    """A complaint that a request is about."""

    __tablename__ = "data_request_cases"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "complaint_id", name="uq_data_request_cases_complaint"),
    )

    request_id: Mapped[int] = mapped_column(to("data_requests"), info=HIDDEN)
    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)

    request: Mapped[DataRequest] = relationship(back_populates="cases")
    complaint: Mapped[Complaint] = relationship()
