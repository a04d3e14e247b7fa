"""The ledger over HTTP: one click out, a wizard in, and nothing left behind."""

from __future__ import annotations

import csv
import io
import os
import re
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import AuditEntry, Complaint, Job
from models.enums import RoleName, State
from services.access.scope import unscoped
from services.ledger import source
from serving.readiness import empty_spool
from tests.factories.complaints import create_complaint
from tests.factories.organisation import House, create_house
from tests.support.client import DeskClient
from tests.support.workbooks import HEADINGS, by_calamine, write_sheet

ROWS = [
    (7, "王五", "=噪音", "2019/4/25 9:32:09", "\n\t内容一 ", "已收悉", "2019/5/10 14:56:53"),
    (8, "李四", "物业", "2019-04-26", "内容二", "", ""),
]
FAULTY = [(9, "", "物业", "昨天", "内容", "", "")]


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    session.commit()
    return made


@pytest.fixture(autouse=True)
def empty_spool_first(app: Flask) -> None:
    """One application serves many tests: what another one left is none of this one's."""
    empty_spool(app.extensions["settings"].spool_dir)


@pytest.fixture
def receiver(client: DeskClient, house: House) -> DeskClient:
    return client.sign_in(house[RoleName.FIRST_RECEIVER])


def content_of(folder: Path, rows: list[tuple[object, ...]]) -> bytes:
    return write_sheet(folder / "old.xlsx", [HEADINGS, *rows]).read_bytes()


def upload(client: DeskClient, content: bytes, name: str = "旧台账.xlsx") -> TestResponse:
    return client.post("/ledger/import", data={"step": "upload", "file": (io.BytesIO(content), name)})


def fields_of(page: TestResponse) -> dict[str, str]:
    """What the browser would post from this page."""
    html = page.text
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    found.pop("csrf_token", None)
    return found


def spooled(app: Flask) -> list[Path]:
    spool = app.extensions["settings"].spool_dir
    return [path for path in spool.rglob("*") if path.is_file()] if spool.exists() else []


def complaints(session: Session) -> list[Complaint]:
    session.rollback()
    with unscoped(session, "test"):
        return list(session.scalars(sa.select(Complaint).order_by(Complaint.id)))


def test_the_wizard_from_file_to_result(
    app: Flask, session: Session, receiver: DeskClient, tmp_path: Path
) -> None:
    assert receiver.get("/ledger/import").status_code == 200
    mapping = upload(receiver, content_of(tmp_path, ROWS))
    assert mapping.status_code == 200
    asked = fields_of(mapping)
    assert (asked["step"], asked["map-0"], asked["map-3"]) == ("mapping", "source_reference", "received_at")
    assert asked["filename"] == "旧台账.xlsx"
    checked = receiver.post("/ledger/import", data=asked)
    assert checked.status_code == 200 and complaints(session) == []
    confirm = fields_of(checked)
    assert confirm["step"] == "dry_run"
    done = receiver.post("/ledger/import", data=confirm)
    assert done.status_code == 303
    assert "f.is_imported=1" in receiver.get(done.location).text
    assert [each.summary for each in complaints(session)] == ["=噪音", "物业"]
    assert spooled(app) == []


def test_the_same_file_again(session: Session, receiver: DeskClient, tmp_path: Path) -> None:
    for _ in range(2):
        mapping = upload(receiver, content_of(tmp_path, ROWS))
        checked = receiver.post("/ledger/import", data=fields_of(mapping))
        done = receiver.post("/ledger/import", data=fields_of(checked))
    assert done.status_code == 200
    assert len(complaints(session)) == 2


def test_faults_are_shown_with_their_place(session: Session, receiver: DeskClient, tmp_path: Path) -> None:
    mapping = upload(receiver, content_of(tmp_path, [*ROWS, *FAULTY]))
    checked = receiver.post("/ledger/import", data=fields_of(mapping))
    assert checked.status_code == 200
    assert "留言时间" in checked.text and "昨天" in checked.text
    assert re.search(r'class="is-number">4<', checked.text)
    forced = receiver.post("/ledger/import", data=fields_of(checked))
    assert forced.status_code == 422 and complaints(session) == []


