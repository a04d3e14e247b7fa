"""What each regulation wants asked at registration: the form asks it with its clause, and the case shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Party
from models.enums import (
    Category,
    Channel,
    ComplaintForm,
    EventKind,
    FollowUpResult,
    PartyKind,
    PartySide,
    RoleName,
)
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.errors import Refused
from tests.factories import House, create_complaint, create_house, fire
from tests.web.screens.conftest import SignIn, words

NEW = "/complaints/new/"
FURTHER = "其他信息"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Asked:
    """What one clause puts on the registration form of its procedure."""

    clause: str
    procedure: str
    fields: Sequence[str] = ()
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Select → the codes that it offers, all of them."""
    channels: Sequence[str] = ()


CLAUSES = [
    Asked(
        "R01-05",
        "hospital-complaint-office",
        ("name", "phone", "address", "request", "grounds", "content"),
    ),
    Asked("R02-01", "construction-company", (), {"category_code": ("building", "road", "bridge", "other")}),
    Asked("R02-02", "construction-company", (), {"kind_of_complainant": ("individual", "unit")}),
    Asked("R02-03", "construction-company", ("about_kind", "about_name")),
    Asked("R04-01", "general-quality", ("form", "request"), {}, ("letter", "hotline", "visit", "email")),
    Asked("R04-03", "general-quality", (), {"category_code": ("product", "service", "other")}),
    Asked("R04-09", "general-quality", ("name", "phone", "content")),
    Asked(
        "R05-01",
        "product-company",
        (),
        {"kind_of_complainant": ("customer", "media", "authority")},
        ("third_party", "superior"),
    ),
    Asked(
        "R05-07",
        "product-company",
        ("name", "phone", "email", "own_other_contacts", "own_occupation", "own_background"),
    ),
    Asked("R05-08", "product-company", ("product", "batch", "place", "own_packaging", "own_quantity")),
    Asked(
        "R05-09",
        "product-company",
        ("grounds", "own_purchase_course", "own_storage_course", "own_use_course"),
    ),
    Asked("R06-01", "production", ("name", "phone", "content")),
    Asked(
        "R07-01",
        "enterprise-chapters",
        (),
        {"kind_of_complainant": ("internal", "external")},
        ("visit", "internal"),
    ),
    Asked("R07-05", "enterprise-chapters", ("received_at", "channel")),
    Asked("R07-06", "enterprise-chapters", ("product", "own_specification")),
    Asked("R07-16", "enterprise-chapters", ("content",)),
    Asked(
        "R08-01",
        "pharma-distributor-classic-a",
        (),
        {"kind_of_complainant": ("purchasing_unit",), "category_code": ("medicine", "work")},
    ),
    Asked(
        "R08-09", "pharma-distributor-classic-a", ("form",), {"nature": ("report", "opinion", "suggestion")}
    ),
    Asked("R09-14", "medical-device-store", ("own_shop", "content"), {}, ("visit",)),
    Asked("R10-02", "three-level", ("name", "content", "received_at")),
    Asked(
        "R11-01",
        "company-24h-3d-7d",
        (),
        {"kind_of_complainant": ("customer", "employee", "supplier", "other_party")},
    ),
    Asked(
        "R11-02", "company-24h-3d-7d", ("own_claim_amount",), {"nature": ("opinion", "suggestion", "claim")}
    ),
    Asked(
        "R13-05",
        "pharma-manufacturer",
        ("product", "batch", "content", "form", "own_released", "own_aspect"),
        {"own_released": ("released", "not_released")},
        ("hotline", "email", "online"),
    ),
    Asked("R13-06", "pharma-manufacturer", (), {"category_code": ("medical", "quality", "counterfeit")}),
    Asked(
        "R14-01", "medical-device-aftersales", ("product",), {"category_code": ("product", "service", "work")}
    ),
    Asked(
        "R15-01",
        "construction-supervision",
        (),
        {
            "kind_of_complainant": ("citizen", "legal_person", "other_organisation"),
            "category_code": ("engineering", "integrity", "other"),
        },
        ("letter", "hotline", "visit"),
    ),
    Asked(
        "R15-10",
        "construction-supervision",
        ("content", "own_origin"),
        {"own_origin": ("superior", "direct")},
        ("superior",),
    ),
    Asked(
        "R16-02",
        "quality-system-admin-office",
        ("name", "phone", "passed_on_by", "own_arrival", "own_passing_department"),
        {"own_arrival": ("direct", "passed_on")},
    ),
    Asked("R16-03", "quality-system-admin-office", ("content", "grounds", "request")),
    Asked("R17-05", "pharma-distributor-classic-b", ("name", "own_contact_person", "content", "received_at")),
    Asked("R18-03", "factory", ("name", "received_at", "product", "content")),
    Asked("R18-04", "factory", (), {"category_code": ("nonconforming", "defect", "after_sales")}),
]

