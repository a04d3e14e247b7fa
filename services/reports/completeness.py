"""Which fields a procedure asks for, and whether a complaint has them: the indicator of completeness (R12-01)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from models import Attachment, Complaint, Party
from models.enums import ComplaintForm, PartySide
from services.procedures.schema import Procedure
from services.procedures.vocabulary import Field


def _filled(column: Any) -> ColumnElement[bool]:
    if isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum):
        return sa.func.coalesce(sa.func.trim(column), "") != ""
    return column.is_not(None)


def of_case(model: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The case has such a record: looked up for the cases of a period, not gathered from all there ever were."""
    return sa.exists().where(model.complaint_id == Complaint.id, *conditions).correlate(Complaint)


def _party(side: PartySide, *columns: Any) -> ColumnElement[bool]:
    """Of the complainant an anonymous complaint can't say anything more."""
    said = sa.or_(*(_filled(column) for column in columns)) if columns else sa.true()
    found = of_case(Party, Party.side == side, said)
    return sa.or_(Complaint.is_anonymous, found) if side is PartySide.COMPLAINANT else found


def _evidence() -> ColumnElement[bool]:
    return of_case(Attachment, Attachment.withdrawn_at.is_(None))


_PRESENT: dict[str, Callable[[], ColumnElement[bool]]] = {
    Field.COMPLAINANT_NAME: lambda: _party(PartySide.COMPLAINANT, Party.name),
    Field.COMPLAINANT_PHONE: lambda: _party(PartySide.COMPLAINANT, Party.phone, Party.email),
    Field.COMPLAINANT_ADDRESS: lambda: _party(PartySide.COMPLAINANT, Party.address),
    Field.COMPLAINANT_ORGANISATION: lambda: _party(PartySide.COMPLAINANT, Party.name),
    Field.PARTY_COMPLAINED_ABOUT: lambda: _party(PartySide.COMPLAINED_ABOUT),
    Field.EVIDENCE: _evidence,
    Field.WRITTEN_MATERIAL: lambda: sa.or_(Complaint.form != ComplaintForm.ORAL, _evidence()),
    Field.PRODUCT_NAME: lambda: _filled(Complaint.product),
    Field.BATCH_NUMBER: lambda: _filled(Complaint.batch),
    Field.STORE: lambda: _filled(Complaint.place),
    Field.THIRD_PARTY_NAME: lambda: _filled(Complaint.passed_on_by),
    Field.THIRD_PARTY_REFERENCE: lambda: _filled(Complaint.source_reference),
    Field.CUSTOMER_DATE: lambda: Complaint.customer_due_on.is_not(None),
}
"""Fields that are no column of the complaint by the same name."""


def asked_fields(procedure: Procedure) -> list[str]:
    """The fields that must be filled in for a complaint to count as complete, each once."""
    asked = (*procedure.intake.asked_at_registration, *procedure.intake.required_for_acceptance)
    return list(dict.fromkeys(str(requirement.field) for requirement in asked))


def is_complete(fields: Iterable[str]) -> ColumnElement[bool]:
    """Every one of these fields is filled in."""
    return sa.and_(sa.true(), *(_has(field) for field in fields))


def _has(field: str) -> ColumnElement[bool]:
    """A field of the desk by its column, one of the procedure's own by its code."""
    special = _PRESENT.get(field)
    if special is not None:
        return special()
    if field in list(Field):
        return _filled(getattr(Complaint, field))
    return sa.func.coalesce(Complaint.own_values[field].as_string(), "") != ""
