"""Goods held: placed by the procedure or by hand, told and acknowledged, carried out, released with a basis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Department, Hold, HoldNotice, OutboxMessage, User
from models.enums import Category, EventKind, PartySide, Responsibility, RoleName
from models.hold_enums import DepartmentDuty, HoldStatus, NoticeKind
from services.actor import SYSTEM
from services.errors import Invalid, NotFound, NotPermitted, Refused
from services.operations.acknowledge_hold import acknowledge_hold
from services.operations.carry_out_hold import carry_out_hold
from services.operations.check_neighbours import check_neighbours
from services.operations.place_hold import place_hold
from services.operations.register import NewParty
from services.operations.release_hold import release_hold
from services.operations.tell_of_hold import tell_of_hold
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from tests.factories import (
    NOW,
    actor_of,
    create_department,
    create_house,
    create_user,
    register_complaint,
    take,
)

R = RoleName
E = EventKind


def do(session: Session, user: User, operation: Callable[..., Any], *args: Any, **form: Any) -> Any:
    now = form.pop("now", NOW)
    with UnitOfWork(session, actor_of(session, user, now), now) as work:
        return operation(work, *args, **form)


class Works:
    """An enterprise with the departments that handle goods, a person in each."""

    def __init__(self, session: Session, procedure: str) -> None:
        self.session = session
        self.house = create_house(session, procedure)
        self.departments: dict[DepartmentDuty, Department] = {}
        self.people: dict[DepartmentDuty, User] = {}
        for duty in (DepartmentDuty.SALES, DepartmentDuty.STORAGE, DepartmentDuty.PRODUCTION):
            department = create_department(session, f"{duty.value}部")
            department.duty = duty
            self.departments[duty] = department
            self.people[duty] = create_user(
                session, f"{duty.value}员", R.HANDLER, department=department, for_department=department
            )
        session.commit()

    def accepted(self, *, hidden: bool = False, **typed: Any) -> Complaint:
        values: dict[str, Any] = {
            "product": "感冒灵颗粒",
            "batch": "B-0310",
            "category": Category.PRODUCT,
            "receiving_department_id": self.house.ward.id,
            "parties": (NewParty(PartySide.COMPLAINANT, name="康民医药公司", phone="13800000000"),),
        }
        case = register_complaint(self.session, self.house[R.HANDLER], **(values | typed))
        if hidden:
            take(self.session, self.house, case, E.MARK_CONFIDENTIAL, R.FIRST_RECEIVER)
        take(self.session, self.house, case, E.ACCEPT, R.FIRST_RECEIVER)
        self.session.info["actor"] = SYSTEM
        return self.session.get_one(Complaint, case.id)

    def holds(self, case: Complaint) -> list[Hold]:
        self.session.info["actor"] = SYSTEM
        query = sa.select(Hold).where(Hold.complaint_id == case.id).order_by(Hold.id)
        return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def notices(self, hold: Hold, kind: NoticeKind = NoticeKind.STOP) -> list[HoldNotice]:
        self.session.info["actor"] = SYSTEM
        query = sa.select(HoldNotice).where(HoldNotice.hold_id == hold.id, HoldNotice.kind == kind)
        query = query.order_by(HoldNotice.id).execution_options(populate_existing=True)
        return list(self.session.scalars(query))

    def told(self, topic: str) -> set[int]:
        self.session.info["actor"] = SYSTEM
        query = sa.select(OutboxMessage.recipient_id).where(OutboxMessage.topic == topic)
        return set(self.session.scalars(query))

    def approve(self, case: Complaint, **opinion: Any) -> None:
        for event, role in (
            (E.TRANSFER, R.FIRST_RECEIVER),
            (E.SIGN_FOR, R.HANDLER),
        ):
            take(self.session, self.house, case, event, role)
        take(self.session, self.house, case, E.SUBMIT_OPINION, R.HANDLER, **opinion)
        approver = procedure_of(self.session, case).approval.approver
        take(self.session, self.house, case, E.APPROVE, approver)


@pytest.mark.clause("R17-06")
def test_acceptance_suspends_dispatch_and_sale_before_any_investigation(session: Session) -> None:
    works = Works(session, "pharma-distributor-classic-b")
    case = works.accepted(category_code="medicine")
    [hold] = works.holds(case)
    assert (hold.product, hold.batch, hold.clause) == ("感冒灵颗粒", "B-0310", "R17-06")
    assert (hold.stops_dispatch, hold.stops_sale, hold.stops_production) == (True, True, False)
    storage, sales = works.people[DepartmentDuty.STORAGE], works.people[DepartmentDuty.SALES]
    assert works.told("hold.placed") == {storage.id, sales.id}
    first, second, purchaser = works.notices(hold)
    assert [first.duty, second.duty] == [DepartmentDuty.STORAGE, DepartmentDuty.SALES]
    assert first.sent_at == second.sent_at == NOW and first.acknowledged_at is None
    # Storage acknowledges for itself; sales can't do it for storage.
    with pytest.raises(NotPermitted):
        do(session, sales, acknowledge_hold, first.id)
    do(session, storage, acknowledge_hold, first.id, receipt="已封存12箱。")
    with pytest.raises(Refused):
        do(session, storage, acknowledge_hold, first.id)
    # The purchaser is told outside the desk, and their receipt is recorded.
    assert (purchaser.outside, purchaser.sent_at) == ("康民医药公司", None)
    desk = works.house[R.FIRST_RECEIVER]
    with pytest.raises(Refused):
        do(session, desk, acknowledge_hold, purchaser.id, receipt="传真回执")
    with pytest.raises(Invalid):
        do(session, desk, tell_of_hold, purchaser.id, how=" ")
    do(session, desk, tell_of_hold, purchaser.id, how="电话并传真", at=NOW)
    do(session, desk, acknowledge_hold, purchaser.id, receipt="传真回执", now=NOW + timedelta(hours=1))
    first, second, purchaser = works.notices(hold)
    assert (first.receipt, first.acknowledged_by_id) == ("已封存12箱。", storage.id)
    assert second.acknowledged_at is None
    assert (purchaser.receipt, purchaser.acknowledged_at) == ("传真回执", NOW + timedelta(hours=1))


def test_a_complaint_about_work_holds_nothing(session: Session) -> None:
    works = Works(session, "pharma-distributor-classic-b")
    assert works.holds(works.accepted(category_code="work")) == []
    assert works.holds(works.accepted(category=Category.SERVICE)) == []
    [hold] = works.holds(works.accepted(category=Category.PRODUCT, batch=None))
    assert hold.batch is None, "the whole variety, where no batch is known"


@pytest.mark.clause("R08-05")
def test_after_the_approval_the_medicine_is_stopped_and_released_with_a_basis(session: Session) -> None:
    works = Works(session, "pharma-distributor-classic-a")
    case = works.accepted(category_code="medicine")
    assert works.holds(case) == [], "this procedure investigates first"
    works.approve(case)
    [hold] = works.holds(case)
    assert (hold.stops_sale, hold.stops_use, hold.stops_dispatch) == (True, True, True)
    assert {works.people[duty].id for duty in (DepartmentDuty.SALES, DepartmentDuty.STORAGE)} == works.told(
        "hold.placed"
    )
    # Nobody does the purchasing yet: the notice waits for a department, and is not lost.
    waiting = works.notices(hold)[-1]
    assert (waiting.duty, waiting.department_id, waiting.sent_at) == (DepartmentDuty.PURCHASING, None, None)
    desk, leader = works.house[R.FIRST_RECEIVER], works.house[R.LEADER]
    do(session, desk, tell_of_hold, waiting.id, department_id=works.house.laboratory.id)
    assert works.house.outsider is not None and works.house.outsider.id in works.told("hold.placed")

    with pytest.raises(NotPermitted):
        do(session, desk, release_hold, hold.id, None, basis="检验合格")
    with pytest.raises(Refused) as refused:
        do(session, leader, release_hold, hold.id, None, basis="检验合格")
    assert [reason.code for reason in refused.value.reasons] == ["neighbours"]
    do(session, desk, check_neighbours, hold.id, None, result="B-0309、B-0311检验合格。")
    with pytest.raises(Invalid):
        do(session, leader, release_hold, hold.id, None, basis="")
    do(session, leader, release_hold, hold.id, None, basis="检验报告2026-088号：合格。")
    [hold] = works.holds(case)
    assert (hold.status, hold.release_basis) == (HoldStatus.RELEASED, "检验报告2026-088号：合格。")
    assert works.told("hold.released") == works.told("hold.placed"), "whoever stopped is told to go on"
    assert len(works.notices(hold, NoticeKind.RELEASE)) == 3
    with pytest.raises(Refused):
        do(session, leader, release_hold, hold.id, None, basis="再次")


@pytest.mark.clause("R08-05")
def test_a_medicine_found_sound_is_not_stopped(session: Session) -> None:
    works = Works(session, "pharma-distributor-classic-a")
    case = works.accepted(category_code="medicine")
    works.approve(case, responsibility=Responsibility.NONE)
    assert works.holds(case) == []


@pytest.mark.clause("R18-06")
def test_a_nonconforming_product_stops_production_and_stands_apart(session: Session) -> None:
    works = Works(session, "factory")
    assert works.holds(works.accepted(category_code="defect")) == []
    case = works.accepted(category_code="nonconforming")
    [hold] = works.holds(case)
    assert (hold.stops_production, hold.isolates, hold.stops_sale) == (True, True, False)
    production = works.people[DepartmentDuty.PRODUCTION]
    assert works.told("hold.placed") == {production.id}
    with pytest.raises(Refused) as refused:
        do(session, works.house[R.LEADER], release_hold, hold.id, None, basis="已返工")
    assert [reason.code for reason in refused.value.reasons] == ["execution"]
    with pytest.raises(Invalid):
        do(session, production, carry_out_hold, hold.id, None, how="")
    with pytest.raises(NotFound):
        do(session, works.people[DepartmentDuty.SALES], carry_out_hold, hold.id, None, how="已停")
    do(session, production, carry_out_hold, hold.id, None, how="三号线停产，200件隔离于不合格品区。")
    [hold] = works.holds(case)
    assert (hold.executed_by_id, hold.executed_at) == (production.id, NOW)
    do(session, works.house[R.LEADER], release_hold, hold.id, None, basis="返工后复检合格。")


@pytest.mark.clause("R08-05", "R17-06", "R18-06")
@pytest.mark.parametrize(
    ("procedure", "category"),
    [
        ("pharma-distributor-classic-a", "medicine"),
        ("pharma-distributor-classic-b", "medicine"),
        ("factory", "nonconforming"),
    ],
)
def test_no_case_is_closed_over_an_open_hold(session: Session, procedure: str, category: str) -> None:
    works = Works(session, procedure)
    case = works.accepted(category_code=category)
    works.approve(case)
    [hold] = works.holds(case)
    take(session, works.house, case, E.REPLY, R.FIRST_RECEIVER)
    assert "open_hold" in stands_in_the_way_of_closing(session, works, case)
    do(session, works.house[R.HANDLER], check_neighbours, hold.id, None, result="相邻批次正常。")
    do(session, works.house[R.HANDLER], carry_out_hold, hold.id, None, how="已隔离。")
    do(session, works.house[R.LEADER], release_hold, hold.id, None, basis="复检合格。")
    assert "open_hold" not in stands_in_the_way_of_closing(session, works, case)


def stands_in_the_way_of_closing(session: Session, works: Works, case: Complaint) -> set[str]:
    """The reasons that the leader gets who tries to close it."""
    try:
        take(session, works.house, case, E.CLOSE, R.LEADER)
    except Refused as refused:
        return {reason.code for reason in refused.reasons}
    return set()


def test_a_hold_by_hand(session: Session) -> None:
    works = Works(session, "pharma-distributor-classic-b")
    case = works.accepted(category_code="work")
    handler = works.house[R.HANDLER]
    values = {"product": "退热贴", "batch": "T-1", "reason": "顾客反映起疹"}
    with pytest.raises(Invalid) as refused:
        do(session, handler, place_hold, values=values, complaint_id=case.id)
    assert set(refused.value.fields) == {"stops_sale"}
    hold = do(session, handler, place_hold, values=values | {"stops_sale": True}, complaint_id=case.id)
    assert works.told("hold.placed") == {works.people[DepartmentDuty.SALES].id}
    # Sales sees the hold, not the complaint; storage was not told and sees neither.
    for duty, sees in ((DepartmentDuty.SALES, True), (DepartmentDuty.STORAGE, False)):
        session.info["actor"] = actor_of(session, works.people[duty])
        found = session.scalars(sa.select(Hold.id)).all()
        assert (found == [hold.id]) is sees
        assert session.scalars(sa.select(Complaint.id)).all() == []
    session.info["actor"] = SYSTEM


def test_a_confidential_complaint_shows_its_hold_to_nobody_else(session: Session) -> None:
    works = Works(session, "pharma-distributor-classic-b")
    case = works.accepted(category_code="medicine", hidden=True)
    [hold] = works.holds(case)
    assert works.told("hold.placed") == set()
    assert [notice.sent_at for notice in works.notices(hold)] == [None, None, None]
    session.info["actor"] = actor_of(session, works.people[DepartmentDuty.STORAGE])
    assert session.scalars(sa.select(Hold.id)).all() == []
    assert session.scalars(sa.select(HoldNotice.id)).all() == []
    session.info["actor"] = SYSTEM
