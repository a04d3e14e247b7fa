"""Writing the disposition of an accident: words that quality management and the head of the enterprise then sign."""

from __future__ import annotations

from models import Accident
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow import accidents
from services.workflow.typed import optional, required


def decide_accident(
    work: UnitOfWork,
    accident_id: int,
    version: int | None,
    *,
    disposition: str | None,
    outcome: str | None = None,
) -> Accident:
    """The accident with its disposition. Other words need new signatures: nobody has signed them (R09-10)."""
    accident: Accident = load_record(work, Accident, accident_id, version)
    grant = grant_for_record(work, Permission.ACCIDENT_WRITE, accident)
    accidents.require_open_accident(accident)
    words = required(disposition, "disposition", _l("Write down what is decided."))
    earlier = audit.values_of(accident)
    if words != accident.disposition:
        accident.disposition = words
        accident.quality_signed_at = accident.quality_signed_by_id = None
        accident.head_signed_at = accident.head_signed_by_id = None
    accident.outcome = optional(outcome) or accident.outcome
    save(work, accident)
    record_change(work, "decide", accident, earlier, grant=grant)
    return accident
