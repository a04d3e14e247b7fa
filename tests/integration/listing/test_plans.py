"""How the engines read a list: by an index for every order and every filter that is offered, whoever asks.

The table is small, so PostgreSQL is kept from reading it whole because that costs nothing; the limit between few and
many is as small.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import Assignment, Complaint, ComplaintValue, ComplaintVisibility, ProcedureVersion
from models.enums import (
    Category,
    Channel,
    CloseKind,
    ComplaintForm,
    FollowUpResult,
    Responsibility,
    RoleName,
    State,
)
from models.fields import FieldSpec
from models.types import new_public_id
from services import search
from services.access import months
from services.access.scope import MARK
from services.actor import Actor
from services.listing import ListQuery, is_sortable, offered, offered_filters, orders, special_filters
from services.own_fields import Declared, declared
from tests.factories import House, actor_of
from tests.integration.listing.conftest import START

ZONE = ZoneInfo("Asia/Shanghai")
ROWS = 600
OWNED = 3
"""Complaints of the small department."""


@pytest.fixture
def ledger(session: Session, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("services.access.visibility.FEW", "services.listing.narrowing.MOST"):
        monkeypatch.setattr(module, 30)
    chance = random.Random(7)
    procedure = session.scalars(sa.select(ProcedureVersion.id)).one()
    made = [_complaint(chance, n, procedure, house) for n in range(1, ROWS + 1)]
    connection = session.connection()
    connection.execute(sa.insert(Complaint.__table__), made)  # type: ignore[arg-type]
    connection.execute(
        sa.insert(ComplaintVisibility.__table__),  # type: ignore[arg-type]
        [
            {"complaint_id": one["id"], "audience": audience}
            | {key: one[key] for key in ("received_at", "due_at")}
            for one in made
            for audience in ("*", f"d{one['department_id']}", f"u{one['first_receiver_id']}")
        ],
    )
    connection.execute(
        sa.insert(ComplaintValue.__table__),  # type: ignore[arg-type]
        [{"complaint_id": one["id"], "code": "ward", "text": f"{one['id'] % 40}"} for one in made[::2]],
    )
    months.recount(connection)
    orders.rebuild(connection)
    search.rebuild(connection)
    session.execute(sa.text("ANALYZE"))
    if connection.dialect.name == "sqlite":
        as_if_large(connection)
    session.commit()


SCALE = 2000


def as_if_large(connection: sa.Connection) -> None:
    """SQLite decides by its statistics: those of a table with more than a million rows."""
    for rowid, _table, numbers in connection.execute(
        sa.text("SELECT rowid, tbl, stat FROM sqlite_stat1 WHERE tbl LIKE 'complaint%'")
    ).all():
        rows, *each = numbers.split(" ")
        scaled = [int(rows) * SCALE, *(int(n) * SCALE if int(n) > 1 else 1 for n in each if n.isdigit())]
        connection.execute(
            sa.text("UPDATE sqlite_stat1 SET stat = :stat WHERE rowid = :rowid"),
            {"stat": " ".join(map(str, scaled)), "rowid": rowid},
        )
    connection.execute(sa.text("ANALYZE sqlite_schema"))


def _complaint(chance: random.Random, n: int, procedure: int, house: House) -> dict[str, Any]:
    received = START + timedelta(hours=n)
    people = [user.id for role, user in house.people.items() if role is not RoleName.LEADER]
    now_and_then = lambda value: value if chance.random() < 0.3 else None  # noqa: E731
    return {
        "id": n,
        "public_id": new_public_id(),
        "number": f"TS-{n:06d}",
        "state": State.ACCEPTED if n % 50 == 0 else State.ARCHIVED,
        "form": chance.choice((ComplaintForm.WRITTEN, ComplaintForm.ORAL)),
        "closed_at": received,
        "archived_at": received,
        "close_kind": chance.choice((CloseKind.NORMAL, CloseKind.ON_SPOT)),
        "satisfaction": chance.choice((FollowUpResult.SATISFIED, FollowUpResult.DISSATISFIED)),
        "category_code": chance.choice(("a", "b")),
        "nature": chance.choice(("a", "b")),
        "complainant_kind": chance.choice(("a", "b")),
        "summary": f"候诊太久 {n}",
        "content": "候诊区噪音很大。",
        "product": f"{chance.choice('甲乙丙丁')}型血压计",
        "received_at": received,
        "due_at": received if n % 50 == 0 else None,
        "replied_at": now_and_then(received),
        "occurred_on": now_and_then(received.date()),
        "grade": now_and_then("II"),
        "channel": chance.choice((Channel.HOTLINE, Channel.HOTLINE, Channel.VISIT)),
        "category": chance.choice((Category.SERVICE, Category.PRODUCT)),
        "responsibility": now_and_then(Responsibility.STAFF),
        "procedure_version_id": procedure,
        "department_id": house.laboratory.id if n % (ROWS // OWNED) == 0 else house.ward.id,
        "first_receiver_id": chance.choice(people),
        "responsible_id": chance.choice(people),
        "handler_id": now_and_then(chance.choice(people)),
        "is_repeat": chance.random() < 0.02,
        "is_major": chance.random() < 0.02,
    }


READERS = ("leader", "handler", "outsider")


@pytest.fixture
def reader(request: pytest.FixtureRequest, session: Session, house: House, ledger: None) -> Actor:
    user = {"leader": house[RoleName.LEADER], "handler": house[RoleName.HANDLER]}.get(
        request.param, house.outsider
    )
    actor = actor_of(session, user)  # type: ignore[arg-type]
    assert actor.sees_few is (request.param == "outsider")
    session.info["actor"] = actor
    return actor


@contextmanager
def statements(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """Statements and parameters that reach the database inside."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        seen.append((sql, parameters))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(session: Session, sql: str, parameters: Any) -> list[str]:
    sqlite = session.get_bind().dialect.name == "sqlite"
    if not sqlite:
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    asked = ("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + sql
    told = session.connection().exec_driver_sql(asked, parameters, execution_options={MARK: "core"})
    return [str(row[-1]).strip() for row in told]


TABLES = (
    "complaints",
    "complaint_visibility",
    "complaint_values",
    "complaint_orders",
    "complaint_texts",
    "assignments",
)
OF_FEW = {
    index.name
    for model in (Complaint, Assignment)
    for index in model.__table__.indexes  # type: ignore[attr-defined]
    if index.dialect_options["sqlite"]["where"] is not None
}
"""Indexes that hold nothing but what is looked for."""


def reads_whole(line: str, in_order: bool = False) -> bool:
    """Whether a line of a plan reads a large table from end to end; `in_order`: it may go along an index."""
    if any(f"INDEX {name}" in line for name in OF_FEW):
        return False
    return any(
        line == f"SCAN {table}"
        or f"Seq Scan on {table} " in line
        or (not in_order and line.startswith(f"SCAN {table} USING"))
        for table in TABLES
    )


def page_plans(session: Session, actor: Actor, known: Declared, params: str) -> list[list[str]]:
    """The plans of one page and of its neighbour, statement by statement."""
    found = []
    cursor = ""
    for _ in range(2):
        query = ListQuery.from_params(
            Complaint,
            f"{params}&cursor={cursor}" if cursor else params,
            actor,
            ZONE,
            default_sort="-received_at",
            declared=known,
        )
        with statements(session) as seen:
            cursor = query.page(session).next or ""
        assert len(seen) <= 5
        found += [plan(session, *one) for one in seen if not one[0].startswith("EXPLAIN")]
    return found


@pytest.mark.parametrize("reader", READERS, indirect=True)
def test_every_order_is_that_of_an_index(session: Session, reader: Actor) -> None:
    known = declared(session, reader, "zh_Hans_CN")
    faults = []
    for spec in offered(Complaint, known):
        for sort in (spec.key, f"-{spec.key}") if is_sortable(spec) else ():
            for lines in page_plans(session, reader, known, f"sort={sort}"):
                faults += [f"{sort}: {x}" for x in lines if reads_whole(x, in_order=not reader.sees_few)]
                is_merged = any("UNION" in line or "Append" in line for line in lines)
                if not reader.sees_few and not is_merged:
                    faults += [f"{sort}: {line}" for line in lines if _sorts(line)]
    assert not faults, "\n".join(faults)


def _sorts(line: str) -> bool:
    """A sort of everything; one of equals (Incremental Sort) or of what is known to be few is none."""
    rows = re.match(r"(?:->  )?Sort .*rows=(\d+)", line)
    return line == "USE TEMP B-TREE FOR ORDER BY" or (rows is not None and int(rows[1]) > 100)


@pytest.mark.parametrize("reader", READERS, indirect=True)
def test_every_filter_has_an_index_where_it_is_rare(session: Session, house: House, reader: Actor) -> None:
    known = declared(session, reader, "zh_Hans_CN")
    asked = [f"f.{key}=1" for key, each in special_filters(Complaint).items() if each.kind != "hidden"]
    for spec in offered_filters(Complaint, reader, known):
        asked += _wanted(spec, house)
    assert len(asked) > 60
    faults = []
    for params in asked:
        plans = page_plans(session, reader, known, params)
        faults += [f"{params}: {line}" for one in plans for line in one if reads_whole(line)]
    assert not faults, "\n".join(faults)


def _wanted(spec: FieldSpec, house: House) -> list[str]:
    """What somebody may ask of this field: a rare value, and its absence."""
    name = f"f.{spec.key}"
    if spec.kind in ("moment", "date"):
        return [f"{name}_from=2026-01-03&{name}_to=2026-01-03"]
    if spec.kind in ("integer", "number"):
        return [f"{name}_from=3&{name}_to=4"]
    if spec.kind == "boolean":
        return [f"{name}=1"]
    if spec.relation is not None:
        return [f"{name}={house.laboratory.public_id}"]
    if spec.choices is not None:
        return [f"{name}={list(spec.choices)[-1].value}"]
    return [] if spec.kind == "long_text" and spec.code is not None else [f"{name}=壑舟"]
