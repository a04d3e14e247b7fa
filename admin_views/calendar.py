"""The working calendar: what is known, which year is missing, days the organisation decides itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin_views.base import GuardedModelView
from admin_views.fields import REQUIRED
from admin_views.form_context import FormPage, FormSection
from admin_views.fragments import done
from admin_views.guard import acting, desk_zone, requires
from admin_views.list_builder import ListFrame
from admin_views.page_parts import Action, Empty
from admin_views.record_forms import posted, put_errors
from extensions import db
from models import CalendarDay, CalendarYear, ClockRun
from models.enums import DayKind
from models.labels import _l
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_calendar
from services.errors import DeskError, Invalid, NotFound, NotPermitted
from services.listing import ListQuery, ListRow
from services.operations.enter_calendar_year import enter_calendar_year
from services.operations.set_calendar_day import set_calendar_day
from services.unit_of_work import UnitOfWork

_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")
_SPAN = re.compile(r"\s*(?:–|—|~|至|到| - )\s*")
LONGEST_SPAN = 31
"""Days that one span may cover."""


class YearForm(BaseForm):
    """A year's calendar, as the official notice gives it."""

    year = IntegerField(_l("Year"), [InputRequired(REQUIRED)])
    source = StringField(
        _l("Basis"),
        [InputRequired(REQUIRED), Length(max=200)],
        description=_l("The notice or decision it rests on."),
    )
    holidays = TextAreaField(
        _l("Public holidays"),
        [InputRequired(REQUIRED)],
        description=_l(
            "One day or span a line: 2027-01-01, or 2027-02-06 - 2027-02-12; weekends within a span too."
        ),
        render_kw={"rows": 9},
    )
    make_up = TextAreaField(
        _l("Make-up working days"),
        description=_l("Weekend days that are worked, one a line."),
        render_kw={"rows": 5},
    )


def days_in(text: str | None, year: int | None, field: str) -> list[date]:
    """The days that a text names: one day or one span a line. Invalid at `field` for a line that names none."""
    found: list[date] = []
    for line in (text or "").replace("，", "\n").replace(",", "\n").replace("、", "\n").splitlines():
        if not line.strip():
            continue
        ends = [_day(part, year, field) for part in _SPAN.split(line.strip())]
        if len(ends) > 2 or ends[-1] < ends[0] or (ends[-1] - ends[0]).days > LONGEST_SPAN:
            raise Invalid({field: _l("This line cannot be understood: %(line)s", line=line.strip()[:40])})
        found += [ends[0] + timedelta(days=n) for n in range((ends[-1] - ends[0]).days + 1)]
    return list(dict.fromkeys(found))


def _day(text: str, year: int | None, field: str) -> date:
    match = _DAY.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        return date(int(match[1] or year or 0), int(match[2]), int(match[3]))
    except ValueError:
        raise Invalid(
            {field: _l("This line cannot be understood: %(line)s", line=text.strip()[:40])}
        ) from None


class CalendarView(GuardedModelView):
    """Single days over the official calendar; whole years beyond it."""

    model = CalendarDay
    permission = Permission.CALENDAR_READ
    create = Permission.CALENDAR_WRITE
    edit = Permission.CALENDAR_WRITE
    title = _l("Calendar")
    new_title = _l("Set a day")
    default_sort = "-day"
    standard_views = (
        (_l("All"), ""),
        *((kind.label, f"f.kind={kind.value}") for kind in (DayKind.HOLIDAY, DayKind.MAKE_UP)),
    )
    empty = Empty(
        title=_l("No day of your own"),
        text=_l("The official calendar holds. Set a day when your organisation works or rests otherwise."),
        icon="calendar",
    )

    def frame(self, query: ListQuery) -> ListFrame:
        return replace(super().frame(query), note=self._coverage())

    def _coverage(self) -> str:
        calendar = desk_calendar(db.session())
        end = calendar.coverage_end
        note = _("The calendar is known to the end of %(year)s.", year=end.year if end else "—")
        own = db.session().scalars(sa.select(CalendarYear.year).order_by(CalendarYear.year)).all()
        if own:
            note += " " + _("Entered here: %(years)s.", years=", ".join(map(str, own)))
        missing = missing_years()
        if missing:
            years = ", ".join(map(str, missing))
            note += " " + _(
                "The calendar of %(years)s is missing: due dates that reach it are lower bounds.", years=years
            )
        return note

    def list_actions(self) -> Sequence[Action]:
        if not acting().may(Permission.CALENDAR_WRITE):
            return ()
        year = Action(label=_("Enter a year"), url=url_for(f"{self.endpoint}.enter_year"), icon="calendar")
        return (year, *super().list_actions()) if missing_years() else (*super().list_actions(), year)

    def name_of(self, row: ListRow) -> str:
        return str(row.values["day"])

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> CalendarDay:
        return set_calendar_day(work, values=values)

    def save_edit(
        self, work: UnitOfWork, record: Any, values: dict[str, Any], version: int | None
    ) -> CalendarDay:
        return set_calendar_day(work, record.id, version, values=values)

    def _saved(self, address: str, draft: str) -> ResponseReturnValue:
        current_app.extensions["jobs"].enqueue("calendar")
        return super()._saved(address, draft)

    @expose("/year", methods=("GET", "POST"))
    @requires(Permission.CALENDAR_WRITE)
    def enter_year(self) -> ResponseReturnValue:
        """The form of a year; afterwards every due date that reaches it is computed again."""
        data = posted()
        form = YearForm(data) if data is not None else YearForm(data={"year": _first_missing()})
        errors: list[str] = []
        if data is not None and form.validate():
            try:
                year = form.year.data
                holidays = days_in(form.holidays.data, year, "holidays")
                make_up = days_in(form.make_up.data, year, "make_up")
                with UnitOfWork(db.session(), acting()) as work:
                    enter_calendar_year(
                        work, year, holidays=holidays, make_up=make_up, source=form.source.data
                    )
            except (NotFound, NotPermitted):
                raise
            except DeskError as error:
                errors = put_errors(form, error)
            else:
                current_app.extensions["jobs"].enqueue("calendar")
                flash(
                    _("The calendar of %(year)s is entered; due dates are being computed again.", year=year),
                    "success",
                )
                return done(self.list_url())
        page = FormPage(
            title=_("Enter a year"),
            note=_(
                "Copy it from the yearly notice of the State Council. Days it does not name follow the week."
            ),
            url=request.path,
            sections=[FormSection(title=_("Year"), fields=("year", "source", "holidays", "make_up"))],
            back_url=self.list_url(),
            errors=errors,
        )
        html = self.render("desk/form.html", page=page, form=form, breadcrumbs=self.crumbs(_("Enter a year")))
        return html, 422 if errors or form.errors else 200


def missing_years() -> list[int]:
    """Years whose calendar somebody has to enter: those that due dates reach, and next year once it is near."""
    known = desk_calendar(db.session()).covered_years
    today = datetime.now(UTC).astimezone(desk_zone()).date()
    wanted = {today.year} | ({today.year + 1} if today.month == 12 else set())
    asked = sa.select(ClockRun.missing_year).where(
        ClockRun.is_lower_bound, ClockRun.missing_year.is_not(None)
    )
    wanted |= {year for year in db.session().scalars(asked.distinct()) if year is not None}
    return sorted(wanted - known)


def _first_missing() -> int:
    missing = missing_years()
    end = desk_calendar(db.session()).coverage_end
    return missing[0] if missing else (end.year + 1 if end else datetime.now(UTC).year)


def screens() -> list[Any]:
    return [CalendarView(endpoint="calendar", url="/calendar")]
