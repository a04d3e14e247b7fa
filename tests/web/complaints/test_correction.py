"""Correcting the record: audited, and side by side when two people do it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from werkzeug.test import TestResponse

from models import AuditEntry
from models.enums import EventKind, RoleName
from tests.factories import fire
from tests.web.complaints.desk import Desk, fault_at, hidden, tags, typed

R = RoleName


def as_shown(answer: TestResponse) -> dict[str, str]:
    """What the form would send if nobody typed anything."""
    form = hidden(answer)
    for tag in tags(answer):
        name = tag.get("name")
        if not name or name in form or tag.get("type") in ("hidden", "submit", "search", "checkbox"):
            continue
        if tag["tag"] == "select":
            body = answer.text.split(f'name="{name}"')[1].split("</select>")[0]
            chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"', body)
            form[name] = unescape(chosen.group(1)) if chosen else ""
        elif tag["tag"] in ("input", "textarea"):
            form[name] = typed(answer, name)
    return form


def test_a_correction_is_audited_with_old_and_new(desk: Desk) -> None:
    case = desk.cases.made["in_work"]
    client, url = desk.client(R.HANDLER), f"/complaints/{case}/edit/"
    opened = client.get(url)
    assert opened.status_code == 200
    old = desk.case(case)
    assert typed(opened, "summary") == old.summary
    answer = client.post(url, data=as_shown(opened) | {"place": "门诊三楼"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/complaints/{case}/"), fault_texts(
        answer
    )
    entry = desk.rows(AuditEntry, AuditEntry.action == "complaint.correct")[-1]
    assert (entry.before, entry.after) == ({"place": old.place}, {"place": "门诊三楼"})
    new = desk.case(case)
    assert (new.place, new.state, new.due_at) == ("门诊三楼", old.state, old.due_at)
    assert desk.events(case)[-1].event is EventKind.CORRECT
    assert "门诊三楼" in client.get(f"/complaints/{case}/").text.split('id="changes"')[1]


def fault_texts(answer: TestResponse) -> str:
    return " ".join(re.findall(r"<li>.*?</li>", answer.text.split("error-summary")[-1][:2000]))


def test_two_people_correct_the_second_gets_both_side_by_side(desk: Desk) -> None:
    case = desk.cases.made["in_work"]
    client, url = desk.client(R.HANDLER), f"/complaints/{case}/edit/"
    form = as_shown(client.get(url))
    with desk.session() as session:
        moment = desk.case(case).received_at.replace(day=8)
        fire(session, desk.house[R.FIRST_RECEIVER], EventKind.CORRECT, case,
             values={"place": "他们的地点", "received_at": moment, "category": desk.case(case).category})  # fmt: skip
    mine: dict[str, Any] = form | {"place": "我的地点", "summary": "我的概括"}
    answer = client.post(url, data=mine)
    assert answer.status_code == 409
    assert "他们的地点" in answer.text and "我的地点" in answer.text and "我的概括" in answer.text
    assert desk.house[R.FIRST_RECEIVER].name in answer.text, "who saved first"
    assert desk.case(case).place == "他们的地点"

    names = {tag["name"] for tag in tags(answer) if tag.get("name", "").startswith("pick-")}
    assert names == {"pick-place", "pick-summary", "pick-received_at"}, "only what differs"
    chosen = {
        tag["name"]: tag.get("value", "")
        for tag in tags(answer)
        if tag.get("name") and tag["tag"] == "input" and not tag["name"].startswith("pick-")
    }
    chosen |= {"pick-place": "theirs", "pick-summary": "yours", "pick-received_at": "theirs"}
    again = client.post(url, data=chosen)
    assert again.status_code == 303, fault_texts(again)
    kept = desk.case(case)
    assert (kept.place, kept.summary, kept.received_at) == ("他们的地点", "我的概括", moment)


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(desk: Desk) -> None:
    case = desk.cases.made["in_work"]
    client, url = desk.client(R.HANDLER), f"/complaints/{case}/edit/"
    form = as_shown(client.get(url)) | {"place": "门诊三楼"}
    counted = desk.counts()
    for field, wrong in (
        ("summary", ""),
        ("content", "  "),
        ("received_at", "2126-01-01T00:00"),
        ("channel", ""),
    ):
        answer = client.post(url, data=form | {field: wrong})
        assert answer.status_code == 422 and fault_at(answer, field), field
        assert typed(answer, "place") == "门诊三楼"
    assert desk.counts() == counted


def test_a_case_that_is_over_is_corrected_no_more(desk: Desk) -> None:
    case = desk.cases.made["closed"]
    client, url = desk.client(R.HANDLER), f"/complaints/{case}/edit/"
    answer = client.get(url)
    assert answer.status_code == 303, "no form that could not be saved"
    counted = desk.counts()
    client.post(url, data={"summary": "改", "content": "改", "version": "1"})
    assert desk.counts() == counted


def test_personal_data_and_state_are_not_on_the_form(desk: Desk) -> None:
    case = desk.cases.made["in_work"]
    names = {tag.get("name") for tag in tags(desk.client(R.HANDLER).get(f"/complaints/{case}/edit/"))}
    assert not names & {
        "state",
        "number",
        "complainant_name",
        "complainant_phone",
        "handler_id",
        "department_id",
    }
    forged = {"state": "closed", "complainant_name": "改名"}
    url = f"/complaints/{case}/edit/"
    client = desk.client(R.HANDLER)
    client.post(url, data=as_shown(client.get(url)) | forged)
    assert desk.case(case).state.value == "in_work" and desk.case(case).complainant_name == "张某"
