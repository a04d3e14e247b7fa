"""The columns of an exported list: as on the screen, or as a registration table of the procedure lays them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from models import Complaint
from models.labels import LazyString
from services.documents.forms import forms_of
from services.documents.vocabulary import REGISTER, TABLES
from services.errors import NotFound
from services.ledger.workbook import SheetColumn
from services.listing import ListQuery, offered
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.sections.documents import DocumentForm, Table
from services.procedures.wording import said_of

AS_ON_SCREEN = ""
ROW = "row"
"""The column that counts the rows of a registration table."""
_LISTED_AS = {"grade_name": "grade"}
_ROWS_OF = "complaints"


@dataclass(frozen=True)
class Layout:
    """What an export shows: the list it reads, the columns it writes, and where the running number stands."""

    query: ListQuery
    columns: Sequence[SheetColumn]
    title: str = ""
    numbered_at: int | None = None

    def laid_out(self, columns: Sequence[Sequence[object]], first: int) -> Sequence[Sequence[object]]:
        """The columns of a batch whose first row is number `first`, with the running number among them."""
        if self.numbered_at is None or not columns:
            return columns
        numbers = range(first, first + len(columns[0]))
        return [*columns[: self.numbered_at], numbers, *columns[self.numbered_at :]]


def as_on_screen(query: ListQuery) -> Layout:
    """The columns shown, in their order, by their names; without those that may not leave the desk."""
    query = replace(query, columns=tuple(spec.key for spec in query.specs if spec.export))
    return Layout(query, [SheetColumn(spec.key, str(spec.label), spec.kind) for spec in query.specs])


def registration_tables(session: Session) -> dict[str, LazyString | str]:
    """The registers that the procedure in force lays out, by code, with their names."""
    return {code: said_of(form.names) for code, form in _forms(session).items()}


def layout_of(session: Session, query: ListQuery, code: str) -> Layout:
    """The layout with this code for this list. NotFound when the procedure has none, or for another list."""
    if code == AS_ON_SCREEN:
        return as_on_screen(query)
    form = _forms(session).get(code)
    if form is None or query.model is not Complaint:
        raise NotFound
    known = {spec.key: spec for spec in offered(query.model, query.declared) if spec.export}
    named = TABLES[_ROWS_OF].references()
    columns: list[SheetColumn] = []
    for column in next(_tables(form)).columns:
        key = _LISTED_AS.get(column.field, column.field)
        label = column.label.in_language(query.locale) if column.label else str(named[column.field].label)
        if key == ROW:
            columns.append(SheetColumn(ROW, label, "integer"))
        elif key in known:
            columns.append(SheetColumn(key, label, known[key].kind))
    keys = tuple(column.key for column in columns)
    return Layout(
        replace(query, columns=tuple(key for key in keys if key != ROW)),
        columns,
        form.names.in_language(query.locale),
        keys.index(ROW) if ROW in keys else None,
    )


def _forms(session: Session) -> dict[str, DocumentForm]:
    version = current_version(session)
    if version is None:
        return {}
    forms = forms_of(parsed(version), REGISTER)
    return {code: form for code, form in forms.items() if list(_tables(form))}


def _tables(form: DocumentForm) -> Iterator[Table]:
    return (block.table for block in form.layout if block.table is not None and block.table.of == _ROWS_OF)
