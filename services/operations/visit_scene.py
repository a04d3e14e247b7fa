"""Recording that quality management arrived where an accident happened."""

from __future__ import annotations

from datetime import datetime

from models import Accident
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow import accidents
from services.workflow.typed import active_user, not_in_future, optional


def visit_scene(
    work: UnitOfWork,
    accident_id: int,
    version: int | None,
    *,
    arrived_at: datetime | None,
    visitor_id: int | None,
    emergency_measures: str | None = None,
    scene_protection: str | None = None,
) -> Accident:
    """The accident with who of quality management was on site since when, and what was done there (R09-05, R09-06)."""
    accident: Accident = load_record(work, Accident, accident_id, version)
    grant = grant_for_record(work, Permission.ACCIDENT_WRITE, accident)
    accidents.require_open_accident(accident)
    visitor = active_user(work, visitor_id, "visitor_id")
    moment = not_in_future(work, arrived_at, "arrived_at")
    if moment < accident.happened_at:
        raise Invalid({"arrived_at": _l("Nobody can be on site before the accident happened.")})
    earlier = audit.values_of(accident)
    accident.scene_arrived_at, accident.scene_visitor_id = moment, visitor.id
    accident.emergency_measures = optional(emergency_measures) or accident.emergency_measures
    accident.scene_protection = optional(scene_protection) or accident.scene_protection
    save(work, accident)
    record_change(work, "visit_scene", accident, earlier, grant=grant)
    return accident
