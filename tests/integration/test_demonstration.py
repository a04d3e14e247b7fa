"""The made-up organisation: cases in every state, through the real operations, whatever day it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import (
    Accident,
    AccidentReport,
    AnalysisReport,
    Appraisal,
    ArchiveRecord,
    Attachment,
    AuditEntry,
    Complaint,
    ComplaintEvent,
    ComplaintValue,
    DutyShift,
    Enquiry,
    GradeRecord,
    HandlingGroup,
    Hold,
    HoldNotice,
    Investigation,
    InvestigationRecord,
    IssuedDocument,
    LeaderInstruction,
    Measure,
    Organisation,
    PenaltyReferral,
    PostBinding,
    ReadingConfirmation,
    ReceptionSession,
    RoleGrant,
    Solution,
    Training,
    User,
    Warranty,
)
from models.enums import AccidentGrade, AccidentStatus, PostName, State
from models.reception_enums import EnquiryStatus
from services.access.scope import unscoped
from services.audit import verify_chain
from services.demonstration.cases import BEGINNING, create_cases
from services.demonstration.organisation import accounts, create_organisation
from services.demonstration.organisations import SETTINGS
from services.identity import passwords
from services.identity.signing_in import authenticate

MONDAY = datetime(2026, 5, 18, 2, 30, tzinfo=UTC)
SUNDAY = datetime(2026, 8, 2, 15, 0, tzinfo=UTC)


def _make(
    session: Session, app: Flask, now: datetime, count: int, seed: int = 1, which: str = "hospital"
) -> None:
    create_organisation(session, now - BEGINNING, "Asia/Shanghai", SETTINGS[which])
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


SHOWN: dict[str, tuple[type[Any], ...]] = {
    "hospital": (DutyShift, ReceptionSession, LeaderInstruction, AnalysisReport, IssuedDocument),
    "construction-company": (Attachment, InvestigationRecord, Measure),
    "supervision-station": (Warranty, Appraisal, PenaltyReferral, ComplaintValue),
    "drug-distributor": (Hold, HoldNotice, ComplaintValue, IssuedDocument, AnalysisReport),
    "drug-maker": (GradeRecord, Enquiry, ComplaintValue, AnalysisReport),
    "device-shops": (Accident, AccidentReport, Enquiry, ComplaintValue),
    "factory": (Hold, HandlingGroup, Investigation, Measure),
    "general-company": (Solution, Enquiry, Training, ReadingConfirmation, AnalysisReport),
}
"""What is distinctive of each regulation."""


@pytest.mark.slow
@pytest.mark.parametrize("which", [key for key in SETTINGS if key != "hospital"])
def test_every_organisation_has_cases_in_every_state_and_what_its_regulation_is_about(
    session: Session, app: Flask, engine_kind: str, which: str
) -> None:
    if engine_kind != "sqlite":
        pytest.skip("the operations themselves are tested on both engines")
    _make(session, app, MONDAY, 40, which=which)
    with unscoped(session, "test"):
        assert set(session.scalars(sa.select(Complaint.state))) == set(State)
        assert session.scalar(sa.select(sa.func.min(Complaint.received_at))) < MONDAY - timedelta(days=330)
        for model in SHOWN[which]:
            assert session.scalar(sa.select(sa.func.count()).select_from(model)), model.__name__
    assert list(verify_chain(session)) == []
    logins = {account["login"] for account in accounts(SETTINGS[which])}
    assert {"receiver", "handler", "quality", "leader", "archivist", "auditor", "admin"} <= logins


def test_device_shops_have_accidents_of_each_grade_and_answered_enquiries(
    session: Session, app: Flask, engine_kind: str
) -> None:
    if engine_kind != "sqlite":
        pytest.skip("the operations themselves are tested on both engines")
    _make(session, app, MONDAY, 1, which="device-shops")
    with unscoped(session, "test"):
        grades = set(session.scalars(sa.select(Accident.grade)))
        assert grades >= {AccidentGrade.MAJOR, AccidentGrade.GENERAL}
        assert AccidentStatus.CLOSED in set(session.scalars(sa.select(Accident.status)))
        assert all(session.scalars(sa.select(Enquiry.answer).where(Enquiry.status == EnquiryStatus.ANSWERED)))


def test_what_a_hospital_shows_beside_its_cases(session: Session, app: Flask, engine_kind: str) -> None:
    if engine_kind != "sqlite":
        pytest.skip("the operations themselves are tested on both engines")
    _make(session, app, MONDAY, 4)
    with unscoped(session, "test"):
        for model in SHOWN["hospital"]:
            assert session.scalar(sa.select(sa.func.count()).select_from(model)), model.__name__
        given = session.scalars(sa.select(LeaderInstruction.text)).all()
        assert all(given), "the leader wrote an instruction on each"
        offices = session.scalars(sa.select(PostBinding.post).where(PostBinding.ended_at.is_(None))).all()
        assert PostName.OFFICE in offices


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