VALUES = {
    "name": "星河贸易",
    "phone": "13912340000",
    "email": "xinghe@example.com",
    "address": "示范路18号",
    "request": "要求退换并说明原因",
    "grounds": "购货单与照片为凭",
    "content": "三月九日收到的货物与样品不符。",
    "product": "甲型阀门",
    "batch": "B-20260309",
    "place": "城东门店",
    "passed_on_by": "市场部转来",
    "about_kind": "organisation",
    "about_name": "二号项目部",
    "form": "oral",
    "own_other_contacts": "微信 xinghe",
    "own_occupation": "采购员",
    "own_background": "社区代表",
    "own_packaging": "纸箱破损",
    "own_quantity": "12.5",
    "own_purchase_course": "三月一日在城东购入",
    "own_storage_course": "常温库房存放",
    "own_use_course": "开箱即见裂纹",
    "own_specification": "DN50",
    "own_claim_amount": "1200.50",
    "own_released": "released",
    "own_aspect": "safety",
    "own_origin": "superior",
    "own_arrival": "direct",
    "own_contact_person": "李经理",
}
FORM_WORDS = {ComplaintForm.WRITTEN: "书面", ComplaintForm.ORAL: "口头", ComplaintForm.ELECTRONIC: "电子"}
SHOWN = {
    "own_claim_amount": "1,200.50",
    "own_released": "已放行",
    "own_aspect": "安全性",
    "own_origin": "上级领导批转",
    "own_arrival": "直接收到",
    "form": "口头",
    "about_kind": "二号项目部",
    "channel": "来电热线",
}


def of(clause: Asked) -> Any:
    return pytest.param(clause, id=clause.clause, marks=pytest.mark.clause(clause.clause))


def section_of(page: str, name: str) -> str:
    """The title of the part of the form that a field stands in."""
    for part in page.split('<fieldset class="panel form-section"')[1:]:
        if f'data-field="{name}"' in part:
            found = re.search(r"<legend>(.*?)</legend>", part)
            return unescape(found.group(1)) if found else ""
    return ""


def note_at(page: str, name: str) -> str:
    """What is said below a field."""
    found = re.search(rf'id="{name}-help"[^>]*>(.*?)</p>', page, re.S)
    return re.sub(r"<[^>]+>", "", unescape(found.group(1))) if found else ""


