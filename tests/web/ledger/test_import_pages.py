"""The wizard that takes an old ledger in: each step, what it says, and nothing left behind."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import Job, LedgerBatch, StagedRow, WithdrawnNumber
from models.enums import RoleName, State
from models.job_enums import JobStatus
from services.access.scope import unscoped
from services.ledger import source
from tests.factories.organisation import House
from tests.support.client import DeskClient
from tests.support.workbooks import HEADINGS, by_calamine, write_sheet
from tests.web.ledger.conftest import (
    FAULTY,
    ROWS,
    complaints,
    content_of,
    fields_of,
    going,
    post,
    spooled,
    upload,
)


def test_the_wizard_from_file_to_result(
    app: Flask, session: Session, receiver: DeskClient, tmp_path: Path
) -> None:
    assert receiver.get("/ledger/import").status_code == 200
    mapping = upload(receiver, content_of(tmp_path, ROWS))
    assert mapping.status_code == 200
    asked = fields_of(mapping)
    assert (asked["step"], asked["map-0"], asked["map-3"]) == ("mapping", "source_reference", "received_at")
    assert "旧台账.xlsx" in mapping.text
    checked = post(receiver, asked)
    assert checked.status_code == 200 and complaints(session) == []
    confirm = fields_of(checked)
    assert confirm["step"] == "dry_run"
    done = post(receiver, confirm)
    assert "已导入 2 行" in done.text
    assert "旧台账.xlsx" in receiver.get("/ledger/import").text
    assert "=噪音" in receiver.get("/complaints/?f.is_imported=1").text
    assert [each.summary for each in complaints(session)] == ["=噪音", "物业"]
    with unscoped(session, "test"):
        assert [job.status for job in session.scalars(sa.select(Job))] == [JobStatus.DONE] * 2
        assert session.scalars(sa.select(StagedRow)).all() == []


def test_the_same_file_again(session: Session, receiver: DeskClient, tmp_path: Path) -> None:
    for _ in range(2):
        checked = post(receiver, fields_of(upload(receiver, content_of(tmp_path, ROWS))))
        done = post(receiver, fields_of(checked))
    assert "没有新内容" in checked.text and done.status_code == 200
    assert len(complaints(session)) == 2


def test_faults_are_shown_with_their_place(session: Session, receiver: DeskClient, tmp_path: Path) -> None:
    mapping = upload(receiver, content_of(tmp_path, [*ROWS, *FAULTY]))
    checked = post(receiver, fields_of(mapping))
    assert checked.status_code == 200
    assert "留言时间" in checked.text and "昨天" in checked.text
    assert re.search(r'class="is-number"[^>]*>4<', checked.text)
    forced = post(receiver, fields_of(checked) | {"rows": "all"})
    assert forced.status_code == 422 and complaints(session) == []
    done = post(receiver, fields_of(checked) | {"rows": "good"})
    assert len(complaints(session)) == 2
    assert "1 行有错误" in done.text


def test_the_result_accounts_for_every_row(receiver: DeskClient, tmp_path: Path) -> None:
    checked = post(receiver, fields_of(upload(receiver, content_of(tmp_path, [*ROWS, *FAULTY, ROWS[0]]))))
    done = post(receiver, fields_of(checked) | {"rows": "good"})
    for said in ("4 行", "已导入 2 行", "1 行有错误", "1 行在文件中重复，仅导入一次。"):
        assert said in done.text


def test_the_file_with_every_fault_marked(
    session: Session, client: DeskClient, receiver: DeskClient, house: House, tmp_path: Path
) -> None:
    """The same rows at the same places; put right, it goes in as it is."""
    content = write_sheet(tmp_path / "t.xlsx", [("投诉台账 2019",), HEADINGS, *ROWS, *FAULTY]).read_bytes()
    checked = post(receiver, fields_of(upload(receiver, content)))
    address = re.search(r'href="(/ledger/imports/[^"]+)"', checked.text)
    assert address is not None
    answer = receiver.get(address.group(1))
    assert answer.status_code == 200 and quote("旧台账-已标注") in answer.headers["Content-Disposition"]
    path = tmp_path / "marked.xlsx"
    path.write_bytes(answer.data)
    rows = by_calamine(path)
    assert rows[0][0] == "投诉台账 2019" and rows[1] == [*HEADINGS, "试运行结果"]
    assert rows[2] == [*ROWS[0], ""] and rows[3] == [*ROWS[1], ""]
    assert (
        rows[4][:4] == [9, "", "物业", "昨天"]
        and "留言时间" in rows[4][-1]
        and "2019-04-25 09:32" in rows[4][-1]
    )
    sheet = openpyxl.load_workbook(path).worksheets[0]
    fills = [sheet.cell(line, 1).fill.fgColor.rgb for line in (4, 5)]
    assert fills[0] != fills[1] == "FFFBE0DD"
    sheet["D5"] = "2019-05-01"
    right = io.BytesIO()
    sheet.parent.save(right)
    again = upload(receiver, right.getvalue())
    assert "试运行结果" not in again.text and "工作表" not in again.text
    done = post(receiver, fields_of(post(receiver, fields_of(again))))
    assert "已导入 3 行" in done.text
    assert client.sign_in(house[RoleName.HEAD_OF_QUALITY]).get(address.group(1)).status_code == 404


def test_an_import_is_undone_until_somebody_worked_on_it(
    session: Session, receiver: DeskClient, tmp_path: Path
) -> None:
    for touched in (False, True):
        checked = post(receiver, fields_of(upload(receiver, content_of(tmp_path, ROWS))))
        result = post(receiver, fields_of(checked))
        undo = {"step": "result", "batch": fields_of(result)["batch"]}
        if touched:
            complaints(session)[-1].place = "别处"
            session.commit()
        undone = post(receiver, undo)
        assert undone.status_code == (422 if touched else 200)
        listed = receiver.get("/complaints/").text
        assert ("=噪音" in listed) is touched
    numbers = [each.number for each in complaints(session)]
    assert len(set(numbers)) == 4
    with unscoped(session, "test"):
        assert sorted(session.scalars(sa.select(WithdrawnNumber.number))) == sorted(numbers[:2])


def test_a_mapping_without_the_receipt_is_shown_again(receiver: DeskClient, tmp_path: Path) -> None:
    asked = fields_of(upload(receiver, content_of(tmp_path, ROWS))) | {"map-3": "", "answered": "replied"}
    again = post(receiver, asked)
    assert again.status_code == 422
    kept = fields_of(again)
    assert (kept["step"], kept["map-3"], kept["map-0"], kept["answered"]) == (
        "mapping",
        "",
        "source_reference",
        "replied",
    )


def test_options_hold(session: Session, receiver: DeskClient, tmp_path: Path) -> None:
    asked = fields_of(upload(receiver, content_of(tmp_path, ROWS))) | {
        "answered": "replied",
        "unanswered": "registered",
    }
    post(receiver, fields_of(post(receiver, asked)))
    assert [each.state for each in complaints(session)] == [State.REPLIED, State.REGISTERED]


def test_back_to_the_columns(receiver: DeskClient, tmp_path: Path) -> None:
    asked = fields_of(upload(receiver, content_of(tmp_path, ROWS))) | {"map-1": ""}
    checked = fields_of(post(receiver, asked))
    back = fields_of(post(receiver, checked | {"back": "mapping"}))
    assert (back["step"], back["map-1"], back["map-2"]) == ("mapping", "", "summary")
    assert fields_of(post(receiver, back | {"map-1": "complainant_name"}))["step"] == "dry_run"


def test_a_discarded_ledger_leaves_nothing(
    app: Flask, session: Session, receiver: DeskClient, tmp_path: Path
) -> None:
    checked = fields_of(post(receiver, fields_of(upload(receiver, content_of(tmp_path, ROWS)))))
    assert fields_of(post(receiver, checked | {"discard": "1"}))["step"] == "upload"
    going(app)
    assert spooled(app) == []
    with unscoped(session, "test"):
        assert session.scalars(sa.select(StagedRow)).all() == []
    gone = receiver.get(f"/ledger/import?batch={checked['batch']}")
    assert fields_of(gone)["step"] == "upload" and "error" in gone.text


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04broken", source._OLE + b"\0" * 600 + source._ENCRYPTED, b"%PDF-1.4", b"nur ein Wort"],
)
def test_what_cannot_be_read_leaves_nothing(app: Flask, receiver: DeskClient, content: bytes) -> None:
    answer = upload(receiver, content)
    assert answer.status_code == 422
    assert fields_of(answer)["step"] == "upload"
    assert "notice" in answer.text or "error" in answer.text
    assert spooled(app) == []


def test_no_file(receiver: DeskClient) -> None:
    assert receiver.post("/ledger/import", data={"step": "upload"}).status_code == 422


def test_nobody_goes_on_with_somebody_elses_import(client: DeskClient, house: House, tmp_path: Path) -> None:
    asked = fields_of(upload(client.sign_in(house[RoleName.FIRST_RECEIVER]), content_of(tmp_path, ROWS)))
    other = client.sign_in(house[RoleName.HEAD_OF_QUALITY])
    for step in ("mapping", "dry_run", "result"):
        assert post(other, asked | {"step": step}).status_code == 404
    assert other.get(f"/ledger/import?batch={asked['batch']}").status_code == 404


def test_a_file_that_is_not_kept(app: Flask, receiver: DeskClient, tmp_path: Path) -> None:
    asked = fields_of(upload(receiver, content_of(tmp_path, ROWS)))
    for file in spooled(app):
        file.unlink()
    answer = post(receiver, asked)
    assert "文件已清除" in answer.text and fields_of(answer)["step"] == "mapping"


def test_import_needs_the_permission_and_the_token(client: DeskClient, house: House, tmp_path: Path) -> None:
    handler = client.sign_in(house[RoleName.HANDLER])
    assert handler.get("/ledger/import").status_code == 403
    assert upload(handler, content_of(tmp_path, ROWS)).status_code == 403
    receiver = client.sign_in(house[RoleName.FIRST_RECEIVER])
    refused = receiver.post("/ledger/import", data={"step": "upload"}, csrf=False)
    assert refused.status_code in (400, 302, 303) and "step" not in refused.text


def test_abandoned_ledgers_go(app: Flask, session: Session, receiver: DeskClient, tmp_path: Path) -> None:
    upload(receiver, content_of(tmp_path, ROWS))
    going(app)
    assert len(spooled(app)) == 1
    session.rollback()
    with unscoped(session, "test"):
        session.scalars(sa.select(LedgerBatch)).one().created_at -= timedelta(hours=25)
        session.commit()
    going(app)
    assert spooled(app) == []
