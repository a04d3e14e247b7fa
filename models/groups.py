"""Standing handling groups: people of several departments who are put on an investigation together (R05-02, R18-01)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, to
from models.fields import HIDDEN, field
from models.labels import _l
from models.organisation import User
from models.types import Moment


class HandlingGroup(Addressed, Versioned, Stamped, Base):
    """A named group across departments; ended, it can no longer be put on an investigation."""

    __tablename__ = "handling_groups"

    name: Mapped[str] = mapped_column(sa.String(120), unique=True, info=field(_l("Name"), default=True))
    purpose: Mapped[str | None] = mapped_column(
        sa.String(300), info=field(_l("What it is for"), default=True)
    )
    leader_id: Mapped[int] = mapped_column(
        to("users"), info=field(_l("Leader of the group"), shows="leader", default=True)
    )
    ended_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Ended at"), default=True, read_only=True)
    )

    leader: Mapped[User] = relationship(foreign_keys=[leader_id])
    members: Mapped[list[HandlingGroupMember]] = relationship(
        back_populates="group", order_by="HandlingGroupMember.id"
    )

    def __str__(self) -> str:
        return self.name


class HandlingGroupMember(Base):
    """Somebody in a group, and the function they stand for: marketing, quality, production …"""

    __tablename__ = "handling_group_members"
    __table_args__ = (
        sa.UniqueConstraint("handling_group_id", "user_id", name="uq_handling_group_members_person"),
    )

    handling_group_id: Mapped[int] = mapped_column(to("handling_groups"), info=HIDDEN)
    user_id: Mapped[int] = mapped_column(to("users"), index=True, info=field(_l("Member"), shows="user"))
    function: Mapped[str | None] = mapped_column(
        sa.String(60), info=field(_l("Function they stand for"))
    )  # a code of the procedure's list

    group: Mapped[HandlingGroup] = relationship(back_populates="members")
    user: Mapped[User] = relationship(foreign_keys=[user_id])
