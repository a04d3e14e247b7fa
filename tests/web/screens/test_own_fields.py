"""Fields that a procedure declares, through the life of the desk: asked, listed, filtered, saved, exported, imported,
renamed and retired, without a line of code."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Attachment, AuditEntry, Complaint, ComplaintValue
from models.enums import EventKind, RoleName
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.errors import Invalid, Refused
from services.procedures.published import publish_pack
from services.procedures.registry import PACKS_FOLDER, Pack, parse
from tests.factories import House, create_house, fire, register_complaint
from tests.support.workbooks import write_sheet
from tests.unit.attachments import samples
from tests.web.screens.conftest import SignIn, statements, words
from tests.web.screens.test_asked import NEW, filled, newest, note_at, options

PACK = "three-level"
FIELDS = """
fields:
  - {code: model, kind: text, belongs_to: subject, names: {zh: 型号, en: Model}, assumption: &own {zh: 自定, en: Ours}}
  - {code: story, kind: long_text, names: {zh: 经过, en: Story}, assumption: *own}
  - {code: pieces, kind: number, names: {zh: 件数, en: Pieces}, assumption: *own}
  - {code: price, kind: money, names: {zh: 价款, en: Price}, assumption: *own}
  - {code: bought_on, kind: date, names: {zh: 购买日期, en: Bought}, required_when: acceptance, assumption: *own}
  - code: colour
    kind: choice
    required_when: registration
    names: {zh: 颜色, en: Colour}
    choices:
      - {code: red, names: {zh: 红色, en: Red}}
      - {code: blue, names: {zh: 蓝色, en: Blue}}
    assumption: *own
  - code: faults
    kind: multiple_choice
    names: {zh: 缺陷, en: Faults}
    choices:
      - {code: crack, names: {zh: 裂纹, en: Crack}}
      - {code: leak, names: {zh: 渗漏, en: Leak}}
    assumption: *own
  - {code: expert, kind: person, names: {zh: 专家, en: Expert}, required_when: closing, assumption: *own}
  - {code: shop, kind: department, names: {zh: 门店, en: Shop}, assumption: *own}
  - {code: receipt, kind: file, names: {zh: 购物凭证, en: Receipt}, assumption: *own}
  - code: job
    kind: text
    belongs_to: complainant
    sensitivity: personal
    names: {zh: 职业, en: Job}
    assumption: *own
  - {code: remark, kind: text, visible_to: [leader], names: {zh: 领导备注, en: Remark}, assumption: *own}
