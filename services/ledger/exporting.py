"""A list as a workbook: the same columns, filters, order and rows as on the screen, as its reader may see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Organisation
from models.labels import LazyString, _l
from services.access.permissions import Permission
from services.audit import Draft
from services.errors import Invalid, NotPermitted
from services.ledger.tones import COLOURED_BY, Tones
from services.ledger.workbook import SheetBatch, SheetColumn, Written, write_ledger
from services.listing import ListQuery
from services.listing.streaming import stream
from services.unit_of_work import UnitOfWork

_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
"""What neither the name of a sheet nor that of a file may hold."""


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
    processes: int = 1,
) -> Exported:
    """Write what `query` lists into a workbook in `folder` and record the export in the audit trail.

    Rows are read through a server-side cursor: memory does not grow with them. NotPermitted without ledger:export;
    Invalid when none of the columns shown may leave the desk.
    """
    actor = query.actor
    if not actor.is_system and not actor.may(Permission.LEDGER_EXPORT):
        raise NotPermitted
    if query.model is Complaint:
        query = replace(query, extra=tuple(dict.fromkeys((*query.extra, *COLOURED_BY))))
    title = _FORBIDDEN.sub(" ", str(title)).strip()
    query = replace(query, columns=tuple(spec.key for spec in query.specs if spec.export))
    if not query.columns:
        raise Invalid({"columns": _l("None of the columns shown may be exported. Choose others.")})
    columns = [SheetColumn(spec.key, str(spec.label), spec.kind) for spec in query.specs]
    lines = _about(session, query, columns)
    tones = Tones(session, query)
    written = write_ledger(
        folder,
        title,
        columns,
        lambda: (SheetBatch(batch.columns, tones.of(batch)) for batch in stream(query, session)),
        lambda rows: [*lines, (str(_l("Rows")), str(rows))],
        query.zone,
        progress,
        processes,
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
