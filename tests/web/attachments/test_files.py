"""Uploading, downloading and showing files over HTTP."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import Attachment, AuditEntry
from models.enums import RoleName
from services.access.scope import unscoped
from tests.factories.complaints import create_complaint
from tests.factories.organisation import House, create_house
from tests.support.client import DeskClient
from tests.unit.attachments import samples

NAME = "现场照片 01.png"


@pytest.fixture
def house(session: Session) -> Iterator[House]:
    made = create_house(session)
    session.commit()
    yield made


@pytest.fixture
def case_id(session: Session, house: House) -> str:
    complaint = create_complaint(session, house)
    public_id = complaint.public_id
    session.commit()
    return public_id


@pytest.fixture
def handler(client: DeskClient, house: House) -> DeskClient:
    return client.sign_in(house[RoleName.HANDLER])


def send(client: DeskClient, case_id: str, *files: tuple[bytes, str], json: bool = True):
    return client.post(
        f"/attachments/complaint/{case_id}",
        data={"files": [(io.BytesIO(content), name) for content, name in files], "note": "护士站"},
        headers={"Accept": "application/json"} if json else {},
    )


def rows(session: Session, model: type) -> list:
    session.rollback()
    with unscoped(session, "test"):
        return list(session.scalars(sa.select(model).order_by(model.id)))


def files_of(app: Flask) -> list[Path]:
    folder = app.extensions["settings"].data_dir
    return [
        path for name in ("attachments", "spool") for path in (folder / name).rglob("*") if path.is_file()
    ]


def test_a_file_goes_in_and_comes_out_under_its_own_name(
    handler: DeskClient, case_id: str, session: Session
) -> None:
    answer = send(handler, case_id, (samples.png(), NAME), (samples.PDF, "信.pdf"))
    assert answer.status_code == 201, answer.text
    assert [one["name"] for one in answer.json["files"]] == [NAME, "信.pdf"]
    picture = answer.json["files"][0]["id"]
    got = handler.get(f"/attachments/{picture}")
    assert (got.status_code, got.data, got.mimetype) == (200, samples.png(), "image/png")
    disposition = got.headers["Content-Disposition"]
    assert disposition.startswith("attachment") and f"filename*=UTF-8''{quote(NAME)}" in disposition
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "no-store" in got.headers["Cache-Control"]
    assert [entry.action for entry in rows(session, AuditEntry)] == [
        "attachment.add",
        "attachment.add",
        "attachment.download",
    ]


def test_only_harmless_files_are_shown(handler: DeskClient, case_id: str) -> None:
    text = "投诉记录".encode("gb18030")
    answer = send(handler, case_id, (samples.png(), NAME), (text, "记录.txt"), (samples.PDF, "信.pdf"))
    picture, note, letter = (one["id"] for one in answer.json["files"])
    shown = handler.get(f"/attachments/{picture}/preview")
    assert shown.status_code == 200 and shown.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    shown = handler.get(f"/attachments/{note}/preview")
    assert (shown.content_type, shown.data) == ("text/plain; charset=gb18030", text)
    assert handler.get(f"/attachments/{letter}/preview").status_code == 404


def test_unknown_and_foreign_are_the_same(
    handler: DeskClient, app: Flask, house: House, case_id: str
) -> None:
    file_id = send(handler, case_id, (samples.PDF, "信.pdf")).json["files"][0]["id"]
    assert house.outsider is not None
    outsider = app.test_client().sign_in(house.outsider)
    for path in ("/attachments/{}", "/attachments/{}/preview", "/attachments/{}/withdraw"):
        foreign, unknown = (outsider.get(path.format(one)) for one in (file_id, "abcdefghjkmn"))
        assert foreign.status_code == unknown.status_code == 404, path
        assert len(foreign.data) == len(unknown.data), path
    foreign, unknown = (send(outsider, one, (samples.PDF, "信.pdf")) for one in (case_id, "abcdefghjkmn"))
    assert foreign.status_code == unknown.status_code == 404


def test_one_bad_file_refuses_all_and_leaves_nothing(
    handler: DeskClient, app: Flask, case_id: str, session: Session
) -> None:
    before = files_of(app)
    content = samples.PDF + b"never seen before"
    answer = send(handler, case_id, (content, "信.pdf"), (samples.HTML, "页.html"))
    assert answer.status_code == 422 and "页.html" in answer.json["errors"][0]
    assert files_of(app) == before and rows(session, Attachment) == []
    assert send(handler, case_id).status_code == 422


def test_roles_without_the_permission(app: Flask, house: House, case_id: str, handler: DeskClient) -> None:
    file_id = send(handler, case_id, (samples.PDF, "信.pdf")).json["files"][0]["id"]
    auditor = app.test_client().sign_in(house[RoleName.AUDITOR])
    assert send(auditor, case_id, (samples.PDF, "函.pdf")).status_code == 403
    assert auditor.get(f"/attachments/{file_id}").status_code == 200
    administrator = app.test_client().sign_in(house[RoleName.ADMINISTRATOR])
    assert administrator.get(f"/attachments/{file_id}").status_code in (403, 404)


def test_no_token_no_upload(handler: DeskClient, case_id: str, session: Session) -> None:
    handler.post(
        f"/attachments/complaint/{case_id}", data={"files": [(io.BytesIO(samples.PDF), "信.pdf")]}, csrf=False
    )
    assert rows(session, Attachment) == []


def test_withdrawing_asks_for_a_reason(handler: DeskClient, case_id: str, session: Session) -> None:
    file_id = send(handler, case_id, (samples.PDF, "信.pdf")).json["files"][0]["id"]
    fragment = {"X-Desk-Fragment": "1"}
    asked = handler.get(f"/attachments/{file_id}/withdraw", headers=fragment)
    assert asked.status_code == 200 and "信.pdf" in asked.text
    again = handler.post(f"/attachments/{file_id}/withdraw", data={"reason": ""}, headers=fragment)
    assert again.status_code == 422
    done = handler.post(f"/attachments/{file_id}/withdraw", data={"reason": "传错了"}, headers=fragment)
    assert done.status_code == 204
    (row,) = rows(session, Attachment)
    assert row.withdrawn_reason == "传错了"
