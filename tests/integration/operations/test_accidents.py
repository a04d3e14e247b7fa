"""Accidents: graded by facts, timed by facts, reported with moments, closed when the procedure has what it wants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, AccidentReport, AuditEntry, ClockRun, OutboxMessage, User
from models.enums import (
    AccidentGrade,
    AccidentSanction,
    AccidentScope,
    AccidentStatus,
    ClockState,
    MeasureKind,
    ReportKind,
    ReportRecipient,
    RoleName,
)
from services.actor import SYSTEM
from services.errors import Invalid, NotPermitted, Refused
from services.operations.announce_accident import announce_accident
from services.operations.carry_out_measure import carry_out_measure
from services.operations.close_accident import close_accident, what_is_missing
from services.operations.decide_accident import decide_accident
from services.operations.edit_accident import edit_accident
from services.operations.grade_accident import grade_accident
from services.operations.mark_concealed import mark_concealed
from services.operations.record_accident_report import record_accident_report
from services.operations.record_measure import record_measure
from services.operations.record_self_examination import record_self_examination
from services.operations.report_accident import report_accident
from services.operations.sign_accident import Capacity, sign_accident
from services.operations.sweep import sweep_all
from services.operations.visit_scene import visit_scene
from services.unit_of_work import UnitOfWork
from services.workflow.accidents import grade_by_facts, scale_of
from tests.factories import NOW, House, actor_of, create_house, create_user

R = RoleName
G = AccidentGrade
K = ReportKind
HOUR = timedelta(hours=1)


@pytest.fixture
def shop(session: Session) -> House:
    session.info["actor"] = SYSTEM
    made = create_house(session, "medical-device-store")
    session.commit()
    return made


@pytest.fixture
def service(session: Session) -> House:
    session.info["actor"] = SYSTEM
    made = create_house(session, "medical-device-aftersales")
    session.commit()
    return made


def do(session: Session, user: User, operation: Callable[..., Any], *args: Any, **form: Any) -> Any:
    """One operation by this person; the moment is `now` of the form."""
    now: datetime = form.pop("now", NOW)
    with UnitOfWork(session, actor_of(session, user, now), now) as work:
        return operation(work, *args, **form)


def report(session: Session, house: House, *, now: datetime = NOW, **typed: Any) -> Accident:
    """An accident of the ward, reported by its handler."""
    told_at = typed.pop("quality_told_at", None)
    scope = (
        AccidentScope.NONCONFORMING_PRODUCT
        if house.organisation.procedure_code == "medical-device-store"
        else AccidentScope.WRONG_DISPATCH
    )
    values = {
        "title": "血压计整批读数偏差",
        "scope": scope,
        "happened_at": now - timedelta(minutes=30),
        "department_id": house.ward.id,
        "facts": "售出的一批血压计读数偏高。",
    }
    made = do(
        session, house[R.HANDLER], report_accident, values=values | typed, now=now, quality_told_at=told_at
    )
    session.info["actor"] = SYSTEM
    return session.get_one(Accident, made.id)


def change(session: Session, house: House, accident: Accident, **typed: Any) -> Accident:
    do(session, house[R.HANDLER], edit_accident, accident.id, None, values=typed, complaint_id=None)
    session.info["actor"] = SYSTEM
    return session.get_one(Accident, accident.id, populate_existing=True)


def running(session: Session, accident: Accident) -> dict[str, datetime]:
    """Due moments of the time limits that run, by code."""
    session.info["actor"] = SYSTEM
    runs = session.scalars(
        sa.select(ClockRun)
        .where(ClockRun.accident_id == accident.id, ClockRun.state == ClockState.RUNNING)
        .execution_options(populate_existing=True)
    )
    return {run.code: run.due_at for run in runs}


def states(session: Session, accident: Accident) -> dict[str, ClockState]:
    session.info["actor"] = SYSTEM
    query = sa.select(ClockRun).where(ClockRun.accident_id == accident.id)
    return {r.code: r.state for r in session.scalars(query.execution_options(populate_existing=True))}


def reports(session: Session, accident: Accident) -> list[AccidentReport]:
    session.info["actor"] = SYSTEM
    query = sa.select(AccidentReport).where(AccidentReport.accident_id == accident.id)
    return list(session.scalars(query.order_by(AccidentReport.id)))


def missing(session: Session, accident: Accident) -> set[str]:
    session.info["actor"] = SYSTEM
    fresh = session.get_one(Accident, accident.id, populate_existing=True)
    return {reason.code for reason in what_is_missing(session, fresh)}


# What counts, and the grade


@pytest.mark.clause("R09-01")
@pytest.mark.parametrize("scope", [AccidentScope.NONCONFORMING_PRODUCT, AccidentScope.WORK_QUALITY])
def test_a_shop_counts_product_and_work(session: Session, shop: House, scope: AccidentScope) -> None:
    assert report(session, shop, scope=scope).scope is scope
    for other in (None, AccidentScope.POOR_KEEPING):
        with pytest.raises(Invalid) as refused:
            report(session, shop, scope=other)
        assert set(refused.value.fields) == {"scope"}


@pytest.mark.clause("R14-06")
@pytest.mark.parametrize(
    "scope", [AccidentScope.POOR_KEEPING, AccidentScope.UNLAWFUL_SALE, AccidentScope.WRONG_DISPATCH]
)
def test_after_sales_counts_keeping_and_dangerous_sales(
    session: Session, service: House, scope: AccidentScope
) -> None:
    accident = report(session, service, scope=scope)
    assert accident.scope is scope
    with pytest.raises(Invalid):
        report(session, service, scope=AccidentScope.WORK_QUALITY)
    with pytest.raises(Invalid):
        change(session, service, accident, scope=None)


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        pytest.param({"loss": "100", "counterfeit": True}, G.MAJOR, marks=pytest.mark.clause("R09-02")),
        pytest.param({"whole_batch_scrapped": True}, G.MAJOR, marks=pytest.mark.clause("R09-02")),
        pytest.param({"spoiled_on_display": True}, G.MAJOR, marks=pytest.mark.clause("R09-02")),
        pytest.param({"loss": "20000.01"}, G.MAJOR, marks=pytest.mark.clause("R09-02")),
        pytest.param({"loss": "20000"}, G.MAJOR, marks=pytest.mark.clause("R09-02", "R09-03")),
        pytest.param({"loss": "19999.99"}, G.GENERAL, marks=pytest.mark.clause("R09-03")),
        pytest.param({"loss": "0.01"}, G.GENERAL, marks=pytest.mark.clause("R09-03")),
        ({"loss": "0"}, G.UNDETERMINED),
        ({}, G.UNDETERMINED),
    ],
)
def test_the_shop_grades_by_facts(session: Session, shop: House, facts: dict[str, Any], grade: G) -> None:
    typed = {key: Decimal(value) if key == "loss" else value for key, value in facts.items()}
    # Whatever a form might say: the facts decide.
    assert report(session, shop, grade=G.GENERAL if grade is G.MAJOR else G.MAJOR, **typed).grade is grade


@pytest.mark.clause("R09-03")
def test_the_overlap_is_ruled_strictly_and_shown(session: Session, shop: House) -> None:
    accident = report(session, shop, loss=Decimal("20000"))
    scale = scale_of(session, accident)
    assert scale is not None
    verdict = grade_by_facts(scale, accident)
    assert verdict.ruling is not None and "20000" in verdict.ruling.words.zh
    assert grade_by_facts(scale, report(session, shop, loss=Decimal("20000.01"))).ruling is None
    certain = report(session, shop, loss=Decimal("20000"), counterfeit=True)
    assert grade_by_facts(scale, certain).ruling is None, "a counterfeit is major, whatever the loss"


@pytest.mark.parametrize(
    ("loss", "grade"),
    [
        pytest.param("0", G.UNDETERMINED),
        pytest.param("499.99", G.UNDETERMINED, marks=pytest.mark.clause("R14-08")),
        pytest.param("500", G.GENERAL, marks=pytest.mark.clause("R14-07")),
        pytest.param("4999.99", G.GENERAL, marks=pytest.mark.clause("R14-07")),
        pytest.param("5000", G.MAJOR, marks=pytest.mark.clause("R14-08")),
    ],
)
def test_after_sales_grades_as_written(session: Session, service: House, loss: str, grade: G) -> None:
    accident = report(session, service, loss=Decimal(loss))
    assert accident.grade is grade
    if grade is G.UNDETERMINED:
        assert "grade" in missing(session, accident), "somebody is asked"
        assert "quality_report" in states(session, accident), "it is reported all the same"


@pytest.mark.clause("R09-03", "R14-07")
@pytest.mark.parametrize("kind", ["medical-device-store", "medical-device-aftersales"])
def test_another_grade_needs_a_reason_and_stays(session: Session, kind: str) -> None:
    session.info["actor"] = SYSTEM
    house = create_house(session, kind)
    session.commit()
    accident = report(session, house, loss=Decimal("600"))
    assert accident.grade is G.GENERAL
    with pytest.raises(Invalid) as refused:
        do(session, house[R.HANDLER], grade_accident, accident.id, None, grade=G.MAJOR, reason="  ")
    assert set(refused.value.fields) == {"reason"}
    with pytest.raises(Invalid):
        do(session, house[R.HANDLER], grade_accident, accident.id, None, grade=G.UNDETERMINED, reason="未定")
    do(session, house[R.HANDLER], grade_accident, accident.id, None, grade=G.MAJOR, reason="媒体已报道。")
    changed = change(session, house, accident, loss=Decimal("700"))
    assert (changed.grade, changed.grade_reason) == (G.MAJOR, "媒体已报道。")
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "accident.grade")).one()
    assert entry.reason == "媒体已报道。"
    do(session, house[R.HANDLER], grade_accident, accident.id, None, grade=None, reason="核实后按事实。")
    session.info["actor"] = SYSTEM
    assert session.get_one(Accident, accident.id, populate_existing=True).grade is G.GENERAL


def test_where_the_procedure_has_no_scale_people_grade(session: Session) -> None:
    session.info["actor"] = SYSTEM
    house = create_house(session)
    session.commit()
    accident = report(session, house, scope=None, grade=G.GENERAL, loss=Decimal("90000"))
    assert accident.grade is G.GENERAL
    assert missing(session, accident) == {"cause", "responsibility"}


# Reports and time limits


@pytest.mark.clause("R09-04")
def test_quality_management_is_told_at_once_and_when(session: Session, shop: House) -> None:
    accident = report(session, shop)
    [row] = reports(session, accident)
    assert (row.kind, row.recipient) == (K.REPORTED_TO_QUALITY, ReportRecipient.QUALITY_MANAGEMENT)
    assert (row.sent_at, row.is_late) == (NOW, False)
    told = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.topic == "accident.reported")).all()
    assert [message.recipient_id for message in told] == [shop[R.HEAD_OF_QUALITY].id]
    assert states(session, accident)["report_quality"] is ClockState.MET
    late = report(session, shop, happened_at=NOW - 2 * HOUR)
    assert [row.is_late for row in reports(session, late)] == [True]
    assert states(session, late)["report_quality"] is ClockState.MISSED
    by_phone = report(session, shop, happened_at=NOW - 2 * HOUR, quality_told_at=NOW - 2 * HOUR)
    assert [(row.sent_at, row.is_late) for row in reports(session, by_phone)] == [(NOW - 2 * HOUR, False)]


@pytest.mark.clause("R09-08")
def test_with_casualties_the_form_reaches_three_the_same_day(session: Session, shop: House) -> None:
    assert "accident_form" not in running(session, report(session, shop, loss=Decimal("90000")))
    accident = report(session, shop, casualties=1)
    midnight = datetime.fromisoformat("2026-03-11T00:00:00+08:00")
    assert running(session, accident)["accident_form"] == midnight
    assert "accident_form_sent" in missing(session, accident)
    for index, recipient in enumerate(
        (ReportRecipient.LEADER, ReportRecipient.HEAD_OF_ENTERPRISE, ReportRecipient.QUALITY_MANAGEMENT)
    ):
        assert "accident_form" in running(session, accident), f"only {index} have the form"
        do(
            session,
            shop[R.HANDLER],
            record_accident_report,
            accident.id,
            None,
            kind=K.ACCIDENT_FORM_SENT,
            recipients=[recipient],
            sent_at=NOW + index * HOUR,
            now=NOW + 5 * HOUR,
        )
    assert states(session, accident)["accident_form"] is ClockState.MET
    assert "accident_form_sent" not in missing(session, accident)
    later = report(session, shop, casualties=2)
    do(
        session,
        shop[R.HANDLER],
        record_accident_report,
        later.id,
        None,
        kind=K.ACCIDENT_FORM_SENT,
        now=NOW + timedelta(days=1),
    )
    assert states(session, later)["accident_form"] is ClockState.MISSED
    assert [row.is_late for row in reports(session, later) if row.kind is K.ACCIDENT_FORM_SENT] == [True] * 3


@pytest.mark.clause("R14-09")
def test_a_general_accident_goes_to_the_department_and_to_quality(session: Session, service: House) -> None:
    accident = report(session, service, loss=Decimal("500"))
    assert running(session, accident) == {"department_report": accident.happened_at + 24 * HOUR}
    assert states(session, accident)["quality_report"] is ClockState.MET
    assert [row.kind for row in reports(session, accident)] == [K.REPORTED_TO_QUALITY]
    assert missing(session, accident) & {kind.value for kind in K} == {"reported_to_department"}
    do(session, service[R.HANDLER], record_accident_report, accident.id, None, kind=K.REPORTED_TO_DEPARTMENT)
    assert running(session, accident) == {}
    assert [row.recipient for row in reports(session, accident)][-1] is ReportRecipient.DEPARTMENT_LEADER


@pytest.mark.clause("R14-10")
@pytest.mark.parametrize("fact", [{"casualties": 1}, {"vile_nature": True}, {"grave_impact": True}])
def test_grave_accidents_go_to_the_manager_at_once_and_to_the_authority_in_a_day(
    session: Session, service: House, fact: dict[str, Any]
) -> None:
    accident = report(session, service, loss=Decimal("5000"), **fact)
    assert running(session, accident) == {
        "manager_report": accident.happened_at + HOUR,
        "authority_report": accident.happened_at + 24 * HOUR,
        "written_report": datetime.fromisoformat("2026-03-26T00:00:00+08:00"),
    }
    owed = missing(session, accident)
    assert {"reported_to_manager", "reported_to_authority"} <= owed and "reported_up" not in owed
    for kind, after in ((K.REPORTED_TO_MANAGER, HOUR), (K.REPORTED_TO_AUTHORITY, 25 * HOUR)):
        do(
            session,
            service[R.HANDLER],
            record_accident_report,
            accident.id,
            None,
            kind=kind,
            sent_at=accident.happened_at + after,
            now=NOW + 30 * HOUR,
        )
    found = states(session, accident)
    assert (found["manager_report"], found["authority_report"]) == (ClockState.MET, ClockState.MISSED)
    late = {row.kind: row.is_late for row in reports(session, accident)}
    assert (late[K.REPORTED_TO_MANAGER], late[K.REPORTED_TO_AUTHORITY]) == (False, True)


@pytest.mark.clause("R14-11")
def test_other_major_accidents_go_up_in_three_days_and_in_writing_in_fifteen(
    session: Session, service: House
) -> None:
    accident = report(session, service, loss=Decimal("5000"))
    assert running(session, accident) == {
        "report_up": datetime.fromisoformat("2026-03-14T00:00:00+08:00"),
        "written_report": datetime.fromisoformat("2026-03-26T00:00:00+08:00"),
    }
    assert {"reported_up", "written_report_sent", "cause"} <= missing(session, accident)
    for kind in (K.REPORTED_UP, K.WRITTEN_REPORT_SENT):
        do(session, service[R.HANDLER], record_accident_report, accident.id, None, kind=kind)
    assert running(session, accident) == {}
    assert not {"reported_up", "written_report_sent"} & missing(session, accident)


def test_facts_that_become_known_move_the_time_limits(session: Session, service: House) -> None:
    accident = report(session, service, loss=Decimal("5000"))
    change(session, service, accident, casualties=1)
    assert set(running(session, accident)) == {"manager_report", "authority_report", "written_report"}
    assert states(session, accident)["report_up"] is ClockState.VOID
    change(session, service, accident, casualties=0, loss=Decimal("600"))
    assert set(running(session, accident)) == {"department_report"}
    change(session, service, accident, loss=Decimal("6000"))
    assert set(running(session, accident)) == {"report_up", "written_report"}, "they come back"
    assert running(session, accident)["report_up"] == datetime.fromisoformat("2026-03-14T00:00:00+08:00")


def test_a_report_sent_in_time_and_entered_late_is_in_time(session: Session, service: House) -> None:
    accident = report(session, service, casualties=1)
    session.commit()
    assert sweep_all(session, NOW + 2 * HOUR).breached == 1
    do(
        session,
        service[R.HANDLER],
        record_accident_report,
        accident.id,
        None,
        kind=K.REPORTED_TO_MANAGER,
        sent_at=NOW,
        now=NOW + 3 * HOUR,
    )
    assert states(session, accident)["manager_report"] is ClockState.MET
    for moment in (NOW + 4 * HOUR, NOW - 9 * HOUR):
        with pytest.raises(Invalid) as refused:
            do(
                session,
                service[R.HANDLER],
                record_accident_report,
                accident.id,
                None,
                kind=K.REPORTED_TO_AUTHORITY,
                sent_at=moment,
                now=NOW + 3 * HOUR,
            )
        assert set(refused.value.fields) == {"sent_at"}


@pytest.mark.clause("R14-12")
@pytest.mark.parametrize("sanction", list(AccidentSanction))
def test_what_was_not_reported_counts_as_concealed(
    session: Session, service: House, sanction: AccidentSanction
) -> None:
    accident = report(session, service, happened_at=NOW - timedelta(days=40), loss=Decimal("600"))
    assert [row.is_late for row in reports(session, accident)] == [True]
    assert "responsibility" in missing(session, accident)
    quality = service[R.HEAD_OF_QUALITY]
    with pytest.raises(NotPermitted):
        do(session, service[R.HANDLER], mark_concealed, accident.id, None, reason="隐瞒")
    with pytest.raises(Invalid):
        do(session, quality, mark_concealed, accident.id, None, reason=" ")
    do(session, quality, mark_concealed, accident.id, None, reason="盘点时发现，当时未上报。")
    assert "sanction" in missing(session, accident)
    with pytest.raises(Invalid) as refused:
        do(session, quality, mark_concealed, accident.id, None, reason="未上报", sanction=sanction)
    assert set(refused.value.fields) == {"sanction_reason"}
    do(
        session,
        quality,
        mark_concealed,
        accident.id,
        None,
        reason="未上报",
        sanction=sanction,
        sanction_reason="库管员，情节属实。",
        now=NOW + HOUR,
    )
    session.info["actor"] = SYSTEM
    stands = session.get_one(Accident, accident.id, populate_existing=True)
    assert (stands.concealed_at, stands.sanction) == (NOW, sanction)
    assert "sanction" not in missing(session, accident)


def test_a_shop_has_no_rule_on_concealment(session: Session, shop: House) -> None:
    accident = report(session, shop)
    with pytest.raises(Refused):
        do(session, shop[R.LEADER], mark_concealed, accident.id, None, reason="未上报")


# Handling and closing

STEPS = {
    "R09-05": {"scene_visit"},
    "R09-06": {"emergency_measures", "scene_protection"},
    "R09-07": {"cause", "responsibility", "loss"},
    "R09-09": {"self_examination", "corrective_measures"},
    "R09-10": {"joint_disposition"},
    "R09-11": {"company_form_sent"},
    "R09-12": {"announcement"},
}


@pytest.mark.clause("R09-05", "R09-06", "R09-07", "R09-09", "R09-10", "R09-11", "R09-12")
def test_an_accident_of_a_shop_from_report_to_closing(session: Session, shop: House) -> None:
    handler, quality, head = shop[R.HANDLER], shop[R.HEAD_OF_QUALITY], shop[R.LEADER]
    accident = report(session, shop, counterfeit=True)
    with pytest.raises(Refused) as refused:
        do(session, handler, close_accident, accident.id, None)
    assert {reason.code for reason in refused.value.reasons} == set().union(*STEPS.values())

    do(
        session,
        quality,
        visit_scene,
        accident.id,
        None,
        arrived_at=NOW,
        visitor_id=quality.id,
        emergency_measures="下架封存，通知顾客停用。",
        scene_protection="现场拍照，货架封条。",
    )
    assert not (STEPS["R09-05"] | STEPS["R09-06"]) & missing(session, accident)
    change(
        session, shop, accident, cause="供货商以次充好。", responsibility="门店验收员", loss=Decimal("3000")
    )
    assert not STEPS["R09-07"] & missing(session, accident)
    do(
        session,
        handler,
        record_self_examination,
        accident.id,
        None,
        text="验收时未核对注册证。",
        on=date(2026, 3, 10),
    )
    assert STEPS["R09-09"] & missing(session, accident) == {"corrective_measures"}
    measure = do(
        session,
        handler,
        record_measure,
        values={"kind": MeasureKind.RECTIFICATION, "text": "验收必核注册证。"},
        accident_id=accident.id,
    )
    assert {"corrective_measures", "measures"} <= missing(session, accident), "planned is not carried out"
    do(session, handler, carry_out_measure, measure.id, None, how="已培训并执行。")
    assert not {"corrective_measures", "measures"} & missing(session, accident)

    with pytest.raises(Refused):
        do(session, quality, sign_accident, accident.id, None, capacity=Capacity.QUALITY)
    do(session, quality, decide_accident, accident.id, None, disposition="通报批评，赔偿损失。")
    do(session, quality, sign_accident, accident.id, None, capacity=Capacity.QUALITY)
    assert "joint_disposition" in missing(session, accident), "one signature is not enough"
    do(session, head, sign_accident, accident.id, None, capacity=Capacity.HEAD, now=NOW + HOUR)
    assert "joint_disposition" not in missing(session, accident)
    do(
        session,
        quality,
        record_accident_report,
        accident.id,
        None,
        kind=K.COMPANY_FORM_SENT,
        now=NOW + 2 * HOUR,
    )
    sent = reports(session, accident)[-1]
    assert (sent.recipient, sent.sent_at) == (ReportRecipient.HEAD_OF_ENTERPRISE, NOW + 2 * HOUR)
    assert missing(session, accident) == {"announcement"}
    with pytest.raises(Invalid):
        do(session, quality, announce_accident, accident.id, None, on=date(2026, 3, 1))
    do(
        session,
        quality,
        announce_accident,
        accident.id,
        None,
        on=date(2026, 3, 12),
        where="办公会议",
        now=NOW + timedelta(days=2),
    )
    do(session, handler, close_accident, accident.id, None, now=NOW + timedelta(days=3))
    session.info["actor"] = SYSTEM
    stands = session.get_one(Accident, accident.id, populate_existing=True)
    assert (stands.status, stands.announced_on) == (AccidentStatus.CLOSED, date(2026, 3, 12))
    assert (stands.quality_signed_by_id, stands.head_signed_by_id) == (quality.id, head.id)
    assert (stands.scene_arrived_at, stands.scene_visitor_id) == (NOW, quality.id)
    for late in (
        lambda: do(session, quality, decide_accident, accident.id, None, disposition="改"),
        lambda: do(session, handler, record_accident_report, accident.id, None, kind=K.REPORTED_UP),
        lambda: change(session, shop, accident, cause="改"),
    ):
        with pytest.raises(Refused):
            late()


@pytest.mark.clause("R09-10")
def test_the_two_signatures_are_of_two_people_under_the_same_words(session: Session, shop: House) -> None:
    both = create_user(session, "兼任", R.HEAD_OF_QUALITY, R.LEADER, department=shop.office)
    session.commit()
    accident = report(session, shop)
    do(session, both, decide_accident, accident.id, None, disposition="赔偿。")
    do(session, both, sign_accident, accident.id, None, capacity=Capacity.QUALITY)
    with pytest.raises(Refused) as refused:
        do(session, both, sign_accident, accident.id, None, capacity=Capacity.HEAD)
    assert refused.value.reasons[0].code == "same_person"
    with pytest.raises(NotPermitted):
        do(session, shop[R.LEADER], sign_accident, accident.id, None, capacity=Capacity.QUALITY)
    with pytest.raises(NotPermitted):
        do(session, shop[R.HANDLER], sign_accident, accident.id, None, capacity=Capacity.QUALITY)
    do(session, shop[R.LEADER], sign_accident, accident.id, None, capacity=Capacity.HEAD)
    assert "joint_disposition" not in missing(session, accident)
    do(session, shop[R.HANDLER], decide_accident, accident.id, None, disposition="改为警告。")
    session.info["actor"] = SYSTEM
    stands = session.get_one(Accident, accident.id, populate_existing=True)
    assert (stands.quality_signed_at, stands.head_signed_at) == (None, None)
    assert "joint_disposition" in missing(session, accident)
