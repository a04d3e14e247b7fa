"""Legacy ledgers as people keep them: what is certain comes in, everything else is told with its place and remedy."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from models.enums import RoleName
from services.access.scope import unscoped
from services.errors import DeskError
from services.ledger.checking import Options, RowChecker
from services.ledger.exporting import FileForm, export_ledger
from services.ledger.headings import find_heading, suggested
from services.ledger.lookup import Names
from services.ledger.source import open_sheets
from services.ledger.targets import targets
from services.listing import ListQuery, offered
from services.operations.undo_import import undo_import
from services.unit_of_work import UnitOfWork
from tests.factories.organisation import House
from tests.integration.ledger.conftest import ZONE, acting, check, ledger_at, take
from tests.support.workbooks import by_calamine, old_ledger

TITLE = ["某某医院 2019 年投诉登记台账"]
UPPER = ["编号", "投诉人", "", "投诉时间", "投诉内容", "承办部门", "答复", "", "地点"]
LOWER = ["", "姓名", "电话", "", "", "", "意见", "时间", ""]
SPELLINGS = [
    "2019-04-25 09:32:00",
    "2019/4/25 9:32",
    "2019.4.25 9:32",
    "2019年4月25日 9时32分",
    "2019年4月25日上午9:32",
    "20190425093200",
    "2019-04-25T09:32:00+08:00",
    "25 Apr 2019 09:32",
    "Apr 25, 2019 9:32 AM",
    "43580.397222222",
    "2019-04-25（周四） 09:32".replace("（", "(").replace("）", ")"),
]
NINE_THIRTY_TWO = datetime(2019, 4, 25, 1, 32, tzinfo=UTC)


def rows(house: House) -> list[list[str]]:
    ward = house.ward.name
    good = [
        [f"A-{n:03d}", "王五", "13800000000", s, "太吵", ward, "", "", ""] for n, s in enumerate(SPELLINGS)
    ]
    twice = good[0]
    lines = [
        "B-1",
        "李四",
        "",
        "2019-04-26",
        "第一行\t有制表符\n第二行",
        "",
        "已处理",
        "2019年5月1日",
        "门诊\t二楼",
    ]
    number = ["0012", "", "021-5555", "2019-04-27", "无名氏来电", "", "", "", ""]
    bad = [
        ["C-1", "赵六", "", "昨天下午", "日期读不出", "", "", "", ""],
        ["C-2", "赵六", "", "2019-04-31", "没有这一天", "", "", "", ""],
        ["C-3", "赵六", "", "2019-04-28", "部门不存在", "不存在的科", "", "", ""],
        ["C-4", "赵" * 201, "", "2019-04-28", "姓名太长", "", "", "", ""],
        ["C-5", "赵六", "", "2019-04-28", "", "", "", "", ""],
        ["合计", "", "", "", "", "", "", "", ""],
    ]
    blank = [""] * 9
    return [*good, twice, blank, lines, number, *bad]


def as_workbook(path: Path, lines: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["说明", "请勿修改"])
    sheet = book.create_sheet("台账")
    for line in lines:
        sheet.append(line)
    sheet.merge_cells("A1:I1")
    sheet.merge_cells("B3:C3")
    sheet.merge_cells("G3:H3")
    for column in "ADEFI":
        sheet.merge_cells(f"{column}3:{column}4")
    book.save(path)
    return path


def as_text(path: Path, lines: list[list[str]], encoding: str) -> Path:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize("form", ["xlsx", "utf-8-sig", "gb18030"])
def test_everything_at_once(session: Session, house: House, tmp_path: Path, form: str) -> None:
    lines = [TITLE, ["单位：某某"], UPPER, LOWER, *rows(house)]
    lines = [[*line, *[""] * (9 - len(line))] for line in lines]
    path = tmp_path / "old"
    path = as_workbook(path, lines) if form == "xlsx" else as_text(path, lines, form)
    ledger = ledger_at(path)
    assert ledger.heading.line == 4
    assert ledger.heading.names == (
        "编号", "投诉人姓名", "投诉人电话", "投诉时间", "投诉内容", "承办部门", "答复意见", "答复时间", "地点",
    )  # fmt: skip
    assert list(suggested(ledger.heading).values()) == [
        "source_reference", "complainant_name", "complainant_phone", "received_at", "content", "department_id",
        "reply_text", "replied_at", "place",
    ]  # fmt: skip
    report = check(session, acting(session, house), ledger)
    faults = [fault for fault in report.faults if not fault.warning]
    assert Counter((fault.row - 4 - len(SPELLINGS), fault.column) for fault in faults) == Counter(
        [
            (5, "投诉时间"),
            (6, "投诉时间"),
            (7, "承办部门"),
            (8, "投诉人姓名"),
            (9, ""),
            (10, "投诉时间"),
            (10, ""),
        ]
    )
    assert all(fault.text.endswith(("。", ".")) for fault in faults), [fault.text for fault in faults]
    figures = report.figures
    assert (figures.ready, figures.faulty, figures.repeated) == (len(SPELLINGS) + 2, 6, 1)
    assert take(session, acting(session, house), ledger, good_only=True).written == len(SPELLINGS) + 2
    with unscoped(session, "test"):
        found = {case.source_reference: case for case in session.scalars(sa.select(m.Complaint))}
    assert {case.received_at for key, case in found.items() if key and key.startswith("A-")} == {
        NINE_THIRTY_TWO
    }
    assert found["B-1"].content == "第一行\t有制表符\n第二行" and found["B-1"].place == "门诊\t二楼"
    assert found["0012"].is_anonymous and found["0012"].complainant_phone == "021-5555"
    assert {case.department_id for key, case in found.items() if key and key.startswith("A-")} == {
        house.ward.id
    }
    session.rollback()


def test_the_heading_of_every_printed_page_is_no_row(session: Session, house: House, tmp_path: Path) -> None:
    heading = ["编号", "投诉时间", "投诉内容"]
    lines = [heading, ["1", "2019-01-01", "甲"], heading, ["2", "2019-01-02", "乙"]]
    report = check(session, acting(session, house), ledger_at(as_text(tmp_path / "a.csv", lines, "utf-8")))
    assert (report.figures.ready, report.figures.faulty) == (2, 0)


def test_a_single_heading_row_is_not_taken_for_two(tmp_path: Path) -> None:
    """Values may read like headings."""
    lines = [["编号", "渠道", "类别", "时间", "内容"], ["1", "电话", "产品", "2019-01-01", "甲"]]
    heading = find_heading(open_sheets(as_text(tmp_path / "a.csv", lines, "utf-8")))
    assert (heading.line, heading.names) == (1, tuple(lines[0]))


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_out_in_and_out_again(session: Session, house: House, tmp_path: Path, form: str) -> None:
    """An unmasked ledger that was exported comes in as it was, and the second export has the same cells."""
    role = RoleName.HEAD_OF_QUALITY
    old = old_ledger(tmp_path / "old.xlsx", 300)
    actor = acting(session, house, role)
    batch = take(session, actor, ledger_at(old)).batch.public_id

    def exported(name: str) -> Path:
        known = targets()
        columns = tuple(spec.key for spec in offered(m.Complaint) if spec.key in known)
        query = ListQuery.from_params(
            m.Complaint, "sort=-received_at", acting(session, house, role), ZONE, columns=columns
        )
        folder = tmp_path / name
        folder.mkdir()
        written = export_ledger(session, query, folder, "投诉台账", form=FileForm(form)).written
        session.rollback()
        return written.path

    first = exported("first")
    with UnitOfWork(session, acting(session, house, role)) as work:
        undo_import(work, batch)
    outcome = take(session, acting(session, house, role), ledger_at(first))
    assert (outcome.written, outcome.read) == (300, 300)
    second = exported("second")
    if form == "csv":
        before, after = (
            list(csv.reader(path.open(encoding="utf-8-sig", newline=""))) for path in (first, second)
        )
    else:
        before, after = by_calamine(first), by_calamine(second)
    assert before[0] == after[0] and len(before) == 301
    assert Counter(map(tuple, before)) == Counter(map(tuple, after))


def test_what_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("编号,内容\n1,".encode() + b"\xff\xfe\xff")
    with pytest.raises(DeskError) as refused:
        open_sheets(path)
    assert "UTF-8" in str(refused.value.message)


def test_memory_does_not_grow_with_the_rows(session: Session, house: House, tmp_path: Path) -> None:
    """Of a row that was checked only a digest is kept: it may come again."""
    acting(session, house)
    names = Names(session, None)
    session.rollback()
    peaks = []
    for count in (500, 5000):
        lines = [["编号", "投诉时间", "投诉内容"]]
        lines += [[f"N-{n}", "2019-01-01 09:30", f"第{n}件" + "很长的内容" * 60] for n in range(count)]
        heading = find_heading(open_sheets(as_text(tmp_path / f"{count}.csv", lines, "utf-8")))
        del lines
        checker = RowChecker(heading, suggested(heading), names, ZONE, Options(), datetime.now(UTC))
        tracemalloc.start()
        assert sum(checked.row is not None for checked in checker.rows()) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 4500 * 400, peaks
