"""A house of people, committed, for every test of the operations."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.factories import House, create_house


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    session.commit()
    return made
