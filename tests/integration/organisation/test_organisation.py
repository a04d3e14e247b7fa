"""Departments, accounts, roles, covers and exemptions: who may change them, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    AuditEntry,
    Complaint,
    ComplaintEvent,
    DepartmentSuccession,
    LeaveCover,
    Measure,
    RoleGrant,
    User,
)
from models.enums import EventKind, MeasureKind, RoleName, SuccessionKind
from services.access.permissions import Permission
from services.access.separation import SeparationRule, exempted
from services.actor import SYSTEM
from services.errors import Invalid, NotPermitted, Refused, Stale
from services.identity import actor_for
from services.organisation.covers import arrange_cover, end_cover
from services.organisation.departments import create_department, edit_department, rename_department
from services.organisation.duties import hand_over_duties, open_duties
from services.organisation.exemptions import end_exemption, record_exemption
from services.organisation.people import create_user as new_user
from services.organisation.people import disable_user, edit_user, enable_user
from services.organisation.roles import confirm_role, end_role, grant_role, waiting_for
from services.organisation.setting_up import FirstAnswers, set_up
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, House, create_complaint, create_user, fire
from tests.integration.organisation.conftest import Acting

R = RoleName
TODAY = date(2026, 3, 10)
OTHERS = [role for role in RoleName if role is not R.ADMINISTRATOR]


@pytest.mark.parametrize("role", OTHERS)
def test_only_the_administrator_changes_departments_and_accounts(
    session: Session, house: House, acting: Acting, role: RoleName
) -> None:
    ward, user = house.ward, house[R.HANDLER]
    attempts = [
        lambda work: create_department(work, {"name": "新科室", "code": "x"}),
        lambda work: edit_department(work, ward.id, ward.version, {"code": "y"}),
        lambda work: rename_department(work, ward.id, ward.version, "新名", TODAY),
        lambda work: new_user(work, {"login": "x", "name": "X"}),
        lambda work: edit_user(work, user.id, user.version, {"post": "主任"}),
        lambda work: disable_user(work, user.id, user.version, "离职"),
        lambda work: grant_role(work, user.id, R.LEADER),
        lambda work: hand_over_duties(work, user.id, house[R.INVESTIGATOR].id),
    ]
    for attempt in attempts:
        with pytest.raises(NotPermitted), acting(house[role]) as work:
            attempt(work)


def test_departments_keep_their_names_in_history(session: Session, house: House, acting: Acting) -> None:
    admin, ward = house[R.ADMINISTRATOR], house.ward
    with pytest.raises(Invalid), acting(admin) as work:
        edit_department(work, ward.id, ward.version, {"name": "改名"})
    with pytest.raises(Invalid), acting(admin) as work:
        rename_department(work, ward.id, ward.version, "改名", TODAY + timedelta(days=1))
    with acting(admin) as work:
        rename_department(work, ward.id, ward.version, "综合内科", TODAY)
    row = session.scalars(sa.select(DepartmentSuccession)).one()
    assert (row.kind, row.old_name, row.new_name) == (SuccessionKind.RENAME, "内科", "综合内科")
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None and (entry.before, entry.after) == ({"name": "内科"}, {"name": "综合内科"})


def test_a_department_cannot_stand_below_itself_and_codes_are_unique(
    session: Session, house: House, acting: Acting
) -> None:
    admin = house[R.ADMINISTRATOR]
    with acting(admin) as work:
        child = create_department(work, {"name": "一病区", "code": "w1", "parent_id": house.ward.id})
    for values in ({"parent_id": child.id}, {"parent_id": house.ward.id}, {"code": "w1"}):
        with pytest.raises(Invalid), acting(admin) as work:
            edit_department(work, house.ward.id, house.ward.version, values)


def test_an_old_version_is_refused_with_what_stands_now(
    session: Session, house: House, acting: Acting
) -> None:
    admin, user = house[R.ADMINISTRATOR], house[R.HANDLER]
    old = user.version
    with acting(admin) as work:
        edit_user(work, user.id, old, {"post": "主治医师"})
    with pytest.raises(Stale) as stale, acting(admin) as work:
        edit_user(work, user.id, old, {"post": "住院医师"})
    assert stale.value.theirs["post"] == "主治医师"


def test_logins_are_never_given_twice(session: Session, house: House, acting: Acting) -> None:
    admin = house[R.ADMINISTRATOR]
    with acting(admin) as work:
        made = new_user(work, {"login": "LiNa ", "name": "李娜"})
    assert made.login == "lina" and made.password_hash is None
    with acting(admin) as work:
        disable_user(work, made.id, made.version, "离职")
    with pytest.raises(Invalid) as taken, acting(admin) as work:
        new_user(work, {"login": "lina", "name": "另一个"})
    assert set(taken.value.fields) == {"login"}


def test_a_role_counts_once_a_second_person_confirmed_it(
    session: Session, house: House, acting: Acting
) -> None:
    admin, leader = house[R.ADMINISTRATOR], house[R.LEADER]
    second_admin = create_user(session, "第二管理员", R.ADMINISTRATOR)
    newcomer = create_user(session, "新人")
    session.commit()
    with acting(admin) as work:
        grant = grant_role(work, newcomer.id, R.LEADER)
    assert not actor_for(session, newcomer, NOW).may(Permission.COMPLAINT_APPROVE)
    assert [one.id for one in waiting_for(session, leader.id)] == [grant.id]
    assert waiting_for(session, admin.id) == []
    with pytest.raises(Refused), acting(admin) as work:
        confirm_role(work, grant.id)
    with pytest.raises(NotPermitted), acting(house[R.HANDLER]) as work:
        confirm_role(work, grant.id)
    session.add(
        LeaveCover(
            principal_id=newcomer.id, deputy_id=second_admin.id, starts_at=NOW, ends_at=NOW + timedelta(1)
        )
    )
    session.commit()
    with acting(leader) as work:
        confirm_role(work, grant.id)
    assert actor_for(session, newcomer, NOW).may(Permission.COMPLAINT_APPROVE)
    with pytest.raises(Refused), acting(leader) as work:
        confirm_role(work, grant.id)


def test_nobody_confirms_their_own_role_nor_one_they_granted_through_a_deputy(
    session: Session, house: House, acting: Acting
) -> None:
    admin, leader = house[R.ADMINISTRATOR], house[R.LEADER]
    with acting(admin) as work:
        own = grant_role(work, leader.id, R.HEAD_OF_QUALITY)
    with pytest.raises(Refused), acting(leader) as work:
        confirm_role(work, own.id)
    # The leader stands in for the administrator who granted; the administrator role itself is not taken over.
    session.add_all(
        [
            LeaveCover(principal_id=admin.id, deputy_id=house[R.HEAD_OF_QUALITY].id, starts_at=NOW,
                       ends_at=NOW + timedelta(1)),
            RoleGrant(user_id=admin.id, role=R.ARCHIVIST, confirmed_at=NOW),
        ]
    )  # fmt: skip
    session.commit()
    with pytest.raises(Refused), acting(house[R.HEAD_OF_QUALITY]) as work:
        confirm_role(work, own.id)


def test_an_exemption_makes_one_person_enough_while_it_lasts(
    session: Session, house: House, acting: Acting
) -> None:
    admin, leader, newcomer = house[R.ADMINISTRATOR], house[R.LEADER], create_user(session, "新人")
    session.commit()
    rule = SeparationRule.SECOND_PERSON_FOR_ROLES
    for role in OTHERS:
        if role is not R.LEADER:
            with pytest.raises(NotPermitted), acting(house[role]) as work:
                record_exemption(work, rule, "人手不足")
    with acting(leader) as work:
        exemption = record_exemption(work, rule, "全院仅一名管理员", TODAY)
    with pytest.raises(Invalid), acting(leader) as work:
        record_exemption(work, rule, "再来一次")
    assert exempted(session, rule, NOW) and not exempted(session, rule, NOW + timedelta(days=1))
    with acting(admin) as work:
        first = grant_role(work, newcomer.id, R.HANDLER, house.ward.id)
    assert first.confirmed_at is not None and first.exemption_id == exemption.id
    with acting(leader) as work:
        end_exemption(work, exemption.id)
    with acting(admin) as work:
        second = grant_role(work, newcomer.id, R.ARCHIVIST)
    assert second.confirmed_at is None
    actor = actor_for(session, newcomer, NOW)
    assert actor.has_role(R.HANDLER) and not actor.has_role(R.ARCHIVIST)


def test_the_last_administrator_stays(session: Session, house: House, acting: Acting) -> None:
    admin = house[R.ADMINISTRATOR]
    own = session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == admin.id)).one()
    with pytest.raises(Refused), acting(admin) as work:
        end_role(work, own.id)
    with pytest.raises(Refused), acting(admin) as work:
        disable_user(work, admin.id, admin.version, "离职")
    with pytest.raises(Refused) as last, UnitOfWork(session, SYSTEM, NOW) as work:
        disable_user(work, admin.id, admin.version, "离职")
    assert last.value.reasons[0].code == "last_administrator"
    other = create_user(session, "第二管理员", R.ADMINISTRATOR)
    session.commit()
    with acting(other) as work:
        disable_user(work, admin.id, admin.version, "离职")
    assert not session.get_one(User, admin.id).is_active


def test_disabling_waits_until_every_duty_is_handed_over(
    session: Session, house: House, acting: Acting
) -> None:
    admin, handler = house[R.ADMINISTRATOR], house[R.HANDLER]
    complaint = create_complaint(session, house, "in_work")
    waiting = create_complaint(session, house, "dispatched")
    session.add(
        Measure(complaint_id=complaint.id, kind=MeasureKind.TRAINING, text="培训", owner_id=handler.id)
    )
    house.ward.leader_id = handler.id
    session.commit()
    with acting(handler) as work:
        arrange_cover(work, handler.id, house[R.INVESTIGATOR].id, NOW, NOW + timedelta(days=3), "休假")
    with pytest.raises(Refused) as refused, acting(admin) as work:
        disable_user(work, handler.id, handler.version, "离职")
    assert {reason.code for reason in refused.value.reasons} == {"cases", "measures", "covers", "departments"}
    assert {duty.kind: duty.count for duty in open_duties(session, handler.id, NOW)}["cases"] == 2
    with pytest.raises(Refused), acting(admin) as work:
        hand_over_duties(work, handler.id, house.outsider.id)  # type: ignore[union-attr]
    successor = house[R.INVESTIGATOR]
    with acting(admin) as work:
        hand_over_duties(work, handler.id, successor.id, "调离")
    assert open_duties(session, handler.id, NOW) == []
    session.expire_all()
    assert session.get_one(Complaint, complaint.id).handler_id == successor.id
    events = session.scalars(
        sa.select(ComplaintEvent).where(ComplaintEvent.event == EventKind.HANDED_OVER)
    ).all()
    assert {one.complaint_id for one in events} == {complaint.id, waiting.id}
    assert all(one.from_state is one.to_state for one in events)
    with acting(admin) as work:
        disable_user(work, handler.id, handler.version, "离职")
    session.expire_all()
    assert not handler.is_active
    fire(session, successor, EventKind.SIGN_FOR, session.get_one(Complaint, waiting.id))
    with acting(admin) as work:
        enable_user(work, handler.id, handler.version, "返聘")
    assert handler.is_active and handler.password_hash is None


def test_a_confidential_case_passes_to_those_named_and_the_administrator_sees_nothing(
    session: Session, house: House, acting: Acting
) -> None:
    admin, receiver, leader = house[R.ADMINISTRATOR], house[R.FIRST_RECEIVER], house[R.LEADER]
    complaint = create_complaint(session, house, "accepted")
    fire(
        session,
        receiver,
        EventKind.MARK_CONFIDENTIAL,
        complaint,
        named_user_ids=(receiver.id, leader.id),
        reason="保密",
    )
    fire(session, receiver, EventKind.TAKE_ON, session.get_one(Complaint, complaint.id))
    assert session.get_one(Complaint, complaint.id).handler_id == receiver.id
    assert open_duties(session, receiver.id, NOW) == [], "counting it would show that it exists"
    house.ward.leader_in_charge_id = None
    session.commit()
    with pytest.raises(Refused) as refused, acting(admin) as work:
        disable_user(work, leader.id, leader.version, "退休")
    said = " ".join(str(reason.message) for reason in refused.value.reasons)
    assert [reason.code for reason in refused.value.reasons] == ["personal"]
    assert "onfidential" not in said and "保密" not in said
    assert leader.is_active
    with acting(admin) as work:
        disable_user(work, receiver.id, receiver.version, "退休")
    session.expire_all()
    assert session.get_one(Complaint, complaint.id).handler_id == leader.id
    with acting(admin) as work:
        assert work.session.scalars(sa.select(ComplaintEvent)).all() == []
        entries = work.session.scalars(sa.select(AuditEntry)).all()
    assert not any(entry.complaint_id == complaint.id for entry in entries)


def test_who_arranges_a_cover(session: Session, house: House, acting: Acting) -> None:
    handler, deputy = house[R.HANDLER], house[R.INVESTIGATOR]
    later = NOW + timedelta(days=10)

    def arrange(by: User, principal: User = handler) -> LeaveCover:
        with acting(by) as work:
            cover = arrange_cover(work, principal.id, deputy.id, later, later + timedelta(days=1), "休假")
            end = cover.id
        with acting(by) as work:
            return end_cover(work, end)

    for role in (R.HANDLER, R.DEPARTMENT_HEAD, R.LEADER, R.ADMINISTRATOR):
        assert arrange(house[role]).ended_at == NOW
    laboratory_head = session.get_one(User, house.laboratory.leader_id)
    for stranger in (house.outsider, laboratory_head, house[R.ARCHIVIST], house[R.AUDITOR]):
        with pytest.raises(NotPermitted):
            arrange(stranger)  # type: ignore[arg-type]


def test_covers_have_sense(session: Session, house: House, acting: Acting) -> None:
    handler, deputy = house[R.HANDLER], house[R.INVESTIGATOR]
    day = timedelta(days=1)
    with acting(handler) as work:
        arrange_cover(work, handler.id, deputy.id, NOW, NOW + day)
    for principal, who, start, end in (
        (handler, handler, NOW + 2 * day, NOW + 3 * day),
        (handler, deputy, NOW + 3 * day, NOW + 2 * day),
        (handler, deputy, NOW - 3 * day, NOW - 2 * day),
        (handler, deputy, NOW + day / 2, NOW + 2 * day),
    ):
        with pytest.raises(Invalid), acting(handler) as work:
            arrange_cover(work, principal.id, who.id, start, end)


def test_setting_up_happens_once_and_lets_the_first_person_grant_alone_for_a_while(
    session: Session, acting: Acting
) -> None:
    answers = FirstAnswers(
        organisation="市立医院", procedure_code="hospital-complaint-office", timezone="Asia/Shanghai",
        login="Admin", name="周琳",
    )  # fmt: skip
    with UnitOfWork(session, SYSTEM, NOW) as work:
        admin, code = set_up(work, answers)
    assert code and admin.login == "admin" and actor_for(session, admin, NOW).may(Permission.ROLE_GRANT)
    with pytest.raises(Refused), UnitOfWork(session, SYSTEM, NOW) as work:
        set_up(work, answers)
    with acting(admin) as work:
        leader = new_user(work, {"login": "leader", "name": "陈院长"})
        assert grant_role(work, leader.id, R.LEADER).confirmed_at is not None
    late = NOW + timedelta(days=20)
    with acting(admin, late) as work:
        assert grant_role(work, leader.id, R.ARCHIVIST).confirmed_at is None, "now the leader confirms"


def test_an_unknown_procedure_is_refused_at_its_field(session: Session) -> None:
    answers = FirstAnswers(
        organisation="x", procedure_code="none", timezone="Asia/Shanghai", login="a", name="b"
    )
    with pytest.raises(Invalid) as fault, UnitOfWork(session, SYSTEM, NOW) as work:
        set_up(work, answers)
    assert set(fault.value.fields) == {"procedure_code"}
