"""Every row of a list, as batches of columns: what an export reads.

The same columns, rows, order, scope and masking as `ListQuery.iterate`, at a fraction of its time: the driver's own
rows through a server-side cursor, codes turned into their words and ids into names a column at a time. Names of other
records are looked up once each instead of being joined to every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.fields import FieldSpec, Sensitivity, relation_target
from services.access.masking import CASE_KEYS, mask_text, plain_rows
from services.access.scope import scoped
from services.listing import columns as cols
from services.listing.query import ListQuery
from services.own_fields.values import read

BATCH = 1000
MOST_NAMES = 20_000
"""Names of other records that are kept in mind at once."""

Values = list[Any]
Reader = Callable[[Sequence[Any]], Values]


@dataclass(frozen=True)
class Batch:
    """Some rows: a column for each field of the list, in its order, and the further fields asked for, by key.

    Texts are those that the reader sees (words of codes, names of records, masked where masked); numbers, dates and
    moments (UTC, without a zone) are themselves.
    """

    ids: Sequence[int]
    columns: Sequence[Sequence[Any]]
    extra: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.ids)


def stream(query: ListQuery, session: Session, batch: int = BATCH) -> Iterator[Batch]:
    """The rows of `query` in its order; `query.extra` fields come as they are stored."""
    query._check(session)
    sources = cols.Sources(query.model, query.locale)
    order, _ = query._order(sources)
    shown = [_Column(session, query, sources, spec) for spec in query.specs]
    further = [spec for spec in query.declared.fields_of(query.model) if spec.key in query.extra]
    extra = [_Column(session, query, sources, spec, is_shown=False) for spec in further]
    people = [getattr(query.model, key) for key in CASE_KEYS if hasattr(query.model, key)]
    selected = [query.model.id, *people, *(column.selected for column in [*shown, *extra])]
    labelled = [part.label(f"c{index}") for index, part in enumerate(selected)]
    statement = sources.joined(query._where(sa.select(*labelled), sources)).order_by(*order.clauses())
    result = session.connection().execute(
        scoped(session, statement).execution_options(stream_results=True, max_row_buffer=batch)
    )
    with result:
        for rows in result.partitions(batch):
            ids, *rest = zip(*rows, strict=True)
            cases, values = rest[: len(people)], rest[len(people) :]
            plain = plain_rows(query.actor, cases, len(ids))
            yield Batch(
                ids,
                [column.read(part, plain) for column, part in zip(shown, values, strict=False)],
                {
                    column.spec.key: column.read(part, plain)
                    for column, part in zip(extra, values[len(shown) :], strict=True)
                },
            )


class _Column:
    """One field: what is selected for it, and how the driver's values become what the reader sees."""

    def __init__(
        self,
        session: Session,
        query: ListQuery,
        sources: cols.Sources,
        spec: FieldSpec,
        is_shown: bool = True,
    ) -> None:
        self.spec = spec
        self.is_masked = is_shown and spec.sensitivity is Sensitivity.PERSONAL
        self.selected = _selected(sources, spec)
        self._reader = _reader(session, query, spec, is_shown)

    def read(self, values: Sequence[Any], plain: Sequence[bool]) -> Values:
        found = self._reader(values)
        if not self.is_masked:
            return found
        return [
            value if is_plain or value in (None, "") else str(mask_text(str(value)))
            for value, is_plain in zip(found, plain, strict=True)
        ]


def _selected(sources: cols.Sources, spec: FieldSpec) -> Any:
    """The stored value; where Python would make an object of it only to be turned into text, the driver's own."""
    if spec.code is None:
        column = getattr(sources.model, spec.key)
        is_object = spec.kind in ("choice", "boolean", "date", "moment")
        return sa.type_coerce(column, sa.types.NullType()) if is_object else column
    if spec.relation is not None:
        return getattr(sources.typed(spec), cols.typed_column(spec))
    return cols.stored(spec).as_string() if spec.kind == "long_text" else cols.stored(spec)


def _reader(session: Session, query: ListQuery, spec: FieldSpec, is_shown: bool) -> Reader:
    if spec.relation is not None and is_shown:
        return _Names(session, query, spec).read
    if spec.code is not None:
        return lambda values: [read(spec, value) for value in values]
    if spec.kind == "moment":
        return _moments
    if spec.kind == "date":
        return _days
    if spec.kind == "boolean":
        return lambda values: [None if value is None else bool(value) for value in values]
    words = _words(session, query, spec) if is_shown else {}
    if words:
        return lambda values: [words.get(value, value) for value in values]
    return list


def _words(session: Session, query: ListQuery, spec: FieldSpec) -> dict[str, str]:
    """What the reader sees for each code of a column that keeps codes."""
    if spec.choices is not None:
        return {each.value: str(getattr(each, "label", each.value)) for each in spec.choices}
    return query._words(session).get(spec.key, {})


def _moments(values: Sequence[Any]) -> Values:
    """SQLite keeps moments as text."""
    parse = datetime.fromisoformat
    return [parse(value) if type(value) is str else value for value in values]


def _days(values: Sequence[Any]) -> Values:
    parse = date.fromisoformat
    return [parse(value) if type(value) is str else value for value in values]


class _Names:
    """The names of the records that a relation points at; of those out of the reader's scope there are none."""

    def __init__(self, session: Session, query: ListQuery, spec: FieldSpec) -> None:
        self.session = session
        self.target = relation_target(query.model, spec)
        self.shown = getattr(self.target, cols.display_key(self.target, query.locale))
        self.known: dict[int | None, str | None] = {None: None}

    def read(self, ids: Sequence[int | None]) -> Values:
        missing = sorted(each for each in set(ids) - self.known.keys() if each is not None)
        if missing:
            if len(self.known) + len(missing) > MOST_NAMES:
                self.known = {None: None}
                missing = sorted({each for each in ids if each is not None})
            self.known |= dict.fromkeys(missing)
            rows = self.session.execute(
                sa.select(self.target.id, self.shown).where(self.target.id.in_(missing))
            )
            self.known |= {row[0]: None if row[1] is None else str(row[1]) for row in rows}
        known = self.known
        return [known[each] for each in ids]
