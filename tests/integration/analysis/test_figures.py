"""Figures: what each indicator counts, that its list holds the same cases, and whose cases they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models.enums import Category, Channel, EventKind, FollowUpResult, PartySide, RoleName
from services.operations.register import NewParty
from tests.factories import House, create_house, fire, publish_procedure, take
from tests.integration.analysis.desk import QUALITY, at, listed, page, put, received, tile, tiles, words
from tests.support.client import DeskClient

MARCH = "/analysis/?from=2026-03-01&to=2026-03-31"


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session, "complaint-analysis")
    session.commit()
    return made


def test_there_is_something_to_read_before_the_first_complaint(house: House, client: DeskClient) -> None:
    html = page(client, house[QUALITY], MARCH)
    assert tile(html, "Received")["value"] == "0"
    assert tile(html, "On time")["value"] == "—"
    assert "No complaint in this period" in html


@pytest.mark.clause("R12-03")
def test_the_standard_indicators_are_defined_and_compared_between_periods_and_departments(
    session: Session, house: House, client: DeskClient
) -> None:
    one = received(session, house, at(3, 3), "closed")
    put(session, one, closed_at=at(3, 8), satisfaction=FollowUpResult.SATISFIED)
    two = received(session, house, at(3, 5), "closed")
    put(session, two, closed_at=at(3, 20), satisfaction=FollowUpResult.DISSATISFIED)
    other = received(session, house, at(3, 6))
    put(session, other, department_id=house.laboratory.id)
    february = received(session, house, at(2, 5))
    suggestion = received(session, house, at(3, 7))
    put(session, suggestion, nature="suggestion")
    again = received(session, house, at(3, 10), "closed")
    put(session, again, closed_at=at(3, 12))
    take(session, house, again, EventKind.REOPEN, RoleName.LEADER, now=at(3, 14))

    html = page(client, house[QUALITY], MARCH)
    assert tiles(html) == [
        "Received",
        "Closed",
        "Open at the end",
        "On time",
        "Mean handling time",
        "Handling time, 90th percentile",
        "Reopened",
        "Satisfied",
        "Repeated",
        "Complete",
        "Lag from receipt to registration",
        "Suggestions",
    ]
    expected = {
        "Received": ("5", "1", {one, two, other, suggestion, again}),
        "Closed": ("2", "0", {one, two}),
        "Open at the end": ("4", "1", {other, february, suggestion, again}),
        "Reopened": ("33.3%", "—", {again}),
        "Satisfied": ("50.0%", "—", {one}),
        "Suggestions": ("1", "0", {suggestion}),
    }
    for name, (value, before, cases) in expected.items():
        shown = tile(html, name)
        assert (shown["value"], shown["before"]) == (value, before), name
        assert listed(client, shown["url"]) == {case.public_id for case in cases}, name
    # All but the first came from one telephone number within a year of an earlier one.
    assert tile(html, "Repeated")["value"] == "100.0%"

    table = words(html)
    assert "Department Received Closed Open at the end On time" in table
    assert "内科 4 2 3" in table and "检验科 1 0 1" in table
    for meaning in ("complaints received in the period", "those of them reopened in the period"):
        assert meaning in table


@pytest.mark.clause("R12-04")
def test_handling_time_and_on_time_are_measured_and_lead_to_their_cases(
    session: Session, house: House, client: DeskClient
) -> None:
    days = (2, 4, 6, 8, 10, 12, 14, 16, 25, 40)
    cases = []
    for number, length in enumerate(days):
        case = received(session, house, at(1, 5, 9) + timedelta(hours=number), "closed")
        closed = at(1, 5, 9) + timedelta(hours=number, days=length)
        cases.append(put(session, case, closed_at=closed).public_id)
    html = page(client, house[QUALITY], "/analysis/?from=2026-01-01&to=2026-03-31")
    assert tile(html, "Mean handling time")["value"] == "13.7 d"
    assert tile(html, "Handling time, 90th percentile")["value"] == "25.0 d"
    # The regulation has no clock: closed within its thirty days is on time.
    shown = tile(html, "On time")
    assert shown["value"] == "90.0%"
    assert listed(client, shown["url"]) == set(cases[:-1])
    assert listed(client, tile(html, "Mean handling time")["url"]) == set(cases)
    assert "closed within 30 days" in words(html)


@pytest.mark.clause("R12-01")
def test_completeness_and_lag_are_shown_and_lead_to_their_cases(
    session: Session, house: House, client: DeskClient
) -> None:
    whole = received(session, house, at(3, 3), registered=at(3, 3, 12))
    nameless = received(
        session,
        house,
        at(3, 4),
        registered=at(3, 4, 20),
        parties=(NewParty(PartySide.COMPLAINANT, name="李某", phone="13900000001"),),
    )
    for party in nameless.parties:
        party.name = " "
    session.commit()
    for case, hours in ((whole, 2), (nameless, 10)):
        put(session, case, created_at=case.received_at + timedelta(hours=hours))
    html = page(client, house[QUALITY], MARCH)
    complete, lag = tile(html, "Complete"), tile(html, "Lag from receipt to registration")
    assert complete["value"] == "50.0%"
    assert listed(client, complete["url"]) == {whole.public_id}
    assert lag["value"] == "6.0 h"
    assert listed(client, lag["url"]) == {whole.public_id, nameless.public_id}
    said = words(html)
    assert "Asked at registration: Complainant's name, Content, Received at" in said
    assert "Needed for acceptance: Content" in said


@pytest.mark.clause("R12-02")
def test_the_analysis_has_an_owner_collection_channels_and_steps(
    session: Session, house: House, client: DeskClient
) -> None:
    received(session, house, at(3, 3), channel=Channel.HOTLINE)
    letter = received(session, house, at(3, 4), channel=Channel.LETTER)
    html = page(client, house[QUALITY], MARCH)
    said = words(html)
    assert "Answers for the analysis Head of quality" in said
    steps = (
        "Check that the data are complete and timely",
        "Compare with the period before",
        "Find the causes",
        "Set improvement measures",
    )
    assert " ".join(("Steps of the analysis", *steps)) in said
    channels = said[said.index("Collection channels") :]
    assert channels.startswith("Collection channels Telephone hotline 1 Letter 1 E-mail 0 Online 0 Visit 0")
    by_channel = page(client, house[QUALITY], f"{MARCH}&part=channel:letter")
    assert listed(client, tile(by_channel, "Received")["url"]) == {letter.public_id}


def test_a_department_sees_its_own_figures(session: Session, house: House, client: DeskClient) -> None:
    own = received(session, house, at(3, 3))
    received(session, house, at(3, 4), receiving_department_id=house.laboratory.id)
    all_of_them = tile(page(client, house[QUALITY], MARCH), "Received")
    assert all_of_them["value"] == "2"
    shown = tile(page(client, house[RoleName.DEPARTMENT_HEAD], MARCH), "Received")
    assert shown["value"] == "1"
    assert listed(client, shown["url"]) == {own.public_id}
    # Somebody else's link shows a department no more than its own cases.
    assert listed(client, all_of_them["url"]) == {own.public_id}


def test_confidential_complaints_are_counted_nowhere(
    session: Session, house: House, client: DeskClient
) -> None:
    secret = received(session, house, at(3, 3))
    fire(
        session,
        house[RoleName.FIRST_RECEIVER],
        EventKind.MARK_CONFIDENTIAL,
        secret,
        now=at(3, 4),
        named_user_ids=(house[RoleName.LEADER].id,),
        reason="举报人要求保密",
    )
    for reader in (house[RoleName.LEADER], house[QUALITY]):
        html = page(client, reader, MARCH)
        assert tile(html, "Received")["value"] == "0"
        assert listed(client, tile(html, "Received")["url"]) == set()
        assert "No complaint in this period" in html


def test_grades_of_two_procedures_stand_in_tables_of_their_own(session: Session, client: DeskClient) -> None:
    house = create_house(session, "three-level")
    other = publish_procedure(session, "pharma-manufacturer")
    session.commit()
    graded = received(session, house, at(3, 3))
    put(session, graded, grade="level_1")
    foreign = received(session, house, at(3, 4))
    put(session, foreign, grade="class_1", procedure_version_id=other.id)
    said = words(page(client, house[QUALITY], f"{MARCH}&by=grade"))
    assert "Three levels Complaints" in said and "Classes of defects Complaints" in said
    classes = said[said.index("Classes of defects Received") : said.index("Three levels Complaints")]
    assert "Class I 1" in classes and "Level 1" not in classes


def test_slices_lead_to_exactly_their_cases(session: Session, house: House, client: DeskClient) -> None:
    one = received(session, house, at(3, 3), product="输液器", category=Category.PRODUCT)
    received(session, house, at(3, 3), product="输液器组", category=Category.PRODUCT)
    html = page(client, house[QUALITY], f"{MARCH}&by=product&part=product:输液器")
    assert tile(html, "Received")["value"] == "1"
    assert listed(client, tile(html, "Received")["url"]) == {one.public_id}


@pytest.mark.parametrize(
    "asked, said",
    [
        ("from=2026-03-31&to=2026-03-01", "The first day lies after the last."),
        ("from=&to=2026-03-01", "Give the first and the last day of the period."),
        ("from=1900-01-01&to=2026-03-01", "ten years"),
    ],
)
def test_a_period_that_is_none_is_told(
    session: Session, house: House, client: DeskClient, asked: str, said: str
) -> None:
    assert said in page(client, house[QUALITY], f"/analysis/?{asked}")


def test_a_made_up_figure_matches_nothing(session: Session, house: House, client: DeskClient) -> None:
    received(session, house, at(3, 3))
    page(client, house[QUALITY], MARCH)
    for text in ("received.0.x", "received.2.20260301-20260331", "nothing.0.20260301-20260331", "received"):
        assert listed(client, f"/complaints/?f.figure={text}") == set()
    for text in ("f.part=colour:red", "f.report=abc.received.x", "f.report=abc"):
        assert listed(client, f"/complaints/?{text}") == set()
