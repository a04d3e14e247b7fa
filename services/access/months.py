"""Keeps the counts by month of who may see how many complaints.

The session gathers what its flushes change and writes it at the very end of the transaction, in one order: whoever
waits for a count holds nothing that others wait for.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Complaint, ComplaintMonth, ComplaintVisibility
from services.access.scope import MARK

_GATHERED = "desk_months"
_months = cast(sa.Table, ComplaintMonth.__table__)
_rows = cast(sa.Table, ComplaintVisibility.__table__)
_OWN = {MARK: "core"}


def _month(connection: sa.Connection) -> sa.ColumnElement[int]:
    """The month of a row as the counts name it."""
    moment = _rows.c.received_at
    # SQLite keeps moments as text, and its functions of dates take three times as long.
    if connection.dialect.name == "sqlite":
        text = sa.type_coerce(moment, sa.String)
        return sa.cast(sa.func.substr(text, 1, 4).concat(sa.func.substr(text, 6, 2)), sa.Integer)
    return sa.cast(sa.extract("year", moment) * 100 + sa.extract("month", moment), sa.Integer)


def month_of(moment: datetime) -> int:
    """The month of a moment as the counts name it."""
    utc = moment.astimezone(UTC)
    return utc.year * 100 + utc.month


def first_moment(month: int) -> datetime:
    """When a month begins."""
    return datetime(month // 100, month % 100, 1, tzinfo=UTC)


def following(month: int) -> int:
    return month + 1 if month % 100 < 12 else month + 89


def install(session_class: Any) -> None:
    """Put the listeners on the desk's sessions. Idempotent."""
    if not event.contains(session_class, "after_flush", _after_flush):
        event.listen(session_class, "after_flush", _after_flush)
        event.listen(session_class, "before_commit", _before_commit)
        event.listen(session_class, "after_rollback", _after_rollback)


def counted(session: Session, complaint_ids: sa.Select[Any], sign: int = 1) -> None:
    """Rows of `complaint_visibility` that were written past the session, or (sign -1) are about to be removed."""
    connection = session.connection()
    month_ = _month(connection)
    rows = sa.select(_rows.c.audience, month_, sa.func.count()).where(_rows.c.complaint_id.in_(complaint_ids))
    grouped = rows.group_by(_rows.c.audience, month_).execution_options(**_OWN)
    for audience, month, number in connection.execute(grouped):
        _gathered(session)[audience, month] += sign * number


def recount(connection: sa.Connection) -> None:
    """Count everything anew."""
    connection.execute(sa.delete(_months).execution_options(**_OWN))
    month = _month(connection)
    counts = sa.select(_rows.c.audience, month, sa.func.count()).group_by(_rows.c.audience, month)
    connection.execute(
        sa.insert(_months).from_select(["audience", "month", "number"], counts).execution_options(**_OWN)
    )


def _gathered(session: Session) -> Counter[tuple[str, int]]:
    found: Counter[tuple[str, int]] = session.info.setdefault(_GATHERED, Counter())
    return found


def _after_flush(session: Session, _context: object) -> None:
    for one in session.new:
        if isinstance(one, ComplaintVisibility):
            _gathered(session)[one.audience, month_of(one.received_at)] += 1
    for one in session.deleted:
        if isinstance(one, ComplaintVisibility):
            _gathered(session)[one.audience, month_of(one.received_at)] -= 1
    for one in session.dirty:
        if isinstance(one, Complaint):
            _moved(session, one)


def _moved(session: Session, complaint: Complaint) -> None:
    """A complaint received at another time than was thought: its rows count for another month."""
    changes = sa.inspect(complaint).attrs["received_at"].history
    if not changes.deleted or month_of(changes.deleted[0]) == month_of(complaint.received_at):
        return
    asked = sa.select(_rows.c.audience).where(_rows.c.complaint_id == complaint.id)
    for audience in session.connection().scalars(asked.execution_options(**_OWN)):
        _gathered(session)[audience, month_of(changes.deleted[0])] -= 1
        _gathered(session)[audience, month_of(complaint.received_at)] += 1


def _before_commit(session: Session) -> None:
    session.flush()
    changes = {key: number for key, number in _gathered(session).items() if number}
    session.info.pop(_GATHERED)
    if not changes:
        return
    connection = session.connection()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    made = insert(_months)
    made = made.on_conflict_do_update(
        index_elements=[_months.c.audience, _months.c.month],
        set_={"number": _months.c.number + made.excluded.number},
    )
    lines = [
        {"audience": audience, "month": month, "number": changes[audience, month]}
        for audience, month in sorted(changes)
    ]
    connection.execute(made.execution_options(**_OWN), lines)


def _after_rollback(session: Session) -> None:
    session.info.pop(_GATHERED, None)
