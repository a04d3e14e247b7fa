"""Values of declared fields: checked as they are typed, kept by code, read back as what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Attachment, Complaint, ComplaintValue, Department, User
from models.fields import FieldSpec
from models.labels import _l
from services.actor import Actor
from services.errors import Text
from services.own_fields.specs import LONGEST_TEXT, Several, StoredFile, key_of, may_read
from services.procedures.schema import Procedure
from services.procedures.sections.fields import DeclaredField, FieldKind

LARGEST = Decimal(10**12)


class Unfit(ValueError):
    """A value that the field can't take; `text` says what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


@dataclass
class Cleaned:
    """Values by code as they are stored (None: taken away), and what is wrong, by key of the form field."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, Text] = field(default_factory=dict)


def clean(
    session: Session,
    procedure: Procedure,
    actor: Actor,
    given: Mapping[str, Any],
    complaint: Complaint | None = None,
) -> Cleaned:
    """What was typed into declared fields, by code, checked against the procedure.

    A value that stands already may stay, even when its choice has been retired or its person has left.
    """
    found = Cleaned()
    stands = complaint.own_values if complaint is not None else {}
    known = {one.code: one for one in procedure.fields}
    for code, value in given.items():
        one = known.get(code)
        if one is None or one.retired or not may_read(one, actor):
            found.faults[key_of(code)] = _l("This field is not edited by hand.")
            continue
        try:
            stored = _stored(session, one, value, stands.get(code), complaint)
        except Unfit as unfit:
            found.faults[key_of(code)] = unfit.text
        else:
            found.values[code] = stored
    return found


def _stored(
    session: Session, one: DeclaredField, value: Any, stands: Any, complaint: Complaint | None
) -> Any:
    if value is None or value == "" or value == [] or value == ():
        return None
    if one.kind is FieldKind.FILE:
        return _file(session, value, stands, complaint)
    if one.kind in (FieldKind.PERSON, FieldKind.DEPARTMENT):
        return _pointed_at(session, one.kind, value, stands)
    return _PLAIN[one.kind](one, value, stands)


def _text(one: DeclaredField, value: Any, stands: Any) -> str | None:
    text = str(value).strip()
    if "\x00" in text:
        raise Unfit(_l("The text holds a character that cannot be stored (NUL). Remove it."))
    if one.kind is FieldKind.TEXT and len(text) > LONGEST_TEXT:
        raise Unfit(_l("At most %(count)s characters.", count=LONGEST_TEXT))
    return text or None


def _number(one: DeclaredField, value: Any, stands: Any) -> str:
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise Unfit(_l("Not a number.")) from None
    if not number.is_finite() or abs(number) > LARGEST:
        raise Unfit(_l("The number is too large."))
    places = 2 if one.kind is FieldKind.MONEY else 4
    if number != round(number, places):
        raise Unfit(_l("At most %(count)s digits after the point.", count=places))
    if one.kind is FieldKind.MONEY and number < 0:
        raise Unfit(_l("An amount can't be negative."))
    return format(round(number, 2) if one.kind is FieldKind.MONEY else number.normalize(), "f")


def _day(one: DeclaredField, value: Any, stands: Any) -> str:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise Unfit(_l("Not a date. Write it like 2026-03-09.")) from None
    return day.isoformat()


def _code(one: DeclaredField, value: Any, stands: Any) -> str:
    code = str(value.value if isinstance(value, Enum) else value)
    kept = stands if isinstance(stands, list) else [stands]
    if code not in kept and code not in {each.code for each in one.choices if not each.retired}:
        raise Unfit(_l("Pick one of the values offered."))
    return code


def _codes(one: DeclaredField, value: Any, stands: Any) -> list[str]:
    chosen = {_code(one, each, stands) for each in (value if isinstance(value, list | tuple) else [value])}
    return [each.code for each in one.choices if each.code in chosen]


_PLAIN: dict[FieldKind, Callable[[DeclaredField, Any, Any], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _number,
    FieldKind.DATE: _day,
    FieldKind.CHOICE: _code,
    FieldKind.MULTIPLE_CHOICE: _codes,
}


def as_stored(one: DeclaredField, value: Any) -> Any:
    """A value that points at no record, as it is stored. Unfit with what to do."""
    return _PLAIN[one.kind](one, value, None)


def _pointed_at(session: Session, kind: FieldKind, value: Any, stands: Any) -> int:
    record_id = int(value)
    if record_id == stands:
        return record_id
    if kind is FieldKind.PERSON:
        user = session.get(User, record_id)
        if user is None or not user.is_active:
            raise Unfit(_l("Choose somebody who works here."))
    else:
        department = session.get(Department, record_id)
        if department is None or department.ended_on is not None:
            raise Unfit(_l("Choose a department that exists."))
    return record_id


def _file(session: Session, value: Any, stands: Any, complaint: Complaint | None) -> dict[str, str]:
    """An attachment of this very complaint, by its address."""
    address = str(value)
    if isinstance(stands, dict) and stands.get("attachment") == address:
        return stands
    query = sa.select(Attachment).where(Attachment.public_id == address, Attachment.withdrawn_at.is_(None))
    attachment = session.scalars(query).first() if complaint is not None else None
    if attachment is None or complaint is None or attachment.complaint_id != complaint.id:
        raise Unfit(_l("Pick a file of this complaint."))
    return {"attachment": attachment.public_id, "name": attachment.filename}


def keep(session: Session, complaint: Complaint, procedure: Procedure, values: Mapping[str, Any]) -> None:
    """Put cleaned values on the complaint (which has its id), and into the typed rows that filters and order read."""
    changed = {code: value for code, value in values.items() if complaint.own_values.get(code) != value}
    if not changed:
        return
    whole = {**complaint.own_values, **changed}
    complaint.own_values = {code: value for code, value in whole.items() if value is not None}
    rows = sa.select(ComplaintValue).where(
        ComplaintValue.complaint_id == complaint.id, ComplaintValue.code.in_(sorted(changed))
    )
    for row in session.scalars(rows):
        session.delete(row)
    session.flush()
    for code, value in changed.items():
        one = procedure.declared_field(code)
        if one is not None and value is not None:
            session.add_all(ComplaintValue(**row) for row in typed_rows(complaint.id, one, value))
    session.flush()


def typed_rows(complaint_id: int, one: DeclaredField, value: Any) -> list[dict[str, Any]]:
    """The typed rows of one stored value; every row has the same keys."""
    empty = {"text": None, "number": None, "day": None, "user_id": None, "department_id": None}
    columns: dict[FieldKind, tuple[str, Callable[[Any], Any]]] = {
        FieldKind.TEXT: ("text", str),
        FieldKind.CHOICE: ("text", str),
        FieldKind.MULTIPLE_CHOICE: ("text", str),
        FieldKind.NUMBER: ("number", Decimal),
        FieldKind.MONEY: ("number", Decimal),
        FieldKind.DATE: ("day", date.fromisoformat),
        FieldKind.PERSON: ("user_id", int),
        FieldKind.DEPARTMENT: ("department_id", int),
    }
    if one.kind not in columns:
        return []
    column, made = columns[one.kind]
    listed = value if isinstance(value, list) else [value]
    return [{"complaint_id": complaint_id, "code": one.code, **empty, column: made(each)} for each in listed]


def read(spec: FieldSpec, stored: Any) -> Any:
    """A stored value as lists, pages and forms take it; relations stay ids."""
    if stored is None:
        return None
    if spec.kind == "number":
        return Decimal(str(stored))
    if spec.kind == "date":
        return date.fromisoformat(stored)
    if spec.kind == "choice":
        return named(spec, stored)
    if spec.kind == "choices":
        return Several(named(spec, each) for each in stored)
    if spec.kind == "file":
        return StoredFile(stored["name"], stored["attachment"])
    return stored


def named(spec: FieldSpec, code: Any) -> Any:
    """The choice with this code; the code itself where no version names it."""
    assert spec.choices is not None
    try:
        return spec.choices(code)
    except ValueError:
        return code
