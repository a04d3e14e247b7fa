"""By what figures are sliced. The scales of two procedures are never mixed: a grade is a grade of its own scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from models import Complaint, Department, Investigation, ProcedureVersion
from models.enums import Category, Channel, Responsibility
from models.labels import LazyString
from services.procedures.of_complaint import parsed
from services.procedures.parts import Text

SCALE = "|"
"""Between the procedure and the grade in the value of a grade slice."""


class SliceCode(StrEnum):
    DEPARTMENT = "department"
    CATEGORY = "category"
    GRADE = "grade"
    PRODUCT = "product"
    BATCH = "batch"
    CAUSE = "cause"
    RESPONSIBILITY = "responsibility"
    CHANNEL = "channel"


@dataclass(frozen=True)
class Slice:
    """A way to divide the cases: `key` is the text that a case belongs to, NULL for none."""

    code: SliceCode
    names: Text
    key: Callable[[], ColumnElement[Any]]

    def condition(self, value: str) -> ColumnElement[bool]:
        """The cases of one part; the empty value asks for those that belong to none."""
        key = self.key()
        return key == value if value else key.is_(None)


def _department() -> ColumnElement[Any]:
    held = sa.func.coalesce(Complaint.department_id, Complaint.receiving_department_id)
    return sa.select(Department.public_id).where(Department.id == held).correlate(Complaint).scalar_subquery()


def _grade() -> ColumnElement[Any]:
    code = (
        sa.select(ProcedureVersion.code)
        .where(ProcedureVersion.id == Complaint.procedure_version_id)
        .correlate(Complaint)
        .scalar_subquery()
    )
    return code.concat(SCALE).concat(Complaint.grade)


def _cause() -> ColumnElement[Any]:
    """The root cause as the last investigation put it."""
    return (
        sa.select(sa.func.trim(Investigation.root_cause))
        .where(Investigation.complaint_id == Complaint.id, Investigation.root_cause.is_not(None))
        .order_by(Investigation.id.desc())
        .limit(1)
        .correlate(Complaint)
        .scalar_subquery()
    )


def _text(column: Any) -> Callable[[], ColumnElement[Any]]:
    return lambda: sa.func.nullif(sa.func.trim(column), "")


def _word(column: Any) -> Callable[[], ColumnElement[Any]]:
    return lambda: sa.type_coerce(column, sa.String())


S = SliceCode
SLICES: dict[SliceCode, Slice] = {
    one.code: one
    for one in (
        Slice(S.DEPARTMENT, Text(zh="部门", en="Department"), _department),
        Slice(S.CATEGORY, Text(zh="类别", en="Category"), _word(Complaint.category)),
        Slice(S.GRADE, Text(zh="分级", en="Grade"), _grade),
        Slice(S.PRODUCT, Text(zh="产品", en="Product"), _text(Complaint.product)),
        Slice(S.BATCH, Text(zh="批号", en="Batch"), _text(Complaint.batch)),
        Slice(S.CAUSE, Text(zh="原因", en="Cause"), _cause),
        Slice(S.RESPONSIBILITY, Text(zh="责任归属", en="Responsibility"), _word(Complaint.responsibility)),
        Slice(S.CHANNEL, Text(zh="渠道", en="Channel"), _word(Complaint.channel)),
    )
}
_ENUMS: dict[SliceCode, type[Any]] = {
    S.CATEGORY: Category,
    S.RESPONSIBILITY: Responsibility,
    S.CHANNEL: Channel,
}

Words = Text | LazyString | str


def labels(session: Session, code: SliceCode, values: Iterable[str | None]) -> dict[str | None, Words]:
    """How each value of a slice is called: a text of both languages, a label, or what somebody typed."""
    known = [value for value in values if value]
    if code is S.DEPARTMENT:
        rows = session.execute(
            sa.select(Department.public_id, Department.name).where(Department.public_id.in_(known))
        )
        return {row[0]: row[1] for row in rows}
    if code is S.GRADE:
        scales = _grades(session)
        return {value: scales.get(value, value.rpartition(SCALE)[2]) for value in known}
    members = _ENUMS.get(code)
    if members is not None:
        named = {member.value: member.label for member in members}
        return {value: named.get(value, value) for value in known}
    return {value: value for value in known}


def scale_names(session: Session) -> dict[str, Text]:
    """The scale of each procedure, by its code."""
    return {
        code: procedure.grading.names
        for code, procedure in _procedures(session).items()
        if procedure.grading is not None
    }


def _grades(session: Session) -> dict[str, Text]:
    return {
        f"{code}{SCALE}{level.code}": level.names
        for code, procedure in _procedures(session).items()
        if procedure.grading is not None
        for level in procedure.grading.levels
    }


def _procedures(session: Session) -> dict[str, Any]:
    """The newest published version of each procedure, by code."""
    versions = session.scalars(sa.select(ProcedureVersion).order_by(ProcedureVersion.number))
    return {version.code: parsed(version) for version in versions}
