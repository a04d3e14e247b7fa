"""From an account to what it may see and do: grants, covers, predecessors."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import Complaint, Department, LeaveCover, RoleGrant
from models.enums import EventKind, RoleName
from services.access.permissions import Permission
from services.access.scope import unscoped
from services.identity import actor_for
from services.organisation.departments import Part, merge_departments, rename_department, split_department
from tests.factories import NOW, House, create_complaint, create_user, fire
from tests.integration.organisation.conftest import Acting

R = RoleName


def _visible(session: Session, user: object) -> set[str]:
    """The numbers that this person's own statements return."""
    actor = actor_for(session, user, NOW)  # type: ignore[arg-type]
    outer, session.info["actor"] = session.info["actor"], actor
    try:
        return set(session.scalars(sa.select(Complaint.number)))
    finally:
        session.info["actor"] = outer


def test_audiences_of_a_department_role_and_of_a_role_for_all(session: Session, house: House) -> None:
    handler = actor_for(session, house[R.HANDLER], NOW)
    me = house[R.HANDLER].id
    assert handler.audiences == {f"u{me}", f"c{me}", f"d{house.ward.id}"}
    assert "*" in actor_for(session, house[R.AUDITOR], NOW).audiences
    administrator = actor_for(session, house[R.ADMINISTRATOR], NOW)
    assert administrator.audiences == {f"u{administrator.user_id}", f"c{administrator.user_id}"}


def test_a_grant_counts_from_its_confirmation_to_its_end(session: Session, house: House) -> None:
    user = house[R.HANDLER]
    grant = session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == user.id)).one()
    grant.confirmed_at = None
    session.flush()
    assert not actor_for(session, user, NOW).may(Permission.COMPLAINT_READ)
    assert actor_for(session, user, NOW).may(Permission.SELF), "one's own account needs no role"
    grant.confirmed_at = NOW
    session.flush()
    assert actor_for(session, user, NOW).may(Permission.COMPLAINT_READ)
    grant.ended_at = NOW
    session.flush()
    assert not actor_for(session, user, NOW).may(Permission.COMPLAINT_READ)


def test_an_actor_takes_four_statements(session: Session, house: House) -> None:
    user, said = house[R.HANDLER], []
    _ = user.id, user.name, user.department_id
    listen = lambda *args: said.append(args[2])  # noqa: E731
    event.listen(session.get_bind(), "before_cursor_execute", listen)
    try:
        actor_for(session, user, NOW)
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", listen)
    assert len(said) <= 4


def _cover(session: Session, house: House, principal: RoleName, deputy: RoleName) -> LeaveCover:
    cover = LeaveCover(
        principal_id=house[principal].id,
        deputy_id=house[deputy].id,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=1),
    )
    session.add(cover)
    session.flush()
    return cover


def test_a_cover_counts_in_its_time_and_marks_whose_grant_it_is(session: Session, house: House) -> None:
    cover = _cover(session, house, R.LEADER, R.HANDLER)
    deputy, leader = house[R.HANDLER], house[R.LEADER]
    assert not actor_for(session, deputy, NOW - timedelta(seconds=1)).may(Permission.COMPLAINT_APPROVE)
    assert not actor_for(session, deputy, cover.ends_at).may(Permission.COMPLAINT_APPROVE)
    actor = actor_for(session, deputy, NOW)
    grant = actor.grant_for(Permission.COMPLAINT_APPROVE)
    assert grant is not None and (grant.on_behalf_of_id, grant.on_behalf_of_name) == (leader.id, leader.name)
    assert actor.people == {deputy.id, leader.id}
    assert f"u{leader.id}" in actor.audiences and f"c{leader.id}" not in actor.audiences
    cover.ended_at = NOW
    session.flush()
    assert not actor_for(session, deputy, NOW).may(Permission.COMPLAINT_APPROVE)


def test_the_administrator_role_is_never_stood_in_for(session: Session, house: House) -> None:
    _cover(session, house, R.ADMINISTRATOR, R.HANDLER)
    assert not actor_for(session, house[R.HANDLER], NOW).may(Permission.USER_WRITE)


def test_a_deputy_of_a_deputy_gets_nothing_further(session: Session, house: House) -> None:
    _cover(session, house, R.LEADER, R.ARCHIVIST)
    _cover(session, house, R.ARCHIVIST, R.HANDLER)
    actor = actor_for(session, house[R.HANDLER], NOW)
    assert actor.may(Permission.COMPLAINT_ARCHIVE) and not actor.may(Permission.COMPLAINT_APPROVE)


def test_a_confidential_case_is_not_seen_through_a_cover(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "accepted")
    fire(session, house[R.FIRST_RECEIVER], EventKind.MARK_CONFIDENTIAL, complaint,
         named_user_ids=(house[R.LEADER].id, house[R.FIRST_RECEIVER].id), reason="涉及职工")  # fmt: skip
    _cover(session, house, R.LEADER, R.HANDLER)
    assert _visible(session, house[R.LEADER]) != set()
    assert _visible(session, house[R.HANDLER]) == set()
    assert _visible(session, house[R.AUDITOR]) == set()
    assert _visible(session, house[R.ADMINISTRATOR]) == set()


@pytest.mark.parametrize("way", ["merge", "split", "rename"])
def test_the_successor_sees_and_handles_what_came_to_it(
    session: Session, house: House, acting: Acting, way: str
) -> None:
    complaint = create_complaint(session, house, "in_work")
    number = complaint.number
    assert _visible(session, house.outsider) == set()
    ward, admin = house.ward, house[R.ADMINISTRATOR]
    with acting(admin) as work:
        if way == "merge":
            merge_departments(work, ward.id, ward.version, house.laboratory.id, date(2026, 3, 9))
        elif way == "rename":
            rename_department(work, ward.id, ward.version, "综合内科", date(2026, 3, 9))
        else:
            parts = [Part("呼吸内科", "resp"), Part("心内科", "card")]
            split_department(work, ward.id, ward.version, parts, date(2026, 3, 9), {house[R.HANDLER].id: 1})
    if way == "rename":
        assert _visible(session, house.outsider) == set()
        assert session.get_one(Department, house.ward.id).name == "综合内科"
    elif way == "merge":
        assert _visible(session, house.outsider) == {number}
        grant = actor_for(session, house.outsider, NOW).grant_for(
            Permission.COMPLAINT_SUBMIT_OPINION, {ward.id}
        )  # type: ignore[arg-type]
        assert grant is not None, "the successor's people may act on it, not only read it"
    else:
        second = session.scalars(sa.select(Department).where(Department.code == "card")).one()
        newcomer = create_user(session, "新人", R.HANDLER, department=second, for_department=second)
        assert _visible(session, newcomer) == {number}
        assert house[R.HANDLER].department_id == second.id
    session.refresh(house[R.HANDLER])
    assert _visible(session, house[R.HANDLER]) == {number}, "whoever worked there still sees it"
    with unscoped(session, "test"):
        kept = session.get_one(Complaint, complaint.id)
        assert kept.department_id == ward.id
