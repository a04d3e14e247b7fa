"""Documents that a procedure does not have, or that nobody could be handed."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models.enums import EventKind, PartyKind, PartySide, RoleName, State
from services.errors import NotFound
from services.operations.register import NewParty
from tests.factories import NOW
from tests.factories.intake import settle_investigation
from tests.integration.documents.desk import desk_for, raw

R, E = RoleName, EventKind


def test_a_form_of_another_regulation_is_unknown(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "construction-company")
    with pytest.raises(NotFound):
        desk.issue("medicine_registration", desk.complaint("registered"))


def test_nothing_need_be_handed_to_whoever_could_not_be_told(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "customer-service")
    complaint = desk.complaint("approved", parties=(NewParty(PartySide.COMPLAINANT, PartyKind.ANONYMOUS),))
    raw(
        desk,
        complaint,
        E.REPLY,
        R.FIRST_RECEIVER,
        text=None,
        channel=None,
        not_notifiable_reason="匿名，未留联系方式。",
    )
    desk.issue("result_notice", complaint, reason="经查系操作失误", way="更换并致歉")
    settle_investigation(session, desk.house, complaint, E.CLOSE, NOW)
    assert raw(desk, complaint, E.CLOSE, R.LEADER).state is State.CLOSED
