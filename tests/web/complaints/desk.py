"""A desk with people and a case for every situation, made once; what a test does to it is undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Complaint, ComplaintEvent, User
from models.base import Base
from models.enums import EventKind, RoleName
from services.access.scope import unscoped
from services.actor import SYSTEM
from tests.factories import House, create_complaint, extendable_clock
from tests.support.client import DeskClient
from tests.support.matrix import Cases

FRAGMENT = {"X-Desk-Fragment": "1"}
_TAG = re.compile(r"<(?:input|textarea|select|option|button|a|form)\b[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')


@dataclass
class Desk:
    """The application on an open transaction."""

    app: Flask
    connection: sa.Connection
    cases: Cases
    secret: str = ""
    """A confidential complaint that names nobody of the house."""

    @property
    def house(self) -> House:
        return self.cases.house

    def client(self, who: RoleName | User) -> DeskClient:
        """A browser of this person, signed in."""
        user = self.house[who] if isinstance(who, RoleName) else who
        client = self.app.test_client()
        assert isinstance(client, DeskClient)
        with client.session_transaction() as kept:
            kept["_user_id"] = f"{user.id}:{user.session_stamp}"
            kept["_fresh"] = True
            kept["seen_at"] = datetime.now(UTC).timestamp()
        return client

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of the desk itself on the same transaction; what it commits is undone with the rest."""
        with Session(self.connection, join_transaction_mode="create_savepoint") as session:
            session.info["actor"] = SYSTEM
            yield session

    def rows(self, model: type[Any], *where: Any) -> list[Any]:
        """Every row, whoever may see it, cut loose from its session."""
        with self.session() as session, unscoped(session, "a test looks at the result"):
            found = list(session.scalars(sa.select(model).where(*where).order_by(model.id)))
            session.expunge_all()
        return found

    def fresh(self, state: str = "registered", **typed: Any) -> Complaint:
        """A complaint of today, brought to `state`."""
        with self.session() as session:
            made = create_complaint(session, self.house, state, now=datetime.now(UTC), **typed)
            public_id = made.public_id
        return self.case(public_id)

    def form(self, event: EventKind, case: str) -> dict[str, Any]:
        """What the factories would type into the dialog of this event."""
        form = self.cases.forms(event, case)[0]
        if "clock" in form and form["clock"] is None:
            with self.session() as session:
                form["clock"] = extendable_clock(session, case)
        return form

    def users(self) -> list[User]:
        return self.rows(User)

    def case(self, public_id: str) -> Complaint:
        """The complaint as it stands."""
        return self.rows(Complaint, Complaint.public_id == public_id)[0]

    def events(self, public_id: str) -> list[ComplaintEvent]:
        return self.rows(ComplaintEvent, ComplaintEvent.complaint_id == self.case(public_id).id)

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        parts = [f"SELECT '{name}', count(*) FROM {name}" for name in Base.metadata.tables]
        cursor = self.connection.connection.cursor()
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Collects every statement that runs meanwhile (savepoints left out)."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.upper().startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        sa.event.listen(self.connection, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(self.connection, "before_cursor_execute", note)


def tags(answer: TestResponse) -> list[dict[str, str]]:
    """The form-like elements of a page with their attributes."""
    found = []
    for tag in _TAG.findall(answer.text):
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag[1:])}
        attributes["tag"] = tag[1:].split()[0].strip(">")
        found.append(attributes)
    return found


def hidden(answer: TestResponse) -> dict[str, str]:
    """The hidden fields of the page's form: version, key, token."""
    return {
        tag["name"]: tag.get("value", "")
        for tag in tags(answer)
        if tag.get("type") == "hidden" and "name" in tag
    }


def typed(answer: TestResponse, name: str) -> str:
    """What stands in the input or text area `name`."""
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', answer.text, re.S)
    if area:
        return unescape(area.group(1)).strip("\r\n")
    return next(tag.get("value", "") for tag in tags(answer) if tag.get("name") == name)


def fault_at(answer: TestResponse, name: str) -> str:
    """The message shown at the field `name`; empty when there is none."""
    found = re.search(rf'id="{name}-error"[^>]*>(.*?)</(?:p|div|ul|span)>', answer.text, re.S)
    return re.sub(r"<[^>]+>", "", unescape(found.group(1))).strip() if found else ""


def settled(answer: TestResponse, address: str) -> str:
    """The page without what differs in every answer: its own address, tokens, ids of the request."""
    text = answer.text.replace(address, "")
    text = re.sub(r'(name="csrf-token" content|name="csrf_token" type="hidden" value)="[^"]*"', "", text)
    return re.sub(r'(nonce|data-session-ends|data-server-now|value)="[^"]*"', "", text)
