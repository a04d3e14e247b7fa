"""From the outbox to the inbox exactly once, and to a real mail server with nothing personal in it."""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import Complaint, Notice, OutboxMessage
from models.enums import RoleName
from models.job_enums import OutboxStatus
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.errors import NotFound
from services.identity import actor_for
from services.notifications import inbox, messages
from services.notifications.outbox import WAITS, send_pending
from services.unit_of_work import UnitOfWork
from settings import Settings
from tests.architecture.sources import product_files, tree
from tests.factories.complaints import create_complaint, make_confidential
from tests.factories.organisation import House, create_house
from tests.support.client import settings_for
from tests.support.mail import MailServer, running_mail_server

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def house(session: Session) -> Iterator[House]:
    made = create_house(session)
    made[RoleName.HANDLER].email = "handler@example.org"
    session.commit()
    yield made


@pytest.fixture
def case(session: Session, house: House) -> Complaint:
    complaint = create_complaint(session, house)
    session.commit()
    return complaint


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for("sqlite:///unused", tmp_path)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with running_mail_server() as server:
        yield server


def with_mail(tmp_path: Path, server: MailServer) -> Settings:
    return settings_for(
        "sqlite:///unused",
        tmp_path,
        smtp_url=server.url,
        smtp_from="desk@example.org",
        public_url="https://desk.example.org",
    )


def put(
    session: Session, case: Complaint | None, house: House, topic: str = "transfer.awaiting", count: int = 1
) -> None:
    with UnitOfWork(session, SYSTEM, NOW) as work:
        for _ in range(count):
            message = OutboxMessage(
                recipient_id=house[RoleName.HANDLER].id,
                complaint_id=case.id if case else None,
                topic=topic,
                payload={"by": "张三", "department": "内科"},
                next_attempt_at=work.now,
            )
            work.session.add(message)


def rows(session: Session, model: type) -> list[Any]:
    session.rollback()
    with unscoped(session, "test"):
        return list(session.scalars(sa.select(model).order_by(model.id)))


def test_a_message_reaches_the_inbox_once(
    session: Session, house: House, case: Complaint, settings: Settings
) -> None:
    put(session, case, house, count=3)
    assert send_pending(session, settings, NOW).delivered == 3
    assert send_pending(session, settings, NOW).delivered == 0
    assert len(rows(session, Notice)) == 3
    assert {(m.status, m.attempts, m.sent_at) for m in rows(session, OutboxMessage)} == {
        (OutboxStatus.SENT, 1, NOW)
    }


def test_a_message_is_not_delivered_before_its_time(
    session: Session, house: House, case: Complaint, settings: Settings
) -> None:
    put(session, case, house)
    assert send_pending(session, settings, NOW - timedelta(minutes=1)).delivered == 0
    assert rows(session, Notice) == []


def test_two_workers_deliver_each_message_once(
    app: Flask, engine: sa.Engine, session: Session, house: House, case: Complaint, settings: Settings
) -> None:
    put(session, case, house, count=60)
    faults: list[BaseException] = []

    def work() -> None:
        try:
            with Session(engine) as own:
                send_pending(own, settings, NOW)
        except BaseException as fault:
            faults.append(fault)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []
    assert len(rows(session, Notice)) == 60


