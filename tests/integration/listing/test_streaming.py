"""Batches of columns say what rows say: the same lists, read fast."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import models as m
from admin_views.links import SCREENS
from models.enums import RoleName, State
from services.access import scope
from services.actor import SYSTEM, Actor
from services.identity import actor_for
from services.listing import ListQuery, is_sortable, offered
from services.listing.streaming import stream
from services.own_fields import Declared, declared
from services.own_fields.specs import declared_in
from services.own_fields.values import keep
from services.procedures.parts import Text
from services.procedures.registry import PACKS_FOLDER, load_pack
from services.procedures.schema import Procedure
from services.procedures.sections.fields import DeclaredField, FieldChoice, FieldKind
from tests.factories.complaints import create_complaint
from tests.factories.full_house import create_full_house
from tests.factories.organisation import House
from tests.integration.listing.conftest import START, Put

ZONE = ZoneInfo("Asia/Shanghai")
LOCALE = "zh_Hans_CN"


def said(value: Any) -> Any:
    """A value of a row as a batch has it."""
    if isinstance(value, Enum):
        return str(getattr(value, "label", value.value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    if value is None or isinstance(value, bool | int | float) or type(value).__name__ in ("date", "Decimal"):
        return value
    return str(value)


def both(session: Session, query: ListQuery, size: int = 7) -> tuple[list[Any], list[Any]]:
    """Rows read one way and the other."""
    rows = [(row.id, *(said(row.values[spec.key]) for spec in query.specs)) for row in query.iterate(session)]
    found = []
    for batch in stream(query, session, size):
        columns = [[said(value) for value in part] for part in batch.columns]
        found += list(zip(batch.ids, *columns, strict=True))
    return rows, found


def query_for(
    model: type[Any], actor: Actor, known: Declared, params: str = "", columns: tuple[str, ...] = ()
) -> ListQuery:
    own = known if model is m.Complaint else Declared()
    columns = columns or tuple(spec.key for spec in offered(model, own))
    return ListQuery.from_params(model, params, actor, ZONE, columns=columns, locale=LOCALE, declared=own)


def act(session: Session, user_id: int | None) -> tuple[Actor, Declared]:
    session.info["actor"] = SYSTEM
    actor = SYSTEM
    if user_id is not None:
        actor = actor_for(session, session.get_one(m.User, user_id), datetime.now(UTC))
    session.info["actor"] = actor
    return actor, declared(session, actor, LOCALE)


def test_every_list_of_the_desk_for_everybody(app: Flask, session: Session) -> None:
    """Every model with a screen, all its columns, for each role: scope, masks, words, names, in every order."""
    full = create_full_house(session, app.extensions["settings"])
    seen = set()
    for user_id in [*full.users.values(), None]:
        actor, known = act(session, user_id)
        for model in app.extensions[SCREENS]:
            rows, found = both(session, query_for(model, actor, known))
            assert found == rows, (model, user_id)
            seen |= {model} if rows else set()
            if user_id is not None and actor.user_id not in {full.users[role] for role in full.knows}:
                assert full.confidential_number not in {value for row in found for value in row}, model
    assert {m.Complaint, m.Investigation, m.Measure, m.User, m.AuditEntry} <= seen
    actor, known = act(session, full.users[RoleName.FIRST_RECEIVER.value])
    keys = [spec.key for spec in offered(m.Complaint, known) if is_sortable(spec)]
    for sort in [each for key in keys for each in (key, f"-{key}")]:
        query = query_for(m.Complaint, actor, known, f"sort={sort}", ("number", "handler_id"))
        rows, found = both(session, query)
        assert found == rows and rows, sort
    for params in ("f.state=in_work", "q=候诊", "f.summary=候诊&sort=-handler_id", "q=没有这样的"):
        rows, found = both(session, query_for(m.Complaint, actor, known, params))
        assert found == rows, params


def test_further_fields_come_as_they_are_stored(session: Session, house: House, put: Put) -> None:
    put(1, state=State.REGISTERED, due_at=START)
    put(2, state=State.ACCEPTED, accepted_at=START)
    actor, known = act(session, house[RoleName.FIRST_RECEIVER].id)
    query = ListQuery.from_params(
        m.Complaint, "sort=number", actor, ZONE, columns=("state",), extra=("state", "due_at"), declared=known
    )
    (batch,) = stream(query, session)
    assert batch.columns == [[str(State.REGISTERED.label), str(State.ACCEPTED.label)]]
    assert batch.extra == {"state": ["registered", "accepted"], "due_at": [START.replace(tzinfo=None), None]}


def test_a_list_made_for_somebody_else_is_not_read(session: Session, house: House) -> None:
    actor, known = act(session, house[RoleName.FIRST_RECEIVER].id)
    query = query_for(m.Complaint, actor, known)
    act(session, house[RoleName.HANDLER].id)
    with pytest.raises(RuntimeError):
        next(stream(query, session))


def test_a_scoped_statement_may_run_on_the_connection(session: Session, house: House, put: Put) -> None:
    """And only then: without its rules the engine refuses it."""
    mine, other = put(1, house.ward), put(2, house.laboratory)
    ids = (mine.id, other.id)
    act(session, house[RoleName.HANDLER].id)
    bare = sa.select(m.Complaint.id)
    with pytest.raises(scope.UnscopedStatement):
        session.connection().execute(bare)
    assert session.connection().execute(scope.scoped(session, bare)).scalars().all() == [ids[0]]
    act(session, None)
    assert set(session.connection().execute(scope.scoped(session, bare)).scalars()) == set(ids)
    with pytest.raises(scope.UnscopedStatement):
        scope.scoped(session, sa.select(m.Complaint.__table__.c.id))


def one_of_each_kind() -> Procedure:
    """A procedure with a field of its own of every kind; numbers are personal."""
    choices = (
        FieldChoice(code="a", names=Text(zh="甲", en="A")),
        FieldChoice(code="b", names=Text(zh="乙", en="B")),
    )
    fields = tuple(
        DeclaredField(
            code=f"f_{kind.value}",
            names=Text(zh=kind.value, en=kind.value),
            kind=kind,
            choices=choices if kind.has_choices else (),
            sensitivity="personal" if kind is FieldKind.NUMBER else "open",
            assumption=Text(zh="测试", en="test"),
        )
        for kind in FieldKind
    )
    return load_pack(PACKS_FOLDER / "product-company.yaml").procedure.model_copy(update={"fields": fields})


def test_values_that_procedures_declare(session: Session, house: House) -> None:
    """Of every kind: read from what the complaint keeps, for those who work on the case and those who don't."""
    procedure = one_of_each_kind()
    stored: dict[str, Any] = {
        "text": "文字", "long_text": "长\n文", "number": "12.5", "money": "7.00", "date": "2026-02-03", "choice": "a",
        "multiple_choice": ["a", "b"], "person": house[RoleName.AUDITOR].id, "department": house.office.id,
        "file": {"attachment": "x" * 12, "name": "图.png"},
    }  # fmt: skip
    session.info["actor"] = SYSTEM
    filled = create_complaint(session, house)
    empty = create_complaint(session, house)
    keep(session, filled, procedure, {f"f_{kind}": value for kind, value in stored.items()})
    session.commit()
    for role in (RoleName.HANDLER, RoleName.AUDITOR, None):
        actor, _known = act(session, house[role].id if role else None)
        known = declared_in([procedure], actor, LOCALE)
        query = query_for(m.Complaint, actor, known, "", tuple(spec.key for spec in known.own))
        rows, found = both(session, query)
        assert found == rows and {row[0] for row in rows} == {filled.id, empty.id}
        values = dict(
            zip([spec.key.removeprefix("own_f_") for spec in query.specs], rows[-1][1:], strict=True)
        )
        if rows[-1][0] == empty.id:
            values = dict(zip(values, rows[0][1:], strict=True))
        assert values.keys() == stored.keys()
        assert values["choice"] == "甲" and values["multiple_choice"] == "甲、乙"
        assert values["department"] == house.office.name and values["money"] == Decimal("7.00")
        assert values["number"] == ("1**" if role is RoleName.AUDITOR else Decimal("12.5"))
