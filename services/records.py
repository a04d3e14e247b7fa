"""Plain records (everything but complaints): loading them in scope, setting declared values, recording the change.

Complaints are not saved here: their operations know what a change means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from models import Complaint
from models.enums import OPEN_STATES
from models.fields import fields_of
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.actor import Grant
from services.errors import Invalid, NotFound, NotPermitted, Reason, Refused, Stale
from services.unit_of_work import UnitOfWork
from services.workflow.gates import Situation
from services.workflow.steps import departments_of
from services.workflow.typed import column_faults


def subject_of(model: type[Any]) -> str:
    """How the audit trail calls a kind of record: calendar_day, measure."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()


def load_record(work: UnitOfWork, model: type[Any], record_id: int, version: int | None = None) -> Any:
    """The record in scope and locked. NotFound when it is not in scope, Stale when it is no longer at `version`."""
    query = sa.select(model).where(model.id == record_id).execution_options(populate_existing=True)
    record = work.session.scalars(query.with_for_update(of=model)).first()
    if record is None:
        raise NotFound
    check_version(record, version)
    return record


def check_version(record: Any, version: int | None) -> None:
    """Stale, with the values that stand now, when somebody else saved the record since `version`."""
    stands = getattr(record, "version", None)
    if version is not None and stands is not None and version != stands:
        raise Stale({spec.key: getattr(record, spec.key) for spec in fields_of(type(record))}, stands)


def grant_for_record(work: UnitOfWork, permission: Permission, record: Any) -> Grant | None:
    """The grant that allows `permission` on a record: for its complaint's departments, else for its own.

    NotPermitted without one; None for the desk itself.
    """
    if work.actor.is_system:
        return None
    case = case_of(work, record)
    if case is not None:
        return grant_on_case(work, permission, case)
    own = getattr(record, "department_id", None)
    grant = work.actor.grant_for(permission, None if own is None else [own])
    if grant is None:
        raise NotPermitted
    return grant


def grant_on_case(work: UnitOfWork, permission: Permission, complaint: Complaint) -> Grant | None:
    """The grant that allows `permission` on a complaint's records. NotPermitted without one."""
    if work.actor.is_system:
        return None
    situation = Situation(work.session, complaint, work.actor, None, work.now)
    departments = None if complaint.is_confidential else departments_of(situation)
    grant = work.actor.grant_for(permission, departments)
    if grant is None:
        raise NotPermitted
    return grant


def require_open(complaint: Complaint | None) -> None:
    """Refused when the complaint has ended: its records stand as they are until it is reopened."""
    if complaint is not None and complaint.state not in OPEN_STATES:
        raise Refused([Reason("ended", _l("The complaint has ended; reopen it first."))])


def put_values(record: Any, values: Mapping[str, Any], keys: Iterable[str] = ()) -> None:
    """Set declared values. `keys` besides those that forms may write; any other key is a programming error."""
    known = {spec.key: spec for spec in fields_of(type(record))}
    allowed = {key for key, spec in known.items() if spec.form} | set(keys)
    foreign = set(values) - allowed
    if foreign:
        raise ValueError(f"no form writes {sorted(foreign)}")
    wanted = {
        key: value
        for key, value in values.items()
        if value is not None or known[key].column.nullable or known[key].required
    }
    faults = column_faults(type(record), wanted)
    if faults:
        raise Invalid(faults)
    for key, value in wanted.items():
        if getattr(record, key) != value:
            setattr(record, key, value)


def save(work: UnitOfWork, record: Any) -> None:
    """Write it now, so that a taken unique value is told at its field."""
    try:
        work.session.flush()
    except IntegrityError as error:
        said = str(error.orig)
        unique = [s.key for s in fields_of(type(record)) if s.column.unique and s.column.name in said]
        faults = {key: _l("This value is already taken.") for key in unique}
        raise Invalid(faults or {"": _l("The values do not fit together.")}) from error


def record_change(
    work: UnitOfWork,
    verb: str,
    record: Any,
    earlier: Mapping[str, Any] | None = None,
    *,
    grant: Grant | None = None,
    reason: str | None = None,
    further: Mapping[str, Any] | None = None,
) -> bool:
    """An audit entry with old and new values since `earlier` (audit.values_of; None: a new record).

    False, and no entry, when nothing changed. `further` are new values that no column keeps.
    """
    if earlier is None:
        before: dict[str, Any] = {}
        after = audit.differences(record, {})[1]
    else:
        before, after = audit.differences(record, earlier)
        if not after and not further and verb == "edit":
            return False
    subject = subject_of(type(record))
    work.record(
        audit.Draft(
            f"{subject}.{verb}",
            subject,
            record.id,
            name_of(record),
            case_of(work, record),
            before=before,
            after={**after, **(further or {})},
            reason=reason,
            on_behalf_of_id=grant.on_behalf_of_id if grant else None,
        )
    )
    return True


def name_of(record: Any) -> str | None:
    """How the audit trail calls a record; nothing when the record has no name of its own."""
    return str(record)[:120] if type(record).__str__ is not object.__str__ else None


def case_of(work: UnitOfWork, record: Any) -> Complaint | None:
    """The complaint that a record belongs to: audit values of confidential ones are sealed."""
    complaint_id = getattr(record, "complaint_id", None)
    return work.session.get(Complaint, complaint_id) if complaint_id is not None else None
