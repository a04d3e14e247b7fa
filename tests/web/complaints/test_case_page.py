"""The page of one complaint: who reads what on it, and what it offers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from models import AuditEntry, Party
from models.enums import EventKind, RoleName, State
from tests.expectations import lifecycle
from tests.factories import arrange_cover, fire
from tests.web.complaints.desk import FRAGMENT, Desk, fault_at, settled, tags

R = RoleName
READERS = [role for role in R if role is not R.ADMINISTRATOR]
NAME, PHONE = "张某", "13800000000"
EXPECTED = lifecycle.load()
WITHOUT_DIALOG = {"register", "correct"}


def page(desk: Desk, who, case: str):
    """The page; whoever has to say first what they need an archived case for has said it."""
    client, address = desk.client(who), f"/complaints/{case}/"
    answer = client.get(address)
    if answer.headers.get("Location") == f"{address}consult":
        client.post(f"{address}consult", data={"purpose": "复核"})
        answer = client.get(address)
    return answer


def offered(answer, case: str) -> set[str]:
    """Events that the page lets its reader start: its buttons and its form for notes."""
    addresses = {tag.get("href") or tag.get("action") or "" for tag in tags(answer)}
    found = re.findall(rf"/complaints/{case}/(\w+)(?: |$)", " ".join(sorted(addresses)))
    if f"/complaints/{case}/edit/" in addresses:
        found.append("correct")
    return set(found) - {"personal", "edit", "parties"}


@pytest.mark.parametrize("state", [state.value for state in State])
def test_what_the_page_offers_is_what_the_lifecycle_allows(desk: Desk, state: str) -> None:
    """Everything possible is there and nothing else; what a role could do but this person can't is greyed."""
    case = desk.cases.made[state]
    wrong = []
    for role in READERS:
        answer = page(desk, role, case)
        assert answer.status_code == 200
        possible = {
            event
            for event in EXPECTED.events
            if EXPECTED.cell(event, state, role.value) and event != "register"
        }
        links, greyed = offered(answer, case), answer.text.count("data-refuse=")
        if links - possible or len(possible - links) != greyed:
            wrong.append(
                f"{role.value}: too much {links - possible}, missing {possible - links}, grey {greyed}"
            )
    assert not wrong, "\n".join(wrong)


def test_the_administrator_opens_no_case(desk: Desk) -> None:
    assert page(desk, R.ADMINISTRATOR, desk.cases.made["in_work"]).status_code == 403


@pytest.mark.parametrize("role", READERS)
def test_personal_data_are_plain_for_those_who_work_on_the_case_only(desk: Desk, role: RoleName) -> None:
    case = desk.cases.made["in_work"]
    text = page(desk, role, case).text
    works_on_it = role is R.HANDLER  # first receiver on record, handler and who answers for it
    assert (NAME in text, PHONE in text) == (works_on_it, works_on_it)
    assert ("138****0000" in text) is not works_on_it
    may_ask = role not in (R.HANDLER, R.ARCHIVIST, R.AUDITOR)
    assert (f"/complaints/{case}/personal" in text) is may_ask


def test_personal_data_are_shown_for_a_reason_on_record_for_a_while_and_one_case(desk: Desk) -> None:
    case, other = desk.cases.made["in_work"], desk.cases.made["accepted"]
    client = desk.client(R.LEADER)
    assert client.get(f"/complaints/{case}/personal").status_code == 200
    for reason in ("", "   "):
        refused = client.post(f"/complaints/{case}/personal", data={"reason": reason})
        assert refused.status_code == 422 and fault_at(refused, "reason"), refused.text[:500]
    assert PHONE not in client.get(f"/complaints/{case}/").text
    assert not [e for e in desk.events(case) if e.event is EventKind.REVEALED]

    done = client.post(f"/complaints/{case}/personal", data={"reason": "回电核实"}, headers=FRAGMENT)
    assert (done.status_code, done.headers["X-Desk-Location"]) == (204, f"/complaints/{case}/#people")
    text = client.get(f"/complaints/{case}/").text
    assert NAME in text and PHONE in text
    assert PHONE not in client.get(f"/complaints/{other}/").text
    assert PHONE not in desk.client(R.LEADER).get(f"/complaints/{case}/").text, (
        "another session of the same person"
    )
    revealed = [e for e in desk.events(case) if e.event is EventKind.REVEALED]
    assert [(e.text, e.actor_id) for e in revealed] == [("回电核实", desk.house[R.LEADER].id)]
    entries = desk.rows(AuditEntry, AuditEntry.action == "complaint.reveal")
    assert [entry.reason for entry in entries] == ["回电核实"]

    with client.session_transaction() as kept:
        until = datetime.fromisoformat(kept["revealed"][case])
        assert timedelta(minutes=14) < until - datetime.now(UTC) <= timedelta(minutes=15)
        kept["revealed"] = {case: (datetime.now(UTC) - timedelta(seconds=1)).isoformat()}
    assert PHONE not in client.get(f"/complaints/{case}/").text


def test_who_may_not_reveal_is_refused(desk: Desk) -> None:
    case = desk.cases.made["in_work"]
    for role in (R.AUDITOR, R.ARCHIVIST, R.ADMINISTRATOR):
        client = desk.client(role)
        assert client.get(f"/complaints/{case}/personal").status_code == 403
        assert client.post(f"/complaints/{case}/personal", data={"reason": "想看"}).status_code == 403
    assert desk.client(desk.house.outsider).post(
        f"/complaints/{case}/personal", data={"reason": "想看"}
    ).status_code == 404  # fmt: skip