def test_a_round_that_is_cut_short_delivers_nothing_twice(
    session: Session, house: House, case: Complaint, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(session, case, house, count=2)

    def cut(*_: Any) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("services.audit.write", cut)  # the last thing before the commit
    with pytest.raises(RuntimeError, match="killed"):
        send_pending(session, settings, NOW)
    monkeypatch.undo()
    assert rows(session, Notice) == []
    send_pending(session, settings, NOW)
    assert len(rows(session, Notice)) == 2


def test_the_mail_says_number_and_link_and_nothing_else(
    app: Flask, session: Session, house: House, case: Complaint, tmp_path: Path, mail_server: MailServer
) -> None:
    put(session, case, house)
    with app.app_context():
        report = send_pending(session, with_mail(tmp_path, mail_server), NOW)
    assert (report.delivered, report.mailed) == (1, 1)
    (letter,) = mail_server.letters
    number = rows(session, Complaint)[0].number
    assert letter["To"] == "handler@example.org" and number in letter["Subject"]
    text = letter.as_string() + letter["Subject"] + letter.get_content()
    assert "https://desk.example.org/notices/" in text
    for private in ("张三", "内科", "候诊", house[RoleName.HANDLER].name):
        assert private not in text
    assert rows(session, OutboxMessage)[0].status is OutboxStatus.SENT


def test_the_mail_of_a_confidential_complaint_names_no_number(
    app: Flask, session: Session, house: House, case: Complaint, tmp_path: Path, mail_server: MailServer
) -> None:
    make_confidential(session, case, house[RoleName.HANDLER])
    session.commit()
    put(session, case, house, "named")
    with app.app_context():
        send_pending(session, with_mail(tmp_path, mail_server), NOW)
    (letter,) = mail_server.letters
    assert rows(session, Complaint)[0].number not in letter["Subject"] + letter.get_content()
    assert not re.search(r"TSM?-\d", letter["Subject"] + letter.get_content())


def test_a_refused_mail_is_tried_again_and_given_up_in_the_end(
    app: Flask, session: Session, house: House, case: Complaint, tmp_path: Path, mail_server: MailServer
) -> None:
    put(session, case, house)
    mail_server.refuses = True
    settings, moment = with_mail(tmp_path, mail_server), NOW
    with app.app_context():
        assert send_pending(session, settings, moment).postponed == 1
        assert send_pending(session, settings, moment).postponed == 0, "not before its wait is over"
        for wait in WAITS[:-1]:
            moment += wait
            assert send_pending(session, settings, moment).postponed == 1
        moment += WAITS[-1]
        assert send_pending(session, settings, moment).failed == 1
    (message,) = rows(session, OutboxMessage)
    assert (message.status, message.error) == (OutboxStatus.FAILED, "SMTPRecipientsRefused 450")
    assert len(rows(session, Notice)) == 1 and mail_server.letters == []


def test_a_later_attempt_succeeds(
    app: Flask, session: Session, house: House, case: Complaint, tmp_path: Path, mail_server: MailServer
) -> None:
    put(session, case, house)
    mail_server.refuses = True
    with app.app_context():
        send_pending(session, with_mail(tmp_path, mail_server), NOW)
        mail_server.refuses = False
        assert send_pending(session, with_mail(tmp_path, mail_server), NOW + WAITS[0]).mailed == 1
    assert len(mail_server.letters) == 1
    (message,) = rows(session, OutboxMessage)
    assert (message.status, message.error) == (OutboxStatus.SENT, None)


def test_nobody_without_an_address_or_an_active_account_is_mailed(
    app: Flask, session: Session, house: House, case: Complaint, tmp_path: Path, mail_server: MailServer
) -> None:
    house[RoleName.HANDLER].is_active = False
    session.commit()
    put(session, case, house)
    with app.app_context():
        assert send_pending(session, with_mail(tmp_path, mail_server), NOW).mailed == 0
    assert mail_server.letters == [] and rows(session, OutboxMessage)[0].status is OutboxStatus.SENT


def unread(session: Session) -> int:
    return sum(notice.read_at is None for notice in inbox.notices(session))


def test_an_inbox_is_ones_own(session: Session, house: House, case: Complaint, settings: Settings) -> None:
    put(session, case, house, count=2)
    send_pending(session, settings, NOW)
    first, last = (notice.id for notice in rows(session, Notice))
    handler = actor_for(session, house[RoleName.HANDLER], NOW)
    leader = actor_for(session, house[RoleName.LEADER], NOW)
    session.info["actor"] = leader
    assert inbox.notices(session) == [] and unread(session) == 0
    with pytest.raises(NotFound), UnitOfWork(session, leader, NOW) as work:
        inbox.mark_read(work, first)
    session.info["actor"] = handler
    assert unread(session) == 2
    with UnitOfWork(session, handler, NOW) as work:
        inbox.mark_read(work, first)
    assert unread(session) == 1
    with UnitOfWork(session, handler, NOW) as work:
        inbox.mark_all_read(work, last)
    assert unread(session) == 0


def test_a_notice_of_a_case_one_lost_is_gone(
    session: Session, house: House, case: Complaint, settings: Settings
) -> None:
    put(session, case, house)
    send_pending(session, settings, NOW)
    make_confidential(session, case, house[RoleName.LEADER])
    session.commit()
    session.info["actor"] = actor_for(session, house[RoleName.HANDLER], NOW)
    assert inbox.notices(session) == [] and unread(session) == 0


def topics_in_the_source() -> set[str]:
    """Every literal that an operation passes as a topic."""
    found = set()
    for path in product_files():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = {"tell": 1 if isinstance(node.func, ast.Attribute) else 3}.get(name)
            given = [keyword.value for keyword in node.keywords if keyword.arg == "topic"]
            if place is not None and len(node.args) > place:
                given.append(node.args[place])
            found |= {
                one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
    return found


def test_every_topic_has_its_sentence(app: Flask) -> None:
    used = topics_in_the_source() | {"clock_warned", "clock_breached"}
    assert "transfer.awaiting" in used
    assert {
        topic for topic in used if messages.topic_of(topic) is messages.topic_of("no such topic")
    } == set()
    full = {"by": "张三", "department": "内科", "name_zh": "办结", "name_en": "closing", "level": "leader"}
    numbers = {
        "number": "XH-2026-000001",
        "file": "投诉台账.xlsx",
        "merged": "TS-1",
        "accident": "SG-1",
        "hold": "ZT-1",
        "product": "血压计",
        "grade": "Ⅰ类",
        "enquiry": "ZX-1",
        "kind": "质量查询",
        "text": "更换标签",
        "count": 2,
        "day": "2026-03-10",
        "document": "调查报告",
        "period": "2026-02",
    }
    with app.app_context():
        for topic in messages.TOPICS:
            for language in ("zh_Hans_CN", "en"):
                said = messages.sentence(topic, {**full, **numbers}, language)
                assert said and "%(" not in said and "…" not in said, topic
        assert "closing" in messages.sentence("clock.warned", full, "en")
        assert messages.sentence("transfer.awaiting", {}, "en")
