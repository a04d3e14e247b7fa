"""One's own work, by what has to be done next: the first page after signing in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from models import Complaint, Opinion
from models.enums import FollowUpResult, State
from models.labels import LazyString, _l
from services.access.permissions import Permission as P
from services.actor import Actor
from services.deadlines.desk_calendar import DeskTime
from services.listing.special import is_open, is_raised, is_to_sign

SHOWN = 6
COUNTED = 999

Condition = Callable[["Reader"], ColumnElement[bool]]


@dataclass(frozen=True)
class Reader:
    """Whose work, and when."""

    actor: Actor
    now: datetime
    end_of_today: datetime


@dataclass(frozen=True)
class QueueSpec:
    """A kind of work: who has it, which complaints it is, and the filter of the list that shows them all."""

    key: str
    title: LazyString
    icon: str
    needs: P
    condition: Condition
    query: tuple[tuple[str, str], ...] = ()
    tone: str = ""


@dataclass(frozen=True)
class Item:
    """A line of a queue."""

    public_id: str
    number: str
    summary: str
    state: State
    due_at: datetime | None
    due_is_lower_bound: bool
    paused_at: datetime | None
    version: int


@dataclass(frozen=True)
class Filled:
    """A queue with its first lines; `count` stops at COUNTED."""

    spec: QueueSpec
    count: int
    items: list[Item]


def _mine(reader: Reader) -> ColumnElement[bool]:
    people = sorted(reader.actor.people)
    return sa.or_(Complaint.handler_id.in_(people), Complaint.responsible_id.in_(people))


def _opinion(approved: bool) -> ColumnElement[bool]:
    last = sa.select(Opinion.complaint_id).where(
        Opinion.round == Complaint.round,
        Opinion.returned_at.is_(None),
        Opinion.approved_at.is_not(None) if approved else Opinion.approved_at.is_(None),
    )
    return sa.and_(Complaint.state == State.AWAITING_APPROVAL, Complaint.id.in_(last.correlate(Complaint)))


def _to_approve(reader: Reader) -> ColumnElement[bool]:
    people = sorted(reader.actor.people)
    return sa.and_(
        _opinion(False), sa.or_(Complaint.handler_id.is_(None), Complaint.handler_id.not_in(people))
    )


def _not_handler(reader: Reader) -> ColumnElement[bool]:
    return sa.or_(Complaint.handler_id.is_(None), Complaint.handler_id.not_in(sorted(reader.actor.people)))


_OVERDUE_FILTER = (("f.overdue", "1"), ("f.mine", "1"))

QUEUES: tuple[QueueSpec, ...] = (
    QueueSpec(
        "sign",
        _l("Awaiting my signature"),
        "sign",
        P.COMPLAINT_SIGN_FOR,
        lambda r: is_to_sign(r.actor),
        (("f.to_sign", "1"),),
        "warn",
    ),
    QueueSpec(
        "overdue",
        _l("Overdue"),
        "warning",
        P.COMPLAINT_NOTE,
        lambda r: sa.and_(
            is_open(), _mine(r), Complaint.due_at <= r.now, sa.not_(Complaint.due_is_lower_bound)
        ),
        _OVERDUE_FILTER,
        "bad",
    ),
    QueueSpec(
        "today",
        _l("Due today"),
        "timer",
        P.COMPLAINT_NOTE,
        lambda r: sa.and_(is_open(), _mine(r), Complaint.due_at > r.now, Complaint.due_at <= r.end_of_today),
        (("f.due_within", "0"), ("f.mine", "1")),
        "warn",
    ),
    QueueSpec(
        "approve",
        _l("Awaiting my approval"),
        "approve",
        P.COMPLAINT_APPROVE,
        _to_approve,
        (("f.state", "awaiting_approval"),),
        "warn",
    ),
    QueueSpec(
        "accept",
        _l("To accept"),
        "inbox",
        P.COMPLAINT_ACCEPT,
        lambda r: Complaint.state.in_([State.REGISTERED, State.TO_COMPLETE]),
        (("f.state", "registered,to_complete"),),
    ),
    QueueSpec(
        "dispatch",
        _l("To transfer or take on"),
        "transfer",
        P.COMPLAINT_TAKE_ON,
        lambda r: Complaint.state == State.ACCEPTED,
        (("f.state", "accepted"),),
    ),
    QueueSpec(
        "work",
        _l("In my hands"),
        "complaint",
        P.COMPLAINT_SUBMIT_OPINION,
        lambda r: sa.and_(Complaint.state == State.IN_WORK, Complaint.handler_id.in_(sorted(r.actor.people))),
        (("f.state", "in_work"), ("f.mine", "1")),
    ),
    QueueSpec(
        "reply",
        _l("To reply"),
        "reply",
        P.COMPLAINT_REPLY,
        lambda r: _opinion(True),
        (("f.state", "awaiting_approval"),),
    ),
    QueueSpec(
        "follow_up",
        _l("To follow up"),
        "follow-up",
        P.COMPLAINT_FOLLOW_UP,
        lambda r: sa.and_(
            Complaint.state.in_([State.REPLIED, State.FOLLOWING_UP]),
            _not_handler(r),
            sa.or_(Complaint.satisfaction.is_(None), Complaint.satisfaction == FollowUpResult.DISSATISFIED),
        ),
        (("f.state", "replied,following_up"),),
    ),
    QueueSpec(
        "close",
        _l("To close"),
        "close-case",
        P.COMPLAINT_CLOSE,
        lambda r: sa.and_(
            Complaint.state == State.FOLLOWING_UP,
            _not_handler(r),
            Complaint.satisfaction.in_([FollowUpResult.SATISFIED, FollowUpResult.UNREACHABLE]),
        ),
        (("f.state", "following_up"),),
    ),
    QueueSpec(
        "escalated",
        _l("Escalated or supervised"),
        "escalate",
        P.COMPLAINT_SUPERVISE,
        lambda r: is_raised(),
        (("f.raised", "1"),),
        "warn",
    ),
    QueueSpec(
        "archive",
        _l("To archive"),
        "archive",
        P.COMPLAINT_ARCHIVE,
        lambda r: Complaint.state.in_([State.CLOSED, State.REFUSED, State.STATUTORY_ROUTE, State.REFERRED]),
        (("f.state", "closed,refused,statutory_route,referred"),),
    ),
)


def worklist(session: Session, actor: Actor, now: datetime, time: DeskTime) -> list[Filled]:
    """The queues of this person, most urgent first; in each the complaints due first."""
    tomorrow = now.astimezone(time.zone).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, datetime.min.time(), time.zone)
    reader = Reader(actor, now, midnight)
    return [_filled(session, spec, reader) for spec in QUEUES if actor.may(spec.needs)]


def _filled(session: Session, spec: QueueSpec, reader: Reader) -> Filled:
    condition = spec.condition(reader)
    capped = sa.select(Complaint.id).where(condition).limit(COUNTED).subquery()
    count = session.scalar(sa.select(sa.func.count()).select_from(capped)) or 0
    if not count:
        return Filled(spec, 0, [])
    rows = session.execute(
        sa.select(
            Complaint.public_id,
            Complaint.number,
            Complaint.summary,
            Complaint.state,
            Complaint.due_at,
            Complaint.due_is_lower_bound,
            Complaint.paused_at,
            Complaint.version,
        )
        .where(condition)
        .order_by(Complaint.due_at.is_(None), Complaint.due_at, Complaint.id)
        .limit(SHOWN)
    )
    return Filled(spec, count, [Item(*row) for row in rows])