def test_a_confidential_case_opens_for_those_named_and_no_one_else(desk: Desk) -> None:
    """All the house's people are named on this one; the laboratory's are not, whatever their role."""
    case = desk.cases.made["name_person@in_work"]
    number = desk.case(case).number
    text = page(desk, R.LEADER, case).text
    assert number in text and "保密" in text
    assert desk.house[R.HANDLER].name in text, "who else knows of it"
    client = desk.client(desk.house.outsider)
    unknown, answer = client.get("/complaints/zzzzzzzzzzzz/"), client.get(f"/complaints/{case}/")
    assert answer.status_code == unknown.status_code == 404
    assert settled(answer, case) == settled(unknown, "zzzzzzzzzzzz")


def test_a_confidential_case_does_not_show_to_a_leader_who_is_not_named(desk: Desk) -> None:
    case = desk.cases.made["in_work"]
    with desk.session() as session:
        fire(session, desk.house[R.FIRST_RECEIVER], EventKind.MARK_CONFIDENTIAL, case,
             named_user_ids=(desk.house[R.HEAD_OF_QUALITY].id,), reason="举报")  # fmt: skip
    seen = {role: page(desk, role, case).status_code for role in READERS}
    named = {R.FIRST_RECEIVER, R.HEAD_OF_QUALITY}
    assert {role for role, status in seen.items() if status == 200} >= named
    for role in (R.LEADER, R.AUDITOR, R.ARCHIVIST, R.INVESTIGATOR, R.DEPARTMENT_HEAD):
        assert seen[role] == 404, role


def test_the_note_of_a_page_is_noted_once(desk: Desk) -> None:
    case = desk.cases.made["in_work"]
    client = desk.client(R.HANDLER)
    form = client.get(f"/complaints/{case}/").text.split('class="note-form"')[1].split("</form>")[0]
    sent = dict(re.findall(r'name="(version|key)" value="([^"]+)"', form)) | {"text": "已致电"}
    assert len(sent["key"]) > 20
    for _time in range(2):
        assert client.post(f"/complaints/{case}/note", data=sent).status_code == 303
    notes = [e for e in desk.events(case) if e.event is EventKind.NOTE]
    assert [e.text for e in notes] == ["已致电"]


def test_acts_through_a_leave_cover_say_for_whom(desk: Desk) -> None:
    deputy = desk.house[R.INVESTIGATOR]
    case = desk.cases.made["dispatched"]
    with desk.session() as session:
        arrange_cover(session, desk.house[R.HANDLER], deputy)
        session.commit()
    client = desk.client(deputy)
    done = client.post(f"/complaints/{case}/sign_for", data={"note": "代签"}, headers=FRAGMENT)
    assert done.status_code == 204, done.text
    event = desk.events(case)[-1]
    assert (event.actor_id, event.on_behalf_of_name) == (deputy.id, desk.house[R.HANDLER].name)
    text = page(desk, R.LEADER, case).text
    assert re.search(rf"(代|为)[^<]{{0,6}}{re.escape(desk.house[R.HANDLER].name)}", text), "for whom"


def test_the_page_prints_with_its_head_and_speaks_two_languages(desk: Desk) -> None:
    case = desk.cases.made["in_work"]
    client = desk.client(R.LEADER)
    text = client.get(f"/complaints/{case}/").text
    assert '<html lang="zh' in text and "办理中" in text
    assert desk.house[R.LEADER].name in text.split("print-foot")[1][:200]
    client.post("/preferences", data={"language": "en"})
    english = client.get(f"/complaints/{case}/").text
    assert '<html lang="en' in english and "Printed by" in english
    chinese = set(re.findall(r">\s*([一-鿿]+)\s*</(?:button|h2|h3|th|dt)>", english))
    assert chinese <= {"中文"}, "headings and labels in Chinese"


def test_statements_of_the_page_are_few_and_do_not_grow(desk: Desk) -> None:
    case = desk.cases.made["in_work"]
    client = desk.client(R.LEADER)
    client.get(f"/complaints/{case}/")
    with desk.statements() as first:
        client.get(f"/complaints/{case}/")
    for number in range(8):
        with desk.session() as session:
            fire(session, desk.house[R.LEADER], EventKind.NOTE, case, text=f"第{number}条")
            session.add(
                Party(complaint_id=desk.case(case).id, side="complainant", kind="person", name=f"李{number}")
            )
            session.commit()
    with desk.statements() as second:
        client.get(f"/complaints/{case}/")
    assert len(second) <= len(first), f"{len(first)} → {len(second)}"
    assert len(first) <= 45, f"{len(first)} statements\n" + "\n".join(sorted(s[:90] for s in first))


def test_why_this_date(desk: Desk) -> None:
    case = desk.cases.made["in_work"]
    address = re.search(r"/complaints/due/\w+", page(desk, R.HANDLER, case).text).group(0)  # type: ignore[union-attr]
    answer = desk.client(R.HANDLER).get(address)
    assert answer.status_code == 200 and re.search(r"R\d\d", answer.text), "with its clause"
    assert desk.client(desk.house.outsider).get(address).status_code == 404
    assert desk.client(R.ADMINISTRATOR).get(address).status_code == 403
    english = desk.client(R.HANDLER)
    english.post("/preferences", data={"language": "en"})
    assert '<html lang="en' in english.get(address).text
