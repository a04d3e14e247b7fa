"""A house of people on the bare services: operations need no screens, and so no application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from database import make_engine
from services import search
from services.access import scope
from services.actor import SYSTEM
from services.sealing import use_key
from tests.factories import House, create_house
from tests.support.client import KEY
from tests.support.databases import TestDatabase


@pytest.fixture
def engine(database: TestDatabase) -> Iterator[sa.Engine]:
    """An engine with the desk's rules on the database of this test."""
    use_key(KEY)
    made = make_engine(database.url)
    scope.install(Session, made)
    search.install(Session)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    """A session in which the desk itself acts, unless a test puts somebody else into its `info`."""
    with Session(engine) as one:
        one.info["actor"] = SYSTEM
        yield one


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    session.commit()
    return made


@pytest.fixture
def shop(session: Session) -> House:
    """A house that works by the regulation of medical device shops."""
    made = create_house(session, "medical-device-store")
    session.commit()
    return made


@pytest.fixture
def service(session: Session) -> House:
    """A house that works by the regulation of after-sales services."""
    made = create_house(session, "medical-device-aftersales")
    session.commit()
    return made
