"""Informants stand under an alias; who they are is read by two people's leave alone, never by the accused (R15-19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    AuditEntry,
    Complaint,
    ComplaintEvent,
    Informant,
    InformantRequest,
    OutboxMessage,
    Party,
    User,
)
from models.enums import Channel, EventKind, PartySide, RoleName
from services.access.scope import unscoped
from services.access.visibility import refresh_visibility
from services.actor import SYSTEM
from services.errors import Invalid, NotFound, NotPermitted, Refused
from services.ledger.exporting import export_ledger
from services.listing import ListQuery
from services.operations.accuse_department import accuse_department
from services.operations.ask_informant import ask_informant, decide_informant, read_informant
from services.operations.protect_informant import protect_informant
from services.operations.register import NewParty
from services.organisation import roles
from services.organisation.departments import edit_department, merge_departments
from services.organisation.people import edit_user
from services.unit_of_work import UnitOfWork
from tests.factories import (
    NOW,
    House,
    actor_of,
    arrange_cover,
    create_house,
    fire,
    grant_role,
    register_complaint,
)
from tests.integration.operations.looking import rows, sees, told, values
from tests.support.workbooks import by_calamine

E = EventKind
R = RoleName
NAME, PHONE = "王小五", "13812345678"


@pytest.fixture
def station(session: Session) -> House:
    made = create_house(session, "construction-supervision")
    session.commit()
    return made


@pytest.fixture
def tip(session: Session, station: House) -> Complaint:
    """An integrity matter; named are the leader, the head of quality and the ward's handler."""
    return register_complaint(
        session,
        station[R.HANDLER],
        channel=Channel.LETTER,
        category_code="integrity",
        confidential=True,
        named_user_ids=(station[R.LEADER].id, station[R.HEAD_OF_QUALITY].id),
        parties=(NewParty(PartySide.COMPLAINANT, name=NAME, phone=PHONE),),
    )


@pytest.fixture
def alias(session: Session, station: House, tip: Complaint) -> str:
    with UnitOfWork(session, actor_of(session, station[R.LEADER]), NOW) as work:
        return protect_informant(work, tip.public_id).alias


def ask(session: Session, house: House, tip: Complaint, role: RoleName = R.HANDLER) -> str:
    with UnitOfWork(session, actor_of(session, house[role]), NOW) as work:
        return ask_informant(work, tip.public_id, reason="需向举报人核实").public_id


def decide(session: Session, house: House, request: str, role: RoleName, granted: bool = True) -> None:
    with UnitOfWork(session, actor_of(session, house[role]), NOW) as work:
        decide_informant(work, request, granted=granted)


def read(session: Session, house: House, request: str, role: RoleName, hours: int = 1) -> str:
    at = NOW + timedelta(hours=hours)
    with UnitOfWork(session, actor_of(session, house[role]), at) as work:
        return str(read_informant(work, request))


@pytest.mark.clause("R15-19")
def test_the_case_knows_the_alias_alone(
    session: Session, station: House, tip: Complaint, alias: str, tmp_path: Path
) -> None:
    assert alias == "举报人-2026-001"
    with unscoped(session, "a test looks at the result"):
        session.expire_all()
        kept = [
            str(vars(row))
            for model in (Party, ComplaintEvent, AuditEntry, OutboxMessage, Informant)
            for row in session.scalars(sa.select(model))
        ]
    assert not any(NAME in text or PHONE in text for text in kept), "nowhere in the open"
    for user in (*station.people.values(), station.outsider):
        assert user is not None
        if user.id == station[R.ADMINISTRATOR].id:
            continue
        actor = actor_of(session, user)
        session.info["actor"] = actor
        for text in (NAME, PHONE):
            query = ListQuery.from_params(Complaint, f"q={text}", actor, ZoneInfo("UTC"))
            assert not list(query.iterate(session)), "search, insiders too"
        columns = ("number", "complainant_name", "complainant_phone")
        query = ListQuery.from_params(Complaint, "", actor, ZoneInfo("UTC"), columns=columns)
        sheet = str(by_calamine(export_ledger(session, query, tmp_path, str(user.id)).written.path))
        assert NAME not in sheet and PHONE not in sheet
        assert (alias in sheet) is (user.id == station[R.HANDLER].id), "who handles it reads the alias"


@pytest.mark.clause("R15-19")
def test_reading_it_takes_a_reason_and_a_second_person(
    session: Session, station: House, tip: Complaint, alias: str
) -> None:
    with pytest.raises(Invalid), UnitOfWork(session, actor_of(session, station[R.HANDLER]), NOW) as work:
        ask_informant(work, tip.public_id, reason=" ")
    request = ask(session, station, tip)
    with pytest.raises(Refused):
        read(session, station, request, R.HANDLER)
    with pytest.raises(NotPermitted):
        decide(session, station, request, R.HANDLER)
    own = ask(session, station, tip, R.LEADER)
    with pytest.raises(Refused):
        decide(session, station, own, R.LEADER)
    decide(session, station, own, R.HEAD_OF_QUALITY, granted=False)
    with pytest.raises(Refused):
        read(session, station, own, R.LEADER)
    decide(session, station, request, R.LEADER)
    with pytest.raises(NotPermitted):
        read(session, station, request, R.LEADER)
    shown = read(session, station, request, R.HANDLER)
    assert NAME in shown and PHONE in shown
    with pytest.raises(Refused):
        read(session, station, request, R.HANDLER, hours=25)
    actions = [entry.action for entry in rows(session, AuditEntry, tip)]
    assert actions.count("informant_request.create") == 2
    assert actions.count("informant_request.decide") == 2
    assert actions.count("informant_request.read") == 1, "every view is on record"
    assert rows(session, InformantRequest, tip)[0].viewed_at == NOW + timedelta(hours=1)
    named = {station[R.LEADER].id, station[R.HEAD_OF_QUALITY].id, station[R.HANDLER].id}
    assert told(session, tip, "informant.asked") <= named


