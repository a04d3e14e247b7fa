"""Filters and search: what each kind finds, on both engines, and that nothing foreign is found by any of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from models import Complaint, Measure
from models.enums import Category, MeasureKind, MeasureStatus, RoleName, State
from services.actor import SYSTEM
from services.errors import Invalid
from services.listing import ListQuery, selection, selection_ids, views
from services.unit_of_work import UnitOfWork
from tests.factories import House

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)


def numbers(session: Session, actor: Any, params: Any) -> list[int]:
    query = ListQuery.from_params(Complaint, params, actor, ZONE, default_sort="number")
    found = [int(row.values["number"][3:]) for row in query.iterate(session)]
    assert query.count(session).number == len(found)
    return found


@pytest.fixture
def four(house: House, put: Any) -> None:
    put(1, summary="物业噪音扰民", state=State.IN_WORK, handler_id=house[RoleName.HANDLER].id, place="100%")
    put(
        2, summary="Noise at night", category=Category.SERVICE, is_anonymous=True, escalation_level=2, round=2
    )
    # 00:30 on 2 January in Shanghai, still the 1st in UTC
    put(
        3,
        received_at=datetime(2026, 1, 1, 16, 30, tzinfo=UTC),
        occurred_on=datetime(2025, 12, 31).date(),
        refusals=1,
        repeat_count=2,
    )
    put(4, department=house.laboratory, summary="物业噪音扰民", place="100%")


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ("", [1, 2, 3]),
        ("f.state=in_work", [1]),
        ("f.state=in_work,registered", [1, 2, 3]),
        ("f.state=in_work&f.state=registered", [1, 2, 3]),
        ("f.summary=噪音", [1]),
        ("f.summary=noise", [2]),
        ("f.place=0%25", [1]),
        ("f.place=%25%25", []),
        ("f.place=_", []),
        ("f.is_anonymous=1", [2]),
        ("f.is_anonymous=0", [1, 3]),
        ("f.escalation_level_from=1&f.escalation_level_to=3", [2]),
        ("f.received_at_from=2026-01-02&f.received_at_to=2026-01-02", [3]),
        ("f.received_at.from=2026-01-02", [3]),
        ("f.received_at_to=2026-01-01", [1, 2]),
        ("f.occurred_on_to=2025-12-31", [3]),
        ("f.handler_id=none", [2, 3]),
        ("q=噪音", [1, 2, 3]),
        ("q=物业", [1]),
        ("q=物业 扰民", [1]),
        ("q=物业 夜间", []),
        ("q=TS-00003", [3]),
        ("f.open=1", [1, 2, 3]),
        ("f.open=0", []),
        ("f.taken_up_again=1", [2]),
        ("f.taken_up_again=0", [1, 3]),
        ("f.signature_refused=1", [3]),
        ("f.reported_again=1", [3]),
        ("f.reported_again=1&f.taken_up_again=1", []),
    ],
)
def test_what_a_filter_finds(
    session: Session, house: House, acts: Any, four: None, params: str, found: list[int]
) -> None:
    assert numbers(session, acts(house[RoleName.HANDLER]), params) == found


def test_a_relation_is_filtered_by_address(session: Session, house: House, acts: Any, four: None) -> None:
    handler, ward, laboratory = (
        house[RoleName.HANDLER].public_id,
        house.ward.public_id,
        house.laboratory.public_id,
    )
    insider, outsider = acts(house[RoleName.HANDLER]), house.outsider
    assert numbers(session, insider, {"f.handler_id": handler}) == [1]
    assert numbers(session, insider, {"f.handler_id": [handler, "none"]}) == [1, 2, 3]
    assert numbers(session, insider, {"f.department_id": laboratory}) == []
    assert numbers(session, acts(house[RoleName.LEADER]), {"f.department_id": laboratory}) == [4]
    assert numbers(session, acts(outsider), {"f.department_id": ward}) == []
    assert numbers(session, acts(outsider), "q=物业") == [4]


@pytest.mark.parametrize(
    "params",
    [
        "f.state=nonsense",
        "f.nonsense=1",
        "f.password_hash=x",
        "f.received_at_from=2026-13-01",
        "f.department_id=nobody",
        "f.is_anonymous=maybe",
        "f.escalation_level_from=many",
        "f.overdue=x",
        "f.due_within=soon",
        "f.satisfaction=" + "x",
    ],
)
def test_a_filter_that_cannot_be_understood_matches_nothing(
    session: Session, house: House, acts: Any, four: None, params: str
) -> None:
    assert numbers(session, acts(house[RoleName.HANDLER]), params) == []


def test_overdue_and_due_within(session: Session, house: House, acts: Any, put: Any) -> None:
    now = datetime.now(UTC)
    put(1, due_at=now - timedelta(days=1))
    put(2, due_at=now - timedelta(days=1), paused_at=now)
    put(3, due_at=now + timedelta(days=2))
    put(4, due_at=now - timedelta(days=1), state=State.REFUSED, closed_at=now, end_reason="不属本院")
    put(5)
    actor = acts(house[RoleName.HANDLER])
    assert numbers(session, actor, "f.overdue=1") == [1]
    assert numbers(session, actor, "f.overdue=0") == [2, 3, 4, 5]
    assert numbers(session, actor, "f.due_within=2") == [1, 2, 3]
    assert numbers(session, actor, "f.due_within=1") == [1, 2]


def test_personal_values_are_found_by_nobody_but_those_who_handle_the_case(
    session: Session, house: House, acts: Any, put: Any
) -> None:
    handler = house[RoleName.HANDLER]
    put(1, handler_id=handler.id, complainant_name="王小明", complainant_phone="13812345678")
    put(2, complainant_name="王小红", complainant_phone="13812349999")
    actor = acts(handler)
    for params in ("q=王小", "f.complainant_name=王", "q=1381234", "f.complainant_phone=1381"):
        assert numbers(session, actor, params) == [1], params
    query = ListQuery.from_params(Complaint, "columns=number,complainant_name,complainant_phone", actor, ZONE)
    shown = {
        row.name: (row.values["complainant_name"], row.is_masked("complainant_name"))
        for row in query.iterate(session)
    }
    assert shown == {"TS-00001": ("王小明", False), "TS-00002": ("王**", True)}
    for role in (RoleName.AUDITOR, RoleName.LEADER, RoleName.INVESTIGATOR):
        other = acts(house[role])
        assert numbers(session, other, "q=王小") == [], role
        assert numbers(session, other, "f.complainant_phone=1381") == [], role
        query = ListQuery.from_params(Complaint, "columns=number,complainant_phone", other, ZONE)
        assert {str(row.values["complainant_phone"]) for row in query.iterate(session)} == {
            "138****5678",
            "138****9999",
        }
    assert ListQuery.from_params(Complaint, "sort=complainant_name", actor, ZONE).sort == ""


def test_a_selection_holds_only_rows_in_scope(session: Session, house: House, acts: Any, put: Any) -> None:
    own, foreign = put(1), put(2, department=house.laboratory)
    own_id, foreign_id, own_row = own.public_id, foreign.public_id, own.id
    actor = acts(house[RoleName.HANDLER])
    chosen = selection(
        session, Complaint, actor, ZONE, rowids=[f"{own_id}:3", f"{foreign_id}:1", "x", "", "a:b:c"]
    )
    assert [(each.address, each.version) for each in chosen] == [(own_id, 3)]
    token = ListQuery.from_params(Complaint, "q=候诊", actor, ZONE).token()
    assert selection_ids(session, Complaint, actor, ZONE, token) == [own_row]
    assert selection_ids(session, Complaint, acts(house.outsider), ZONE, token) != [own_row]
    assert selection_ids(session, Complaint, acts(house[RoleName.ADMINISTRATOR]), ZONE, token) == []
    for broken in ("%%%", "Zm9v="):
        with pytest.raises(Invalid):
            selection_ids(session, Complaint, actor, ZONE, broken)


def test_a_confidential_complaint_is_in_no_list_count_or_tab(
    session: Session, house: House, acts: Any, put: Any
) -> None:
    named = house[RoleName.LEADER]
    put(1)
    put(2, only=f"c{named.id}", is_confidential=True, summary="密件")
    for role in RoleName:
        actor = acts(house[role])
        expected = [] if role is RoleName.ADMINISTRATOR else [1, 2] if role is RoleName.LEADER else [1]
        assert numbers(session, actor, "") == expected, role
        assert numbers(session, actor, "q=密件") == [n for n in expected if n == 2], role
        query = ListQuery.from_params(Complaint, "", actor, ZONE)
        assert views.counts(session, query, ["", "q=密件"]) == [len(expected), expected.count(2)], role


def test_a_relation_to_what_one_may_not_see_shows_nothing(
    session: Session, house: House, acts: Any, put: Any
) -> None:
    """A department reads its measure of a complaint it co-handles, not the number of one it never saw."""
    own, foreign = put(1), put(2, department=house.laboratory)
    session.info["actor"] = SYSTEM
    for complaint in (own, foreign):
        session.add(
            Measure(
                complaint_id=complaint.id,
                kind=MeasureKind.TRAINING,
                status=MeasureStatus.PLANNED,
                text="培训",
            )
        )
    session.commit()
    actor = acts(house[RoleName.HANDLER])
    query = ListQuery.from_params(Measure, "columns=complaint_id,text", actor, ZONE)
    assert [str(row.values["complaint_id"]) for row in query.iterate(session)] == ["TS-00001"]
    assert query.count(session).number == 1


def test_a_list_refuses_to_read_for_somebody_else(
    session: Session, house: House, acts: Any, put: Any
) -> None:
    put(1)
    query = ListQuery.from_params(Complaint, "", acts(house[RoleName.LEADER]), ZONE)
    acts(house.outsider)
    with pytest.raises(RuntimeError):
        query.page(session)


def test_views_are_kept_changed_and_shared_within_the_department(
    session: Session, house: House, acts: Any, put: Any
) -> None:
    actor = acts(house[RoleName.HANDLER])
    query = ListQuery.from_params(Complaint, "q=噪音&sort=-due_at&columns=number,due_at", actor, ZONE)
    with UnitOfWork(session, actor) as work:
        kept = views.save_view(work, Complaint, "complaints", "噪音", query, shared=False).id
    head = acts(house[RoleName.DEPARTMENT_HEAD])
    assert views.views_of(session, ListQuery.from_params(Complaint, "", head, ZONE), "complaints") == []
    actor = acts(house[RoleName.HANDLER])
    with UnitOfWork(session, actor) as work:
        views.share_view(work, "complaints", kept)
    head = acts(house[RoleName.DEPARTMENT_HEAD])
    [view] = views.views_of(session, ListQuery.from_params(Complaint, "", head, ZONE), "complaints")
    assert (view.name, view.columns, view.own, view.shared) == ("噪音", ("number", "due_at"), False, True)
    assert "sort=-due_at" in view.query
    outsider = acts(house.outsider)
    assert views.views_of(session, ListQuery.from_params(Complaint, "", outsider, ZONE), "complaints") == []
