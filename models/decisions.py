"""Who holds a post, how a complaint was graded, how its result was evaluated."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Stamped, check, to
from models.enums import PostName, Verdict
from models.fields import HIDDEN, field
from models.labels import _l
from models.organisation import Department, User
from models.types import Json, Moment, enum_type


class PostBinding(Stamped, Base):
    """A post of the procedure held by one person, or by the people of one department. It ends, it is never deleted."""

    __tablename__ = "post_bindings"
    __table_args__ = (check("(department_id IS NULL) <> (user_id IS NULL)", "department_or_person"),)

    post: Mapped[PostName] = mapped_column(
        enum_type(PostName, "post"), info=field(_l("Post of the procedure"), default=True)
    )
    department_id: Mapped[int | None] = mapped_column(
        to("departments"), info=field(_l("Held by department"), shows="department", default=True)
    )
    user_id: Mapped[int | None] = mapped_column(
        to("users"), index=True, info=field(_l("Held by person"), shows="user", default=True)
    )
    bound_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Bound by"), shows="bound_by", default=True, read_only=True)
    )
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Ended at"), read_only=True))

    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    bound_by: Mapped[User | None] = relationship(foreign_keys=[bound_by_id])


class GradeRecord(Stamped, Base):
    """One grading: the facts asked, the grade they came to, the grade before. Regrading adds a row (R13-08)."""

    __tablename__ = "grade_records"

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    round: Mapped[int] = mapped_column(info=field(_l("Round")))
    scheme: Mapped[str] = mapped_column(sa.String(60), info=field(_l("Scale")))
    level: Mapped[str] = mapped_column(sa.String(40), info=field(_l("Grade")))
    earlier: Mapped[str | None] = mapped_column(sa.String(40), info=field(_l("Grade before")))
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=HIDDEN)
    was_asked: Mapped[bool] = mapped_column(default=False, info=field(_l("Left open by the text")))
    reason: Mapped[str] = mapped_column(sa.Text, info=field(_l("Reason for grade"), long_text=True))
    recognition: Mapped[str | None] = mapped_column(
        sa.Text, info=field(_l("Complainant's recognition"), long_text=True)
    )
    at: Mapped[datetime] = mapped_column(Moment, info=field(_l("At")))
    by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)

    by: Mapped[User | None] = relationship(foreign_keys=[by_id])


class Evaluation(Stamped, Base):
    """The leadership's evaluation of a result, or the superior's opinion on it (R10-10, R16-17)."""

    __tablename__ = "evaluations"

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    round: Mapped[int] = mapped_column(info=field(_l("Round")))
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict, "verdict"), info=field(_l("Verdict")))
    opinion: Mapped[str] = mapped_column(sa.Text, info=field(_l("Opinion"), long_text=True))
    at: Mapped[datetime] = mapped_column(Moment, info=field(_l("At")))
    by_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)
    for_id: Mapped[int | None] = mapped_column(to("users"), info=HIDDEN)

    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
