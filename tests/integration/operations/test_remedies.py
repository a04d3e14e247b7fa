"""Discipline that only those entitled read, solutions, tasks out of an approval, reminders, later checks, appeals."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, ComplaintEvent, Measure, Solution
from models.enums import EventKind, MeasureKind, MeasureStatus, RoleName, State
from models.remedy_enums import AppealOutcome, CheckResult, SolutionAnswer
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.deadlines.desk_calendar import desk_time
from services.errors import Invalid, NotFound, NotPermitted, Refused
from services.operations.answer_solution import answer_solution
from services.operations.carry_out_measure import carry_out_measure
from services.operations.check_effect import check_effect
from services.operations.decide_appeal import decide_appeal
from services.operations.drop_measure import drop_measure
from services.operations.offer_solution import offer_solution
from services.operations.record_appeal import record_appeal
from services.operations.record_measure import record_measure
from services.operations.remind_of_measures import remind_all
from services.reports.worklist import worklist
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, PATHS, House, actor_of, create_complaint, create_house, reread, take
from tests.factories.cases import approver
from tests.factories.remedies import add_measure, measure_values
from tests.integration.operations.looking import reasons_of, rows, told

E = EventKind
R = RoleName
K = MeasureKind
TODAY = date(2026, 3, 10)


def housed(session: Session, procedure: str) -> House:
    made = create_house(session, procedure)
    session.commit()
    return made


def readable(session: Session, house: House, role: RoleName) -> list[str]:
    """The texts of the measures that the person of this role reads, under their scope."""
    session.info["actor"] = actor_of(session, house[role])
    session.expire_all()
    found = list(session.scalars(sa.select(Measure.text).order_by(Measure.id)))
    session.rollback()
    session.info["actor"] = SYSTEM
    return found


@pytest.mark.clause("R03-09")
def test_discipline_is_read_by_those_entitled_only(session: Session) -> None:
    house = housed(session, "customer-service")
    complaint = create_complaint(session, house, "in_work")
    values = measure_values(house, K.DISCIPLINE, text="诫勉谈话", owner_id=house[R.DEPARTMENT_HEAD].id)
    for missing in ("person_name", "severity"):
        with pytest.raises(Invalid) as caught:
            add_measure(session, complaint, NOW, values | {missing: None})
        assert set(caught.value.fields) == {missing}
    with (
        pytest.raises(NotPermitted),
        UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work,
    ):
        record_measure(work, values=values, complaint_id=complaint.id)
    with UnitOfWork(session, actor_of(session, house[R.DEPARTMENT_HEAD]), NOW) as work:
        measure = record_measure(work, values=values, complaint_id=complaint.id)
        measure_id = measure.id
    add_measure(session, complaint, NOW, measure_values(house, K.TRAINING, text="培训"))
    for role in (R.DEPARTMENT_HEAD, R.LEADER, R.HEAD_OF_QUALITY, R.AUDITOR):
        assert readable(session, house, role) == ["诫勉谈话", "培训"], role
    for role in (R.HANDLER, R.INVESTIGATOR, R.FIRST_RECEIVER, R.ARCHIVIST):
        assert readable(session, house, role) == ["培训"], role
    with (
        pytest.raises(NotFound),
        UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work,
    ):
        carry_out_measure(work, measure_id, None, how="x")
    said = [row.text or "" for row in rows(session, ComplaintEvent, complaint)]
    assert not any("诫勉谈话" in text or "赵某" in text for text in said), "the history tells everybody"


@pytest.mark.clause("R04-06")
def test_solutions_are_of_the_kinds_that_the_procedure_lists(session: Session) -> None:
    house = housed(session, "general-quality")
    complaint = create_complaint(session, house, "in_work")
    listed = {K.REPAIR, K.REPLACEMENT, K.REFUND, K.IMPROVEMENT, K.OTHER}
    actor = actor_of(session, house[R.HANDLER])

    def offer(kind: MeasureKind) -> None:
        with UnitOfWork(session, actor, NOW) as work:
            offer_solution(work, complaint_id, values={"kind": kind, "text": "方案", "offered_on": TODAY})

    complaint_id = complaint.id
    for kind in MeasureKind:
        if kind in listed:
            offer(kind)
            continue
        with pytest.raises(Invalid) as caught:
            offer(kind)
        assert set(caught.value.fields) == {"kind"}
    assert {row.kind for row in rows(session, Solution, complaint)} == listed


@pytest.mark.clause("R04-16")
def test_each_solution_offered_has_its_date_and_answer(session: Session) -> None:
    house = housed(session, "general-quality")
    complaint = create_complaint(session, house, "in_work")
    assert "no_solution" in reasons_of(session, house, complaint, E.CLOSE)

    def offer(on: date) -> int:
        with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
            values = {"kind": K.REPAIR, "text": "上门维修", "offered_on": on}
            return int(offer_solution(work, complaint.id, values=values).id)

    with pytest.raises(Invalid):
        offer(TODAY + timedelta(days=1))
    solution_id = offer(TODAY - timedelta(days=1))
    assert "no_answer" in reasons_of(session, house, complaint, E.CLOSE)

    def answer(on: date) -> None:
        with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
            answer_solution(
                work, solution_id, None, answer=SolutionAnswer.DECLINED, on=on, words="要求换新。"
            )

    with pytest.raises(Invalid):
        answer(TODAY - timedelta(days=2))
    answer(TODAY)
    [kept] = rows(session, Solution, complaint)
    assert (kept.offered_on, kept.answer, kept.answered_on, kept.answer_text) == (
        TODAY - timedelta(days=1),
        SolutionAnswer.DECLINED,
        TODAY,
        "要求换新。",
    )
    assert not {"no_answer", "no_solution"} & set(reasons_of(session, house, complaint, E.CLOSE))


@pytest.mark.clause("R08-11")
def test_an_approved_opinion_creates_sales_and_dispatch_tasks(session: Session) -> None:
    house = housed(session, "pharma-distributor-classic-a")
    complaint = create_complaint(session, house, "awaiting_approval")
    assert rows(session, Measure, complaint) == []
    take(session, house, complaint, E.APPROVE, approver(session, reread(session, complaint.public_id)))
    made = {row.kind: row for row in rows(session, Measure, complaint)}
    assert {kind: row.due_on for kind, row in made.items()} == {
        K.SALES: TODAY + timedelta(days=1),
        K.DISPATCH: TODAY + timedelta(days=3),
    }
    assert {row.owner_id for row in made.values()} == {house[R.HANDLER].id}
    assert "open_measures" in reasons_of(session, house, complaint, E.CLOSE)
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        carry_out_measure(work, made[K.SALES].id, None, how="已停售该批次。")
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        drop_measure(work, made[K.DISPATCH].id, None, reason="无库存可发。")
    assert "open_measures" not in reasons_of(session, house, complaint, E.CLOSE)
    done = {
        row.kind: (row.status, row.done_text or row.drop_reason) for row in rows(session, Measure, complaint)
    }
    assert done == {
        K.SALES: (MeasureStatus.DONE, "已停售该批次。"),
        K.DISPATCH: (MeasureStatus.DROPPED, "无库存可发。"),
    }


@pytest.mark.clause("R07-14", "R03-10", "R12-06")
@pytest.mark.parametrize(
    ("procedure", "days"), [("enterprise-chapters", 2), ("customer-service", 3), ("complaint-analysis", 3)]
)
def test_a_measure_is_remembered_before_it_is_due_and_when_it_is_overdue(
    session: Session, procedure: str, days: int
) -> None:
    house = housed(session, procedure)
    complaint = create_complaint(session, house, "in_work", product="阀门")
    owner = house[R.HANDLER].id
    due = TODAY + timedelta(days=10)
    add_measure(session, complaint, NOW, measure_values(house, K.TRAINING, owner_id=owner, due_on=due))
    before = NOW + timedelta(days=10 - days)
    assert (remind_all(session, before - timedelta(days=1)).due, told(session, complaint, "measure.due")) == (
        0,
        set(),
    )
    assert remind_all(session, before).due == 1
    assert told(session, complaint, "measure.due") == {owner}
    assert remind_all(session, before + timedelta(hours=1)).due == 0, "once"
    assert remind_all(session, NOW + timedelta(days=10)).overdue == 0
    late = NOW + timedelta(days=11)
    assert remind_all(session, late).overdue == 1
    assert told(session, complaint, "measure.overdue") == {owner}
    actor = actor_of(session, house[R.HANDLER])
    session.info["actor"] = actor
    waiting = {one.spec.key: one.count for one in worklist(session, actor, late, desk_time(session))}
    assert waiting["measures"] == 1


@pytest.mark.clause("R10-11", "R18-11")
@pytest.mark.parametrize("procedure", ["three-level", "factory"])
def test_the_effect_is_checked_some_months_after_closing(session: Session, procedure: str) -> None:
    house = housed(session, procedure)
    complaint = create_complaint(session, house, "in_work", product="水泵")
    owner = house[R.HANDLER].id
    values = measure_values(house, K.CORRECTIVE, owner_id=owner, cause="未培训。")
    add_measure(session, complaint, NOW, values, settle=True)
    for event, role in PATHS["closed"][len(PATHS["in_work"]) :]:
        if event is E.CLOSE and procedure == "three-level":
            take(session, house, complaint, E.EVALUATE, R.LEADER)
        who = approver(session, reread(session, complaint.public_id)) if event is E.APPROVE else role
        take(session, house, complaint, event, who)
    measure = rows(session, Measure, complaint)[0]
    assert (reread(session, complaint.public_id).state, measure.check_on) == (State.CLOSED, date(2026, 6, 10))
    early, then = NOW + timedelta(days=91), NOW + timedelta(days=92)
    checker = actor_of(session, house[R.HEAD_OF_QUALITY])
    for moment, count in ((early, 0), (then, 1)):
        session.info["actor"] = checker
        waiting = {one.spec.key: one.count for one in worklist(session, checker, moment, desk_time(session))}
        assert waiting["effects"] == count
        session.rollback()
        assert remind_all(session, moment).checks == count
    assert house[R.HEAD_OF_QUALITY].id in told(session, complaint, "measure.check")
    assert owner not in told(session, complaint, "measure.check")

    def check(role: RoleName) -> None:
        with UnitOfWork(session, actor_of(session, house[role]), then) as work:
            check_effect(work, measure.id, None, result=CheckResult.EFFECTIVE, text="三个月内未再发生。")

    with pytest.raises(Refused):
        check(R.HANDLER)
    check(R.HEAD_OF_QUALITY)
    checked = rows(session, Measure, complaint)[0]
    assert (checked.check_result, checked.checked_by_id) == (
        CheckResult.EFFECTIVE,
        house[R.HEAD_OF_QUALITY].id,
    )
    with pytest.raises(Refused):
        check(R.DEPARTMENT_HEAD)


def penalty(session: Session, house: House) -> tuple[Complaint, int]:
    complaint = create_complaint(session, house, "in_work")
    return complaint, int(add_measure(session, complaint, NOW, measure_values(house, K.PENALTY)).id)


def appeal(session: Session, house: House, measure_id: int, **said: Any) -> None:
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        record_appeal(work, measure_id, None, **{"grounds": "处罚过重。", **said})


def decide(session: Session, house: House, role: RoleName, measure_id: int) -> None:
    with UnitOfWork(session, actor_of(session, house[role]), NOW) as work:
        decide_appeal(work, measure_id, None, outcome=AppealOutcome.CHANGED, text="改为书面检讨。")


@pytest.mark.clause("R16-14")
def test_a_penalised_person_appeals_to_the_general_manager(session: Session) -> None:
    house = housed(session, "quality-system-admin-office")
    complaint, measure_id = penalty(session, house)
    with pytest.raises(Refused):
        decide(session, house, R.LEADER, measure_id)
    with pytest.raises(Invalid):
        appeal(session, house, measure_id, grounds=" ")
    appeal(session, house, measure_id)
    assert told(session, complaint, "appeal.recorded") == {house[R.LEADER].id}
    leader = actor_of(session, house[R.LEADER])
    session.info["actor"] = leader
    waiting = {one.spec.key: one.count for one in worklist(session, leader, NOW, desk_time(session))}
    assert waiting["appeals"] == 1
    session.rollback()
    for role in (R.HANDLER, R.DEPARTMENT_HEAD, R.HEAD_OF_QUALITY):
        with pytest.raises(NotPermitted):
            decide(session, house, role, measure_id)
    decide(session, house, R.LEADER, measure_id)
    [kept] = rows(session, Measure, complaint)
    assert (kept.appealed_on, kept.appeal_grounds, kept.appeal_outcome, kept.appeal_text) == (
        TODAY,
        "处罚过重。",
        AppealOutcome.CHANGED,
        "改为书面检讨。",
    )
    for again in (
        lambda: appeal(session, house, measure_id),
        lambda: decide(session, house, R.LEADER, measure_id),
    ):
        with pytest.raises(Refused):
            again()


def test_where_the_procedure_names_nobody_there_is_no_appeal(session: Session) -> None:
    house = housed(session, "construction-company")
    with unscoped(session, "a test prepares a case"):
        house_case = create_complaint(session, house)
    measure = add_measure(session, house_case, NOW, measure_values(house, K.PENALTY))
    with pytest.raises(Refused) as caught:
        appeal(session, house, measure.id)
    assert caught.value.reasons[0].code == "no_appeal"


def test_closing_on_the_spot_waits_for_compensation_too(session: Session) -> None:
    house = housed(session, "production")
    complaint = create_complaint(session, house, product="水泵")
    assert "demanded_compensation" in reasons_of(session, house, complaint, E.CLOSE_ON_SPOT)
