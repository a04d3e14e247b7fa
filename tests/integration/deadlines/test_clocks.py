"""Clock runs in the database: started, stopped, paused, extended, recomputed."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import CalendarDay, CalendarYear, ClockRun, Complaint
from models.enums import ClockState, DayKind, EventKind, PauseReason, State
from services.deadlines import clocks
from services.deadlines.desk_calendar import desk_calendar, desk_time
from services.deadlines.runs import clock_of, result_of
from services.errors import Refused
from services.procedures.vocabulary import ClockEvent
from tests.factories.organisation import House, create_house
from tests.integration.deadlines.cases import at, create_complaint, local


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    session.commit()
    return made


@pytest.fixture
def complaint(session: Session, house: House) -> Complaint:
    made = create_complaint(session, department_id=house.ward.id)
    session.commit()
    return made


def run_of(session: Session, complaint: Complaint, code: str) -> ClockRun:
    return next(run for run in clocks.runs_of(session, complaint) if run.code == code)


def start(session: Session, complaint: Complaint, event: ClockEvent, moment: str) -> None:
    with at(session, moment) as work:
        clocks.start_clocks(work, complaint, event)


@pytest.mark.clause("R01-12")
def test_acceptance_starts_the_clock_and_the_transfer_stops_it(
    session: Session, complaint: Complaint
) -> None:
    start(session, complaint, ClockEvent.ACCEPTED, "2026-02-13 09:30")
    run = run_of(session, complaint, "dispose")
    assert (run.clause, run.due_on, run.due_at) == ("R01-12", date(2026, 2, 24), local("2026-02-25 00:00"))
    assert complaint.due_at == run.due_at
    with at(session, "2026-02-24 17:00") as work:
        clocks.clocks_on_event(work, complaint, EventKind.TRANSFER)
    assert (run.state, run.stopped_at) == (ClockState.MET, local("2026-02-24 17:00"))
    assert complaint.due_at == run_of(session, complaint, "close").due_at


def test_a_late_stop_is_recorded_as_missed_with_the_moment_it_was_over(
    session: Session, complaint: Complaint
) -> None:
    start(session, complaint, ClockEvent.ACCEPTED, "2026-02-13 09:30")
    with at(session, "2026-02-25 00:00") as work:
        clocks.stop_clocks(work, complaint, ClockEvent.TRANSFERRED)
    run = run_of(session, complaint, "dispose")
    assert (run.state, run.breached_at) == (ClockState.MISSED, run.due_at)
    assert complaint.due_at is None


@pytest.mark.clause("R01-13")
def test_the_first_of_transfer_and_supervision_starts_the_closing_clock_once(
    session: Session, complaint: Complaint
) -> None:
    start(session, complaint, ClockEvent.TRANSFERRED, "2026-02-13 09:30")
    start(session, complaint, ClockEvent.SUPERVISED, "2026-02-25 09:30")
    start(session, complaint, ClockEvent.TRANSFERRED, "2026-02-26 09:30")
    runs = [run for run in clocks.runs_of(session, complaint) if run.code == "close"]
    assert [(run.start_event, run.due_on) for run in runs] == [("transferred", date(2026, 3, 12))]


def test_a_new_round_runs_new_clocks_beside_the_old_ones(session: Session, complaint: Complaint) -> None:
    start(session, complaint, ClockEvent.ACCEPTED, "2026-02-13 09:30")
    with at(session, "2026-02-14 09:30") as work:
        clocks.stop_clocks(work, complaint, ClockEvent.CLOSED)
        complaint.round = 2
        clocks.start_clocks(work, complaint, EventKind.REOPEN)
    assert [(run.round, run.state) for run in clocks.runs_of(session, complaint)] == [
        (1, ClockState.MET),
        (2, ClockState.RUNNING),
    ]


def test_a_dissatisfied_complainant_starts_the_limit_again_beside_the_one_that_runs(
    session: Session, complaint: Complaint
) -> None:
    start(session, complaint, ClockEvent.TRANSFERRED, "2026-03-02 09:00")
    with at(session, "2026-03-10 09:00") as work:
        complaint.round = 2
        clocks.start_clocks(work, complaint, ClockEvent.TRANSFERRED)
    first, second = clocks.runs_of(session, complaint)
    assert (first.state, first.due_on) == (ClockState.RUNNING, date(2026, 3, 23))
    assert (second.round, second.due_on) == (2, date(2026, 3, 31))
    assert complaint.due_at == first.due_at


def test_an_edit_of_the_complaint_moves_no_due_date(session: Session, complaint: Complaint) -> None:
    start(session, complaint, ClockEvent.ACCEPTED, "2026-02-13 09:30")
    run = run_of(session, complaint, "dispose")
    due, shown = run.due_at, complaint.due_at
    with at(session, "2026-02-14 09:30") as work:
        complaint.received_at = local("2026-01-05 08:00")
        complaint.accepted_at = local("2026-01-06 08:00")
        complaint.summary = "改动"
        clocks.refresh_due_at(work.session, complaint)
    session.expire_all()
    assert (run.due_at, complaint.due_at) == (due, shown)
    assert result_of(run, desk_time(session)).due_at == due


@pytest.mark.clause("R01-15")
def test_only_listed_clocks_and_reasons_pause(session: Session, complaint: Complaint) -> None:
    start(session, complaint, ClockEvent.ACCEPTED, "2026-03-02 09:00")
    with pytest.raises(Refused), at(session, "2026-03-02 10:00") as work:
        clocks.pause_clocks(work, complaint, PauseReason.APPRAISAL)
    start(session, complaint, ClockEvent.TRANSFERRED, "2026-03-03 09:00")
    with pytest.raises(Refused), at(session, "2026-03-04 10:00") as work:
        clocks.pause_clocks(work, complaint, PauseReason.COMPLAINANT_REPLY)
    with at(session, "2026-03-04 10:00") as work:
        paused = clocks.pause_clocks(work, complaint, PauseReason.APPRAISAL)
    assert [run.code for run in paused] == ["close"]
    assert run_of(session, complaint, "dispose").state is ClockState.RUNNING


def test_resuming_moves_the_end_by_the_working_days_of_the_pause(
    session: Session, complaint: Complaint
) -> None:
    start(session, complaint, ClockEvent.TRANSFERRED, "2026-03-02 09:00")
    run = run_of(session, complaint, "close")
    before = run.due_on
    with at(session, "2026-03-04 10:00") as work:
        clocks.pause_clocks(work, complaint, PauseReason.LEGAL)
    assert complaint.due_at is None
    assert run.next_check_at is None
    with at(session, "2026-03-06 16:00") as work:
        clocks.resume_clocks(work, complaint)
    assert (before, run.due_on) == (date(2026, 3, 23), date(2026, 3, 25))
    assert run.original_due_at == local("2026-03-24 00:00")
    assert complaint.due_at == run.due_at


@pytest.mark.clause("R01-16")
def test_a_thirty_first_day_is_refused_over_all_extensions(session: Session, complaint: Complaint) -> None:
    start(session, complaint, ClockEvent.TRANSFERRED, "2026-02-13 09:30")
    run = run_of(session, complaint, "close")
    with at(session, "2026-02-26 09:00") as work:
        clocks.extend_clock(work, complaint, run, 20)
    assert clocks.days_left_to_extend(run) == 10
    with pytest.raises(Refused), at(session, "2026-02-26 10:00") as work:
        clocks.extend_clock(work, complaint, run, 11)
    with at(session, "2026-02-26 11:00") as work:
        clocks.extend_clock(work, complaint, run, 10)
    assert (run.due_on, run.extended_by) == (date(2026, 4, 11), 30)
    assert run.original_due_at == local("2026-03-13 00:00")
    assert complaint.due_at == run.due_at


@pytest.mark.clause("R01-16")
def test_an_extension_after_the_end_and_of_a_silent_clock_is_refused(
    session: Session, complaint: Complaint
) -> None:
    start(session, complaint, ClockEvent.ACCEPTED, "2026-02-13 09:30")
    start(session, complaint, ClockEvent.TRANSFERRED, "2026-02-13 09:30")
    with pytest.raises(Refused), at(session, "2026-02-14 09:00") as work:
        clocks.extend_clock(work, complaint, run_of(session, complaint, "dispose"), 1)
    with pytest.raises(Refused), at(session, "2026-03-13 00:00") as work:
        clocks.extend_clock(work, complaint, run_of(session, complaint, "close"), 1)


def test_what_no_longer_applies_is_void(session: Session, complaint: Complaint) -> None:
    start(session, complaint, ClockEvent.ACCEPTED, "2026-02-13 09:30")
    with at(session, "2026-02-14 09:00") as work:
        clocks.void_clocks(work, complaint)
    assert run_of(session, complaint, "dispose").state is ClockState.VOID
    assert complaint.due_at is None


def test_the_run_keeps_its_rule_when_the_file_changes(session: Session, complaint: Complaint) -> None:
    start(session, complaint, ClockEvent.ACCEPTED, "2026-02-13 09:30")
    run = run_of(session, complaint, "dispose")
    session.expire_all()
    assert clock_of(run).amount == 2
    assert run.rule["assumption"]["zh"]


def test_past_the_calendar_the_due_date_is_a_lower_bound_until_the_year_arrives(
    session: Session, complaint: Complaint
) -> None:
    start(session, complaint, ClockEvent.TRANSFERRED, "2026-12-25 08:00")
    run = run_of(session, complaint, "close")
    assert (run.is_lower_bound, run.missing_year, complaint.due_is_lower_bound) == (True, 2027, True)
    bound = run.due_on
    with at(session, "2026-12-26 08:00") as work:
        work.session.add(CalendarYear(year=2027, source="国办发明电〔2026〕1号"))
        work.session.add(CalendarDay(day=date(2027, 1, 1), kind=DayKind.HOLIDAY, reason="元旦"))
        work.session.flush()
        assert clocks.recompute_for_calendar(work) == 1
    session.expire_all()
    assert (run.is_lower_bound, run.missing_year, complaint.due_is_lower_bound) == (False, None, False)
    assert bound == date(2027, 1, 11)
    assert run.due_on == date(2027, 1, 18)
    assert complaint.due_at == run.due_at == run.original_due_at


def test_a_stopped_run_with_a_lower_bound_gets_its_verdict_later(
    session: Session, complaint: Complaint
) -> None:
    start(session, complaint, ClockEvent.TRANSFERRED, "2026-12-25 08:00")
    run = run_of(session, complaint, "close")
    with at(session, "2027-03-01 08:00") as work:
        clocks.stop_clocks(work, complaint, ClockEvent.CLOSED)
    assert run.state is ClockState.MET
    with at(session, "2027-03-02 08:00") as work:
        work.session.add(CalendarYear(year=2027, source="公告"))
        work.session.flush()
        clocks.recompute_for_calendar(work)
    session.expire_all()
    assert (run.state, run.breached_at) == (ClockState.MISSED, run.due_at)


def test_a_day_set_by_the_organisation_moves_open_clocks(session: Session, complaint: Complaint) -> None:
    start(session, complaint, ClockEvent.ACCEPTED, "2026-03-02 09:00")
    with at(session, "2026-03-02 10:00") as work:
        work.session.add(CalendarDay(day=date(2026, 3, 3), kind=DayKind.REST, reason="停电"))
        work.session.flush()
        assert desk_calendar(work.session).kind(date(2026, 3, 3)) is DayKind.REST
        clocks.recompute_for_calendar(work)
    run = run_of(session, complaint, "dispose")
    session.expire_all()
    assert (run.due_on, run.original_due_at) == (date(2026, 3, 5), local("2026-03-05 00:00"))


def test_due_at_is_the_earliest_running_end(session: Session, complaint: Complaint) -> None:
    start(session, complaint, ClockEvent.TRANSFERRED, "2026-03-02 09:00")
    start(session, complaint, ClockEvent.ACCEPTED, "2026-03-02 09:00")
    assert complaint.due_at == local("2026-03-05 00:00")
    assert complaint.state is State.ACCEPTED
    assert session.scalar(sa.select(sa.func.count()).select_from(CalendarDay)) == 0
