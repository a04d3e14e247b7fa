"""The factories bring a complaint to every state, on both engines."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models.enums import State
from tests.factories import PATHS, create_complaint, create_house, reread

MILESTONES = {"approved": State.AWAITING_APPROVAL, "satisfied": State.FOLLOWING_UP}


def test_there_is_a_way_to_every_state() -> None:
    assert set(PATHS) - set(MILESTONES) == {state.value for state in State}


@pytest.mark.parametrize("end", PATHS)
def test_a_complaint_is_brought_there(session: Session, end: str) -> None:
    house = create_house(session)
    session.commit()
    complaint = create_complaint(session, house, end)
    assert reread(session, complaint.public_id).state == MILESTONES.get(end, end)
