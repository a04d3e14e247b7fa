"""What a complainant was told on receipt, and who in the house was informed of the case."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, check, to
from models.enums import Channel, InformedOf, PostName
from models.fields import HIDDEN, field
from models.labels import _l
from models.organisation import User
from models.types import Moment, enum_type


class Acknowledgement(Addressed, Stamped, Base):
    """One acknowledgement as it was given, and the signature of whoever received the complaint (R07-08, R11-05)."""

    __tablename__ = "acknowledgements"
    __table_args__ = (
        check("round >= 1", "round_counts_from_one"),
        check("(signed_by_id IS NULL) = (signed_at IS NULL)", "signed_by_somebody_at_some_moment"),
        check("language IN ('zh', 'en')", "known_language"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    round: Mapped[int] = mapped_column(info=field(_l("Round"), read_only=True))
    told_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Told at"), read_only=True))
    channel: Mapped[Channel] = mapped_column(
        enum_type(Channel, "channel"), info=field(_l("Told by"), read_only=True)
    )
    language: Mapped[str] = mapped_column(sa.String(2), default="zh", info=HIDDEN)
    text: Mapped[str] = mapped_column(
        sa.Text, info=field(_l("What the complainant was told"), long_text=True, read_only=True)
    )
    estimated_completion: Mapped[date | None] = mapped_column(
        sa.Date, info=field(_l("Estimated completion"), read_only=True)
    )
    signed_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Signed for by"), shows="signed_by", read_only=True)
    )
    signed_for_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("On behalf of"), shows="signed_for", read_only=True)
    )
    signed_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Signed at"), read_only=True))

    signed_by: Mapped[User | None] = relationship(foreign_keys=[signed_by_id])
    signed_for: Mapped[User | None] = relationship(foreign_keys=[signed_for_id])


class InformedPerson(Stamped, Base):
    """Somebody who was informed of a case because of their post, and when they confirmed that they read it (R13-01)."""

    __tablename__ = "informed_persons"
    __table_args__ = (
        check("read_at IS NULL OR read_at >= told_at", "read_after_told"),
        sa.Index("ix_informed_persons_complaint", "complaint_id", "user_id"),
    )

    complaint_id: Mapped[int] = mapped_column(to("complaints"), info=HIDDEN)
    user_id: Mapped[int] = mapped_column(
        to("users"), index=True, info=field(_l("Person"), shows="user", read_only=True)
    )
    post: Mapped[PostName] = mapped_column(
        enum_type(PostName, "post"), info=field(_l("Post"), read_only=True)
    )
    informed_of: Mapped[InformedOf] = mapped_column(
        enum_type(InformedOf, "informed_of"), info=field(_l("Informed of"), read_only=True)
    )
    clause: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Clause"), read_only=True))
    told_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Told at"), read_only=True))
    read_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Read at"), read_only=True))

    user: Mapped[User] = relationship(foreign_keys=[user_id])
