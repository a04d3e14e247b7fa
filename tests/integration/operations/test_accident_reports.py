"""Reports of accidents with their moments, the time limits that facts call for, concealment."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, OutboxMessage
from models.accident_enums import AccidentSanction, ReportRecipient
from models.enums import ClockState
from services.actor import SYSTEM
from services.errors import Invalid, NotPermitted, Refused
from services.operations.mark_concealed import mark_concealed
from services.operations.record_accident_report import record_accident_report
from services.operations.sweep import sweep_all
from tests.factories import NOW, House
from tests.integration.operations.accidents import (
    HOUR,
    K,
    R,
    change,
    do,
    missing,
    report,
    reports,
    running,
    states,
)


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