@pytest.mark.clause("R15-19")
def test_nobody_else_can_ask_or_tell_that_there_is_one(
    session: Session, station: House, tip: Complaint, alias: str
) -> None:
    request = ask(session, station, tip)
    for role in (R.ADMINISTRATOR, R.AUDITOR, R.FIRST_RECEIVER, R.ARCHIVIST, R.DEPARTMENT_HEAD):
        session.info["actor"] = actor_of(session, station[role])
        for model in (Informant, InformantRequest):
            assert session.scalars(sa.select(model)).all() == []
        with pytest.raises(NotFound):
            ask(session, station, tip, role)
        with pytest.raises(NotFound):
            decide(session, station, request, role)


@pytest.mark.clause("R15-19")
def test_the_accused_department_is_shut_out_whatever_happens(
    session: Session, station: House, tip: Complaint
) -> None:
    ward = station[R.HANDLER]
    assert sees(session, ward, tip)
    with UnitOfWork(session, actor_of(session, station[R.LEADER]), NOW) as work:
        accuse_department(work, tip.public_id, department_id=station.ward.id)
    assert not sees(session, ward, tip), "who was named is named no longer"
    for user in (ward, station[R.DEPARTMENT_HEAD], station[R.INVESTIGATOR]):
        with pytest.raises(Refused):
            fire(session, station[R.LEADER], E.NAME_PERSON, tip, user_id=user.id, reason="误选")
        assert not sees(session, user, tip)
    arrange_cover(session, station[R.LEADER], ward)
    session.commit()
    assert not sees(session, ward, tip), "a cover does not open it"
    assert station.outsider is not None
    fire(session, station[R.LEADER], E.NAME_PERSON, tip, user_id=station.outsider.id, reason="协助")
    assert sees(session, station.outsider, tip)
    grant_role(session, station.outsider, R.HANDLER, station.ward)
    with unscoped(session, "a test looks at the result"):
        refresh_visibility(session, session.get_one(Complaint, tip.id))
    session.commit()
    assert not sees(session, station.outsider, tip), "a role for the accused department shuts out"


def moved(work: UnitOfWork, house: House, user: User) -> None:
    edit_user(work, user.id, user.version, {"department_id": house.ward.id})


def given_a_role(work: UnitOfWork, house: House, user: User) -> None:
    roles.grant_role(work, user.id, R.INVESTIGATOR, house.ward.id)


def department_moved(work: UnitOfWork, house: House, user: User) -> None:
    edit_department(
        work, house.laboratory.id, house.laboratory.version, {"parent_id": house.ward.id, "code": "LAB"}
    )


def department_merged(work: UnitOfWork, house: House, user: User) -> None:
    merge_departments(work, house.ward.id, house.ward.version, house.laboratory.id, NOW.date())


@pytest.mark.clause("R15-19")
@pytest.mark.parametrize("change", [moved, given_a_role, department_moved, department_merged])
def test_whoever_comes_to_belong_to_the_accused_department_is_shut_out_at_once(
    session: Session, station: House, tip: Complaint, change: Callable[[UnitOfWork, House, User], None]
) -> None:
    with UnitOfWork(session, actor_of(session, station[R.LEADER]), NOW) as work:
        accuse_department(work, tip.public_id, department_id=station.ward.id)
    helper = station.outsider
    assert helper is not None
    fire(session, station[R.LEADER], E.NAME_PERSON, tip, user_id=helper.id, reason="协助")
    session.info["actor"] = SYSTEM
    session.get_one(Complaint, tip.id).responsible_id = helper.id
    session.commit()
    assert sees(session, helper, tip)
    with UnitOfWork(session, actor_of(session, station[R.ADMINISTRATOR]), NOW) as work:
        change(work, station, session.get_one(User, helper.id))
    assert not sees(session, helper, tip), "in the transaction that moved them"
    still = values(session, tip)["responsible_id"]
    assert still in {station[R.LEADER].id, station[R.HEAD_OF_QUALITY].id}, "somebody named answers for it"
    with pytest.raises(Refused):
        fire(session, station[R.LEADER], E.NAME_PERSON, tip, user_id=helper.id, reason="误选")


@pytest.mark.clause("R15-19")
def test_nobody_is_moved_there_while_no_one_else_could_decide(
    session: Session, station: House, tip: Complaint
) -> None:
    with UnitOfWork(session, actor_of(session, station[R.LEADER]), NOW) as work:
        accuse_department(work, tip.public_id, department_id=station.ward.id)
    administrator = actor_of(session, station[R.ADMINISTRATOR])
    leader, quality = station[R.LEADER], station[R.HEAD_OF_QUALITY]
    with UnitOfWork(session, administrator, NOW) as work:
        moved(work, station, session.get_one(User, quality.id))
    with pytest.raises(Refused) as caught, UnitOfWork(session, administrator, NOW) as work:
        moved(work, station, session.get_one(User, leader.id))
    assert [reason.code for reason in caught.value.reasons] == ["personal"]
    assert sees(session, leader, tip) and not sees(session, quality, tip)


@pytest.mark.clause("R15-19")
def test_somebody_who_can_decide_remains(session: Session, station: House, tip: Complaint) -> None:
    with (
        pytest.raises(Invalid) as caught,
        UnitOfWork(session, actor_of(session, station[R.LEADER]), NOW) as work,
    ):
        accuse_department(work, tip.public_id, department_id=station.office.id)
    assert set(caught.value.fields) == {"department_id"}
