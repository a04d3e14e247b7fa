"""Registering what is likely here already: offered with its reason, decided by the registrar, nothing typed lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import Complaint
from models.enums import PartyKind, PartySide, RoleName
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.operations.register import NewParty
from tests.factories import create_house, register_complaint
from tests.support.client import DeskClient
from tests.web.screens.conftest import words

NEW = "/complaints/new/"
FORM = {
    "received_at": "2026-03-10T09:00",
    "channel": "hotline",
    "form": "written",
    "complainant_kind": "person",
    "name": "李某",
    "phone": "138 1234 5678",
    "summary": "壶盖开裂",
    "content": "壶盖用了一周开裂。",
    "product": "电热水壶",
    "batch": "B-0310",
}


@pytest.fixture
def office(app: Flask, session: Session) -> DeskClient:
    session.info["actor"] = SYSTEM
    house = create_house(session, "production")
    session.commit()
    person = NewParty(PartySide.COMPLAINANT, PartyKind.PERSON, "张某", "13812345678")
    register_complaint(
        session, house[RoleName.FIRST_RECEIVER], parties=(person,), summary="壶底漏水", batch="B-0310"
    )
    session.info["actor"] = SYSTEM
    client = app.test_client()
    assert isinstance(client, DeskClient)
    return client.sign_in(house[RoleName.FIRST_RECEIVER])


def cases(session: Session) -> list[Complaint]:
    session.rollback()
    with unscoped(session, "a test looks at the result"):
        query = sa.select(Complaint).order_by(Complaint.id).execution_options(populate_existing=True)
        return list(session.scalars(query))


@pytest.mark.clause("R06-09")
def test_a_likely_repeat_is_offered_and_registered_as_one(session: Session, office: DeskClient) -> None:
    (first,) = cases(session)
    number, address = first.number, first.public_id
    part = words(office.post("/complaints/likely", data=FORM))
    assert number in part and "相同电话" in part and "相同批号" in part and "13812345678" not in part
    assert words(office.post("/complaints/likely", data={"summary": "别的事"})).strip() == ""

    undecided = office.post(NEW, data=FORM)
    page = undecided.get_data(as_text=True)
    assert undecided.status_code == 422 and number in page and f'value="repeat:{address}"' in page
    assert "壶盖用了一周开裂。" in page and len(cases(session)) == 1, "nothing is registered, nothing lost"
    made = office.post(NEW, data=FORM | {"repeat_choice": f"repeat:{address}", "key": "once"})
    assert made.status_code == 303
    first, second = cases(session)
    assert (second.is_repeat, first.repeat_count) == (True, 1)
    both = [(first.public_id, second.number), (second.public_id, first.number)]
    for here, there in both:
        assert there in words(office.get(f"/complaints/{here}/"))
    assert office.post(NEW, data=FORM | {"key": "once"}).status_code == 303, (
        "the same form again is no repeat"
    )
    listed = words(office.get("/complaints/?f.is_repeat=1&f.open=1"))
    assert second.number in listed and first.number not in listed
    assert (
        office.post(f"/complaints/{second.public_id}/repeat-of/end", data={"reason": "看错"}).status_code
        == 303
    )
    assert not cases(session)[1].is_repeat


def test_a_new_one_and_a_further_report(session: Session, office: DeskClient) -> None:
    (first,) = cases(session)
    address = first.public_id
    report: dict[str, Any] = FORM | {"repeat_choice": f"report:{address}", "place": "杭州"}
    answer = office.post(NEW, data=report)
    assert answer.status_code == 303 and answer.location.endswith(f"/complaints/{address}/")
    assert len(cases(session)) == 1
    page = words(office.get(f"/complaints/{address}/"))
    assert "壶盖用了一周开裂。" in page and "杭州" in page and "李某" in page
    assert office.post(NEW, data=FORM | {"repeat_choice": "new"}).status_code == 303
    assert len(cases(session)) == 2 and not cases(session)[1].is_repeat
    dialog = office.get(f"/complaints/{cases(session)[1].public_id}/repeat-of").get_data(as_text=True)
    assert re.search(rf'type="radio"[^>]*value="{re.escape(cases(session)[0].number)}"', dialog)
