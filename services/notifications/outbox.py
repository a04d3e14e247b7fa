"""Delivery of the outbox: into the inbox exactly once, by e-mail at least once.

`attempts` of a message is 0 until it stands in the recipient's inbox, then 1 and one more for each e-mail tried.
A message is claimed by a conditional update, so two workers never deliver the same one.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Notice, OutboxMessage, User
from models.job_enums import OutboxStatus
from services.actor import SYSTEM
from services.notifications.mail import Letter, Mailer
from services.unit_of_work import UnitOfWork
from settings import Settings

log = logging.getLogger("desk.outbox")

BATCH = 100
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""Before the second, third … attempt at an e-mail; after the last the message counts as failed."""


@dataclass
class Report:
    """What one round did."""

    delivered: int = 0
    mailed: int = 0
    postponed: int = 0
    failed: int = 0


def send_pending(session: Session, settings: Settings, now: datetime | None = None) -> Report:
    """Deliver everything that is due at `now`. Run by the worker every minute; safe to run twice at once."""
    moment = now or datetime.now(UTC)
    mailer = Mailer.of(settings)
    report = Report()
    while count := _fill_inboxes(session, moment, mailer is not None):
        report.delivered += count
    _send_mails(session, moment, mailer, report)
    return report


def _due(moment: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        OutboxMessage.status == OutboxStatus.WAITING,
        sa.or_(OutboxMessage.next_attempt_at.is_(None), OutboxMessage.next_attempt_at <= moment),
    )


def _fill_inboxes(session: Session, moment: datetime, mailing: bool) -> int:
    """One batch, in one transaction: each message becomes a notice in the same moment in which it is ticked off."""
    with UnitOfWork(session, SYSTEM, moment) as work:
        query = sa.select(OutboxMessage).where(_due(moment), OutboxMessage.attempts == 0)
        messages = session.scalars(query.order_by(OutboxMessage.id).limit(BATCH)).all()
        for message in messages:
            to_mail = mailing and _address(session, message) is not None
            if not _claim(work, message, 0, moment if to_mail else None):
                continue
            session.add(
                Notice(
                    user_id=message.recipient_id,
                    complaint_id=message.complaint_id,
                    topic=message.topic,
                    payload=message.payload,
                )
            )
        return len(messages)


def _claim(work: UnitOfWork, message: OutboxMessage, attempts: int, next_attempt_at: datetime | None) -> bool:
    """Raise `attempts` by one unless somebody else did. Without a next attempt the message is sent."""
    done = next_attempt_at is None
    claimed = work.session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id == message.id, OutboxMessage.status == OutboxStatus.WAITING)
        .where(OutboxMessage.attempts == attempts)
        .values(
            attempts=attempts + 1,
            next_attempt_at=next_attempt_at,
            status=OutboxStatus.SENT if done else OutboxStatus.WAITING,
            sent_at=work.now if done else None,
        )
        .execution_options(synchronize_session=False)
    )
    return bool(claimed.rowcount)  # type: ignore[attr-defined]


def _address(session: Session, message: OutboxMessage) -> str | None:
    person = session.get(User, message.recipient_id)
    return person.email if person is not None and person.is_active else None


def _send_mails(session: Session, moment: datetime, mailer: Mailer | None, report: Report) -> None:
    while True:
        with UnitOfWork(session, SYSTEM, moment) as work:
            query = sa.select(OutboxMessage).where(_due(moment), OutboxMessage.attempts > 0)
            message = session.scalars(query.order_by(OutboxMessage.id).limit(1)).first()
            if message is None:
                return
            message_id, tried = message.id, message.attempts
            last = tried > len(WAITS)
            # The lease comes before the sending: a worker that dies in between leaves the message to the next attempt.
            lease = None if mailer is None else moment + WAITS[min(tried, len(WAITS)) - 1]
            claimed = _claim(work, message, tried, lease)
            letter = _letter(session, message)
        if not claimed or mailer is None:
            continue
        if letter is None:
            _settle(session, message_id, moment, OutboxStatus.SENT)
            continue
        if (fault := mailer.send(letter)) is None:
            _settle(session, message_id, moment, OutboxStatus.SENT)
            report.mailed += 1
        elif last:
            _settle(session, message_id, moment, OutboxStatus.FAILED, fault)
            report.failed += 1
            log.error("message %s could not be mailed: %s", message_id, fault)
        else:
            _settle(session, message_id, moment, OutboxStatus.WAITING, fault)
            report.postponed += 1


def _letter(session: Session, message: OutboxMessage) -> Letter | None:
    """What is mailed: a number and a link, and of a confidential complaint not even the number."""
    address = _address(session, message)
    if address is None:
        return None
    complaint = session.get(Complaint, message.complaint_id) if message.complaint_id else None
    person = session.get_one(User, message.recipient_id)
    number = complaint.number if complaint is not None and not complaint.is_confidential else None
    return Letter(message.id, address, person.locale, number)


def _settle(
    session: Session, message_id: int, moment: datetime, status: OutboxStatus, fault: str | None = None
) -> None:
    with UnitOfWork(session, SYSTEM, moment):
        message = session.get_one(OutboxMessage, message_id)
        message.status = status
        message.error = fault
        if status is not OutboxStatus.WAITING:
            message.next_attempt_at = None
            message.sent_at = moment if status is OutboxStatus.SENT else None
