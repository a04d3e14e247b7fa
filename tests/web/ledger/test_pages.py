"""Lists as files over HTTP: one click out, and nothing left behind."""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import AuditEntry, Job
from models.enums import RoleName
from services.access.scope import unscoped
from tests.factories.complaints import create_complaint
from tests.factories.organisation import House
from tests.support.client import DeskClient
from tests.support.workbooks import by_calamine


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
    monkeypatch.setattr("admin_views.ledger.COUNTED", 1)
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
