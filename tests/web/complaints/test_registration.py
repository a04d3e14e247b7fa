"""Registering a complaint in the browser."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models import Attachment, Complaint, NamedPerson, Party
from models.enums import Channel, PartyKind, PartySide, RoleName, State
from tests.expectations import lifecycle
from tests.unit.attachments import samples
from tests.web.complaints.desk import Desk, fault_at, hidden, tags, typed

R = RoleName
URL = "/complaints/new/"
REGISTRARS = {
    RoleName(role)
    for (event, state, role), to in lifecycle.load().cells.items()
    if event == "register" and to
}
ZONE = ZoneInfo("Asia/Shanghai")


def local(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def filled(**changed: Any) -> dict[str, Any]:
    """Every field of the form, as somebody would fill it in."""
    form = {
        "received_at": local(datetime.now(UTC) - timedelta(hours=2)),
        "channel": "hotline",
        "form": "oral",
        "category": "service",
        "source_reference": "12345-2026-889",
        "summary": "候诊时间过长",
        "content": "上午九点挂号，下午两点才看上病。",
        "request": "要求说明原因。",
        "grounds": "挂号单",
        "product": "内科门诊",
        "batch": "",
        "place": "门诊二楼",
        "occurred_on": (datetime.now(ZONE) - timedelta(days=1)).date().isoformat(),
        "complainant_kind": "person",
        "name": "王小明",
        "phone": "13912345678",
        "email": "wang@example.com",
        "address": "示范路1号",
        "about_kind": "person",
        "about_name": "李医生",
        "about_phone": "010-5555",
        "key": "k" * 24,
    }
    return {name: value for name, value in (form | changed).items() if value is not None}


def newest(desk: Desk) -> Complaint:
    return desk.rows(Complaint)[-1]


@pytest.mark.parametrize("role", list(R))
def test_who_may_register(desk: Desk, role: RoleName) -> None:
    client, before = desk.client(role), len(desk.rows(Complaint))
    page = client.get(URL)
    answer = client.post(URL, data=filled())
    if role not in REGISTRARS:
        assert (page.status_code, answer.status_code) == (403, 403)
        assert len(desk.rows(Complaint)) == before
        return
    assert page.status_code == 200
    made = newest(desk)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/complaints/{made.public_id}/")
    assert made.first_receiver_id == desk.house[role].id
    assert client.get(answer.headers["Location"]).status_code == 200


def test_every_field_arrives(desk: Desk) -> None:
    answer = desk.client(R.FIRST_RECEIVER).post(URL, data=filled())
    assert answer.status_code == 303
    made = newest(desk)
    for key in ("summary", "content", "request", "grounds", "product", "place", "source_reference"):
        assert getattr(made, key) == filled()[key], key
    assert made.batch is None and made.channel is Channel.HOTLINE and made.state is State.REGISTERED
    assert local(made.received_at) == filled()["received_at"]
    assert made.occurred_on.isoformat() == filled()["occurred_on"]
    assert (made.complainant_name, made.complainant_phone) == ("王小明", "13912345678")
    complainant, about = desk.rows(Party, Party.complaint_id == made.id)
    assert (complainant.side, complainant.kind) == (PartySide.COMPLAINANT, PartyKind.PERSON)
    assert (complainant.email, complainant.address) == ("wang@example.com", "示范路1号")
    assert (about.side, about.name, about.phone) == (PartySide.COMPLAINED_ABOUT, "李医生", "010-5555")


FAULTS = [
    ("summary", {"summary": "   "}, "事由"),
    ("summary", {"summary": "长" * 201}, "200"),
    ("content", {"content": ""}, ""),
    ("channel", {"channel": ""}, ""),
    ("channel", {"channel": "telepathy"}, ""),
    ("received_at", {"received_at": ""}, ""),
    ("received_at", {"received_at": "昨天"}, ""),
    ("received_at", {"received_at": local(datetime.now(UTC) + timedelta(hours=3))}, ""),
    ("occurred_on", {"occurred_on": "2126-01-01"}, ""),
    ("occurred_on", {"occurred_on": "2026-13-40"}, ""),
    ("name", {"name": ""}, "匿名"),
    ("phone", {"phone": "1" * 81}, "80"),
    ("passed_on_by", {"channel": "third_party", "passed_on_by": ""}, ""),
    ("named_user_ids", {"confidential": "y"}, ""),
    ("files", {"files": [(b"MZ...", "木马.exe")]}, ""),
]


@pytest.mark.parametrize(("field", "wrong", "word"), FAULTS, ids=lambda each: str(each)[:30])
def test_a_fault_is_told_at_its_field_and_nothing_typed_is_lost(
    desk: Desk, field: str, wrong: dict[str, Any], word: str
) -> None:
    client, counted = desk.client(R.FIRST_RECEIVER), desk.counts()
    files = [(io.BytesIO(content), name) for content, name in wrong.get("files", ())]
    form = filled(**wrong | ({"files": files} if files else {}))
    answer = client.post(URL, data=form)
    assert answer.status_code == 422
    message = fault_at(answer, field)
    assert message and word in message, re.findall(r'id="[\w]+-error" role="alert">.*?</div>', answer.text)
    assert re.search(r"[一-鿿]", message) and not re.search(r"[A-Za-z]{4,}", message.replace(".exe", "")), (
        message
    )
    for name in (
        "summary",
        "content",
        "request",
        "name",
        "phone",
        "email",
        "address",
        "about_name",
        "received_at",
    ):
        # Blanks around a text are nobody's words.
        assert typed(answer, name).strip() == str(form[name]).strip(), name
    assert hidden(answer)["key"] == form["key"]
    assert desk.counts() == counted


def test_a_channel_outside_the_procedure_is_neither_offered_nor_taken(desk: Desk) -> None:
    client = desk.client(R.FIRST_RECEIVER)
    select = client.get(URL).text.split('name="channel"')[1].split("</select>")[0]
    offered = set(re.findall(r'<option[^>]*value="(\w+)"', select))
    others = {channel.value for channel in Channel} - offered
    for channel in others:
        assert client.post(URL, data=filled(channel=channel)).status_code == 422


def test_an_anonymous_complaint_needs_no_name(desk: Desk) -> None:
    answer = desk.client(R.HANDLER).post(URL, data=filled(complainant_kind="anonymous", name="", phone=""))
    assert answer.status_code == 303
    made = newest(desk)
    assert made.is_anonymous and made.complainant_name is None
    party = desk.rows(Party, Party.complaint_id == made.id)[0]
    assert (party.kind, party.name) == (PartyKind.ANONYMOUS, None)
    assert "匿名" in desk.client(R.HANDLER).get(answer.headers["Location"]).text


def test_a_complaint_passed_on_by_somebody_says_by_whom(desk: Desk) -> None:
    offered = desk.client(R.HANDLER).get(URL).text
    if 'value="third_party"' not in offered:
        pytest.skip("not a channel of this procedure")
    answer = desk.client(R.HANDLER).post(URL, data=filled(channel="third_party", passed_on_by="市12345热线"))
    assert answer.status_code == 303 and newest(desk).passed_on_by == "市12345热线"


def test_register_and_accept(desk: Desk) -> None:
    answer = desk.client(R.FIRST_RECEIVER).post(URL, data=filled(and_accept="1"))
    assert answer.status_code == 303 and newest(desk).state is State.ACCEPTED


def test_what_acceptance_lacks_is_said_and_the_registration_stands(desk: Desk) -> None:
    """A handler can't accept: there is no such button, and sending it all the same says why."""
    client = desk.client(R.HANDLER)
    assert not [tag for tag in tags(client.get(URL)) if tag.get("name") == "and_accept"]
    answer = client.post(URL, data=filled(and_accept="1"))
    assert answer.status_code == 303 and newest(desk).state is State.REGISTERED
    assert "已登记" in client.get(answer.headers["Location"]).text


