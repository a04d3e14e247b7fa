"""Imported rows as complaints, written in bulk: no operation, no clock and no message is involved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
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
from services.ledger.bulk import Row, Shape, make_room, put
from services.ledger.checking import Answered, LedgerRow, Options
from services.ledger.parsing import is_blank
from services.ledger.targets import COMPLAINED_ABOUT, targets
from services.listing import orders
from services.own_fields import code_of
from services.own_fields.values import typed_rows
from services.procedures.of_complaint import parsed


@dataclass(frozen=True)
class Prepared:
    """Rows of all tables, complete but for the ids: beside each stands which of the complaints it belongs to."""

    complaints: list[Row]
    texts: list[Row]
    parties: list[tuple[int, Row]]
    replies: list[tuple[int, Row]]
    values: list[tuple[int, dict[str, Any]]]


_WRITTEN = (
    "number", "state", "procedure_version_id", "first_receiver_id", "responsible_id", "receiving_department_id",
    "is_anonymous", "is_imported", "batch_id", "import_key", "created_at", "own_values", "replied_at", "closed_at",
    "close_kind", "category_code",
)  # fmt: skip
"""What an import says of a complaint besides what a column of the ledger can hold."""
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
        dialect = self.dialect = session.get_bind().dialect.name
        self.complaint = Shape(Complaint, dialect, "id", only={*targets(), *_WRITTEN})
        self.party, self.reply = (
            Shape(Party, dialect, "id", "complaint_id"),
            Shape(Reply, dialect, "id", "complaint_id"),
        )
        self.now = datetime.now(UTC)
        self.nameless = str(_l("(no subject)"))

    def prepare(self, rows: Sequence[LedgerRow], numbers: Sequence[str]) -> Prepared:
        """What becomes of these rows: all that takes time is done before the database is locked."""
        made = [self._complaint(row, number) for row, number in zip(rows, numbers, strict=True)]
        return Prepared(
            [self.complaint.row(each) for each in made],
            [search.texts_of(each, self.dialect) for each in made],
            [(at, self.party.row(party)) for at, row in enumerate(rows) for party in _parties(row)],
            [(at, self.reply.row(reply)) for at, row in enumerate(rows) for reply in _replies(row)],
            [(at, value) for at, each in enumerate(made) for value in self._values(each["own_values"])],
        )

    def write(self, connection: sa.Connection, prepared: Prepared) -> None:
        """Write what was prepared, with ids."""
        make_room(connection)
        ids = _new_ids(connection, len(prepared.complaints))
        put(
            connection,
            self.complaint.table,
            ("id", *self.complaint.names),
            [(key, *row) for key, row in zip(ids, prepared.complaints, strict=True)],
        )
        for shape, rows in ((self.party, prepared.parties), (self.reply, prepared.replies)):
            whole = [(ids[at], *row) for at, row in rows]
            put(connection, shape.table, ("complaint_id", *shape.names), whole)
        if prepared.values:
            table = cast(sa.Table, ComplaintValue.__table__)
            connection.execute(
                sa.insert(table), [{**value, "complaint_id": ids[at]} for at, value in prepared.values]
            )
        search.take_up(
            connection, [(key, *texts) for key, texts in zip(ids, prepared.texts, strict=True)], put
        )
        orders.rebuild(connection, ids)

    def _complaint(self, row: LedgerRow, number: str) -> dict[str, Any]:
        given = {
            key: value
            for key, value in row.values.items()
            if value is not None and key != COMPLAINED_ABOUT and _code(key) is None
        }
        actor = self.actor
        state = self._state(row)
        closed = state is State.CLOSED
        first_receiver = given.get("first_receiver_id") or actor.user_id
        made = given | {
            "number": number,
            "state": state,
            "summary": _summary(row) or self.nameless,
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
            "created_at": self.now,
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

    def _values(self, own: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The typed rows of the declared fields."""
        found = []
        for code, value in own.items():
            one = self.procedure.declared_field(code)
            if one is not None:
                found += typed_rows(0, one, value)
        return found

    def _state(self, row: LedgerRow) -> State:
        if row.values.get("closed_at") or (row.is_answered and self.options.answered is Answered.CLOSED):
            return State.CLOSED
        return State(self.options.answered.value if row.is_answered else self.options.unanswered.value)


_code = cache(code_of)


def _replies(row: LedgerRow) -> list[dict[str, Any]]:
    if not row.is_answered:
        return []
    return [{"round": 1, "text": row.values["reply_text"], "sent_at": row.values.get("replied_at")}]


def _own_values(row: LedgerRow) -> dict[str, Any]:
    return {
        code: value
        for key, value in row.values.items()
        if (code := _code(key)) is not None and value is not None
    }


def _summary(row: LedgerRow) -> str:
    """The subject as it stands; without one, the beginning of the content, if it has one."""
    summary = row.values.get("summary")
    if not is_blank(summary):
        return str(summary)
    lines = str(row.values.get("content") or "").split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    return first[:DERIVED_SUMMARY]


def _parties(row: LedgerRow) -> list[dict[str, Any]]:
    name, phone = row.values.get("complainant_name"), row.values.get("complainant_phone")
    named = not is_blank(name)
    made = [
        {
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
