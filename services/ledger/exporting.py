"""A list as a file: the same columns, filters, order and rows as on the screen, as its reader may see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Organisation
from models.labels import LazyString, _l
from services.access.permissions import Permission
from services.audit import Draft
from services.errors import Invalid, NotPermitted
from services.ledger.layouts import AS_ON_SCREEN, Layout, layout_of
from services.ledger.text_file import write_text
from services.ledger.tones import COLOURED_BY, Tones
from services.ledger.workbook import SheetBatch, SheetColumn, Written, write_ledger
from services.listing import ListQuery
from services.listing.streaming import stream
from services.unit_of_work import UnitOfWork

_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
"""What neither the name of a sheet nor that of a file may hold."""


class FileForm(StrEnum):
    """What an export is written as."""

    WORKBOOK = "xlsx"
    TEXT = "csv"


@dataclass(frozen=True)
class Exported:
    """A finished file, the name it is handed out under, and what the audit trail says of it."""

    written: Written
    filename: str
    record: Draft


def export_ledger(
    session: Session,
    query: ListQuery,
    folder: Path,
    title: LazyString | str,
    progress: Callable[[int], None] = lambda rows: None,
    processes: int = 1,
    *,
    layout: str = AS_ON_SCREEN,
    form: FileForm = FileForm.WORKBOOK,
) -> Exported:
    """Write what `query` lists into a file in `folder` and record the export in the audit trail.

    NotPermitted without ledger:export; Invalid when none of the columns shown may leave the desk; NotFound for a
    layout that this list does not have.
    """
    exported = write_export(session, query, folder, title, progress, processes, layout=layout, form=form)
    with UnitOfWork(session, query.actor) as work:
        work.record(exported.record)
    return exported


def write_export(
    session: Session,
    query: ListQuery,
    folder: Path,
    title: LazyString | str,
    progress: Callable[[int], None] = lambda rows: None,
    processes: int = 1,
    *,
    layout: str = AS_ON_SCREEN,
    form: FileForm = FileForm.WORKBOOK,
) -> Exported:
    """As `export_ledger`, with the recording left to the caller, who must not hand the file out before it.

    Rows are read through a server-side cursor: memory does not grow with them.
    """
    if not query.actor.is_system and not query.actor.may(Permission.LEDGER_EXPORT):
        raise NotPermitted
    if query.model is Complaint:
        query = replace(query, extra=tuple(dict.fromkeys((*query.extra, *COLOURED_BY))))
    laid = layout_of(session, query, layout)
    if not laid.query.columns:
        raise Invalid({"columns": _l("None of the columns shown may be exported. Choose others.")})
    title = _FORBIDDEN.sub(" ", laid.title or str(title)).strip()
    if form is FileForm.TEXT:
        written = write_text(folder, laid.columns, _batches(session, laid), query.zone, progress)
    else:
        lines = _about(session, laid.query, laid.columns)
        written = write_ledger(
            folder,
            title,
            laid.columns,
            lambda: _batches(session, laid),
            lambda rows: [*lines, (str(_l("Rows")), str(rows))],
            query.zone,
            progress,
            processes,
        )
    filename = f"{title}-{query.now.astimezone(query.zone):%Y%m%d-%H%M}.{form.value}"
    return Exported(written, filename, _record(laid, written, filename))


def _batches(session: Session, laid: Layout) -> Iterator[SheetBatch]:
    tones = Tones(session, laid.query)
    first = 1
    for batch in stream(laid.query, session):
        yield SheetBatch(laid.laid_out(batch.columns, first), tones.of(batch))
        first += len(batch)


def _record(laid: Layout, written: Written, filename: str) -> Draft:
    return Draft(
        "ledger.exported",
        laid.query.model.__tablename__,
        subject_name=filename[:120],
        after={
            "rows": written.rows,
            "sha256": written.sha256,
            "columns": [column.key for column in laid.columns],
            "query": laid.query.params(),
        },
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