def test_a_form_sent_twice_registers_once(desk: Desk) -> None:
    client = desk.client(R.FIRST_RECEIVER)
    key = hidden(client.get(URL))["key"]
    files = lambda: [(io.BytesIO(samples.PDF), "证据.pdf")]  # noqa: E731  (a stream is read once)
    assert client.post(URL, data=filled(key=key, files=files())).status_code == 303
    counted = desk.counts()
    again = client.post(URL, data=filled(key=key, files=files()))
    assert again.status_code == 303 and desk.counts() == counted
    assert not spooled(desk)
    other = desk.client(R.HANDLER).post(URL, data=filled(key=key + "x"))
    assert other.status_code == 303 and desk.counts()["complaints"] == counted["complaints"] + 1


def spooled(desk: Desk) -> list[str]:
    return [each.name for each in desk.app.extensions["settings"].spool_dir.glob("upload-*")]


def test_files_come_with_it_under_their_chinese_names(desk: Desk) -> None:
    files = [(io.BytesIO(samples.png()), "现场照片 一.png"), (io.BytesIO(samples.PDF), "投诉信（原件）.pdf")]
    answer = desk.client(R.FIRST_RECEIVER).post(URL, data=filled(files=files))
    assert answer.status_code == 303
    kept = desk.rows(Attachment, Attachment.complaint_id == newest(desk).id)
    assert [one.filename for one in kept] == ["现场照片 一.png", "投诉信（原件）.pdf"]
    assert "投诉信（原件）.pdf" in desk.client(R.FIRST_RECEIVER).get(answer.headers["Location"]).text


