"""The handling of an accident from report to closing: everything the procedure wants on record."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from models import Accident
from models.accident_enums import ReportRecipient
from models.enums import AccidentStatus, MeasureKind
from services.actor import SYSTEM
from services.errors import Invalid, NotPermitted, Refused
from services.operations.announce_accident import announce_accident
from services.operations.carry_out_measure import carry_out_measure
from services.operations.close_accident import close_accident
from services.operations.decide_accident import decide_accident
from services.operations.record_accident_report import record_accident_report
from services.operations.record_measure import record_measure
from services.operations.record_self_examination import record_self_examination
from services.operations.sign_accident import Capacity, sign_accident
from services.operations.visit_scene import visit_scene
from tests.factories import NOW, House, create_user
from tests.integration.operations.accidents import (
    HOUR,
    K,
    R,
    change,
    do,
    missing,
    report,
    reports,
)

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
