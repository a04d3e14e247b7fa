"""One's own work, by what has to be done next: the first page after signing in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from models import Complaint
from models.enums import State
from models.labels import LazyString, _l
from services.access.permissions import Permission as P
from services.actor import Actor
from services.deadlines.desk_calendar import DeskTime
from services.listing import queues
from services.listing.open_work import waiting
from services.listing.special import is_overdue, is_raised, is_to_sign

SHOWN = 6
COUNTED = 999

Condition = Callable[["Reader"], ColumnElement[bool]]


@dataclass(frozen=True)
class Reader:
    """Whose work, and when."""

    actor: Actor
    now: datetime
    zone: ZoneInfo


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
    index: str = ""
    """Of complaints, where one holds exactly these."""


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
    """A queue with its first lines; `count` stops one beyond COUNTED."""

    spec: QueueSpec
    count: int
    items: list[Item]


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
        lambda r: sa.and_(is_overdue(r.now), queues.in_charge(r.actor)),
        (("f.overdue", "1"), ("f.in_charge", "1")),
        "bad",
    ),
    QueueSpec(
        "today",
        _l("Due today"),
        "timer",
        P.COMPLAINT_NOTE,
        lambda r: sa.and_(queues.due_today(r.now, r.zone), queues.in_charge(r.actor)),
        (("f.due_today", "1"), ("f.in_charge", "1")),
        "warn",
    ),
    QueueSpec(
        "approve",
        _l("Awaiting my approval"),
        "approve",
        P.COMPLAINT_APPROVE,
        lambda r: queues.to_approve(r.actor),
        (("f.to_approve", "1"),),
        "warn",
    ),
    QueueSpec(
        "instruct",
        _l("Awaiting my instruction"),
        "sign",
        P.COMPLAINT_INSTRUCT,
        lambda r: queues.to_instruct(r.actor, r.now),
        (("f.to_instruct", "1"),),
        "warn",
    ),
    QueueSpec(
        "accept",
        _l("To accept"),
        "inbox",
        P.COMPLAINT_ACCEPT,
        lambda r: sa.and_(queues.is_open(), Complaint.state.in_([State.REGISTERED, State.TO_COMPLETE])),
        (("f.state", "registered,to_complete"),),
    ),
    QueueSpec(
        "material",
        _l("Written material outstanding"),
        "inbox",
        P.COMPLAINT_NOTE,
        lambda r: queues.material_outstanding(r.actor),
        (("f.material", "1"),),
        "warn",
    ),
    QueueSpec(
        "dispatch",
        _l("To transfer or take on"),
        "transfer",
        P.COMPLAINT_TAKE_ON,
        lambda r: sa.and_(queues.is_open(), Complaint.state == State.ACCEPTED),
        (("f.state", "accepted"),),
    ),
    QueueSpec(
        "work",
        _l("In my hands"),
        "complaint",
        P.COMPLAINT_SUBMIT_OPINION,
        lambda r: queues.in_hand(r.actor),
        (("f.in_hand", "1"),),
    ),
    QueueSpec(
        "reply",
        _l("To reply"),
        "reply",
        P.COMPLAINT_REPLY,
        lambda r: queues.to_reply(),
        (("f.to_reply", "1"),),
    ),
    QueueSpec(
        "follow_up",
        _l("To follow up"),
        "follow-up",
        P.COMPLAINT_FOLLOW_UP,
        lambda r: queues.to_follow_up(r.actor),
        (("f.to_follow_up", "1"),),
    ),
    QueueSpec(
        "close",
        _l("To close"),
        "close-case",
        P.COMPLAINT_CLOSE,
        lambda r: queues.to_close(r.actor),
        (("f.to_close", "1"),),
    ),
    QueueSpec(
        "measures",
        _l("My measures due"),
        "check",
        P.COMPLAINT_READ,
        lambda r: queues.measures_due(r.actor, r.now, r.zone),
        (("f.measures_due", "1"),),
        "warn",
    ),
    QueueSpec(
        "effects",
        _l("Effects to check"),
        "approve",
        P.MEASURE_WRITE,
        lambda r: queues.effects_to_check(r.actor, r.now, r.zone),
        (("f.effects_to_check", "1"),),
    ),
    QueueSpec(
        "appeals",
        _l("Appeals to decide"),
        "scale",
        P.APPEAL_DECIDE,
        lambda r: queues.appeals_to_decide(),
        (("f.appeals_to_decide", "1"),),
        "warn",
    ),
    QueueSpec(
        "liability",
        _l("Joint liability to settle"),
        "scale",
        P.COMPLAINT_REGISTER,
        lambda r: queues.liability_waits(r.actor),
        (("f.liability_waits", "1"),),
        "warn",
    ),
    QueueSpec(
        "major",
        _l("Major complaints"),
        "star",
        P.COMPLAINT_EVALUATE,
        lambda r: queues.is_major(),
        (("f.major", "1"),),
        "bad",
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
        lambda r: queues.to_file(),
        (("f.state", "closed,refused,statutory_route,referred"),),
        index="ix_complaints_to_file",
    ),
)


def worklist(session: Session, actor: Actor, now: datetime, time: DeskTime) -> list[Filled]:
    """The queues of this person, most urgent first; in each the complaints due first. Two statements."""
    reader = Reader(actor, now, time.zone)
    specs = [spec for spec in QUEUES if actor.may(spec.needs)]
    found = waiting(
        session,
        {spec.key: spec.condition(reader) for spec in specs},
        COUNTED + 1,
        SHOWN,
        {spec.key: spec.index for spec in specs if spec.index},
    )
    items = _items(session, {id for one in found.values() for id in one.first})
    return [
        Filled(spec, found[spec.key].count, [items[id] for id in found[spec.key].first]) for spec in specs
    ]


def _items(session: Session, ids: Collection[int]) -> dict[int, Item]:
    if not ids:
        return {}
    rows: Any = session.execute(
        sa.select(
            Complaint.id,
            Complaint.public_id,
            Complaint.number,
            Complaint.summary,
            Complaint.state,
            Complaint.due_at,
            Complaint.due_is_lower_bound,
            Complaint.paused_at,
            Complaint.version,
        ).where(Complaint.id.in_(sorted(ids)))
    )
    return {id: Item(*values) for id, *values in rows}
