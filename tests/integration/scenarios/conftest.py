"""The engines of the operations, and a story to tell under any of the procedures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.factories import create_house
from tests.integration.operations.conftest import engine, session
from tests.integration.scenarios.story import Story
from tests.support.client import settings_for

__all__ = ["engine", "session"]


@pytest.fixture
def under(session: Session, tmp_path: Path) -> Callable[[str], Story]:
    """`under("factory")`: a house that works by this procedure, and no case yet."""

    def begin(procedure: str) -> Story:
        house = create_house(session, procedure)
        session.commit()
        return Story(session, settings_for("sqlite:///unused", tmp_path), house)

    return begin
