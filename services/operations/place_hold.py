"""Placing a hold by hand: goods of a complaint stand still from now on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models import Complaint, Hold
from models.hold_enums import DepartmentDuty
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Invalid
from services.records import grant_on_case, put_values, require_open
from services.unit_of_work import UnitOfWork
from services.workflow.holds import STOPPABLE, place
from services.workflow.typed import open_department

DUTIES = {
    "sale": (DepartmentDuty.SALES,),
    "dispatch": (DepartmentDuty.STORAGE,),
    "use": (DepartmentDuty.SALES,),
    "production": (DepartmentDuty.PRODUCTION,),
}
"""Which departments a stop concerns."""


def place_hold(
    work: UnitOfWork,
    *,
    values: Mapping[str, Any],
    complaint_id: int | None,
    department_id: int | None = None,
) -> Hold:
    """The hold, with the departments told that do this work and the one named besides.

    Invalid without anything that stops, Refused when the complaint has ended.
    """
    complaint = None
    if complaint_id is not None:
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.id == complaint_id)).first()
    if complaint is None:
        raise Invalid({"complaint_id": _l("Pick the complaint that the hold belongs to.")})
    grant = grant_on_case(work, Permission.HOLD_WRITE, complaint)
    require_open(complaint)
    hold = Hold(complaint_id=complaint.id)
    put_values(hold, values)
    stopped = [what for what in STOPPABLE if getattr(hold, f"stops_{what}")]
    if not stopped:
        raise Invalid({"stops_sale": _l("Tick at least one thing that stops.")})
    named = [open_department(work, department_id, "department_id").id] if department_id else []
    tells = dict.fromkeys(duty for what in stopped for duty in DUTIES[what])
    place(work, complaint, hold, tells, departments=named, grant=grant)
    return hold
