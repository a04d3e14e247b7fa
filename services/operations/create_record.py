"""The generic, audited creation of a plain record behind every generated form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.access.permissions import Permission
from services.records import grant_for_record, put_values, record_change, save
from services.unit_of_work import UnitOfWork


def create_record(
    work: UnitOfWork, model: type[Any], values: Mapping[str, Any], permission: Permission, **fixed: Any
) -> Any:
    """A new record of declared values; `fixed` are columns that the screen decides itself.

    NotPermitted without the permission for its department or complaint, Invalid when a value can't be taken.
    """
    record = model(**fixed)
    put_values(record, values)
    grant = grant_for_record(work, permission, record)
    work.session.add(record)
    save(work, record)
    record_change(work, "create", record, grant=grant)
    return record
