"""What every operation on the organisation does first and last: permission, version, required values, audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from models import User
from models.base import Base
from models.labels import LazyString, _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid, NotFound, NotPermitted, Reason, Refused
from services.records import check_version, subject_of
from services.unit_of_work import UnitOfWork

Record = TypeVar("Record", bound=Base)


def require(work: UnitOfWork, *permissions: Permission) -> None:
    """NotPermitted unless the actor holds one of the permissions, or is the desk itself."""
    if not work.actor.is_system and not any(work.actor.may(permission) for permission in permissions):
        raise NotPermitted


def load(work: UnitOfWork, model: type[Record], key: int | str, version: int | None = None) -> Record:
    """The record by its id or its address, locked. NotFound, or Stale when somebody saved it since."""
    column = model.public_id if isinstance(key, str) else model.id  # type: ignore[attr-defined]
    query = sa.select(model).where(column == key).with_for_update(of=model)
    record = work.session.scalar(query.execution_options(populate_existing=True))
    if record is None:
        raise NotFound
    check_version(record, version)
    return record


def active_user(work: UnitOfWork, user_id: int | None, field: str) -> User:
    """A user who can take something on. Invalid at `field` otherwise."""
    user = work.session.get(User, user_id) if user_id is not None else None
    if user is None or not user.is_active:
        raise Invalid({field: _l("Choose somebody whose account is active.")})
    return user


def required(values: Mapping[str, Any], *names: str) -> None:
    """Invalid with a message at every one of these that is empty."""
    missing = {name: _l("Please fill this in.") for name in names if not str(values.get(name) or "").strip()}
    if missing:
        raise Invalid(missing)


def refuse(code: str, message: LazyString | str, link: str | None = None) -> None:
    raise Refused([Reason(code, message, link)])


def record_change(work: UnitOfWork, action: str, record: Any, reason: str | None = None) -> None:
    """Flush the record and put what changed of it into the audit trail."""
    before, after = audit.changes(record)
    work.session.flush()
    subject = subject_of(type(record))
    work.record(
        audit.Draft(action, subject, record.id, _name_of(record), before=before, after=after, reason=reason)
    )


def _name_of(record: Any) -> str | None:
    name = getattr(record, "name", None) or getattr(record, "rule", None)
    if name is None and getattr(record, "user", None) is not None:
        name = record.user.name
    return str(name)[:120] if name is not None else None
