"""What people type into dialogs, checked the same way everywhere."""

from __future__ import annotations

from datetime import datetime

from models import Department, User
from models.labels import _l
from services.errors import Invalid, Text
from services.unit_of_work import UnitOfWork


def required(value: str | None, field: str, message: Text) -> str:
    """The text, unless it is blank: then Invalid at its field."""
    if value is None or not value.strip():
        raise Invalid({field: message})
    return value.strip()


def optional(value: str | None) -> str | None:
    """The text without blanks around it; None when nothing is left."""
    stripped = (value or "").strip()
    return stripped or None


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
