"""The made-up organisation: cases in every state, through the real operations, whatever day it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import (
    Accident,
    ArchiveRecord,
    AuditEntry,
    Complaint,
    ComplaintEvent,
    Organisation,
    RoleGrant,
    User,
)
from models.enums import State
from services.access.scope import unscoped
from services.audit import verify_chain
from services.demonstration.cases import create_cases
from services.demonstration.organisation import accounts, create_organisation
from services.identity import passwords
from services.identity.signing_in import authenticate

MONDAY = datetime(2026, 5, 18, 2, 30, tzinfo=UTC)
SUNDAY = datetime(2026, 8, 2, 15, 0, tzinfo=UTC)


def _make(session: Session, app: Flask, now: datetime, count: int, seed: int = 1) -> None:
    create_organisation(session, now - timedelta(days=75), "Asia/Shanghai")
    create_cases(session, app.extensions["settings"], count, seed, now)


def test_there_are_cases_in_every_state_and_the_trail_holds(session: Session, app: Flask) -> None:
    _make(session, app, MONDAY, 40)
    with unscoped(session, "test"):
        states = set(session.scalars(sa.select(Complaint.state)))
        assert states == set(State)
        assert session.scalar(sa.select(sa.func.count(Complaint.id))) == 41, "one complained twice"
        assert session.scalar(sa.select(sa.func.count(Accident.id))) == 1
        assert session.scalar(sa.select(sa.func.count(ArchiveRecord.id))) == 4
        hidden = session.scalars(sa.select(Complaint).where(Complaint.is_confidential)).all()
        assert len(hidden) == 1
        overdue = session.scalars(
            sa.select(Complaint).where(Complaint.due_at < MONDAY, Complaint.state == State.IN_WORK)
        ).all()
        assert overdue and any(one.escalation_level for one in overdue)
        latest = session.scalar(sa.select(sa.func.max(ComplaintEvent.at)))
        assert latest is not None and latest <= MONDAY
        moments = session.scalars(sa.select(AuditEntry.at).order_by(AuditEntry.id)).all()
        assert moments == sorted(moments), "the trail reads in the order of what happened"
    assert list(verify_chain(session)) == []


@pytest.mark.slow
@pytest.mark.parametrize("now", [SUNDAY, datetime(2026, 10, 8, 1, 0, tzinfo=UTC)])
def test_it_works_on_any_day(session: Session, app: Flask, now: datetime, engine_kind: str) -> None:
    if engine_kind != "sqlite":
        pytest.skip("the engine makes no difference to the days")
    _make(session, app, now, 47, seed=now.day)
    with unscoped(session, "test"):
        assert set(session.scalars(sa.select(Complaint.state))) == set(State)


def test_the_same_seed_gives_the_same_complaints(session: Session, app: Flask, database: object) -> None:
    _make(session, app, MONDAY, 6, seed=7)
    first = _told(session)
    session.close()
    database.reset(session.get_bind())  # type: ignore[attr-defined]
    _make(session, app, MONDAY, 6, seed=7)
    assert _told(session) == first


def _told(session: Session) -> list[tuple[object, ...]]:
    with unscoped(session, "test"):
        query = sa.select(
            Complaint.number,
            Complaint.state,
            Complaint.summary,
            Complaint.received_at,
            Complaint.complainant_name,
        )
        return [tuple(row) for row in session.execute(query.order_by(Complaint.id))]


def test_every_shown_account_signs_in_and_every_role_was_confirmed_by_a_second_person(
    session: Session, app: Flask
) -> None:
    _make(session, app, MONDAY, 0)
    organisation = session.get_one(Organisation, 1)
    assert organisation.is_demonstration
    assert passwords.fault_of(passwords.DEMONSTRATION_PASSWORD, "anybody") is not None
    for account in accounts()[:3]:
        assert authenticate(session, account["login"], account["password"], MONDAY) is not None
    grants = session.scalars(sa.select(RoleGrant)).all()
    assert len(grants) == session.scalar(sa.select(sa.func.count(User.id)))
    alone = [grant for grant in grants if grant.confirmed_by_id is None]
    assert len(alone) == 2, "the first administrator and the first leader, under the exemption of the set-up"
    assert all(grant.exemption_id is not None for grant in alone)
