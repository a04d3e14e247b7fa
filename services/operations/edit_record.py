"""The generic, audited change of a plain record behind every generated form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services import audit
from services.access.permissions import Permission
from services.records import grant_for_record, load_record, put_values, record_change, save
from services.unit_of_work import UnitOfWork


def edit_record(
    work: UnitOfWork,
    model: type[Any],
    record_id: int,
    version: int | None,
    values: Mapping[str, Any],
    permission: Permission,
) -> Any:
    """Change declared fields of one record in scope.

    NotFound when it is not in scope, NotPermitted without the permission for its department or complaint, Stale when
    it is no longer at `version` (with the values that stand now), Invalid when a value can't be taken.
    """
    record = load_record(work, model, record_id, version)
    grant = grant_for_record(work, permission, record)
    earlier = audit.values_of(record)
    put_values(record, values)
    save(work, record)
    record_change(work, "edit", record, earlier, grant=grant)
    return record