def test_a_mapping_without_the_receipt_is_shown_again(receiver: DeskClient, tmp_path: Path) -> None:
    asked = fields_of(upload(receiver, content_of(tmp_path, ROWS))) | {"map-3": "", "answered": "replied"}
    again = receiver.post("/ledger/import", data=asked)
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
    checked = receiver.post("/ledger/import", data=asked)
    receiver.post("/ledger/import", data=fields_of(checked))
    assert [each.state for each in complaints(session)] == [State.REPLIED, State.REGISTERED]


def test_back_to_the_columns(receiver: DeskClient, tmp_path: Path) -> None:
    asked = fields_of(upload(receiver, content_of(tmp_path, ROWS))) | {"map-1": ""}
    checked = fields_of(receiver.post("/ledger/import", data=asked))
    back = fields_of(receiver.post("/ledger/import", data=checked | {"back": "mapping"}))
    assert (back["step"], back["map-1"], back["map-2"]) == ("mapping", "", "summary")


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


@pytest.mark.parametrize("sha256", ["", "0" * 64, "../../desk.sqlite3", "a" * 64 + "/../x"])
def test_a_file_that_is_not_kept(receiver: DeskClient, sha256: str) -> None:
    answer = receiver.post("/ledger/import", data={"step": "mapping", "sha256": sha256, "filename": "x"})
    assert answer.status_code == 422
    assert fields_of(answer)["step"] == "upload"


def test_nobody_reads_somebody_elses_upload(
    app: Flask, client: DeskClient, house: House, tmp_path: Path
) -> None:
    asked = fields_of(upload(client.sign_in(house[RoleName.FIRST_RECEIVER]), content_of(tmp_path, ROWS)))
    other = client.sign_in(house[RoleName.HEAD_OF_QUALITY])
    assert fields_of(other.post("/ledger/import", data=asked))["step"] == "upload"


def test_import_needs_the_permission_and_the_token(client: DeskClient, house: House, tmp_path: Path) -> None:
    handler = client.sign_in(house[RoleName.HANDLER])
    assert handler.get("/ledger/import").status_code == 403
    assert upload(handler, content_of(tmp_path, ROWS)).status_code == 403
    receiver = client.sign_in(house[RoleName.FIRST_RECEIVER])
    refused = receiver.post("/ledger/import", data={"step": "upload"}, csrf=False)
    assert refused.status_code in (400, 302, 303) and "step" not in refused.text


def test_export_is_one_post(
    app: Flask, session: Session, receiver: DeskClient, house: House, tmp_path: Path
) -> None:
    create_complaint(session, house, summary="=SUM(A1)", complainant_name="王小五")
    create_complaint(session, house, summary="另一件")
    session.commit()
    answer = receiver.post(
        "/ledger/export", data={"query": "f.summary=SUM&sort=number&columns=summary,number,complainant_name"}
    )
    assert answer.status_code == 200
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    disposition = answer.headers["Content-Disposition"]
    assert "attachment" in disposition and "filename*=UTF-8''" in disposition
    assert quote("投诉台账") in disposition
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    path = tmp_path / "out.xlsx"
    path.write_bytes(answer.data)
    rows = by_calamine(path)
    assert [row[0] for row in rows[1:]] == ["=SUM(A1)"]
    assert list(app.extensions["settings"].spool_dir.glob("export-*")) == []
    with unscoped(session, "test"):
        assert session.scalars(sa.select(AuditEntry.action)).all() == ["ledger.exported"]


def test_the_list_offers_the_export(session: Session, receiver: DeskClient, house: House) -> None:
    create_complaint(session, house)
    session.commit()
    page = receiver.get("/complaints/?sort=number")
    assert 'action="/ledger/export"' in page.text


def test_export_needs_the_permission_and_a_post(client: DeskClient, house: House) -> None:
    assert client.sign_in(house[RoleName.ADMINISTRATOR]).post("/ledger/export").status_code == 403
    receiver = client.sign_in(house[RoleName.FIRST_RECEIVER])
    assert receiver.get("/ledger/export").status_code == 405
    assert receiver.post("/ledger/export", csrf=False).status_code != 200
    assert receiver.post("/ledger/export/no-such-screen").status_code == 404


