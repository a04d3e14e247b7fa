"""Repeated complaints: found among those one may see, linked or recorded on the case, raised, and corrected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Complaint, FurtherReport, Party, RepeatLink, Supervision, User
from models.enums import Channel, EventKind, Likeness, PartyKind, PartySide, RoleName
from services.errors import Invalid, NotPermitted, Refused
from services.operations.correct import correct
from services.operations.link_repeat import link_repeat
from services.operations.register import NewParty
from services.operations.report_again import Report, report_again
from services.operations.unlink_repeat import unlink_repeat
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from services.workflow.likely import Probe, common, likely_repeats, pairs_of, probe_of
from tests.factories import NOW, House, create_house, fire, register_complaint, reread, take
from tests.factories.inquiries import investigate, write_down
from tests.integration.operations.looking import actor_of, events, last_audit, rows, told

R, L = RoleName, Likeness
LIKE = {"product": "电热水壶", "batch": "B-0310"}
WORDS = {"summary": "壶底漏水", "content": "使用两周后壶底开始漏水，插座被打湿，要求换货。"}


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session, "production")
    session.commit()
    return made


def person(phone: str, name: str = "张某") -> tuple[NewParty, ...]:
    return (NewParty(PartySide.COMPLAINANT, PartyKind.PERSON, name, phone),)


def found(session: Session, reader: User, complaint: Complaint, probe: Probe) -> dict[int, set[Likeness]]:
    """What the reader is offered, by complaint."""
    session.info["actor"] = actor_of(session, reader)
    rules = procedure_of(session, complaint).repeats
    return {one.complaint.id: one.reasons for one in likely_repeats(session, rules, probe)}


@pytest.mark.clause("R06-09")
def test_repeats_are_detected_marked_raised_and_supervised(session: Session, house: House) -> None:
    office = house[R.FIRST_RECEIVER]
    first = register_complaint(session, office, parties=person("138-1234 5678"), **LIKE, **WORDS)
    for event in (EventKind.ACCEPT, EventKind.TRANSFER, EventKind.SIGN_FOR):
        take(session, house, first, event, R.HANDLER if event is EventKind.SIGN_FOR else R.FIRST_RECEIVER)
    first = reread(session, first.public_id)
    later = NOW + timedelta(days=30)
    told_cause = investigate(session, house, first)
    write_down(session, house, told_cause, root_cause="密封圈老化")
    cases: tuple[tuple[Likeness, dict[str, Any]], ...] = (
        (L.PHONE, {"phones": ("+86 13812345678",)}),
        (L.BATCH, {"batch": "B-0310"}),
        (L.DEPARTMENT, {"product": "电热水壶", "department_id": first.department_id}),
        (L.CAUSE, {"product": "电热水壶", "cause": "密封圈老化"}),
        (L.TEXT, {"summary": "壶底漏水", "content": "用了两周后壶底开始漏水，打湿了插座，要求换货。"}),
    )
    for likeness, known in cases:
        assert found(session, office, first, Probe(later, **known)) == {first.id: {likeness}}, likeness
    other = {"product": "电饭煲", "batch": "C-1", "summary": "内胆涂层脱落", "content": "第一次使用就掉漆。"}
    assert found(session, office, first, Probe(later, phones=("13900000000",), **other)) == {}
    assert found(session, office, first, Probe(later + timedelta(days=400), batch="B-0310")) == {}

    again = register_complaint(
        session,
        office,
        now=later,
        received_at=later,
        repeat_of=first.public_id,
        repeat_reason="同一批号",
        **LIKE,
    )
    assert again.is_repeat and reread(session, first.public_id).repeat_count == 1
    (link,) = rows(session, RepeatLink, again)
    assert (link.repeats_id, link.reason, link.linked_by_id) == (first.id, "同一批号", office.id)
    # It is solved with emphasis: raised to quality management, supervised, its people told.
    assert reread(session, again.public_id).escalation_level == 2
    (order,) = rows(session, Supervision, again)
    assert (
        order.demand.startswith("重复性质量投诉") and reread(session, again.public_id).supervised_at == later
    )
    assert {"register", "escalate", "supervise"} <= set(events(session, again))
    assert house[R.HEAD_OF_QUALITY].id in told(session, again, "repeated")
    plain = register_complaint(session, office, summary="另一件事")
    assert not plain.is_repeat and rows(session, Supervision, plain) == []


def test_only_what_the_reader_may_see_is_offered(session: Session, house: House) -> None:
    office, leader = house[R.FIRST_RECEIVER], house[R.LEADER].id
    seen = register_complaint(session, office, parties=person("13812345678"), **LIKE)
    hidden = register_complaint(
        session, office, parties=person("13812345678"), confidential=True, named_user_ids=(leader,), **LIKE
    )
    probe = Probe(NOW, phones=("13812345678",), batch="B-0310")
    assert found(session, office, seen, probe) == {seen.id: {L.PHONE, L.BATCH}}
    assert house.outsider is not None
    assert found(session, house.outsider, seen, probe) == {}
    assert hidden.id not in found(session, house[R.HEAD_OF_QUALITY], seen, probe)
    with pytest.raises(Invalid) as fault:
        register_complaint(session, office, repeat_of=hidden.public_id)
    assert set(fault.value.fields) == {"repeat_choice"}


def test_a_further_report_gets_no_number_and_loses_nothing(session: Session, house: House) -> None:
    office = house[R.FIRST_RECEIVER]
    case = register_complaint(session, office, parties=person("13812345678"), **LIKE)
    typed = {"kind": PartyKind.PERSON, "name": "李某", "phone": "13900000000"}
    further = {"place": "杭州", "request": "退货", "passed_on_by": None}
    report = Report(NOW, Channel.EMAIL, "也漏水", "同批水壶也漏水。", typed, further)
    with UnitOfWork(session, actor_of(session, office), NOW) as work:
        report_again(work, case.public_id, report)
    (row,) = rows(session, FurtherReport, case)
    assert (row.content, row.further) == ("同批水壶也漏水。", {"place": "杭州", "request": "退货"})
    assert [party.name for party in rows(session, Party, case)] == ["张某", "李某"]
    assert (
        reread(session, case.public_id).repeat_count == 1
        and last_audit(session, case).action == "further_report.create"
    )
    assert found(session, office, case, Probe(NOW, phones=("139 0000 0000",))) == {case.id: {L.PHONE}}
    fire(
        session,
        office,
        EventKind.MARK_CONFIDENTIAL,
        case,
        reason="保密",
        named_user_ids=(house[R.LEADER].id,),
    )
    with pytest.raises(Invalid), UnitOfWork(session, actor_of(session, office), NOW) as work:
        report_again(work, case.public_id, report)
    session.rollback()
    with pytest.raises(NotPermitted), UnitOfWork(session, actor_of(session, house[R.AUDITOR]), NOW) as work:
        report_again(work, case.public_id, report)


def test_linked_later_and_taken_back_with_its_reason(session: Session, house: House) -> None:
    office = house[R.FIRST_RECEIVER]
    first, second = (register_complaint(session, office, **LIKE) for _ in range(2))
    session.info["actor"] = actor_of(session, office)
    assert [
        one.complaint.id
        for one in likely_repeats(session, procedure_of(session, second).repeats, probe_of(session, second))
    ] == [first.id]
    first_address, address, number = first.public_id, second.public_id, first.number

    def carry_out(operation: Any, where: str, **typed: Any) -> None:
        with UnitOfWork(session, actor_of(session, office), NOW) as work:
            operation(work, where, **typed)

    for wrong in ("没有的号", second.number):
        with pytest.raises(Invalid) as fault:
            carry_out(link_repeat, address, number=wrong, reason="同一问题")
        assert set(fault.value.fields) == {"number"}
        session.rollback()
    carry_out(link_repeat, address, number=number, reason="同一问题")
    for operation, where, typed in (
        (link_repeat, address, {"number": number, "reason": "再次"}),
        (link_repeat, first_address, {"number": reread(session, address).number, "reason": "循环"}),
        (correct, address, {"values": {"is_repeat": False}}),
    ):
        with pytest.raises(Invalid):
            carry_out(operation, where, **typed)
        session.rollback()
    assert reread(session, address).is_repeat
    carry_out(unlink_repeat, address, reason="批号看错了")
    (link,) = rows(session, RepeatLink, reread(session, address))
    assert (link.end_reason, link.ended_by_id) == ("批号看错了", office.id)
    assert not reread(session, address).is_repeat and reread(session, first_address).repeat_count == 0
    with pytest.raises(Refused):
        carry_out(unlink_repeat, address, reason="再次")


def test_words_are_compared_by_neighbouring_characters() -> None:
    assert common(pairs_of("壶底漏水"), pairs_of("壶底 漏水！")) == 1.0
    assert common(pairs_of("壶底漏水"), pairs_of("内胆掉漆")) == 0.0
    assert common(pairs_of(""), pairs_of("漏水")) == 0.0
