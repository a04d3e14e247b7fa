"""Create and change a plain record: the generic, audited save behind every generated form.

Complaints are not saved here: their operations know what a change means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from models import Complaint
from models.fields import fields_of
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid, NotFound, NotPermitted, Stale
from services.unit_of_work import UnitOfWork


def edit_record(
    uow: UnitOfWork,
    model: type[Any],
    record_id: int,
    version: int | None,
    values: Mapping[str, Any],
    permission: Permission,
) -> Any:
    """Change declared fields of one record in scope.

    NotFound when it is not in scope, NotPermitted without the permission for its department, Stale when it is no
    longer at `version` (with the values that stand now), Invalid when a unique value is taken.
    """
    record = load_record(uow, model, record_id, version, permission)
    put_values(record, values)
    before, after = audit.changes(record)
    if not after:
        return record
    save(uow, record)
    uow.record(
        audit.Draft(
            f"{model.__tablename__}.edit",
            model.__tablename__,
            record.id,
            name_of(record),
            case_of(uow, record),
            before,
            after,
        )
    )
    return record


def create_record(
    uow: UnitOfWork, model: type[Any], values: Mapping[str, Any], permission: Permission, **fixed: Any
) -> Any:
    """A new record of declared values; `fixed` are columns that the operation decides itself."""
    if not uow.actor.is_system and not uow.actor.may(permission):
        raise NotPermitted
    record = model(**fixed)
    put_values(record, values)
    uow.session.add(record)
    _before, after = audit.changes(record)
    save(uow, record)
    uow.record(
        audit.Draft(
            f"{model.__tablename__}.create",
            model.__tablename__,
            record.id,
            name_of(record),
            case_of(uow, record),
            after=after,
        )
    )
    return record


def load_record(
    uow: UnitOfWork,
    model: type[Any],
    record_id: int,
    version: int | None,
    permission: Permission | None = None,
) -> Any:
    """The record in scope and locked; refused as `edit_record` says."""
    query = sa.select(model).where(model.id == record_id).execution_options(populate_existing=True)
    record = uow.session.scalars(query.with_for_update(of=model)).first()
    if record is None:
        raise NotFound
    if permission is not None and not uow.actor.is_system:
        department = getattr(record, "department_id", None)
        departments = None if department is None else [department]
        if uow.actor.grant_for(permission, departments) is None:
            raise NotPermitted
    now_at = getattr(record, "version", None)
    if version is not None and now_at is not None and version != now_at:
        raise Stale({spec.key: getattr(record, spec.key) for spec in fields_of(model)}, now_at)
    return record


def put_values(record: Any, values: Mapping[str, Any]) -> None:
    """Set declared, writable fields; a key that is none is a programming error."""
    known = {spec.key: spec for spec in fields_of(type(record))}
    faults = {}
    for key, value in values.items():
        spec = known[key]
        if value is None and not spec.column.nullable:
            if spec.required:
                faults[key] = _l("Please fill this in.")
            continue
        if getattr(record, key) != value:
            setattr(record, key, value)
    if faults:
        raise Invalid(faults)


def save(uow: UnitOfWork, record: Any) -> None:
    """Write it now, so that a taken unique value is told at its field."""
    try:
        uow.session.flush()
    except IntegrityError as error:
        said = str(error.orig)
        keys = [
            spec.key for spec in fields_of(type(record)) if spec.column.unique and spec.column.name in said
        ]
        raise Invalid(
            {key: _l("This value is already taken.") for key in keys}
            or {"": _l("The values do not fit together.")}
        ) from error


def name_of(record: Any) -> str | None:
    """How the audit trail calls a record."""
    own = type(record).__str__
    return str(record)[:120] if own is not object.__str__ else None


def case_of(uow: UnitOfWork, record: Any) -> Complaint | None:
    """The complaint that a record belongs to: audit values of confidential ones are sealed."""
    complaint_id = getattr(record, "complaint_id", None)
    return uow.session.get(Complaint, complaint_id) if complaint_id is not None else None
