"""Complaints in bulk: the desk could not tell them from ones that people brought this far, on either engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from extensions import db
from models import (
    ArchiveRecord,
    Base,
    ClockRun,
    Complaint,
    ComplaintEvent,
    ComplaintText,
    ComplaintValue,
    ComplaintVisibility,
    Department,
    Investigation,
    NumberSeries,
    Opinion,
    User,
)
from models.enums import EventKind, State
from services import schema, search
from services.access.scope import MARK, unscoped
from services.access.visibility import audiences_of
from services.actor import SYSTEM
from services.attachments.store import FileStore
from services.audit import verify_chain
from services.deadlines.clocks import refresh_due_at
from services.deadlines.desk_calendar import desk_time
from services.deadlines.runs import put_due
from services.demonstration.organisation import create_organisation
from services.demonstration.organisations import SETTINGS
from services.operations.sweep import sweep_all
from services.operations.verify_archive import seal_unsealed, verify_archive
from services.own_fields.values import typed_rows
from services.procedures.of_complaint import parsed
from services.seeding.seed import YEARS, CannotSeed, Order, seed
from services.seeding.sheets import tables
from services.unit_of_work import UnitOfWork
from services.workflow.numbers import take_number
from services.workflow.table import TRANSITIONS
from settings import Mode
from tests.support.client import DeskClient, make_app, settings_for
from tests.support.databases import Databases, TestDatabase

NOW = datetime(2026, 11, 20, 8, 10, tzinfo=UTC)
COUNT = 300


def _make(
    session: Session, url: str, count: int = COUNT, which: str = "hospital", processes: int = 1
) -> None:
    create_organisation(session, NOW - YEARS, "Asia/Shanghai", SETTINGS[which])
    seed(session, url, Order(count, 7, NOW, processes=processes), lambda said: None)
    session.rollback()


@pytest.fixture
def seeded(session: Session, engine_url: str) -> Iterator[Session]:
    """A session that reads everything on a desk with made-up complaints."""
    _make(session, engine_url)
    with unscoped(session, "test"):
        yield session


def _rows(session: Session) -> str:
    found = hashlib.sha256()
    for name in tables():
        table = Base.metadata.tables[name]
        for row in session.execute(sa.select(table).order_by(table.c.id)):
            found.update(repr(tuple(row)).encode())
    return found.hexdigest()


def test_the_same_seed_gives_the_same_rows_on_both_engines(databases: Databases) -> None:
    digests = {}
    for kind, processes in (("sqlite", 1), ("postgresql", 1)):
        one = databases.of(kind)
        with Session(one.engine) as session:
            session.info["actor"] = SYSTEM
            _make(session, one.url, processes=processes)
            digests[kind] = _rows(session)
        one.reset()
    assert digests["sqlite"] == digests["postgresql"]


def test_another_seed_gives_others(session: Session, engine_url: str, engine_kind: str) -> None:
    if engine_kind != "sqlite":
        pytest.skip("what is made does not depend on the engine")
    _make(session, engine_url, 20)
    with unscoped(session, "test"):
        first = session.scalars(sa.select(Complaint.content)).all()
    seed(session, engine_url, Order(20, 8, NOW, add=True), lambda said: None)
    with unscoped(session, "test"):
        both = session.scalars(sa.select(Complaint.content)).all()
        numbers = session.scalars(sa.select(Complaint.number)).all()
    assert len(both) == 40 and len(set(both)) > len(set(first)) + 15
    assert len(set(numbers)) == 40, "the series went on"


def test_visibility_and_due_dates_are_those_that_the_desk_keeps(seeded: Session) -> None:
    kept: dict[int, set[str]] = {}
    for complaint_id, audience in seeded.execute(
        sa.select(ComplaintVisibility.complaint_id, ComplaintVisibility.audience)
    ):
        kept.setdefault(complaint_id, set()).add(audience)
    complaints = seeded.scalars(sa.select(Complaint)).all()
    assert len(complaints) == COUNT and any(one.is_confidential for one in complaints)
    for complaint in complaints:
        assert kept[complaint.id] == audiences_of(seeded, complaint), complaint.number
        was = (complaint.due_at, complaint.due_is_lower_bound)
        refresh_due_at(seeded, complaint)
        assert (complaint.due_at, complaint.due_is_lower_bound) == was, complaint.number
    assert not seeded.dirty or not any(seeded.is_modified(one) for one in seeded.dirty)


def test_they_are_found_by_their_words(seeded: Session) -> None:
    held = seeded.scalar(sa.select(sa.func.count(ComplaintText.id)).execution_options(**{MARK: "core"}))
    assert held == COUNT
    assert list(search.faults(seeded.connection())) == []


def test_time_limits_follow_from_their_rules_and_the_sweep_finds_nothing_to_do(seeded: Session) -> None:
    time = desk_time(seeded)
    runs = seeded.scalars(sa.select(ClockRun)).all()
    assert {run.state for run in runs} >= {"met", "missed", "running", "void"}
    for run in runs:
        was = (run.due_at, run.due_on, run.is_lower_bound, run.missing_year, run.next_check_at)
        put_due(run, time)
        now = (run.due_at, run.due_on, run.is_lower_bound, run.missing_year, run.next_check_at)
        assert now == was, run.id
    seeded.rollback()
    swept = sweep_all(seeded, NOW)
    assert (swept.warned, swept.breached, swept.failed) == (0, 0, [])


def test_history_goes_by_the_lifecycle_up_to_the_state(seeded: Session) -> None:
    events = seeded.scalars(
        sa.select(ComplaintEvent).order_by(ComplaintEvent.complaint_id, ComplaintEvent.id)
    ).all()
    states = {row.id: row.state for row in seeded.execute(sa.select(Complaint.id, Complaint.state))}
    stood: dict[int, State] = {}
    before: ComplaintEvent | None = None
    for event in events:
        assert event.from_state is not None and event.to_state is not None and event.at <= NOW
        if event.event is EventKind.REGISTER:
            assert event.complaint_id not in stood
        else:
            assert before is not None and before.complaint_id == event.complaint_id and before.at <= event.at
            assert event.from_state is stood[event.complaint_id], event.id
        absorbed = event.event is EventKind.MERGE and event.to_state is not State.MERGED
        if event.event in TRANSITIONS and not absorbed and event.actor_id is not None:
            assert event.to_state in TRANSITIONS[event.event].targets(event.from_state), event.id
        stood[event.complaint_id], before = event.to_state, event
    assert stood == states
    assert {State.ARCHIVED, State.REFUSED, State.REFERRED} <= set(states.values())


def test_numbers_have_no_gaps_and_go_on(seeded: Session) -> None:
    for series in seeded.scalars(sa.select(NumberSeries)):
        prefix = f"{series.prefix}{'M' if series.is_confidential else ''}-{series.year}-"
        given = seeded.scalars(sa.select(Complaint.number).where(Complaint.number.startswith(prefix)))
        assert sorted(given) == [f"{prefix}{number:06d}" for number in range(1, series.last + 1)]
    given = int(seeded.scalar(sa.select(sa.func.sum(NumberSeries.last))) or 0)
    assert given == COUNT
    last = seeded.scalar(
        sa.select(NumberSeries.last).where(NumberSeries.year == 2026, NumberSeries.is_confidential.is_(False))
    )
    assert take_number(seeded, "TS", 2026) == f"TS-2026-{(last or 0) + 1:06d}"


def test_archived_files_can_be_sealed(seeded: Session, app: Flask) -> None:
    records = seeded.scalars(sa.select(ArchiveRecord.id).order_by(ArchiveRecord.id).limit(2)).all()
    store = FileStore(app.extensions["settings"])
    for record_id in records:
        with UnitOfWork(seeded, SYSTEM, NOW) as work:
            assert seal_unsealed(work, record_id).row_count > 10
        with UnitOfWork(seeded, SYSTEM, NOW) as work:
            assert verify_archive(work, store, record_id).differences == []


def test_references_hold_people_differ_and_nothing_else_is_amiss(
    seeded: Session, engine_url: str, database: TestDatabase
) -> None:
    with database.engine.connect() as connection:
        for name in tables():
            for column in Base.metadata.tables[name].columns:
                for key in column.foreign_keys:
                    target = key.column.table.alias()
                    found = sa.select(target.c.id).where(target.c.id == column).exists()
                    lost = sa.select(sa.func.count()).where(column.is_not(None), ~found)
                    assert connection.scalar(lost) == 0, f"{name}.{column.name}"
    assert (
        seeded.scalar(
            sa.select(sa.func.count(Opinion.id)).where(Opinion.approved_by_id == Opinion.submitted_by_id)
        )
        == 0
    )
    assert seeded.scalar(sa.select(sa.func.count(Investigation.id))) > 20
    assert seeded.scalar(sa.select(sa.func.max(Complaint.received_at))) <= NOW
    lengths = seeded.scalars(sa.select(sa.func.length(Complaint.content))).all()
    assert min(lengths) >= 40 and max(lengths) > 300 and max(lengths) <= 2000
    assert list(verify_chain(seeded)) == []
    seeded.rollback()
    assert schema.differences(engine_url) == [], "the indexes are back"


def test_departments_are_unequal(session: Session, engine_url: str, engine_kind: str) -> None:
    if engine_kind != "sqlite":
        pytest.skip("what is made does not depend on the engine")
    _make(session, engine_url, 6_000)
    with unscoped(session, "test"):
        owned = session.execute(
            sa.select(Complaint.department_id, sa.func.count(Complaint.id))
            .where(Complaint.department_id.is_not(None), Complaint.is_confidential.is_(False))
            .group_by(Complaint.department_id)
            .order_by(sa.func.count(Complaint.id))
        ).all()
    assert owned[0][1] == 1, "the smallest: one in ten thousand"
    assert owned[-1][1] > 1_000


@pytest.mark.parametrize("which", ["drug-maker", "supervision-station", "drug-distributor"])
def test_other_organisations_have_their_own_fields_and_time_limits(
    session: Session, engine_url: str, engine_kind: str, which: str
) -> None:
    if engine_kind != "sqlite":
        pytest.skip("what is made does not depend on the engine")
    _make(session, engine_url, 60, which)
    with unscoped(session, "test"):
        time = desk_time(session)
        for complaint in session.scalars(sa.select(Complaint)):
            procedure = parsed(complaint.procedure_version)
            wanted = [
                row
                for one in procedure.fields
                if one.code in complaint.own_values
                for row in typed_rows(complaint.id, one, complaint.own_values[one.code])
            ]
            kept = session.scalars(
                sa.select(ComplaintValue).where(ComplaintValue.complaint_id == complaint.id)
            )
            made = [{key: getattr(row, key) for key in wanted[0]} for row in kept] if wanted else []
            assert sorted(map(str, made)) == sorted(map(str, wanted))
        for run in session.scalars(sa.select(ClockRun)):
            was = (run.due_at, run.next_check_at)
            put_due(run, time)
            assert (run.due_at, run.next_check_at) == was
        assert session.scalar(sa.select(sa.func.count(ComplaintValue.id)))


def test_lists_and_pages_show_them(app: Flask, session: Session, engine_url: str, client: DeskClient) -> None:
    _make(session, engine_url, 60)
    with unscoped(session, "test"):
        user = session.scalars(sa.select(User).where(User.login == "receiver")).one()
        address = session.scalars(
            sa.select(Complaint.public_id).where(Complaint.state == State.ARCHIVED)
        ).first()
        numbers = session.scalars(sa.select(Complaint.number).order_by(Complaint.received_at.desc())).all()
    client.sign_in(user)
    listed = client.get("/complaints/")
    assert listed.status_code == 200 and any(number in listed.text for number in numbers[:30])
    assert client.get(f"/complaints/{address}", follow_redirects=True).status_code == 200


def test_a_desk_that_holds_complaints_is_left_alone(session: Session, engine_url: str) -> None:
    _make(session, engine_url, 5)
    with pytest.raises(CannotSeed, match="--add"):
        seed(session, engine_url, Order(5, 7, NOW), lambda said: None)
    with unscoped(session, "test"):
        assert session.scalar(sa.select(sa.func.count(Complaint.id))) == 5


def _run(app: Flask, *arguments: str) -> Result:
    try:
        return app.test_cli_runner().invoke(args=["desk", "seed", *arguments])
    finally:
        with app.app_context():
            db.engine.dispose()


def test_the_command_makes_an_organisation_in_demonstration_mode_only(
    engine_url: str, tmp_path: Path
) -> None:
    real = _run(make_app(settings_for(engine_url, tmp_path)), "--complaints", "5")
    assert real.exit_code == 1 and "DESK_MODE=demonstration" in real.output
    app = make_app(settings_for(engine_url, tmp_path, mode=Mode.DEMONSTRATION))
    done = _run(app, "--complaints", "5", "--until", "2026-10-30", "--organisation", "factory")
    assert done.exit_code == 0 and "5 made-up complaints" in done.output, done.output
    again = _run(app, "--complaints", "5")
    assert again.exit_code == 1 and "--add" in again.output
    with app.app_context():
        with unscoped(db.session(), "test"):
            assert db.session.scalar(sa.select(sa.func.count(Complaint.id))) == 5
            assert db.session.scalar(sa.select(sa.func.count(Department.id))) > 7
            latest = db.session.scalar(sa.select(sa.func.max(Complaint.received_at)))
        assert latest < datetime(2026, 10, 31, tzinfo=UTC)
        db.engine.dispose()
