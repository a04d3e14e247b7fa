"""What counts as an accident, and the grade that its facts give."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, AuditEntry
from models.accident_enums import AccidentScope
from services.actor import SYSTEM
from services.errors import Invalid
from services.operations.grade_accident import grade_accident
from services.workflow.accidents import grade_by_facts, scale_of
from tests.factories import House, create_house
from tests.integration.operations.accidents import (
    G,
    R,
    change,
    do,
    missing,
    report,
    states,
)


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