def test_other_lists_are_exported_by_who_may_read_them(client: DeskClient, house: House) -> None:
    receiver = client.sign_in(house[RoleName.FIRST_RECEIVER])
    assert receiver.post("/ledger/export/complaints").status_code == 200


def test_abandoned_uploads_go(app: Flask, client: DeskClient, house: House, tmp_path: Path) -> None:
    upload(client.sign_in(house[RoleName.FIRST_RECEIVER]), content_of(tmp_path, ROWS))
    kept = spooled(app)
    assert len(kept) == 1
    os.utime(kept[0], (0, 0))
    upload(client.sign_in(house[RoleName.HEAD_OF_QUALITY]), content_of(tmp_path, ROWS[:1]))
    assert len(spooled(app)) == 1 and not kept[0].exists()


def test_labels_are_in_the_readers_language(
    client: DeskClient, session: Session, house: House, tmp_path: Path
) -> None:
    create_complaint(session, house)
    house[RoleName.AUDITOR].locale = "en"
    session.commit()
    headings = {}
    for role in (RoleName.AUDITOR, RoleName.FIRST_RECEIVER):
        answer = client.sign_in(house[role]).post("/ledger/export", data={"query": "columns=number,state"})
        path = tmp_path / "out.xlsx"
        path.write_bytes(answer.data)
        headings[role] = by_calamine(path)
    assert headings[RoleName.AUDITOR][0] == ["Number", "State"]
    assert headings[RoleName.AUDITOR][1][1] == "In work"
    assert headings[RoleName.FIRST_RECEIVER][0] == ["编号", "状态"]
    assert headings[RoleName.FIRST_RECEIVER][1][1] != "In work"


def test_a_long_export_is_a_job(
    app: Flask,
    session: Session,
    receiver: DeskClient,
    client: DeskClient,
    house: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More rows than a request counts: the list of jobs shows it, then offers the file to whoever asked."""
    create_complaint(session, house, summary="甲")
    create_complaint(session, house, summary="乙")
    session.commit()
    monkeypatch.setattr("services.listing.query.COUNTED", 1)
    answer = receiver.post("/ledger/export", data={"query": "sort=number&columns=number,summary"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/jobs/")
    with unscoped(session, "test"):
        job = session.scalars(sa.select(Job)).one()
    page = receiver.get("/jobs/").text
    address = f"/ledger/exports/{job.public_id}"
    assert f'href="{address}"' in page and "投诉台账-" in page and "2 行" in page
    file = receiver.get(address)
    assert file.status_code == 200 and file.headers["Cache-Control"] == "private, no-store"
    path = tmp_path / "out.xlsx"
    path.write_bytes(file.data)
    assert [row[1] for row in by_calamine(path)[1:]] == ["甲", "乙"]
    assert receiver.post(f"/jobs/{job.public_id}/cancel").status_code == 409
    other = client.sign_in(house[RoleName.HEAD_OF_QUALITY])
    assert other.get(address).status_code == 404
    assert address not in other.get("/jobs/").text
    assert client.sign_in(house[RoleName.ADMINISTRATOR]).get(address).status_code == 403


def test_a_text_file_and_the_register(session: Session, receiver: DeskClient, house: House) -> None:
    create_complaint(session, house, summary="=SUM(A1)\n第二行", complainant_name="王小五")
    session.commit()
    page = receiver.get("/complaints/").text
    assert 'name="layout" value="complaint_register"' in page and 'name="form" value="csv"' in page
    asked = {"query": "columns=summary,received_at,round", "form": "csv"}
    answer = receiver.post("/ledger/export", data=asked)
    assert answer.mimetype == "text/csv" and answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(answer.data.decode("utf-8-sig").splitlines(keepends=True)))
    assert rows[1:] == [["'=SUM(A1)\n第二行", "2026-03-02 09:30:00", "1"]]
    register = receiver.post("/ledger/export", data={**asked, "layout": "complaint_register"})
    heads, first = csv.reader(register.data.decode("utf-8-sig").splitlines(keepends=True))
    assert heads[:3] == ["序号", "编号", "收到时间"] and first[0] == "1" and len(heads) == 9
    assert receiver.post("/ledger/export", data={"layout": "no_such"}).status_code == 404
    assert receiver.post("/ledger/export", data={"form": "exe"}).status_code == 404
