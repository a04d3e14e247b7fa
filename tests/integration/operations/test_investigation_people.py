"""Who investigates, on which level, by when: teams, standing groups, time limits."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    Complaint,
    HandlingGroup,
    InvestigationMember,
    InvestigationRecord,
    InvestigationWaiver,
    User,
)
from models.enums import (
    EventKind,
    InquiryKind,
    RoleName,
)
from services.access.scope import unscoped
from services.errors import Invalid, Refused
from services.operations.waive_investigation import waive_investigation
from services.organisation.groups import create_group
from services.unit_of_work import UnitOfWork
from settings import Settings
from tests.factories import (
    NOW,
    House,
    actor_of,
    create_complaint,
    create_department,
    create_house,
    create_user,
    take,
)
from tests.factories.inquiries import LEVEL_FACTS, finish, investigate, put_on_record
from tests.integration.operations.inquiry import PROVIDE, Case
from tests.integration.operations.looking import clocks, rows, sees, told
from tests.support.client import settings_for

E = EventKind
R = RoleName


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for("sqlite:///unused", tmp_path)


def house_under(session: Session, procedure: str) -> House:
    house = create_house(session, procedure)
    session.commit()
    return house


def fault(caught: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return set(caught.value.fields)


def code(caught: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in caught.value.reasons]


# The team


@pytest.mark.parametrize(
    "procedure",
    [
        pytest.param("construction-company", marks=pytest.mark.clause("R02-09")),
        pytest.param("company-24h-3d-7d", marks=pytest.mark.clause("R11-10")),
        pytest.param("pharma-manufacturer", marks=pytest.mark.clause("R13-12")),
    ],
)
def test_an_investigation_has_a_leader_and_members(session: Session, procedure: str) -> None:
    house = house_under(session, procedure)
    complaint = create_complaint(session, house)
    with pytest.raises(Invalid) as caught:
        investigate(session, house, complaint)
    assert fault(caught) == {"members"}
    with pytest.raises(Invalid) as caught:
        investigate(session, house, complaint, house[R.INVESTIGATOR])
    assert fault(caught) == {"members"}, "the leader is not a member beside the leader"
    investigate(session, house, complaint, house[R.HANDLER])
    assert told(session, complaint, "investigation.opened") == {
        house[R.INVESTIGATOR].id,
        house[R.HANDLER].id,
    }


@pytest.mark.clause("R03-04")
def test_several_departments_investigate(session: Session) -> None:
    house = house_under(session, "customer-service")
    complaint = create_complaint(session, house)
    with pytest.raises(Invalid) as caught:
        investigate(session, house, complaint, house[R.HANDLER])
    assert fault(caught) == {"members"}
    assert house.outsider is not None and not sees(session, house.outsider, complaint)
    investigate(session, house, complaint, house.outsider)
    assert sees(session, house.outsider, complaint)


@pytest.mark.clause("R11-10")
def test_quality_management_appoints_the_team(session: Session) -> None:
    house = house_under(session, "company-24h-3d-7d")
    complaint = create_complaint(session, house)
    with pytest.raises(Refused) as caught:
        investigate(session, house, complaint, house[R.HANDLER], by=house[R.DEPARTMENT_HEAD])
    assert code(caught) == ["not_appointer"]
    investigation = investigate(session, house, complaint, house[R.HANDLER], by=house[R.HEAD_OF_QUALITY])
    put_on_record(session, house, investigation, InquiryKind.INTERVIEW, people="质检员赵工")
    [record] = rows(session, InvestigationRecord, complaint)
    assert (record.people, record.happened_at, record.content) == ("质检员赵工", NOW, "核对了批记录。")


@pytest.mark.clause("R07-10")
def test_a_person_is_in_charge(session: Session) -> None:
    house = house_under(session, "enterprise-chapters")
    complaint = create_complaint(session, house)
    with pytest.raises(Invalid) as caught:
        investigate(session, house, complaint, leader_id=None)
    assert fault(caught) == {"leader_id"}
    investigation = investigate(session, house, complaint)
    with unscoped(session, "a test looks at the result"):
        assert investigation.leader_id == house[R.INVESTIGATOR].id


def group_of(session: Session, house: House, *functions: str, heads: int = 1) -> HandlingGroup:
    """A group with somebody for each function, in departments of their own; so many of them are heads."""
    members = []
    for number, function in enumerate(functions):
        department = create_department(session, f"{function}部")
        role = R.DEPARTMENT_HEAD if number < heads else R.HANDLER
        user = create_user(session, function, role, department=department, for_department=department)
        members.append({"user_id": user.id, "function": function})
    leader = create_user(session, "组长", R.HANDLER, department=house.office)
    session.commit()
    with UnitOfWork(session, actor_of(session, house[R.HEAD_OF_QUALITY]), NOW) as work:
        given = {"name": f"质量投诉处理小组 {leader.login}", "leader_id": leader.id}
        return create_group(work, given, members)


def assign(session: Session, house: House, group: HandlingGroup) -> Complaint:
    complaint = create_complaint(session, house)
    investigate(session, house, complaint, group_id=group.id)
    return complaint


@pytest.mark.parametrize(
    "procedure, functions",
    [
        pytest.param(
            "product-company", ["marketing", "quality", "production"], marks=pytest.mark.clause("R05-02")
        ),
        pytest.param(
            "factory",
            ["quality", "production", "marketing", "after_sales"],
            marks=pytest.mark.clause("R18-01"),
        ),
    ],
)
def test_a_standing_group_is_put_on_a_complaint(
    session: Session, procedure: str, functions: list[str]
) -> None:
    house = house_under(session, procedure)
    for function in functions:
        lacking = group_of(session, house, *[each for each in functions if each != function])
        with pytest.raises(Invalid) as caught:
            assign(session, house, lacking)
        assert fault(caught) == {"group_id"}, function
        with unscoped(session, "a test clears the table"):
            for user in session.scalars(sa.select(User).where(User.name.in_(functions))):
                user.name = f"前任{user.name}"
            session.commit()
    group = group_of(session, house, *functions)
    complaint = assign(session, house, group)
    with unscoped(session, "a test looks at the result"):
        names = set(
            session.scalars(
                sa.select(User.name).join(InvestigationMember, InvestigationMember.user_id == User.id)
            )
        )
        people = session.scalars(sa.select(User).where(User.name.in_(functions))).all()
    assert names == {"组长", *functions}
    assert len(people) == len(functions) and all(sees(session, user, complaint) for user in people)


@pytest.mark.clause("R18-01")
def test_the_group_has_heads_and_staff(session: Session) -> None:
    house = house_under(session, "factory")
    functions = ["quality", "production", "marketing", "after_sales"]
    for heads in (0, 4):
        group = group_of(session, house, *functions, heads=heads)
        if heads == 4:
            with unscoped(session, "a test makes the leader of the group a head too"):
                create_department(session, "总装部").leader_id = group.leader_id
                session.commit()
        with pytest.raises(Invalid) as caught:
            assign(session, house, group)
        assert fault(caught) == {"group_id"}
    assign(session, house, group_of(session, house, *functions, heads=2))


@pytest.mark.clause("R05-15")
def test_the_group_reads_hazard_and_technical_analysis(session: Session, settings: Settings) -> None:
    house = house_under(session, "product-company")
    group = group_of(session, house, "marketing", "quality", "production")
    complaint = create_complaint(session, house)
    case = Case(
        session, house, settings, complaint, investigate(session, house, complaint, group_id=group.id)
    )
    case.write(hazard_analysis="可能伤手。", technical_analysis="材料疲劳。")
    with unscoped(session, "a test picks a member"):
        member = session.scalars(sa.select(User).where(User.name == "marketing")).one()
    session.info["actor"] = actor_of(session, member)
    seen = case.now()
    assert (seen.hazard_analysis, seen.technical_analysis) == ("可能伤手。", "材料疲劳。")
    assert sees(session, member, complaint)


# Levels


@pytest.mark.clause("R10-04")
def test_level_one_has_a_dedicated_group(session: Session) -> None:
    house = house_under(session, "three-level")
    complaint = create_complaint(session, house, "in_work")
    take(session, house, complaint, E.GRADE, R.HANDLER, level="level_1", facts=LEVEL_FACTS["level_1"])
    with pytest.raises(Refused) as refused:
        take(session, house, complaint, E.SUBMIT_OPINION, R.HANDLER)
    assert code(refused) == ["no_group"]
    with pytest.raises(Invalid) as caught:
        investigate(session, house, complaint)
    assert fault(caught) == {"members"}
    assert house.outsider is not None
    investigate(session, house, complaint, house.outsider)
    take(session, house, complaint, E.SUBMIT_OPINION, R.HANDLER)


@pytest.mark.clause("R10-05")
def test_level_two_is_investigated_by_one_person(session: Session) -> None:
    house = house_under(session, "three-level")
    complaint = create_complaint(session, house, "in_work")
    take(session, house, complaint, E.GRADE, R.HANDLER, level="level_2", facts=LEVEL_FACTS["level_2"])
    with pytest.raises(Refused) as refused:
        take(session, house, complaint, E.SUBMIT_OPINION, R.HANDLER)
    assert code(refused) == ["no_investigation"]
    with pytest.raises(Refused) as refused:
        waive(session, house, complaint)
    assert code(refused) == ["not_optional"]
    investigate(session, house, complaint)
    take(session, house, complaint, E.SUBMIT_OPINION, R.HANDLER)


def waive(session: Session, house: House, complaint: Complaint, reason: str = "咨询性质，当场说明。") -> None:
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        waive_investigation(work, complaint.public_id, reason=reason)


@pytest.mark.clause("R10-06")
def test_level_three_may_go_without_for_a_reason(session: Session) -> None:
    house = house_under(session, "three-level")
    complaint = create_complaint(session, house, "in_work")
    take(session, house, complaint, E.GRADE, R.HANDLER, level="level_3", facts=LEVEL_FACTS["level_3"])
    with pytest.raises(Refused) as refused:
        take(session, house, complaint, E.SUBMIT_OPINION, R.HANDLER)
    assert code(refused) == ["no_investigation"]
    with pytest.raises(Invalid) as caught:
        waive(session, house, complaint, " ")
    assert fault(caught) == {"reason"}
    waive(session, house, complaint)
    [waiver] = rows(session, InvestigationWaiver, complaint)
    assert (waiver.reason, waiver.waived_by_id) == ("咨询性质，当场说明。", house[R.HANDLER].id)
    take(session, house, complaint, E.SUBMIT_OPINION, R.HANDLER)


# Time limits


@pytest.mark.parametrize(
    "procedure, working_days",
    [
        pytest.param("production", 10, marks=pytest.mark.clause("R06-03")),
        pytest.param("pharma-distributor-classic-a", 1, marks=pytest.mark.clause("R08-03")),
        pytest.param("company-24h-3d-7d", 3, marks=pytest.mark.clause("R11-07")),
        pytest.param("pharma-distributor-classic-b", 1, marks=pytest.mark.clause("R17-07")),
    ],
)
def test_the_investigation_is_due_and_its_report_stops_the_clock(
    session: Session, settings: Settings, procedure: str, working_days: int
) -> None:
    house = house_under(session, procedure)
    accepted = ACCEPTABLE.get(procedure, {})
    complaint = create_complaint(session, house, "accepted", **accepted)
    run = clocks(session, complaint)["investigate", 1]
    days = [day for day in range(1, 30) if (NOW + timedelta(days=day)).weekday() < 5]
    assert run.due_on == (NOW + timedelta(days=days[working_days - 1])).date()
    investigation = investigate(session, house, complaint, house[R.HANDLER])
    assert clocks(session, complaint)["investigate", 1].state.value == "running", "opening is not finishing"
    case = Case(session, house, settings, complaint, investigation)
    try:
        finish(session, house, investigation)
    except Refused as refused:
        session.rollback()
        for reason in refused.reasons:
            PROVIDE[reason.code.removeprefix("missing_")](case)
        finish(session, house, investigation)
    assert clocks(session, complaint)["investigate", 1].state.value == "met"


ACCEPTABLE: dict[str, dict[str, str]] = {"production": {"product": "减速机"}}
