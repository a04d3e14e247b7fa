"""The dialog of every step: shown, carried out once, refused with what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

import pytest

from admin_views.complaints.calling import OPERATIONS
from admin_views.complaints.step_forms import FIELDS
from models import AuditEntry
from models.enums import EventKind, RoleName, State
from tests.expectations import lifecycle
from tests.factories import fire
from tests.support.client import DeskClient
from tests.web.complaints.desk import FRAGMENT, Desk, fault_at, hidden, settled, typed

E, R = EventKind, RoleName
EXPECTED = lifecycle.load()
UNKNOWN = "zzzzzzzzzzzz"
EVENTS = list(OPERATIONS)
NO_FAULT_POSSIBLE = {
    E.ACCEPT,
    E.SIGN_FOR,
    E.RESUME,
    E.START_FOLLOW_UP,
    E.SIGN_CO_HANDLING,
    E.TAKE_ON,
    E.ARCHIVE,
}
"""Their dialogs ask for nothing that must be typed (a file number may stay empty: the pages, too, in ARCHIVE)."""


def posted(form: Mapping[str, Any]) -> dict[str, Any]:
    """A valid form of the factories as the browser sends it."""
    said: dict[str, Any] = {}
    if "person_id" in form:
        said["receiver"] = f"{form['department_id']}:{form['person_id']}"
    for name, value in form.items():
        if (name in ("department_id", "person_id") and "person_id" in form) or value is None:
            continue
        if isinstance(value, bool):
            said |= {name: "y"} if value else {}
        elif isinstance(value, Enum):
            said[name] = value.value
        elif isinstance(value, datetime):
            said[name] = value.strftime("%Y-%m-%dT%H:%M")
        else:
            said[name] = [str(each) for each in value] if isinstance(value, tuple) else str(value)
    return said


def chances(event: EventKind) -> list[tuple[str, RoleName]]:
    """States and roles in which the event is possible, best first."""
    return [
        (state, RoleName(role))
        for (one, state, role), targets in EXPECTED.cells.items()
        if one == event.value and targets
    ]


def first_chance(desk: Desk, event: EventKind) -> tuple[str, Any, str]:
    """A case, somebody who may fire the event on it, and its state."""
    if event is E.EXTEND:  # before the time is over: the others' cases are of last spring
        return desk.fresh("in_work").public_id, desk.house[R.LEADER], "in_work"
    liked = {E.ADD_CO_HANDLER: "in_work", E.REQUEST_EXTENSION: "in_work", E.PAUSE: "in_work"}
    found = chances(event)
    found.sort(key=lambda one: one[0] != liked.get(event, one[0]))
    for state, role in found:
        if role is R.HANDLER and event is E.CLOSE_ON_SPOT and state != "registered":
            continue
        case = desk.cases.of(event, state, role)
        actor = desk.cases.actor(event, state, role)
        user = desk.house[role]
        if actor.user_id != user.id:
            user = next(u for u in desk.users() if u.id == actor.user_id)
        return case, user, state
    raise AssertionError(event)


Opened = tuple[DeskClient, str, str, dict[str, Any]]


@pytest.fixture
def opened(desk: Desk) -> Callable[[EventKind], Opened]:
    """Client, case, address of the dialog, and a valid form with the hidden fields of the page."""

    def open_dialog(event: EventKind) -> Opened:
        case, user, _state = first_chance(desk, event)
        client, url = desk.client(user), f"/complaints/{case}/{event.value}"
        answer = client.get(url, headers=FRAGMENT)
        assert answer.status_code == 200, answer.text[:300]
        form = posted(desk.form(event, case)) | {
            name: value for name, value in hidden(answer).items() if name in ("version", "key")
        }
        assert len(form["key"]) > 20 and form["version"]
        return client, case, url, form

    return open_dialog


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.value)
def test_a_step_is_carried_out_once(
    desk: Desk, opened: Callable[[EventKind], Opened], event: EventKind
) -> None:
    client, case, url, form = opened(event)
    before = len([e for e in desk.events(case) if e.event is event])
    audited = len(desk.rows(AuditEntry))
    done = client.post(url, data=form, headers=FRAGMENT)
    assert done.status_code == 204, f"{done.status_code} {fault_texts(done)}"
    assert done.headers["X-Desk-Location"] in (f"/complaints/{case}/", "/complaints/")
    events = [e for e in desk.events(case) if e.event is event]
    assert len(events) == before + 1
    written = [entry.action for entry in desk.rows(AuditEntry)[audited:]]
    assert written.count(f"complaint.{event.value}") == 1, written

    counted = desk.counts()
    again = client.post(url, data=form, headers=FRAGMENT)
    assert again.status_code == 204, f"{again.status_code} {fault_texts(again)}"
    assert desk.counts() == counted, "a repeated POST did something"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.value)
def test_a_step_refuses_what_it_must(
    desk: Desk, opened: Callable[[EventKind], Opened], event: EventKind
) -> None:
    client, case, url, form = opened(event)
    counted = desk.counts()

    forged = client.post(url, data=form, headers=FRAGMENT, csrf=False)
    assert forged.status_code == 400, "no token"

    if event is E.NOTE:  # a note adds; whatever others did meanwhile, it stays true
        return
    stale = client.post(url, data=form | {"version": str(int(form["version"]) - 1 or 99)}, headers=FRAGMENT)
    assert stale.status_code == 422 and "他人已修改" in stale.text, fault_texts(stale)
    assert hidden(stale)["version"] == form["version"], "the new version, so that sending again works"
    assert hidden(stale)["key"] == form["key"]
    for name in FIELDS[event]:
        # Why a part of the file does not exist is asked only where one is missing.
        offered = name != "absent_reason" or 'name="absent_reason"' in stale.text
        if isinstance(form.get(name), str) and name != "receiver" and offered:
            assert form[name] in stale.text, f"{name} lost"

    if event not in NO_FAULT_POSSIBLE:
        empty = client.post(url, data={name: form[name] for name in ("version", "key")}, headers=FRAGMENT)
        assert empty.status_code == 422
        assert any(fault_at(empty, name) for name in FIELDS[event]), "no message at any field"

    for address in (desk.secret, UNKNOWN):
        for answer in (
            client.get(url.replace(case, address)),
            client.post(url.replace(case, address), data=form),
        ):
            assert answer.status_code == 404
    foreign, unknown = (client.get(url.replace(case, address)) for address in (desk.secret, UNKNOWN))
    assert settled(foreign, desk.secret) == settled(unknown, UNKNOWN)

    allowed = {role for _state, role in chances(event)}
    for role in set(R) - allowed:
        other = desk.client(role)
        assert other.get(url).status_code == 403, role
        assert other.post(url, data=form).status_code == 403, role
    assert desk.counts() == counted


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.value)
def test_a_step_from_the_wrong_state_says_so(desk: Desk, event: EventKind) -> None:
    _case, user, _state = first_chance(desk, event)
    possible = {state for state, _role in chances(event)}
    wrong = next((state for state in ("archived", "registered", "closed") if state not in possible), None)
    if wrong is None:
        pytest.skip("possible everywhere")
    client, case = desk.client(user), desk.cases.made[wrong]
    counted = desk.counts()
    url = f"/complaints/{case}/{event.value}"
    answer = client.get(url, headers=FRAGMENT)
    if answer.status_code in (403, 404):  # a co-handler of another department never saw this one
        assert user.department_id == desk.house.laboratory.id
        return
    with desk.app.test_request_context():
        label = str(State(wrong).label)
    assert answer.status_code == 200 and 'class="missing"' in answer.text and label in answer.text
    form = posted(desk.form(event, case)) | {"version": hidden(answer)["version"], "key": "x" * 24}
    refused = client.post(url, data=form, headers=FRAGMENT)
    assert refused.status_code == 422 and 'class="missing"' in refused.text
    assert desk.counts() == counted


def fault_texts(answer: Any) -> str:
    """What a refused dialog says, for the message of a failed test."""
    import re

    parts = re.findall(r'class="(?:error-summary|missing)".*?</ul>', answer.text, re.S)
    return re.sub(r"<[^>]+>|\s+", " ", " ".join(parts)) or answer.text[:200]


def test_without_a_dialog_a_step_leads_to_the_page(desk: Desk, opened: Callable[[EventKind], Opened]) -> None:
    client, case, url, form = opened(E.NOTE)
    done = client.post(url, data=form)
    assert (done.status_code, done.headers["Location"]) == (303, f"/complaints/{case}/")
    assert form["text"] in client.get(f"/complaints/{case}/").text


def test_the_dialog_of_closing_lists_what_is_missing_with_links(desk: Desk) -> None:
    case = desk.cases.made["replied"]
    answer = desk.client(R.LEADER).get(f"/complaints/{case}/close", headers=FRAGMENT)
    assert answer.status_code == 200
    assert f'href="/complaints/{case}/#reply"' in answer.text
    page = desk.client(R.LEADER).get(f"/complaints/{case}/").text
    assert 'id="reply"' in page, "the link leads somewhere"


@pytest.mark.parametrize("anchor", ["people", "clocks", "opinion", "reply", "measures", "investigations"])
def test_every_place_that_a_gate_names_is_on_the_page(desk: Desk, anchor: str) -> None:
    text = desk.client(R.LEADER).get(f"/complaints/{desk.cases.made['in_work']}/").text
    assert text.count(f'id="{anchor}"') == 1


def test_files_with_chinese_names_go_along_with_a_transfer(
    desk: Desk, opened: Callable[[EventKind], Opened]
) -> None:
    import io

    from models import Attachment
    from tests.unit.attachments import samples

    client, case, url, form = opened(E.TRANSFER)
    bad = client.post(url, data=form | {"files": [(io.BytesIO(b"MZ"), "病毒.exe")]}, headers=FRAGMENT)
    assert bad.status_code == 422 and fault_at(bad, "files")
    assert form["instruction"] == typed(bad, "instruction")
    good = client.post(
        url, data=form | {"files": [(io.BytesIO(samples.PDF), "领导批示.pdf")]}, headers=FRAGMENT
    )
    assert good.status_code == 204, fault_texts(good)
    kept = desk.rows(Attachment, Attachment.complaint_id == desk.case(case).id)
    assert [one.filename for one in kept] == ["领导批示.pdf"]


def test_two_at_the_same_form_the_second_is_told(desk: Desk, opened: Callable[[EventKind], Opened]) -> None:
    """Somebody else acts between opening and sending: nothing is done, nothing typed is lost, sending again works."""
    client, case, url, form = opened(E.SUPERVISE)
    with desk.session() as session:
        fire(session, desk.house[R.HEAD_OF_QUALITY], E.ESCALATE, case, reason="先行升级")
    stale = client.post(url, data=form, headers=FRAGMENT)
    assert stale.status_code == 422 and typed(stale, "demand") == form["demand"]
    again = client.post(url, data=form | {"version": hidden(stale)["version"]}, headers=FRAGMENT)
    assert again.status_code == 204


def test_words_beyond_any_limit_are_refused_at_their_field(
    desk: Desk, opened: Callable[[EventKind], Opened]
) -> None:
    for event, name in (
        (E.REFUSE, "clause"),
        (E.APPROVE, "meaning"),
        (E.REFER, "authority"),
        (E.EXTEND, "told_how"),
    ):
        client, _case, url, form = opened(event)
        answer = client.post(url, data=form | {name: "长" * 201}, headers=FRAGMENT)
        assert answer.status_code == 422 and fault_at(answer, name), event
