"""What people type into dialogs, checked the same way everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from models import Department, User
from models.base import Base
from models.labels import _l
from services.errors import Invalid, Text
from services.unit_of_work import UnitOfWork


def required(value: str | None, field: str, message: Text, longest: int | None = None) -> str:
    """The text, unless it is blank or longer than its column takes: then Invalid at its field."""
    if value is None or not value.strip():
        raise Invalid({field: message})
    return _within(value.strip(), field, longest)


def optional(value: str | None, field: str = "", longest: int | None = None) -> str | None:
    """The text without blanks around it; None when nothing is left."""
    stripped = (value or "").strip()
    return _within(stripped, field, longest) or None


def _within(text: str, field: str, longest: int | None) -> str:
    if longest is not None and len(text) > longest:
        raise Invalid({field: too_long(longest)})
    return text


def too_long(longest: int) -> Text:
    """What is said at a field whose text its column can't take. SQLite would take it, PostgreSQL not."""
    return _l("At most %(count)s characters.", count=longest)


def column_faults(model: type[Base], values: Mapping[str, Any]) -> dict[str, Text]:
    """What the columns of `model` can't take of these values, by field: too long, or missing."""
    faults: dict[str, Text] = {}
    columns = sa.inspect(model).columns
    for key, value in values.items():
        column = columns.get(key)
        if column is None:
            continue
        longest = getattr(column.type, "length", None)
        if value is None and not column.nullable:
            faults[key] = _l("Please fill this in.")
        elif isinstance(value, str) and not isinstance(value, Enum) and longest and len(value) > longest:
            faults[key] = too_long(longest)
    return faults


def active_user(work: UnitOfWork, user_id: int | None, field: str) -> User:
    """The person, unless there is none or the account is disabled."""
    user = work.session.get(User, user_id) if user_id is not None else None
    if user is None or not user.is_active:
        raise Invalid({field: _l("Choose somebody who works here.")})
    return user


def open_department(work: UnitOfWork, department_id: int | None, field: str) -> Department:
    """The department, unless there is none or it has ended."""
    department = work.session.get(Department, department_id) if department_id is not None else None
    if department is None or department.ended_on is not None:
        raise Invalid({field: _l("Choose a department that exists.")})
    return department


def not_in_future(work: UnitOfWork, moment: datetime | None, field: str) -> datetime:
    """The moment (now when none is given), unless it lies ahead."""
    moment = moment or work.now
    if moment > work.now:
        raise Invalid({field: _l("This can't lie in the future.")})
    return moment
