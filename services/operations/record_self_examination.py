"""Recording the written self-examination of whoever is responsible for an accident."""

from __future__ import annotations

from datetime import date

from models import Accident
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow import accidents
from services.workflow.typed import required


def record_self_examination(
    work: UnitOfWork, accident_id: int, version: int | None, *, text: str | None, on: date | None
) -> Accident:
    """The accident with the self-examination and the day it was handed in (R09-09)."""
    accident: Accident = load_record(work, Accident, accident_id, version)
    grant = grant_for_record(work, Permission.ACCIDENT_WRITE, accident)
    accidents.require_open_accident(accident)
    today = work.now.astimezone(desk_zone(work.session)).date()
    day = on or today
    if day > today:
        raise Invalid({"on": _l("This can't lie in the future.")})
    earlier = audit.values_of(accident)
    accident.self_examination = required(text, "text", _l("Write down what the self-examination says."))
    accident.self_examined_on = day
    save(work, accident)
    record_change(work, "self_examine", accident, earlier, grant=grant)
    return accident
