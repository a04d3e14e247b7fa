"""Properties of counting, and agreement with a slow day-by-day walk written apart from it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.deadlines.calendar import prc_calendar
from services.deadlines.counting import due
from services.deadlines.rules import CountingRule, Extension, LastDay, Pause, Unit

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = prc_calendar()
COUNTED = (Unit.MINUTE, Unit.HOUR, Unit.WORKING_HOUR, Unit.CALENDAR_DAY, Unit.WORKING_DAY, Unit.MONTH)

starts = st.datetimes(datetime(2020, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))
rules = st.builds(CountingRule, st.sampled_from(COUNTED), st.integers(1, 40), st.sampled_from(list(LastDay)))
spans = st.builds(
    lambda begins, hours: Pause(begins, begins + timedelta(hours=hours)),
    st.datetimes(datetime(2020, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC)),
    st.integers(0, 400),
)


OTHER_CALENDAR = holidays.country_holidays("CN", years=range(2019, 2028))
"""Holidays and make-up days from another source than the desk's own (package holidays, not chinesecalendar)."""


def walk(start: date, amount: int) -> date:
    """The end by the plainest possible count over the other calendar."""
    day = start
    while amount:
        day = day + timedelta(days=1)
        amount -= bool(OTHER_CALENDAR.is_working_day(day))
    return day


@pytest.mark.parametrize("amount", [1, 2, 3, 5, 7, 15])
def test_working_days_agree_with_the_plain_walk(amount: int) -> None:
    rule, day, compared = CountingRule(Unit.WORKING_DAY, amount), date(2020, 1, 1), 0
    while day <= date(2026, 11, 30):
        wanted = walk(day, amount)
        result = due(rule, datetime(day.year, day.month, day.day, 11, 15, tzinfo=ZONE), CALENDAR, ZONE)
        assert result.due_date == wanted, day
        assert not result.lower_bound
        compared += 1
        day += timedelta(days=1)
    assert compared == 2526


NOTICE_2026 = (
    # 国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）: first and last day off, days worked instead
    ("2026-01-01", "2026-01-03", ("2026-01-04",)),
    ("2026-02-15", "2026-02-23", ("2026-02-14", "2026-02-28")),
    ("2026-04-04", "2026-04-06", ()),
    ("2026-05-01", "2026-05-05", ("2026-05-09",)),
    ("2026-06-19", "2026-06-21", ()),
    ("2026-09-25", "2026-09-27", ()),
    ("2026-10-01", "2026-10-07", ("2026-09-20", "2026-10-10")),
)


def test_both_calendars_agree_with_the_notice() -> None:
    off: set[date] = set()
    worked: set[date] = set()
    for first, last, instead in NOTICE_2026:
        length = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
        off |= {date.fromisoformat(first) + timedelta(days=n) for n in range(length)}
        worked |= {date.fromisoformat(day) for day in instead}
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365)):
        expected = day in worked or (day not in off and day.weekday() < 5)
        assert CALENDAR.is_working(day) == OTHER_CALENDAR.is_working_day(day) == expected, day


@pytest.mark.parametrize("amount", [1, 2, 3, 5, 7, 15])
@pytest.mark.parametrize("start", ["2026-12-29", "2026-12-31", "2027-01-01", "2027-05-04", "2031-02-28"])
def test_a_year_without_a_calendar_gives_a_bound_and_names_the_year(start: str, amount: int) -> None:
    """Nothing is guessed: the date is the earliest possible one, and the year that somebody has to enter is named."""
    begin = datetime.fromisoformat(f"{start} 10:00").replace(tzinfo=ZONE)
    known = sum(
        CALENDAR.is_working(begin.date() + timedelta(days=n))
        for n in range(1, 4)
        if (begin.date() + timedelta(days=n)).year in CALENDAR.covered_years
    )
    result = due(CountingRule(Unit.WORKING_DAY, amount), begin, CALENDAR, ZONE)
    if amount <= known:
        assert not result.lower_bound
        assert result.due_date.year in CALENDAR.covered_years
    else:
        assert result.lower_bound
        assert result.missing_year == max(begin.year, 2027)
        assert result.text.startswith(">=")
        assert result.due_date > begin.date()


@given(rules, starts)
def test_no_end_lies_before_its_start(rule: CountingRule, start: datetime) -> None:
    result = due(rule, start, CALENDAR, ZONE)
    assert result.due_at >= start
    assert result.due_date >= start.astimezone(ZONE).date()
    assert result.lower_bound == (result.missing_year is not None)


@given(rules, starts, st.integers(0, 60 * 24 * 20))
def test_a_later_start_never_ends_earlier(rule: CountingRule, start: datetime, minutes: int) -> None:
    later = start + timedelta(minutes=minutes)
    assert due(rule, start, CALENDAR, ZONE).due_at <= due(rule, later, CALENDAR, ZONE).due_at


@given(rules, starts, st.lists(spans, max_size=3), st.integers(0, 30))
def test_pauses_and_extensions_never_shorten(
    rule: CountingRule, start: datetime, pauses: list[Pause], extra: int
) -> None:
    plain = due(rule, start, CALENDAR, ZONE)
    paused = due(rule, start, CALENDAR, ZONE, pauses=pauses)
    extended = due(rule, start, CALENDAR, ZONE, pauses=pauses, extension=Extension(extra))
    assert plain.due_at <= paused.due_at <= extended.due_at


@given(starts, st.integers(1, 40))
def test_a_lower_bound_is_never_later_than_the_date_that_comes(start: datetime, amount: int) -> None:
    rule = CountingRule(Unit.WORKING_DAY, amount, LastDay.NEXT_WORKING_DAY)
    bound = due(rule, start, CALENDAR, ZONE)
    known = due(rule, start, CALENDAR.with_years(frozenset({2027, 2028}), {}), ZONE)
    assert not known.lower_bound
    assert bound.due_at <= known.due_at
    if not bound.lower_bound:
        assert bound.due_at == known.due_at


@settings(max_examples=50)
@given(st.integers(1, 36), st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)))
def test_a_month_keeps_the_day_or_takes_the_last(months: int, start: datetime) -> None:
    end = due(CountingRule(Unit.MONTH, months), start.replace(tzinfo=ZONE), CALENDAR, ZONE).due_date
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
