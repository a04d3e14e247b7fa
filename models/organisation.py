"""Who works here: departments, people, the roles they hold, and who stands in for whom."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, Versioned, check, to
from models.enums import RoleName, SuccessionKind
from models.fields import HIDDEN, Sensitivity, field
from models.hold_enums import DepartmentDuty
from models.labels import _l
from models.types import Json, Moment, enum_type


class Organisation(Base):
    """The one organisation of this desk and its settings (a single row)."""

    __tablename__ = "organisation"
    __table_args__ = (check("id = 1", "single_row"),)

    name: Mapped[str] = mapped_column(sa.String(200), info=field(_l("Organisation")))
    procedure_code: Mapped[str] = mapped_column(sa.String(80), info=field(_l("Procedure")))
    timezone: Mapped[str] = mapped_column(sa.String(64), info=field(_l("Time zone"), read_only=True))
    is_demonstration: Mapped[bool] = mapped_column(default=False, info=HIDDEN)
    phone: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Complaint telephone")))
    fax: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Fax")))
    address: Mapped[str | None] = mapped_column(sa.String(300), info=field(_l("Address")))
    sealed_key_check: Mapped[str | None] = mapped_column(sa.String(200), info=HIDDEN)


class Department(Addressed, Versioned, Base):
    """A department; it ends on a date and is followed by others, it is never deleted."""

    __tablename__ = "departments"
    __table_args__ = (check("parent_id IS NULL OR parent_id <> id", "not_its_own_parent"),)

    name: Mapped[str] = mapped_column(sa.String(120), info=field(_l("Name"), default=True))
    code: Mapped[str] = mapped_column(sa.String(40), unique=True, info=field(_l("Code"), default=True))
    parent_id: Mapped[int | None] = mapped_column(
        to("departments"), index=True, info=field(_l("Parent department"), shows="parent", default=True)
    )
    leader_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="RESTRICT", use_alter=True),
        info=field(_l("Department head"), shows="leader", default=True),
    )
    leader_in_charge_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="RESTRICT", use_alter=True),
        info=field(_l("Leader in charge"), shows="leader_in_charge", default=True),
    )
    is_office: Mapped[bool] = mapped_column(
        default=False, info=field(_l("Complaint office"), help=_l("Receives and dispatches complaints."))
    )
    duty: Mapped[DepartmentDuty | None] = mapped_column(
        enum_type(DepartmentDuty, "department_duty"),
        info=field(_l("Task with goods"), help=_l("Notices that goods are stopped go to these departments.")),
    )
    ended_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Ended on"), read_only=True))

    parent: Mapped[Department | None] = relationship(remote_side="Department.id", foreign_keys=[parent_id])
    leader: Mapped[User | None] = relationship(foreign_keys=[leader_id])
    leader_in_charge: Mapped[User | None] = relationship(foreign_keys=[leader_in_charge_id])

    def __str__(self) -> str:
        return self.name


class DepartmentSuccession(Stamped, Base):
    """A rename, merger or split with its date: scope follows the successor, history keeps the old name."""

    __tablename__ = "department_successions"

    kind: Mapped[SuccessionKind] = mapped_column(
        enum_type(SuccessionKind, "succession_kind"), info=field(_l("Change"))
    )
    from_id: Mapped[int] = mapped_column(
        to("departments"), index=True, info=field(_l("From"), shows="source")
    )
    to_id: Mapped[int] = mapped_column(to("departments"), index=True, info=field(_l("To"), shows="target"))
    old_name: Mapped[str] = mapped_column(sa.String(120), info=field(_l("Old name")))
    new_name: Mapped[str] = mapped_column(sa.String(120), info=field(_l("New name")))
    effective_on: Mapped[date] = mapped_column(sa.Date, info=field(_l("Effective on")))

    source: Mapped[Department] = relationship(foreign_keys=[from_id])
    target: Mapped[Department] = relationship(foreign_keys=[to_id])


class User(Addressed, Versioned, Stamped, Base):
    """An account. It can be disabled, never deleted, and its login is never given to somebody else."""

    __tablename__ = "users"
    __table_args__ = (check("failed_logins >= 0", "failed_logins_not_negative"),)

    login: Mapped[str] = mapped_column(
        sa.String(80), unique=True, info=field(_l("Login"), default=True, import_=False)
    )
    name: Mapped[str] = mapped_column(sa.String(80), info=field(_l("Full name"), default=True))
    department_id: Mapped[int | None] = mapped_column(
        to("departments"), index=True, info=field(_l("Department"), shows="department", default=True)
    )
    post: Mapped[str | None] = mapped_column(sa.String(80), info=field(_l("Post"), default=True))
    phone: Mapped[str | None] = mapped_column(
        sa.String(40), info=field(_l("Telephone"), Sensitivity.INTERNAL)
    )
    email: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("E-mail"), Sensitivity.INTERNAL))
    locale: Mapped[str | None] = mapped_column(sa.String(20), info=HIDDEN)
    theme: Mapped[str | None] = mapped_column(sa.String(10), info=HIDDEN)
    is_active: Mapped[bool] = mapped_column(
        default=True, info=field(_l("Active"), default=True, read_only=True)
    )
    disabled_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Disabled at"), read_only=True)
    )
    password_hash: Mapped[str | None] = mapped_column(
        sa.String(200), info=field("password_hash", Sensitivity.SECRET)
    )
    must_change_password: Mapped[bool] = mapped_column(default=False, info=HIDDEN)
    reset_code_hash: Mapped[str | None] = mapped_column(
        sa.String(200), info=field("reset_code_hash", Sensitivity.SECRET)
    )
    reset_code_expires_at: Mapped[datetime | None] = mapped_column(Moment, info=HIDDEN)
    failed_logins: Mapped[int] = mapped_column(default=0, info=HIDDEN)
    locked_until: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Locked until"), read_only=True)
    )
    last_login_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Last sign-in"), read_only=True)
    )
    session_stamp: Mapped[int] = mapped_column(
        default=1, info=HIDDEN
    )  # raised by "sign out everywhere": every older session ends

    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="user", foreign_keys="RoleGrant.user_id", order_by="RoleGrant.id"
    )

    def __str__(self) -> str:
        return self.name


class RoleGrant(Stamped, Base):
    """A role held by a user for one department, or for all when none is named.

    A grant counts only once a second person has confirmed it, unless an exemption is recorded.
    """

    __tablename__ = "role_grants"
    __table_args__ = (
        check("confirmed_by_id IS NULL OR confirmed_by_id <> granted_by_id", "second_person"),
        check("confirmed_by_id IS NULL OR confirmed_at IS NOT NULL", "confirmed_when"),
        sa.Index(
            "uq_role_grants_open_all",
            "user_id",
            "role",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL AND department_id IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL AND department_id IS NULL"),
        ),
        sa.Index(
            "uq_role_grants_open",
            "user_id",
            "role",
            "department_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL AND department_id IS NOT NULL"),
            sqlite_where=sa.text("ended_at IS NULL AND department_id IS NOT NULL"),
        ),
    )

    user_id: Mapped[int] = mapped_column(to("users"), info=field(_l("User"), shows="user", default=True))
    role: Mapped[RoleName] = mapped_column(enum_type(RoleName, "role"), info=field(_l("Role"), default=True))
    department_id: Mapped[int | None] = mapped_column(
        to("departments"), info=field(_l("For department"), shows="department", default=True)
    )
    granted_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Granted by"), shows="granted_by", read_only=True, default=True)
    )
    confirmed_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Confirmed by"), shows="confirmed_by", read_only=True, default=True)
    )
    confirmed_at: Mapped[datetime | None] = mapped_column(
        Moment, info=field(_l("Confirmed at"), read_only=True)
    )
    exemption_id: Mapped[int | None] = mapped_column(to("exemptions"), info=HIDDEN)
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Ended at"), read_only=True))

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])
    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    granted_by: Mapped[User | None] = relationship(foreign_keys=[granted_by_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])


class LeaveCover(Stamped, Versioned, Base):
    """A deputy who acts for somebody from one moment to another; acts are shown as "for X"."""

    __tablename__ = "leave_covers"
    __table_args__ = (
        check("deputy_id <> principal_id", "somebody_else"),
        check("ends_at > starts_at", "ends_after_it_starts"),
    )

    principal_id: Mapped[int] = mapped_column(
        to("users"), index=True, info=field(_l("On leave"), shows="principal", default=True)
    )
    deputy_id: Mapped[int] = mapped_column(
        to("users"), index=True, info=field(_l("Deputy"), shows="deputy", default=True)
    )
    starts_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Starts at"), default=True))
    ends_at: Mapped[datetime] = mapped_column(Moment, info=field(_l("Until"), default=True))
    reason: Mapped[str | None] = mapped_column(sa.String(200), info=field(_l("Reason"), default=True))
    arranged_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Arranged by"), shows="arranged_by", read_only=True)
    )
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Ended at"), read_only=True))

    principal: Mapped[User] = relationship(foreign_keys=[principal_id])
    deputy: Mapped[User] = relationship(foreign_keys=[deputy_id])
    arranged_by: Mapped[User | None] = relationship(foreign_keys=[arranged_by_id])


class Exemption(Stamped, Base):
    """A leader's recorded exemption from a separation of duties that the organisation is too small for."""

    __tablename__ = "exemptions"

    rule: Mapped[str] = mapped_column(sa.String(60), info=field(_l("Rule"), default=True))
    reason: Mapped[str] = mapped_column(sa.Text, info=field(_l("Reason"), default=True, long_text=True))
    granted_by_id: Mapped[int] = mapped_column(
        to("users"), info=field(_l("Granted by"), shows="granted_by", default=True, read_only=True)
    )
    valid_until: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Valid until"), default=True))
    ended_at: Mapped[datetime | None] = mapped_column(Moment, info=field(_l("Ended at"), read_only=True))

    granted_by: Mapped[User] = relationship(foreign_keys=[granted_by_id])


