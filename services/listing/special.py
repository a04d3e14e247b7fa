"""Filters that are no column: overdue, due within some days, open, mine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from models import Assignment, Complaint, Department, LeaveCover, Measure, RoleGrant
from models.enums import AssignmentStatus, MeasureStatus, RoleName
from models.labels import LazyString, _l
from services.actor import Actor
from services.listing import queues
from services.listing.frequency import common, is_among
from services.reports.drilling import figure_condition, figure_words, part_condition, report_condition

Condition = Callable[[str, Actor, datetime, ZoneInfo], ColumnElement[bool]]


@dataclass(frozen=True)
class SpecialFilter:
    """A filter by key with its own condition. `kind` is bool, number, or hidden: only links ask for it."""

    key: str
    label: LazyString
    kind: str
    condition: Condition

    def wording(self, value: str) -> str:
        if self.kind == "hidden":
            return figure_words(self.key, value)
        return "✓" if self.kind == "bool" and value == "1" else "✗" if self.kind == "bool" else value


def _either(condition: Callable[[Actor, datetime], ColumnElement[bool]]) -> Condition:
    """A yes-or-no filter: 1 for the condition, 0 for its opposite (NULL counts as no)."""

    def chosen(value: str, actor: Actor, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
        if value not in ("0", "1"):
            raise ValueError(value)
        made = condition(actor, now)
        return made if value == "1" else sa.not_(sa.func.coalesce(made, sa.false()))

    return chosen


def is_open() -> ColumnElement[bool]:
    """Complaints that somebody still has to do something about."""
    return queues.is_open()


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Open complaints whose running clock has passed its due moment."""
    return sa.and_(
        is_open(),
        Complaint.due_at <= now,
        sa.not_(Complaint.due_is_lower_bound),
        Complaint.paused_at.is_(None),
    )


def is_mine(actor: Actor) -> ColumnElement[bool]:
    """Complaints that wait for the actor or somebody they cover: to handle, to answer for, to sign."""
    people = sorted(actor.people)
    awaiting = sa.select(Assignment.complaint_id).where(Assignment.person_id.in_(people), _awaiting())
    return sa.or_(
        Complaint.handler_id.in_(people),
        Complaint.first_receiver_id.in_(people),
        Complaint.responsible_id.in_(people),
        is_among(Complaint.id, awaiting),
    )


def _awaiting() -> ColumnElement[bool]:
    """In the words of ix_assignments_awaiting."""
    return Assignment.status == sa.literal_column(f"'{AssignmentStatus.AWAITING}'")


def is_to_sign(actor: Actor) -> ColumnElement[bool]:
    """Sent to the actor, to somebody they stand in for, or to a department that one of them heads."""
    people = sorted(actor.people)
    headed = [
        grant.department_id
        for grant in actor.grants
        if grant.role is RoleName.DEPARTMENT_HEAD and grant.department_id is not None
    ]
    led = sa.select(Department.id).where(Department.leader_id.in_(people))
    to_me = sa.or_(
        Assignment.person_id.in_(people),
        Assignment.department_id.in_(headed),
        Assignment.department_id.in_(led),
    )
    # Those without a signature are few; most that were ever sent to a department have one.
    waiting = sa.select(Assignment.complaint_id).where(_awaiting(), common(to_me))
    return sa.and_(is_open(), Complaint.id.in_(waiting))


def _more(column: str, than: int) -> ColumnElement[bool]:
    """In the words of the index that holds these alone."""
    value: ColumnElement[bool] = getattr(Complaint, column) > sa.literal_column(str(than))
    return value


def is_raised() -> ColumnElement[bool]:
    """Open complaints that were escalated or stand under supervision."""
    return sa.and_(is_open(), sa.or_(Complaint.escalation_level > 0, Complaint.supervised_at.is_not(None)))