def options(page: str, name: str) -> list[str]:
    """The values that a select offers, without the empty one."""
    found = re.search(rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', page, re.S)
    return (
        [value for value in re.findall(r'<option[^>]*value="([^"]*)"', found.group(1)) if value]
        if found
        else []
    )


def house_of(session: Session, procedure: str) -> House:
    session.info["actor"] = SYSTEM
    house = create_house(session, procedure)
    session.commit()
    return house


def filled(**changed: Any) -> dict[str, Any]:
    received = (datetime.now(UTC) - timedelta(hours=2)).astimezone(SHANGHAI)
    form = {
        "received_at": received.strftime("%Y-%m-%dT%H:%M"),
        "channel": "hotline",
        "form": "written",
        "summary": "货样不符",
        "content": VALUES["content"],
        "complainant_kind": "person",
        "name": VALUES["name"],
        "key": "q" * 24,
    }
    return {name: value for name, value in (form | changed).items() if value is not None}


def newest(session: Session) -> Complaint:
    session.rollback()
    with unscoped(session, "a test looks at the result"):
        return session.scalars(sa.select(Complaint).order_by(Complaint.id.desc())).first()  # type: ignore[return-value]


@pytest.mark.parametrize("clause", [of(each) for each in CLAUSES])
def test_the_form_asks_it_and_the_case_shows_it(session: Session, sign_in: SignIn, clause: Asked) -> None:
    house = house_of(session, clause.procedure)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    page = client.get(NEW).text
    for name in clause.fields:
        assert section_of(page, name) not in ("", FURTHER), name
        assert clause.clause in note_at(page, name), name
    for name, codes in clause.lists.items():
        assert options(page, name) == list(codes), name
    for channel in clause.channels:
        assert channel in options(page, "channel")

    typed = {name: VALUES[name] for name in clause.fields if name in VALUES}
    for name, codes in clause.lists.items():
        typed.setdefault(name, codes[-1])
    if "own_shop" in clause.fields:
        client.get("/complaints/lookup/own_shop")
        typed["own_shop"] = house.ward.public_id
    if clause.channels and clause.channels[-1] != "third_party":
        typed["channel"] = clause.channels[-1]
    answer = client.post(NEW, data=filled(**typed))
    assert answer.status_code == 303, answer.text
    shown = words(client.get(answer.headers["Location"]))
    for name, value in typed.items():
        if name in clause.fields:
            assert SHOWN.get(name, value) in shown or name == "own_shop", name
    made = newest(session)
    if "own_shop" in clause.fields:
        assert made.own_values["shop"] == house.ward.id and "内科" in shown
    for column, name in (
        ("category_code", "category_code"),
        ("nature", "nature"),
        ("complainant_kind", "kind_of_complainant"),
    ):
        if name in clause.lists:
            assert getattr(made, column) == clause.lists[name][-1]
            found = client.get(f"/complaints/?f.{column}={clause.lists[name][-1]}&columns=number,{column}")
            assert made.number in found.text
            other = clause.lists[name][0]
            if other != clause.lists[name][-1]:
                assert made.number not in words(client.get(f"/complaints/?f.{column}={other}"))


def test_what_is_not_asked_for_stands_apart_and_is_still_taken(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "three-level")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    page = client.get(NEW).text
    assert section_of(page, "product") == section_of(page, "batch") == FURTHER
    assert client.post(NEW, data=filled(product="甲型阀门")).status_code == 303
    assert newest(session).product == "甲型阀门"


def test_what_was_asked_and_is_open_is_told_until_it_is_recorded(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "product-company")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    url = client.post(NEW, data=filled(product="甲型阀门")).headers["Location"]
    told = words(client.get(url))
    assert "登记时应问明、尚未记录" in told and "包装情形" in told
    edit = f"{url}edit/"
    page = client.get(edit).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    form = filled(product="甲型阀门", own_packaging="纸箱破损", version=version.group(1))
    assert client.post(edit, data=form).status_code == 303
    assert newest(session).own_values == {"packaging": "纸箱破损"}
    assert "包装情形、" not in words(client.get(url)).split("尚未记录")[1][:80]


@pytest.mark.clause("R02-02")
def test_a_complainant_of_a_unit_is_an_organisation(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "construction-company")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    client.post(NEW, data=filled(kind_of_complainant="unit"))
    unit = newest(session)
    client.post(NEW, data=filled(kind_of_complainant="individual", key="r" * 24))
    person = newest(session)
    with unscoped(session, "a test looks at the result"):
        kinds = {
            party.complaint_id: party.kind
            for party in session.scalars(sa.select(Party).where(Party.side == PartySide.COMPLAINANT))
        }
    assert kinds == {unit.id: PartyKind.ORGANISATION, person.id: PartyKind.PERSON}


@pytest.mark.clause("R04-01", "R08-09", "R13-05")
@pytest.mark.parametrize(
    "procedure", ["general-quality", "pharma-distributor-classic-a", "pharma-manufacturer"]
)
@pytest.mark.parametrize("form", list(ComplaintForm))
def test_oral_written_and_electronic_complaints_are_registered(
    session: Session, sign_in: SignIn, procedure: str, form: ComplaintForm
) -> None:
    house = house_of(session, procedure)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    url = client.post(NEW, data=filled(form=form.value)).headers["Location"]
    assert newest(session).form is form
    assert FORM_WORDS[form] in words(client.get(url))
    listed = client.get(f"/complaints/?f.form={form.value}")
    assert newest(session).number in listed.text


@pytest.mark.clause("R04-03", "R13-06", "R18-04")
@pytest.mark.parametrize(
    ("procedure", "code", "category"),
    [
        ("general-quality", "service", Category.SERVICE),
        ("pharma-manufacturer", "counterfeit", Category.COUNTERFEIT),
        ("factory", "after_sales", Category.SERVICE),
    ],
)
def test_the_desks_category_follows_from_the_procedures(
    session: Session, sign_in: SignIn, procedure: str, code: str, category: Category
) -> None:
    house = house_of(session, procedure)
    sign_in(house[RoleName.FIRST_RECEIVER]).post(NEW, data=filled(category_code=code))
    made = newest(session)
    assert (made.category_code, made.category) == (code, category)


@pytest.mark.clause("R06-01")
def test_the_receiving_department_registers(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "production")
    client = sign_in(house[RoleName.HANDLER])
    url = client.post(NEW, data=filled()).headers["Location"]
    made = newest(session)
    assert (made.receiving_department_id, made.first_receiver_id) == (
        house.ward.id,
        house[RoleName.HANDLER].id,
    )
    assert "内科" in words(client.get(url))


@pytest.mark.clause("R07-16")
def test_a_description_must_be_there(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "enterprise-chapters")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    answer = client.post(NEW, data=filled(content=""))
    assert answer.status_code == 422 and 'id="content-error" role="alert"' in answer.text
    assert "R07-16" in note_at(answer.text, "content")


@pytest.mark.clause("R08-01", "R17-05")
@pytest.mark.parametrize("procedure", ["pharma-distributor-classic-a", "pharma-distributor-classic-b"])
def test_the_register_names_who_complains_before_acceptance(
    session: Session, sign_in: SignIn, procedure: str
) -> None:
    house = house_of(session, procedure)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    client.post(NEW, data=filled(complainant_kind="anonymous", name=None))
    made = newest(session)
    with pytest.raises(Refused) as refused:
        fire(session, house[RoleName.FIRST_RECEIVER], EventKind.ACCEPT, made.public_id, now=datetime.now(UTC))
    codes = [reason.code for reason in refused.value.reasons]
    assert "anonymous" in codes and "missing_complainant_organisation" in codes


@pytest.mark.clause("R11-02")
def test_a_claim_is_accepted_once_its_amount_is_known(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "company-24h-3d-7d")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    url = client.post(NEW, data=filled(nature="claim")).headers["Location"]
    dialog = client.get(f"{url}accept", headers={"X-Desk-Fragment": "1"})
    assert "索赔金额" in dialog.text and f"{url}edit/#own_claim_amount" in dialog.text
    made = newest(session)
    with pytest.raises(Refused):
        fire(session, house[RoleName.FIRST_RECEIVER], EventKind.ACCEPT, made.public_id, now=datetime.now(UTC))
    session.rollback()
    client.post(
        f"{url}edit/", data=filled(nature="claim", own_claim_amount="1200.50", version=str(made.version))
    )
    made = newest(session)
    assert made.own_values == {"claim_amount": "1200.50"}
    fire(session, house[RoleName.FIRST_RECEIVER], EventKind.ACCEPT, made.public_id, now=datetime.now(UTC))
    listed = client.get("/complaints/?columns=number,own_claim_amount&f.own_claim_amount_from=1000")
    assert made.number in listed.text and "1,200.50" in listed.text
    assert made.number not in words(client.get("/complaints/?f.own_claim_amount_from=2000"))


@pytest.mark.clause("R16-02")
def test_what_was_passed_on_names_the_department(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "quality-system-admin-office")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    refused = client.post(NEW, data=filled(own_arrival="passed_on"))
    assert refused.status_code == 422 and 'id="own_passing_department-error" role="alert"' in refused.text
    form = filled(own_arrival="passed_on", own_passing_department=house.laboratory.public_id)
    url = client.post(NEW, data=form).headers["Location"]
    assert newest(session).own_values["passing_department"] == house.laboratory.id
    assert "检验科" in words(client.get(url))
    found = client.get(f"/complaints/?f.own_passing_department={house.laboratory.public_id}")
    assert newest(session).number in found.text
    elsewhere = client.get(f"/complaints/?f.own_passing_department={house.ward.public_id}")
    assert newest(session).number not in words(elsewhere)


@pytest.mark.clause("R09-14")
def test_the_shops_quality_head_is_the_first_to_be_told(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "medical-device-store")
    client = sign_in(house[RoleName.HANDLER])
    url = client.post(NEW, data=filled(own_shop=house.ward.public_id)).headers["Location"]
    made = newest(session)
    fire(
        session,
        house[RoleName.HANDLER],
        EventKind.ESCALATE,
        made.public_id,
        now=datetime.now(UTC),
        reason="请尽快处理。",
    )
    session.commit()
    assert "门店质量负责人" in words(client.get(url))


@pytest.mark.clause("R04-09")
def test_one_page_holds_content_process_resolution_and_feedback(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "general-quality")
    made = create_complaint(session, house, "following_up")
    said = {"result": FollowUpResult.SATISFIED, "channel": Channel.HOTLINE, "words": "对处理表示满意。"}
    fire(session, house[RoleName.FIRST_RECEIVER], EventKind.FOLLOW_UP, made, execution="已换货。", **said)
    url = f"/complaints/{made.public_id}/"
    session.commit()
    page = words(sign_in(house[RoleName.FIRST_RECEIVER]).get(url))
    assert "在内科门诊等候三小时" in page and "要求说明并改进" in page  # content
    for event in ("登记", "受理", "转办", "签收", "提交处理意见", "审批", "答复", "回访"):  # process
        assert event in page, event
    assert "情况属实，已整改" in page and "特此答复" in page  # resolution
    assert "对处理表示满意" in page  # feedback
    form = sign_in(house[RoleName.FIRST_RECEIVER]).get(NEW).text
    assert all("R04-09" in note_at(form, name) for name in ("name", "phone", "content"))