"""


def publish(session: Session, version: int, fields: str = FIELDS) -> None:
    """The pack with these fields as its next version, as the panel would publish it."""
    text = (PACKS_FOLDER / f"{PACK}.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^version: .*$", f"version: {version}", text, flags=re.M) + fields
    publish_pack(session, Pack(Path(f"{PACK}.yaml"), text, parse(text)), datetime.now(UTC))
    session.commit()


@pytest.fixture
def house(session: Session) -> House:
    session.info["actor"] = SYSTEM
    made = create_house(session, PACK)
    session.commit()
    publish(session, 3)
    return made


def whole(house: House, **changed: Any) -> dict[str, Any]:
    given = {
        "own_model": "DN50",
        "own_story": "买来即漏。" * 60,
        "own_pieces": "2.5",
        "own_price": "1200.5",
        "own_bought_on": "2026-03-01",
        "own_colour": "red",
        "own_faults": ["crack", "leak"],
        "own_shop": house.laboratory.public_id,
        "own_job": "采购经理",
    }
    return filled(**(given | changed))


def registered(session: Session, sign_in: SignIn, house: House, **changed: Any) -> Complaint:
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    answer = client.post(NEW, data=whole(house, **changed))
    assert answer.status_code == 303, answer.text
    return newest(session)


def listed(answer: Any) -> str:
    return words(answer)


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


FILTERS = [
    ("f.own_model=dn5", True),
    ("f.own_model=DN80", False),
    ("f.own_model=none", False),
    ("f.own_story=买来", True),
    ("f.own_pieces_from=2&f.own_pieces_to=3", True),
    ("f.own_pieces_from=3", False),
    ("f.own_price_from=1200.5&f.own_price_to=1200.5", True),
    ("f.own_bought_on_from=2026-03-01&f.own_bought_on_to=2026-03-01", True),
    ("f.own_bought_on_to=2026-02-28", False),
    ("f.own_colour=red,blue", True),
    ("f.own_colour=blue", False),
    ("f.own_colour=blue,none", False),
    ("f.own_colour=green", False),
    ("f.own_faults=leak", True),
    ("f.own_expert=none", True),
    ("f.own_job=采购", True),
    ("f.own_remark=x", False),
    ("f.own_nothing=x", False),
]


@pytest.mark.parametrize(("params", "found"), FILTERS)
def test_filters(session: Session, sign_in: SignIn, house: House, params: str, found: bool) -> None:
    made = registered(session, sign_in, house)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    assert (made.number in listed(client.get(f"/complaints/?{params}"))) is found
    shop = f"f.own_shop={house.laboratory.public_id}"
    assert made.number in listed(client.get(f"/complaints/?{shop}&{params}")) or not found


def test_columns_order_and_saved_views(session: Session, sign_in: SignIn, house: House) -> None:
    first = registered(session, sign_in, house, own_price="30", key="a" * 24)
    second = registered(session, sign_in, house, own_price="200", key="b" * 24)
    without = registered(session, sign_in, house, own_price="", key="c" * 24)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    client.post("/complaints/columns", data={"column": ["number", "own_price", "own_faults", "own_shop"]})
    for order in ("own_price", "-own_price"):
        shown = listed(client.get(f"/complaints/?sort={order}"))
        assert "30.00" in shown and "200.00" in shown and "裂纹、渗漏" in shown and "检验科" in shown
        places = [shown.index(each.number) for each in (first, second, without)]
        ends = places[:2] if order == "own_price" else places[1::-1]
        assert ends[0] < ends[1] < places[2], order  # what has no value stands last either way
    by_shop = client.get("/complaints/?sort=own_shop")
    assert by_shop.status_code == 200
    client.post(
        "/complaints/views", data={"name": "贵的", "query": "f.own_price_from=100&columns=number,own_price"}
    )
    page = client.get("/complaints/").text
    view = re.search(r'href="(/complaints/\?f\.own_price_from=100[^"]*)"', page)
    assert view is not None
    shown = listed(client.get(view.group(1).replace("&amp;", "&")))
    assert second.number in shown and first.number not in shown


def test_a_page_goes_on_from_its_place_by_such_a_field(
    session: Session, sign_in: SignIn, house: House
) -> None:
    numbers = [
        registered(session, sign_in, house, own_price=str(price), key=f"{price:024d}").number
        for price in range(1, 24)
    ]
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    page = client.get("/complaints/?sort=own_price").text
    following = re.search(
        r'href="([^"]*cursor=[^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*cursor=[^"]*)"', page
    )
    assert following is not None
    url = (following.group(1) or following.group(2)).replace("&amp;", "&")
    further = listed(client.get(url))
    assert [each for each in numbers if each in further] == numbers[20:]


def test_the_number_of_statements_does_not_grow_with_the_rows(
    engine: Engine, session: Session, sign_in: SignIn, house: House
) -> None:
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    url = "/complaints/?columns=number,own_price,own_shop,own_colour,own_expert,nature&sort=own_price&f.own_colour=red"
    costs = set()
    for count in (1, 6):
        for index in range(count):
            registered(session, sign_in, house, key=f"{count}{index:023d}")
        with statements(engine) as sent:
            assert client.get(url).status_code == 200
        costs.add(len(sent))
    assert len(costs) == 1


def test_the_ledger_carries_them_out_and_in(
    session: Session, sign_in: SignIn, house: House, tmp_path: Path
) -> None:
    made = registered(session, sign_in, house)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    own = "own_model,own_pieces,own_price,own_bought_on,own_colour,own_faults,own_shop,own_job"
    columns = f"number,received_at,summary,content,{own}"
    answer = client.post("/ledger/export", data={"query": f"columns={columns}&f.own_colour=red"})
    sheet = [list(row) for row in load_workbook(io.BytesIO(answer.data)).worksheets[0].values]
    heads, row = sheet[0], sheet[1]
    assert heads[4:] == ["型号", "件数", "价款", "购买日期", "颜色", "缺陷", "门店", "职业"]
    assert [row[4], row[5], row[6], row[8], row[9], row[10], row[11]] == [
        "DN50", 2.5, 1200.5, "红色", "裂纹、渗漏", "检验科", "采购经理",
    ]  # fmt: skip
    assert row[7] == datetime(2026, 3, 1)

    row[heads.index("事由")] = "另一件"
    path = write_sheet(tmp_path / "old.xlsx", [heads[1:], row[1:]])
    upload = client.post(
        "/ledger/import", data={"step": "upload", "file": (io.BytesIO(path.read_bytes()), "old.xlsx")}
    )
    wizard = upload.text
    kept = dict(re.findall(r'name="(sha256|filename)" value="([^"]*)"', wizard))
    mapping = {f"map-{index}": options_selected(wizard, f"map-{index}") for index in range(len(heads) - 1)}
    assert list(mapping.values())[3:] == columns.split(",")[4:]
    form = {
        "step": "mapping",
        "answered": "closed",
        "unanswered": "accepted",
        "channel": "online",
        **kept,
        **mapping,
    }
    tried = words(client.post("/ledger/import", data=form))
    assert "裂纹、渗漏" in tried and "红色" in tried  # the dry run shows them by name
    done = client.post("/ledger/import", data=form | {"step": "dry_run"})
    assert done.status_code in (200, 303), words(done)
    copy = newest(session)
    assert copy.summary == "另一件" and copy.id != made.id
    given = {code: value for code, value in made.own_values.items() if code != "story"}
    assert copy.own_values == given
    found = client.get("/complaints/?f.own_price_from=1000&f.own_faults=leak&f.is_imported=1")
    assert copy.number in listed(found)


def options_selected(page: str, name: str) -> str:
    found = re.search(rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', page, re.S)
    assert found is not None, name
    chosen = re.search(r'<option[^>]*value="([^"]*)"[^>]*selected', found.group(1))
    return chosen.group(1) if chosen else ""


def test_personal_values_are_masked_and_shown_on_record(
    session: Session, sign_in: SignIn, house: House
) -> None:
    made = registered(session, sign_in, house)
    other = sign_in(house[RoleName.AUDITOR])
    url = f"/complaints/{made.public_id}/"
    assert "采购经理" not in other.get(url).text
    shown = listed(other.get("/complaints/?columns=number,own_job"))
    assert made.number in shown and "采购经理" not in shown and "采**" in shown
    assert made.number not in listed(other.get("/complaints/?f.own_job=采购"))
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
    page = listed(client.get(f"/complaints/{made.public_id}/"))
    assert "规格型号" in page and "买来即漏" in page and "朱红" in page
    shown = listed(client.get("/complaints/?columns=number,own_model,own_story,own_colour&f.own_colour=red"))
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
    history = listed(client.get(f"/complaints/{made.public_id}/"))
    assert "红色" in history and "蓝色" in history
    stale = client.post(url, data=whole(house, own_colour="red", version=version))
    assert stale.status_code == 409 and "蓝色" in stale.text and "红色" in stale.text


def test_the_procedures_page_lists_them(session: Session, sign_in: SignIn, house: House) -> None:
    client = sign_in(house[RoleName.HEAD_OF_QUALITY])
    page = client.get("/procedures/").text
    address = re.findall(r'href="(/procedures/[a-z0-9]{12}/)"', page)
    shown = " ".join(listed(client.get(each)) for each in dict.fromkeys(address))
    assert "自定项目" in shown and "型号" in shown and "多选: 裂纹、渗漏" in shown and "分管领导" in shown


def test_help_says_when_it_is_needed(session: Session, sign_in: SignIn, house: House) -> None:
    page = sign_in(house[RoleName.FIRST_RECEIVER]).get(NEW).text
    assert "受理前须填写" in note_at(page, "own_bought_on") and "办结前须填写" in note_at(page, "own_expert")
