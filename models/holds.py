"""Goods held: sale, dispatch, use or production stopped for a product or a batch, and who was told of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.complaints import Complaint
from models.fields import HIDDEN, Sensitivity, field
from models.hold_enums import DepartmentDuty, HoldStatus, NoticeKind
from models.labels import _l
from models.organisation import Department, User
from models.types import Moment, enum_type


class Hold(Addressed, Versioned, Stamped, Base):
    """An order that goods stand still until somebody releases them with the basis for it."""

    __tablename__ = "holds"
    __table_args__ = (
        check("stops_sale OR stops_dispatch OR stops_use OR stops_production", "stops_something"),
        check(
            "status <> 'released' OR (released_at IS NOT NULL AND release_basis IS NOT NULL)",
            "released_with_basis",
        ),
        check("executed_at IS NULL OR executed_text IS NOT NULL", "executed_how"),
        check("neighbours_checked_at IS NULL OR neighbours_result IS NOT NULL", "neighbours_with_result"),
        sa.Index("ix_holds_complaint_status", "complaint_id", "status"),
    )

    number: Mapped[str] = mapped_column(
        sa.String(40), unique=True, info=field(_l("Number"), default=True, read_only=True)
    )
    complaint_id: Mapped[int] = mapped_column(
        to("complaints"), info=field(_l("Complaint"), shows="complaint", default=True, read_only=True)
    )
    status: Mapped[HoldStatus] = mapped_column(
        enum_type(HoldStatus, "hold_status"),
        default=HoldStatus.OPEN,
        info=field(_l("Status"), default=True, read_only=True),
    )
    rule_code: Mapped[str | None] = mapped_column(sa.String(60), info=HIDDEN)
    clause: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Clause"), read_only=True))
    product: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Product or variety"), default=True))
    batch: Mapped[str | None] = mapped_column(
        sa.String(80),
        info=field(_l("Batch"), default=True, help=_l("Empty: every batch of the product stands still.")),
    )
    stops_sale: Mapped[bool] = mapped_column(default=False, info=field(_l("Sale stopped"), default=True))
    stops_dispatch: Mapped[bool] = mapped_column(
        default=False, info=field(_l("Dispatch stopped"), default=True)
    )
    stops_use: Mapped[bool] = mapped_column(default=False, info=field(_l("Use stopped")))
    stops_production: Mapped[bool] = mapped_column(
        default=False, info=field(_l("Production stopped"), default=True)
    )
    isolates: Mapped[bool] = mapped_column(default=False, info=field(_l("Goods to be isolated")))
    reason: Mapped[str] = mapped_column(
        sa.Text, info=field(_l("Reason"), Sensitivity.INTERNAL, long_text=True)
    )
    ordered_at: Mapped[datetime] = mapped_column(
        Moment, info=field(_l("Ordered at"), default=True, read_only=True)
    )
    ordered_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Ordered by"), shows="ordered_by", read_only=True)
    )
    needs_neighbours: Mapped[bool] = mapped_column(default=False, info=HIDDEN)
    executed_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Carried out at"), read_only=True)
    )
    executed_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Carried out by"), shows="executed_by", read_only=True)
    )
    executed_text: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("How stop and isolation were carried out"), long_text=True, read_only=True)
    )
    neighbours_checked_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Neighbouring batches checked at"), read_only=True)
    )
    neighbours_result: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Neighbouring batches: result"), long_text=True, read_only=True)
    )
    released_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Released at"), default=True, read_only=True)
    )
    released_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Released by"), shows="released_by", read_only=True)
    )
    release_basis: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Basis for the release"), long_text=True, read_only=True)
    )

    complaint: Mapped[Complaint] = relationship()
    ordered_by: Mapped[User | None] = relationship(foreign_keys=[ordered_by_id])
    executed_by: Mapped[User | None] = relationship(foreign_keys=[executed_by_id])
    released_by: Mapped[User | None] = relationship(foreign_keys=[released_by_id])

    def __str__(self) -> str:
        return self.number


class HoldNotice(Addressed, Stamped, Base):
    """Somebody to be told of a hold or its release: a department, or a purchaser outside; with their receipt."""

    __tablename__ = "hold_notices"
    __table_args__ = (
        check("department_id IS NULL OR outside IS NULL", "department_or_outside"),
        check("department_id IS NOT NULL OR outside IS NOT NULL OR duty IS NOT NULL", "somebody"),
        check("acknowledged_at IS NULL OR sent_at IS NOT NULL", "acknowledged_after_sending"),
    )

    hold_id: Mapped[int] = mapped_column(to("holds"), index=True, info=HIDDEN)
    kind: Mapped[NoticeKind] = mapped_column(
        enum_type(NoticeKind, "notice_kind"), info=field(_l("Notice"), default=True)
    )
    duty: Mapped[DepartmentDuty | None] = mapped_column(
        enum_type(DepartmentDuty, "notice_duty"), info=field(_l("Task"))
    )
    department_id: Mapped[int | None] = mapped_column(
        to("departments"), index=True, info=field(_l("Department"), shows="department", default=True)
    )
    outside: Mapped[str | None] = mapped_column(
        sa.String(200), info=field(_l("Purchaser"), Sensitivity.PERSONAL, default=True)
    )
    sent_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Told at"), default=True))
    sent_how: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("How told")))
    acknowledged_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Acknowledged at"), default=True)
    )
    acknowledged_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Acknowledged by"), shows="acknowledged_by")
    )
    receipt: Mapped[str | None] = mapped_column(sa.String(300), info=field(_l("Receipt")))

    hold: Mapped[Hold] = relationship()
    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    acknowledged_by: Mapped[User | None] = relationship(foreign_keys=[acknowledged_by_id])
