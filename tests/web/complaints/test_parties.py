"""Correcting the parties of a complaint."""

from __future__ import annotations

import re
from typing import Any

import pytest

from models import AuditEntry, Complaint, Party
from models.enums import EventKind, PartyKind, RoleName
from tests.support.client import DeskClient
from tests.web.complaints.desk import FRAGMENT, Desk, fault_at, hidden, typed

R = RoleName


def first_party(desk: Desk, case: str) -> Party:
    return desk.rows(Party, Party.complaint_id == desk.case(case).id)[0]


def filled(**changed: Any) -> dict[str, Any]:
    form = {
        "kind": "person",
        "name": "张大伟",
        "phone": "13700001111",
        "email": "",
        "address": "新路2号",
        "notes": "",
    }
    return form | changed


@pytest.fixture
def case(desk: Desk) -> str:
    return desk.cases.made["in_work"]


@pytest.fixture
def handler(desk: Desk) -> DeskClient:
    return desk.client(R.HANDLER)


def test_a_party_is_corrected_and_the_record_keeps_in_step(
    desk: Desk, handler: DeskClient, case: str
) -> None:
    party = first_party(desk, case)
    url = f"/complaints/{case}/parties/{party.id}"
    assert f'href="{url}"' in handler.get(f"/complaints/{case}/").text
    opened = handler.get(url, headers=FRAGMENT)
    assert opened.status_code == 200 and typed(opened, "name") == party.name
    form = filled(reason="身份证核对") | hidden(opened)
    answer = handler.post(url, data=form, headers=FRAGMENT)
    assert (answer.status_code, answer.headers["X-Desk-Location"]) == (204, f"/complaints/{case}/#people")
    after = first_party(desk, case)
    assert (after.name, after.phone, after.address, after.version) == (
        "张大伟",
        "13700001111",
        "新路2号",
        party.version + 1,
    )
    complaint = desk.case(case)
    assert (complaint.complainant_name, complaint.complainant_phone) == ("张大伟", "13700001111")
    assert complaint.state.value == "in_work"
    event = desk.events(case)[-1]
    assert (event.event, event.text) == (EventKind.CORRECT, "身份证核对")
    entry = desk.rows(AuditEntry, AuditEntry.action == "party.edit")[-1]
    assert entry.before == {"name": "***", "phone": "***", "address": None}
    assert entry.after == {"name": "***", "phone": "***", "address": "***"}
    kept = str([(e.before, e.after, e.reason) for e in desk.rows(AuditEntry)]) + str(
        [e.data for e in desk.events(case)]
    )
    assert "张大伟" not in kept and "13700001111" not in kept
    page = handler.get(f"/complaints/{case}/").text
    assert "身份证核对" in page.split('id="changes"')[1]

    counted = desk.counts()
    assert handler.post(url, data=form, headers=FRAGMENT).status_code == 204
    assert desk.counts() == counted, "a repeated POST"


def test_nothing_changed_leaves_no_trace(desk: Desk, handler: DeskClient, case: str) -> None:
    party = first_party(desk, case)
    url = f"/complaints/{case}/parties/{party.id}"
    counted = desk.counts()
    same = filled(name=party.name, phone=party.phone, address=party.address or "")
    assert handler.post(url, data=same, headers=FRAGMENT).status_code == 204
    assert desk.counts() == counted


def test_two_people_correct_the_same_party(desk: Desk, handler: DeskClient, case: str) -> None:
    """The second sees what the first wrote beside what they typed themselves, and can save over it knowingly."""
    party = first_party(desk, case)
    url = f"/complaints/{case}/parties/{party.id}"
    old = str(party.version)
    assert handler.post(url, data=filled(name="甲", version=old), headers=FRAGMENT).status_code == 204
    stale = handler.post(url, data=filled(name="乙", version=old), headers=FRAGMENT)
    assert stale.status_code == 422 and "他人已修改" in stale.text
    assert typed(stale, "name") == "乙" and ">甲<" in re.sub(r"\s", "", stale.text)
    assert first_party(desk, case).name == "甲"
    again = handler.post(url, data=filled(name="乙", version=hidden(stale)["version"]), headers=FRAGMENT)
    assert again.status_code == 204 and first_party(desk, case).name == "乙"


def test_faults_stand_at_their_fields(desk: Desk, handler: DeskClient, case: str) -> None:
    url = f"/complaints/{case}/parties/{first_party(desk, case).id}"
    counted = desk.counts()
    for field, wrong in (
        ("name", ""),
        ("name", "长" * 201),
        ("phone", "1" * 81),
        ("kind", "robot"),
        ("reason", "长" * 201),
    ):
        answer = handler.post(url, data=filled(**{field: wrong}), headers=FRAGMENT)
        assert answer.status_code == 422 and fault_at(answer, field), field
        assert typed(answer, "address") == "新路2号"
    assert desk.counts() == counted


