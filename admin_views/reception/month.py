"""A month of receptions and duty, with who receives now."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from admin_views.base import GuardedBaseView
from admin_views.guard import acting, desk_zone
from admin_views.page_parts import Action
from admin_views.sessions import now
from admin_views.values import time_of_request
from extensions import db
from models import DutyShift, Organisation, ReceptionSession
from models.enums import DayKind
from models.reception_enums import DutyKind
from services.access.permissions import Permission
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.workflow.duty import is_out_of_hours, on_duty

FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True)
class Entry:
    """A line in a day."""

    text: str
    title: str
    kind: str
    url: str = ""


@dataclass
class Day:
    """A day of the month page; `outside` belongs to the month before or after."""

    date: date
    outside: bool
    rests: bool
    today: bool
    entries: list[Entry] = field(default_factory=list)


class MonthView(GuardedBaseView):
    permission = Permission.CALENDAR_READ

    @expose("/")
    def index(self) -> ResponseReturnValue:
        today = now().astimezone(desk_zone()).date()
        first = _asked_month(request.args.get("month", ""), today)
        days = _days(first, today)
        _put_sessions(days)
        _put_duty(days)
        actions: list[Action] = []
        if acting().may(Permission.DUTY_WRITE):
            actions.append(
                Action(label=_("Enter duty"), url=url_for("duty.create_view"), icon="plus", key="n")
            )
        return self.render(
            "desk/reception_month.html",
            weeks=[days[n : n + 7] for n in range(0, len(days), 7)],
            weekdays=[format_date(day.date, "EEE") for day in days[:7]],
            month=format_date(first, "yyyy年M月" if _is_chinese() else "MMMM yyyy"),
            before=(first - timedelta(days=1)).strftime("%Y-%m"),
            after=(first + timedelta(days=32)).strftime("%Y-%m"),
            receiving=_receiving(),
            page_actions=actions,
        )


def _is_chinese() -> bool:
    from admin_views.locale import locale

    return locale().startswith("zh")


def _asked_month(text: str, today: date) -> date:
    try:
        asked = datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return today.replace(day=1)
    return asked if FIRST_YEAR <= asked.year <= LAST_YEAR else today.replace(day=1)


def _days(first: date, today: date) -> list[Day]:
    kinds = time_of_request().calendar
    shown = calendar.Calendar(0).itermonthdates(first.year, first.month)
    return [
        Day(
            day,
            day.month != first.month,
            kinds.kind_or_none(day) in (DayKind.REST, DayKind.HOLIDAY),
            day == today,
        )
        for day in shown
    ]


def _put_sessions(days: Sequence[Day]) -> None:
    found = {day.date: day for day in days}
    query = sa.select(ReceptionSession).options(joinedload(ReceptionSession.host))
    query = query.where(ReceptionSession.held_on.between(days[0].date, days[-1].date))
    zone = desk_zone()
    for each in db.session().scalars(query.order_by(ReceptionSession.starts_at)):
        hours = f"{each.starts_at.astimezone(zone):%H:%M}–{each.ends_at.astimezone(zone):%H:%M}"
        name = each.title.partition(" ")[2]
        details = [name, hours, each.place or "", each.host.name if each.host else "", each.cancelled_reason]
        found[each.held_on].entries.append(
            Entry(
                text=f"{hours} {name}",
                title=" · ".join(part for part in details if part),
                kind="cancelled" if each.cancelled_reason else "reception",
                url=url_for("reception_sessions.details_view", address=each.public_id),
            )
        )


def _put_duty(days: Sequence[Day]) -> None:
    zone = desk_zone()
    begin = datetime.combine(days[0].date, time(), zone)
    end = datetime.combine(days[-1].date + timedelta(days=1), time(), zone)
    query = (
        sa.select(DutyShift)
        .options(joinedload(DutyShift.user))
        .where(DutyShift.starts_at < end, DutyShift.ends_at > begin)
        .order_by(DutyShift.starts_at)
    )
    for shift in db.session().scalars(query):
        starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
        for day in days:
            opens = datetime.combine(day.date, time(), zone)
            if starts < opens + timedelta(days=1) and ends > opens:
                day.entries.append(
                    Entry(
                        text=f"{shift.kind.label} {shift.user.name}",
                        title=f"{starts:%m-%d %H:%M} – {ends:%m-%d %H:%M} {shift.phone or ''}".strip(),
                        kind=shift.kind.value,
                        url=url_for("duty.details_view", address=shift.public_id),
                    )
                )


@dataclass(frozen=True)
class Receiving:
    """Who receives complaints at this moment."""

    out_of_hours: bool
    person: str
    phone: str
    leader: str


def _receiving() -> Receiving | None:
    """None where the procedure in force has no duty roster."""
    version = current_version(db.session())
    duty = parsed(version).duty if version else None
    if duty is None:
        return None
    officer, leader = (on_duty(db.session(), kind, now()) for kind in (DutyKind.OFFICER, DutyKind.LEADER))
    organisation = db.session().get(Organisation, 1)
    outside = is_out_of_hours(duty, now(), time_of_request())
    phone = (officer.phone if officer and outside else None) or (organisation.phone if organisation else "")
    return Receiving(
        out_of_hours=outside,
        person=officer.user.name if officer and outside else "",
        phone=phone or "",
        leader=leader.user.name if leader else "",
    )