def test_a_refused_registration_leaves_no_file_behind(desk: Desk) -> None:
    before = spooled(desk)
    files = [(io.BytesIO(samples.png()), "好.png"), (io.BytesIO(b"nothing"), "坏.png")]
    assert desk.client(R.FIRST_RECEIVER).post(URL, data=filled(files=files)).status_code == 422
    late = [(io.BytesIO(samples.png()), "好.png")]
    answer = desk.client(R.FIRST_RECEIVER).post(
        URL, data=filled(files=late, channel="third_party", passed_on_by="")
    )
    assert answer.status_code == 422
    assert spooled(desk) == before


def test_whoever_may_not_add_files_is_offered_none(desk: Desk) -> None:
    assert 'name="files"' not in desk.client(R.ARCHIVIST).get(URL).text
    assert 'name="files"' in desk.client(R.HANDLER).get(URL).text


def test_confidential_with_those_who_may_know(desk: Desk) -> None:
    leader, handler = desk.house[R.LEADER], desk.house[R.HANDLER]
    client = desk.client(R.FIRST_RECEIVER)
    undecided = client.post(URL, data=filled(confidential="y", named_user_ids=[str(handler.id)]))
    assert undecided.status_code == 422 and "领导" in fault_at(undecided, "named_user_ids")
    ticked = [tag for tag in tags(undecided) if tag.get("name") == "named_user_ids" and "checked" in tag]
    assert [tag["value"] for tag in ticked] == [str(handler.id)], "the choice is kept"
    answer = client.post(URL, data=filled(confidential="y", named_user_ids=[str(leader.id)]))
    assert answer.status_code == 303
    made = newest(desk)
    assert made.is_confidential
    named = {one.user_id for one in desk.rows(NamedPerson, NamedPerson.complaint_id == made.id)}
    assert named == {leader.id, desk.house[R.FIRST_RECEIVER].id}
    address = f"/complaints/{made.public_id}/"
    seen = {role: desk.client(role).get(address).status_code for role in R}
    assert {role for role, status in seen.items() if status == 200} == {R.LEADER, R.FIRST_RECEIVER}
    assert seen[R.AUDITOR] == seen[R.HEAD_OF_QUALITY] == 404 and seen[R.ADMINISTRATOR] == 403


def test_named_people_count_only_for_a_confidential_one(desk: Desk) -> None:
    answer = desk.client(R.FIRST_RECEIVER).post(URL, data=filled(named_user_ids=["1"]))
    assert answer.status_code == 303
    assert not desk.rows(NamedPerson, NamedPerson.complaint_id == newest(desk).id)


def test_a_registration_without_token_is_refused(desk: Desk) -> None:
    counted = desk.counts()
    answer = desk.client(R.FIRST_RECEIVER).post(URL, data=filled(), csrf=False)
    assert answer.status_code in (302, 303, 400) and desk.counts() == counted


def test_the_next_one_can_follow_at_once(desk: Desk) -> None:
    answer = desk.client(R.FIRST_RECEIVER).post(URL, data=filled(and_next="1"))
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
