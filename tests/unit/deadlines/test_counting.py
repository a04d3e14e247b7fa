"""Counting: the worked examples, the rules of the Civil Code, pauses, extensions, the end of the calendar."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.enums import DayKind
from services.deadlines.calendar import CalendarMissing, prc_calendar
from services.deadlines.counting import StepNote, due, resume_due
from services.deadlines.explain import as_text, lines, summary
from services.deadlines.rules import (
    CountingRule,
    Extension,
    LastDay,
    Pause,
    Unit,
    WarnPoint,
    extension_left,
)
from services.deadlines.warning import warn_moment, warn_moments
from services.procedures.registry import load_packs

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = prc_calendar()
PROCEDURES = load_packs()
EXAMPLES = list(
    csv.DictReader((Path(__file__).parents[2] / "data" / "deadline_examples.csv").open(encoding="utf-8"))
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def days(amount: int, **more: object) -> CountingRule:
    return CountingRule(Unit.WORKING_DAY, amount, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "row", EXAMPLES, ids=lambda row: f"{row['procedure']}-{row['clock']}-{row['start'][:10]}"
)
@pytest.mark.clause("R01-12", "R01-13", "R03-02", "R08-03", "R09-08", "R11-05", "R11-07", "R11-09")
@pytest.mark.clause("R14-10", "R14-11", "R15-12", "R17-07")
def test_every_worked_example_agrees(row: dict[str, str]) -> None:
    clock = PROCEDURES[row["procedure"]].clock(row["clock"])
    assert row["clause"] in clock.clause
    result = due(clock.rule, local(row["start"]), CALENDAR, ZONE)
    assert result.text == row["due"]
    assert not result.lower_bound


def test_a_period_in_days_ends_with_the_last_day() -> None:
    result = due(days(2), local("2026-02-13 09:30"), CALENDAR, ZONE)
    assert not result.is_moment
    assert result.due_date == date(2026, 2, 24)
    assert result.due_at == local("2026-02-25 00:00")
    assert not result.is_past(local("2026-02-24 23:59"))
    assert result.is_past(local("2026-02-25 00:00"))


def test_a_period_in_hours_runs_from_the_moment() -> None:
    result = due(CountingRule(Unit.HOUR, 24), local("2026-02-13 09:30"), CALENDAR, ZONE)
    assert result.is_moment
    assert result.due_at == datetime(2026, 2, 14, 1, 30, tzinfo=UTC)
    assert not result.is_past(result.due_at)
    assert result.is_past(result.due_at + timedelta(seconds=1))


def test_the_start_belongs_to_its_local_day() -> None:
    late = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # already 3 March in Shanghai
    assert due(days(1), late, CALENDAR, ZONE).due_date == date(2026, 3, 4)


def test_a_naive_start_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due(days(1), datetime(2026, 3, 2), CALENDAR, ZONE)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31 10:00", 1, "2026-02-28"),
        ("2024-01-31 10:00", 1, "2024-02-29"),
        ("2025-12-31 10:00", 2, "2026-02-28"),
        ("2026-03-31 10:00", 1, "2026-04-30"),
        ("2025-11-15 10:00", 14, "2027-01-15"),
    ],
)
def test_a_month_ends_on_the_corresponding_day_or_the_last(start: str, months: int, end: str) -> None:
    result = due(CountingRule(Unit.MONTH, months), local(start), CALENDAR, ZONE)
    assert result.due_date == date.fromisoformat(end)


def test_only_a_rule_that_says_so_moves_the_end_to_the_next_working_day() -> None:
    start = local("2026-02-12 10:00")
    stays = CountingRule(Unit.CALENDAR_DAY, 5)
    moves = CountingRule(Unit.CALENDAR_DAY, 5, LastDay.NEXT_WORKING_DAY)
    assert due(stays, start, CALENDAR, ZONE).due_date == date(2026, 2, 17)
    assert due(moves, start, CALENDAR, ZONE).due_date == date(2026, 2, 24)


def test_make_up_days_count_and_holidays_do_not() -> None:
    assert CALENDAR.kind(date(2026, 2, 14)) is DayKind.MAKE_UP
    assert CALENDAR.kind(date(2026, 2, 16)) is DayKind.HOLIDAY
    assert CALENDAR.kind(date(2026, 3, 7)) is DayKind.REST
    assert CALENDAR.next_working_day(date(2026, 2, 14)) == date(2026, 2, 24)


def test_same_day_and_at_once() -> None:
    start = local("2026-12-25 23:59")
    assert due(CountingRule(Unit.SAME_DAY), start, CALENDAR, ZONE).due_at == local("2026-12-26 00:00")
    at_once = due(CountingRule(Unit.AT_ONCE), start, CALENDAR, ZONE)
    assert (at_once.due_at, at_once.is_moment) == (start, True)


def test_a_date_set_by_the_customer_is_taken_as_given() -> None:
    rule = CountingRule(Unit.CUSTOMER_SET)
    result = due(rule, local("2026-03-02 09:00"), CALENDAR, ZONE, given=date(2026, 3, 8))
    assert (result.due_date, result.is_moment) == (date(2026, 3, 8), False)
    with pytest.raises(ValueError, match="customer"):
        due(rule, local("2026-03-02 09:00"), CALENDAR, ZONE)


def test_working_hours_run_only_inside_the_office_windows() -> None:
    result = due(CountingRule(Unit.WORKING_HOUR, 4), local("2026-02-14 16:00"), CALENDAR, ZONE)
    # 1.5 hours on the make-up day, 2.5 hours on the first morning after Spring Festival.
    assert result.due_at == local("2026-02-24 10:30")


def test_closing_time_ends_the_last_day_earlier() -> None:
    rule = days(1, closing_time=time(17, 30))
    assert due(rule, local("2026-03-02 09:00"), CALENDAR, ZONE).due_at == local("2026-03-03 17:30")


# Past the end of the calendar


def test_coverage_ends_with_the_data() -> None:
    assert CALENDAR.coverage_start == date(2004, 1, 1)
    assert CALENDAR.coverage_end is not None and CALENDAR.coverage_end >= date(2026, 12, 31)
    with pytest.raises(CalendarMissing) as missing:
        CALENDAR.is_working(CALENDAR.coverage_end + timedelta(days=1))
    assert missing.value.year == CALENDAR.coverage_end.year + 1


def calendar_to_2026():
    from services.deadlines.calendar import WorkingCalendar

    return WorkingCalendar(CALENDAR.days, frozenset(year for year in CALENDAR.covered_years if year <= 2026))


def test_past_the_calendar_the_result_is_a_lower_bound_that_names_the_year() -> None:
    result = due(days(7), local("2026-12-25 08:00"), calendar_to_2026(), ZONE)
    assert (result.lower_bound, result.missing_year) == (True, 2027)
    assert result.due_date == date(2027, 1, 3)
    assert result.text == ">=2027-01-03"
    assert any("2027" in said for said in summary(result))


def test_a_month_needs_the_calendar_only_to_move_its_end() -> None:
    start = local("2026-12-25 08:00")
    stays = due(CountingRule(Unit.MONTH, 2), start, calendar_to_2026(), ZONE)
    moves = due(CountingRule(Unit.MONTH, 2, LastDay.NEXT_WORKING_DAY), start, calendar_to_2026(), ZONE)
    assert (stays.lower_bound, moves.lower_bound, moves.missing_year) == (False, True, 2027)


def test_the_year_arriving_fixes_the_date() -> None:
    new_year = {date(2027, 1, 1): DayKind.HOLIDAY, date(2027, 1, 2): DayKind.MAKE_UP}
    arrived = calendar_to_2026().with_years(frozenset({2027}), new_year)
    result = due(days(7), local("2026-12-25 08:00"), arrived, ZONE)
    assert not result.lower_bound
    assert result.due_date == date(2027, 1, 5)


def test_single_days_set_by_the_organisation_win() -> None:
    closed = prc_calendar({date(2026, 3, 3): DayKind.REST})
    assert due(days(1), local("2026-03-02 09:00"), closed, ZONE).due_date == date(2026, 3, 4)
    assert due(days(1), local("2026-12-31 09:00"), calendar_to_2026(), ZONE).lower_bound
    known = calendar_to_2026().with_overrides({date(2027, 1, 1): DayKind.WORK})
    assert not due(days(1), local("2026-12-31 09:00"), known, ZONE).lower_bound


# Pauses and extensions


def test_a_pause_in_working_days_leaves_out_the_days_after_its_first_up_to_its_last() -> None:
    start, pause = local("2026-03-02 09:00"), Pause(local("2026-03-04 10:00"), local("2026-03-06 15:00"))
    plain = due(days(5), start, CALENDAR, ZONE)
    resumed = resume_due(days(5), start, [pause], CALENDAR, ZONE)
    assert plain.due_date == date(2026, 3, 9)
    assert resumed.due_date == date(2026, 3, 11)
    assert [step.day.day for step in resumed.steps if step.note is StepNote.PAUSED] == [5, 6]


def test_a_pause_within_one_day_gains_nothing_and_an_open_one_nothing_yet() -> None:
    start = local("2026-03-02 09:00")
    short = Pause(local("2026-03-04 10:00"), local("2026-03-04 11:00"))
    still_open = Pause(local("2026-03-04 10:00"), None)
    assert resume_due(days(5), start, [short, still_open], CALENDAR, ZONE).due_date == date(2026, 3, 9)


def test_a_pause_in_hours_gives_back_the_exact_span() -> None:
    rule, start = CountingRule(Unit.HOUR, 24), local("2026-03-02 09:00")
    pause = Pause(local("2026-03-02 10:00"), local("2026-03-02 12:15"))
    after_the_end = Pause(local("2026-03-05 10:00"), local("2026-03-06 10:00"))
    assert resume_due(rule, start, [pause, after_the_end], CALENDAR, ZONE).due_at == local("2026-03-03 11:15")


def test_a_pause_cuts_its_span_out_of_working_hours() -> None:
    pause = Pause(local("2026-03-02 09:00"), local("2026-03-02 11:00"))
    result = resume_due(
        CountingRule(Unit.WORKING_HOUR, 3), local("2026-03-02 08:00"), [pause], CALENDAR, ZONE
    )
    assert result.due_at == local("2026-03-02 15:00")


@pytest.mark.clause("R01-16")
def test_an_extension_counts_calendar_days_from_the_original_end() -> None:
    start = local("2026-02-13 09:30")
    result = due(days(15), start, CALENDAR, ZONE, extension=Extension(30))
    assert result.due_date == date(2026, 3, 12) + timedelta(days=30)
    assert sum(step.note is StepNote.EXTENDED for step in result.steps) == 30


@pytest.mark.clause("R01-16")
def test_the_limit_of_an_extension_holds_for_all_grants_together() -> None:
    limit = PROCEDURES["hospital-complaint-office"].clock("close").extendable
    assert limit is not None and (limit.max_amount, limit.unit) == (30, "calendar_day")
    assert extension_left(limit.max_amount, [10, 15]) == 5
    assert extension_left(limit.max_amount, [30]) == 0


# Warnings and the explanation


def test_a_warning_at_a_fraction_is_taken_of_the_counted_days() -> None:
    result = due(days(2), local("2026-02-13 09:30"), CALENDAR, ZONE)
    # One of two days is used up on the 14th; the long holiday lies between.
    assert warn_moment(result, WarnPoint(fraction=0.5), CALENDAR) == local("2026-02-24 00:00")


def test_warnings_before_the_end() -> None:
    result = due(days(15), local("2026-02-13 09:30"), CALENDAR, ZONE)
    points = [WarnPoint(before=1), WarnPoint(before=2, unit=Unit.HOUR)]
    assert warn_moments(result, points, CALENDAR) == [local("2026-03-11 00:00"), local("2026-03-12 22:00")]
    hours = due(CountingRule(Unit.HOUR, 24), local("2026-03-02 09:00"), CALENDAR, ZONE)
    assert warn_moment(hours, WarnPoint(fraction=0.5), CALENDAR) == local("2026-03-02 21:00")
    assert warn_moment(hours, WarnPoint(before=90, unit=Unit.HOUR), CALENDAR) == hours.start


@pytest.mark.parametrize("row", EXAMPLES[:26], ids=lambda row: f"{row['clock']}-{row['start'][:10]}")
def test_the_explanation_adds_up(row: dict[str, str]) -> None:
    rule = PROCEDURES[row["procedure"]].clock(row["clock"]).rule
    result = due(rule, local(row["start"]), CALENDAR, ZONE)
    shown = lines(result)
    assert shown[0].day == local(row["start"]).date()
    assert shown[-1].day == result.due_date
    if rule.unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY):
        assert [line.counted for line in shown if line.counted] == list(range(1, rule.amount + 1))
        assert [line.day for line in shown] == [
            shown[0].day + timedelta(days=offset) for offset in range(len(shown))
        ]
    assert row["due"] in as_text(result)


def test_a_rule_survives_its_snapshot() -> None:
    for procedure in PROCEDURES.values():
        for clock in procedure.clocks:
            assert CountingRule.from_json(clock.rule.as_json()) == clock.rule