class SavedView(Versioned, Base):
    """A person's list settings under a name: filters, order and columns; shared ones show to everybody."""

    __tablename__ = "saved_views"
    __table_args__ = (sa.UniqueConstraint("user_id", "screen", "name", name="uq_saved_views_name"),)

    user_id: Mapped[int] = mapped_column(to("users"), info=HIDDEN)
    screen: Mapped[str] = mapped_column(sa.String(60), info=HIDDEN)
    name: Mapped[str] = mapped_column(sa.String(80), info=HIDDEN)
    query: Mapped[dict[str, object]] = mapped_column(Json, default=dict, info=HIDDEN)
    columns: Mapped[list[str]] = mapped_column(Json, default=list, info=HIDDEN)
    is_shared: Mapped[bool] = mapped_column(default=False, info=HIDDEN)


class ColumnChoice(Base):
    """The columns a person last chose on a screen, in their order."""

    __tablename__ = "column_choices"
    __table_args__ = (sa.UniqueConstraint("user_id", "screen", name="uq_column_choices_screen"),)

    user_id: Mapped[int] = mapped_column(to("users"), info=HIDDEN)
    screen: Mapped[str] = mapped_column(sa.String(60), info=HIDDEN)
    columns: Mapped[list[str]] = mapped_column(Json, default=list, info=HIDDEN)
