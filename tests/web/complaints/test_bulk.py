"""Steps over a selection and over everything that matches."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models import ArchiveRecord
from models.enums import EventKind, RoleName, State
from services.procedures.drafting import with_version
from services.procedures.drafts import next_number
from services.procedures.published import publish_text
from services.procedures.registry import PACKS_FOLDER, parse
from tests.factories import fire
from tests.factories.organisation import PROCEDURE
from tests.support.client import DeskClient
from tests.web.complaints.desk import FRAGMENT, Desk, fault_at, hidden

R = RoleName


@pytest.fixture
def leader(desk: Desk) -> DeskClient:
    return desk.client(R.LEADER)


def rowids(desk: Desk, *cases: str) -> list[str]:
    return [f"{case}:{desk.case(case).version}" for case in cases]


def rows_of(answer: TestResponse) -> dict[str, tuple[bool, str]]:
    """The report: done or not, and the reason, by the case's address."""
    found = {}
    for line in re.findall(r"<tr>(.*?)</tr>", answer.text, re.S):
        address = re.search(r'href="/complaints/(\w+)/"', line)
        if address:
            cells = re.findall(r"<td>(.*?)</td>", line, re.S)
            found[address.group(1)] = ("tag-good" in cells[1], re.sub(r"<[^>]+>", "", cells[2]).strip())
    return found


def send(client: DeskClient, event: str, form: dict[str, Any]) -> TestResponse:
    return client.post(f"/complaints/selected/{event}", data=form, headers=FRAGMENT)


def test_a_selection_is_asked_for_then_done_row_by_row(desk: Desk, leader: DeskClient) -> None:
    good, over = desk.cases.made["in_work"], desk.cases.made["closed"]
    stale = desk.cases.made["accepted"]
    chosen = rowids(desk, good, over, stale)
    with desk.session() as session:
        fire(session, desk.house[R.HEAD_OF_QUALITY], EventKind.ESCALATE, stale, reason="先行升级")
    counted = desk.counts()
    first = send(leader, "supervise", {"rowid": chosen})
    assert first.status_code == 200 and 'name="confirmed_count" value="3"' in first.text
    assert desk.counts() == counted, "asking does nothing"
    form = {
        "rowid": chosen,
        "confirmed": "1",
        "confirmed_count": "3",
        "demand": "三日内报告",
        **hidden(first),
    }
    form["rowid"] = chosen
    report = send(leader, "supervise", form)
    assert report.status_code == 200
    rows = rows_of(report)
    assert rows[good] == (True, "")
    assert not rows[over][0] and "办结" in rows[over][1]
    assert not rows[stale][0] and "他人已修改" in rows[stale][1]
    supervised = [
        e for case in (good, over, stale) for e in desk.events(case) if e.event is EventKind.SUPERVISE
    ]
    assert [e.complaint_id for e in supervised] == [desk.case(good).id]

    counted = desk.counts()
    again = send(leader, "supervise", form)
    assert again.status_code == 200 and desk.counts() == counted, "a repeated POST did something"


def test_what_is_not_one_s_own_is_silently_absent(desk: Desk) -> None:
    own = desk.cases.made["in_work"]
    client = desk.client(R.LEADER)
    answer = send(client, "escalate", {"rowid": [own, desk.secret, "zzzzzzzzzzzz", "'; drop", ""]})
    assert answer.status_code == 200 and 'name="confirmed_count" value="1"' in answer.text
    assert desk.case(desk.secret).number not in answer.text
    nothing = send(client, "escalate", {"rowid": [desk.secret]})
    unknown = send(client, "escalate", {"rowid": ["zzzzzzzzzzzz"]})
    assert (nothing.status_code, unknown.status_code) == (200, 200)
    assert 'name="confirmed_count"' not in nothing.text or 'value="0"' in nothing.text
    done = send(client, "escalate", {
        "rowid": [own, desk.secret], "confirmed": "1", "confirmed_count": "1", "reason": "需协调", "key": "k" * 20,
    })  # fmt: skip
    assert set(rows_of(done)) == {own}
    assert not [e for e in desk.events(desk.secret) if e.event is EventKind.ESCALATE]


def token_of(client: DeskClient, query: str) -> str:
    text = client.get(f"/complaints/?{query}").text
    found = re.search(r'name="filter" value="([^"]+)"', text)
    assert found, "the list offers everything that matches"
    return found.group(1)


def test_everything_that_matches_wants_its_number_confirmed(desk: Desk, leader: DeskClient) -> None:
    token = token_of(leader, "f.state=in_work")
    opened = send(leader, "urge", {"filter": token, "all_matching": "1"})
    number = int(re.search(r'name="confirmed_count" value="(\d+)"', opened.text).group(1))  # type: ignore[union-attr]
    listed = leader.get("/complaints/?f.state=in_work").text
    assert number == len([c for c in desk.rows(type(desk.case(desk.secret))) if c.state is State.IN_WORK
                          and c.public_id in visible(desk, leader)])  # fmt: skip
    assert listed
    form = {"filter": token, "all_matching": "1", "confirmed": "1", "text": "请尽快", "key": "k" * 20}
    counted = desk.counts()
    for count in ({}, {"confirmed_count": str(number - 1)}, {"confirmed_count": "all"}):
        refused = send(leader, "urge", form | count)
        assert refused.status_code == 422 and f'value="{number}"' in refused.text
        assert "请尽快" in refused.text, "what was typed is kept"
    assert desk.counts() == counted
    desk.fresh("in_work")
    changed = send(leader, "urge", form | {"confirmed_count": str(number)})
    assert changed.status_code == 422 and f'name="confirmed_count" value="{number + 1}"' in changed.text
    done = send(leader, "urge", form | {"confirmed_count": str(number + 1)})
    rows = rows_of(done)
    assert done.status_code == 200 and len(rows) == number + 1
    urged = [c for c in rows if any(e.event is EventKind.URGE for e in desk.events(c))]
    assert sorted(urged) == sorted(case for case, (was_done, _) in rows.items() if was_done)