def due_before(value: str, actor: Actor, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    """Open complaints due by the end of the n-th day from today, overdue ones included."""
    days = int(value)
    if not 0 <= days <= 3650:
        raise ValueError(value)
    end = datetime.combine(now.astimezone(zone).date() + timedelta(days=days + 1), time(), zone)
    return sa.and_(is_open(), Complaint.due_at < end)


def _due_today(value: str, actor: Actor, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    return _either(lambda _actor, moment: queues.due_today(moment, zone))(value, actor, now, zone)


def _measures_due(value: str, actor: Actor, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    return _either(lambda who, moment: queues.measures_due(who, moment, zone))(value, actor, now, zone)


def _effects_to_check(value: str, actor: Actor, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    return _either(lambda who, moment: queues.effects_to_check(who, moment, zone))(value, actor, now, zone)


def _unfinished(actor: Actor, now: datetime) -> ColumnElement[bool]:
    return Measure.status == MeasureStatus.PLANNED


def _to_check(value: str, actor: Actor, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    today = now.astimezone(zone).date()
    settled = Measure.status.in_([MeasureStatus.DONE, MeasureStatus.VERIFIED])
    return _either(lambda *_: sa.and_(settled, Measure.check_on <= today, Measure.checked_at.is_(None)))(
        value, actor, now, zone
    )


def _grant_waits() -> ColumnElement[bool]:
    return sa.and_(RoleGrant.confirmed_at.is_(None), RoleGrant.ended_at.is_(None))


def _grant_counts() -> ColumnElement[bool]:
    return sa.and_(RoleGrant.confirmed_at.is_not(None), RoleGrant.ended_at.is_(None))


def _cover_is_current(now: datetime) -> ColumnElement[bool]:
    return sa.and_(LeaveCover.ended_at.is_(None), LeaveCover.ends_at > now)


_SPECIAL: dict[type[Any], tuple[SpecialFilter, ...]] = {
    Complaint: (
        SpecialFilter("open", _l("Open"), "bool", _either(lambda actor, now: is_open())),
        SpecialFilter("overdue", _l("Overdue"), "bool", _either(lambda actor, now: is_overdue(now))),
        SpecialFilter("due_within", _l("Due within (days)"), "number", due_before),
        SpecialFilter("mine", _l("Mine"), "bool", _either(lambda actor, now: is_mine(actor))),
        SpecialFilter(
            "to_sign", _l("Awaiting my signature"), "bool", _either(lambda actor, now: is_to_sign(actor))
        ),
        SpecialFilter(
            "raised", _l("Escalated or supervised"), "bool", _either(lambda actor, now: is_raised())
        ),
        SpecialFilter(
            "in_charge", _l("In my charge"), "bool", _either(lambda actor, now: queues.in_charge(actor))
        ),
        SpecialFilter("due_today", _l("Due today"), "bool", _due_today),
        SpecialFilter(
            "in_hand", _l("In my hands"), "bool", _either(lambda actor, now: queues.in_hand(actor))
        ),
        SpecialFilter(
            "to_approve",
            _l("Awaiting my approval"),
            "bool",
            _either(lambda actor, now: queues.to_approve(actor)),
        ),
        SpecialFilter("to_instruct", _l("Awaiting my instruction"), "bool", _either(queues.to_instruct)),
        SpecialFilter("to_reply", _l("To reply"), "bool", _either(lambda actor, now: queues.to_reply())),
        SpecialFilter(
            "to_follow_up", _l("To follow up"), "bool", _either(lambda actor, now: queues.to_follow_up(actor))
        ),
        SpecialFilter("measures_due", _l("My measures due"), "bool", _measures_due),
        SpecialFilter("effects_to_check", _l("Effects to check"), "bool", _effects_to_check),
        SpecialFilter(
            "material",
            _l("Written material outstanding"),
            "bool",
            _either(lambda actor, now: queues.material_outstanding(actor)),
        ),
        SpecialFilter(
            "appeals_to_decide",
            _l("Appeals to decide"),
            "bool",
            _either(lambda actor, now: queues.appeals_to_decide()),
        ),
        SpecialFilter(
            "liability_waits",
            _l("Joint liability to settle"),
            "bool",
            _either(lambda actor, now: queues.liability_waits(actor)),
        ),
        SpecialFilter(
            "major", _l("Major, still open"), "bool", _either(lambda actor, now: queues.is_major())
        ),
        SpecialFilter("taken_up_again", _l("Taken up again"), "bool", _either(lambda *_: _more("round", 1))),
        SpecialFilter(
            "signature_refused", _l("Signature refused"), "bool", _either(lambda *_: _more("refusals", 0))
        ),
        SpecialFilter(
            "reported_again", _l("Reported again"), "bool", _either(lambda *_: _more("repeat_count", 0))
        ),
        SpecialFilter(
            "figure", _l("Figure"), "hidden", lambda value, _a, _n, zone: figure_condition(value, zone)
        ),
        SpecialFilter("part", _l("Part"), "hidden", lambda value, *_: part_condition(value)),
        SpecialFilter("report", _l("Periodic report"), "hidden", lambda value, *_: report_condition(value)),
        SpecialFilter("to_close", _l("To close"), "bool", _either(lambda actor, now: queues.to_close(actor))),
    ),
    Measure: (
        SpecialFilter("unfinished", _l("Not yet carried out"), "bool", _either(_unfinished)),
        SpecialFilter("to_check", _l("Effects to check"), "bool", _to_check),
        SpecialFilter(
            "mine", _l("Mine"), "bool", _either(lambda actor, now: Measure.owner_id.in_(sorted(actor.people)))
        ),
    ),
    RoleGrant: (
        SpecialFilter("waiting", _l("To be confirmed"), "bool", _either(lambda actor, now: _grant_waits())),
        SpecialFilter("in_force", _l("In force"), "bool", _either(lambda actor, now: _grant_counts())),
    ),
    LeaveCover: (
        SpecialFilter(
            "current", _l("Now and later"), "bool", _either(lambda actor, now: _cover_is_current(now))
        ),
    ),
}


def special_filters(model: type[Any]) -> dict[str, SpecialFilter]:
    """The special filters of a model by key."""
    return {each.key: each for each in _SPECIAL.get(model, ())}
