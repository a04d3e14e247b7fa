"""The page of a hold: notices with their steps, acknowledged by the department that was told."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import Hold, HoldNotice
from models.enums import Category, EventKind, RoleName
from models.hold_enums import DepartmentDuty
from services.actor import SYSTEM
from tests.factories import create_house, register_complaint, take
from tests.support.client import DeskClient
from tests.web.screens.conftest import words


@pytest.mark.clause("R17-06")
def test_a_department_acknowledges_and_the_case_shows_it(app: Flask, session: Session) -> None:
    session.info["actor"] = SYSTEM
    house = create_house(session, "pharma-distributor-classic-b")
    house.laboratory.duty = DepartmentDuty.STORAGE
    session.commit()
    case = register_complaint(
        session,
        house[RoleName.FIRST_RECEIVER],
        product="感冒灵颗粒",
        category=Category.PRODUCT,
        category_code="medicine",
    )
    take(session, house, case, EventKind.ACCEPT, RoleName.FIRST_RECEIVER)
    session.info["actor"] = SYSTEM
    hold = session.scalars(sa.select(Hold)).one()
    told = session.scalars(sa.select(HoldNotice).where(HoldNotice.department_id.is_not(None))).one()
    address, notice, case_url = hold.public_id, told.public_id, f"/complaints/{case.public_id}/"

    def browser(user_id: int) -> DeskClient:
        client = app.test_client()
        assert isinstance(client, DeskClient)
        return client.sign_in(
            next(u for u in (house.outsider, *house.people.values()) if u and u.id == user_id)
        )

    assert house.outsider is not None
    storage = browser(house.outsider.id)
    page = words(storage.get(f"/holds/{address}/"))
    assert "感冒灵颗粒" in page and "张某" not in page, "the goods, not who complains"
    assert storage.get(case_url).status_code == 404
    answer = storage.post(f"/holds/{address}/notices/{notice}/acknowledge", data={"receipt": "已封存"})
    assert answer.status_code in (302, 303)
    desk = browser(house[RoleName.FIRST_RECEIVER].id)
    page = words(desk.get(f"/holds/{address}/"))
    assert "已封存" in page and "待通知" in page and "张某" in page
    assert hold.number in words(desk.get(case_url))
    for step in ("neighbours", f"notices/{notice}/tell"):
        assert desk.get(f"/holds/{address}/{step}").status_code == 200