def visible(desk: Desk, client: DeskClient) -> set[str]:
    text = client.get("/complaints/?f.state=in_work&page_size=200").text
    return set(re.findall(r'name="rowid" value="(\w+)', text))


def test_a_forged_filter_matches_nothing_foreign(desk: Desk) -> None:
    token = token_of(desk.client(R.LEADER), "")
    outsider = desk.client(desk.house.outsider)  # type: ignore[arg-type]
    answer = send(outsider, "escalate", {"filter": token, "all_matching": "1"})
    assert answer.status_code in (200, 422)
    assert desk.case(desk.cases.made["in_work"]).number not in answer.text
    broken = send(desk.client(R.LEADER), "escalate", {"filter": "eyJ-broken", "all_matching": "1"})
    assert broken.status_code == 422


def test_faults_are_told_before_anything_is_done(desk: Desk, leader: DeskClient) -> None:
    case = desk.cases.made["in_work"]
    counted = desk.counts()
    answer = send(
        leader, "supervise", {"rowid": [case], "confirmed": "1", "confirmed_count": "1", "demand": ""}
    )
    assert answer.status_code == 422 and fault_at(answer, "demand")
    forged = leader.post(
        "/complaints/selected/supervise", data={"rowid": [case]}, headers=FRAGMENT, csrf=False
    )
    assert forged.status_code == 400
    assert desk.counts() == counted


def test_an_extension_of_many_finds_the_time_limit_of_each(desk: Desk, leader: DeskClient) -> None:
    cases = [desk.fresh("in_work").public_id for _ in range(2)]
    opened = send(leader, "extend", {"rowid": rowids(desk, *cases)})
    codes = re.findall(
        r'<option[^>]*value="(\w+)"', opened.text.split('name="clock"')[1].split("</select>")[0]
    )
    done: dict[str, tuple[bool, str]] = {}
    for number, code in enumerate(codes):
        form = {"rowid": rowids(desk, *cases), "confirmed": "1", "confirmed_count": "2", "clock": code, "amount": "2",
                "reason": "待专家意见", "told_how": "电话", "key": f"{number}" * 20}  # fmt: skip
        rows = rows_of(send(leader, "extend", form))
        if all(was_done for was_done, _reason in rows.values()):
            done = rows
            break
    assert set(done) == set(cases)


def test_more_than_one_act_takes_is_refused_not_cut(
    desk: Desk, leader: DeskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Doing a part of what was asked without a word would look like all of it."""
    from admin_views.complaints import steps

    monkeypatch.setattr(steps, "MOST", 2)
    cases = [desk.cases.made[name] for name in ("in_work", "accepted", "dispatched")]
    answer = send(leader, "urge", {"rowid": cases})
    assert answer.status_code == 422 and "2" in answer.text and 'name="confirmed_count"' not in answer.text


def test_a_transfer_of_many_offers_no_file(desk: Desk, leader: DeskClient) -> None:
    answer = send(leader, "transfer", {"rowid": [desk.cases.made["in_work"]]})
    assert 'name="receiver"' in answer.text and 'name="files"' not in answer.text


def test_filing_many_asks_once_why_a_part_is_missing(desk: Desk) -> None:
    """Where the procedure of one of them wants a part that may be missing; those that lack it keep the reason."""
    archivist, plain = desk.client(R.ARCHIVIST), desk.fresh("closed").public_id
    assert 'name="absent_reason"' not in send(archivist, "archive", {"rowid": [plain]}).text
    text = (PACKS_FOLDER / f"{PROCEDURE}.yaml").read_text(encoding="utf-8")
    wanted = "  contents: [{part: evidence, assumption: {zh: 自定, en: Ours}}]\n"
    text = re.sub(r"^archive:\n", f"archive:\n{wanted}", text, flags=re.M)
    with desk.session() as session:
        text = with_version(text, next_number(session, PROCEDURE))
        publish_text(session, parse(text), text, datetime.now(UTC))
        session.commit()
    lacking = desk.fresh("closed").public_id
    opened = send(archivist, "archive", {"rowid": [plain, lacking]})
    assert 'name="absent_reason"' in opened.text and "取证资料" in opened.text
    form = {
        "rowid": [plain, lacking],
        "confirmed": "1",
        "confirmed_count": "2",
        "catalogue": "答复函",
        "pages": "3",
    }
    done = rows_of(send(archivist, "archive", {**form, "key": "a" * 20}))
    assert done[plain][0] and not done[lacking][0] and "取证资料" in done[lacking][1], (
        "each row says what it lacks"
    )
    again = {**form, "rowid": [lacking], "confirmed_count": "1", "absent_reason": "来电咨询，无需取证"}
    assert rows_of(send(archivist, "archive", {**again, "key": "b" * 20}))[lacking] == (True, "")
    kept = {record.complaint_id: record.catalogue for record in desk.rows(ArchiveRecord)}
    assert "来电咨询，无需取证" in kept[desk.case(lacking).id]
    assert "来电咨询" not in kept[desk.case(plain).id]


@pytest.mark.parametrize("role", [R.ADMINISTRATOR, R.AUDITOR, R.HANDLER])
def test_who_may_not_take_the_step_may_not_take_it_over_many(desk: Desk, role: RoleName) -> None:
    assert send(desk.client(role), "supervise", {"rowid": [desk.cases.made["in_work"]]}).status_code == 403
