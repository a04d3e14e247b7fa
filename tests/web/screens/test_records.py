"""Generated pages and forms over HTTP: saving, faults at their field, two people at once, foreign relations."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, AuditEntry, ComplaintEvent, Department, Investigation, Measure
from models.enums import EventKind, MeasureStatus, RoleName
from services.actor import SYSTEM
from tests.factories import House, create_complaint
from tests.support.client import DeskClient
from tests.web.screens.conftest import SignIn, words

R = RoleName


@pytest.fixture
def handler(house: House, sign_in: SignIn) -> DeskClient:
    return sign_in(house[R.HANDLER])


def accident(house: House, **changed: Any) -> dict[str, Any]:
    return {
        "title": "输液泵报警",
        "happened_at": "2026-03-01T10:00",
        "department_id": house.ward.public_id,
        "grade": "general",
        "facts": "输液泵反复报警，已更换。",
        "loss": "1200.50",
        **changed,
    }


def all_of(session: Session, model: Any) -> list[Any]:
    session.info["actor"] = SYSTEM
    session.rollback()
    return list(session.scalars(sa.select(model).order_by(model.id)))


def test_an_accident_is_reported_changed_and_its_history_told(
    session: Session, house: House, handler: DeskClient
) -> None:
    answer = handler.post("/accidents/new/", data=accident(house))
    assert answer.status_code == 303
    [made] = all_of(session, Accident)
    assert made.number.startswith("SG-2") and made.reported_by_id == house[R.HANDLER].id
    assert made.happened_at.isoformat() == "2026-03-01T02:00:00+00:00"  # typed on the clock of Shanghai
    url = answer.headers["Location"]
    assert "1,200.50" in words(handler.get(url)) and "2026-03-01 10:00" in words(handler.get(url))
    form = handler.get(f"{url}edit/")
    assert 'value="2026-03-01T10:00"' in form.text
    answer = handler.post(f"{url}edit/", data=accident(house, version="1", cause="电池老化"))
    assert answer.status_code == 303
    assert "电池老化" in words(handler.get(url)).split("变更历史")[1]
    assert [entry.action for entry in all_of(session, AuditEntry) if entry.subject_type == "accident"] == [
        "accident.report",
        "accident.edit",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "长" * 201),
        ("happened_at", "yesterday"),
        ("happened_at", "2999-01-01T10:00"),
        ("loss", "much"),
        ("grade", "nonsense"),
        ("department_id", "zzzzzzzzzzzz"),
        ("department_id", "1"),
        ("complaint_id", "zzzzzzzzzzzz"),
    ],
)
def test_a_fault_is_said_at_its_field_and_nothing_typed_is_lost(
    session: Session, house: House, handler: DeskClient, field: str, value: str
) -> None:
    answer = handler.post("/accidents/new/", data=accident(house, **{field: value}))
    assert answer.status_code == 422
    assert "输液泵反复报警" in answer.text
    faulty = re.findall(r'<div class="field has-error[^>]*data-field="(\w+)"', answer.text)
    assert faulty == [field]
    assert all_of(session, Accident) == []


def test_a_relation_cannot_point_at_what_the_person_does_not_see(
    session: Session, house: House, case: str, sign_in: SignIn
) -> None:
    outsider = sign_in(house.outsider)
    answer = outsider.post("/measures/new/", data={"complaint_id": case, "kind": "training", "text": "培训"})
    assert answer.status_code == 422
    answer = outsider.post(
        "/investigations/new/",
        data={
            "complaint_id": case,
            "title": "x",
            "leader_id": house.outsider.public_id,
            "members-present": "1",
        },
    )
    assert answer.status_code == 422
    answer = outsider.post("/accidents/new/", data=accident(house, department_id=house.ward.public_id))
    assert answer.status_code == 403
    assert all_of(session, Measure) == all_of(session, Investigation) == all_of(session, Accident) == []


def test_ended_departments_and_disabled_accounts_are_not_offered_and_not_taken(
    session: Session, house: House, handler: DeskClient
) -> None:
    session.info["actor"] = SYSTEM
    old = Department(name="旧科室", code="OLD", ended_on=sa.func.current_date())
    session.add(old)
    session.commit()
    address = old.public_id
    session.rollback()
    assert "旧科室" not in handler.get("/accidents/new/").text
    assert handler.get("/accidents/lookup/department_id?q=旧").json == []
    assert handler.get("/accidents/lookup/department_id?q=旧&ended=1").json
    assert handler.post("/accidents/new/", data=accident(house, department_id=address)).status_code == 422


def test_the_second_of_two_people_sees_theirs_and_mine(
    session: Session, house: House, handler: DeskClient, sign_in: SignIn
) -> None:
    url = handler.post("/accidents/new/", data=accident(house)).headers["Location"]
    head = sign_in(house[R.DEPARTMENT_HEAD])
    assert head.post(f"{url}edit/", data=accident(house, version="1", title="他们的")).status_code == 303
    mine = accident(house, version="1", title="我的", product="输液泵")
    conflict = handler.post(f"{url}edit/", data=mine)
    assert conflict.status_code == 409
    assert (
        "他们的" in conflict.text
        and "我的" in conflict.text
        and house[R.DEPARTMENT_HEAD].name in conflict.text
    )
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', conflict.text))
    assert kept["version"] == "2"
    picked = {**kept, "pick-title": "theirs", "pick-product": "yours"}
    picked.pop("csrf_token")
    assert handler.post(f"{url}edit/", data=picked).status_code == 303
    [made] = all_of(session, Accident)
    assert (made.title, made.product, made.facts, made.version) == (
        "他们的",
        "输液泵",
        "输液泵反复报警，已更换。",
        3,
    )


def test_an_investigation_with_team_and_findings_until_its_report(
    session: Session, house: House, case: str, handler: DeskClient, sign_in: SignIn
) -> None:
    leader = house[R.INVESTIGATOR]
    values = {
        "title": "噪音来源",
        "leader_id": leader.public_id,
        "members-0-user_id": house.outsider.public_id,
        "members-0-part": "检测",
    }
    outsider = sign_in(house.outsider)
    assert outsider.get(f"/complaints/{case}/").status_code == 404
    answer = handler.post("/investigations/new/", data={**values, "complaint_id": case})
    url = answer.headers["Location"]
    assert outsider.get(f"/complaints/{case}/").status_code == 200, "a member reads the case"
    investigator = sign_in(leader)
    form = investigator.get(f"{url}edit/").text
    [row] = re.findall(r'name="members-0-id"[^>]*value="(\d+)"', form)
    assert "members-__index__-user_id" in form
    assert investigator.post(f"{url}finish", data={"version": "1", "report": "属实"}).status_code == 422
    findings = {
        "findings-0-allegation": "候诊区过吵",
        "findings-0-verdict": "upheld",
        "findings-0-facts": "65 分贝",
    }
    answer = investigator.post(
        f"{url}edit/", data={**values, **findings, "members-0-id": row, "version": "1"}
    )
    assert answer.status_code == 303
    stale = handler.post(f"{url}edit/", data={**values, "members-0-id": row, "version": "1"})
    assert stale.status_code == 409
    assert "候诊区过吵" in words(handler.get(url))
    assert (
        investigator.post(f"{url}finish", data={"version": "2", "report": "属实，已整改。"}).status_code
        == 303
    )
    assert handler.get(f"{url}edit/").status_code == 303
    events = [one.event for one in all_of(session, ComplaintEvent)]
    assert events.count(EventKind.INVESTIGATED) == 3


def test_rows_taken_out_are_gone_and_the_case_with_them(
    session: Session, house: House, case: str, handler: DeskClient, sign_in: SignIn
) -> None:
    values = {"title": "x", "leader_id": house[R.HANDLER].public_id}
    member = {"members-0-user_id": house.outsider.public_id}
    url = handler.post("/investigations/new/", data={**values, **member, "complaint_id": case}).headers[
        "Location"
    ]
    outsider = sign_in(house.outsider)
    assert outsider.get(url).status_code == 200
    assert (
        handler.post(f"{url}edit/", data={**values, "members-present": "1", "version": "1"}).status_code
        == 303
    )
    assert outsider.get(url).status_code == outsider.get(f"/complaints/{case}/").status_code == 404


def test_a_measure_is_verified_by_somebody_else(
    session: Session, house: House, case: str, handler: DeskClient, sign_in: SignIn
) -> None:
    values = {
        "kind": "training",
        "text": "培训护士",
        "owner_id": house[R.HANDLER].public_id,
        "complaint_id": case,
    }
    url = handler.post("/measures/new/", data=values).headers["Location"]
    assert handler.post(f"{url}verify", data={"version": "1"}).status_code == 422
    assert handler.post(f"{url}carry-out", data={"version": "1", "text": " "}).status_code == 422
    assert handler.post(f"{url}carry-out", data={"version": "1", "text": "已培训"}).status_code == 303
    assert handler.post(f"{url}verify", data={"version": "2"}).status_code == 422
    head = sign_in(house[R.DEPARTMENT_HEAD])
    assert head.post(f"{url}verify", data={"version": "1"}).status_code == 422
    assert head.post(f"{url}verify", data={"version": "2"}).status_code == 303
    [measure] = all_of(session, Measure)
    assert measure.status is MeasureStatus.VERIFIED and measure.verified_by_id == house[R.DEPARTMENT_HEAD].id
    assert head.post(f"{url}drop", data={"version": "3", "text": "x"}).status_code == 422


def test_what_needs_a_token_is_refused_without_one(house: House, handler: DeskClient) -> None:
    for url in ("/accidents/new/", "/complaints/columns", "/complaints/views", "/measures/new/"):
        answer = handler.post(url, data=accident(house), csrf=False, headers={"X-Desk-Fragment": "1"})
        assert answer.status_code == 400, url


def test_no_get_changes_anything(session: Session, house: House, case: str, handler: DeskClient) -> None:
    before = len(all_of(session, AuditEntry))
    for url in ("/accidents/new/", f"/measures/new/?complaint={case}", "/calendar/", "/complaints/?q=x"):
        assert handler.get(url).status_code == 200
    assert len(all_of(session, AuditEntry)) == before


def test_nothing_is_deleted_or_edited_in_the_list(house: House, case: str, handler: DeskClient) -> None:
    for url in ("delete/", "ajax/update/", "action/", "export/csv/", "ajax/lookup/"):
        for answer in (
            handler.post(f"/complaints/{url}", data={"id": case}),
            handler.get(f"/complaints/{url}"),
        ):
            assert answer.status_code in (404, 405), url


def test_the_year_of_a_calendar_is_entered_and_due_dates_follow(
    session: Session, house: House, sign_in: SignIn
) -> None:
    administrator = sign_in(house[R.ADMINISTRATOR])
    year = {
        "year": "2031",
        "source": "国办发明电",
        "holidays": "1月1日\n2031-02-06 至 2031-02-12",
        "make_up": "2031-02-01",
    }
    for wrong in ({"holidays": "some day"}, {"holidays": ""}, {"make_up": "2031-02-03"}, {"year": "2026"}):
        assert administrator.post("/calendar/year", data={**year, **wrong}).status_code == 422, wrong
    assert administrator.post("/calendar/year", data=year).status_code == 303
    assert "2031-02-12" in words(administrator.get("/calendar/?f.kind=holiday"))
    assert administrator.post("/calendar/year", data=year).status_code == 422
    day = {"day": "2026-12-24", "kind": "rest", "reason": "院庆"}
    assert administrator.post("/calendar/new/", data=day).status_code == 303
    assert administrator.post("/calendar/new/", data=day).status_code == 422
    assert sign_in(house[R.HANDLER]).post("/calendar/new/", data=day).status_code == 403


def test_the_trail_is_read_by_its_readers_and_the_chain_is_checked(
    session: Session, house: House, case: str, sign_in: SignIn
) -> None:
    day = {"day": "2026-12-24", "kind": "rest", "reason": "院庆"}
    assert sign_in(house[R.ADMINISTRATOR]).post("/calendar/new/", data=day).status_code == 303
    auditor = sign_in(house[R.AUDITOR])
    page = auditor.get("/audit/")
    address = re.findall(r"/audit/([0-9a-f]{64})/", page.text)[0]
    entry = auditor.get(f"/audit/{address}/")
    assert re.search(r"<code>[0-9a-f]{16}</code>", entry.text), "the id to find the request by is no word"
    assert "完整" in words(auditor.get("/audit/chain")) or "Whole" in words(auditor.get("/audit/chain"))
    assert sign_in(house[R.HANDLER]).get("/audit/").status_code == 403


def test_procedures_are_readable_with_their_clauses(
    session: Session, house: House, handler: DeskClient
) -> None:
    url = re.findall(r"/procedures/[a-z0-9]{12}/", handler.get("/procedures/").text)[0]
    shown = words(handler.get(url))
    assert "R01-13" in shown and "15 个工作日" in shown and "原文未分级" in shown


def test_a_page_of_another_department_stays_closed(session: Session, house: House, sign_in: SignIn) -> None:
    case = create_complaint(session, house, "in_work").public_id
    handler, outsider = sign_in(house[R.HANDLER]), sign_in(house.outsider)
    measure = handler.post(
        "/measures/new/", data={"kind": "training", "text": "培训", "complaint_id": case}
    ).headers["Location"]
    for url in (measure, f"{measure}edit/", f"{measure}carry-out"):
        assert outsider.get(url).status_code == 404
        assert outsider.post(url, data={"version": "1", "text": "x"}).status_code in (404, 405)
