"""What each regulation wants asked at registration: the form asks it with its clause, and the case shows it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from admin_views.complaints.register_form import registration_form
from models import Party
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
from services.errors import Refused
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from tests.factories import actor_of, create_complaint, fire
from tests.factories.intake import settle_checks
from tests.web.screens.asking import (
    CLAUSES,
    FORM_WORDS,
    FURTHER,
    NEW,
    SHOWN,
    VALUES,
    Asked,
    filled,
    house_of,
    newest,
    note_at,
    of,
    options,
    section_of,
)
from tests.web.screens.conftest import SignIn, words


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


OPEN: list[tuple[str, str, tuple[str, ...]]] = [
    ("R05-07", "product-company", ("其他联系方式", "职业", "社会背景")),
    ("R05-08", "product-company", ("包装情形", "投诉量")),
    ("R05-09", "product-company", ("购买经过", "储存经过", "消费经过")),
    ("R07-06", "enterprise-chapters", ("产品规格或服务项目",)),
    ("R09-14", "medical-device-store", ("门店",)),
    ("R13-05", "pharma-manufacturer", ("产品是否已放行", "涉及方面")),
    ("R15-10", "construction-supervision", ("投诉来源",)),
    ("R16-02", "quality-system-admin-office", ("收到方式", "转呈部门")),
    ("R17-05", "pharma-distributor-classic-b", ("投诉人（联系人）",)),
]


@pytest.mark.parametrize(
    ("procedure", "labels"),
    [
        pytest.param(procedure, labels, id=clause, marks=pytest.mark.clause(clause))
        for clause, procedure, labels in OPEN
    ],
)
def test_each_question_of_the_regulation_stays_open_until_it_is_answered(
    session: Session, sign_in: SignIn, procedure: str, labels: tuple[str, ...]
) -> None:
    house = house_of(session, procedure)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    page = client.get(client.post(NEW, data=filled()).headers["Location"]).text
    left = re.findall(r"登记时应问明、尚未记录：([^<]*)<", page)
    assert [label for label in labels if label not in "".join(left)] == []


@pytest.mark.clause("R05-08", "R06-02", "R13-05")
@pytest.mark.parametrize("procedure", ["product-company", "production", "pharma-manufacturer"])
def test_acceptance_waits_for_the_product(session: Session, sign_in: SignIn, procedure: str) -> None:
    house = house_of(session, procedure)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    client.post(NEW, data=filled())
    made = newest(session)
    with pytest.raises(Refused) as refused:
        fire(session, house[RoleName.FIRST_RECEIVER], EventKind.ACCEPT, made.public_id, now=datetime.now(UTC))
    assert "missing_product_name" in [reason.code for reason in refused.value.reasons]


@pytest.mark.clause("R02-02")
def test_a_complainant_of_a_unit_is_an_organisation(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "construction-company")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    client.post(NEW, data=filled(kind_of_complainant="unit"))
    unit = newest(session)
    another = {"summary": "路面开裂", "content": "小区门口新铺的路面开裂，雨天积水。", "key": "r" * 24}
    client.post(NEW, data=filled(kind_of_complainant="individual", **another))
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
    settle_checks(session, made, datetime.now(UTC))
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


def test_the_usual_form_of_a_channel_is_one_that_the_procedure_takes(app: Flask, session: Session) -> None:
    house = house_of(session, "customer-service")
    actor = actor_of(session, house[RoleName.FIRST_RECEIVER])
    version = current_version(session)
    assert version is not None
    takes_both = parsed(version)
    oral = takes_both.intake.oral.model_copy(update={"allowed": False})
    written_only = takes_both.model_copy(
        update={"intake": takes_both.intake.model_copy(update={"oral": oral})}
    )
    for procedure, usual in ((takes_both, "hotline:oral"), (written_only, "hotline:written")):
        with app.test_request_context():
            form = registration_form(procedure, actor, "zh_Hans_CN")()
        assert usual in form.form.render_kw["data-usual"].split()
