"""A small organisation, and acting in it as one of its people."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from models import User
from services.identity import actor_for
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, House, create_house

Acting = Callable[..., AbstractContextManager[UnitOfWork]]


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    session.commit()
    return made


@pytest.fixture
def acting(session: Session) -> Acting:
    """`with acting(user) as work:` is a transaction of this person."""

    def begin(user: User, now: datetime = NOW) -> UnitOfWork:
        return UnitOfWork(session, actor_for(session, user, now), now)

    return begin
