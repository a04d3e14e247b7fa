"""Rows of many tables, gathered in the form in which both engines take them in bulk."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from operator import itemgetter
from typing import Any, cast

import sqlalchemy as sa

import models as m

Row = tuple[Any, ...]
Batch = dict[str, tuple[tuple[str, ...], list[Row]]]
"""By table: its columns, and rows of values as the drivers take them."""


_encode = json.JSONEncoder(ensure_ascii=False).encode


def as_json(value: Any) -> str:
    """As the desk's engines write JSON columns."""
    return _encode(value)


class Sheet:
    """The rows of one table. Columns that nobody gives have the table's own default."""

    def __init__(self, model: type[Any], own_ids: bool = False) -> None:
        table = cast(sa.Table, model.__table__)
        self.name = table.name
        self.columns = tuple(column.name for column in table.columns if own_ids or column.name != "id")
        self._empty = {name: _default(table.columns[name]) for name in self.columns}
        self._ordered: Callable[[dict[str, Any]], Row] = itemgetter(*self.columns)
        self.rows: list[Row] = []

    def add(self, **values: Any) -> None:
        self.rows.append(self._ordered(self.whole(values)))

    def whole(self, values: dict[str, Any]) -> dict[str, Any]:
        """These values, and the defaults of the columns that they leave out."""
        row = self._empty | values
        if len(row) != len(self.columns):
            raise KeyError(f"{self.name} has no column {sorted(set(row) - set(self.columns))}")
        return row


def _default(column: sa.Column[Any]) -> Any:
    default = column.default
    if default is not None and default.is_scalar:
        value = cast(Any, default).arg
        return value.value if isinstance(value, Enum) else value
    if isinstance(column.type, sa.JSON) and not column.nullable:
        return "[]" if default is not None and "list" in str(cast(Any, default).arg) else "{}"
    return None


class Sheets:
    """One sheet a table that made-up complaints fill."""

    def __init__(self) -> None:
        self.complaints = Sheet(m.Complaint, own_ids=True)
        self.parties = Sheet(m.Party)
        self.values = Sheet(m.ComplaintValue)
        self.named = Sheet(m.NamedPerson)
        self.visibility = Sheet(m.ComplaintVisibility)
        self.assignments = Sheet(m.Assignment, own_ids=True)
        self.events = Sheet(m.ComplaintEvent)
        self.runs = Sheet(m.ClockRun, own_ids=True)
        self.pauses = Sheet(m.Pause)
        self.extensions = Sheet(m.Extension)
        self.supervisions = Sheet(m.Supervision)
        self.grades = Sheet(m.GradeRecord)
        self.investigations = Sheet(m.Investigation, own_ids=True)
        self.members = Sheet(m.InvestigationMember)
        self.findings = Sheet(m.Finding)
        self.opinions = Sheet(m.Opinion)
        self.replies = Sheet(m.Reply)
        self.follow_ups = Sheet(m.FollowUp)
        self.archive = Sheet(m.ArchiveRecord)

    @property
    def all(self) -> list[Sheet]:
        return list(vars(self).values())

    def take(self) -> Batch:
        """What was gathered, leaving the sheets empty."""
        taken: Batch = {}
        for sheet in self.all:
            if sheet.rows:
                taken[sheet.name] = (sheet.columns, sheet.rows)
                sheet.rows = []
        return taken


def tables() -> list[str]:
    """The tables that are filled, those that others point at first."""
    return [sheet.name for sheet in Sheets().all]
