"""Old ledgers coming in: all rows or none, each once, with everything that belongs to a complaint."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from models.enums import CloseKind, EventKind, RoleName, State
from services.access.permissions import Permission
from services.access.scope import unscoped
from services.access.visibility import audiences_of
from services.actor import SYSTEM
from services.errors import NotPermitted
from services.ledger.checking import Answered, Options, Unanswered
from services.ledger.headings import find_heading
from services.ledger.importing import remembered_mapping
from services.ledger.promoting import FaultyLedger
from services.ledger.source import open_sheets
from tests.factories.organisation import House, create_user
from tests.integration.ledger.conftest import acting, check, ledger_at, take
from tests.support.workbooks import HEADINGS, write_sheet

ROWS = [
    (7, "王五", "噪音", "2019/4/25 9:32:09", "\n\t内容一 ", "已收悉", "2019/5/10 14:56:53"),
    (8, "", "物业", "2019-04-26", "内容二", "", ""),
    ("009", "李四", "物业", datetime(2018, 1, 2, 3, 4, 5), "内容二", None, None),
]


def sheet(folder: Path, *rows: object, headings: tuple[str, ...] = HEADINGS, name: str = "old.xlsx") -> Path:
    return write_sheet(folder / name, [headings, *rows])  # type: ignore[list-item]


def everything(session: Session, model: type) -> list:
    session.rollback()
    with unscoped(session, "test"):
        return list(session.scalars(sa.select(model).order_by(model.id)))


def test_rows_become_complaints(session: Session, house: House, tmp_path: Path) -> None:
    actor = acting(session, house)
    outcome = take(session, actor, ledger_at(sheet(tmp_path, *ROWS)))
    assert (outcome.read, outcome.written, outcome.already_here) == (3, 3, 0)
    third, first, second = everything(session, m.Complaint)  # written in the order of receipt
    assert (first.source_reference, first.complainant_name, first.summary) == ("7", "王五", "噪音")
    assert (first.content, first.reply_text) == ("\n\t内容一 ", "已收悉")
    assert first.received_at == datetime(2019, 4, 25, 1, 32, 9, tzinfo=UTC)
    assert first.replied_at == first.closed_at == datetime(2019, 5, 10, 6, 56, 53, tzinfo=UTC)
    assert (first.state, first.close_kind) == (State.CLOSED, CloseKind.IMPORTED)
    assert (second.state, second.is_anonymous, second.complainant_name) == (State.ACCEPTED, True, None)
    assert third.source_reference == "009"
    assert all(each.is_imported and not each.is_confidential for each in (first, second, third))
    assert [each.number for each in (first, second, third)] == [
        "TS-2019-000001",
        "TS-2019-000002",
        "TS-2018-000001",
    ]


def test_what_belongs_to_a_complaint(session: Session, house: House, tmp_path: Path) -> None:
    take(session, acting(session, house), ledger_at(sheet(tmp_path, *ROWS)))
    events = everything(session, m.ComplaintEvent)
    assert [event.event for event in events] == [EventKind.IMPORTED] * 3
    assert [event.data["row"] for event in events] == [4, 2, 3]
    assert [(party.name, party.kind.value) for party in everything(session, m.Party)] == [
        ("李四", "person"), ("王五", "person"), (None, "anonymous"),
    ]  # fmt: skip
    assert [reply.text for reply in everything(session, m.Reply)] == ["已收悉"]
    for model in (m.ClockRun, m.OutboxMessage, m.Notice, m.Assignment):
        assert everything(session, model) == []
    entries = [entry for entry in everything(session, m.AuditEntry) if entry.action == "ledger.imported"]
    assert len(entries) == 1
    assert entries[0].after["rows"] == 3 and len(entries[0].after["sha256"]) == 64


def test_visibility_is_what_the_desk_itself_would_write(
    session: Session, house: House, tmp_path: Path
) -> None:
    headings = (*HEADINGS, "承办部门", "承办人", "受理人")
    ward, handler = house.ward.name, house[RoleName.HANDLER].name
    rows = [
        (*ROWS[0], ward, handler, ""),
        (*ROWS[1], "", "", ""),
        (*ROWS[2], ward, "", house[RoleName.LEADER].login),
    ]
    take(session, acting(session, house), ledger_at(sheet(tmp_path, *rows, headings=headings)))
    for complaint in everything(session, m.Complaint):
        with unscoped(session, "test"):
            written = set(
                session.scalars(
                    sa.select(m.ComplaintVisibility.audience).where(
                        m.ComplaintVisibility.complaint_id == complaint.id
                    )
                )
            )
            assert written == audiences_of(session, complaint)
    first = everything(session, m.Complaint)[1]
    assert (first.department_id, first.handler_id) == (house.ward.id, house[RoleName.HANDLER].id)


def test_the_same_file_again_adds_nothing(session: Session, house: House, tmp_path: Path) -> None:
    actor = acting(session, house)
    path = sheet(tmp_path, *ROWS)
    take(session, actor, ledger_at(path))
    again = take(session, actor, ledger_at(path))
    assert (again.written, again.already_here, again.batch.imported_at) == (0, 3, None)
    more = take(
        session,
        actor,
        ledger_at(sheet(tmp_path, *ROWS, (10, "赵六", "新", "2019-06-01", "x", "", ""), name="b.xlsx")),
    )
    assert (more.written, more.already_here) == (1, 3)
    assert len(everything(session, m.Complaint)) == 4


def test_somebody_elses_second_import_adds_nothing_either(
    session: Session, house: House, tmp_path: Path
) -> None:
    path = sheet(tmp_path, *ROWS)
    take(session, acting(session, house), ledger_at(path))
    assert take(session, acting(session, house, RoleName.HEAD_OF_QUALITY), ledger_at(path)).written == 0


def test_numbers_begin_anew_every_year_and_rows_still_differ(
    session: Session, house: House, tmp_path: Path
) -> None:
    one, other = ROWS[0], (7, "王五", "噪音", "2020/4/25 9:32:09", "\n\t内容一 ", "", "")
    assert take(session, acting(session, house), ledger_at(sheet(tmp_path, one, other, one))).written == 2


def test_without_a_number_equal_rows_are_counted(session: Session, house: House, tmp_path: Path) -> None:
    headings, row = ("主题", "投诉时间", "内容"), ("噪音", "2019-01-01", "太吵")
    actor = acting(session, house)
    path = sheet(tmp_path, row, row, headings=headings)
    assert take(session, actor, ledger_at(path)).written == 2
    assert take(session, actor, ledger_at(path)).written == 0


def test_every_fault_has_its_place_and_nothing_is_written(
    session: Session, house: House, tmp_path: Path
) -> None:
    headings = (*HEADINGS, "承办部门", "渠道")
    rows = [
        (*ROWS[0], "内科", "电话"),
        (8, "x" * 201, "物业", "昨天", "内容", "", "", "没有的科室", "鸽子"),
        (9, "", "", "", "", "", "", "", ""),
        (10, "", "题" * 201, "2199-01-01", "x", "", "31/31/2019", "", ""),
    ]
    actor = acting(session, house)
    ledger = ledger_at(sheet(tmp_path, *rows, headings=headings))
    report = check(session, actor, ledger)
    places = Counter((fault.row, fault.column) for fault in report.faults)
    assert set(places) == {
        (3, "留言用户"), (3, "留言时间"), (3, "承办部门"), (3, "渠道"), (4, "留言时间"), (4, ""), (5, "留言主题"),
        (5, "留言时间"), (5, "答复时间"),
    }  # fmt: skip
    assert all(fault.text for fault in report.faults)
    assert next(fault.value for fault in report.faults if fault.column == "承办部门") == "没有的科室"
    assert (report.rows, report.faulty) == (4, 3)
    with pytest.raises(FaultyLedger):
        take(session, actor, ledger)
    for model in (m.Complaint, m.NumberSeries):
        assert everything(session, model) == []


def test_doubts_do_not_stop(session: Session, house: House, tmp_path: Path) -> None:
    row = (7, "王五", "噪音", "2019/4/25 9:32:09", "x", "已收悉", "2018/5/10")
    actor = acting(session, house)
    ledger = ledger_at(sheet(tmp_path, row))
    assert [fault.warning for fault in check(session, actor, ledger).faults] == [True]
    assert take(session, actor, ledger).written == 1


@pytest.mark.parametrize(
    ("options", "states"),
    [
        (Options(), (State.CLOSED, State.ACCEPTED)),
        (Options(Answered.REPLIED, Unanswered.REGISTERED), (State.REPLIED, State.REGISTERED)),
    ],
)
def test_states_as_chosen(
    session: Session, house: House, tmp_path: Path, options: Options, states: tuple[State, State]
) -> None:
    take(session, acting(session, house), ledger_at(sheet(tmp_path, *ROWS[:2]), options=options))
    assert tuple(each.state for each in everything(session, m.Complaint)) == states


def test_a_missing_subject_is_taken_from_the_content(session: Session, house: House, tmp_path: Path) -> None:
    path = sheet(tmp_path, ("2019-01-01", "\n\t 夜里施工太吵\n第二行"), headings=("投诉时间", "内容"))
    take(session, acting(session, house), ledger_at(path))
    complaint = everything(session, m.Complaint)[0]
    assert (complaint.summary, complaint.content) == ("夜里施工太吵", "\n\t 夜里施工太吵\n第二行")


def test_the_mapping_of_a_shape_is_remembered(session: Session, house: House, tmp_path: Path) -> None:
    actor = acting(session, house)
    mapping = {2: "summary", 3: "received_at", 4: "content", 1: "passed_on_by"}
    take(session, actor, ledger_at(sheet(tmp_path, *ROWS), mapping))
    heading = find_heading(open_sheets(sheet(tmp_path, ROWS[1], name="c.xlsx")))
    assert remembered_mapping(session, heading) == mapping
    other = find_heading(
        open_sheets(sheet(tmp_path, ("2019-01-01", "x"), headings=("投诉时间", "内容"), name="d.xlsx"))
    )
    assert remembered_mapping(session, other) is None


@pytest.mark.parametrize("role", list(RoleName))
def test_who_may_import(session: Session, house: House, tmp_path: Path, role: RoleName) -> None:
    actor = acting(session, house, role)
    ledger = ledger_at(sheet(tmp_path, *ROWS))
    if role in (RoleName.FIRST_RECEIVER, RoleName.HEAD_OF_QUALITY):
        assert take(session, actor, ledger).written == 3
    else:
        assert not actor.may(Permission.LEDGER_IMPORT)
        with pytest.raises(NotPermitted):
            check(session, actor, ledger)


def test_a_departments_receiver_imports_for_the_department_only(
    session: Session, house: House, tmp_path: Path
) -> None:
    user = create_user(
        session, "内科受理员", RoleName.FIRST_RECEIVER, department=house.ward, for_department=house.ward
    )
    session.commit()
    house.people[RoleName.FIRST_RECEIVER] = user
    headings = (*HEADINGS, "承办部门")
    rows = [(*ROWS[0], house.ward.name), (*ROWS[1], house.laboratory.name), (*ROWS[2], "")]
    report = check(session, acting(session, house), ledger_at(sheet(tmp_path, *rows, headings=headings)))
    assert [(fault.row, fault.column) for fault in report.faults] == [(3, "承办部门")]


def test_the_desk_itself_imports(session: Session, house: House, tmp_path: Path) -> None:
    session.info["actor"] = SYSTEM
    assert take(session, SYSTEM, ledger_at(sheet(tmp_path, *ROWS))).written == 3
    assert {each.first_receiver_id for each in everything(session, m.Complaint)} == {None}
