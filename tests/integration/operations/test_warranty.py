"""Warranty, appraisals, joint handling and referral for penalty of a construction quality supervision station."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Appraisal, Assignment, Complaint, PenaltyReferral, Warranty
from models.enums import (
    Category,
    EventKind,
    MeasureKind,
    RoleName,
    State,
)
from models.remedy_enums import AppraisalBody, AppraisalResult, Bearer, PenaltyGround
from services.errors import Invalid, Refused
from services.operations.commission_appraisal import commission_appraisal
from services.operations.record_appraisal_result import record_appraisal_result
from services.operations.record_penalty_outcome import record_penalty_outcome
from services.operations.refer_for_penalty import refer_for_penalty
from services.operations.set_warranty import set_warranty
from services.operations.settle_appraisal import settle_appraisal
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from services.workflow.warranty import Standing, compute
from tests.factories import (
    NOW,
    House,
    actor_of,
    create_complaint,
    create_house,
    fire,
    reread,
    take,
    valid_form,
)
from tests.factories.remedies import add_measure, measure_values
from tests.integration.operations.looking import clocks, last_event, reasons_of, rows, values

E = EventKind
R = RoleName
TODAY = date(2026, 3, 10)


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session, "construction-supervision")
    session.commit()
    return made


@pytest.fixture
def complaint(session: Session, house: House) -> Complaint:
    return create_complaint(session, house, "in_work", category=Category.ENGINEERING)


def enter(session: Session, house: House, complaint: Complaint, **given: Any) -> Warranty:
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        return set_warranty(work, complaint.public_id, values={"project": "和平小区 3 号楼", **given})


COMPLETED = date(2020, 5, 10)
TERMS = [
    # part, what is entered besides, last day of the warranty
    pytest.param(
        "structure", {"design_life_years": 50}, date(2070, 5, 10), marks=pytest.mark.clause("R15-03")
    ),
    pytest.param("waterproofing", {}, date(2025, 5, 10), marks=pytest.mark.clause("R15-04")),
    pytest.param("heating", {}, date(2022, 3, 15), marks=pytest.mark.clause("R15-05")),
    pytest.param("cooling", {}, date(2021, 9, 15), marks=pytest.mark.clause("R15-05")),
    pytest.param("installation", {}, date(2022, 5, 10), marks=pytest.mark.clause("R15-06")),
    pytest.param("decoration", {}, date(2022, 5, 10), marks=pytest.mark.clause("R15-07")),
    pytest.param("other", {"contract_years": 3}, date(2023, 5, 10), marks=pytest.mark.clause("R15-08")),
]


@pytest.mark.parametrize(("part", "besides", "last"), TERMS)
def test_each_part_has_its_term_from_completion_acceptance(
    session: Session, house: House, complaint: Complaint, part: str, besides: dict[str, Any], last: date
) -> None:
    record = enter(session, house, complaint, part=part, completed_on=COMPLETED, **besides)
    rule = procedure_of(session, reread(session, complaint.public_id)).warranty
    assert rule is not None
    for day, standing in ((last, Standing.WITHIN), (last + timedelta(days=1), Standing.PAST)):
        computed = compute(rule, record, day)
        assert (computed.ends_on, computed.standing) == (last, standing)


@pytest.mark.clause("R15-03", "R15-04", "R15-05", "R15-06", "R15-07")
@pytest.mark.parametrize("part", ["structure", "waterproofing", "heating", "installation", "decoration"])
def test_a_longer_term_of_the_contract_prevails_and_a_shorter_one_does_not(
    session: Session, house: House, complaint: Complaint, part: str
) -> None:
    rule = procedure_of(session, reread(session, complaint.public_id)).warranty
    assert rule is not None
    given = {"part": part, "completed_on": COMPLETED, "design_life_years": 5}
    shorter = enter(session, house, complaint, **given, contract_years=1)
    minimum = compute(rule, shorter, TODAY).ends_on
    assert minimum is not None and minimum > date(2021, 5, 10)
    longer = enter(session, house, complaint, **given, contract_years=60)
    assert compute(rule, longer, TODAY).ends_on == date(2080, 5, 10)
    text = compute(rule, longer, TODAY).explanation
    assert "2020-05-10" in text and "2080-05-10" in text and f"{minimum}" in text


@pytest.mark.clause("R15-05")
def test_a_season_under_way_at_completion_does_not_count(
    session: Session, house: House, complaint: Complaint
) -> None:
    rule = procedure_of(session, reread(session, complaint.public_id)).warranty
    assert rule is not None
    for completed, part, last in (
        (date(2020, 11, 15), "heating", date(2022, 3, 15)),
        (date(2020, 11, 16), "heating", date(2023, 3, 15)),
        (date(2020, 6, 1), "cooling", date(2021, 9, 15)),
        (date(2020, 6, 2), "cooling", date(2022, 9, 15)),
    ):
        record = enter(session, house, complaint, part=part, completed_on=completed)
        assert compute(rule, record, TODAY).ends_on == last, (completed, part)


@pytest.mark.clause("R15-03", "R15-08")
@pytest.mark.parametrize(("part", "key"), [("structure", "design_life_years"), ("other", "contract_years")])
def test_what_design_or_contract_says_has_to_be_entered(
    session: Session, house: House, complaint: Complaint, part: str, key: str
) -> None:
    with pytest.raises(Invalid) as caught:
        enter(session, house, complaint, part=part, completed_on=COMPLETED)
    assert set(caught.value.fields) == {key}


def submit(session: Session, house: House, complaint: Complaint) -> Complaint:
    form = valid_form(E.SUBMIT_OPINION, house)
    return fire(session, house[R.HANDLER], E.SUBMIT_OPINION, complaint, **form)


@pytest.mark.clause("R15-02")
@pytest.mark.parametrize("completed_on", [None, date(2025, 1, 10)], ids=["in construction", "in warranty"])
def test_investigated_on_site_and_the_responsible_party_ordered(
    session: Session, house: House, complaint: Complaint, completed_on: date | None
) -> None:
    with pytest.raises(Refused) as caught:
        submit(session, house, complaint)
    assert [reason.code for reason in caught.value.reasons] == ["no_warranty_data"]
    enter(session, house, complaint, part="decoration", completed_on=completed_on)
    with pytest.raises(Refused) as caught:
        submit(session, house, complaint)
    assert [(r.code, r.link) for r in caught.value.reasons] == [
        ("no_site_visit", "warranty"),
        ("no_order", "measures"),
    ]
    seen = {"visited_on": TODAY, "visit_found": "墙面空鼓约 2 平方米。"}
    enter(session, house, complaint, part="decoration", completed_on=completed_on, **seen)
    assert reasons_of(session, house, complaint, E.SUBMIT_OPINION) == ["no_order"]
    add_measure(session, complaint, NOW, measure_values(house, MeasureKind.RECTIFICATION))
    assert submit(session, house, complaint).state is State.AWAITING_APPROVAL


@pytest.mark.clause("R15-09")
def test_past_the_warranty_it_is_passed_on_with_the_explanation(
    session: Session, house: House, complaint: Complaint
) -> None:
    enter(session, house, complaint, part="decoration", completed_on=COMPLETED)
    with pytest.raises(Refused) as caught:
        submit(session, house, complaint)
    assert [reason.code for reason in caught.value.reasons] == ["past_warranty"]
    told = {"authority": "产权单位", "complainant_told": True}
    with pytest.raises(Invalid) as missing:
        fire(session, house[R.LEADER], E.REFER, complaint, **told, reason=" ")
    assert set(missing.value.fields) == {"reason"}
    fire(session, house[R.LEADER], E.REFER, complaint, **told, reason="由产权单位维修。")
    now = values(session, complaint)
    assert now["state"] is State.REFERRED
    assert "2022-05-10" in now["end_reason"] and "R15-09" in now["end_reason"]


def test_the_day_that_counts_is_entered_or_the_day_it_happened(session: Session, house: House) -> None:
    made = create_complaint(
        session, house, "in_work", category=Category.ENGINEERING, occurred_on=date(2022, 5, 1)
    )
    enter(session, house, made, part="decoration", completed_on=COMPLETED)
    assert reasons_of(session, house, made, E.SUBMIT_OPINION) == ["no_site_visit", "no_order"]
    enter(session, house, made, part="decoration", completed_on=COMPLETED, appeared_on=date(2022, 5, 11))
    assert reasons_of(session, house, made, E.SUBMIT_OPINION) == ["past_warranty"]


@pytest.mark.clause("R15-12")
def test_two_calendar_months_to_report_from_acceptance(session: Session, house: House) -> None:
    made = create_complaint(session, house, "accepted", now=datetime(2026, 3, 10, 1, tzinfo=UTC))
    run = clocks(session, made)["report_department", 1]
    # From 10 March two months end with Sunday 10 May, and so with Monday the 11th.
    assert run.due_at == datetime(2026, 5, 11, 16, tzinfo=UTC)


def commission(session: Session, house: House, complaint: Complaint, **given: Any) -> Appraisal:
    typed = {
        "subject": "屋面防水层",
        "body_kind": AppraisalBody.QUALIFIED,
        "body": "市建设工程质量检测中心",
        "qualification": "建检字第 0123 号",
        "requested_on": TODAY - timedelta(days=2),
        "commissioned_on": TODAY,
        "cost": Decimal(3000),
    }
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        return commission_appraisal(work, complaint.id, values=typed | given)


def record_result(session: Session, house: House, appraisal: Appraisal, result: AppraisalResult) -> Appraisal:
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        return record_appraisal_result(
            work, appraisal.id, None, result=result, on=TODAY, text="渗漏点 3 处。"
        )


@pytest.mark.clause("R15-14")
def test_an_appraisal_by_a_qualified_body_or_experts_advanced_by_the_complainant(
    session: Session, house: House, complaint: Complaint
) -> None:
    with pytest.raises(Invalid) as caught:
        commission(session, house, complaint, qualification=None)
    assert set(caught.value.fields) == {"qualification"}
    experts = commission(
        session, house, complaint, body_kind=AppraisalBody.EXPERTS, body="专家组", qualification=None
    )
    assert experts.advanced_by is Bearer.COMPLAINANT and experts.borne_by is None
    assert "open_appraisal" in reasons_of(session, house, complaint, E.SUBMIT_OPINION)
    record_result(session, house, experts, AppraisalResult.NOT_CONFORMING)
    [now] = rows(session, Appraisal, complaint)
    assert (now.borne_by, now.bearer_clause) == (Bearer.RESPONSIBLE_UNIT, "R15-14")
    assert "open_appraisal" not in reasons_of(session, house, complaint, E.SUBMIT_OPINION)
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        settle_appraisal(work, now.id, None)
    assert rows(session, Appraisal, complaint)[0].settled_on == TODAY


@pytest.mark.clause("R15-15")
def test_what_conforms_is_paid_by_the_complainant(
    session: Session, house: House, complaint: Complaint
) -> None:
    appraisal = commission(session, house, complaint)
    record_result(session, house, appraisal, AppraisalResult.CONFORMING)
    [now] = rows(session, Appraisal, complaint)
    assert (now.borne_by, now.bearer_clause) == (Bearer.COMPLAINANT, "R15-15")
    with pytest.raises(Refused):
        record_result(session, house, now, AppraisalResult.NOT_CONFORMING)


@pytest.mark.clause("R15-13")
def test_joint_handling_names_its_coordinator_and_each_part(
    session: Session, house: House, complaint: Complaint
) -> None:
    with pytest.raises(Invalid) as caught:
        take(session, house, complaint, E.ADD_CO_HANDLER, R.FIRST_RECEIVER, coordinator="")
    assert set(caught.value.fields) == {"coordinator"}
    with pytest.raises(Invalid) as caught:
        take(session, house, complaint, E.ADD_CO_HANDLER, R.FIRST_RECEIVER, instruction="")
    assert set(caught.value.fields) == {"instruction"}
    take(session, house, complaint, E.ADD_CO_HANDLER, R.FIRST_RECEIVER)
    helper = rows(session, Assignment, complaint)[-1]
    assert (helper.coordinator, helper.instruction) == ("市住房和城乡建设局", "请协助核实检验结果。")
    assert helper.department_id == house.laboratory.id
    assert last_event(session, complaint).data["coordinator"] == "市住房和城乡建设局"


@pytest.mark.clause("R15-18")
def test_a_responsible_party_that_is_late_is_put_forward_for_penalty(
    session: Session, house: House, complaint: Complaint
) -> None:
    typed = {
        "party": "某建筑公司",
        "authority": "市住房和城乡建设局",
        "referred_on": TODAY,
        "ground": PenaltyGround.OVERDUE,
        "facts": "逾期未整改。",
    }

    def refer() -> PenaltyReferral:
        with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
            return refer_for_penalty(work, complaint.id, values=typed)

    with pytest.raises(Invalid) as caught:
        refer()
    assert set(caught.value.fields) == {"ground"}
    order = measure_values(house, MeasureKind.RECTIFICATION, due_on=TODAY - timedelta(days=1))
    add_measure(session, complaint, NOW, order)
    referral = refer()
    assert last_event(session, complaint).clause == "R15-18"
    with (
        pytest.raises(Invalid),
        UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work,
    ):
        record_penalty_outcome(work, referral.id, None, outcome="")
    with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
        record_penalty_outcome(work, referral.id, None, outcome="责令改正并处罚款 2 万元。")
    [now] = rows(session, PenaltyReferral, complaint)
    assert (now.authority, now.outcome, now.outcome_on) == (
        "市住房和城乡建设局",
        "责令改正并处罚款 2 万元。",
        TODAY,
    )


def test_a_procedure_without_warranty_refuses_it(session: Session) -> None:
    house = create_house(session)
    session.commit()
    made = create_complaint(session, house, "in_work")
    with pytest.raises(Refused) as caught:
        enter(session, house, made, part="decoration")
    assert caught.value.reasons[0].code == "no_warranty"
    with pytest.raises(Refused):
        commission(session, house, made)
