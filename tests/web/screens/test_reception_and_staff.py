"""Month of receptions and duty, the procedure to read, what complainants are told, workload and training, enquiries."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import DutyShift, Enquiry, Organisation, ReadingConfirmation, ReceptionSession, Training
from models.enums import RoleName
from models.reception_enums import DutyKind
from services.actor import SYSTEM
from services.operations.plan_reception import plan_ahead
from tests.factories import House, create_complaint, create_house, grant_role
from tests.support.stage_rows import reception_rows
from tests.web.screens.conftest import SignIn

R = RoleName
PRESIDENT = re.compile(r'title="院长接待日 · 16:30–21:00 · 医院接待室"')
HEADS = re.compile(r'title="科主任、护士长接待 · 16:00–17:30"')


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


@pytest.mark.clause("R01-17", "R01-18")
def test_the_month_shows_the_receptions_with_time_and_place(
    session: Session, house: House, sign_in: SignIn
) -> None:
    plan_ahead(session, datetime(2026, 3, 1, tzinfo=UTC))
    html = page(sign_in(house[R.HANDLER]), "/reception/?month=2026-03")
    assert len(PRESIDENT.findall(html)) == 1
    assert len(HEADS.findall(html)) >= 4


@pytest.mark.clause("R01-04")
def test_the_month_shows_who_is_on_duty_and_who_receives_now(
    session: Session, house: House, sign_in: SignIn
) -> None:
    client = sign_in(house[R.FIRST_RECEIVER])
    assert "当前受理" in page(client, "/reception/")
    now = datetime.now(UTC)
    form = {
        "kind": DutyKind.OFFICER.value,
        "user_id": house[R.HANDLER].public_id,
        "starts_at": (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (now + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"),
        "phone": "8120",
    }
    assert client.post("/duty/new/", data=form | {"ends_at": form["starts_at"]}).status_code == 422
    assert client.post("/duty/new/", data=form).status_code == 303
    session.rollback()
    assert session.scalars(sa.select(DutyShift.user_id)).all() == [house[R.HANDLER].id]
    assert f"总值班 {house[R.HANDLER].name}" in page(client, "/reception/")
    assert sign_in(house[R.HANDLER]).post("/duty/new/", data=form).status_code == 403


def test_a_sitting_gets_its_host_and_can_be_called_off(
    session: Session, house: House, sign_in: SignIn
) -> None:
    plan_ahead(session)
    sitting = session.scalars(sa.select(ReceptionSession).limit(1)).one()
    url = f"/reception/sessions/{sitting.public_id}/edit/"
    form = {
        "host_id": house[R.LEADER].public_id,
        "place": "三楼会议室",
        "cancelled_reason": "院长出差",
        "version": "1",
    }
    assert sign_in(house[R.FIRST_RECEIVER]).post(url, data=form).status_code == 303
    session.rollback()
    session.refresh(sitting)
    assert (sitting.host_id, sitting.cancelled_reason) == (house[R.LEADER].id, "院长出差")


def _other_house(session: Session, procedure: str) -> House:
    session.info["actor"] = SYSTEM
    made = create_house(session, procedure)
    session.commit()
    return made


@pytest.mark.clause("R04-13")
def test_staff_read_the_procedure_and_confirm_it(session: Session, sign_in: SignIn) -> None:
    house = _other_house(session, "general-quality")
    reader, head = sign_in(house[R.HANDLER]), sign_in(house[R.HEAD_OF_QUALITY])
    assert "您尚未确认阅读" in page(reader, "/")
    html = page(reader, "/procedure-in-force")
    assert "内部宣传和培训,确保全体员工了解并遵守" in html
    assert "我已阅读并理解" in html
    assert reader.post("/procedure-in-force/confirm").status_code == 303
    assert reader.post("/procedure-in-force/confirm").status_code == 303
    session.rollback()
    assert session.scalars(sa.select(ReadingConfirmation.user_id)).all() == [house[R.HANDLER].id]
    assert "您尚未确认阅读" not in page(reader, "/")
    assert "我已阅读并理解" not in page(reader, "/procedure-in-force")
    people = len(house.people) + 2
    assert f"已确认阅读 1 / {people} 人" in page(head, "/procedure-in-force")
    assert "已确认阅读" not in page(reader, "/procedure-in-force")


def test_a_procedure_that_asks_for_no_confirmation_takes_none(
    session: Session, house: House, sign_in: SignIn
) -> None:
    client = sign_in(house[R.HANDLER])
    assert "我已阅读并理解" not in page(client, "/procedure-in-force")
    assert client.post("/procedure-in-force/confirm").status_code == 409
    assert session.scalars(sa.select(ReadingConfirmation.id)).all() == []


@pytest.mark.clause("R08-07")
def test_telephone_fax_and_address_are_published(session: Session, sign_in: SignIn) -> None:
    house = _other_house(session, "pharma-distributor-classic-a")
    client = sign_in(house[R.HANDLER])
    assert "目前尚未填写" in page(client, "/for-complainants")
    organisation = session.get_one(Organisation, 1)
    organisation.phone, organisation.fax, organisation.address = (
        "010-66668888",
        "010-66669999",
        "某市药都路8号",
    )
    session.commit()
    html = page(client, "/for-complainants")
    assert "目前尚未填写" not in html
    for value in ("010-66668888", "010-66669999", "某市药都路8号"):
        assert value in html


@pytest.mark.clause("R08-10")
def test_the_way_of_a_complaint_is_described_for_complainants(session: Session, sign_in: SignIn) -> None:
    house = _other_house(session, "pharma-distributor-classic-a")
    html = page(sign_in(house[R.HANDLER]), "/for-complainants")
    for words in ("投诉渠道", "处理流程", "办理时限", "data-print"):
        assert words in html


@pytest.mark.clause("R04-15")
def test_open_cases_of_each_handler_and_their_training_are_shown(session: Session, sign_in: SignIn) -> None:
    house = _other_house(session, "general-quality")
    for state in ("in_work", "in_work", "dispatched"):
        create_complaint(session, house, state)
    session.commit()
    head = sign_in(house[R.HEAD_OF_QUALITY])
    form = {
        "user_id": house[R.HANDLER].public_id,
        "topic": "投诉处理与沟通",
        "held_on": "2026-03-02",
        "hours": "4",
    }
    assert head.post("/trainings/new/", data=form).status_code == 303
    session.rollback()
    assert session.scalars(sa.select(Training.topic)).all() == ["投诉处理与沟通"]
    html = page(head, "/staffing/")
    row = next(part for part in html.split("<tr") if house[R.HANDLER].name in part)
    cells = [re.sub("<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.S)]
    assert cells[2:] == ["2", "0", "1", "4", "2026-03-02"]
    assert "R04-15" in html
    assert sign_in(house[R.HANDLER]).get("/staffing/").status_code == 403


@pytest.mark.clause("R09-13")
def test_a_query_is_recorded_and_answered_on_its_page(session: Session, sign_in: SignIn) -> None:
    house = _other_house(session, "medical-device-store")
    store, quality = sign_in(house[R.HANDLER]), sign_in(house[R.HEAD_OF_QUALITY])
    form = {
        "kind_code": "quality_query",
        "title": "校准周期",
        "content": "询问血压计校准周期。",
        "channel": "hotline",
        "received_at": "2026-03-10T09:00",
    }
    missing = store.post("/enquiries/new/", data=form)
    assert missing.status_code == 422
    assert "请选择转交的部门" in missing.get_data(as_text=True)
    assert (
        store.post("/enquiries/new/", data=form | {"department_id": house.ward.public_id}).status_code == 303
    )
    session.rollback()
    [made] = session.scalars(sa.select(Enquiry)).all()
    url = f"/enquiries/{made.public_id}/"
    assert f"{url}answer" in page(quality, url)
    assert f"{url}answer" not in page(store, url)
    assert quality.post(f"{url}answer", data={"answer": "每年一次。", "version": "1"}).status_code == 303
    assert "每年一次。" in page(store, url)


@pytest.mark.clause("R17-01")
def test_one_person_holds_several_roles(session: Session, sign_in: SignIn) -> None:
    """The quality officer looks after complaints part-time: the rights of both roles add up in one account."""
    house = _other_house(session, "pharma-distributor-classic-b")
    officer = house[R.ARCHIVIST]
    assert sign_in(officer).get("/duty/new/").status_code == 403
    grant_role(session, officer, R.FIRST_RECEIVER)
    session.commit()
    both = sign_in(officer)
    assert both.get("/duty/new/").status_code == 200
    assert both.get("/archive/").status_code == 200


@pytest.mark.parametrize("screen", ["duty", "trainings"])
def test_every_row_leads_to_its_record_also_without_a_script(
    session: Session, house: House, sign_in: SignIn, screen: str
) -> None:
    """A badge or a person in the first column does not take the link away."""
    reception_rows(session, house[R.HANDLER])
    session.commit()
    html = page(sign_in(house[R.HEAD_OF_QUALITY]), f"/{screen}/")
    assert re.search(rf'<a[^>]* href="/{screen}/[a-z2-9]{{12}}/"', html)
