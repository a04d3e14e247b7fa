"""Archive, reopening, merging, referral."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models import ArchiveRecord, ArchiveSeal
from models.enums import EventKind, RoleName, State
from services.errors import Invalid, Refused
from tests.factories import House, create_complaint, fire, take, valid_form
from tests.integration.operations.looking import clocks, events, last_event, leads, rows, told, values

E = EventKind
R = RoleName


@pytest.mark.clause("R01-08", "R01-11")
def test_filed_with_its_written_result(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "closed")
    take(session, house, complaint, E.ARCHIVE, R.ARCHIVIST, file_number="TS-2026-7001")
    [record] = rows(session, ArchiveRecord, complaint)
    assert (record.file_number, record.pages, record.retention_years) == ("TS-2026-7001", 12, 10)
    assert len(record.digest or "") == 64
    assert record.review_on is not None and record.review_on.year == 2036
    assert values(session, complaint)["state"] is State.ARCHIVED
    [seal] = rows(session, ArchiveSeal, complaint)
    assert (seal.digest, seal.row_count, seal.ended_at) == (record.digest, record.sealed_rows, None)


def test_a_file_number_is_taken_once_even_by_a_hidden_file(session: Session, house: House) -> None:
    named = (house[R.LEADER].id, house[R.ARCHIVIST].id, house[R.FIRST_RECEIVER].id)
    hidden = create_complaint(session, house, "refused", confidential=True, named_user_ids=named)
    take(session, house, hidden, E.ARCHIVE, R.ARCHIVIST, file_number="X-1")
    complaint = create_complaint(session, house, "closed")
    for number in ("X-1", " X-1 "):
        with pytest.raises(Invalid) as caught:
            take(session, house, complaint, E.ARCHIVE, R.ARCHIVIST, file_number=number)
        assert set(caught.value.fields) == {"file_number"}


def test_reopened_for_another_round(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "satisfied")
    for _ in range(3):
        take(session, house, complaint, E.ESCALATE, R.HANDLER)
    with pytest.raises(Refused):
        take(session, house, complaint, E.ESCALATE, R.HANDLER)
    take(session, house, complaint, E.CLOSE, R.LEADER)
    take(session, house, complaint, E.ARCHIVE, R.ARCHIVIST)
    take(session, house, complaint, E.REOPEN, R.LEADER)
    now = values(session, complaint)
    assert (now["state"], now["round"], now["escalation_level"]) == (State.ACCEPTED, 2, 0)
    assert now["closed_at"] is now["archived_at"] is now["close_kind"] is now["handler_id"] is None
    assert now["responsible_id"] == house[R.LEADER].id
    assert rows(session, ArchiveRecord, complaint)[0].ended_at is not None
    runs = clocks(session, complaint)
    assert runs["dispose", 1].state.value == "met"
    assert runs["dispose", 2].state.value == "running"
    assert leads(session, complaint) == ["ended"]
    assert told(session, complaint, "reopened") == {house[R.HANDLER].id}
    take(session, house, complaint, E.ESCALATE, R.LEADER)
    take(session, house, complaint, E.TRANSFER, R.FIRST_RECEIVER)
    take(session, house, complaint, E.SIGN_FOR, R.HANDLER)
    take(session, house, complaint, E.SUBMIT_OPINION, R.HANDLER)
    with pytest.raises(Refused):
        take(session, house, complaint, E.REPLY, R.FIRST_RECEIVER)


def test_merged_into_one_that_is_carried_on(session: Session, house: House) -> None:
    first, second, third = (create_complaint(session, house) for _ in range(3))
    for into, merged in ((second, first), (third, second)):
        fire(
            session,
            house[R.FIRST_RECEIVER],
            E.MERGE,
            merged,
            **valid_form(E.MERGE, house, master=into),
        )
    assert {values(session, one)["master_id"] for one in (first, second)} == {third.id}
    assert values(session, first)["state"] is State.MERGED
    assert events(session, third) == ["register", "merge"]
    assert last_event(session, third).data == {"merged": second.number}
    take(session, house, third, E.CLOSE_ON_SPOT, R.HANDLER)
    take(session, house, third, E.ARCHIVE, R.ARCHIVIST)
    assert values(session, first)["archived_at"] == values(session, third)["archived_at"]


def test_not_merged_into_itself_the_ended_or_the_hidden(session: Session, house: House) -> None:
    complaint = create_complaint(session, house)
    ended = create_complaint(session, house, "closed")
    named = (house[R.LEADER].id, house[R.FIRST_RECEIVER].id)
    seen = create_complaint(session, house, confidential=True, named_user_ids=named)
    hidden = create_complaint(session, house, confidential=True, named_user_ids=(house[R.LEADER].id,))
    messages = []
    for master in (complaint, ended, seen, hidden):
        with pytest.raises(Invalid) as caught:
            fire(
                session,
                house[R.FIRST_RECEIVER],
                E.MERGE,
                complaint,
                **valid_form(E.MERGE, house, master=master),
            )
        messages.append(str(caught.value.fields["master_number"]))
    with pytest.raises(Invalid) as caught:
        fire(session, house[R.FIRST_RECEIVER], E.MERGE, complaint, master_number="TS-1", reason="同一事项")
    assert len(set(messages)) == 4
    assert str(caught.value.fields["master_number"]) == messages[-1], "hidden and unknown read the same"


@pytest.mark.clause("R01-15")
def test_sent_to_the_statutory_route_with_the_explanation(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "in_work")
    take(session, house, complaint, E.STATUTORY_ROUTE, R.LEADER)
    now = values(session, complaint)
    assert now["end_reason"] == "医疗事故鉴定\n已向投诉人说明。"
    assert (now["state"], now["due_at"], leads(session, complaint)) == (
        State.STATUTORY_ROUTE,
        None,
        ["ended"],
    )


def test_refused_with_clause_and_route(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "refused")
    assert last_event(session, complaint).clause == "R01-15"
    assert last_event(session, complaint).data["second_person_id"] == house[R.LEADER].id
    assert values(session, complaint)["end_reason"] == "不属于本院职责。\n可向卫生行政部门反映。"
