"""Imported rows as complaints, written in bulk: no operation, no clock and no message is involved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa

from models import (
    Complaint,
    ComplaintEvent,
    ComplaintValue,
    ComplaintVisibility,
    Department,
    Party,
    ProcedureVersion,
    Reply,
)
from models.enums import CloseKind, EventKind, PartyKind, PartySide, State
from models.labels import _l
from models.phones import phone_key
from services import search
from services.access import months
from services.access.permissions import Permission
from services.access.scope import unscoped
from services.ledger.checking import Answered, LedgerRow, Options
from services.ledger.parsing import is_blank
from services.ledger.targets import COMPLAINED_ABOUT
from services.own_fields import code_of
from services.own_fields.values import typed_rows
from services.procedures.of_complaint import parsed
from services.unit_of_work import UnitOfWork

DERIVED_SUMMARY = 50
"""Characters of the content that stand in for a missing subject."""


class Writer:
    """Writes the rows of one batch, some hundred at a time."""

    def __init__(
        self, work: UnitOfWork, batch_id: int, version_id: int, options: Options, filename: str
    ) -> None:
        self.work, self.batch_id, self.version_id = work, batch_id, version_id
        self.procedure = parsed(work.session.get_one(ProcedureVersion, version_id))
        self.categories = {kind.code: kind.category for kind in self.procedure.categories}
        self.options, self.filename = options, filename
        self.written = 0
        actor = work.actor
        self.grant = None if actor.is_system else actor.grant_for(Permission.LEDGER_IMPORT)
        department = work.session.get(Department, actor.department_id) if actor.department_id else None
        self.department_name = department.name if department else None

    def write(self, rows: Sequence[LedgerRow], numbers: Mapping[str, str]) -> None:
        """Write these rows with all that belongs to them."""
        complaints = [self._complaint(row, numbers[row.key]) for row in rows]
        connection = self.work.session.connection()
        # Without RETURNING the drivers write many rows at once; the numbers are unique and lead to the ids.
        connection.execute(sa.insert(cast(sa.Table, Complaint.__table__)), complaints)
        ids = self._ids([complaint["number"] for complaint in complaints])
        seen = [v for i, c in zip(ids, complaints, strict=True) for v in _visibility(i, c)]
        months.counted(self.work.session, seen)
        for model, made in (
            (ComplaintVisibility, seen),
            (Party, [party for i, row in zip(ids, rows, strict=True) for party in _parties(i, row)]),
            (
                ComplaintValue,
                [value for i, row in zip(ids, rows, strict=True) for value in self._values(i, row)],
            ),
            (Reply, [reply for i, row in zip(ids, rows, strict=True) for reply in self._replies(i, row)]),
            (ComplaintEvent, [self._event(i, c, r) for i, c, r in zip(ids, complaints, rows, strict=True)]),
        ):
            if made:
                connection.execute(sa.insert(cast(sa.Table, model.__table__)), made)
        search.rebuild(connection, ids)
        self.written += len(rows)

    def _ids(self, numbers: Sequence[str]) -> list[int]:
        session = self.work.session
        with unscoped(session, "rows of this very import, before anybody's visibility is written"):
            asked = sa.select(Complaint.number, Complaint.id).where(Complaint.number.in_(numbers))
            found = {row.number: row.id for row in session.execute(asked)}
        return [found[number] for number in numbers]

    def _complaint(self, row: LedgerRow, number: str) -> dict[str, Any]:
        given = {
            key: value
            for key, value in row.values.items()
            if key != COMPLAINED_ABOUT and code_of(key) is None
        }
        actor = self.work.actor
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
            # Rows written together need the same columns.
            "replied_at": given.get("replied_at"),
            "closed_at": given.get("closed_at"),
            "close_kind": CloseKind.IMPORTED if closed else None,
        }
        if state is State.REPLIED:
            made["replied_at"] = given.get("replied_at") or row.received_at
        if closed:
            made["closed_at"] = given.get("closed_at") or given.get("replied_at") or row.received_at
        for key in ("form", "category"):
            if key in made and made[key] is None:
                made[key] = Complaint.__table__.c[key].default.arg
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

    def _event(self, complaint_id: int, complaint: Mapping[str, Any], row: LedgerRow) -> dict[str, Any]:
        actor, grant = self.work.actor, self.grant
        return {
            "complaint_id": complaint_id,
            "at": self.work.now,
            "event": EventKind.IMPORTED,
            "from_state": complaint["state"],
            "to_state": complaint["state"],
            "round": 1,
            "actor_id": actor.user_id,
            "actor_name": actor.name,
            "on_behalf_of_id": grant.on_behalf_of_id if grant else None,
            "on_behalf_of_name": grant.on_behalf_of_name if grant else None,
            "role": grant.role.value if grant else None,
            "department_name": self.department_name,
            "text": None,
            "data": {"file": self.filename, "row": row.line},
        }


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


def _visibility(complaint_id: int, complaint: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What services.access.visibility.audiences_of gives for a complaint without assignments."""
    department = complaint.get("department_id") or complaint["receiving_department_id"]
    people = {complaint["first_receiver_id"], complaint.get("handler_id"), complaint["responsible_id"]}
    audiences = {"*"} | ({f"d{department}"} if department else set())
    audiences |= {f"u{person}" for person in people if person}
    orders = {"received_at": complaint["received_at"], "due_at": complaint.get("due_at")}
    return [{"complaint_id": complaint_id, "audience": audience, **orders} for audience in sorted(audiences)]


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
