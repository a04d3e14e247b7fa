"""Recording that an accident and its handling were announced at a meeting."""

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
from services.workflow.typed import optional


def announce_accident(
    work: UnitOfWork, accident_id: int, version: int | None, *, on: date | None, where: str | None = None
) -> Accident:
    """The accident with the day of its announcement (R09-12): after it happened, not ahead of today."""
    accident: Accident = load_record(work, Accident, accident_id, version)
    grant = grant_for_record(work, Permission.ACCIDENT_WRITE, accident)
    accidents.require_open_accident(accident)
    if on is None:
        raise Invalid({"on": _l("Say on which day.")})
    zone = desk_zone(work.session)
    if on > work.now.astimezone(zone).date():
        raise Invalid({"on": _l("This can't lie in the future.")})
    if on < accident.happened_at.astimezone(zone).date():
        raise Invalid({"on": _l("This can't lie before the accident.")})
    earlier = audit.values_of(accident)
    accident.announced_on, accident.announced_where = on, optional(where, "where", 200)
    save(work, accident)
    record_change(work, "announce", accident, earlier, grant=grant)
    return accident
