"""What the tests of analysis share: complaints at given moments, figures by code, pages as somebody sees them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy.orm import Session

from models import Complaint, User
from models.enums import RoleName
from services.actor import SYSTEM
from tests.factories import House, create_complaint
from tests.support.client import DeskClient

ZONE = ZoneInfo("Asia/Shanghai")


def at(month: int, day: int, hour: int = 10) -> datetime:
    """A moment of 2026 on the desk's clock."""
    return datetime(2026, month, day, hour, tzinfo=ZONE).astimezone(UTC)


def received(
    session: Session, house: House, when: datetime, state: str = "registered", **typed: Any
) -> Complaint:
    """A complaint received at `when`, taken down and brought to `state` at `registered` (an hour later)."""
    now = typed.pop("registered", when + timedelta(hours=1))
    made = create_complaint(session, house, state, now=now, received_at=when, **typed)
    session.info["actor"] = SYSTEM
    return made


def put(session: Session, complaint: Complaint, **values: Any) -> Complaint:
    """Values as they would have come about in a long life: written straight into the row."""
    session.info["actor"] = SYSTEM
    row = session.get_one(Complaint, complaint.id, populate_existing=True)
    for key, value in values.items():
        setattr(row, key, value)
    session.commit()
    return row


def page(client: DeskClient, user: User, url: str, locale: str = "en") -> str:
    """A page as `user` reads it."""
    client.sign_in(user)
    with client.session_transaction() as kept:
        kept["locale"] = locale
    answer = client.get(url)
    assert answer.status_code == 200, f"{url}: {answer.status_code}"
    return answer.text


def words(html: str) -> str:
    """The text of a page without its tags, blanks collapsed."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def tile(html: str, name: str) -> dict[str, str]:
    """A tile of the page of analysis: value, its address, the value before."""
    for block in re.findall(r'<article class="tile">.*?</article>', html, re.S):
        if f"<h2>{name}</h2>" in block:
            links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', block)
            return {
                "value": unescape(links[0][1]),
                "url": unescape(links[0][0]),
                "before": unescape(links[1][1]),
            }
    raise AssertionError(f"no tile {name!r}")


def tiles(html: str) -> list[str]:
    """The names of all tiles in their order."""
    return re.findall(r'<article class="tile">\s*<h2>([^<]+)</h2>', html)


def listed(client: DeskClient, url: str) -> set[str]:
    """The addresses of the complaints on a list."""
    answer = client.get(url)
    assert answer.status_code == 200
    return set(re.findall(r'href="/complaints/([a-z0-9]{12})/', answer.text))


def zone_of(app: Flask) -> ZoneInfo:
    found: ZoneInfo = app.extensions["settings"].zone
    return found


QUALITY, LEADER, RECEIVER = RoleName.HEAD_OF_QUALITY, RoleName.LEADER, RoleName.FIRST_RECEIVER
