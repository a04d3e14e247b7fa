"""Somebody who imports and exports, and what their browser does."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from extensions import db
from models import Complaint
from models.enums import RoleName
from services.access.scope import unscoped
from services.ledger.import_jobs import carry_out_imports
from serving.readiness import empty_spool
from tests.factories.organisation import House, create_house
from tests.support.client import DeskClient
from tests.support.workbooks import HEADINGS, write_sheet

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
    settings = app.extensions["settings"]
    for folder in (settings.spool_dir, settings.imports_dir):
        empty_spool(folder)


@pytest.fixture
def receiver(client: DeskClient, house: House) -> DeskClient:
    return client.sign_in(house[RoleName.FIRST_RECEIVER])


def content_of(folder: Path, rows: list[tuple[object, ...]]) -> bytes:
    return write_sheet(folder / "old.xlsx", [HEADINGS, *rows]).read_bytes()


def post(client: DeskClient, data: dict[str, object]) -> TestResponse:
    """A step of the wizard, and the page that it leads to."""
    answer = client.post("/ledger/import", data=data)
    return client.get(answer.location) if answer.status_code == 303 else answer


def upload(client: DeskClient, content: bytes, name: str = "旧台账.xlsx") -> TestResponse:
    return post(client, {"step": "upload", "file": (io.BytesIO(content), name)})


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
    settings = app.extensions["settings"]
    found = [*settings.spool_dir.rglob("*"), *settings.imports_dir.rglob("*")]
    return [path for path in found if path.is_file() and path.name != ".lock"]


def complaints(session: Session) -> list[Complaint]:
    session.rollback()
    with unscoped(session, "test"):
        return list(session.scalars(sa.select(Complaint).order_by(Complaint.id)))


def going(app: Flask) -> None:
    """What the worker does each minute."""
    with app.app_context():
        carry_out_imports(db.session(), app.extensions["settings"])
