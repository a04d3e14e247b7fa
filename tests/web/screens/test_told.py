"""What is told on receipt, on the pages: a ready text, the signature, who is kept informed and confirms it."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask
from sqlalchemy.orm import Session

from models import Complaint
from models.enums import RoleName
from services.actor import SYSTEM
from tests.factories import House, create_house, register_complaint
from tests.support.client import DeskClient
from tests.web.screens.conftest import words

R = RoleName


def signed_in(app: Flask, house: House, role: RoleName) -> DeskClient:
    client = app.test_client()
    assert isinstance(client, DeskClient)
    return client.sign_in(house[role])


def registered(session: Session, procedure: str) -> tuple[House, Complaint]:
    session.info["actor"] = SYSTEM
    house = create_house(session, procedure)
    session.commit()
    case = register_complaint(session, house[R.FIRST_RECEIVER])
    session.info["actor"] = SYSTEM
    return house, case


def test_the_dialog_offers_the_ready_text_and_the_case_keeps_it_with_the_signature(
    app: Flask, session: Session
) -> None:
    house, case = registered(session, "enterprise-chapters")
    number, address = case.number, f"/complaints/{case.public_id}"
    office = signed_in(app, house, R.FIRST_RECEIVER)
    owed = office.get(f"{address}/")
    assert "尚未告知投诉人" in words(owed), "the page says what is owed before anything was told"
    assert owed.get_data(as_text=True).count(f"{address}/acknowledge") == 2, (
        "and offers the step there as well"
    )
    dialog = office.get(f"{address}/acknowledge").get_data(as_text=True)
    found = re.search(r"<textarea[^>]*name=\"text\"[^>]*>(.*?)</textarea>", dialog, re.S)
    assert found is not None
    ready = unescape(found[1]).strip()
    assert number in ready and "1. 受理；2. 办理" in ready
    assert "R07-08" in dialog and "We have received your complaint" in unescape(dialog), (
        "the other language is at hand"
    )
    typed = {"text": f"{ready}\n2099年5月1日前答复。", "channel": "email", "language": "zh"}
    unsigned = office.post(f"{address}/acknowledge", data=typed | {"estimated_completion": "2099-05-01"})
    assert unsigned.status_code == 422 and "2099年5月1日前答复" in words(unsigned), (
        "what was typed is still there"
    )
    typed |= {"estimated_completion": "2099-05-01", "signed": "y"}
    assert office.post(f"{address}/acknowledge", data=typed).status_code in (302, 303)
    page = words(office.get(f"{address}/"))
    assert "2099-05-01" in page and f"{house[R.FIRST_RECEIVER].name} · 20" in page
    assert "尚未告知投诉人" not in page


def test_the_head_of_quality_confirms_on_the_case(app: Flask, session: Session) -> None:
    house, case = registered(session, "pharma-manufacturer")
    address = f"/complaints/{case.public_id}"
    head, office = (signed_in(app, house, role) for role in (R.HEAD_OF_QUALITY, R.FIRST_RECEIVER))
    assert "尚未确认" in words(office.get(f"{address}/"))
    assert f"{address}/informed" not in office.get(f"{address}/").get_data(as_text=True), (
        "not theirs to confirm"
    )
    assert f"{address}/informed" in head.get(f"{address}/").get_data(as_text=True)
    assert head.post(f"{address}/informed").status_code in (302, 303)
    assert "尚未确认" not in words(office.get(f"{address}/"))
    assert head.post(f"{address}/informed").status_code == 422, "nothing is left to confirm"