def test_a_complainant_may_become_anonymous_and_back(desk: Desk, handler: DeskClient, case: str) -> None:
    url = f"/complaints/{case}/parties/{first_party(desk, case).id}"
    assert handler.post(url, data=filled(kind="anonymous"), headers=FRAGMENT).status_code == 204
    complaint = desk.case(case)
    assert complaint.is_anonymous and complaint.complainant_name is None
    assert first_party(desk, case).name is None
    assert handler.post(url, data=filled(), headers=FRAGMENT).status_code == 204
    assert desk.case(case).complainant_name == "张大伟" and not desk.case(case).is_anonymous


def test_a_party_is_added_once(desk: Desk, handler: DeskClient, case: str) -> None:
    url = f"/complaints/{case}/parties/new"
    assert f'href="{url}"' in handler.get(f"/complaints/{case}/").text
    key = hidden(handler.get(url, headers=FRAGMENT))["key"]
    nowhere = handler.post(url, data=filled(key=key), headers=FRAGMENT)
    assert nowhere.status_code == 422 and fault_at(nowhere, "side")
    form = filled(side="complained_about", kind="organisation", name="示范药店", key=key)
    assert handler.post(url, data=form, headers=FRAGMENT).status_code == 204
    counted = desk.counts()
    assert handler.post(url, data=form, headers=FRAGMENT).status_code == 204
    assert desk.counts() == counted
    parties = desk.rows(Party, Party.complaint_id == desk.case(case).id)
    assert [(p.kind, p.name) for p in parties][-1] == (PartyKind.ORGANISATION, "示范药店")
    assert desk.case(case).complainant_name == parties[0].name, "the complainant stays who they were"
    assert desk.rows(AuditEntry, AuditEntry.action == "party.add")[-1].after["name"] == "***"


def test_whoever_reads_the_data_masked_changes_nothing(desk: Desk, case: str) -> None:
    """First the reason why they must be seen, then the correction."""
    url = f"/complaints/{case}/parties/{first_party(desk, case).id}"
    client = desk.client(R.FIRST_RECEIVER)
    page = client.get(f"/complaints/{case}/").text
    assert "/parties/" not in page and f"/complaints/{case}/personal" in page
    for address in (url, f"/complaints/{case}/parties/new"):
        assert client.get(address).status_code == 403
        assert client.post(address, data=filled()).status_code == 403
    client.post(f"/complaints/{case}/personal", data={"reason": "核对电话"})
    assert f'href="{url}"' in client.get(f"/complaints/{case}/").text
    assert client.post(url, data=filled(), headers=FRAGMENT).status_code == 204


def test_only_roles_that_may_correct(desk: Desk, case: str) -> None:
    url = f"/complaints/{case}/parties/{first_party(desk, case).id}"
    for role in (R.ADMINISTRATOR, R.INVESTIGATOR, R.DEPARTMENT_HEAD, R.LEADER, R.ARCHIVIST, R.AUDITOR):
        client = desk.client(role)
        assert client.get(url).status_code == 403
        assert client.post(url, data=filled()).status_code == 403
        if role is not R.ADMINISTRATOR:
            assert "/parties/" not in client.get(f"/complaints/{case}/").text


def test_foreign_and_unknown_ones_are_not_there(desk: Desk, handler: DeskClient, case: str) -> None:
    other = first_party(desk, desk.cases.made["accepted"]).id
    foreign = desk.client(desk.house.outsider)
    own = first_party(desk, case).id
    for client, url in (
        (handler, f"/complaints/{case}/parties/{other}"),
        (handler, f"/complaints/{case}/parties/987654"),
        (handler, f"/complaints/{desk.secret}/parties/{own}"),
        (handler, f"/complaints/zzzzzzzzzzzz/parties/{own}"),
        (foreign, f"/complaints/{case}/parties/{own}"),
        (foreign, f"/complaints/{case}/parties/new"),
    ):
        assert client.get(url).status_code == 404, url
        assert client.post(url, data=filled()).status_code == 404, url


def test_a_case_that_is_over_is_corrected_no_more(desk: Desk) -> None:
    case = desk.cases.made["closed"]
    client = desk.client(R.HANDLER)
    assert "/parties/" not in client.get(f"/complaints/{case}/").text
    counted = desk.counts()
    answer = client.post(
        f"/complaints/{case}/parties/{first_party(desk, case).id}", data=filled(), headers=FRAGMENT
    )
    assert answer.status_code == 422 and "办结" in answer.text
    assert desk.counts() == counted


def test_a_forged_form_is_refused(desk: Desk, handler: DeskClient, case: str) -> None:
    url = f"/complaints/{case}/parties/{first_party(desk, case).id}"
    assert handler.post(url, data=filled(), headers=FRAGMENT, csrf=False).status_code == 400
    assert isinstance(desk.case(case), Complaint)
