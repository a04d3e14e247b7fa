"""Complaints that repeat earlier ones, and further reports of a matter that is here already."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, check, to
from models.complaints import Complaint, Party
from models.enums import Channel
from models.fields import HIDDEN, field
from models.labels import _l
from models.organisation import User
from models.types import Json, Moment, enum_type


class RepeatLink(Addressed, Stamped, Base):
    """A complaint that repeats an earlier one. A wrong link is ended with its reason, never deleted (R06-09)."""

    __tablename__ = "repeat_links"
    __table_args__ = (
        check("complaint_id <> repeats_id", "not_its_own_repeat"),
        check("(ended_at IS NULL) = (end_reason IS NULL)", "ended_with_reason"),
        sa.Index(
            "uq_repeat_links_open",
            "complaint_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        ),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    repeats_id: Mapped[int] = mapped_column(
        to("complaints"), index=True, info=field(_l("Repeat of"), shows="repeats", read_only=True)
    )
    reason: Mapped[str] = mapped_column(sa.Text, info=field(_l("Reason"), long_text=True, read_only=True))
    linked_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Linked by"), shows="linked_by", read_only=True)
    )
    linked_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Linked at"), read_only=True))
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Ended at"), read_only=True))
    ended_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Ended by"), shows="ended_by", read_only=True)
    )
    end_reason: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Why it was no repeat"), long_text=True, read_only=True)
    )

    complaint: Mapped[Complaint] = relationship(foreign_keys=[complaint_id])
    repeats: Mapped[Complaint] = relationship(foreign_keys=[repeats_id])
    linked_by: Mapped[User | None] = relationship(foreign_keys=[linked_by_id])
    ended_by: Mapped[User | None] = relationship(foreign_keys=[ended_by_id])


class FurtherReport(Addressed, Stamped, Base):
    """The same matter reported once more: kept whole on the case that is here, without a number of its own."""

    __tablename__ = "further_reports"

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    party_id: Mapped[int | None] = mapped_column(to("parties"), info=HIDDEN)
    received_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Received at"), read_only=True))
    channel: Mapped[Channel] = mapped_column(
        enum_type(Channel, "channel"), info=field(_l("Channel"), read_only=True)
    )
    summary: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Subject"), read_only=True))
    content: Mapped[str] = mapped_column(sa.Text, info=field(_l("Content"), long_text=True, read_only=True))
    # Whatever else the form held, by the key of its field: nothing that was typed is lost with the merging.
    further: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=HIDDEN)
    recorded_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Recorded by"), shows="recorded_by", read_only=True)
    )

    party: Mapped[Party | None] = relationship(foreign_keys=[party_id])
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
