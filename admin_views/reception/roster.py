"""Lists of duty shifts and of the sittings of reception days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from admin_views.base import GuardedModelView
from admin_views.page_parts import Action, Badge, Empty
from admin_views.sessions import now
from models import DutyShift, ReceptionSession
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Invalid
from services.listing import ListRow
from services.operations.create_record import create_record
from services.operations.edit_record import edit_record
from services.unit_of_work import UnitOfWork


class DutyView(GuardedModelView):
    """Shifts of the duty officers, and whose week it is."""

    model = DutyShift
    permission = Permission.CALENDAR_READ
    create = Permission.DUTY_WRITE
    edit = Permission.DUTY_WRITE
    title = _l("Duty roster")
    new_title = _l("Enter duty")
    default_sort = "-starts_at"
    extra_fields = ("starts_at", "ends_at")
    standard_views = (
        (_l("All"), ""),
        (_l("On duty"), "f.kind=officer"),
        (_l("Leading that week"), "f.kind=leader"),
    )
    form_note = _l(
        "Outside office hours the officer on duty is the first receiver; what they can't solve is laid before the "
        "leader of that week when the office opens."
    )
    empty = Empty(
        title=_l("Nobody is on duty"),
        text=_l("Enter who receives complaints outside office hours, and which leader has the week."),
        icon="calendar",
    )

    def list_actions(self) -> Sequence[Action]:
        month = Action(label=_("Month"), url=url_for("reception_month.index"), icon="calendar")
        return (*super().list_actions(), month)

    def name_of(self, row: ListRow) -> str:
        return f"{row.values.get('kind').label} · {row.values.get('user_id')}"  # type: ignore[union-attr]

    def badges(self, row: ListRow) -> Sequence[Badge]:
        if row.values["starts_at"] <= now() < row.values["ends_at"]:
            return [Badge(text=_("Now"), tone="good")]
        return ()

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> DutyShift:
        _in_order(values)
        shift: DutyShift = create_record(work, DutyShift, values, Permission.DUTY_WRITE)
        return shift

    def save_edit(
        self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None
    ) -> DutyShift:
        _in_order(values)
        shift: DutyShift = edit_record(work, DutyShift, record.id, version, values, Permission.DUTY_WRITE)
        return shift


def _in_order(values: dict[str, Any]) -> None:
    if values["ends_at"] <= values["starts_at"]:
        raise Invalid({"ends_at": _l("It has to end after it begins.")})


class SessionsView(GuardedModelView):
    """Sittings are planned from the procedure; people enter host, place, and why one is not held."""

    model = ReceptionSession
    permission = Permission.CALENDAR_READ
    edit = Permission.DUTY_WRITE
    title = _l("Reception sessions")
    default_sort = "-held_on"
    edit_fields = ("host_id", "place", "cancelled_reason")
    empty = Empty(
        title=_l("No reception is planned"),
        text=_l("Reception days that the procedure names are planned two months ahead."),
        icon="calendar",
    )

    def list_actions(self) -> Sequence[Action]:
        month = Action(label=_("Month"), url=url_for("reception_month.index"), icon="calendar")
        return (*super().list_actions(), month)

    def name_of(self, row: ListRow) -> str:
        return str(row.values["title"])

    def badges(self, row: ListRow) -> Sequence[Badge]:
        return [Badge(text=_("Not held"), tone="bad")] if row.values.get("cancelled_reason") else ()
