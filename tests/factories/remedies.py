"""What a procedure demands in measures, warranty data and solutions, recorded by the real operations.

`take` calls `settle_demands`, so that a test of another rule reaches the state it is about under every procedure.
Tests of the demands themselves use `fire`, which records nothing by itself.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models import Complaint, Measure
from models.enums import EventKind, MeasureKind
from models.remedy_enums import CompensationForm, Gravity, SolutionAnswer
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.operations.answer_solution import answer_solution
from services.operations.carry_out_measure import carry_out_measure
from services.operations.offer_solution import offer_solution
from services.operations.record_measure import record_measure
from services.operations.set_warranty import set_warranty
from services.operations.verify_measure import verify_measure
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.measures import Demand, Step
from services.unit_of_work import UnitOfWork
from services.workflow.remedies import unmet
from services.workflow.warranty import warranty_of
from tests.factories.organisation import House

STEPS: dict[EventKind, Step] = {
    EventKind.SUBMIT_OPINION: "submit_opinion",
    EventKind.REPLY: "reply",
    EventKind.CLOSE: "close",
    EventKind.CLOSE_ON_SPOT: "close",
}
DAY = date(2026, 3, 20)

OF_KIND: dict[MeasureKind, dict[str, Any]] = {
    MeasureKind.COMPENSATION: {
        "amount": Decimal(200),
        "compensation_form": CompensationForm.MONEY,
        "given_on": DAY,
    },
    MeasureKind.DISCIPLINE: {"person_name": "赵某", "severity": Gravity.MINOR},
    MeasureKind.PENALTY: {"person_name": "某施工单位"},
    MeasureKind.RETURN: {"freight_by": "company"},
}
"""What a measure of a kind has to say."""


def measure_values(house: House, kind: MeasureKind, **changed: Any) -> dict[str, Any]:
    """A measure of this kind as somebody would type it in."""
    values = {"kind": kind, "text": f"测试措施：{kind.value}", "due_on": DAY, **OF_KIND.get(kind, {})}
    return values | changed


def add_measure(
    session: Session, complaint: Complaint, now: datetime, values: dict[str, Any], *, settle: bool = False
) -> Measure:
    """Recorded by the desk itself; `settle`: carried out and verified too."""
    with UnitOfWork(session, SYSTEM, now) as work:
        measure = record_measure(work, values=values, complaint_id=complaint.id)
        measure_id, planned = measure.id, measure.done_at is None
    if settle and planned:
        with UnitOfWork(session, SYSTEM, now) as work:
            carry_out_measure(work, measure_id, None, how="已落实。")
        with UnitOfWork(session, SYSTEM, now) as work:
            verify_measure(work, measure_id, None)
    return measure


def settle_demands(
    session: Session, house: House, complaint: Complaint, event: EventKind, now: datetime
) -> None:
    """Record whatever the procedure still demands before this event."""
    step = STEPS.get(event)
    if step is None:
        return
    with unscoped(session, "a test prepares a case"):
        procedure = procedure_of(session, complaint)
        demands = unmet(session, complaint, procedure, step)
        wants_warranty = (
            step == "submit_opinion"
            and procedure.warranty is not None
            and complaint.category.value in procedure.warranty.categories
            and warranty_of(session, complaint) is None
        )
        address = complaint.public_id
    for demand in demands:
        add_measure(session, complaint, now, _values(house, demand), settle=True)
    if wants_warranty:
        _enter_warranty(session, house, complaint, address, now)
    if procedure.measures.solution_offered and procedure.measures.solution_offered.before == step:
        with UnitOfWork(session, SYSTEM, now) as work:
            offer = {"kind": MeasureKind.OTHER, "text": "当面说明。", "offered_on": now.date()}
            solution_id = offer_solution(work, complaint.id, values=offer).id
        with UnitOfWork(session, SYSTEM, now) as work:
            answer_solution(work, solution_id, None, answer=SolutionAnswer.ACCEPTED)


def _values(house: House, demand: Demand) -> dict[str, Any]:
    kind = demand.kinds[0] if demand.kinds else MeasureKind.OTHER
    values = measure_values(house, kind)
    if demand.with_owner:
        values["owner_id"] = house.outsider.id if house.outsider else None
    if demand.with_cause:
        values["cause"] = "工序检查缺失。"
    if demand.agreed:
        values |= {"agreed_with_id": house.laboratory.id, "agreed_on": DAY}
    if demand.promised:
        values["promised_on"] = DAY
    if demand.help_asked:
        values["help_asked_on"] = DAY
    if demand.freight_by:
        values["freight_by"] = demand.freight_by
    return values


def _enter_warranty(
    session: Session, house: House, complaint: Complaint, address: str, now: datetime
) -> None:
    values = {
        "project": "某住宅小区",
        "part": "decoration",
        "visited_on": now.date(),
        "visit_found": "现场查看。",
    }
    with UnitOfWork(session, SYSTEM, now) as work:
        set_warranty(work, address, values=values)
    add_measure(session, complaint, now, measure_values(house, MeasureKind.RECTIFICATION), settle=True)
