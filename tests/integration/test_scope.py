"""The scope rule is on every statement, or the statement is refused: ORM, Core, text, bulk, joins and subqueries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

import models
from models import Assignment, Base, Complaint, Department, Measure
from models.enums import RoleName
from services.access import scope
from services.access.scope import SCOPES, UnscopedStatement
from services.actor import NOBODY, SYSTEM, Actor
from services.identity import actor_for
from tests.factories import House, create_complaint, create_house

UNSCOPED_ON_PURPOSE = {
    "calendar_days": "everybody reads the calendar",
    "calendar_years": "everybody reads the calendar",
    "department_successions": "everybody sees how departments follow each other",
    "departments": "the directory of the house",
    "duty_shifts": "everybody sees who receives",
    "document_templates": "the organisation's own forms, without any case in them",
    "exemptions": "whoever may open their screen",
    "handling_groups": "whoever may open their screen",
    "handling_group_members": "whoever may open their screen",
    "leave_covers": "whoever may open their screen",
    "number_series": "bookkeeping; on no screen",
    "organisation": "one row that every page names",
    "post_bindings": "everybody sees who holds a post",
    "procedure_adoptions": "whoever may open their screen",
    "procedure_draft_steps": "whoever may open their screen",
    "procedure_drafts": "whoever may open their screen",
    "procedure_versions": "everybody reads the regulation",
    "reading_confirmations": "shown to whoever leads people, by the route",
    "reception_sessions": "everybody sees who receives",
    "role_grants": "whoever may open their screen",
    "trainings": "whoever may open their screen",
    "users": "the directory of the house",
    "withdrawn_numbers": "numbers only, so that a series shows no gap",
}

Ask = Callable[[Session], Any]
COMPLAINTS: Any = Complaint.__table__
PARTIES: Any = models.Party.__table__


def test_every_table_has_its_rule_or_a_reason_for_none() -> None:
    tables = {mapper.local_table.name for mapper in Base.registry.mappers}  # type: ignore[attr-defined]
    ruled = {model.__tablename__ for model in SCOPES}
    assert tables - ruled == UNSCOPED_ON_PURPOSE.keys()
    for mapper in Base.registry.mappers:
        if "complaint_id" in mapper.local_table.c:
            assert mapper.class_ in SCOPES, mapper.class_


@pytest.fixture
def house(session: Session) -> Iterator[House]:
    """A complaint in work in the ward, seen from the laboratory."""
    made = create_house(session)
    session.commit()
    create_complaint(session, made, "in_work")
    session.commit()
    yield made


@pytest.fixture
def outsider(session: Session, house: House) -> Actor:
    assert house.outsider is not None
    return actor_for(session, house.outsider, datetime.now(UTC))


READINGS: dict[str, Ask] = {
    "entities": lambda s: s.scalars(sa.select(Complaint)).all(),
    "columns": lambda s: s.scalars(sa.select(Complaint.number)).all(),
    "count": lambda s: s.scalar(sa.select(sa.func.count()).select_from(Complaint)),
    "get": lambda s: s.get(Complaint, s.info["known_id"]),
    "alias": lambda s: s.scalars(sa.select(aliased(Complaint))).all(),
    "exists": lambda s: s.scalars(
        sa.select(Department.id).where(sa.exists().where(Complaint.department_id == Department.id))
    ).all(),
    "subquery": lambda s: s.scalars(
        sa.select(Department.id).where(Department.id.in_(sa.select(Complaint.department_id)))
    ).all(),
    "join": lambda s: s.scalars(
        sa.select(Department.id).join(Complaint, Complaint.department_id == Department.id)
    ).all(),
    "relation join": lambda s: s.scalars(sa.select(Assignment.id).join(Assignment.complaint)).all(),
    "eager": lambda s: s.scalars(sa.select(Assignment).options(joinedload(Assignment.complaint))).all(),
    "union": lambda s: s.execute(sa.union_all(sa.select(Complaint.id), sa.select(Complaint.id))).all(),
    "cte": lambda s: s.execute(sa.select(sa.select(Complaint.id).cte("c").c.id)).all(),
    "legacy query": lambda s: s.query(Complaint).count(),
    "bulk update": lambda s: s.execute(sa.update(Complaint).values(place="x")).rowcount,  # type: ignore[attr-defined]
    "bulk delete": lambda s: s.execute(sa.delete(Measure)).rowcount,  # type: ignore[attr-defined]
    "core with its rule": lambda s: s.execute(
        scope.apply(sa.select(Complaint.__table__.c.id), s.info["actor"], Complaint)
    ).all(),
}


def _findings(session: Session, actor: Actor, readings: dict[str, Ask]) -> dict[str, bool]:
    """Whether each reading finds anything for this actor; what it changes is taken back."""
    found = {}
    for name, read in readings.items():
        session.expunge_all()
        session.info["actor"] = actor
        found[name] = bool(read(session))
        session.rollback()
    return found


def test_an_outsider_reads_nothing_however_the_statement_is_written(
    session: Session, house: House, outsider: Actor
) -> None:
    session.info["known_id"] = session.scalar(sa.select(Complaint.id))
    for actor in (outsider, NOBODY):
        found = _findings(session, actor, READINGS)
        assert [name for name, leaked in found.items() if leaked] == []


def test_the_same_statements_find_it_for_the_desk_itself(session: Session, house: House) -> None:
    session.info["known_id"] = session.scalar(sa.select(Complaint.id))
    found = _findings(
        session, SYSTEM, {name: read for name, read in READINGS.items() if name != "bulk delete"}
    )
    assert [name for name, seen in found.items() if not seen] == []


def test_insiders_and_readers_of_all_find_it(session: Session, house: House) -> None:
    for role in (RoleName.HANDLER, RoleName.DEPARTMENT_HEAD, RoleName.FIRST_RECEIVER, RoleName.AUDITOR):
        session.info["actor"] = actor_for(session, house[role], datetime.now(UTC))
        assert len(session.scalars(sa.select(Complaint)).all()) == 1, role


def test_the_administrator_sees_no_case(session: Session, house: House) -> None:
    session.info["actor"] = actor_for(session, house[RoleName.ADMINISTRATOR], datetime.now(UTC))
    for model in (Complaint, models.Party, models.ComplaintEvent, Assignment, models.ClockRun):
        assert session.scalars(sa.select(model)).all() == []


PAST_THE_RULE: dict[str, Ask] = {
    "text": lambda s: s.execute(sa.text("SELECT count(*) FROM complaints")),
    "core select": lambda s: s.execute(sa.select(Complaint.__table__.c.id)),
    "core update": lambda s: s.execute(sa.update(COMPLAINTS).values(place="x")),
    "core delete": lambda s: s.execute(sa.delete(PARTIES)),
    "plain table in an ORM statement": lambda s: s.execute(
        sa.select(Department).where(Department.id.in_(sa.select(Complaint.__table__.c.department_id)))
    ),
    "straight on the connection": lambda s: s.connection().exec_driver_sql("SELECT 1 FROM parties"),
}


def test_a_statement_past_the_rule_is_refused_even_for_the_desk_itself(
    session: Session, house: House, outsider: Actor
) -> None:
    for actor in (outsider, SYSTEM):
        for name, way in PAST_THE_RULE.items():
            session.info["actor"] = actor
            with pytest.raises(UnscopedStatement):
                way(session)
                pytest.fail(f"{name} went through")
            session.rollback()
