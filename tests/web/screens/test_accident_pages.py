"""The page of an accident and its dialogs, under a procedure with a chapter on accidents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models.accident_enums import AccidentScope
from models.enums import RoleName
from services.actor import SYSTEM
from services.operations.report_accident import report_accident
from services.unit_of_work import UnitOfWork
from tests.factories import actor_of, create_house
from tests.support.client import DeskClient
from tests.web.screens.conftest import words


@pytest.mark.clause("R09-03")
def test_the_page_explains_the_grade_and_every_dialog_opens(app: Flask, session: Session) -> None:
    session.info["actor"] = SYSTEM
    house = create_house(session, "medical-device-store")
    session.commit()
    now = datetime.now(UTC)
    with UnitOfWork(session, actor_of(session, house[RoleName.HANDLER], now), now) as work:
        values = {
            "title": "血压计",
            "scope": AccidentScope.WORK_QUALITY,
            "happened_at": now - timedelta(hours=3),
            "department_id": house.ward.id,
            "facts": "读数偏高",
            "loss": Decimal(20000),
        }
        address = report_accident(work, values=values).public_id
    client = app.test_client()
    assert isinstance(client, DeskClient)
    client.sign_in(house[RoleName.HEAD_OF_QUALITY])
    page = words(client.get(f"/accidents/{address}/"))
    assert "恰为20000元" in page and "从严按重大质量事故" in page, "the overlap is shown"
    assert "R09-04" in page and "迟报" in page
    form = client.get("/accidents/new/").text
    assert "假冒伪劣医疗器械" in form and "vile_nature" not in form and 'name="grade"' not in form
    for step in (
        "sent",
        "scene",
        "self-examination",
        "disposition",
        "sign",
        "announcement",
        "grade",
        "concealment",
        "close",
    ):
        assert client.get(f"/accidents/{address}/{step}").status_code == 200, step
    answer = client.post(
        f"/accidents/{address}/sent",
        data={"version": "1", "kind": "company_form_sent", "sent_at": "2026-01-01T08:00"},
    )
    assert answer.status_code == 422, "before the accident"
