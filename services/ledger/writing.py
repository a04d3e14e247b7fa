"""Imported rows as complaints, written in bulk: no operation, no clock and no message is involved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, ComplaintValue, Party, ProcedureVersion, Reply
from models.enums import CloseKind, PartyKind, PartySide, State
from models.labels import _l
from models.phones import phone_key
from services import search
from services.access.scope import MARK
from services.actor import Actor
from services.ledger.checking import Answered, LedgerRow, Options
from services.ledger.parsing import is_blank
from services.ledger.targets import COMPLAINED_ABOUT
from services.own_fields import code_of
from services.own_fields.values import typed_rows
from services.procedures.of_complaint import parsed


@dataclass(frozen=True)
class Prepared:
    """Rows and the complaints that they become."""

    rows: Sequence[LedgerRow]
    complaints: list[dict[str, Any]]


_DEFAULTS = {
    column.name: column.default.arg
    for column in Complaint.__table__.columns
    if not column.nullable and column.default is not None and column.default.is_scalar
}
"""What stands in a column that must hold something where a ledger says nothing."""
DERIVED_SUMMARY = 50
"""Characters of the content that stand in for a missing subject."""


class Writer:
    """Writes the rows of one batch, some hundred at a time. Nobody sees them before `publish`."""

    def __init__(
        self, session: Session, actor: Actor, batch_id: int, version_id: int, options: Options
    ) -> None:
        self.actor, self.batch_id, self.version_id, self.options = actor, batch_id, version_id, options
        self.procedure = parsed(session.get_one(ProcedureVersion, version_id))
        self.categories = {kind.code: kind.category for kind in self.procedure.categories}

    def prepare(self, rows: Sequence[LedgerRow], numbers: Sequence[str]) -> Prepared:
        """The complaints of these rows, to be written by `write`: what takes time is done before it."""
        made = [self._complaint(row, number) for row, number in zip(rows, numbers, strict=True)]
        # Rows written together need the same columns.
        every = {key: _DEFAULTS.get(key) for complaint in made for key in complaint}
        for complaint in made:
            for key, default in every.items():
                if complaint.get(key) is None:
                    complaint[key] = default
        return Prepared(rows, made)

    def write(self, connection: sa.Connection, prepared: Prepared) -> None:
        """Write these rows with all that belongs to them."""
        rows, complaints = prepared.rows, prepared.complaints
        ids = _new_ids(connection, len(rows))
        for complaint_id, complaint in zip(ids, complaints, strict=True):
            complaint["id"] = complaint_id
        connection.execute(sa.insert(cast(sa.Table, Complaint.__table__)), complaints)
        for model, made in (
            (Party, [party for i, row in zip(ids, rows, strict=True) for party in _parties(i, row)]),
            (
                ComplaintValue,
                [value for i, row in zip(ids, rows, strict=True) for value in self._values(i, row)],
            ),
            (Reply, [reply for i, row in zip(ids, rows, strict=True) for reply in self._replies(i, row)]),
        ):
            if made:
                connection.execute(sa.insert(cast(sa.Table, model.__table__)), made)
        search.take_up(connection, complaints)

    def _complaint(self, row: LedgerRow, number: str) -> dict[str, Any]:
        given = {
            key: value
            for key, value in row.values.items()
            if key != COMPLAINED_ABOUT and code_of(key) is None
        }
        actor = self.actor
        state = self._state(row)
        closed = state is State.CLOSED
        first_receiver = given.get("first_receiver_id") or actor.user_id
        made = given | {
            "number": number,
            "state": state,
            "summary": _summary(row),
            "content": given.get("content") or "",
            "channel": given.get("channel") or self.options.channel,
            "procedure_version_id": self.version_id,
            "first_receiver_id": first_receiver,
            "responsible_id": None if closed else first_receiver,
            "receiving_department_id": actor.department_id,
            "is_anonymous": is_blank(given.get("complainant_name")),
            "is_imported": True,
            "batch_id": self.batch_id,
            "import_key": row.key,
            "own_values": _own_values(row),
            "replied_at": given.get("replied_at"),
            "closed_at": given.get("closed_at"),
            "close_kind": CloseKind.IMPORTED if closed else None,
        }
        if state is State.REPLIED:
            made["replied_at"] = given.get("replied_at") or row.received_at
        if closed:
            made["closed_at"] = given.get("closed_at") or given.get("replied_at") or row.received_at
        category = self.categories.get(str(made.get("category_code")))
        if category is not None:
            made["category"] = category
        return made

    def _values(self, complaint_id: int, row: LedgerRow) -> list[dict[str, Any]]:
        """The typed rows of the declared fields."""
        found = []
        for code, value in _own_values(row).items():
            one = self.procedure.declared_field(code)
            if one is not None:
                found += typed_rows(complaint_id, one, value)
        return found

    def _state(self, row: LedgerRow) -> State:
        if row.values.get("closed_at") or (row.is_answered and self.options.answered is Answered.CLOSED):
            return State.CLOSED
        return State(self.options.answered.value if row.is_answered else self.options.unanswered.value)

    def _replies(self, complaint_id: int, row: LedgerRow) -> list[dict[str, Any]]:
        if not row.is_answered:
            return []
        return [
            {
                "complaint_id": complaint_id,
                "round": 1,
                "text": row.values["reply_text"],
                "sent_at": row.values.get("replied_at"),
            }
        ]


def _own_values(row: LedgerRow) -> dict[str, Any]:
    return {
        code: value
        for key, value in row.values.items()
        if (code := code_of(key)) is not None and value is not None
    }


def _summary(row: LedgerRow) -> str:
    """The subject as it stands; without one, the beginning of the content."""
    summary = row.values.get("summary")
    if not is_blank(summary):
        return str(summary)
    lines = str(row.values.get("content") or "").split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    return first[:DERIVED_SUMMARY] or str(_l("(no subject)"))


def _parties(complaint_id: int, row: LedgerRow) -> list[dict[str, Any]]:
    name, phone = row.values.get("complainant_name"), row.values.get("complainant_phone")
    named = not is_blank(name)
    made = [
        {
            "complaint_id": complaint_id,
            "side": PartySide.COMPLAINANT,
            "kind": PartyKind.PERSON if named else PartyKind.ANONYMOUS,
            "name": name if named else None,
            "phone": phone,
            "phone_key": phone_key(phone),
            "complainant_kind": row.values.get("complainant_kind"),
        }
    ]
    about = row.values.get(COMPLAINED_ABOUT)
    if not is_blank(about):
        made.append(
            {
                "complaint_id": complaint_id,
                "side": PartySide.COMPLAINED_ABOUT,
                "kind": PartyKind.ORGANISATION,
                "name": about,
                "phone": None,
                "phone_key": None,
                "complainant_kind": None,
            }
        )
    return made


def _new_ids(connection: sa.Connection, count: int) -> list[int]:
    """Ids for rows to come: known beforehand, so that nothing has to be read back."""
    if connection.dialect.name == "sqlite":  # the transaction holds the only write lock
        last = connection.scalar(
            sa.text("SELECT max(id) FROM complaints").execution_options(**{MARK: "core"})
        )
        return list(range((last or 0) + 1, (last or 0) + count + 1))
    asked = sa.text(
        "SELECT nextval(pg_get_serial_sequence('complaints', 'id')) FROM generate_series(1, :count)"
    )
    return list(connection.scalars(asked.execution_options(**{MARK: "core"}), {"count": count}))
