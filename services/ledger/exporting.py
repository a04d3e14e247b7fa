"""A list as a workbook: the same columns, filters, order and rows as on the screen, as its reader may see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Organisation
from models.enums import OPEN_STATES, FollowUpResult
from models.fields import FieldSpec
from models.labels import LazyString, _l
from services.access.permissions import Permission
from services.audit import Draft
from services.deadlines.desk_calendar import DeskTime, desk_time
from services.deadlines.urgency import urgency
from services.errors import NotPermitted
from services.ledger.workbook import SheetColumn, SheetRow, Written, write_ledger
from services.listing import ListQuery, ListRow
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.unit_of_work import UnitOfWork

_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
"""What neither the name of a sheet nor that of a file may hold."""

COLOURED_BY = ("state", "due_at", "paused_at")
"""Fields that the colour of a complaint's row follows from, whether a column shows them or not."""


@dataclass(frozen=True)
class Exported:
    """A finished workbook: the file and the name it is handed out under."""

    written: Written
    filename: str


def export_ledger(
    session: Session,
    query: ListQuery,
    folder: Path,
    title: LazyString | str,
    progress: Callable[[int], None] = lambda rows: None,
) -> Exported:
    """Write what `query` lists into a workbook in `folder` and record the export in the audit trail.

    Rows are read through a server-side cursor: memory does not grow with them. NotPermitted without ledger:export.
    """
    actor = query.actor
    if not actor.is_system and not actor.may(Permission.LEDGER_EXPORT):
        raise NotPermitted
    if query.model is Complaint:
        query = replace(query, extra=tuple(dict.fromkeys((*query.extra, *COLOURED_BY))))
    title = _FORBIDDEN.sub(" ", str(title)).strip()
    specs = [spec for spec in query.specs if spec.export]
    columns = [SheetColumn(spec.key, str(spec.label), spec.kind) for spec in specs]
    shown = _Shown(session, query, specs)
    lines = _about(session, query, columns)
    written = write_ledger(
        folder,
        title,
        columns,
        lambda: map(shown.row, query.iterate(session)),
        lambda rows: [*lines, (str(_l("Rows")), str(rows))],
        query.zone,
        progress,
    )
    filename = f"{title}-{query.now.astimezone(query.zone):%Y%m%d-%H%M}.xlsx"
    _record(session, query, columns, written, filename)
    return Exported(written, filename)


def _record(
    session: Session,
    query: ListQuery,
    columns: Sequence[SheetColumn],
    written: Written,
    filename: str,
) -> None:
    with UnitOfWork(session, query.actor) as work:
        work.record(
            Draft(
                "ledger.exported",
                query.model.__tablename__,
                subject_name=filename[:120],
                after={
                    "rows": written.rows,
                    "sha256": written.sha256,
                    "columns": [column.key for column in columns],
                    "query": query.params(),
                },
            )
        )


class _Shown:
    """A listed row as the sheet shows it."""

    def __init__(self, session: Session, query: ListQuery, specs: Sequence[FieldSpec]) -> None:
        self.keys = [spec.key for spec in specs]
        self.now: datetime = query.now
        self.is_complaint = query.model is Complaint
        self.time: DeskTime | None = desk_time(session) if self.is_complaint else None
        self.lower_bounds = _lower_bounds(session) if self.is_complaint else frozenset()
        self.words = _words(session, query.locale) if self.is_complaint else {}

    def row(self, row: ListRow) -> SheetRow:
        values = [self._value(key, row.values.get(key)) for key in self.keys]
        return SheetRow(values, self._tone(row) if self.is_complaint else "")

    def _value(self, key: str, value: Any) -> Any:
        return self.words[key].get(value, value) if key in self.words else value

    def _tone(self, row: ListRow) -> str:
        due_at = row.values.get("due_at")
        if due_at is None or row.values.get("state") not in OPEN_STATES:
            return ""
        if row.values.get("paused_at") is not None:
            return "paused"
        assert self.time is not None
        return urgency(due_at, self.now, self.time, is_lower_bound=row.id in self.lower_bounds).nearness


def _lower_bounds(session: Session) -> frozenset[int]:
    """Open complaints whose due date waits for a year's calendar: few, and never coloured as overdue."""
    query = sa.select(Complaint.id).where(
        Complaint.due_is_lower_bound.is_(True), Complaint.state.in_(sorted(OPEN_STATES))
    )
    return frozenset(session.scalars(query))


def _words(session: Session, locale: str) -> dict[str, dict[str, Any]]:
    """Fields that keep a code and show its name."""
    version = current_version(session)
    grading = parsed(version).grading if version is not None else None
    grades = {level.code: level.names.in_language(locale) for level in grading.levels} if grading else {}
    return {"grade": grades, "satisfaction": {result.value: result for result in FollowUpResult}}


def _about(session: Session, query: ListQuery, columns: Sequence[SheetColumn]) -> list[tuple[str, str]]:
    filters = [f"{label}: {wording}" for label, wording in query.describe(session)]
    organisation = session.scalar(sa.select(Organisation.name)) or ""
    return [
        (str(_l("Organisation")), organisation),
        (str(_l("Exported by")), query.actor.name),
        (str(_l("Exported at")), f"{query.now.astimezone(query.zone):%Y-%m-%d %H:%M:%S} ({query.zone.key})"),
        (str(_l("Filter")), "\n".join(filters) or str(_l("none, all complaints one may see"))),
        (str(_l("Order")), _order(query)),
        (str(_l("Columns")), "、".join(column.label for column in columns)),
        (
            str(_l("How to read it")),
            str(
                _l(
                    "Times are those of the desk's time zone. Text is never a formula. A text too long for one cell "
                    "goes on in the column behind it. Control characters are written as Excel writes them: _x000D_."
                )
            ),
        ),
    ]


def _order(query: ListQuery) -> str:
    key = query.sort.removeprefix("-")
    label = next((str(spec.label) for spec in query.specs if spec.key == key), key)
    if not key:
        return str(_l("newest first"))
    direction = _l("descending") if query.sort.startswith("-") else _l("ascending")
    return f"{label}, {direction}"
