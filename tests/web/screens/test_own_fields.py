"""Fields that a procedure declares, through the life of the desk: asked, listed, filtered, saved, exported, imported,
renamed and retired, without a line of code."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Attachment, AuditEntry, Complaint, ComplaintValue
from models.enums import EventKind, RoleName
from services.access.scope import unscoped
from services.errors import Invalid, Refused
from tests.factories import House, fire, register_complaint
from tests.unit.attachments import samples
from tests.web.screens.asking import NEW, newest, note_at, options
from tests.web.screens.conftest import SignIn, words
from tests.web.screens.declaring import FIELDS, house_with_fields, publish, registered, whole


@pytest.fixture
def house(session: Session) -> House:
    return house_with_fields(session)


def test_every_kind_is_kept_by_code_and_shown(session: Session, sign_in: SignIn, house: House) -> None:
    made = registered(session, sign_in, house, own_receipt=(io.BytesIO(samples.png()), "小票.png"))
    attachment = session.scalars(sa.select(Attachment)).one()
    assert made.own_values == {
        "model": "DN50",
        "story": ("买来即漏。" * 60),
        "pieces": "2.5",
        "price": "1200.50",
        "bought_on": "2026-03-01",
        "colour": "red",
        "faults": ["crack", "leak"],
        "shop": house.laboratory.id,
        "receipt": {"attachment": attachment.public_id, "name": "小票.png"},
        "job": "采购经理",
    }
    rows = session.scalars(sa.select(ComplaintValue).order_by(ComplaintValue.code, ComplaintValue.text)).all()
    assert [(row.code, row.text or row.number or row.day or row.department_id) for row in rows] == [
        ("bought_on", datetime(2026, 3, 1).date()),
        ("colour", "red"),
        ("faults", "crack"),
        ("faults", "leak"),
        ("job", "采购经理"),
        ("model", "DN50"),
        ("pieces", Decimal("2.5")),
        ("price", Decimal("1200.5")),
        ("shop", house.laboratory.id),
    ]
    page = words(sign_in(house[RoleName.FIRST_RECEIVER]).get(f"/complaints/{made.public_id}/"))
    for text in (
        "DN50",
        "买来即漏",
        "2.5",
        "1,200.50",
        "2026-03-01",
        "红色",
        "裂纹、渗漏",
        "检验科",
        "小票.png",
        "采购经理",
    ):
        assert text in page, text


FAULTS = [
    ("own_colour", {"own_colour": ""}),
    ("own_colour", {"own_colour": "green"}),
    ("own_price", {"own_price": "12.345"}),
    ("own_price", {"own_price": "-1"}),
    ("own_pieces", {"own_pieces": "很多"}),
    ("own_bought_on", {"own_bought_on": "昨天"}),
    ("own_model", {"own_model": "长" * 501}),
    ("own_faults", {"own_faults": ["dent"]}),
    ("own_shop", {"own_shop": "zzzzzzzzzzzz"}),
]


@pytest.mark.parametrize(("name", "changed"), FAULTS)
def test_a_fault_is_told_at_its_field(
    session: Session, sign_in: SignIn, house: House, name: str, changed: dict[str, Any]
) -> None:
    answer = sign_in(house[RoleName.FIRST_RECEIVER]).post(NEW, data=whole(house, **changed))
    assert answer.status_code == 422
    assert f'id="{name}-error" role="alert"' in answer.text
    assert "DN50" in answer.text or name == "own_model"
    assert not session.scalars(sa.select(Complaint)).all()


def test_personal_values_are_masked_and_shown_on_record(
    session: Session, sign_in: SignIn, house: House
) -> None:
    made = registered(session, sign_in, house)
    other = sign_in(house[RoleName.AUDITOR])
    url = f"/complaints/{made.public_id}/"
    assert "采购经理" not in other.get(url).text
    shown = words(other.get("/complaints/?columns=number,own_job"))
    assert made.number in shown and "采购经理" not in shown and "采**" in shown
    assert made.number not in words(other.get("/complaints/?f.own_job=采购"))
    head = sign_in(house[RoleName.HEAD_OF_QUALITY])
    assert "采购经理" not in head.get(url).text and "own_job" not in head.get(f"{url}edit/").text
    head.post(f"{url}personal", data={"reason": "核对投诉人情况"})
    assert "采购经理" in head.get(url).text
    own = sign_in(house[RoleName.FIRST_RECEIVER])
    saved = own.post(f"{url}edit/", data=whole(house, own_job="会计", version=str(made.version)))
    assert saved.status_code == 303, saved.text
    session.rollback()
    with unscoped(session, "a test looks at the trail"):
        trail = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "complaint.correct")).all()
    assert trail and all(
        "会计" not in str(entry.after) and "采购经理" not in str(entry.before) for entry in trail
    )


def test_a_field_for_some_roles_exists_for_them_alone(
    session: Session, sign_in: SignIn, house: House
) -> None:
    made = registered(session, sign_in, house)
    receiver, leader = sign_in(house[RoleName.FIRST_RECEIVER]), sign_in(house[RoleName.LEADER])
    assert "own_remark" not in receiver.get(NEW).text and "own_remark" in leader.get(NEW).text
    with pytest.raises(Invalid):
        fire(
            session, house[RoleName.FIRST_RECEIVER], EventKind.CORRECT, made.public_id,
            now=datetime.now(UTC), values={"own_remark": "内部"},
        )  # fmt: skip
    session.rollback()
    made = register_complaint(
        session, house[RoleName.LEADER], now=datetime.now(UTC), received_at=datetime.now(UTC),
        own={"remark": "领导才看", "colour": "red"}, receiving_department_id=house.office.id,
    )  # fmt: skip
    session.commit()
    url = f"/complaints/{made.public_id}/"
    assert "领导才看" in leader.get(url).text and "领导才看" not in receiver.get(url).text
    assert "领导才看" in leader.get("/complaints/?columns=number,own_remark").text
    assert "领导才看" not in receiver.get("/complaints/?columns=number,own_remark").text


def test_acceptance_and_closing_wait_for_what_they_need(
    session: Session, sign_in: SignIn, house: House
) -> None:
    made = registered(session, sign_in, house, own_bought_on="")
    receiver, now = house[RoleName.FIRST_RECEIVER], datetime.now(UTC)
    with pytest.raises(Refused) as refused:
        fire(session, receiver, EventKind.ACCEPT, made.public_id, now=now)
    assert [(r.code, r.link) for r in refused.value.reasons] == [
        ("missing_bought_on", "record:own_bought_on")
    ]
    session.rollback()
    with pytest.raises(Refused) as refused:
        fire(
            session, receiver, EventKind.CLOSE_ON_SPOT, made.public_id, now=now,
            result="当场换货。", complainant_agrees=True,
        )  # fmt: skip
    assert "missing_expert" in [reason.code for reason in refused.value.reasons]


def test_renaming_and_retiring_lose_nothing(session: Session, sign_in: SignIn, house: House) -> None:
    made = registered(session, sign_in, house)
    later = FIELDS.replace("zh: 型号, en: Model", "zh: 规格型号, en: Type").replace(
        "{zh: 经过, en: Story}", "{zh: 经过, en: Story}, retired: true"
    )
    later = later.replace("{code: red, names: {zh: 红色", "{code: red, retired: true, names: {zh: 朱红")
    publish(session, 4, later)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    form = client.get(NEW).text
    assert "规格型号" in form and "own_story" not in form
    assert options(form, "own_colour") == ["blue"]
    page = words(client.get(f"/complaints/{made.public_id}/"))
    assert "规格型号" in page and "买来即漏" in page and "朱红" in page
    shown = words(client.get("/complaints/?columns=number,own_model,own_story,own_colour&f.own_colour=red"))
    assert made.number in shown and "DN50" in shown and "买来即漏" in shown and "朱红" in shown


def test_a_correction_changes_only_what_was_changed(session: Session, sign_in: SignIn, house: House) -> None:
    made = registered(session, sign_in, house)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    url = f"/complaints/{made.public_id}/edit/"
    page = client.get(url).text
    assert 'value="DN50"' in page and 'value="1200.50"' in page and "checked" in page
    version = str(made.version)
    form = whole(house, own_colour="blue", own_faults=["leak"], version=version)
    form["received_at"] = made.received_at.astimezone(datetime.now().astimezone().tzinfo).strftime(
        "%Y-%m-%dT%H:%M"
    )
    assert client.post(url, data=form).status_code == 303
    changed = newest(session)
    assert changed.own_values == made.own_values | {"colour": "blue", "faults": ["leak"]}
    history = words(client.get(f"/complaints/{made.public_id}/"))
    assert "红色" in history and "蓝色" in history
    stale = client.post(url, data=whole(house, own_colour="red", version=version))
    assert stale.status_code == 409 and "蓝色" in stale.text and "红色" in stale.text


def test_the_procedures_page_lists_them(session: Session, sign_in: SignIn, house: House) -> None:
    client = sign_in(house[RoleName.HEAD_OF_QUALITY])
    page = client.get("/procedures/").text
    address = re.findall(r'href="(/procedures/[a-z0-9]{12}/)"', page)
    shown = " ".join(words(client.get(each)) for each in dict.fromkeys(address))
    assert "自定项目" in shown and "型号" in shown and "多选: 裂纹、渗漏" in shown and "分管领导" in shown


def test_help_says_when_it_is_needed(session: Session, sign_in: SignIn, house: House) -> None:
    page = sign_in(house[RoleName.FIRST_RECEIVER]).get(NEW).text
    assert "受理前须填写" in note_at(page, "own_bought_on") and "办结前须填写" in note_at(page, "own_expert")


def test_a_number_is_shown_with_all_its_digits(session: Session, sign_in: SignIn, house: House) -> None:
    made = registered(session, sign_in, house, own_pieces="0.1234")
    page = words(sign_in(house[RoleName.FIRST_RECEIVER]).get(f"/complaints/{made.public_id}/"))
    assert "0.1234" in page and "投诉性质" not in page  # and what the procedure does not name is not there
