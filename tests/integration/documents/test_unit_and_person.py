"""On the form of a distributor the unit that complains and the person who speaks for it stand apart."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import Complaint
from models.enums import PartyKind, PartySide
from services.access.scope import unscoped
from services.operations.register import NewParty
from tests.integration.documents.desk import desk_for


@pytest.mark.clause("R17-05")
def test_unit_and_person_stand_apart(session: Session, app: Flask) -> None:
    desk = desk_for(session, app, "pharma-distributor-classic-b")
    party = NewParty(PartySide.COMPLAINANT, PartyKind.ORGANISATION, "仁和大药房", phone="05718888000")
    complaint = desk.complaint("registered", product="阿莫西林胶囊", parties=(party,))
    with unscoped(session, "a test fills in what the procedure's own fields hold"):
        session.get_one(Complaint, complaint.id).own_values = {"contact_person": "欧阳慕容"}
        session.commit()
    sheet = desk.issue("medicine_registration", complaint)
    desk.says(sheet, "投诉单位仁和大药房", "投诉人欧阳慕容")
