"""The generated screens over HTTP: people signed in, complaints of two departments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import User
from services.actor import SYSTEM
from tests.factories import House, create_complaint, create_house
from tests.support.client import DeskClient

SignIn = Callable[[User], DeskClient]


@pytest.fixture
def house(session: Session) -> House:
    session.info["actor"] = SYSTEM
    made = create_house(session)
    session.commit()
    return made


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """`sign_in(house[RoleName.HANDLER])`: a browser of that person."""

    def sign_in(user: User) -> DeskClient:
        client = app.test_client()
        assert isinstance(client, DeskClient)
        return client.sign_in(user)

    return sign_in


@pytest.fixture
def case(session: Session, house: House) -> str:
    """The address of a complaint in work in the ward."""
    made = create_complaint(session, house, "in_work", summary="候诊噪音")
    address = str(made.public_id)
    session.rollback()
    return address


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def body(response: TestResponse) -> str:
    """A page without what differs by nature: tokens, the nonce, moments, the address asked for."""
    text = re.sub(r'(nonce|content|value|data-[a-z-]+)="[^"]*"', r'\1=""', response.text)
    return text


def words(response: TestResponse) -> str:
    """The text of the main part of a page."""
    main = response.text.split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
